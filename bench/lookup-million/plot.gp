set title 'syncfs after a million clean files were looked up: median and p90'
set ylabel 'ms'
set yrange [0:*]
set style fill solid
set xrange [-0.6:2.6]
unset key
plot data using 0:2:2:3:(0.5):xtic(1) skip 1 with boxerrorbars lc rgb ours
