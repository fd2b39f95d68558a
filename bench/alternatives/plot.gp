set title 'small files made durable (volatile and fuse: nothing is)'
set ylabel 'median, ms'
set logscale y
set style data histogram
set style histogram clustered gap 1
set style fill solid border -1
set key outside right top
stats data skip 1 using 2 nooutput
plot for [i=2:STATS_columns] data using i:xtic(1) title columnheader(i)
