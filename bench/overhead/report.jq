include "stats";

.samples as $all
| ($all | map(.fs) | unique) as $filesystems
| ["open_ro", "open_rw", "create_unlink", "pread", "pwrite", "mmap", "stat", "chmod"] as $calls
| ($all | map(.program // empty) | unique) as $programs
| {open_ro: "open, close (read-only)", open_rw: "open, close (read-write)", create_unlink: "create, close, unlink",
	pread: "pread 4 KiB", pwrite: "pwrite 4 KiB", mmap: "mmap, touch 16 pages, munmap", stat: "stat", chmod: "chmod"} as $names
| def cost($fs; $with; $which): $all | values_of({fs: $fs, module: $with} + $which; "instructions") | median;
def percent($fs; $with; $which): (cost($fs; $with; $which) / cost($fs; "stock"; $which) - 1) * 100;
def signed: round_to(2) | if . > 0 then "+\(.) %" else "\(.) %" end;
def limit($fs; $call):
	{open_ro: 7, open_rw: 9, pread: 1.4, pwrite: (if $fs == "btrfs" or $fs == "f2fs" then 9 else 1.4 end)}[$call] // empty;
def call_rows: $filesystems[] as $fs | $calls[] as $call | {call: $call} as $which
	| [$fs, $names[$call], cost($fs; "stock"; $which), cost($fs; "ovlsync"; $which),
		(percent($fs; "ovlsync"; $which) | signed), (percent($fs; "deaf"; $which) | signed)];
def program_rows: $filesystems[] as $fs | $programs[] as $program | {program: $program} as $which
	| select(cost($fs; "stock"; $which))
	| [$fs, $program, (cost($fs; "stock"; $which) / 1e6), (cost($fs; "ovlsync"; $which) / 1e6),
		(percent($fs; "ovlsync"; $which) | signed), (percent($fs; "deaf"; $which) | signed)];
{
	tables: ([{
		title: "Instructions a call",
		head: ["upper", "call", "stock", "with ovlsync", "more", "of it fsnotify's own"],
		rows: [call_rows]
	}] + (if $programs == [] then [] else [{
		title: "Millions of instructions a program",
		head: ["upper", "program", "stock", "with ovlsync", "more", "of it fsnotify's own"],
		rows: [program_rows]
	}] end)),
	marks: ([$filesystems[] as $fs | $calls[] as $call | limit($fs; $call)
			| at_most("\($fs), \($names[$call]): % more"; percent($fs; "ovlsync"; {call: $call}); .)]
		+ [$filesystems[] as $fs | $programs[] as $program | {program: $program} as $which
			| select(cost($fs; "stock"; $which))
			| at_most("\($fs), \($program): % more"; percent($fs; "ovlsync"; $which); 1)]),
	plot: [["call"] + [$filesystems[] | ., "\(.) fsnotify"],
		($calls[] as $call | [$names[$call]]
			+ [$filesystems[] as $fs | percent($fs; "ovlsync", "deaf"; {call: $call})])]
}
