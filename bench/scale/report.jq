include "stats";

.samples as $all
| ($all | map(.nr // empty) | unique) as $sizes
| ($all | map(.mounts // empty) | unique) as $mounts
| def of($nr; $what): $all | values_of({nr: $nr, what: $what}; "instructions") | median;
def bytes($what): $all | values_of({nr: ($sizes | max), what: $what}; "bytes") | max;
def with($nr; $with; $what): $all | values_of({mounts: $nr, module: $with, what: $what}; "instructions") | median;
def per($nr; $what): of($nr; $what) / $nr;
{
	tables: [{
		title: "Instructions (opening: beyond what it costs with a mark of fsnotify's that does nothing)",
		head: ["suspects", "opening that adds one", "opening that finds it", "sync, all clean: a suspect",
			"sync, 1 % dirty: a suspect", "reaper pass: a suspect"],
		rows: [$sizes[] as $nr | [$nr, of($nr; "open_add") - of($nr; "open_fsnotify"),
			of($nr; "open_hit") - of($nr; "open_fsnotify"),
			per($nr; "sync_clean"), per($nr; "sync_dirty"), per($nr; "reaper_pass")]]
	}, {
		title: "Memory",
		head: ["bytes a suspect", ""],
		rows: [["our own", bytes("own_bytes")], ["pinned, with the upper inode", bytes("pinned_bytes")]]
	}, {
		title: "Instructions, one mount among many, each with ten suspects or more",
		head: ["mounts", "mount and ten openings, stock", "ovlsync", "open for write, close, stock", "ovlsync",
			"syncfs, nothing dirty, stock", "ovlsync", "umount, stock", "ovlsync"],
		rows: [$mounts[] as $nr | [$nr] + [("mount", "open", "sync_clean", "umount") as $what
			| with($nr; "stock", "ovlsync"; $what)]]
	}],
	marks: [($sizes | max) as $most
		| at_most("sync with nothing dirty among \($most), instructions a suspect"; per($most; "sync_clean"); 150),
		at_most("a lookup hit among \($most), instructions"; of($most; "open_hit") - of($most; "open_fsnotify"); 200),
		at_most("bytes of our own a suspect"; bytes("own_bytes"); 64)],
	plot: [["nr", "add", "hit", "sync, all clean", "sync, 1 % dirty", "reaper pass"],
		($sizes[] as $nr | [$nr, of($nr; "open_add") - of($nr; "open_fsnotify"),
			of($nr; "open_hit") - of($nr; "open_fsnotify"),
			per($nr; "sync_clean"), per($nr; "sync_dirty"), per($nr; "reaper_pass")])]
}
