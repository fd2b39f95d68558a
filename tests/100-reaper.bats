#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The reaper: nothing clean stays pinned. `make test` runs it small, `make test-scale` in full size.

load helpers

# sized SMALL FULL: one of them, into REPLY.
if [[ ${OVLSYNC_SIZE-} == full ]]; then
	sized() { REPLY=$2; }
	export BATS_TEST_TIMEOUT=7200
else
	sized() { REPLY=$1; }
fi

setup() {
	common_setup
	sized ext4 many
	make_upper "$REPLY"
	mount_overlay own
}

teardown() {
	flusher_sleeps
	common_teardown
}

hour=3600000

# Writeback as on a busy host, and as tests/guest sets it.
flusher_hurries() {
	echo 20 >/proc/sys/vm/dirty_writeback_centisecs
	echo 20 >/proc/sys/vm/dirty_expire_centisecs
}

flusher_sleeps() {
	echo 360000 >/proc/sys/vm/dirty_writeback_centisecs
	echo 360000 >/proc/sys/vm/dirty_expire_centisecs
}

set_reaper() { # NAME INTERVAL_MS MIN_AGE_MS MAX_SUSPECTS
	set_value "$1" reaper/interval_ms "$2"
	set_value "$1" reaper/min_age_ms "$3"
	set_value "$1" reaper/max_suspects "$4"
}

passes_above() { value own reaper/passes_total && ((REPLY > $1)); } # NR

# The inodes that all filesystems have in memory, as often as reclaim could come by, into REPLY. Not the
# objects of the slab: KASAN keeps those that were freed, to see who uses them.
inodes_after_reclaim() {
	echo 3 >/proc/sys/vm/drop_caches
	read -r REPLY _ </proc/sys/fs/inode-nr
}

@test "reaper: files mapped shared and writable, each once, pin no more than max_suspects" {
	sized 3000 300000
	local files=$REPLY most inodes_before inodes_most=0 begun=$SECONDS opener passes

	set_reaper own 1000 0 1000
	flusher_hurries
	inodes_after_reclaim
	inodes_before=$REPLY
	"$TOOLS/openers" map "$MNT/own" 0 "$files" >"$BATS_TEST_TMPDIR/done" 3>&- 4>&- &
	opener=$!
	while kill -0 "$opener" 2>/dev/null; do
		inodes_after_reclaim
		((REPLY - inodes_before <= inodes_most)) || inodes_most=$((REPLY - inodes_before))
		sized 1 20
		read -r -t "$REPLY" -u "$never_ready" || :
	done
	# It fails if any opening does.
	wait "$opener"
	[[ $(<"$BATS_TEST_TMPDIR/done") == done ]]
	value own suspects/nr_peak
	most=$REPLY
	echo "# $files files mapped in $((SECONDS - begun)) s: at most $most suspects, $inodes_most more inodes in memory" >&3
	((most > 0 && most <= 1000))
	sync
	# A pass may be on its way. The next one, within two intervals, takes what it did not.
	value own reaper/passes_total
	passes=$REPLY
	retry_until 3 value_is own suspects/nr 0
	value own reaper/passes_total
	echo "# then none after $((REPLY - passes)) passes" >&3
	((REPLY - passes <= 2))
	# An inode with pages stays for them, and an overlay inode holds its upper inode: rounds.
	for _ in 1 2 3; do
		inodes_after_reclaim
	done
	echo "# and $((REPLY - inodes_before)) more inodes" >&3
	sized $((files / 2)) $((files / 10))
	((inodes_most < REPLY))
}

