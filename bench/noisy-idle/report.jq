include "stats";

.samples as $all
| ($all | map(.fs) | unique) as $filesystems
| ($all | map(.mb) | unique) as $sizes
| def us($fs; $what; $with; $mb): $all | values_of({fs: $fs, what: $what, module: $with, mb: $mb}; "us");
{
	tables: [{
		title: "Ten files of 100 kB of our own",
		head: ["upper", "call", "neighbour's dirty MB", "stock, median ms", "p90", "ovlsync, median ms", "p90", "ratio"],
		rows: [$filesystems[] as $fs | ("syncfs", "umount") as $what | $sizes[] as $mb
			| us($fs; $what; "stock"; $mb) as $stock | select($stock != []) | us($fs; $what; "ovlsync"; $mb) as $ours
			| [$fs, $what, $mb, ($stock | median | ms), ($stock | p90 | ms),
				($ours | median | ms), ($ours | p90 | ms), ($stock | median) / ($ours | median)]]
	}],
	marks: [$filesystems[] as $fs | ("syncfs", "umount") as $what | ($sizes | max) as $most
		| (us($fs; $what; "ovlsync"; $most) | median) as $ours
		| (if $fs == "btrfs" then empty else
			at_least("\($fs), \($what) beside \($most) MB: stock / ovlsync";
				(us($fs; $what; "stock"; $most) | median) / $ours; 500) end),
		at_most("\($fs), \($what): ovlsync beside \($most) MB / beside none";
			$ours / (us($fs; $what; "ovlsync"; 0) | median); 1.5)],
	plot: ([["mb"] + [$filesystems[] as $fs | "\($fs) stock", "\($fs) ovlsync"]]
		+ [$sizes[] as $mb | [$mb] + [$filesystems[] as $fs
			| us($fs; "syncfs"; "stock", "ovlsync"; $mb) | median | ms]])
}
