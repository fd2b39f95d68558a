include "stats";

.samples as $all
| ($all | map(.fs) | unique) as $filesystems
| def us($fs; $with; $what): $all | values_of({fs: $fs, module: $with, what: $what}; "us");
def line($fs; $name; $values):
	[$fs, $name, ($values | length), ($values | median | ms), ($values | p90 | ms), ($values | max | ms)];
{
	tables: [{
		title: "One new file of 100 kB of our own",
		head: ["upper", "call", "samples", "median ms", "p90 ms", "max ms"],
		rows: [$filesystems[] as $fs
			| line($fs; "stock syncfs"; us($fs; "stock"; "syncfs")),
			line($fs; "ovlsync syncfs"; us($fs; "ovlsync"; "syncfs")),
			line($fs; "fsync of the file"; us($fs; "ovlsync"; "fsync"))]
	}],
	marks: [$filesystems[] as $fs | (us($fs; "ovlsync"; "syncfs") | p90) as $ours
		| ({ext4: 50, xfs: 500}[$fs] // empty
			| at_least("\($fs), p90: stock / ovlsync"; (us($fs; "stock"; "syncfs") | p90) / $ours; .)),
		at_most("\($fs), p90: ovlsync / fsync"; $ours / (us($fs; "ovlsync"; "fsync") | p90); 1.5)],
	plot: [["fs", "stock", "stock p90", "ovlsync", "ovlsync p90", "fsync", "fsync p90"],
		($filesystems[] as $fs | [$fs]
			+ [us($fs; "stock"; "syncfs"), us($fs; "ovlsync"; "syncfs"), us($fs; "ovlsync"; "fsync")
				| (median | ms), (p90 | ms)])]
}
