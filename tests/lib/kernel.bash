# SPDX-License-Identifier: GPL-2.0
# The kernel's log, and the module.

mark_kernel_log() { echo "ovlsync-test: $BATS_TEST_FILENAME: ${BATS_TEST_NAME-}" >/dev/kmsg; }

# What the kernel has said since the last call; tests/vm/run has all of it in its own log.
take_kernel_log() { dmesg -c; }

check_kernel_log() {
	local log=$BATS_TEST_TMPDIR/kernel-log suspicious='BUG|WARNING|INFO:|Oops|fault|cut here|: [A-Z]{4,}:'

	take_kernel_log >"$log"
	# Most often there is nothing, and that is to be known without a fork.
	[[ $(<"$log") =~ $suspicious|leak|panic|corruption|refcount|still.has|Busy ]] || return 0
	if "$TESTS/vm/reports" "$log" >&2; then
		echo "the kernel complained (above)" >&2
		return 1
	fi
}

module_loaded() { [[ -d /sys/module/ovlsync && $(</sys/module/ovlsync/initstate) == live ]]; }

# load_module [PARAMETER=VALUE]...
load_module() { limited 60 modprobe ovlsync "$@"; }

need_module() { module_loaded || load_module; }

unload_module() {
	limited 60 rmmod ovlsync || return
	if [[ -e /sys/fs/ovlsync || -e /dev/ovlsync || -e /sys/module/ovlsync ]]; then
		echo "the module has left something behind" >&2
		return 1
	fi
}

no_module() { if [[ -e /sys/module/ovlsync ]]; then unload_module; fi; }

kernel_at_least() { [[ $(printf '%s\n' "$1" "${KERNEL_RELEASE%%[^0-9.]*}" | sort -V | head -n 1) == "$1" ]]; }

# Counters of /proc/meminfo in kB, summed, into REPLY.
meminfo() {
	local name value rest
	REPLY=0
	while read -r name value rest; do
		[[ " $* " != *" ${name%:} "* ]] || REPLY=$((REPLY + value))
	done </proc/meminfo
}
