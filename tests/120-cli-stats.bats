#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# ovlctl stats and top on real mounts: what they say is what was done.

load helpers

# The guest's root is an overlay, too.
both() { run "$1" ovlctl "${@:2}" --mount "$MNT/own" --mount "$MNT/other"; }

setup() {
	common_setup
	make_upper ext4
	mount_overlay own
	mount_overlay other
}

# assert_keys NAME {JSON}: the mount NAME in $output has these values.
assert_keys() {
	device_of "$1"
	run -0 jq -c --arg device "$REPLY" --argjson wanted "$2" \
		'.mounts[] | select(.device == $device) | with_entries(select(.key | in($wanted))) | [., $wanted]' \
		<<<"$output"
	jq -e '.[0] == .[1]' <<<"$output" >/dev/null || { echo "has, and should have: $output" >&2 && return 1; }
}

@test "cli stats - counters are those of what was done" {
	local json
	write_file "$MNT/own/one" 50000
	write_file "$MNT/own/two" 50000
	write_file "$MNT/own/gone" 50000
	rm "$MNT/own/gone"
	actor open 0 creat "$MNT/own/open"
	run -0 ovlctl stats --all --json
	json=$output
	assert_keys own '{"suspects_nr": 3, "suspects_added_total": 4, "suspects_unlinked_total": 1,
		"upper_fstype": "ext4", "upper_dir": "'"$UPPER/own/upper"'", "container": null,
		"mode": "containerized", "reaper_max_suspects": 131072}'
	output=$json
	assert_keys other '{"suspects_added_total": 0, "sync_containerized_total": 0}'
	sync_overlay own
	run -0 ovlctl stats --json
	# Whole pages of 4 KiB.
	assert_keys own '{"sync_containerized_total": 1, "sync_inodes_total": 2, "sync_bytes_total": 106496,
		"sync_errors_total": 0, "sync_inflight_inodes": 0}'
	run -0 ovlctl stats --raw -o WRITTEN,SYNCS,MOUNTPOINT --bytes --mount "$MNT/own"
	assert_output "WRITTEN SYNCS MOUNTPOINT
106496 1 $MNT/own"
	run -0 ovlctl stats -nr -o WRITTEN --mount "$MNT/own"
	assert_output "104K"
	run -0 ovlctl stats --prometheus
	promtool check metrics <<<"$output"
	device_of own
	assert_line "ovlsync_sync_bytes_total{device=\"$REPLY\"} 106496"
	assert_line "ovlsync_suspects_unlinked_total{device=\"$REPLY\"} 1"
	assert_line --partial "ovlsync_mount_info{device=\"$REPLY\",mount_point=\"$MNT/own\""
}

@test "cli stats - sorted, and the columns that were asked for" {
	write_file "$MNT/other/file" 100
	both -0 stats -n --raw -o MOUNTPOINT --sort SUSPECTS
	assert_output "$MNT/own"$'\n'"$MNT/other"
	run -0 ovlctl stats -o +PEAK
	assert_line --index 0 --regexp '^DEVICE +MODE .* PEAK$'
	run -0 ovlctl stats --output-all
	assert_line --index 0 --partial LOCK-MAX
	run -0 ovlctl --list-columns
	assert_line --regexp '^  SUSPECTS +'
	run -0 ovlctl --explain -o SUSPECTS
	assert_output --partial "suspects/nr"
	run -64 ovlctl stats -o nonsense
	assert_output --partial nonsense
}

@test "cli stats - a layer of podman's is known by its container's name" {
	local store=$UPPER/store layer=1111222233334444 id=aaaabbbbccccddddeeee
	mkdir -p "$store/overlay/$layer/diff" "$store/overlay/$layer/work" "$store/overlay-containers" "$MNT/ctr"
	echo "[{\"id\":\"$id\",\"names\":[\"web\"],\"layer\":\"$layer\"}]" >"$store/overlay-containers/containers.json"
	mount -t overlay -o "lowerdir=$MNT/lower,upperdir=$store/overlay/$layer/diff,workdir=$store/overlay/$layer/work" \
		ctr "$MNT/ctr"
	OVERLAYS+=(ctr)
	run -0 ovlctl stats --mount "$MNT/ctr" -n --raw -o CONTAINER,CONTAINER-ID,RUNTIME,LAYER
	assert_output "web $id containers-storage $layer"
	# The files of the store are root's.
	chmod 700 "$store/overlay-containers"
	run -0 limited 60 setpriv --reuid 1000 --clear-groups "$(command -v ovlctl)" stats -n --raw -o CONTAINER
	assert_line "layer:111122223333"
}