@test "reaper: at the limit with every file dirty, one full sync loses nothing" {
	sized 2000 300000
	local files=$REPLY i on_disk=()

	set_reaper own "$hour" 0 1000
	"$TOOLS/openers" map "$MNT/own" 0 "$files"
	assert_value own suspects/nr 1000
	# Before 6.5 the close of such a file is one more event that finds no room.
	assert_value_at_least own suspects/overflow_total $((files - 1000))
	value own suspects/overflow_total
	echo "# $files files dirtied through maps: $REPLY times there was no room" >&3
	assert_value own mode full
	assert_value_like own mode_reason max_suspects
	sync_overlay own
	assert_value own sync/full_total 1
	for ((i = 999; i < files; i += files / 20)); do
		on_disk+=("$UPPER/own/upper/$((i / 1000))/$i")
	done
	assert_on_disk "${on_disk[@]}"
	assert_value own mode containerized
	sync_overlay own
	assert_value own sync/containerized_total 1
}

@test "reaper: an opener that was not tracked is known after the full sync" {
	set_reaper own "$hour" 0 9
	"$TOOLS/openers" write "$MNT/own" 0 9
	actor open 0 creat "$MNT/own/late"
	assert_value own suspects/overflow_total 1
	sync_overlay own
	# The list had no room for it in that sync, but the next one finds room.
	sync_overlay own
	assert_value own mode containerized
	actor write 0 0 65536 z
	assert_not_on_disk "$UPPER/own/upper/late"
	sync_overlay own
	assert_value_at_least own sync/containerized_total 1
	assert_on_disk "$UPPER/own/upper/late"
}

@test "reaper: an opener at the limit makes room by itself" {
	set_reaper own "$hour" 0 100
	"$TOOLS/openers" create "$MNT/own" 0 100
	sync
	"$TOOLS/openers" create "$MNT/own" 1000 50
	assert_value own suspects/overflow_total 0
	assert_value_at_least own suspects/evicted_total 50
	assert_value own mode containerized
}

@test "reaper: passes become rare when none may go, and come back with a new suspect" {
	set_reaper own 50 0 1000
	actor open 0 creat "$MNT/own/held"
	value own reaper/passes_total
	local before=$REPLY
	read -r -t 3 -u "$never_ready" || : # as long as it is measured
	value own reaper/passes_total
	local rare=$((REPLY - before))
	echo "# $rare passes in 3 s, where the interval is 50 ms" >&3
	((rare <= 10))
	value own reaper/passes_total
	before=$REPLY
	write_file "$MNT/own/new" 10
	# Rare ones are 1,600 ms apart.
	retry_until 3 passes_above "$((before + 3))"
}

# passes_in_3_s: into PASSES, and what they took of the time, in thousandths, into SHARE.
passes_in_3_s() {
	local passes took_ns begun_us=${EPOCHREALTIME/./}

	value own reaper/passes_total
	passes=$REPLY
	value own reaper/duration_ns_total
	took_ns=$REPLY
	read -r -t 3 -u "$never_ready" || : # as long as it is measured
	value own reaper/passes_total
	PASSES=$((REPLY - passes))
	value own reaper/duration_ns_total
	SHARE=$(((REPLY - took_ns) / (${EPOCHREALTIME/./} - begun_us)))
}

@test "reaper: passes go on while a file is dirty, and take no more than a hundredth of the time" {
	set_reaper own 50 0 1000
	"$TOOLS/openers" map "$MNT/own" 0 1
	assert_value own suspects/nr 1
	passes_in_3_s
	echo "# $PASSES passes in 3 s over one dirty file, where the interval is 50 ms" >&3
	# With the wait of open ones it would be 7.
	((PASSES >= 15))
	"$TOOLS/openers" map "$MNT/own" 1 900
	set_reaper own 5 0 1000
	passes_in_3_s
	echo "# $PASSES passes in 3 s over 901, where the interval is 5 ms: $SHARE thousandths of the time" >&3
	assert_value own suspects/nr 901
	((PASSES > 0 && SHARE <= 15 * SLOWNESS))
	# Two intervals of 50 ms after they are written.
	set_reaper own 50 0 1000
	sync
	retry_until 1 value_is own suspects/nr 0
}

