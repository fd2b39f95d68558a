#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# syncfs while everything else goes on: at each return of it, what was written before is on the disk.

load helpers

SIZE=65536
: "${OVLSYNC_RACE_SECONDS:=10}"

setup() {
	common_setup
	read -r DIRTY_BYTES </proc/sys/vm/dirty_bytes
	make_upper ext4
	mount_overlay own
	mount_overlay other
}

teardown() {
	echo "$DIRTY_BYTES" >/proc/sys/vm/dirty_bytes
	common_teardown
}

# Eight threads write, sync, and look at the disk after each syncfs.
start_race() { # SECONDS [PAUSE_US]
	"$TOOLS/race" "$MNT/own" "$UPPER_DEVICE" 8 100 $(($1 * SLOWNESS)) "${@:2}" 3>&- >"$BATS_TEST_TMPDIR/race" 2>&1 &
	race=$!
	BACKGROUND+=("$race")
	retry_until 20 race_has_begun || { cat "$BATS_TEST_TMPDIR/race" >&2 && return 1; }
}

race_has_begun() { compgen -G "$MNT/own/*" >/dev/null; }

# So many times, however long that takes: again N, while the race goes on.
again() {
	((rounds < $1)) || return
	kill -0 "$race" 2>/dev/null || { echo "the race has ended by itself after $rounds rounds" >&2 && return 1; }
	rounds=$((rounds + 1))
}

end_race() {
	local status=0
	[[ ! ${rounds-} ]] || kill -TERM "$race"
	wait "$race" || status=$?
	echo "# $(<"$BATS_TEST_TMPDIR/race")" >&3
	((status == 0))
}

# Dirty data of the other overlay at all times.
busy_neighbour() {
	local i=0
	while :; do
		write_file "$MNT/other/busy$((i++ % 20))" $((SIZE * 4))
		pause
	done
}

@test "races: eight threads write and sync one overlay beside a busy neighbour" {
	background busy_neighbour
	start_race "$OVLSYNC_RACE_SECONDS"
	end_race
	assert_value own sync/full_total 0
	value own sync/containerized_total
	((REPLY >= 8))
}

# Two seconds with little room, one with plenty: some syncs are full ones and some are not, however fast
# the kernel is.
room_comes_and_goes() {
	while :; do
		set_value own reaper/max_suspects 24
		read -r -t 2 -u "$never_ready" || :
		set_value own reaper/max_suspects 10000
		read -r -t 1 -u "$never_ready" || :
	done
}

@test "races: openers that find no room, full syncs that look for them, and syncs at the same time" {
	# So that a walk over the inodes of the overlay takes its time.
	"$TOOLS/openers" create "$MNT/own" 100000 800
	background room_comes_and_goes
	# Files are held open meanwhile, and written to later.
	start_race "$OVLSYNC_RACE_SECONDS" 20000
	end_race
	local full
	value own sync/full_total
	full=$REPLY
	value own sync/containerized_total
	echo "# $full full syncs, $REPLY containerized" >&3
	((full > 1 && REPLY > 1))
}

@test "races: the same on xfs" {
	release_overlays
	release_uppers
	make_upper xfs
	mount_overlay own
	mount_overlay other
	background busy_neighbour
	start_race "$OVLSYNC_RACE_SECONDS"
	end_race
	assert_value own sync/full_total 0
}

# A descriptor keeps the mount busy, so umount is tried until the last syncfs has returned.
@test "races: syncfs against umount of the same overlay" {
	local round name
	umounted() { umount "$MNT/other" 2>/dev/null; }
	for round in a b c d e f; do
		actor open 0 creat "$MNT/other/one"
		actor write 0 0 "$SIZE" "$round"
		actor open 1 creat "$MNT/other/two"
		actor write 1 0 "$SIZE" "$round"
		actor close 0
		actor close 1
		for name in 1 2 3; do
			sync -f "$MNT/other" 3>&- 4>&- &
			BACKGROUND+=($!)
		done
		retry_until 20 umounted
		assert_on_disk "$UPPER"/other/upper/{one,two}
		unset 'DEVICES[other]'
		mount_overlay other
	done
}

@test "races: syncfs against mount and umount of another overlay" {
	local rounds=0
	start_race 120
	while again 3; do
		write_file "$MNT/other/file" "$SIZE"
		umount_overlay other
		assert_on_disk "$UPPER/other/upper/file"
		mount_overlay other
	done
	end_race
	((rounds == 3))
}

@test "races: syncfs against remount of the overlays and of the upper" {
	local rounds=0
	start_race 120
	while again 3; do
		write_file "$MNT/other/file" "$SIZE"
		sync -f "$MNT/other" 3>&- 4>&- &
		BACKGROUND+=($!)
		mount -o remount,ro "$MNT/other"
		assert_on_disk "$UPPER/other/upper/file"
		mount -o remount,rw "$MNT/other"
		mount -o remount,rw "$MNT/own"
		mount -o remount,rw "$UPPER"
	done
	end_race
	assert_value own mode containerized
	assert_value own sync/full_total 0
	((rounds == 3))
}

@test "races: syncfs against unloading and loading of the module" {
	local rounds=0
	start_race 120
	while again 3; do
		unload_module
		pause
		load_module
	done
	end_race
	((rounds == 3))
	# After a sync of the gap it is as ever.
	sync_overlay own
	assert_value own mode containerized
}

@test "races: syncfs against a freeze of the upper" {
	local rounds=0
	start_race 120
	while again 3; do
		limited 60 fsfreeze -f "$UPPER"
		pause
		limited 60 fsfreeze -u "$UPPER"
		pause
	done
	end_race
	assert_value own sync/full_total 0
	((rounds == 3))
}

@test "races: syncfs of a frozen upper returns after the thaw at the latest" {
	write_file "$MNT/own/file" "$SIZE"
	fsfreeze -f "$UPPER"
	sync -f "$MNT/own" 3>&- 4>&- &
	local syncing=$!
	pause
	limited 60 fsfreeze -u "$UPPER"
	retry_until 20 eval "! kill -0 $syncing 2>/dev/null"
	wait "$syncing"
	assert_on_disk "$UPPER/own/upper/file"
}

@test "races: syncfs of an overlay does not follow a file of its own that is appended to" {
	local writer size
	# Who writes is slowed down to what the disk takes, as on a host that has run for a while.
	echo 67108864 >/proc/sys/vm/dirty_bytes
	dd if=/dev/zero of="$MNT/own/log" bs=1M count=700 status=none 3>&- 4>&- &
	writer=$!
	retry_until 20 eval '(($(stat -c %s "$MNT/own/log") > 50000000))'
	sync -f "$MNT/own"
	kill "$writer" || :
	wait "$writer" || :
	size=$(($(stat -c %s "$MNT/own/log") >> 20))
	echo "# synced at $size MiB of 700" >&3
	((size < 400))
	assert_value own sync/full_total 0
}
