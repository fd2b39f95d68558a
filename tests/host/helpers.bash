# SPDX-License-Identifier: GPL-2.0
# What every bats file of the host loads: no guest and no module, but with-mounts makes up both.

bats_require_minimum_version 1.5.0
load /usr/lib/bats/bats-support/load
load /usr/lib/bats/bats-assert/load

setup() {
	cd "$BATS_TEST_DIRNAME/../.."
	PATH=$PWD/build:$PATH
}

# with_mounts SCRIPT: in bash.
with_mounts() { tests/host/with-mounts bash -euc "$1"; }
