set title 'syncfs of ten files of 100 kB beside a neighbour (disk of 100 MB/s)'
set xlabel "the neighbour's dirty data, MB"
set ylabel 'median, ms'
set logscale y
set yrange [1:*]
set key outside right top
stats data skip 1 using 2 nooutput
plot for [i=2:STATS_columns] data using 1:i with linespoints lw 2 pt (i/2+4) \
	lc rgb (i % 2 == 0 ? stock : ours) dt i/2 title columnheader(i)
