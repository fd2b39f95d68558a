# SPDX-License-Identifier: GPL-2.0
# What ovlctl --json has printed, without a process for each question. (That it is valid JSON is known
# from elsewhere.)

declare -gA FIELDS=()

# read_json [KEY]: the objects in $output, each known by the value of its first key, which is KEY
# ("device"): FIELDS[VALUE.KEY].
read_json() {
	local line key value of=''
	FIELDS=()
	while read -r line; do
		[[ $line == '"'*'":'* ]] || continue
		key=${line#'"'} key=${key%%'":'*}
		value=${line#*'":'} value=${value%,} value=${value#'"'} value=${value%'"'}
		[[ $key != "${1-device}" ]] || of=$value
		FIELDS[$of.$key]=$value
	done <<<"$output"
}

# The two below want OBJECT KEY VALUE, where OBJECT is what it is known by, or the name of a mount.
assert_field() {
	local of=$1
	[[ $of == /* ]] || { device_of "$of" && of=$REPLY; } || return
	REPLY=${FIELDS[$of.$2]-none}
	[[ $REPLY == "$3" ]] || { echo "$2 of $1 is '$REPLY', not '$3'" >&2 && return 1; }
}

assert_field_at_least() {
	assert_field "$@" 2>/dev/null && return
	[[ $REPLY == +([0-9]) ]] && ((REPLY >= $3)) && return
	echo "$2 of $1 is '$REPLY', and not $3 or more" >&2
	return 1
}
