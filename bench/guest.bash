# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What the guest's side of the benchmarks has in common. It builds on what the tests use.
#
# Used by those who source it:
# shellcheck disable=SC2034

export LANG=C
TESTS=tests TOOLS=build/tests MNT=/mnt/ovlsync SLOWNESS=1
KERNEL_RELEASE=$(</proc/sys/kernel/osrelease)
ROUNDS=${OVLSYNC_BENCH_ROUNDS:-5} QUICK=${OVLSYNC_BENCH_QUICK-}
# shellcheck source=tests/lib/wait.bash
. tests/lib/wait.bash
# shellcheck source=tests/lib/kernel.bash
. tests/lib/kernel.bash
# shellcheck source=tests/lib/disks.bash
. tests/lib/disks.bash
# shellcheck source=tests/lib/overlays.bash
. tests/lib/overlays.bash

# The host limits the time of a guest. A clock of instructions runs ahead of all timeouts as long as the
# guest waits for its disk.
limited() {
	shift
	"$@"
}

die() {
	echo "bench: $*" >&2
	exit 1
}

# Nothing is written back but by a sync (tests/guest says why not 0).
quiet_flusher() {
	echo 360000 >/proc/sys/vm/dirty_writeback_centisecs
	echo 360000 >/proc/sys/vm/dirty_expire_centisecs
	echo 2000000000 >/proc/sys/vm/dirty_bytes
	echo 1900000000 >/proc/sys/vm/dirty_background_bytes
}

begin_guest() {
	quiet_flusher
	mkdir -p "$MNT"
	mount -t tmpfs tmpfs "$MNT"
}

# What is run the first time is translated by the emulator then: not to be measured.
warming_up=''
# sample KEY=VALUE...: one line of raw results; bench/run makes JSON of them.
sample() {
	local IFS=$'\t'
	[[ ! $warming_up ]] || return 0
	printf 'sample\tkernel=%s\t%s\n' "${KERNEL_RELEASE%%-*}" "$*"
}

# The module in place and the named overlays' first sync, a full one, behind us; or the module gone. "deaf" is a
# test build that asks for the same events and returns from each at once.
use_module() { # stock|deaf|ovlsync OVERLAY...
	local overlay module=$1 parameters=(interval_ms=86400000 max_suspects=2000000 min_age_ms=0)
	shift
	no_module
	case $module in
	stock) return 0 ;;
	deaf) insmod "build/$KERNEL_RELEASE-faults/ovlsync.ko" test_deaf=1 "${parameters[@]}" ;;
	ovlsync) load_module "${parameters[@]}" ;;
	esac
	for overlay; do
		sync_overlay "$overlay"
		assert_value "$overlay" mode containerized || die "$overlay is not containerized"
	done
}

timing() { "$TOOLS/timing" "$@"; }

# The neighbour's data, new or again.
neighbour_file() { echo "$UPPER/neighbour/upper/big"; }
dirty_neighbour() { # MB
	(($1)) || return 0
	big_file "$MNT/neighbour/big" "$1"
}

# What was measured beside a neighbour must not have written the neighbour's data.
assert_neighbour_dirty() { # MB
	(($1 == 0)) || assert_dirty $(($1 * 1024 * 1024 * 95 / 100)) "$(neighbour_file)" ||
		die "the neighbour's data is not dirty any more"
}

# use_kept DEVICE: an upper that has its files already.
use_kept() {
	UPPER=$MNT/many UPPER_DEVICE=$1
	mkdir -p "$UPPER"
	mount "$1" "$UPPER"
}
