# fish completion of ovlctl
# Made by "make generate" of completions/src/ovlctl.fish and of ovlctl's own tables.

function __ovlctl_needs_command
	set -l words (commandline -opc)
	test (count $words) -eq 1
end

# Is the command this one? Without a name it is the first.
function __ovlctl_in
	set -l words (commandline -opc)
	if test (count $words) -ge 2; and contains -- $words[2] $__ovlctl_commands
		test $words[2] = $argv[1]
	else
		test $argv[1] = $__ovlctl_commands[1]
	end
end

# Field of each overlay: 5 is where it is mounted, 3 its device.
function __ovlctl_here
	string match -- '* - overlay *' </proc/self/mountinfo | while read -l line
		set -l fields (string split ' ' -- $line)
		string unescape -- $fields[$argv[1]]
	end
end

# What an option's argument may be: COMMAND KIND.
function __ovlctl_argument
	switch $argv[2]
		case PATH
			__ovlctl_here 5
			__fish_complete_path (commandline -ct)
		case MAJ:MIN
			__ovlctl_here 3
		case COL
			__ovlctl_columns $argv[1]
		case 'COL,...'
			set -l head (string match -r '^(?:-o|--output=)?(.*,|\+)?' -- (commandline -ct))[2]
			__ovlctl_columns $argv[1] | string replace -r '^' -- "$head"
		case WHEN
			printf '%s\n' auto always never
		case PID
			__fish_complete_pids
	end
end

complete -c ovlctl -f

set -g __ovlctl_commands stats top gc sync tune mode list monitor doctor

