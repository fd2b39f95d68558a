#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Who may do what: a test for each row of the table in docs/security.md.

load helpers

USER_ID=65534

setup() {
	common_setup
	chmod 755 "$MNT"
	make_upper ext4
	mount_overlay own
	chmod 755 "$MNT/own"
	write_file "$MNT/own/file" 10000
}

# Somebody on the host who is not root.
as_user() { setpriv --reuid "$USER_ID" --regid "$USER_ID" --clear-groups "$@"; }

# Root in a container without privileges: of a user namespace that such a user has made.
as_container() { as_user unshare --user --map-root-user --mount "$@"; }

need_user_namespaces() {
	as_container true || skip "this system lets no user make a user namespace"
}

# A rootless overlay at $MNT/inner, in a mount namespace of its own, and there SCRIPT.
in_rootless_overlay() { # SCRIPT
	mkdir -p "$MNT/lower" "$MNT/inner" "$UPPER/inner/upper" "$UPPER/inner/work"
	chown -R "$USER_ID:$USER_ID" "$UPPER/inner"
	chmod 755 "$MNT/lower"
	as_container bash -euc "
		mount -t overlay -o userxattr,lowerdir=$MNT/lower,upperdir=$UPPER/inner/upper,workdir=$UPPER/inner/work \
			inner $MNT/inner
		$1"
}

# Reads each file below DIRECTORY... that can be read by anyone, then tries to write to each; says what
# does not read, and what writes. reaper/gc has nothing to read; sync/inflight_bytes is for root alone,
# because counting keeps the list's lock busy.
# shellcheck disable=SC2016  # the shell inside expands it
TRY_ALL='for file in $(find "$@" -type f); do
	value=1
	case $file in
	*/gc) ;;
	*) { read -r value <"$file"; } 2>/dev/null || echo "unreadable: $file" ;;
	esac
	if { echo "$value" >"$file"; } 2>/dev/null; then echo "written: $file"; fi
done'

assert_only_inflight_bytes_unreadable() {
	local line
	((${#lines[@]})) || { echo "sync/inflight_bytes can be read" >&2 && return 1; }
	for line in "${lines[@]}"; do
		[[ $line == "unreadable: "*/sync/inflight_bytes ]] || { echo "$line" >&2 && return 1; }
	done
}

all_values() {
	grep -r . /sys/fs/ovlsync /sys/module/ovlsync/parameters --exclude=gc | grep -v '_total:' | sort
}

@test "security - an unprivileged user reads every value in sysfs and changes none" {
	all_values >"$BATS_TEST_TMPDIR/before"
	run -0 as_user bash -c "$TRY_ALL" - /sys/fs/ovlsync /sys/module/ovlsync/parameters
	assert_only_inflight_bytes_unreadable
	all_values >"$BATS_TEST_TMPDIR/after"
	cmp "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
}

@test "security - root of a user namespace reads every value in sysfs and changes none" {
	need_user_namespaces
	all_values >"$BATS_TEST_TMPDIR/before"
	run -0 as_container bash -c "$TRY_ALL" - /sys/fs/ovlsync /sys/module/ovlsync/parameters
	assert_only_inflight_bytes_unreadable
	all_values >"$BATS_TEST_TMPDIR/after"
	cmp "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
}

@test "security - root changes what is writable and nothing else" {
	run -0 bash -c "$TRY_ALL" - /sys/fs/ovlsync
	refute_output --partial unreadable
	local file written=0
	while read -r _ file; do
		case $file in
		*/reaper/interval_ms | */reaper/min_age_ms | */reaper/batch | */reaper/max_suspects) ;;
		*/umount_sync | */reaper/gc) ;;
		*) echo "$file took what root wrote" >&2 && return 1 ;;
		esac
		written=$((written + 1))
	done <<<"$output"
	# Six of the mount, six of the root's overlay, which is attached, too, and five defaults.
	((written == 17))
}

