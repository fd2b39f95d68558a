#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Generic netlink as uapi/linux/ovlsync.h documents it: dumps, events, who may, what is refused; and
# that a reader who does not read on is in nobody's way.

load helpers

setup() {
	common_setup
	make_upper ext4
	mount_overlay own
	mount_overlay other
}

netlink() { limited 60 "$TOOLS/netlink" "$@"; }

many_files() { # DIRECTORY NUMBER
	local i
	for ((i = 0; i < $2; i++)); do
		write_file "$1/file-$i" 1
	done
}

# hold ARGUMENT...: a dump that is read in part; answer_of_held reads the rest.
hold() {
	coproc HELD { exec "$TOOLS/netlink" "$@" --hold 3>&- 4>&-; }
	HELD_ID=$HELD_PID
	BACKGROUND+=("$HELD_ID")
	# Copies, for bash closes its own when the process ends.
	exec {HELD_IN}>&"${HELD[1]}" {HELD_OUT}<&"${HELD[0]}"
	read -r -t $((60 * SLOWNESS)) -u "$HELD_OUT"
	[[ $REPLY == held ]] || { echo "not held: $REPLY" >&2 && return 1; }
}

# answer_of_held: into $output and $lines, as run does.
answer_of_held() {
	echo >&"$HELD_IN"
	mapfile -t -u "$HELD_OUT" lines
	printf -v output '%s\n' "${lines[@]}"
	release_held
}

release_held() {
	exec {HELD_IN}>&- {HELD_OUT}<&-
	kill "$HELD_ID" 2>/dev/null || :
	wait "$HELD_ID" 2>/dev/null || :
}

# refused ERRNO REASON ARGUMENT...
refused() {
	local expected=$1 reason=$2
	shift 2
	run netlink "$@"
	[[ ${lines[0]} == "$expected" && ${lines[1]} == "text="*"$reason"* && $output == *messages=0* ]] || {
		echo "netlink $*: $output; not $expected because of '$reason'" >&2
		return 1
	}
}

