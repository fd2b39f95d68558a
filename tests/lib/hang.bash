# SPDX-License-Identifier: GPL-2.0
# A test that hangs says where: bats ends it without a word, and what hung with it.

# Run beside each test. What every process waits for, when most of the test's time is over.
watch_for_hang() {
	(
		read -r -t $((BATS_TEST_TIMEOUT * 3 / 4)) -u "$never_ready" || :
		for process in /proc/[0-9]*; do
			command=$(tr '\0' ' ' <"$process/cmdline")
			# Kernel threads have none.
			[[ ! $command ]] || { echo "$process $(<"$process/wchan"): $command" && cat "$process/stack"; }
		done >"$BATS_TEST_TMPDIR/hang"
	) 3>&- 4>&- >/dev/null 2>&1 &
	HANG_WATCHER=$!
}

report_hang() {
	kill "$HANG_WATCHER" 2>/dev/null && wait "$HANG_WATCHER" 2>/dev/null || :
	[[ ! -s $BATS_TEST_TMPDIR/hang ]] || { echo "Most of the time was over then:" && cat "$BATS_TEST_TMPDIR/hang"; } >&2
}