@test "cli stats - an unprivileged user sees it, and is told what needs root" {
	local user=(limited 60 setpriv --reuid 1000 --clear-groups "$(command -v ovlctl)")
	write_file "$MNT/own/file" 100
	run -0 "${user[@]}" stats --mount "$MNT/own" -n --raw -o SUSPECTS
	assert_output 1
	run -0 "${user[@]}" stats --mount "$MNT/own" --json
	[[ $(jq -c '.mounts[] | [.suspects_nr, .sync_inflight_inodes, .sync_inflight_bytes]' <<<"$output") == '[1,0,null]' ]]
	run -0 "${user[@]}" mode --mount "$MNT/own" -n --raw -o MODE
	assert_output containerized
	run -0 "${user[@]}" tune --defaults
	local command
	for command in "gc --all" "sync --mount $MNT/own" "mode full --mount $MNT/own" \
		"tune batch=7 --mount $MNT/own"; do
		# shellcheck disable=SC2086  # words
		run -1 "${user[@]}" $command
		assert_output --partial "root is needed"
	done
	assert_value own mode containerized
	assert_value own reaper/batch 256
}

@test "cli stats - other mount namespaces, by --pid" {
	local device
	unshare --mount bash -c "
		mount -t tmpfs tmpfs $MNT/lower && mkdir $MNT/lower/{l,m}
		mkdir -p $UPPER/hidden/{u,w}
		mount -t overlay -o lowerdir=$MNT/lower/l,upperdir=$UPPER/hidden/u,workdir=$UPPER/hidden/w o $MNT/lower/m
		echo x >$MNT/lower/m/file
		touch $UPPER/ready
		exec sleep 1000" 3>&- 4>&- &
	BACKGROUND+=($!)
	retry_until 60 test -e "$UPPER/ready"
	run -2 ovlctl stats --mount "$MNT/lower/m"
	run -0 ovlctl stats --pid "${BACKGROUND[0]}" --mount "$MNT/lower/m" -n --raw -o DEVICE,SUSPECTS,MOUNTPOINT
	assert_output --regexp "^0:[0-9]+ 1 $MNT/lower/m\$"
	device=${output%% *}
	# Not visible here, but ovlsync is attached to it all the same.
	run -0 ovlctl stats --device "$device" -n --raw -o SUSPECTS,MOUNTPOINT
	assert_output "1 -"
	run -0 ovlctl sync --pid "${BACKGROUND[0]}" --mount "$MNT/lower/m/file" --json
	[[ $(jq -r '.mounts[0].inodes' <<<"$output") == 1 ]]
	run -0 ovlctl gc --pid "${BACKGROUND[0]}" --device "$device"
	run -2 ovlctl sync --device "$device"
	assert_output --partial "not mounted in this mount namespace"
	end_background
	BACKGROUND=()
}

@test "cli stats - some of several mounts" {
	run -3 ovlctl stats --mount "$MNT/own" --mount /nowhere -n --raw -o MOUNTPOINT
	assert_line "$MNT/own"
	assert_line --partial /nowhere
	run -2 ovlctl stats --device 0:999
	run -2 ovlctl stats --mount /proc
	run -2 ovlctl mode full --mount /proc
	run -2 ovlctl tune batch=7 --device 0:999
}