@test "reaper: a new suspect brings a pass nearer, and puts none off" {
	local begun_us took_ms

	set_reaper own 2000 0 1000
	"$TOOLS/openers" map "$MNT/own" 0 1
	retry_until 4 passes_above 0
	# The file is dirty: the next pass is two intervals away.
	begun_us=${EPOCHREALTIME/./}
	read -r -t 3.4 -u "$never_ready" || :
	write_file "$MNT/own/new" 10
	assert_value own reaper/passes_total 1
	retry_until 4 passes_above 1
	took_ms=$(((${EPOCHREALTIME/./} - begun_us) / 1000))
	echo "# the next pass after $took_ms ms, where the interval is 2 s and a suspect came after 3.4" >&3
	((took_ms < 4900))
}

@test "reaper: a mount without suspects has no passes" {
	set_reaper own 10 0 1000
	write_file "$MNT/own/file" 10
	sync
	retry_until 3 value_is own suspects/nr 0
	value own reaper/passes_total
	local before=$REPLY
	read -r -t 1 -u "$never_ready" || :
	assert_value own reaper/passes_total "$before"
}

@test "reaper: memory pressure takes clean suspects, without the periodic reaper" {
	local files=2000

	set_reaper own "$hour" "$hour" 1000000
	"$TOOLS/openers" create "$MNT/own" 0 "$files"
	assert_value own suspects/nr "$files"
	sync
	# A suspect whose mount is busy at that moment is skipped: pressure comes again.
	squeezed() { echo 2 >/proc/sys/vm/drop_caches && value_is own suspects/nr 0; }
	retry_until 10 squeezed
	assert_value own suspects/shrunk_total "$files"
	assert_value own suspects/pinned_bytes 0
	# Nor does it make passes, over what could not go.
	assert_value own reaper/passes_total 0
}

@test "reaper: who needs the memory gets it, without the periodic reaper and the OOM killer" {
	sized 5000 200000
	local files=$REPLY kills pinned

	set_reaper own "$hour" "$hour" 1000000
	oom_kills() { REPLY=$(sed -n 's/^oom_kill //p' /proc/vmstat); }
	oom_kills
	kills=$REPLY
	"$TOOLS/openers" create "$MNT/own" 0 "$files"
	sync
	value own suspects/pinned_bytes
	pinned=$REPLY
	meminfo MemTotal
	local mib=$((REPLY >> 10))
	device_of own
	run -0 "$TOOLS/hog" "/sys/fs/ovlsync/$REPLY/suspects/nr" $((files / 10)) "$mib"
	value own suspects/shrunk_total
	echo "# $files suspects pin $((pinned >> 20)) MiB; when a hog has taken $output MiB, $REPLY are gone" >&3
	((REPLY >= files * 9 / 10))
	oom_kills
	((REPLY == kills))
}

@test "reaper: pressure leaves what is open or dirty" {
	set_reaper own "$hour" "$hour" 1000
	actor open 0 creat "$MNT/own/open"
	write_file "$MNT/own/dirty" 10
	echo 2 >/proc/sys/vm/drop_caches
	assert_value own suspects/nr 2
	assert_value own suspects/shrunk_total 0
}

@test "reaper: a container pays for its suspects, and is not killed for them" {
	sized 5000 200000
	local files=$REPLY group=/sys/fs/cgroup/ovlsync-test slab mib
	sized 12 64
	mib=$REPLY

	set_reaper own "$hour" "$hour" 1000000
	flusher_hurries
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control
	mkdir -p "$group"
	echo $((mib << 20)) >"$group/memory.max"
	# shellcheck disable=SC2016  # the shell inside expands them
	run bash -c 'echo $$ >"$1/cgroup.procs"; exec "$2" create "$3" 0 "$4"' - \
		"$group" "$TOOLS/openers" "$MNT/own" "$files"
	slab=$(sed -n 's/^slab_unreclaimable //p' "$group/memory.stat")
	value own suspects/nr
	local nr=$REPLY
	value own suspects/shrunk_total
	echo "# $files files opened in $mib MiB: $nr suspects left, $REPLY taken by pressure, $slab bytes of slab charged" >&3
	assert_success
	[[ $(sed -n 's/^oom_kill //p' "$group/memory.events") == 0 ]]
	((slab >= nr * 64))
	umount_overlay own
	rmdir "$group"
}

