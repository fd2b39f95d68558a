#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# /dev/ovlsync as uapi/linux/ovlsync.h documents it: what is right works, what is wrong gets the
# documented errno and changes nothing.

load helpers

setup() {
	common_setup
	make_upper ext4
	mount_overlay own
	write_file "$MNT/own/dirty" 50000
	actor open 0 creat "$MNT/own/open"
}

ioctl() { limited 30 "$TOOLS/ioctl" "$@"; }

# refused ERRNO ARGUMENT...: and nothing has changed.
refused() {
	local expected=$1 counts
	shift
	suspect_counts own
	counts=$REPLY
	sync_counts own
	counts+=$REPLY
	run ioctl "$@"
	[[ ${lines[0]} == "$expected" ]] || {
		echo "ioctl $*: ${lines[*]}, not $expected" >&2
		return 1
	}
	suspect_counts own
	local after=$REPLY
	sync_counts own
	[[ $counts == "$after$REPLY" ]] || {
		echo "ioctl $*: changed $counts to $after$REPLY" >&2
		return 1
	}
}

@test "ioctl - the device is for root alone" {
	run -0 stat -c '%a %U' /dev/ovlsync
	assert_output "600 root"
	run setpriv --reuid 65534 --clear-groups "$TOOLS/ioctl" stats --path "$MNT/own"
	assert_output --partial "Permission denied"
}

@test "ioctl - stats are those of sysfs and add up" {
	run -0 ioctl stats --path "$MNT/own"
	assert_line --index 0 ok
	assert_line mode=0
	assert_line nr=2
	assert_line added_total=2
	value own suspects/pinned_bytes
	assert_line "pinned_bytes=$REPLY"
	((REPLY > 500))
}

@test "ioctl - gc takes what may go and says what stays" {
	run -0 ioctl gc --path "$MNT/own"
	assert_line scanned=2
	assert_line reaped=0
	assert_line dirty=1
	assert_line open=1
	settle_upper
	run -0 ioctl gc --path "$MNT/own" --flags 1 # dry run
	assert_line reaped=1
	assert_value own suspects/nr 2
	assert_value own suspects/forced_total 0
	run -0 ioctl gc --path "$MNT/own"
	assert_line reaped=1
	assert_line open=1
	refute_line freed_bytes=0
	assert_value own suspects/nr 1
	assert_value own suspects/forced_total 1
}

@test "ioctl - sysfs has a trigger for gc, too" {
	settle_upper
	run ! set_value own reaper/gc 2
	run ! set_value own reaper/gc ''
	assert_value own suspects/nr 2
	set_value own reaper/gc 1
	assert_value own suspects/nr 1
	assert_value own suspects/forced_total 1
	device_of own
	run ! cat "/sys/fs/ovlsync/$REPLY/reaper/gc"
}

@test "ioctl - gc can sync first" {
	run -0 ioctl gc --path "$MNT/own" --flags 2
	assert_line open=1
	assert_clean "$UPPER/own/upper/dirty"
	assert_value own sync/containerized_total 1
}

@test "ioctl - sync writes and says how much" {
	run -0 ioctl sync --path "$MNT/own/dirty"
	assert_line mode=0
	assert_line inodes=1
	assert_line bytes=53248
	refute_line duration_ns=0
	assert_on_disk "$UPPER/own/upper/dirty"
	# The kernel's own work is not counted.
	set_value own mode full
	write_file "$MNT/own/dirty" 50000
	run -0 ioctl sync --path "$MNT/own"
	assert_line mode=2
	assert_line inodes=0
}

@test "ioctl - a wrong descriptor is EBADF one that is not on an overlay EOPNOTSUPP" {
	local cmd
	for cmd in gc sync stats; do
		refused EBADF "$cmd" --fd -1
		refused EBADF "$cmd" --fd 999
		refused EBADF "$cmd" --opath "$MNT/own"
		refused EOPNOTSUPP "$cmd" --path /proc
		refused EOPNOTSUPP "$cmd" --path "$UPPER/own/upper/dirty"
	done
}

@test "ioctl - unknown flags and reserved fields that are not zero are EINVAL" {
	refused EINVAL gc --path "$MNT/own" --flags 3 # the two exclude each other
	refused EINVAL gc --path "$MNT/own" --flags 4
	refused EINVAL gc --path "$MNT/own" --flags 0x80000000
	refused EINVAL gc --path "$MNT/own" --reserved 1
	refused EINVAL sync --path "$MNT/own" --flags 1
	refused EINVAL stats --path "$MNT/own" --flags 1
}

@test "ioctl - a short structure is EINVAL a long one is taken if its tail is zero and E2BIG if not" {
	local cmd
	for cmd in gc sync stats; do
		refused EINVAL "$cmd" --path "$MNT/own" --size 0
		refused EINVAL "$cmd" --path "$MNT/own" --size 39
		refused E2BIG "$cmd" --path "$MNT/own" --size 4000 --tail 200
		refused E2BIG "$cmd" --path "$MNT/own" --size 4000 --tail 3999
		refused E2BIG "$cmd" --path "$MNT/own" --size 0xffffffff
		run -0 ioctl "$cmd" --path "$MNT/own" --size 4000
	done
	assert_line size=168
	run -0 ioctl gc --path "$MNT/own" --size 4000
	assert_line size=56
	run -0 ioctl sync --path "$MNT/own" --size 4000 --cmd-size 4000
	assert_line size=40
}

@test "ioctl - a bad pointer is EFAULT an unknown request ENOTTY" {
	refused EFAULT gc --null
	refused EFAULT stats --null
	refused ENOTTY 0 --path "$MNT/own"
	refused ENOTTY 0xf504 --path "$MNT/own"
	refused ENOTTY 0xf500 --path "$MNT/own"
	refused ENOTTY 0x5401 --path "$MNT/own"
}

@test "ioctl - without CAP_SYS_ADMIN it is EPERM even with the device open" {
	chmod 755 "$MNT/own"
	refused EPERM gc --path "$MNT/own" --nobody
	refused EPERM sync --path "$MNT/own" --nobody
	refused EPERM stats --path "$MNT/own" --nobody
}

@test "ioctl - root of a user namespace may have its own overlays and no others" {
	unshare -Ur true || skip "no user namespaces"
	run unshare -Ur "$TOOLS/ioctl" stats --path "$MNT/own"
	assert_line --index 0 EPERM

	mkdir -p "$UPPER/inner/upper" "$UPPER/inner/work" "$MNT/inner"
	run -0 unshare -Urm bash -c "
		mount -t overlay -o userxattr,lowerdir=$MNT/lower,upperdir=$UPPER/inner/upper,workdir=$UPPER/inner/work \
			inner $MNT/inner && : >$MNT/inner/file && $TOOLS/ioctl stats --path $MNT/inner"
	assert_line --index 0 ok
	assert_line added_total=1
}