minor_of() { device_of "$1" && REPLY=${REPLY#*:}; }

@test "netlink - dumps tell of all mounts and suspects or of one mount's" {
	many_files "$MNT/own" 3
	many_files "$MNT/other" 2
	# The root of the guest is an overlay, too.
	local mounts=(/sys/fs/ovlsync/*:*)
	run -0 netlink mounts
	assert_line --index 0 ok
	assert_line messages="${#mounts[@]}"
	((${#mounts[@]} >= 2))
	run -0 netlink suspects
	assert_line messages=5
	minor_of own
	run -0 netlink suspects --major 0 --minor "$REPLY"
	assert_line messages=3
	assert_line interrupted=0
	run -0 netlink mounts --major 0 --minor "$REPLY"
	assert_line messages=1
}

@test "netlink - what is not as documented is refused with the reason" {
	local command
	for command in mounts suspects; do
		refused EINVAL "major and minor together" "$command" --major 0
		refused ENODEV "not attached to an overlay" "$command" --major 0 --minor 1048575
		refused EINVAL "nknown attribute" "$command" --attr 4:4 # an attribute of answers
		refused EOPNOTSUPP "NLM_F_DUMP" "$command" --no-dump
	done
	refused EINVAL "major and minor together" suspects --minor 1
	refused ENODEV "not attached to an overlay" suspects --major 0 --minor 0xffffffff
	minor_of own
	refused ENODEV "not attached to an overlay" suspects --major 8 --minor "$REPLY"
	refused EINVAL "nknown attribute" suspects --attr 3:0 # padding
	refused EINVAL "nknown attribute" suspects --attr 999:4
	refused EINVAL "nvalid attribute length" suspects --attr 1:8 --minor 1
	refused EINVAL "nvalid attribute length" suspects --attr 2:0
	refused EINVAL "reserved" suspects --reserved 1
	refused EINVAL "reserved bits" suspects --flags 0x1000
	run netlink 99
	assert_line --index 0 EOPNOTSUPP
	run netlink 3 # an event
	assert_line --index 0 EOPNOTSUPP
	# What is right is still taken.
	minor_of own
	run -0 netlink mounts --major 0 --minor "$REPLY"
	assert_line messages=1
}

@test "netlink - only root of the host may" {
	many_files "$MNT/own" 1
	refused EPERM "CAP_SYS_ADMIN" mounts --nobody
	refused EPERM "CAP_SYS_ADMIN" suspects --nobody
	# The socket was root's: who sends has to be, too.
	refused EPERM "CAP_SYS_ADMIN" suspects --then-nobody
	run netlink mounts --join --nobody
	assert_output EPERM
	run -0 netlink mounts --join
	assert_output ok
}

@test "netlink - root of a user namespace sees nothing of it" {
	unshare -Ur true || skip "no user namespaces"
	many_files "$MNT/own" 1
	run unshare -Ur "$TOOLS/netlink" suspects
	assert_line --index 0 EPERM
	run unshare -Ur "$TOOLS/netlink" mounts --join
	assert_output EPERM
	run unshare -Urn "$TOOLS/netlink" suspects
	assert_output "no family"
	# Of the initial user namespace, but of a container's network.
	run unshare -n "$TOOLS/netlink" suspects
	assert_output "no family"
}

@test "netlink - a dump while the list changes says so and tells once what stays" {
	many_files "$MNT/own" 300
	hold suspects
	answer_of_held
	assert_line ok
	assert_line messages=300
	assert_line interrupted=0

	hold suspects
	write_file "$MNT/own/new" 1
	answer_of_held
	assert_line interrupted=1
	assert_line messages=300

	hold suspects
	rm "$MNT/own/file-299"
	answer_of_held
	assert_line interrupted=1
	assert_line messages=300 # 301 were there, and the last has gone

	# What is already told may go, too.
	hold suspects
	rm "$MNT/own/file-0"
	answer_of_held
	assert_line interrupted=1
	assert_line messages=300
}

@test "netlink - overlay and upper are unmounted while a dump is half read" {
	many_files "$MNT/own" 300
	many_files "$MNT/other" 10
	minor_of own
	hold suspects --major 0 --minor "$REPLY"
	umount_overlay own
	umount_overlay other
	limited 60 umount "$UPPER"
	UPPERS=()
	answer_of_held
	assert_line ok
	assert_line interrupted=1
	run -0 netlink suspects
	assert_line messages=0
}

@test "netlink - what is dumped goes on with the mounts that are left" {
	many_files "$MNT/own" 300
	many_files "$MNT/other" 10
	hold suspects
	umount_overlay own
	answer_of_held
	assert_line ok
	assert_line interrupted=1
	[[ $output =~ messages=([0-9]+) ]]
	((BASH_REMATCH[1] >= 10 && BASH_REMATCH[1] < 310))
}

@test "netlink - a mount that comes during a dump of all interrupts it" {
	many_files "$MNT/own" 300
	hold suspects
	mount_overlay late
	answer_of_held
	assert_line interrupted=1
	minor_of own
	hold suspects --major 0 --minor "$REPLY"
	mount_overlay later
	answer_of_held
	assert_line interrupted=0
}

@test "netlink - the reaper gc and sync pass over the place of a dump that is half read" {
	many_files "$MNT/own" 300
	hold suspects
	settle_upper
	run -0 ovlctl gc --mount "$MNT/own" --json
	assert_value own suspects/nr 0
	many_files "$MNT/own" 20
	sync_overlay own
	echo 2 >/proc/sys/vm/drop_caches
	answer_of_held
	assert_line interrupted=1
	sync_overlay own
}

@test "netlink - dumps race with mounting writing unlinking and unmounting" {
	local i
	many_files "$MNT/own" 200
	for i in 1 2; do
		background bash -c "while :; do '$TOOLS/netlink' suspects; '$TOOLS/netlink' mounts; done"
	done
	for ((i = 0; i < 8; i++)); do
		mount_overlay late
		many_files "$MNT/late" 20
		rm "$MNT/late/file-3" "$MNT/own/file-$i"
		umount_overlay late
	done
	end_background
	run -0 netlink suspects
	assert_line messages=192
	assert_line interrupted=0
}

@test "netlink - rmmod is refused at once while a dump is half read and works after it" {
	many_files "$MNT/own" 300
	hold suspects
	run -1 limited 30 rmmod ovlsync
	assert_output --partial "in use"
	release_held
	unload_module
	run netlink mounts
	assert_output "no family"
}
