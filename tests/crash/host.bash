# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What the host's side of the crash tests has in common.

vm=$(cd "$(dirname "${BASH_SOURCE[0]}")/../vm" && pwd)/run

# Runs a guest with its output in $1. An emulated machine with two processors dies now and then of its
# own accord while it boots (an int3 that the kernel patches in meets the other processor): a guest that
# has not begun with the test is started again. Later nothing is forgiven.
boot() { # OUTPUT ARGUMENT_OF_VM_RUN...
	local output=$1 status=0 tries
	shift
	for tries in 1 2 3; do
		status=0
		"$vm" "$@" >"$output" 2>&1 || status=$?
		if ((status != 99)) || grep -qx '# started' "$output"; then break; fi
		echo "# the guest died while it booted, for the time number $tries" >&2
	done
	return "$status"
}
