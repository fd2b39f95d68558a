include "stats";

.samples as $all
| ($all | map({fs, noise}) | unique | sort_by([.fs, .noise == "spare", .noise == "new"])) as $cases
| {rewrites: "rewrites its files", new: "writes new files", spare: "rewrites its files, flusher asleep"} as $kinds
| def us($case; $with; $what): $all | values_of($case + {module: $with, what: $what}; "us");
def line($case; $name; $values):
	[$case.fs, $kinds[$case.noise], $name, ($values | length), ($values | median | ms), ($values | p90 | ms), ($values | max | ms)];
{
	tables: [{
		title: "One new file of 100 kB of our own",
		head: ["upper", "the neighbour", "call", "samples", "median ms", "p90 ms", "max ms"],
		rows: [$cases[] as $case
			| line($case; "stock syncfs"; us($case; "stock"; "syncfs")),
			line($case; "ovlsync syncfs"; us($case; "ovlsync"; "syncfs")),
			line($case; "fsync of the file"; us($case; "ovlsync"; "fsync"))]
	}],
	marks: [$cases[] as $case | (us($case; "ovlsync"; "syncfs") | p90) as $ours
		| ({ext4: 50, xfs: 500}[$case.fs] // empty
			| at_least("\($case.fs), neighbour \($kinds[$case.noise]), p90: stock / ovlsync"; (us($case; "stock"; "syncfs") | p90) / $ours; .)),
		at_most("\($case.fs), neighbour \($kinds[$case.noise]), p90: ovlsync / fsync"; $ours / (us($case; "ovlsync"; "fsync") | p90); 1.5)],
	plot: [["fs", "stock", "stock p90", "ovlsync", "ovlsync p90", "fsync", "fsync p90"],
		($cases[] as $case | ["\($case.fs), \({rewrites: "rewrites", new: "writes new", spare: "flusher asleep"}[$case.noise])"]
			+ [us($case; "stock"; "syncfs"), us($case; "ovlsync"; "syncfs"), us($case; "ovlsync"; "fsync")
				| (median | ms), (p90 | ms)])]
}