function __ovlctl_columns
	switch $argv[1]
	case stats
		printf '%s\t%s\n' DEVICE 'device number of the overlay, as in /proc/self/mountinfo'
		printf '%s\t%s\n' MOUNTPOINT 'where it is mounted in this mount namespace'
		printf '%s\t%s\n' CONTAINER 'the container that it is the root of'
		printf '%s\t%s\n' CONTAINER-ID 'the container\'s id, in full'
		printf '%s\t%s\n' RUNTIME 'who made the layer: docker, containers-storage or containerd'
		printf '%s\t%s\n' LAYER 'the layer or snapshot that is the upper'
		printf '%s\t%s\n' UPPERDIR 'upper directory, as the mount\'s options have it'
		printf '%s\t%s\n' MODE 'what syncfs(2) and umount(2) of the overlay do'
		printf '%s\t%s\n' MODE-REASON 'why it is in this mode'
		printf '%s\t%s\n' UPPER 'device of the upper filesystem'
		printf '%s\t%s\n' UPPERFS 'type of the upper filesystem'
		printf '%s\t%s\n' UMOUNT-SYNC 'what umount writes'
		printf '%s\t%s\n' SUSPECTS 'inodes on the list that may be dirty'
		printf '%s\t%s\n' PEAK 'the most suspects there have been'
		printf '%s\t%s\n' PINNED 'memory that would come back if all were reaped'
		printf '%s\t%s\n' ADDED 'suspects ever put on the list'
		printf '%s\t%s\n' REAPED 'suspects taken off the list by the periodic reaper'
		printf '%s\t%s\n' SHRUNK 'suspects taken off the list under memory pressure'
		printf '%s\t%s\n' SYNCED 'suspects taken off the list in passing by a sync'
		printf '%s\t%s\n' UNLINKED 'suspects taken off the list because their last link went'
		printf '%s\t%s\n' FORCED 'suspects taken off the list by ovlctl gc'
		printf '%s\t%s\n' EVICTED 'suspects taken off the list by an opener at the limit'
		printf '%s\t%s\n' OVERFLOW 'openings that could not be tracked'
		printf '%s\t%s\n' INTERVAL-MS 'time between passes of the reaper'
		printf '%s\t%s\n' MIN-AGE-MS 'age that a suspect must have before the reaper takes it'
		printf '%s\t%s\n' BATCH 'suspects looked at under one hold of the list\'s lock'
		printf '%s\t%s\n' MAX-SUSPECTS 'limit of the list'
		printf '%s\t%s\n' PASSES 'passes of the reaper'
		printf '%s\t%s\n' CHECKED 'suspects that the reaper looked at'
		printf '%s\t%s\n' PASS-TIME 'time spent in passes of the reaper'
		printf '%s\t%s\n' LOCK-MAX 'the longest that a pass or ovlctl gc held the list\'s lock'
		printf '%s\t%s\n' SYNCS 'containerized syncs'
		printf '%s\t%s\n' FULL 'syncs handed to overlayfs itself'
		printf '%s\t%s\n' ERRORS 'syncs that failed, and writeback errors found'
		printf '%s\t%s\n' INODES 'inodes written by containerized syncs'
		printf '%s\t%s\n' WRITTEN 'bytes submitted by containerized syncs'
		printf '%s\t%s\n' TIME 'time spent in syncs of either kind'
		printf '%s\t%s\n' LAST 'how long the last sync took'
		printf '%s\t%s\n' INFLIGHT 'inodes that a sync is waiting for now'
	case top
		printf '%s\t%s\n' DEVICE 'device number of the overlay, as in /proc/self/mountinfo'
		printf '%s\t%s\n' MOUNTPOINT 'where it is mounted in this mount namespace'
		printf '%s\t%s\n' CONTAINER 'the container that it is the root of'
		printf '%s\t%s\n' CONTAINER-ID 'the container\'s id, in full'
		printf '%s\t%s\n' RUNTIME 'who made the layer: docker, containers-storage or containerd'
		printf '%s\t%s\n' LAYER 'the layer or snapshot that is the upper'
		printf '%s\t%s\n' UPPERDIR 'upper directory, as the mount\'s options have it'
		printf '%s\t%s\n' SUSPECTS 'inodes on the list that may be dirty'
		printf '%s\t%s\n' PINNED 'memory that would come back if all were reaped'
		printf '%s\t%s\n' ADDED/S 'suspects put on the list, per second'
		printf '%s\t%s\n' SYNCS/S 'containerized syncs, per second'
		printf '%s\t%s\n' FULL/S 'syncs handed to overlayfs itself, per second'
		printf '%s\t%s\n' INODES/S 'inodes written by containerized syncs, per second'
		printf '%s\t%s\n' WRITTEN/S 'bytes submitted by containerized syncs, per second'
		printf '%s\t%s\n' LAST 'how long the last sync took'
		printf '%s\t%s\n' INFLIGHT 'inodes that a sync is waiting for now'
		printf '%s\t%s\n' OVERFLOW 'openings that could not be tracked'
		printf '%s\t%s\n' MODE 'what syncfs(2) and umount(2) of the overlay do'
		printf '%s\t%s\n' UPPER 'device of the upper filesystem'
		printf '%s\t%s\n' UPPERFS 'type of the upper filesystem'
	case gc
		printf '%s\t%s\n' DEVICE 'device number of the overlay, as in /proc/self/mountinfo'
		printf '%s\t%s\n' SCANNED 'suspects looked at'
		printf '%s\t%s\n' REAPED 'taken off the list (with --dry-run: that would be)'
		printf '%s\t%s\n' DIRTY 'left, because dirty or under writeback'
		printf '%s\t%s\n' OPEN 'left, because open for write or mapped shared and writable'
		printf '%s\t%s\n' FREED 'memory that the reaped ones pinned'
		printf '%s\t%s\n' MOUNTPOINT 'where it is mounted in this mount namespace'
		printf '%s\t%s\n' ERROR 'why it failed'
	case sync
		printf '%s\t%s\n' DEVICE 'device number of the overlay, as in /proc/self/mountinfo'
		printf '%s\t%s\n' MOUNTPOINT 'where it is mounted in this mount namespace'
		printf '%s\t%s\n' METHOD 'ovlsync, or syncfs where ovlsync is missing'
		printf '%s\t%s\n' MODE 'mode in which ovlsync did it'
		printf '%s\t%s\n' MODE-REASON 'why it is not containerized'
		printf '%s\t%s\n' INODES 'inodes written; null unless containerized'
		printf '%s\t%s\n' WRITTEN 'bytes submitted; null unless containerized'
		printf '%s\t%s\n' DURATION 'how long it took'
		printf '%s\t%s\n' ERROR 'why it failed'
	case tune
		printf '%s\t%s\n' DEVICE 'device number of the overlay; none for the defaults of new mounts'
		printf '%s\t%s\n' NAME 'the tunable'
		printf '%s\t%s\n' VALUE 'what it is, or was before'
		printf '%s\t%s\n' NEW 'what it was set to'
		printf '%s\t%s\n' MOUNTPOINT 'where it is mounted in this mount namespace'
	case mode
		printf '%s\t%s\n' DEVICE 'device number of the overlay, as in /proc/self/mountinfo'
		printf '%s\t%s\n' MODE 'what syncfs(2) and umount(2) do, or did before'
		printf '%s\t%s\n' NEW 'what they do now'
		printf '%s\t%s\n' MODE-REASON 'why it is in this mode, the new one if there is one'
		printf '%s\t%s\n' MOUNTPOINT 'where it is mounted in this mount namespace'
	case list
		printf '%s\t%s\n' DEVICE 'device number of the overlay, as in /proc/self/mountinfo'
		printf '%s\t%s\n' INODE 'inode number on the upper filesystem'
		printf '%s\t%s\n' STATE 'open (for write, or mapped shared and writable), dirty, writeback, or several of them; clean: nothing keeps it on the list'
		printf '%s\t%s\n' DIRTY 'bytes in dirty pages, not counting those under writeback already'
		printf '%s\t%s\n' AGE 'how long it has been on the list'
		printf '%s\t%s\n' PINNED 'memory that would come back if it were reaped'
		printf '%s\t%s\n' PATH 'one path to it from the root of the upper filesystem, if the kernel has it in its cache'
		printf '%s\t%s\n' CONTAINER 'the container that it is the root of'
		printf '%s\t%s\n' MOUNTPOINT 'where it is mounted in this mount namespace'
	case monitor
	case doctor
		printf '%s\t%s\n' LEVEL 'ok; note: worth knowing; problem: something is to be done'
		printf '%s\t%s\n' SUBJECT 'host, or the mount point or device of an overlay'
		printf '%s\t%s\n' FINDING 'what was found'
		printf '%s\t%s\n' ADVICE 'what to do about it'
		printf '%s\t%s\n' DEVICE 'device number of the overlay; none for the host'
	end