@test "cli stats - mounts that come and go meanwhile are no error" {
	# Before the loop: it would wait for ever for the umount of what could not be mounted.
	mkdir -p "$UPPER/own/upper2" "$UPPER/own/work2"
	# shellcheck disable=SC2016
	background_loop bash -c 'while [[ ! -e $3 ]]; do
		mount -t overlay -o "lowerdir=$1/lower,upperdir=$2/own/upper2,workdir=$2/own/work2" x "$1/lower" || continue
		# A sync has it open for a while.
		until umount "$1/lower" 2>/dev/null; do sleep 0.05; done
	done' - "$MNT" "$UPPER" "$ENOUGH"
	local i
	for i in {1..5}; do
		run -0 --separate-stderr ovlctl stats --json
		assert_keys own '{"mode": "containerized"}'
		run -0 --separate-stderr ovlctl tune -n --raw -o NAME batch
		run -0 --separate-stderr ovlctl mode --json
		run -0 --separate-stderr ovlctl gc --all --json
		run -0 --separate-stderr ovlctl sync --all --json
	done
	end_loops
}

@test "cli stats - a mount that has the number of one that went meanwhile is synced where it is" {
	local number syncing
	make_upper xfs
	mount_overlay third
	device_of third
	number=$REPLY
	# The first one takes three seconds, by which time the last one is somewhere else.
	write_file "$MNT/own/large" 300000000
	ovlctl sync --all --json >"$BATS_TEST_TMPDIR/out" 3>&- 4>&- &
	syncing=$!
	retry_until 20 value_is own sync/inflight_inodes 1
	umount_overlay third
	mount_overlay fourth
	device_of fourth
	[[ $REPLY == "$number" ]]
	write_file "$MNT/fourth/file" 100
	kill -0 "$syncing"
	wait "$syncing"
	assert_on_disk "$UPPER/fourth/upper/file"
}

@test "cli stats - top prints rates" {
	ovlctl top --batch -n 2 -d 5 -o MOUNTPOINT,ADDED/S,SYNCS/S,SUSPECTS --mount "$MNT/own" --mount "$MNT/other" >"$BATS_TEST_TMPDIR/top" 3>&- &
	local pid=$!
	retry_until 30 grep -q "$MNT/own" "$BATS_TEST_TMPDIR/top"
	local i
	for i in {1..20}; do write_file "$MNT/own/$i" 100; done
	wait "$pid"
	run -0 tail -n 4 "$BATS_TEST_TMPDIR/top"
	assert_line --index 0 --partial "2 mounts, 20 suspects"
	# The one with most suspects comes first; 20 in 5 s and a little.
	assert_line --index 2 --regexp "^$MNT/own +[234] +0 +20\$"
	assert_line --index 3 --regexp "^$MNT/other +0 +0 +0\$"
}

screen() { tmux -L ovlsync capture-pane -p -t top; }
screen_has() { [[ $(screen) == *$1* ]]; }

@test "cli stats - top in a terminal" {
	write_file "$MNT/other/file" 100
	tmux -L ovlsync -f /dev/null new-session -d -s top -x 160 -y 20 "ovlctl top -d 60 --mount $MNT/own --mount $MNT/other; echo status \$?; sleep 1000" 3>&- 4>&-
	retry_until 60 screen_has "2 mounts, 1 suspect,"
	run -0 screen
	assert_line --index 1 --regexp '^DEVICE +CONTAINER +MODE +SUSPECTS'
	assert_line --index 2 --partial "$MNT/other"
	assert_line --index 3 --partial "$MNT/own"
	assert_output --partial "sorted by SUSPECTS"
	tmux -L ovlsync send-keys -t top r
	retry_until 30 screen_has "reversed"
	run -0 screen
	assert_line --index 2 --partial "$MNT/own"
	tmux -L ovlsync send-keys -t top '>'
	retry_until 30 screen_has "sorted by PINNED"
	write_file "$MNT/other/second" 100
	tmux -L ovlsync send-keys -t top ' '
	retry_until 30 screen_has "2 suspects"
	tmux -L ovlsync resize-window -t top -x 60 -y 10
	retry_until 30 screen_has "q quit"
	# What goes wrong is said on the screen, and the rest goes on.
	umount_overlay other
	tmux -L ovlsync send-keys -t top ' '
	retry_until 30 screen_has "$MNT/other: "
	run -0 screen
	assert_line --index 0 --partial "1 mount,"
	assert_line --index 2 --partial "DEVICE"
	device_of own
	assert_line --index 3 --regexp "^$REPLY +"
	tmux -L ovlsync send-keys -t top q
	# One of two was not shown in the end.
	retry_until 30 screen_has "status 3"
	tmux -L ovlsync kill-server
}
