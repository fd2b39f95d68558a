include "stats";

.samples as $all
| {stock: "stock overlayfs, syncfs", volatile: "overlayfs, volatile, syncfs", fuse: "fuse-overlayfs, syncfs",
	loop: "ext4 in a file of its own, syncfs", fsync: "stock overlayfs, one fsync a file",
	ovlsync: "ovlsync, syncfs"} as $names
| ["stock", "volatile", "fuse", "loop", "fsync", "ovlsync"] as $methods
| ($all | map(select(.us and .neighbour_mb == 0) | .nr) | unique) as $sizes
| ($all | map(.neighbour_mb // empty) | max) as $mb
| def us($method; $nr; $neighbour): $all | values_of({method: $method, nr: $nr, neighbour_mb: $neighbour}; "us") | median | ms;
def beside($method): if $mb > 0 then us($method; $sizes[0]; $mb) else null end;
def times($a; $b): if $a and $b then $a / $b else null end;
def cut($method): $all | map(select(.what == "cut" and .method == $method));
def survival($method): cut($method) | if length == 0 then null else
	"\(map(.whole) | add) of \(map(.nr) | add) files" end;
{
	tables: [{
		title: "ms, medians; beside \($mb) MB of a neighbour's: \($sizes[0]) files. \(cut("stock") | length) power cuts",
		head: ["", ($sizes[] | "\(.) files"), "beside a neighbour", "times as long", "there after a power cut"],
		rows: [$methods[] | [$names[.], us(.; $sizes[]; 0), beside(.),
			times(beside(.); us(.; $sizes[0]; 0)), survival(.)]]
	}],
	marks: [],
	plot: [["method", ($sizes[] | "\(.) files"), "beside a neighbour"],
		($methods[] | [., us(.; $sizes[]; 0), beside(.)])]
}
