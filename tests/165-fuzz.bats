#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The interfaces are called with nonsense for a few seconds; for longer, and guided by what is reached:
# make fuzz-kernel.

load helpers

USER_ID=65534

setup() {
	common_setup
	SEED=$RANDOM
	echo "# seed $SEED" >&3
	chmod 755 "$MNT"
	make_upper ext4
	mount_overlay own
	mount_overlay other
	chmod 755 "$MNT/own" "$MNT/other"
	write_file "$MNT/other/file" 10000
}

teardown() {
	chmod 600 /dev/ovlsync
	# What root's nonsense has set.
	no_module
	common_teardown
}

# What is not the container's.
values_of_others() {
	device_of other
	grep -r . /sys/module/ovlsync/parameters /sys/fs/ovlsync/defaults "/sys/fs/ovlsync/$REPLY" --exclude=gc | sort
}

@test "fuzz - ioctls netlink and sysfs as root" {
	run -0 "$TOOLS/fuzz-kernel" --seconds $((3 * SLOWNESS)) --seed "$SEED" "$MNT/own" "$MNT/other"
	echo "# $output" >&3
	# Nobody has lost anything.
	echo auto >"/sys/fs/ovlsync/$(stat -c %Hd:%Ld "$MNT/own")/mode"
	write_file "$MNT/own/after" 100000
	sync_overlay own
	assert_on_disk "$UPPER/own/upper/after"
}

@test "fuzz - ioctls netlink and sysfs as root of a container with an overlay of its own" {
	unshare -Ur true || skip "no user namespaces"
	mkdir -p "$MNT/lower" "$MNT/inner" "$UPPER/inner/upper" "$UPPER/inner/work"
	chown -R "$USER_ID:$USER_ID" "$UPPER/inner"
	values_of_others >"$BATS_TEST_TMPDIR/before"
	# Somebody has passed the device in.
	chmod 666 /dev/ovlsync
	run -0 setpriv --reuid "$USER_ID" --regid "$USER_ID" --clear-groups \
		unshare --user --map-root-user --mount bash -euc "
		mount -t overlay -o userxattr,lowerdir=$MNT/lower,upperdir=$UPPER/inner/upper,workdir=$UPPER/inner/work \
			inner $MNT/inner
		$TOOLS/fuzz-kernel --container --seconds $((3 * SLOWNESS)) --seed $SEED $MNT/inner $MNT/other"
	echo "# $output" >&3
	values_of_others >"$BATS_TEST_TMPDIR/after"
	diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
}
