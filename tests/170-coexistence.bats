#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Others who watch the same files, and all the kinds of overlays there are: nothing is missed because of
# them, and they miss nothing because of us.

load helpers

SIZE=65536

setup() {
	common_setup
	make_upper ext4
}

teardown() {
	stop_watching || :
	rm -rf "${MNT:?}/lower" "$MNT/lower2"
	common_teardown
}

# A containerized sync that makes FILE durable, of a mount that had it as a suspect.
assert_containerized() { # NAME FILE-ON-UPPER...
	local name=$1
	shift
	assert_value "$name" mode containerized
	assert_not_on_disk "$1"
	value "$name" sync/containerized_total
	local before=$REPLY
	sync_overlay "$name"
	assert_value "$name" sync/containerized_total "$((before + 1))"
	assert_value "$name" sync/full_total 0
	assert_on_disk "$@"
}

start_watching() { # HOW NAME
	coproc WATCHER { exec "$TOOLS/watcher" "$1" "$MNT/$2" 3>&- 4>&-; }
	WATCHER_IN=${WATCHER[1]} WATCHER_ID=$WATCHER_PID
	# bash closes its own when the process ends.
	exec {WATCHER_OUT}<&"${WATCHER[0]}"
	read -r -t $((30 * SLOWNESS)) -u "$WATCHER_OUT" REPLY
	[[ $REPLY == ready ]]
}

# What it has seen, into REPLY.
stop_watching() {
	[[ ${WATCHER_ID-} ]] || return 0
	exec {WATCHER_IN}>&-
	read -r -t $((30 * SLOWNESS)) -u "$WATCHER_OUT" REPLY
	exec {WATCHER_OUT}<&-
	wait "$WATCHER_ID" 2>/dev/null || :
	WATCHER_ID=''
}

watched_from_start_to_end() { # HOW
	mount_overlay own
	start_watching "$1" own
	write_file "$MNT/own/file" "$SIZE"
	assert_value own suspects/nr 1
	assert_containerized own "$UPPER/own/upper/file"
	stop_watching
	[[ $REPLY =~ open=([1-9][0-9]*)\ close_write=1$ ]]
}

@test "coexistence - an inotify watcher sees what it saw before and we miss nothing" {
	watched_from_start_to_end inotify
}

@test "coexistence - a fanotify watcher sees what it saw before and we miss nothing" {
	watched_from_start_to_end fanotify
}

@test "coexistence - a fanotify permission listener that allows is asked and we miss nothing" {
	watched_from_start_to_end allow
}

@test "coexistence - what a permission listener denies is no suspect" {
	mount_overlay own
	write_file "$MNT/own/file" 100
	settle_upper
	sync_overlay own
	settle_upper
	sync_overlay own
	assert_value own suspects/nr 0
	value own suspects/added_total
	local before=$REPLY
	start_watching deny own
	actor_gets EPERM open 0 rw "$MNT/own/file"
	stop_watching
	assert_value own suspects/added_total "$before"
}

in_fanotify() { [[ $(<"/proc/$1/stack") == *fanotify* ]]; }
is_going() { [[ $(<"$1") == going ]]; }

@test "coexistence - rmmod waits for a permission listener that has yet to answer" {
	local opener unloader state=/sys/module/ovlsync/initstate
	mount_overlay own
	write_file "$MNT/own/file" 100
	start_watching late own
	# Until it is answered fsnotify holds every mark that the opening is told to, ours, too.
	cat "$MNT/own/file" 3>&- 4>&- {WATCHER_IN}>&- >/dev/null &
	opener=$!
	retry_until 20 in_fanotify "$opener"
	rmmod ovlsync 3>&- 4>&- {WATCHER_IN}>&- &
	unloader=$!
	retry_until 20 is_going "$state"
	sleep 3
	is_going "$state"
	stop_watching
	wait "$opener"
	wait "$unloader"
	[[ ! -e $state ]]
	[[ $REPLY =~ open=[1-9] ]]
}

@test "coexistence - a watcher that comes before the module and leaves after it" {
	no_module
	mount_overlay own
	start_watching fanotify own
	load_module
	# Attached while mounted: one full sync first.
	sync_overlay own
	write_file "$MNT/own/file" "$SIZE"
	assert_value own mode containerized
	sync_overlay own
	assert_value own sync/containerized_total 1
	assert_on_disk "$UPPER/own/upper/file"
	unload_module
	write_file "$MNT/own/more" 10
	stop_watching
	[[ $REPLY =~ close_write=2$ ]]
}

# mount_with OPTIONS: at own, with a lower file to copy up and a lower directory to rename.
mount_with() {
	mkdir -p "$MNT/lower/dir"
	write_file "$MNT/lower/below" "$SIZE"
	write_file "$MNT/lower/dir/inside" 100
	mount_overlay own "$1"
}

writes_of_every_kind() {
	write_file "$MNT/own/new" "$SIZE"
	assert_containerized own "$UPPER/own/upper/new"
	actor open 0 rw "$MNT/own/below"
	actor write 0 0 "$SIZE" u
	assert_containerized own "$UPPER/own/upper/below"
	actor close 0
	settle_upper
	sync_overlay own
	assert_value own suspects/nr 0
}

@test "coexistence - redirect_dir" {
	mount_with redirect_dir=on
	mv "$MNT/own/dir" "$MNT/own/moved"
	actor open 1 rw "$MNT/own/moved/inside"
	actor write 1 0 "$SIZE" r
	assert_containerized own "$UPPER/own/upper/moved/inside"
	actor close 1
	writes_of_every_kind
}

