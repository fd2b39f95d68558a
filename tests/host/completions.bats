#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Completions, in the shells that they are for.

load helpers

# offers SHELL LINE WORD...: after LINE and TAB each WORD is offered.
offers() {
	local shell=$1 line=$2 word
	shift 2

	ask "$shell" "$line"
	for word; do
		assert_output --regexp "(^|[[:space:]/=])$word([[:space:]=/<]|$)"
	done
}

ask() {
	export DUMP=$BATS_TEST_TMPDIR/zcompdump
	case $1 in
	zsh) run timeout 300 tests/host/with-mounts zsh -f tests/host/complete.zsh "$2" ;;
	*) run timeout 300 tests/host/with-mounts "$1" "tests/host/complete.$1" "$2" ;;
	esac
	assert_success
	output=${output#*"## $2"}
}

offers_all() { # SHELL
	local shell=$1
	offers "$shell" 'ovlctl ' stats top gc sync tune mode list monitor doctor
	offers "$shell" 'ovlctl st' stats
	offers "$shell" 'ovlctl stats --p' --pid --prometheus
	offers "$shell" 'ovlctl --expl' --explain
	offers "$shell" 'ovlctl mode ' full auto
	offers "$shell" 'ovlctl tune ' batch max_suspects
	offers "$shell" 'ovlctl list --js' --json
	offers "$shell" 'ovlctl list --sort=PA' PATH
	offers "$shell" 'ovlctl stats --sort=MO' MODE MODE-REASON MOUNTPOINT
	offers "$shell" 'ovlctl sync --mount=/mnt/var/lib/docker/overlay2/abc123/m' \
		'(--mount=)?(/mnt/var/lib/docker/overlay2/abc123/)?merged'
}

@test "completions - bash" {
	offers_all bash
	# Only what is behind the last "=" or ":" is replaced.
	ask bash 'ovlctl stats --device=0:'
	assert_output --regexp $'\n[0-9]+\n[0-9]+$'
	ask bash 'ovlctl stats -o device,mount'
	assert_output $'\ndevice,MOUNTPOINT'
	ask bash 'ovlctl tune umount_sync='
	assert_output $'\nown\nnone'
	ask bash 'ovlctl top --color='
	assert_output $'\nauto\nalways\nnever'
}

@test "completions - zsh" {
	offers_all zsh
	ask zsh 'ovlctl stats --device='
	assert_output --regexp '0:[0-9]+ +0:[0-9]+'
	ask zsh 'ovlctl stats -o device,mode'
	assert_output --partial 'MODE-REASON'
	ask zsh 'ovlctl tune umount_sync='
	assert_output --regexp 'none +own'
}

@test "completions - fish" {
	offers_all fish
	ask fish 'ovlctl stats --device='
	assert_output --regexp '=0:[0-9]+.*=0:[0-9]+'
	ask fish 'ovlctl stats -o device,mount'
	assert_output --partial $'\ndevice,MOUNTPOINT\t'
	ask fish 'ovlctl tune umount_sync='
	assert_output --partial umount_sync=own
}
