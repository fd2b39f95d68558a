#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Each allocation fails in turn that is made on our account: nothing crashes, opening never fails, what
# could not be had makes the next sync a full one, and nothing is left behind. tests/vm/run looks for
# leaks when all is over.

load helpers

FAULTS=/sys/kernel/debug
KO=/lib/modules/$KERNEL_RELEASE/updates/ovlsync.ko
SIZE=65536

address_of() { # PATTERN: of a symbol, into REPLY
	read -r REPLY _ < <(grep -m 1 -E " $1( |\$)" /proc/kallsyms)
	[[ $REPLY ]] || { echo "this kernel has no $1" >&2 && return 1; }
	REPLY=0x$REPLY
}

setup_file() {
	[[ -d $FAULTS/failslab ]] || return 0
	address_of _etext
	export KERNEL_END=$REPLY
	# Of those that are many, as for files in sysfs, not each is tried.
	export STEP=30
	[[ ${OVLSYNC_SIZE-} != full ]] || STEP=1
}

setup() {
	[[ -d $FAULTS/failslab ]] || skip "this kernel has no fault injection (CONFIG_FAULT_INJECTION)"
	common_setup
	make_upper ext4
	both ignore-gfp-wait N
	both times -1
	both verbose 0
	echo 0 >"$FAULTS/fail_page_alloc/min-order"
	only_ours
}

teardown() {
	if [[ -d $FAULTS/failslab ]]; then
		both probability 0
		anywhere
	fi
	common_teardown
}

# both FILE VALUE: of slab objects and of pages.
both() {
	local kind
	for kind in failslab fail_page_alloc; do
		echo "$2" >"$FAULTS/$kind/$1"
	done
}

# Which allocations count is told by what is on the stack. There are no modules but ours, and these lie
# behind the kernel.
only_ours() {
	both stacktrace-depth 32
	both require-start "$KERNEL_END"
	both require-end 0xffffffffff000000
	both reject-start 0
	both reject-end 0
}

anywhere() {
	both require-start 0
	both require-end 0xffffffffffffffff
	both reject-start 0
	both reject-end 0
}

