#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# ovlctl monitor: each event comes, with the figures of what the test did.

load helpers

setup() {
	common_setup
	make_upper ext4
	mount_overlay own
	mount_overlay other
	EVENTS=$BATS_TEST_TMPDIR/events
}

teardown() {
	[[ ! $MAPPED ]] || mend_disk || :
	common_teardown
}

has_line() { [[ -s $EVENTS && $(<"$EVENTS") == *"$1"* ]]; }

# monitor ARGUMENT...: into $EVENTS; it has joined when it has told how the mounts are.
monitor() {
	# What a shell puts in the background ignores Ctrl-C.
	env --default-signal=INT ovlctl monitor "$@" >"$EVENTS" 2>"$EVENTS.errors" 3>&- 4>&- &
	MONITOR=$!
	BACKGROUND+=("$MONITOR")
	retry_until 20 has_line "$MNT/"
}

# last_event NAME KEY: its value in the last event of that name, into REPLY. Forks nothing.
last_event() {
	local lines last='' i key="\"$2\":"
	# With their newlines: the last one may be half written.
	mapfile lines <"$EVENTS"
	for ((i = ${#lines[@]} - 1; i >= 0; i--)); do
		[[ ${lines[i]} == *"\"event\":\"$1\""*$'\n' ]] && last=${lines[i]} && break
	done
	REPLY=''
	[[ $last == *"$key"* ]] || return
	REPLY=${last#*"$key"}
	if [[ $REPLY == '"'* ]]; then
		REPLY=${REPLY#'"'} REPLY=${REPLY%%'"'*}
	else
		REPLY=${REPLY%%[,\}]*}
	fi
}

# event NAME KEY [VALUE]: waits for it.
has_event() { last_event "$1" "$2" && [[ ! ${3+given} || $REPLY == "$3" ]]; }
event() {
	retry_until 20 has_event "$@" || {
		cat "$EVENTS" >&2
		return 1
	}
}

# ends_with STATUS: the monitor. Not to be given to run: a subshell can't wait for it.
ends_with() {
	local status=0
	wait "$MONITOR" || status=$?
	((status == $1)) || { echo "status $status" >&2 && return 1; }
}

@test "monitor - begins with how the mounts are" {
	write_file "$MNT/own/file" 10
	monitor --json --mount "$MNT/own"
	device_of own
	event mount device "$REPLY"
	event mount mode containerized
	event mount suspects 1
	event mount upper_fstype ext4
	run -0 jq -r .upper_device "$EVENTS"
	value own upper_device
	assert_output "$REPLY"
	run -0 wc -l <"$EVENTS"
	assert_output 1
}

@test "monitor - tells of mounts that come and go" {
	local device
	monitor --json
	mount_overlay late
	device_of late
	device=$REPLY
	event mount_attached device "$device"
	event mount_attached mode containerized
	sync_overlay late
	event sync_done mount_point "$MNT/late"
	umount_overlay late
	event mount_detached device "$device"
}

@test "monitor - tells what a sync and a collection did" {
	monitor --json
	write_file "$MNT/own/file" 50000
	actor open 0 creat "$MNT/own/open"
	sync_overlay own
	device_of own
	event sync_done device "$REPLY"
	event sync_done mode containerized
	event sync_done inodes 1
	event sync_done bytes 53248
	value own sync/last_duration_ns
	event sync_done duration_ns "$REPLY"
	settle_upper
	value own suspects/nr
	run -0 ovlctl gc --mount "$MNT/own" --dry-run
	run -0 ovlctl gc --mount "$MNT/own" --json
	event gc_done scanned "$(jq .mounts[0].scanned <<<"$output")"
	event gc_done reaped "$(jq .mounts[0].reaped <<<"$output")"
	event gc_done open 1
	event gc_done freed_bytes "$(jq .mounts[0].freed_bytes <<<"$output")"
	run -0 grep -c gc_done "$EVENTS"
	assert_output 1
}

@test "monitor - tells of changes of mode" {
	monitor --json
	set_value own mode full
	event mode_changed mode full
	event mode_changed old_mode containerized
	event mode_changed mode_reason "the operator asked for full syncs"
	sync_overlay own
	event sync_done mode full
	event sync_done inodes 0
	set_value own mode auto
	event mode_changed mode containerized
	event mode_changed old_mode full
	# What changes nothing is not told.
	set_value own mode auto
	set_value own mode full
	event mode_changed mode full
	run -0 grep -c mode_changed "$EVENTS"
	assert_output 3
}

@test "monitor - tells of an overflow and when a sync has mended it" {
	set_value own reaper/max_suspects 1
	monitor --json
	actor open 0 creat "$MNT/own/first"
	actor open 1 creat "$MNT/own/second"
	actor open 2 creat "$MNT/own/third"
	event overflow overflow_total
	((REPLY >= 1))
	event overflow mode_reason "openings not tracked because of max_suspects: the next sync is a full one"
	event mode_changed mode full
	actor close 1
	actor close 2
	set_value own reaper/max_suspects 10
	sync_overlay own
	event mode_changed mode containerized
	run -0 grep -c '"overflow"' "$EVENTS"
	assert_output 1
}

@test "monitor - tells of lost data" {
	knows_filesystem ext4
	make_mapped_disk
	mkfs.ext4 -q -F "$MAPPED"
	use_upper "$MAPPED" ext4 errors=continue mapped
	mount_overlay writer
	actor open 3 creat "$MNT/writer/file"
	actor write 3 0 65536 a
	actor fsync 3
	fail_writes_to "$UPPER/writer/upper/file"
	monitor --json
	actor open 0 dir "$MNT/writer"
	actor write 3 0 65536 b
	actor_gets EIO syncfs 0
	device_of writer
	event writeback_error device "$REPLY"
	event writeback_error errno 5
	event writeback_error error "Input/output error"
	value writer sync/errors_total
	event writeback_error errors_total "$REPLY"
	# Before the sync that found it.
	run -0 jq -rs 'map(.event) | index("writeback_error") < index("sync_done")' "$EVENTS"
	assert_output true
}

@test "monitor - for people a line each" {
	monitor
	write_file "$MNT/own/file" 50000
	sync_overlay own
	retry_until 20 has_line "sync: containerized, 1 inode, 52K"
	set_value own mode full
	retry_until 20 has_line "$MNT/own mode: full, was containerized: the operator asked"
	ovlctl gc --mount "$MNT/own" >/dev/null
	retry_until 20 has_line "gc: scanned "
	umount_overlay other
	retry_until 20 has_line " detached"
	grep -qE '^[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3} 0:[0-9]+ ' "$EVENTS"
}

@test "monitor - of one mount hears nothing of others" {
	monitor --json --mount "$MNT/own"
	sync_overlay other
	sync_overlay own
	event sync_done mount_point "$MNT/own"
	run -0 grep -c sync_done "$EVENTS"
	assert_output 1
}

@test "monitor - a mount that got the number of another one is not called by its name" {
	local number
	monitor --json
	device_of own
	number=$REPLY
	umount_overlay own
	event mount_detached mount_point "$MNT/own"
	mount_overlay third
	device_of third
	assert_equal "$REPLY" "$number"
	sync_overlay third
	event sync_done mount_point "$MNT/third"
	kill -TERM "$MONITOR"
	ends_with 0
}

@test "monitor - ends when all that was asked for is unmounted" {
	monitor --mount "$MNT/own" --mount "$MNT/other"
	umount_overlay own
	retry_until 20 has_line "detached"
	kill -0 "$MONITOR"
	umount_overlay other
	ends_with 2
	grep -q "unmounted" "$EVENTS.errors"
}

@test "monitor - of what ovlsync is not attached to there is nothing to wait for" {
	run -2 timeout 60 ovlctl monitor --device 0:9999
	assert_output --partial "0:9999 (not mounted here): ovlsync is not attached"
	device_of own
	monitor --json --device "$REPLY" --device 0:9999
	sync_overlay own
	event sync_done mount_point "$MNT/own"
	grep -q "0:9999 (not mounted here): ovlsync is not attached" "$EVENTS.errors"
	umount_overlay own
	ends_with 2
}

@test "monitor - ends with SIGTERM also while nobody reads what it says" {
	local fifo=$BATS_TEST_TMPDIR/fifo reader
	mkfifo "$fifo"
	exec {reader}<>"$fifo"
	ovlctl monitor --json >"$fifo" 2>"$EVENTS.errors" 3>&- 4>&- &
	MONITOR=$!
	BACKGROUND+=("$MONITOR")
	# It has begun, and then there is more to say than a pipe holds.
	read -r -t $((20 * SLOWNESS)) -u "$reader"
	actor open 0 dir "$MNT/own"
	actor syncfs 0 1000
	kill -TERM "$MONITOR"
	ends_with 0
	run -0 cat "$EVENTS.errors"
	assert_output ""
	exec {reader}<&-
}

@test "monitor - ends with Ctrl-C and when nobody reads any more" {
	monitor
	kill -INT "$MONITOR"
	ends_with 0
	run -0 bash -c 'set -o pipefail; timeout 60 ovlctl monitor | head -n 1'
	assert_output --partial mount
	# Also when there is something to be said.
	run -0 bash -c 'set -o pipefail; timeout 60 ovlctl monitor | { read -r; }'
	assert_output ""
	run -1 bash -c 'timeout 60 ovlctl monitor >/dev/full'
	assert_output --partial "No space left"
}

hears_of_a_sync() {
	sync_overlay other
	has_event sync_done mount_point "$MNT/other"
}

@test "monitor - one that was too slow says so and tells how the mounts are" {
	monitor --json
	actor open 0 dir "$MNT/own"
	kill -STOP "$MONITOR"
	actor syncfs 0 4000
	kill -CONT "$MONITOR"
	event lost event lost
	retry_until 20 grep -q "events were lost" "$EVENTS.errors"
	# And goes on, once it has read what its socket was full of: until then more is lost.
	retry_until 20 hears_of_a_sync
	set_value own mode full
	event mode_changed mode full
	run -0 jq -rs 'map(.event) | (index("lost") as $lost | .[$lost:] | index("mount")) != null' "$EVENTS"
	assert_output true
}

@test "monitor - the module can be unloaded under it and it says so" {
	monitor
	unload_module
	ends_with 2
	grep -q "ovlsync was unloaded" "$EVENTS.errors"
	run -2 ovlctl monitor
	assert_output --partial "modprobe ovlsync"
}

@test "monitor - is for root of the host" {
	run -1 setpriv --reuid 65534 --clear-groups "$(type -P ovlctl)" monitor
	assert_output --partial "CAP_SYS_ADMIN is needed"
	unshare -Ur true || skip "no user namespaces"
	run -1 unshare -Ur ovlctl monitor
	assert_output --partial "CAP_SYS_ADMIN is needed"
	run -2 unshare -Urn ovlctl monitor
	run -64 ovlctl monitor nonsense
}