@test "security - root sets every module parameter" {
	run -0 bash -c "$TRY_ALL" - /sys/module/ovlsync/parameters
	[[ ${#lines[@]} == 5 && $output != *unreadable* ]]
}

# may EXPECTED PREFIX...: what comes of each request of netlink's by whom PREFIX makes the caller.
may() {
	local expected=$1 request
	shift
	for request in mounts suspects "mounts --join"; do
		# shellcheck disable=SC2086  # several words
		run "$@" "$TOOLS/netlink" $request
		[[ ${lines[0]} == "$expected" ]] || {
			echo "netlink $request with '$*': $output, not $expected" >&2
			return 1
		}
	done
}

@test "security - netlink dumps and events are for root of the host" {
	may ok env
	may EPERM as_user
	need_user_namespaces
	may EPERM as_container
	may "no family" as_user unshare --user --map-root-user --mount --net
}

@test "security - the device is closed to an unprivileged user and to root of a user namespace" {
	run as_user "$TOOLS/ioctl" stats --path "$MNT/own"
	assert_output --partial "Permission denied"
	need_user_namespaces
	run as_container "$TOOLS/ioctl" stats --path "$MNT/own"
	assert_output --partial "Permission denied"
}

@test "security - with the device passed in a container acts on its own overlays and on no others" {
	need_user_namespaces
	suspect_counts own
	local before=$REPLY cmd
	sync_counts own
	before+=$REPLY
	chmod 666 /dev/ovlsync
	run in_rootless_overlay "
		echo data >$MNT/inner/file
		for cmd in stats gc sync; do
			$TOOLS/ioctl \$cmd --path $MNT/inner | head -n 1
			$TOOLS/ioctl \$cmd --path $MNT/own | head -n 1
		done"
	chmod 600 /dev/ovlsync
	assert_success
	assert_output "$(printf 'ok\nEPERM\nok\nEPERM\nok\nEPERM')"
	suspect_counts own
	local after=$REPLY
	sync_counts own
	[[ $before == "$after$REPLY" ]]
}

@test "security - an unprivileged user with the device passed in is refused" {
	chmod 666 /dev/ovlsync
	run as_user "$TOOLS/ioctl" stats --path "$MNT/own"
	chmod 600 /dev/ovlsync
	assert_line --index 0 EPERM
}

@test "security - a rootless overlay is containerized" {
	need_user_namespaces
	run -0 in_rootless_overlay "
		head -c 50000 /dev/zero | tr '\\0' x >$MNT/inner/file
		device=\$(stat -c %Hd:%Ld $MNT/inner)
		cat /sys/fs/ovlsync/\$device/{mode,suspects/nr}
		sync -f $MNT/inner
		cat /sys/fs/ovlsync/\$device/sync/{containerized_total,full_total}"
	assert_output "$(printf 'containerized\n1\n1\n0')"
	assert_on_disk "$UPPER/inner/upper/file"
	# The sync was its own: the neighbour's file is where it was.
	assert_not_on_disk "$UPPER/own/upper/file"
}

@test "security - loading and unloading is for root" {
	run ! as_user rmmod ovlsync
	module_loaded
	need_user_namespaces
	run ! as_container rmmod ovlsync
	module_loaded
}

@test "security - tracepoints are for root" {
	[[ -d /sys/kernel/tracing/events/ovlsync ]]
	run ! as_user ls /sys/kernel/tracing/events/ovlsync
	need_user_namespaces
	run ! as_container ls /sys/kernel/tracing/events/ovlsync
}

@test "security - a container that keeps files dirty over its limit makes full syncs of its own alone" {
	need_user_namespaces
	limit=$(</sys/fs/ovlsync/defaults/reaper/max_suspects)
	echo 2 >/sys/fs/ovlsync/defaults/reaper/max_suspects
	run in_rootless_overlay "
		cd /sys/fs/ovlsync/\$(stat -c %Hd:%Ld $MNT/inner)
		exec 3>$MNT/inner/3 4>$MNT/inner/4 5>$MNT/inner/5 6>$MNT/inner/6
		for fd in 3 4 5 6; do echo x >&\$fd; done
		cat suspects/nr suspects/overflow_total mode
		sync -f $MNT/inner
		cat sync/full_total"
	echo "$limit" >/sys/fs/ovlsync/defaults/reaper/max_suspects
	assert_success
	assert_output "$(printf '2\n2\nfull\n1')"
	# The neighbour's are as they were.
	assert_value own mode containerized
	sync_overlay own
	assert_value own sync/full_total 0
	assert_value own sync/containerized_total 1
}

@test "security - an overlay on another one whose upper cannot be found changes nothing for others" {
	mkdir -p "$UPPER/outer/upper" "$UPPER/outer/work" "$MNT/outer"
	mount -t overlay -o "lowerdir=$MNT/own,upperdir=$UPPER/outer/upper,workdir=$UPPER/outer/work" \
		outer "$MNT/outer"
	OVERLAYS+=(outer)
	# Found by its path where the mount itself is wrapped; so only what was mounted before is unknown.
	no_module
	mv "$UPPER/outer" "$UPPER/moved"
	load_module
	assert_value outer mode learning
	assert_value_like outer mode_reason "not known"
	# Attached while mounted: one full sync first.
	sync_overlay own
	assert_value own mode containerized
}
