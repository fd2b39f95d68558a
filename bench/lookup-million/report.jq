include "stats";

.samples as $all
| $all[0].nr as $nr
| def us($how): $all | values_of({how: $how}; "us");
{
	tables: [{
		title: "syncfs after \($nr) files of the upper were looked up; one empty file is new",
		head: ["", "samples", "median ms", "p90 ms", "max ms"],
		rows: [["syncfs of the upper itself", "upper"], ["stock", "stock"], ["ovlsync", "ovlsync"]
			| us(.[1]) as $us | [.[0], ($us | length), ($us | median | ms), ($us | p90 | ms), ($us | max | ms)]]
	}],
	marks: [at_most("ovlsync / syncfs of the upper, medians"; (us("ovlsync") | median) / (us("upper") | median); 2)],
	plot: [["how", "median", "p90"], (["upper", "stock", "ovlsync"][] | [., (us(.) | median | ms), (us(.) | p90 | ms)])]
}
