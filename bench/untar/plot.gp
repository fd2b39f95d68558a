set title 'umount after a source tree was unpacked in A: of B, where nothing was done, then of A'
set ylabel 'median, ms'
set logscale y
set yrange [1:*]
set style data histogram
set style histogram clustered gap 1
set style fill solid border -1
set key outside right top
plot data using 2:xtic(1) lc rgb stock title columnheader, '' using 3 lc rgb ours title columnheader, \
	'' using 4 lc rgb '#ff9896' title columnheader, '' using 5 lc rgb '#aec7e8' title columnheader
