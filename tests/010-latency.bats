#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# What it is for: syncfs and umount of a small overlay beside a neighbour with 200 MB of dirty data on
# a disk of 100 MB/s. Stock overlayfs is measured in the same guest, with the module unloaded.

load helpers

setup() {
	((SLOWNESS == 1)) || skip "times mean nothing on a kernel with checkers"
	common_setup
}

NEIGHBOUR_BYTES=$((190 * 1000 * 1000))
ROUNDS=5

neighbour_file() { echo "$UPPER/neighbour/upper/big"; }

# The neighbour's 200 MB are dirty.
dirty_neighbour() {
	[[ -e $(neighbour_file) ]] && assert_dirty "$NEIGHBOUR_BYTES" "$(neighbour_file)" 2>/dev/null && return
	big_file "$MNT/neighbour/big"
	assert_dirty "$NEIGHBOUR_BYTES" "$(neighbour_file)"
}

least() { # NUMBER...: the least, into REPLY
	REPLY=$1
	local number
	for number; do
		((number >= REPLY)) || REPLY=$number
	done
}

# measure syncfs|umount LIMIT: microseconds, into REPLY: the least of some rounds, for what else runs on
# the machine only ever adds; up to three times as many as long as the least is over LIMIT. LIMIT 0: one. The small overlay is mounted before and after.
measure() {
	local what=$1 limit=$2 times=() i

	for ((i = 0; i < (limit ? 3 * ROUNDS : 1); i++)); do
		((i < ROUNDS || REPLY > limit)) || break
		dirty_neighbour
		ten_files "$MNT/small"
		times+=("$(limited 100 "$TOOLS/timing" "$what" "$MNT/small")")
		if [[ $what == umount ]]; then mount_overlay small; fi
		least "${times[@]}"
	done
}

# report WHAT STOCK OURS LEAST-RATIO
report() {
	local ratio=$(($2 / $3))

	echo "# $KERNEL_RELEASE $kind $1: stock $(($2 / 1000)) ms, ovlsync $(($3 / 1000)).$(($3 / 100 % 10)) ms, $ratio times" >&3
	((ratio >= $4)) || { echo "$1: $ratio times, not $4" >&2 && return 1; }
}

# compare KIND LEAST-RATIO-OF-SYNCFS LEAST-RATIO-OF-UMOUNT
compare() {
	local kind=$1 stock_syncfs stock_umount ours_syncfs ours_umount

	((SLOWNESS == 1)) || skip "a debug kernel measures nothing"
	no_module
	make_upper "$kind"
	mount_overlay neighbour
	mount_overlay small
	ten_files "$MNT/small"
	sync_overlay small # what mkfs and mount have left is not what is measured

	measure syncfs 0
	stock_syncfs=$REPLY
	measure umount 0
	stock_umount=$REPLY

	load_module
	sync_overlay small # the first one after loading is a full one
	assert_value small mode containerized
	measure syncfs $((stock_syncfs / $2))
	ours_syncfs=$REPLY
	measure umount $((stock_umount / $3))
	ours_umount=$REPLY
	assert_dirty "$NEIGHBOUR_BYTES" "$(neighbour_file)"

	report syncfs "$stock_syncfs" "$ours_syncfs" "$2"
	report umount "$stock_umount" "$ours_umount" "$3"
}

@test "latency - beside 200 MB of a neighbour on ext4 syncfs is 150 and umount 100 times as fast" { compare ext4 150 100; }

@test "latency - beside 200 MB of a neighbour on xfs syncfs and umount are 50 times as fast" { compare xfs 50 50; }

@test "latency - beside 200 MB of a neighbour on btrfs syncfs and umount are 50 times as fast" { compare btrfs 50 50; }
