set title 'everything dirty is our own: ovlsync against the limit, and against stock'
set ylabel 'ratio of medians (less is better)'
set yrange [0:*]
set xtics rotate by -30
set key outside right top
stats data skip 1 using 2 nooutput
columns = STATS_columns
plot for [i=2:columns] data using 0:i:xtic(1) with linespoints lw 2 pt (i/2+4) \
	lc rgb (i % 2 == 0 ? other : ours) dt i/2 title columnheader(i), \
	1.2 with lines lc rgb other dt 3 title 'mark: 1.2', 1.05 with lines lc rgb ours dt 3 title 'mark: 1.05'
