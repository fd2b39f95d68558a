# SPDX-License-Identifier: GPL-2.0
# What every bats file loads. It runs as root in a guest that tests/run boots.
#
# A test finds no overlay and no upper mounted, writeback and reaper that do not begin by themselves,
# and the module loaded; what it mounts with these helpers is taken down after it. Then the kernel's
# log must be free of complaints, the suspects of every mount must add up, the upper must come off,
# and at the end of a file the module too.

TESTS=$BATS_TEST_DIRNAME
TOOLS=$TESTS/../build/tests
MNT=/mnt/ovlsync
KERNEL_RELEASE=$(</proc/sys/kernel/osrelease)
# The debug kernel is so many times slower.
: "${SLOWNESS:=1}"
export BATS_TEST_TIMEOUT=$((400 * SLOWNESS))

bats_require_minimum_version 1.5.0
# What their load.bash does, which runs dirname(1) for each file, and so for a third of the time that a
# short test takes; each test is a process that loads everything anew.
for library_file in /usr/lib/bats/bats-{support,assert}/src/*.bash; do
	# shellcheck source=/dev/null
	source "$library_file"
done
load lib/wait
load lib/hang
load lib/kernel
load lib/disks
load lib/overlays
load lib/actor
load lib/json

# bats records the whole stack before every command, at the cost of some seventy others. Where in the
# test file it is, is enough to know. Made once.
if declare -F bats_debug_trap >/dev/null; then
	[[ -e $BATS_RUN_TMPDIR/debug-trap ]] ||
		declare -f bats_debug_trap | sed '2s/$/ [[ $1 != *.bash ]] || return 0;/' >"$BATS_RUN_TMPDIR/debug-trap"
	# shellcheck source=/dev/null
	source "$BATS_RUN_TMPDIR/debug-trap"
fi

BACKGROUND=()

# background COMMAND...: ended after the test, or by end_background.
background() {
	"$@" 3>&- 4>&- >/dev/null 2>&1 &
	BACKGROUND+=($!)
}

end_background() {
	local pid
	for pid in "${BACKGROUND[@]}"; do
		kill "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
	done
	BACKGROUND=()
}

LOOPS=()

# background_loop COMMAND...: goes on while there is no file $ENOUGH; ended after the test, or by
# end_loops. A shell that is killed would leave its last mount(8) or umount(8) at work, which may then
# come at any time.
background_loop() {
	"$@" 3>&- 4>&- >/dev/null 2>&1 &
	LOOPS+=($!)
}

end_loops() {
	: >"$ENOUGH"
	((!${#LOOPS[@]})) || wait "${LOOPS[@]}" || :
	LOOPS=()
	rm "$ENOUGH"
}

common_setup() {
	ENOUGH=$BATS_TEST_TMPDIR/enough
	mkdir -p "$MNT"
	watch_for_hang
	mark_kernel_log
	need_module
	# What leaves the list does so by what the test does.
	echo 86400000 >/sys/fs/ovlsync/defaults/reaper/interval_ms
}

common_teardown() {
	local failed=0

	report_hang
	end_background
	end_loops
	stop_actor
	check_accounts || failed=1
	release_overlays || failed=1
	release_uppers || failed=1
	check_kernel_log || failed=1
	return "$failed"
}

setup() { common_setup; }
teardown() { common_teardown; }
teardown_file() { no_module; }
