# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What the host's side of the benchmarks has in common: parameters, and how guests are booted.
#
# Used by those who source it:
# shellcheck disable=SC2034

: "${BENCH_KERNELS:=6.12}" "${BENCH_ROUNDS:=5}" "${BENCH_QUICK:=}"
: "${BENCH_FILESYSTEMS:=ext4 xfs btrfs}"
# The command that runs a guest.
: "${BENCH_VM:=tests/vm/run}"
[[ ! $BENCH_QUICK ]] || BENCH_ROUNDS=2

# A slow disk is what all of this is about.
rate=${BENCH_DISK_BYTES_PER_S:-100000000}

# Calls COMMAND with each kernel and filesystem.
for_each_guest() { # COMMAND
	local kernel fstype
	for kernel in $BENCH_KERNELS; do
		for fstype in $BENCH_FILESYSTEMS; do
			"$1" "$kernel" "$fstype"
		done
	done
}

# vm OPTION... -- COMMAND...
vm() {
	local words
	read -ra words <<<"$BENCH_VM"
	OVLSYNC_BENCH_ROUNDS=$BENCH_ROUNDS OVLSYNC_BENCH_QUICK=$BENCH_QUICK "${words[@]}" "$@"
}

work=$(mktemp -d "${TMPDIR:-/var/tmp}/ovlsync-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT

# many_files DISK NR: an ext4 filesystem with NR files in upper/, as build/tests/openers names them. Made
# outside of the guest: inside, that takes longer than all the rest.
many_files() {
	mkdir -p "$work/tree"/{lower,many/upper,many/work}
	build/tests/openers create "$work/tree/many/upper" 0 "$2" >/dev/null
	truncate -s 8G "$1"
	mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0 -N $(($2 + $2 / 100 + 10000)) -d "$work/tree" "$1"
	rm -rf "$work/tree"
}