@test "reaper: many mounts, each with suspects, come and go in linear time" {
	sized 40 2000
	local mounts=$REPLY files begun
	sized 10 100
	files=$REPLY

	mkdir -p "$UPPER/lower" "$MNT/crowd"
	linear() { # WHAT: the milliseconds of four quarters, in $output
		local first last
		read -r first _ _ last <<<"$output"
		echo "# $mounts mounts with $files suspects each, $1: quarters of $output ms" >&3
		((last <= 2 * first + 200))
	}
	run -0 "$TOOLS/mounts" mount "$MNT/crowd" "$UPPER" "$mounts" "$files"
	linear "mounted"
	sync
	begun=${EPOCHREALTIME/./}
	run -0 ovlctl gc --all --json
	echo "# one pass over all in $(((${EPOCHREALTIME/./} - begun) / 1000)) ms" >&3
	[[ $(jq '[.mounts[].reaped] | add' <<<"$output") == $((mounts * files)) ]]
	run -0 "$TOOLS/mounts" umount "$MNT/crowd" "$mounts"
	linear "unmounted"
}

@test "reaper: eight threads write, sync and unlink the same files while everything is reaped all the time" {
	sized 10 60
	local seconds=$REPLY

	set_reaper own 1 0 1000
	flusher_hurries
	# shellcheck disable=SC2016  # the shell inside expands it
	background bash -c 'while :; do ovlctl gc -q --mount "$1"; done' - "$MNT/own"
	mkdir "$MNT/own/race"
	run "$TOOLS/race" "$MNT/own/race" "$UPPER_DEVICE" 8 1000 "$seconds"
	end_background
	echo "# $seconds s: $output" >&3
	assert_success
	value own suspects/reaped_total
	local reaped=$REPLY
	value own suspects/forced_total
	((reaped + REPLY > 0))
	books_balance own
}

@test "reaper: a frozen filesystem with suspects does not keep other mounts waiting" {
	local ext4=$UPPER

	set_reaper own 100 0 1000
	actor open 0 creat "$MNT/own/unlinked"
	actor write 0 0 4096 u
	write_file "$MNT/own/file" 10
	rm "$MNT/own/unlinked"
	make_upper xfs
	mount_overlay other
	set_reaper other 100 0 1000
	write_file "$MNT/other/file" 10
	fsfreeze -f "$ext4"
	sync -f "$UPPER"
	retry_until 10 value_is other suspects/nr 0
	fsfreeze -u "$ext4"
	actor close 0
	sync
	retry_until 10 value_is own suspects/nr 0
}

has_ended() { ! kill -0 "$1" 2>/dev/null; }

@test "reaper: at the limit no opener waits for a frozen filesystem" {
	local i opener ended=''
	write_file "$MNT/own/there" 10
	sync_overlay own
	set_reaper own "$hour" 0 4
	for i in {1..4}; do write_file "$MNT/own/$i" 4096; done
	assert_value own suspects/nr 4
	# Unlinked beside the overlay, with nobody but the list to hold them.
	echo 2 >/proc/sys/vm/drop_caches
	rm "$UPPER/own/upper"/[1-4]
	fsfreeze -f "$UPPER"
	: 3>&- 4>&- <>"$MNT/own/there" &
	opener=$!
	retry_until 10 has_ended "$opener" && ended=yes
	fsfreeze -u "$UPPER"
	wait "$opener"
	[[ $ended ]]
	assert_value_at_least own suspects/overflow_total 1
	set_value own reaper/interval_ms 100
	retry_until 10 value_is own suspects/nr 0
}
