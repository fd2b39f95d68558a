set title 'instructions a suspect'
set xlabel 'suspects'
set logscale xy
set yrange [10:*]
set format x '10^{%L}'
set key outside right top
plot for [i=2:6] data using 1:i with linespoints lw 2 title columnheader(i)
