include "stats";

.samples as $all
| ($all | map(.fs) | unique) as $filesystems
| ($all | map(select(.us) | {nr, bytes}) | unique) as $sizes
| ($all | map(select(.instructions) | {nr, bytes}) | unique) as $counted
| def us($fs; $how; $size): $all | map(select(.us)) | values_of({fs: $fs, how: $how} + $size; "us");
def work($fs; $how; $size):
	$all | map(select(.instructions)) | values_of({fs: $fs, how: $how} + $size; "instructions") | median;
def requests($fs; $how; $size):
	$all | map(select(.instructions)) | values_of({fs: $fs, how: $how} + $size; "requests") | median;
def name($size): if $size.nr > 1 or $size.bytes < 1000000 then "\($size.nr) × \($size.bytes / 1024 | floor) KiB"
	else "\($size.bytes / 1000000) MB" end;
def ratio($fs; $how; $to; $size): (us($fs; $how; $size) | median) / (us($fs; $to; $size) | median);
def worst($fs; $how; $to): [$sizes[] as $size | {size: name($size), ratio: ratio($fs; $how; $to; $size)}] | max_by(.ratio);
{
	tables: [{
		title: "syncfs of new files, ms",
		head: ["upper", "files", "limit, median", "p90", "ovlsync, median", "p90", "beside a neighbour, median", "p90",
			"stock, median", "p90", "ovlsync / limit", "beside / limit", "ovlsync / stock"],
		rows: [$filesystems[] as $fs | $sizes[] as $size
			| [$fs, name($size)]
			+ [us($fs; "limit", "ovlsync", "beside", "stock"; $size) | (median | ms), (p90 | ms)]
			+ [ratio($fs; "ovlsync"; "limit"; $size), ratio($fs; "beside"; "limit"; $size),
				ratio($fs; "ovlsync"; "stock"; $size)]]
	}, {
		title: "Millions of instructions for the same, of the caller, the flusher and everybody else",
		head: ["upper", "files", "limit", "ovlsync", "stock", "ovlsync / limit", "ovlsync / stock",
			"write requests: limit", "ovlsync", "stock"],
		rows: [$filesystems[] as $fs | $counted[] as $size
			| [work($fs; "limit", "ovlsync", "stock"; $size)] as [$limit, $ours, $stock]
			| [$fs, name($size), $limit / 1e6, $ours / 1e6, $stock / 1e6, $ours / $limit, $ours / $stock,
				requests($fs; "limit", "ovlsync", "stock"; $size)]]
	}],
	marks: [$filesystems[] as $fs
		| (worst($fs; "ovlsync"; "limit") | at_most("\($fs): ovlsync / limit, the worst (\(.size))"; .ratio; 1.2)),
		(worst($fs; "beside"; "limit") | at_most("\($fs): the same beside a neighbour (\(.size))"; .ratio; 1.2)),
		(worst($fs; "ovlsync"; "stock") | at_most("\($fs): ovlsync / stock, the worst (\(.size))"; .ratio; 1.05))],
	plot: [["files"] + [$filesystems[] as $fs | "\($fs) / limit", "\($fs) / stock"],
		($sizes[] as $size | [name($size)]
			+ [$filesystems[] as $fs | ratio($fs; "ovlsync"; "limit"; $size), ratio($fs; "ovlsync"; "stock"; $size)])]
}
