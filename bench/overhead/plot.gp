set title 'instructions more than stock (dots: what of it is fsnotify''s own)'
set ylabel '%'
set style data histogram
set style histogram clustered gap 1
set style fill solid border -1
set boxwidth 0.9
set xtics rotate by -20
set key outside right top
stats data skip 1 using 2 nooutput
columns = STATS_columns
array colours[5] = ['#1f77b4', '#7fb3d5', '#2ca02c', '#98df8a', '#9467bd']
plot for [i=2:columns:2] data using i:xtic(1) lc rgb colours[i/2] title columnheader(i), \
	for [i=3:columns:2] '' using (column(0)+(i-2-columns/2)*0.1):i skip 1 with points pt 7 ps 0.6 lc rgb 'black' \
	title (i == 3 ? "fsnotify's own" : '')
