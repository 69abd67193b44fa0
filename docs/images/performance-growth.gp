# How the time of a training epoch grows with L, n, d and the number of prompts. Run here: gnuplot performance-growth.gp
# Data: performance-growth.tsv, printed by Benchmarks' `growth`.
set terminal svg size 900,700 dynamic font "sans-serif,12" background "white"
set output "performance-growth.svg"
data = "performance-growth.tsv"
set datafile separator "\t"
set multiplot layout 2,2
set logscale xy
set grid
set autoscale xfix
set key top left reverse Left samplen 2
set ylabel "one epoch, ms"

names = "mixture-softmax linear-softmax linear-linear"
titles = "'mixture, softmax' 'subspace, softmax' 'subspace, linear'"
pick(axis, name) = sprintf("< awk -F '\\t' '$1 == \"%s\" && $3 == \"%s\"' %s", axis, name, data)

set xlabel "context length L"
plot for [i=1:3] pick("L", word(names, i)) using 2:4 with linespoints pt 7 ps 0.6 lw 1.5 lc i title word(titles, i)
set xlabel "dimension n"
plot for [i=1:3] pick("n", word(names, i)) using 2:4 with linespoints pt 7 ps 0.6 lw 1.5 lc i notitle
set xlabel "dimension d of the subspace (n = 16)"
plot for [i=2:3] pick("d", word(names, i)) using 2:4 with linespoints pt 7 ps 0.6 lw 1.5 lc i notitle
set xlabel "training prompts"
plot for [i=1:3] pick("prompts", word(names, i)) using 2:4 with linespoints pt 7 ps 0.6 lw 1.5 lc i notitle
unset multiplot
