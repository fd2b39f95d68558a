set title 'beside a neighbour that never stops writing (disk of 50 MB/s): median and p90'
set ylabel 'ms'
set logscale y
set yrange [1:*]
set style fill solid
set key outside right top
set xrange [-0.6:*]
set xtics format '' rotate by -20
plot data using ($0-0.27):2:2:3:(0.25) skip 1 with boxerrorbars lc rgb stock title 'stock syncfs', \
	'' using ($0):4:4:5:(0.25):xtic(1) skip 1 with boxerrorbars lc rgb ours title 'ovlsync syncfs', \
	'' using ($0+0.27):6:6:7:(0.25) skip 1 with boxerrorbars lc rgb other title 'fsync of the file'