# but_not PATTERN: not what the functions do that are named so.
but_not() {
	local start end
	read -r start end < <(awk -v pattern="$1" '
		$3 == "_etext" { exit }
		found && !($3 ~ pattern) && !end { end = $1 }
		$3 ~ pattern && $3 !~ /cold/ { found = 1; end = ""; if (!start) start = $1 }
		END { print start, end }' /proc/kallsyms)
	[[ $start && $end ]]
	both reject-start "0x$start"
	both reject-end "0x$end"
}

# in_turn COMMAND... -- CHECK...: COMMAND of the actor's, with the first allocation failing, then with
# the second, until it makes no more. CHECK is called with the answer after each; @ is the number.
in_turn() {
	local command=() check=() nth=1 failed

	while [[ $1 != -- ]]; do
		command+=("$1")
		shift
	done
	shift
	check=("$@")
	while :; do
		answer failing "$nth" "${command[@]//@/$nth}" || return
		[[ $REPLY == *' failed' ]] && failed=yes || failed=''
		"${check[@]//@/$nth}" "${REPLY% failed}" || {
			echo "allocation $nth of ${command[*]}, answer $REPLY" >&2
			return 1
		}
		[[ $failed ]] || break
		nth=$((nth + (nth < 20 ? 1 : STEP)))
	done
	ROUNDS=$((nth - 1))
	echo "# $BATS_TEST_DESCRIPTION: ${command[0]}: $ROUNDS allocations" >&3
}

never_fails() { [[ $1 == ok ]] || { echo "failed with $1" >&2 && return 1; }; }

either_way() { [[ $1 =~ ^(ok|ENOMEM|ENOBUFS)$ ]]; }

durable() { # FILE-ON-OVERLAY
	actor open 9 dir "$MNT/own" && actor syncfs 9 && actor close 9 && assert_on_disk "$UPPER/own/upper/$1"
}

nothing_left() {
	local path
	for path in /sys/fs/ovlsync /dev/ovlsync /sys/module/ovlsync /sys/kernel/slab/ovlsync_suspect; do
		[[ ! -e $path ]] || { echo "$path is left" >&2 && return 1; }
	done
}

loaded_or_not() { # ANSWER
	if [[ $1 != ok ]]; then
		[[ $1 == ENOMEM ]] && nothing_left
		return
	fi
	# An overlay that could not be had is synced as without us.
	write_file "$MNT/own/file" "$SIZE" && durable file && unload_module
}

@test "faults - loading with overlays mounted" {
	no_module
	mount_overlay own
	mount_overlay other
	# Whether its own records can be had is kmemleak's affair.
	but_not '^kmemleak_alloc$'
	in_turn load "$KO" -- loaded_or_not
	((ROUNDS > 100))
	load_module
	settle_upper
	sync_overlay own
	assert_value own mode containerized
}

mounted_anyway() { # ANSWER
	never_fails "$1" || return
	OVERLAYS=(own)
	DEVICES=()
	write_file "$MNT/own/file" "$SIZE"
	device_of own
	if [[ -e /sys/fs/ovlsync/$REPLY ]]; then
		value own mode
		[[ $REPLY == containerized || $REPLY == full || $REPLY == learning ]] || return
		attached=$((attached + 1))
	else
		plain=$((plain + 1))
	fi
	durable file && umount_overlay own
}

@test "faults - mounting never fails and what can't be attached to is synced as without us" {
	local attached=0 plain=0 options
	mount_overlay own
	umount_overlay own
	options=lowerdir=$MNT/lower,upperdir=$UPPER/own/upper,workdir=$UPPER/own/work
	# What overlayfs itself can't have makes the mount fail, with us or without.
	but_not '^ovl_'
	in_turn mount "$MNT/own" "$options" -- mounted_anyway
	((attached > 0 && plain > 0))
}

# Known as a suspect, or known to be missing; and durable either way.
tracked_or_full() { # FILE ANSWER
	never_fails "$2" || return
	value own mode
	if [[ $REPLY == full ]]; then
		assert_value_like own mode_reason memory || return
		gaps=$((gaps + 1))
	else
		assert_value own suspects/nr 1 || return
	fi
	actor write 1 0 "$SIZE" x || return
	assert_not_on_disk "$UPPER/own/upper/$1" && durable "$1" || return
	# Still open, but known from now on.
	assert_value own mode containerized || return
	actor close 1 && settle_upper && sync_overlay own && assert_value own suspects/nr 0
}

@test "faults - opening for write never fails and is not forgotten" {
	local gaps=0
	mount_overlay own
	in_turn open 1 creat "$MNT/own/file-@" -- tracked_or_full file-@
	((gaps > 0))
	value own suspects/overflow_total
	((REPLY == gaps))
}

linked() { # FILE ANSWER
	never_fails "$2" && durable "$1" && actor close 1 &&
		actor open 1 tmp "$MNT/own" && actor write 1 0 "$SIZE" t
}

@test "faults - a name for an O_TMPFILE is never refused and its data not forgotten" {
	kernel_at_least 6.2 || skip "overlayfs of this kernel has no O_TMPFILE"
	mount_overlay own
	actor open 1 tmp "$MNT/own"
	actor write 1 0 "$SIZE" t
	in_turn link 1 "$MNT/own/file-@" -- linked file-@
	value own suspects/overflow_total
	((REPLY > 0))
	in_turn unlink "$MNT/own/file-@" -- never_fails
}

truncated() { # ANSWER
	never_fails "$1" || return
	value own mode
	[[ $REPLY == full ]] || assert_value_at_least own suspects/nr 1 || return
	durable file && write_file "$MNT/own/file" "$SIZE" && durable file && settle_upper && sync_overlay own
}

@test "faults - truncate by path never fails and is not forgotten" {
	release_uppers
	make_upper ext4 data=writeback
	mount_overlay own
	write_file "$MNT/own/file" "$SIZE"
	settle_upper
	sync_overlay own
	in_turn truncate "$MNT/own/file" 5000 -- truncated
	value own suspects/overflow_total
	((REPLY > 0))
}

# As without us: who writes back waits for memory.
synced() { # NUMBER ANSWER
	never_fails "$2" && assert_on_disk "$UPPER/own/upper/file" && actor write 3 0 "$SIZE" "${1: -1}" &&
		assert_not_on_disk "$UPPER/own/upper/file"
}

@test "faults - syncfs has written everything" {
	mount_overlay own
	actor open 2 dir "$MNT/own"
	actor open 3 creat "$MNT/own/file"
	actor write 3 0 "$SIZE" f
	in_turn syncfs 2 -- synced @
	# We ourselves ask for nothing: where nobody else is between, there is none to fail.
	both stacktrace-depth 4
	in_turn syncfs 2 -- never_fails
	((ROUNDS == 0))
}

@test "faults - the ioctls" {
	mount_overlay own
	actor open 2 dir "$MNT/own"
	actor open 3 creat "$MNT/own/file"
	actor write 3 0 "$SIZE" f
	in_turn sync 2 -- synced @
	in_turn gc 2 -- either_way
	in_turn stats 2 -- either_way
	# As it is without us, too: where the kernel is asked for the rest.
	anywhere
	in_turn stats 2 -- either_way
	in_turn gc 2 -- either_way
	only_ours
}

heard_of_the_loss() { grep -q 'lost\|missed\|too slow' "$BATS_TEST_TMPDIR/events"; }

@test "faults - an event that can't be had is lost and its listener told" {
	mount_overlay own
	background bash -c "exec ovlctl monitor >'$BATS_TEST_TMPDIR/events' 2>&1"
	retry_until 20 test -s "$BATS_TEST_TMPDIR/events"
	actor open 2 dir "$MNT/own"
	write_file "$MNT/own/file" "$SIZE"
	both stacktrace-depth 12
	in_turn gc 2 -- never_fails
	((ROUNDS > 0))
	retry_until 20 heard_of_the_loss
}

# asks ARGUMENT...: until none is left to fail; the answer is a good one, or says what is wrong.
asks() {
	local nth=1
	while :; do
		run limited 60 "$TOOLS/netlink" "$@" --fail "$nth"
		[[ $output =~ ^(failed=.$'\n')?(ok|ENOMEM|ENOBUFS|EMSGSIZE)|recv|sendto|ENOMEM ]] || {
			echo "netlink $*, allocation $nth: $output" >&2
			return 1
		}
		[[ $output == *failed=0* ]] && break
		nth=$((nth + 1))
	done
	echo "# $BATS_TEST_DESCRIPTION: $1: $((nth - 1)) allocations" >&3
}

@test "faults - netlink dumps and listeners" {
	mount_overlay own
	ten_files "$MNT/own"
	# From the socket to the message.
	anywhere
	asks mounts
	asks suspects
	asks mounts --join
	only_ours
	run -0 "$TOOLS/netlink" suspects
	assert_line messages=10
	# Each dump that failed has given its reference back.
	release_overlays
	unload_module
}

value_stays() { # FILE VALUE ANSWER
	either_way "$3" && assert_value own "$1" "$2"
}

@test "faults - sysfs" {
	local dir
	mount_overlay own
	device_of own
	dir=/sys/fs/ovlsync/$REPLY
	anywhere
	in_turn read "$dir/mode_reason" -- either_way
	in_turn read "$dir/suspects/nr" -- either_way
	set_value own reaper/batch 100
	in_turn put "$dir/reaper/batch" 100 -- value_stays reaper/batch 100
	in_turn put "$dir/mode" auto -- value_stays mode containerized
	in_turn put "$dir/reaper/gc" 1 -- either_way
	only_ours
}

@test "faults - a table that can't grow makes syncs full ones and no opening fail" {
	local i
	mount_overlay own
	address_of 'bucket_table_alloc(\.[a-z0-9.]+)?'
	both require-start "$REPLY"
	both require-end "$(printf '0x%x' $((REPLY + 1024)))"
	both probability 100
	for ((i = 0; i < 200; i++)); do
		actor open "$((i + 10))" creat "$MNT/own/file-$i"
		actor write "$((i + 10))" 0 4096 x
	done
	assert_value own mode full
	assert_value_like own mode_reason memory
	value own suspects/overflow_total
	((REPLY > 0))
	durable file-199
	assert_on_disk "$UPPER"/own/upper/file-*
	both probability 0
	settle_upper
	sync_overlay own
	assert_value own mode containerized
	assert_value own suspects/nr 200
}

@test "faults - a third of all that we ask for fails while many write and sync" {
	local round file
	mount_overlay own
	mount_overlay other
	background bash -c "while :; do for ((i = 0; i < 20; i++)); do echo data >$MNT/other/\$i; done; rm $MNT/other/*; done"
	background bash -c "while :; do $TOOLS/netlink suspects; done"
	set_value own reaper/interval_ms 1
	set_value own reaper/min_age_ms 0
	# Deeper it is the upper's.
	both stacktrace-depth 8
	both probability 33
	for round in 1 2 3 4 5 6; do
		for file in 1 2 3 4 5; do
			actor open 1 creat "$MNT/own/file-$round-$file"
			actor write 1 0 "$SIZE" x
			actor close 1
		done
		actor open 9 dir "$MNT/own"
		actor syncfs 9
		actor close 9
		assert_on_disk "$UPPER/own/upper/file-$round"-*
	done
	both probability 0
	end_background
	value own suspects/overflow_total
	local lost=$REPLY
	value own sync/full_total
	((lost > 0 && REPLY > 0))
}
