#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# ovlctl list on real mounts: which files are suspects, and in what state, as the test made them.
# In full size (OVLSYNC_SIZE=full) the long list is one of 100,000.

load helpers

LONG=3000
[[ ${OVLSYNC_SIZE-} != full ]] || LONG=100000
export BATS_TEST_TIMEOUT=$((400 * SLOWNESS * (1 + LONG / 10000)))

setup() {
	common_setup
	make_upper ext4
	mount_overlay own
	mount_overlay other
}

teardown() {
	[[ ! $MAPPED ]] || dmsetup resume --noudevsync ovlsync-test || :
	common_teardown
}

@test "list - says of each suspect what was done to it" {
	local inode name pinned=0
	write_file "$MNT/own/dirty" 50000
	actor open 0 creat "$MNT/own/open"
	actor open 1 creat "$MNT/own/both"
	actor write 1 0 4096 x
	actor open 2 creat "$MNT/own/mapped"
	actor ftruncate 2 8192
	actor map 2 8192
	actor close 2
	write_file "$MNT/own/clean" 10
	settle_upper
	# Without truncating it first: ext4 would write it back when it is closed.
	actor open 3 w "$MNT/own/dirty"
	actor write 3 0 50000 y
	actor close 3
	actor write 1 0 4096 y
	write_file "$MNT/other/file" 10

	run -0 ovlctl list --mount "$MNT/own" --json -o PATH,STATE,DIRTY,INODE,PINNED,MOUNTPOINT
	read_json path
	assert_field /own/upper/dirty state dirty
	assert_field /own/upper/dirty dirty_bytes 53248
	assert_field /own/upper/dirty mount_point "$MNT/own"
	assert_field /own/upper/open state open
	assert_field /own/upper/open dirty_bytes 0
	assert_field /own/upper/both state open,dirty
	assert_field /own/upper/both dirty_bytes 4096
	assert_field /own/upper/mapped state open
	assert_field /own/upper/clean state clean
	while read -r inode name; do
		name=/own/upper/${name##*/}
		assert_field "$name" inode "$inode"
		pinned=$((pinned + ${FIELDS[$name.pinned_bytes]}))
		unset "FIELDS[$name.inode]"
	done < <(stat -c '%i %n' "$UPPER"/own/upper/{dirty,open,both,mapped,clean})
	# And no others.
	[[ ! ${!FIELDS[*]} =~ \.inode ]]
	assert_value own suspects/pinned_bytes "$pinned"

	device_of own
	run -0 ovlctl list --device "$REPLY" --raw --noheadings -o DEVICE,STATE,DIRTY,PATH
	assert_line "$REPLY dirty 52K /own/upper/dirty"
	refute_line --partial /other/upper/file
	run -0 ovlctl list --bytes
	assert_line --regexp " dirty +53248 .* /own/upper/dirty\$"
	assert_line --regexp " dirty .* /other/upper/file\$"
}

@test "list - in the order in which they came with an age that grows" {
	local first second
	write_file "$MNT/own/second" 10
	write_file "$MNT/own/first" 10
	run -0 ovlctl list --raw --noheadings -o PATH
	assert_output $'/own/upper/second\n/own/upper/first'
	run -0 ovlctl list --json -o PATH,AGE
	read_json path
	first=${FIELDS[/own/upper/second.age_ns]}
	read -r -t 2 -u "$never_ready" || : # as long as is measured
	run -0 ovlctl list --json -o PATH,AGE
	read_json path
	second=${FIELDS[/own/upper/second.age_ns]}
	((second - first >= 2000000000 && second - first < 60000000000))
}

@test "list - what is being written is under writeback" {
	knows_filesystem ext4
	make_mapped_disk
	mkfs.ext4 -q -F "$MAPPED"
	use_upper "$MAPPED" ext4 defaults mapped
	mount_overlay slow
	write_file "$MNT/slow/file" 50000
	# The disk stands still, and so does what is on its way to it.
	dmsetup suspend --noudevsync --nolockfs --noflush ovlsync-test
	background sync "$MNT/slow/file"
	state_is() {
		run -0 ovlctl list --mount "$MNT/slow" --raw --noheadings -o STATE,DIRTY
		[[ $output == *writeback*' 0B' ]]
	}
	retry_until 20 state_is
	dmsetup resume --noudevsync ovlsync-test
	sync -f "$UPPER"
	run -0 ovlctl list --mount "$MNT/slow" --raw --noheadings -o STATE,DIRTY
	assert_output "clean 0B"
}

@test "list - a name may be anything and still be valid in JSON and on a terminal" {
	local name=$'\xff\n"\e[31m'
	write_file "$MNT/own/$name" 10
	run -0 ovlctl list --json
	[[ $(jq -r '.suspects[0].path' <<<"$output") == $'/own/upper/\xef\xbf\xbd\n"\e[31m' ]]
	run -0 ovlctl list --json --stream
	[[ $(jq -r .path <<<"$output") == $'/own/upper/\xef\xbf\xbd\n"\e[31m' ]]
	run -0 ovlctl list -o PATH
	refute_output --partial $'\e'
}

@test "list - the longest path there is" {
	local part at=$MNT/own i
	part=$(printf '%0255d' 0)
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do
		mkdir "$at/$part"
		at=$at/$part
	done
	cd "$at"
	write_file file 10
	cd "$OLDPWD"
	run -0 ovlctl list --json
	[[ $(jq -r '.suspects[0].path' <<<"$output") == "/own/upper/${at#"$MNT/own/"}/file" ]]
	# With one more directory, it is longer than any path that can be given.
	cd "$at"
	mkdir -p "$part/$part"
	cd "$part/$part"
	write_file file 10
	cd "$OLDPWD"
	cd /
	run -0 ovlctl list --json
	[[ $(jq '.suspects | length' <<<"$output") == 2 ]]
	[[ $(jq -r '.suspects[1].path' <<<"$output") == null ]]
}

@test "list - an empty list is valid" {
	run -0 ovlctl list --json
	[[ $(jq -c .suspects <<<"$output") == '[]' ]]
	run -0 ovlctl list --json --stream
	assert_output ""
	run -0 ovlctl list
	assert_output ""
}

@test "list - a long one comes whole and in memory that does not grow" {
	local few=100 files=$LONG least most

	# It has room for as many inodes as are asked for.
	make_upper xfs
	mount_overlay long
	set_value long reaper/max_suspects $((files + few))
	mkdir "$MNT/long/few" "$MNT/long/many"
	"$TOOLS/openers" create "$MNT/long/few" 0 "$few"
	"$TOOLS/maxrss" "$BATS_TEST_TMPDIR/rss" ovlctl list --json --stream >"$BATS_TEST_TMPDIR/few"
	least=$(<"$BATS_TEST_TMPDIR/rss")
	"$TOOLS/openers" create "$MNT/long/many" 0 "$files"
	assert_value long suspects/nr $((files + few))
	SECONDS=0
	"$TOOLS/maxrss" "$BATS_TEST_TMPDIR/rss" ovlctl list --json --stream >"$BATS_TEST_TMPDIR/all"
	most=$(<"$BATS_TEST_TMPDIR/rss")
	echo "# $((files + few)) suspects in $SECONDS s: $most kB, $few: $least kB" >&3
	run -0 wc -l <"$BATS_TEST_TMPDIR/all"
	assert_output $((files + few))
	((most - least < 300))
	run -0 bash -c "jq -r .path '$BATS_TEST_TMPDIR/all' | sort -u | wc -l"
	assert_output $((files + few))
	# So that it is known that this sees it when it grows.
	"$TOOLS/maxrss" "$BATS_TEST_TMPDIR/rss" ovlctl list --json >/dev/null
	(($(<"$BATS_TEST_TMPDIR/rss") - least > 300))
}

@test "list - what stays while others come and go is there exactly once" {
	local i
	"$TOOLS/openers" create "$MNT/own" 0 1000
	background bash -c "while :; do : >'$MNT/own/churn'; rm '$MNT/own/churn'; done"
	for i in 1 2 3; do
		run -0 --separate-stderr ovlctl list --json
		# What has just been deleted has no path any more.
		run -0 jq -c '[.suspects[].path | select(. and . != "/own/upper/churn")] | [length, (unique | length)]' <<<"$output"
		assert_output '[1000,1000]'
	done
}

@test "list - errors name the object and the reason" {
	run -2 ovlctl list --mount /nowhere
	assert_output --partial "/nowhere: No such file"
	run -2 ovlctl list --mount /proc
	assert_output --partial "not on an overlay"
	run -2 ovlctl list --device 0:1048575
	assert_output --partial "0:1048575"
	assert_output --partial "not attached to an overlay"
	run -3 ovlctl list --device 0:1048575 --mount "$MNT/own"
	run -64 ovlctl list --stream
	run -64 ovlctl list --json --stream --sort PATH
	run -64 ovlctl list nonsense
	run -1 setpriv --reuid 65534 --clear-groups "$(type -P ovlctl)" list
	assert_output --partial "CAP_SYS_ADMIN is needed in the initial user namespace"
	run -2 unshare -n ovlctl list
	assert_output --partial "network namespace"
	write_file "$MNT/own/file" 10
	run -1 bash -c 'ovlctl list >/dev/full'
	assert_output --partial "No space left"
	unload_module
	run -2 ovlctl list
	assert_output --partial "modprobe ovlsync"
}
