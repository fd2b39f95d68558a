include "stats";

.samples as $all
| ($all | map(.fs) | unique) as $filesystems
| $all[0].nr as $nr
| def us($fs; $with; $what): $all | values_of({fs: $fs, module: $with, what: $what}; "us");
{
	tables: [{
		title: "umount after \($nr) files were unpacked in A",
		head: ["upper", "umount of", "stock, median ms", "p90", "ovlsync, median ms", "p90", "ratio"],
		rows: [$filesystems[] as $fs | ["B, where nothing was done", "idle"], ["A", "unpacked"]
			| us($fs; "stock"; .[1]) as $stock | us($fs; "ovlsync"; .[1]) as $ours
			| [$fs, .[0], ($stock | median | ms), ($stock | p90 | ms), ($ours | median | ms), ($ours | p90 | ms),
				($stock | median) / ($ours | median)]]
	}],
	marks: [],
	plot: [["fs", "stock B", "ovlsync B", "stock A", "ovlsync A"],
		($filesystems[] as $fs | [$fs] + [("idle", "unpacked") as $what
			| us($fs; "stock", "ovlsync"; $what) | median | ms])]
}
