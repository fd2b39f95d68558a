# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What the guest's side of the crash tests has in common: filesystems, overlays, the module, the check.

# Used by those who source it:
# shellcheck disable=SC2034
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/build/crash
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
release=$(uname -r)
# Nobody answers device-mapper's question for udev.
export DM_DISABLE_UDEV=1

die() {
	echo "tests/crash: $*" >&2
	exit 2
}

make_fs() { # FSTYPE "MKFSOPTS" DEVICE
	local opts
	read -ra opts <<<"$2"
	case $1 in
	ext[24]) "mkfs.$1" -q -F -E nodiscard,lazy_itable_init=0 "${opts[@]}" "$3" ;;
	xfs) mkfs.xfs -q -f -K "${opts[@]}" "$3" ;;
	btrfs) mkfs.btrfs -q -f -K "${opts[@]}" "$3" ;;
	f2fs) mkfs.f2fs -q -f -t 0 "${opts[@]}" "$3" ;;
	*) die "no such filesystem: $1" ;;
	esac >/tmp/mkfs 2>&1 || die "mkfs.$1: $(cat /tmp/mkfs)"
}

mount_fs() { # FSTYPE "MOUNTOPTS" DEVICE DIR
	mkdir -p "$4"
	# It must not take this device for the one that it has seen with the same UUID.
	[[ $1 != btrfs ]] || btrfs device scan --forget >/dev/null 2>&1 || :
	mount -t "$1" ${2:+-o "$2"} "$3" "$4"
}

overlay_options() { # FS NAME
	echo "lowerdir=$1/lower,upperdir=$1/$2/upper,workdir=$1/$2/work"
}

mount_overlay() { # FS NAME MOUNTPOINT
	mkdir -p "$1/$2/upper" "$1/$2/work" "$3"
	mount -t overlay -o "$(overlay_options "$1" "$2")" "overlay-$2" "$3"
}

unload_module() { [[ ! -e /sys/module/ovlsync ]] || rmmod ovlsync; }

load_module() { # stock|module|negative
	unload_module || return
	case $1 in
	stock) ;;
	module) modprobe ovlsync ;;
	negative) insmod "$tests/../../build/$release-faults/ovlsync.ko" test_skip_data=1 ;;
	esac || die "can't load the module ($1)"
}

sysfs_of() { # MOUNTPOINT
	echo "/sys/fs/ovlsync/$(mountpoint -d "$1")"
}

# How much goes on at the same time differs from seed to seed. Before the overlays are mounted.
vary() { # SEED
	local reaper=/sys/fs/ovlsync/defaults/reaper flusher=500 expire=3000
	if (($1 & 1)); then flusher=20 expire=20; fi
	echo "$flusher" >/proc/sys/vm/dirty_writeback_centisecs
	echo "$expire" >/proc/sys/vm/dirty_expire_centisecs
	if (($1 & 2)) && [[ -d $reaper ]]; then
		echo 10 >"$reaper/interval_ms"
		echo 0 >"$reaper/min_age_ms"
	fi
}

# Every sync leaves a line in the kernel's trace, that of an umount too.
trace=/sys/kernel/tracing
trace_syncs() {
	mountpoint -q "$trace" || mount -t tracefs tracefs "$trace"
	: >"$trace/trace"
	# Names of tasks are of no use here, and come from a hook in the scheduler: the kernel would patch
	# the code that all its CPUs run all the time, which an emulated one may trip over (tests/vm/run).
	echo 0 >"$trace/options/record-cmd"
	echo 1 >"$trace/events/ovlsync/ovlsync_sync_end/enable"
}

# How many half syncs were done in this mode; and in others.
traced_syncs() { # MODE
	awk -v mode="mode=$1" '/ovlsync_sync_end: / { if ($0 ~ mode " ") n++; else others++ }
		END { print n + 0, others + 0 }' "$trace/trace"
}
