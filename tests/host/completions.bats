#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Completions, in the shells that they are for.

load helpers

# Lines, and a word that is offered after each and TAB; several words in turns.
LINES_AND_WORDS=(
	'ovlctl ' 'stats top gc sync tune mode list monitor doctor'
	'ovlctl st' stats
	'ovlctl stats --p' '--pid --prometheus'
	'ovlctl --expl' --explain
	'ovlctl mode ' 'full auto'
	'ovlctl tune ' 'batch max_suspects'
	'ovlctl list --js' --json
	'ovlctl list --sort=PA' PATH
	'ovlctl stats --sort=MO' 'MODE MODE-REASON MOUNTPOINT'
	'ovlctl sync --mount=/mnt/var/lib/docker/overlay2/abc123/m'
	'(--mount=)?(/mnt/var/lib/docker/overlay2/abc123/)?merged'
)

# ask SHELL LINE...: presses TAB after each of LINES_AND_WORDS, and of these. A shell that is emulated takes
# its time to start, so it is one for all.
ask() {
	local shell=("$1") lines=() i
	[[ $1 != zsh ]] || shell+=(-f)
	for ((i = 0; i < ${#LINES_AND_WORDS[@]}; i += 2)); do lines+=("${LINES_AND_WORDS[i]}"); done
	run timeout 600 tests/host/with-mounts "${shell[@]}" "tests/host/complete.$1" "${lines[@]}" "${@:2}"
	assert_success
	said=$output$'\n'
}

# answer LINE: what was offered after it, as the output.
answer() {
	[[ $said == *"## $1"$'\n'* ]] || fail "'$1' was not asked"
	output=$'\n'${said#*"## $1"$'\n'}
	output=${output%%$'\n## '*}
	output=${output%$'\n'}
}

assert_all_offered() {
	local i word
	for ((i = 0; i < ${#LINES_AND_WORDS[@]}; i += 2)); do
		answer "${LINES_AND_WORDS[i]}"
		for word in ${LINES_AND_WORDS[i + 1]}; do
			assert_output --regexp "(^|[[:space:]/=])$word([[:space:]=/<]|$)"
		done
	done
}

@test "completions - bash" {
	ask bash 'ovlctl stats --device=0:' 'ovlctl stats -o device,mount' 'ovlctl tune umount_sync=' 'ovlctl top --color='
	assert_all_offered
	# Only what is behind the last "=" or ":" is replaced.
	answer 'ovlctl stats --device=0:'
	assert_output --regexp $'\n[0-9]+\n[0-9]+$'
	answer 'ovlctl stats -o device,mount'
	assert_output $'\ndevice,MOUNTPOINT'
	answer 'ovlctl tune umount_sync='
	assert_output $'\nown\nnone'
	answer 'ovlctl top --color='
	assert_output $'\nauto\nalways\nnever'
}

@test "completions - zsh" {
	ask zsh 'ovlctl stats --device=' 'ovlctl stats -o device,mode' 'ovlctl tune umount_sync='
	assert_all_offered
	answer 'ovlctl stats --device='
	assert_output --regexp '0:[0-9]+ +0:[0-9]+'
	answer 'ovlctl stats -o device,mode'
	assert_output --partial 'MODE-REASON'
	answer 'ovlctl tune umount_sync='
	assert_output --regexp 'none +own'
}

@test "completions - fish" {
	ask fish 'ovlctl stats --device=' 'ovlctl stats -o device,mount' 'ovlctl tune umount_sync='
	assert_all_offered
	answer 'ovlctl stats --device='
	assert_output --regexp '=0:[0-9]+.*=0:[0-9]+'
	answer 'ovlctl stats -o device,mount'
	assert_output --partial $'\ndevice,MOUNTPOINT\t'
	answer 'ovlctl tune umount_sync='
	assert_output --partial umount_sync=own
}
