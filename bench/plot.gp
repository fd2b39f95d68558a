# What all plots have in common. "data" is the table to draw, columns named in its first line.
set datafile separator "\t"
set datafile missing "null"
set grid lc rgb '#dddddd'
set key left top
set border 3
set tics nomirror
stock = '#d62728'
ours = '#1f77b4'
other = '#7f7f7f'