@test "coexistence - metacopy: metadata alone copied up is no suspect and the data is one when it comes" {
	mount_with metacopy=on,redirect_dir=on
	chmod 600 "$MNT/own/below"
	assert_value own suspects/nr 0
	sync_overlay own
	writes_of_every_kind
}

@test "coexistence - metacopy: a hard link to a file of which metadata alone is copied up" {
	mount_with metacopy=on,redirect_dir=on
	chmod 600 "$MNT/own/below"
	ln "$MNT/own/below" "$MNT/own/link"
	# At most a suspect for its link count: of the data nothing is in the upper.
	sync_overlay own
	assert_value own sync/containerized_total 1
	assert_value own sync/bytes_total 0
	assert_value own suspects/nr 0
	ln "$MNT/own/link" "$MNT/own/third"
	rm "$MNT/own/link" "$MNT/own/third"
	writes_of_every_kind
}

@test "coexistence - index and hard links of a lower file" {
	mkdir -p "$MNT/lower"
	write_file "$MNT/lower/one" 100
	ln "$MNT/lower/one" "$MNT/lower/two"
	mount_with index=on
	actor open 1 rw "$MNT/own/one"
	actor write 1 0 "$SIZE" i
	assert_containerized own "$UPPER/own/upper/one"
	cmp "$MNT/own/one" "$MNT/own/two"
	actor close 1
	writes_of_every_kind
}

@test "coexistence - xino" {
	mount_with xino=on
	writes_of_every_kind
}

@test "coexistence - userxattr" {
	mount_with userxattr
	writes_of_every_kind
}

@test "coexistence - data-only lower layers" {
	kernel_at_least 6.5 || skip "this kernel has no data-only layers"
	# A file of which the lower layer has the metadata, and the layer behind "::" the data.
	mkdir -p "$MNT/lower" "$MNT/lower2" "$UPPER/own/upper" "$UPPER/own/work" "$MNT/own"
	write_file "$MNT/lower2/data" "$SIZE"
	truncate -s "$SIZE" "$MNT/lower/below"
	setfattr -n trusted.overlay.metacopy "$MNT/lower/below"
	setfattr -n trusted.overlay.redirect -v /data "$MNT/lower/below"
	mount -t overlay -o "lowerdir=$MNT/lower::$MNT/lower2,upperdir=$UPPER/own/upper,workdir=$UPPER/own/work,metacopy=on,redirect_dir=on" \
		own "$MNT/own"
	OVERLAYS+=(own)
	cmp "$MNT/own/below" "$MNT/lower2/data"
	chmod 600 "$MNT/own/below"
	assert_value own suspects/nr 0
	writes_of_every_kind
}

@test "coexistence - layers on a mount with mapped owners" {
	kernel_at_least 5.19 || skip "overlayfs of this kernel takes no layers on idmapped mounts"
	mkdir -p "$UPPER/layer/dir" "$MNT/mapped" "$MNT/own"
	write_file "$UPPER/layer/below" "$SIZE"
	mkdir -p "$UPPER/own/upper" "$UPPER/own/work"
	chown -R 10000:10000 "$UPPER/layer" "$UPPER/own"
	# What belongs to 10000 belongs to root there.
	"$TOOLS/idmap" "$UPPER" "$MNT/mapped" 10000
	mount -t overlay -o "lowerdir=$MNT/mapped/layer,upperdir=$MNT/mapped/own/upper,workdir=$MNT/mapped/own/work" \
		own "$MNT/own"
	OVERLAYS+=(mapped own)
	assert_value_like own upper_fstype ext4
	writes_of_every_kind
	[[ $(stat -c %u "$MNT/own/new" "$UPPER/own/upper/new") == $'0\n10000' ]]
}

@test "coexistence - IMA and the security modules of the kernel as it is shipped" {
	local ima=/sys/kernel/security/ima
	[[ -d /sys/kernel/security ]] || skip "this kernel has no security modules"
	mountpoint -q /sys/kernel/security || mount -t securityfs securityfs /sys/kernel/security
	[[ -e $ima/policy ]] || skip "this kernel has no IMA, or has been told what to measure"
	[[ $(</sys/kernel/security/lsm) == *apparmor* ]]
	# It can be told once. All that belongs to this owner is measured.
	echo "measure func=FILE_CHECK mask=MAY_READ fowner=54321" >"$ima/policy"
	mount_with index=on
	writes_of_every_kind
	chown 54321 "$MNT/own/new" "$MNT/own/below"
	cat "$MNT/own/new" "$MNT/own/below" >/dev/null
	grep -q "$MNT/own/new" "$ima/ascii_runtime_measurements"
	# Written again, and measured again.
	actor open 0 rw "$MNT/own/new"
	actor write 0 0 "$SIZE" w
	assert_containerized own "$UPPER/own/upper/new"
	actor close 0
	cat "$MNT/own/new" >/dev/null
	(($(grep -c "$MNT/own/new" "$ima/ascii_runtime_measurements") == 2))
}

@test "coexistence - overlay.ko is held while the module is loaded and not after" {
	[[ -e /sys/module/overlay/refcnt ]] || skip "overlayfs is built into this kernel"
	no_module
	local before
	before=$(</sys/module/overlay/refcnt)
	load_module
	(($(</sys/module/overlay/refcnt) > before))
	run ! rmmod overlay
	unload_module
	[[ $(</sys/module/overlay/refcnt) == "$before" ]]
}