end

complete -c ovlctl -n __ovlctl_needs_command -a stats -d 'show mode, suspects and counters of each mount (the default)'
complete -c ovlctl -n '__ovlctl_in stats' -l mount -x -a '(__ovlctl_argument stats "PATH")' -d 'the overlay that PATH is on; may be given several times'
complete -c ovlctl -n '__ovlctl_in stats' -l device -x -a '(__ovlctl_argument stats "MAJ:MIN")' -d 'the overlay with this device number, as in /proc/self/mountinfo; likewise'
complete -c ovlctl -n '__ovlctl_in stats' -l pid -x -a '(__ovlctl_argument stats "PID")' -d 'take PATH, and the mount points, as the process PID sees them: for mounts of another mount namespace'
complete -c ovlctl -n '__ovlctl_in stats' -l all -d 'every overlay'
complete -c ovlctl -n '__ovlctl_in stats' -l explain -d 'say what each column means, and exit; with -o, of these columns'
complete -c ovlctl -n '__ovlctl_in stats' -l prometheus -d 'metrics in Prometheus\' text format, for node_exporter\'s textfile collector'
complete -c ovlctl -n '__ovlctl_in stats' -l json -s 'J' -d 'JSON: raw numbers, all columns unless -o is given'
complete -c ovlctl -n '__ovlctl_in stats' -l bytes -s 'b' -d 'sizes in bytes and durations in nanoseconds'
complete -c ovlctl -n '__ovlctl_in stats' -l noheadings -s 'n' -d 'no line of headings'
complete -c ovlctl -n '__ovlctl_in stats' -l raw -s 'r' -d 'one blank between columns, nothing aligned'
complete -c ovlctl -n '__ovlctl_in stats' -l output -s 'o' -x -a '(__ovlctl_argument stats "COL,...")' -d 'columns to show; +COL,... adds to those by default'
complete -c ovlctl -n '__ovlctl_in stats' -l output-all -d 'all columns'
complete -c ovlctl -n '__ovlctl_in stats' -l list-columns -d 'say what the columns are, and exit'
complete -c ovlctl -n '__ovlctl_in stats' -l sort -x -a '(__ovlctl_argument stats "COL")' -d 'sort by a column, smallest first'
complete -c ovlctl -n '__ovlctl_in stats' -l color -a '(__ovlctl_argument stats "WHEN")' -d 'colours: auto (on a terminal, unless NO_COLOR is set; the default), always or never; without WHEN, always'
complete -c ovlctl -n '__ovlctl_in stats' -l help -d 'list the options, and exit'
complete -c ovlctl -n '__ovlctl_in stats' -l usage -d 'list the options in short, and exit'
complete -c ovlctl -n '__ovlctl_in stats' -l version -s 'V' -d 'print the version, and exit'
complete -c ovlctl -n __ovlctl_needs_command -a top -d 'show what goes on, again and again'
complete -c ovlctl -n '__ovlctl_in top' -l mount -x -a '(__ovlctl_argument top "PATH")' -d 'the overlay that PATH is on; may be given several times'
complete -c ovlctl -n '__ovlctl_in top' -l device -x -a '(__ovlctl_argument top "MAJ:MIN")' -d 'the overlay with this device number, as in /proc/self/mountinfo; likewise'
complete -c ovlctl -n '__ovlctl_in top' -l pid -x -a '(__ovlctl_argument top "PID")' -d 'take PATH, and the mount points, as the process PID sees them: for mounts of another mount namespace'
complete -c ovlctl -n '__ovlctl_in top' -l all -d 'every overlay'
complete -c ovlctl -n '__ovlctl_in top' -l delay -s 'd' -x -a '(__ovlctl_argument top "SECONDS")' -d 'time between two looks; 2 unless given'
complete -c ovlctl -n '__ovlctl_in top' -l iterations -s 'n' -x -a '(__ovlctl_argument top "NUMBER")' -d 'look so often, then exit'
complete -c ovlctl -n '__ovlctl_in top' -l batch -s 'b' -d 'tables on standard output, one after the other, for scripts'
complete -c ovlctl -n '__ovlctl_in top' -l reverse -d 'the other way round: smallest first'
complete -c ovlctl -n '__ovlctl_in top' -l output -s 'o' -x -a '(__ovlctl_argument top "COL,...")' -d 'columns to show; +COL,... adds to those by default'
complete -c ovlctl -n '__ovlctl_in top' -l output-all -d 'all columns'
complete -c ovlctl -n '__ovlctl_in top' -l list-columns -d 'say what the columns are, and exit'
complete -c ovlctl -n '__ovlctl_in top' -l sort -x -a '(__ovlctl_argument top "COL")' -d 'sort by a column, smallest first'
complete -c ovlctl -n '__ovlctl_in top' -l color -a '(__ovlctl_argument top "WHEN")' -d 'colours: auto (on a terminal, unless NO_COLOR is set; the default), always or never; without WHEN, always'
complete -c ovlctl -n '__ovlctl_in top' -l help -d 'list the options, and exit'
complete -c ovlctl -n '__ovlctl_in top' -l usage -d 'list the options in short, and exit'
complete -c ovlctl -n '__ovlctl_in top' -l version -s 'V' -d 'print the version, and exit'
complete -c ovlctl -n __ovlctl_needs_command -a gc -d 'take suspects that are clean and closed off the list now'
complete -c ovlctl -n '__ovlctl_in gc' -l mount -x -a '(__ovlctl_argument gc "PATH")' -d 'the overlay that PATH is on; may be given several times'
complete -c ovlctl -n '__ovlctl_in gc' -l device -x -a '(__ovlctl_argument gc "MAJ:MIN")' -d 'the overlay with this device number, as in /proc/self/mountinfo; likewise'
complete -c ovlctl -n '__ovlctl_in gc' -l pid -x -a '(__ovlctl_argument gc "PID")' -d 'take PATH, and the mount points, as the process PID sees them: for mounts of another mount namespace'
complete -c ovlctl -n '__ovlctl_in gc' -l all -d 'every overlay'
complete -c ovlctl -n '__ovlctl_in gc' -l sync-first -d 'sync the mount first, so that more may go'
complete -c ovlctl -n '__ovlctl_in gc' -l dry-run -d 'take nothing off, only say what could go'
complete -c ovlctl -n '__ovlctl_in gc' -l quiet -s 'q' -d 'print nothing but errors'
complete -c ovlctl -n '__ovlctl_in gc' -l json -s 'J' -d 'JSON: raw numbers, all columns unless -o is given'
complete -c ovlctl -n '__ovlctl_in gc' -l bytes -s 'b' -d 'sizes in bytes and durations in nanoseconds'
complete -c ovlctl -n '__ovlctl_in gc' -l noheadings -s 'n' -d 'no line of headings'
complete -c ovlctl -n '__ovlctl_in gc' -l raw -s 'r' -d 'one blank between columns, nothing aligned'
complete -c ovlctl -n '__ovlctl_in gc' -l output -s 'o' -x -a '(__ovlctl_argument gc "COL,...")' -d 'columns to show; +COL,... adds to those by default'
complete -c ovlctl -n '__ovlctl_in gc' -l output-all -d 'all columns'
complete -c ovlctl -n '__ovlctl_in gc' -l list-columns -d 'say what the columns are, and exit'
complete -c ovlctl -n '__ovlctl_in gc' -l sort -x -a '(__ovlctl_argument gc "COL")' -d 'sort by a column, smallest first'
complete -c ovlctl -n '__ovlctl_in gc' -l color -a '(__ovlctl_argument gc "WHEN")' -d 'colours: auto (on a terminal, unless NO_COLOR is set; the default), always or never; without WHEN, always'
complete -c ovlctl -n '__ovlctl_in gc' -l help -d 'list the options, and exit'
complete -c ovlctl -n '__ovlctl_in gc' -l usage -d 'list the options in short, and exit'
complete -c ovlctl -n '__ovlctl_in gc' -l version -s 'V' -d 'print the version, and exit'
complete -c ovlctl -n __ovlctl_needs_command -a sync -d 'do syncfs(2) on an overlay, and say what it took'
complete -c ovlctl -n '__ovlctl_in sync' -l mount -x -a '(__ovlctl_argument sync "PATH")' -d 'the overlay that PATH is on; may be given several times'
complete -c ovlctl -n '__ovlctl_in sync' -l device -x -a '(__ovlctl_argument sync "MAJ:MIN")' -d 'the overlay with this device number, as in /proc/self/mountinfo; likewise'
complete -c ovlctl -n '__ovlctl_in sync' -l pid -x -a '(__ovlctl_argument sync "PID")' -d 'take PATH, and the mount points, as the process PID sees them: for mounts of another mount namespace'
complete -c ovlctl -n '__ovlctl_in sync' -l all -d 'every overlay'
complete -c ovlctl -n '__ovlctl_in sync' -l timeout -x -a '(__ovlctl_argument sync "SECONDS")' -d 'wait no longer than this for each mount; the kernel goes on, and the mount counts as failed'
complete -c ovlctl -n '__ovlctl_in sync' -l quiet -s 'q' -d 'print nothing but errors and warnings: no progress, no result'
complete -c ovlctl -n '__ovlctl_in sync' -l json -s 'J' -d 'JSON: raw numbers, all columns unless -o is given'
complete -c ovlctl -n '__ovlctl_in sync' -l bytes -s 'b' -d 'sizes in bytes and durations in nanoseconds'
complete -c ovlctl -n '__ovlctl_in sync' -l noheadings -s 'n' -d 'no line of headings'
complete -c ovlctl -n '__ovlctl_in sync' -l raw -s 'r' -d 'one blank between columns, nothing aligned'
complete -c ovlctl -n '__ovlctl_in sync' -l output -s 'o' -x -a '(__ovlctl_argument sync "COL,...")' -d 'columns to show; +COL,... adds to those by default'
complete -c ovlctl -n '__ovlctl_in sync' -l output-all -d 'all columns'
complete -c ovlctl -n '__ovlctl_in sync' -l list-columns -d 'say what the columns are, and exit'
complete -c ovlctl -n '__ovlctl_in sync' -l sort -x -a '(__ovlctl_argument sync "COL")' -d 'sort by a column, smallest first'
complete -c ovlctl -n '__ovlctl_in sync' -l color -a '(__ovlctl_argument sync "WHEN")' -d 'colours: auto (on a terminal, unless NO_COLOR is set; the default), always or never; without WHEN, always'
complete -c ovlctl -n '__ovlctl_in sync' -l help -d 'list the options, and exit'
complete -c ovlctl -n '__ovlctl_in sync' -l usage -d 'list the options in short, and exit'
complete -c ovlctl -n '__ovlctl_in sync' -l version -s 'V' -d 'print the version, and exit'
complete -c ovlctl -n __ovlctl_needs_command -a tune -d 'show or set tunables'
complete -c ovlctl -n '__ovlctl_in tune' -l defaults -d 'not of mounts that there are, but of those to come, until the module is unloaded'
complete -c ovlctl -n '__ovlctl_in tune' -l mount -x -a '(__ovlctl_argument tune "PATH")' -d 'the overlay that PATH is on; may be given several times'
complete -c ovlctl -n '__ovlctl_in tune' -l device -x -a '(__ovlctl_argument tune "MAJ:MIN")' -d 'the overlay with this device number, as in /proc/self/mountinfo; likewise'
complete -c ovlctl -n '__ovlctl_in tune' -l pid -x -a '(__ovlctl_argument tune "PID")' -d 'take PATH, and the mount points, as the process PID sees them: for mounts of another mount namespace'
complete -c ovlctl -n '__ovlctl_in tune' -l all -d 'every overlay'
complete -c ovlctl -n '__ovlctl_in tune' -l explain -d 'say what each tunable means, and exit'
complete -c ovlctl -n '__ovlctl_in tune' -l quiet -s 'q' -d 'print nothing but errors'
complete -c ovlctl -n '__ovlctl_in tune' -l json -s 'J' -d 'JSON: raw numbers, all columns unless -o is given'
complete -c ovlctl -n '__ovlctl_in tune' -l bytes -s 'b' -d 'sizes in bytes and durations in nanoseconds'
complete -c ovlctl -n '__ovlctl_in tune' -l noheadings -s 'n' -d 'no line of headings'
complete -c ovlctl -n '__ovlctl_in tune' -l raw -s 'r' -d 'one blank between columns, nothing aligned'
complete -c ovlctl -n '__ovlctl_in tune' -l output -s 'o' -x -a '(__ovlctl_argument tune "COL,...")' -d 'columns to show; +COL,... adds to those by default'
complete -c ovlctl -n '__ovlctl_in tune' -l output-all -d 'all columns'
complete -c ovlctl -n '__ovlctl_in tune' -l list-columns -d 'say what the columns are, and exit'
complete -c ovlctl -n '__ovlctl_in tune' -l sort -x -a '(__ovlctl_argument tune "COL")' -d 'sort by a column, smallest first'
complete -c ovlctl -n '__ovlctl_in tune' -l color -a '(__ovlctl_argument tune "WHEN")' -d 'colours: auto (on a terminal, unless NO_COLOR is set; the default), always or never; without WHEN, always'
complete -c ovlctl -n '__ovlctl_in tune' -l help -d 'list the options, and exit'
complete -c ovlctl -n '__ovlctl_in tune' -l usage -d 'list the options in short, and exit'
complete -c ovlctl -n '__ovlctl_in tune' -l version -s 'V' -d 'print the version, and exit'
complete -c ovlctl -n '__ovlctl_in tune' -a interval_ms= -d 'time between passes of the reaper'
complete -c ovlctl -n '__ovlctl_in tune' -a min_age_ms= -d 'age that a suspect must have before the reaper takes it'
complete -c ovlctl -n '__ovlctl_in tune' -a batch= -d 'suspects looked at under one hold of the list\'s lock'
complete -c ovlctl -n '__ovlctl_in tune' -a max_suspects= -d 'limit of the list'
complete -c ovlctl -n '__ovlctl_in tune' -a umount_sync=own
complete -c ovlctl -n '__ovlctl_in tune' -a umount_sync=none
complete -c ovlctl -n __ovlctl_needs_command -a mode -d 'show the mode, or go back to full syncs'
complete -c ovlctl -n '__ovlctl_in mode' -l mount -x -a '(__ovlctl_argument mode "PATH")' -d 'the overlay that PATH is on; may be given several times'
complete -c ovlctl -n '__ovlctl_in mode' -l device -x -a '(__ovlctl_argument mode "MAJ:MIN")' -d 'the overlay with this device number, as in /proc/self/mountinfo; likewise'
complete -c ovlctl -n '__ovlctl_in mode' -l pid -x -a '(__ovlctl_argument mode "PID")' -d 'take PATH, and the mount points, as the process PID sees them: for mounts of another mount namespace'
complete -c ovlctl -n '__ovlctl_in mode' -l all -d 'every overlay'
complete -c ovlctl -n '__ovlctl_in mode' -l quiet -s 'q' -d 'print nothing but errors'
complete -c ovlctl -n '__ovlctl_in mode' -l json -s 'J' -d 'JSON: raw numbers, all columns unless -o is given'
complete -c ovlctl -n '__ovlctl_in mode' -l bytes -s 'b' -d 'sizes in bytes and durations in nanoseconds'
complete -c ovlctl -n '__ovlctl_in mode' -l noheadings -s 'n' -d 'no line of headings'
complete -c ovlctl -n '__ovlctl_in mode' -l raw -s 'r' -d 'one blank between columns, nothing aligned'
complete -c ovlctl -n '__ovlctl_in mode' -l output -s 'o' -x -a '(__ovlctl_argument mode "COL,...")' -d 'columns to show; +COL,... adds to those by default'
complete -c ovlctl -n '__ovlctl_in mode' -l output-all -d 'all columns'
complete -c ovlctl -n '__ovlctl_in mode' -l list-columns -d 'say what the columns are, and exit'
complete -c ovlctl -n '__ovlctl_in mode' -l sort -x -a '(__ovlctl_argument mode "COL")' -d 'sort by a column, smallest first'
complete -c ovlctl -n '__ovlctl_in mode' -l color -a '(__ovlctl_argument mode "WHEN")' -d 'colours: auto (on a terminal, unless NO_COLOR is set; the default), always or never; without WHEN, always'
complete -c ovlctl -n '__ovlctl_in mode' -l help -d 'list the options, and exit'
complete -c ovlctl -n '__ovlctl_in mode' -l usage -d 'list the options in short, and exit'
complete -c ovlctl -n '__ovlctl_in mode' -l version -s 'V' -d 'print the version, and exit'
complete -c ovlctl -n '__ovlctl_in mode' -a 'full auto'
complete -c ovlctl -n __ovlctl_needs_command -a list -d 'show the suspects of a mount, or of all'
complete -c ovlctl -n '__ovlctl_in list' -l mount -x -a '(__ovlctl_argument list "PATH")' -d 'the overlay that PATH is on; may be given several times'
complete -c ovlctl -n '__ovlctl_in list' -l device -x -a '(__ovlctl_argument list "MAJ:MIN")' -d 'the overlay with this device number, as in /proc/self/mountinfo; likewise'
complete -c ovlctl -n '__ovlctl_in list' -l pid -x -a '(__ovlctl_argument list "PID")' -d 'take PATH, and the mount points, as the process PID sees them: for mounts of another mount namespace'
complete -c ovlctl -n '__ovlctl_in list' -l all -d 'every overlay'
complete -c ovlctl -n '__ovlctl_in list' -l stream -d 'with --json: one object a line, as they come, in memory that does not grow'
complete -c ovlctl -n '__ovlctl_in list' -l json -s 'J' -d 'JSON: raw numbers, all columns unless -o is given'
complete -c ovlctl -n '__ovlctl_in list' -l bytes -s 'b' -d 'sizes in bytes and durations in nanoseconds'
complete -c ovlctl -n '__ovlctl_in list' -l noheadings -s 'n' -d 'no line of headings'
complete -c ovlctl -n '__ovlctl_in list' -l raw -s 'r' -d 'one blank between columns, nothing aligned'
complete -c ovlctl -n '__ovlctl_in list' -l output -s 'o' -x -a '(__ovlctl_argument list "COL,...")' -d 'columns to show; +COL,... adds to those by default'
complete -c ovlctl -n '__ovlctl_in list' -l output-all -d 'all columns'
complete -c ovlctl -n '__ovlctl_in list' -l list-columns -d 'say what the columns are, and exit'
complete -c ovlctl -n '__ovlctl_in list' -l sort -x -a '(__ovlctl_argument list "COL")' -d 'sort by a column, smallest first'
complete -c ovlctl -n '__ovlctl_in list' -l color -a '(__ovlctl_argument list "WHEN")' -d 'colours: auto (on a terminal, unless NO_COLOR is set; the default), always or never; without WHEN, always'
complete -c ovlctl -n '__ovlctl_in list' -l help -d 'list the options, and exit'
complete -c ovlctl -n '__ovlctl_in list' -l usage -d 'list the options in short, and exit'
complete -c ovlctl -n '__ovlctl_in list' -l version -s 'V' -d 'print the version, and exit'
complete -c ovlctl -n __ovlctl_needs_command -a monitor -d 'show what happens, as it happens'
complete -c ovlctl -n '__ovlctl_in monitor' -l mount -x -a '(__ovlctl_argument monitor "PATH")' -d 'the overlay that PATH is on; may be given several times'
complete -c ovlctl -n '__ovlctl_in monitor' -l device -x -a '(__ovlctl_argument monitor "MAJ:MIN")' -d 'the overlay with this device number, as in /proc/self/mountinfo; likewise'
complete -c ovlctl -n '__ovlctl_in monitor' -l pid -x -a '(__ovlctl_argument monitor "PID")' -d 'take PATH, and the mount points, as the process PID sees them: for mounts of another mount namespace'
complete -c ovlctl -n '__ovlctl_in monitor' -l all -d 'every overlay'
complete -c ovlctl -n '__ovlctl_in monitor' -l json -s 'J' -d 'JSON: one object a line, with raw numbers'
complete -c ovlctl -n '__ovlctl_in monitor' -l help -d 'list the options, and exit'
complete -c ovlctl -n '__ovlctl_in monitor' -l usage -d 'list the options in short, and exit'
complete -c ovlctl -n '__ovlctl_in monitor' -l version -s 'V' -d 'print the version, and exit'
complete -c ovlctl -n __ovlctl_needs_command -a doctor -d 'say why a mount is not containerized, and what to do'
complete -c ovlctl -n '__ovlctl_in doctor' -l mount -x -a '(__ovlctl_argument doctor "PATH")' -d 'the overlay that PATH is on; may be given several times'
complete -c ovlctl -n '__ovlctl_in doctor' -l device -x -a '(__ovlctl_argument doctor "MAJ:MIN")' -d 'the overlay with this device number, as in /proc/self/mountinfo; likewise'
complete -c ovlctl -n '__ovlctl_in doctor' -l pid -x -a '(__ovlctl_argument doctor "PID")' -d 'take PATH, and the mount points, as the process PID sees them: for mounts of another mount namespace'
complete -c ovlctl -n '__ovlctl_in doctor' -l all -d 'every overlay'
complete -c ovlctl -n '__ovlctl_in doctor' -l quiet -s 'q' -d 'print problems only'
complete -c ovlctl -n '__ovlctl_in doctor' -l json -s 'J' -d 'JSON: raw numbers, all columns unless -o is given'
complete -c ovlctl -n '__ovlctl_in doctor' -l bytes -s 'b' -d 'sizes in bytes and durations in nanoseconds'
complete -c ovlctl -n '__ovlctl_in doctor' -l noheadings -s 'n' -d 'no line of headings'
complete -c ovlctl -n '__ovlctl_in doctor' -l raw -s 'r' -d 'one blank between columns, nothing aligned'
complete -c ovlctl -n '__ovlctl_in doctor' -l output -s 'o' -x -a '(__ovlctl_argument doctor "COL,...")' -d 'columns to show; +COL,... adds to those by default'
complete -c ovlctl -n '__ovlctl_in doctor' -l output-all -d 'all columns'
complete -c ovlctl -n '__ovlctl_in doctor' -l list-columns -d 'say what the columns are, and exit'
complete -c ovlctl -n '__ovlctl_in doctor' -l sort -x -a '(__ovlctl_argument doctor "COL")' -d 'sort by a column, smallest first'
complete -c ovlctl -n '__ovlctl_in doctor' -l color -a '(__ovlctl_argument doctor "WHEN")' -d 'colours: auto (on a terminal, unless NO_COLOR is set; the default), always or never; without WHEN, always'
complete -c ovlctl -n '__ovlctl_in doctor' -l help -d 'list the options, and exit'
complete -c ovlctl -n '__ovlctl_in doctor' -l usage -d 'list the options in short, and exit'
complete -c ovlctl -n '__ovlctl_in doctor' -l version -s 'V' -d 'print the version, and exit'
