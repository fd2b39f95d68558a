# SPDX-License-Identifier: GPL-2.0
# Overlays, what sysfs says of them, and data in them.

OVERLAYS=()
declare -gA DEVICES=()

# mount_overlay NAME [OPTIONS]: at $MNT/NAME, on the last upper made.
mount_overlay() {
	local name=$1 options=${2:+,$2}

	mkdir -p "$MNT/lower" "$UPPER/$name/upper" "$UPPER/$name/work" "$MNT/$name"
	mount -t overlay -o \
		"lowerdir=$MNT/lower,upperdir=$UPPER/$name/upper,workdir=$UPPER/$name/work$options" \
		"$name" "$MNT/$name" || return
	OVERLAYS+=("$name")
}

umount_overlay() {
	unset "DEVICES[$1]"
	limited 60 umount "$MNT/$1"
}

is_mounted() {
	local at
	while read -r _ _ _ _ at _; do
		[[ $at != "$MNT/$1" ]] || return 0
	done </proc/self/mountinfo
	return 1
}

# device_of NAME: "0:42" into REPLY, looked up once a mount.
device_of() {
	local device at
	REPLY=${DEVICES[$1]-}
	[[ ! $REPLY ]] || return 0
	while read -r _ _ device _ at _; do
		[[ $at != "$MNT/$1" ]] || REPLY=$device
	done </proc/self/mountinfo
	[[ $REPLY ]] && DEVICES[$1]=$REPLY
}

# value NAME FILE: what /sys/fs/ovlsync says, into REPLY.
value() {
	local file=$2
	device_of "$1" || return
	read -r REPLY <"/sys/fs/ovlsync/$REPLY/$file"
}

value_is() { value "$1" "$2" && [[ $REPLY == "$3" ]]; } # NAME FILE VALUE

# The three below want NAME FILE VALUE.
assert_value() {
	value "$1" "$2" || return
	[[ $REPLY == "$3" ]] || { echo "$2 of $1 is '$REPLY', not '$3'" >&2 && return 1; }
}

assert_value_like() {
	value "$1" "$2" || return
	[[ $REPLY == *$3* ]] || { echo "$2 of $1 is '$REPLY', without '$3' in it" >&2 && return 1; }
}

assert_value_at_least() {
	value "$1" "$2" || return
	((REPLY >= $3)) || { echo "$2 of $1 is $REPLY, less than $3" >&2 && return 1; }
}

set_value() { # NAME FILE VALUE
	device_of "$1" || return
	echo "$3" 2>/dev/null >"/sys/fs/ovlsync/$REPLY/$2"
}

# Values that a sync, or an attempt at one, changes: one line into REPLY, to compare.
sync_counts() {
	local all='' file
	for file in containerized_total full_total errors_total inodes_total bytes_total; do
		value "$1" "sync/$file" || return
		all+="$file=$REPLY "
	done
	REPLY=$all
}

suspect_counts() {
	local all='' file
	for file in nr added_total reaped_total shrunk_total synced_total unlinked_total forced_total \
		evicted_total overflow_total; do
		value "$1" "suspects/$file" || return
		all+="$file=$REPLY "
	done
	REPLY=$all
}

# added = nr + all the ways out
books_balance() {
	local added way sum=0

	value "$1" suspects/added_total || return
	added=$REPLY
	for way in nr reaped_total shrunk_total synced_total unlinked_total forced_total evicted_total; do
		value "$1" "suspects/$way" || return
		sum=$((sum + REPLY))
	done
	((added == sum))
}

check_accounts() {
	local name
	for name in "${OVERLAYS[@]}"; do
		is_mounted "$name" || continue
		device_of "$name" && [[ -e /sys/fs/ovlsync/$REPLY ]] || continue
		# The reaper may be at work between two reads.
		if ! retry_until 5 books_balance "$name"; then
			suspect_counts "$name"
			echo "the suspects of $name do not add up: $REPLY" >&2
			return 1
		fi
	done
}

release_overlays() {
	local i failed=0

	for ((i = ${#OVERLAYS[@]} - 1; i >= 0; i--)); do
		is_mounted "${OVERLAYS[i]}" || continue
		umount_overlay "${OVERLAYS[i]}" && continue
		failed=1
		umount -l "$MNT/${OVERLAYS[i]}"
	done
	OVERLAYS=()
	DEVICES=()
	return "$failed"
}

# The three below fork nothing but dd.

# write_file FILE SIZE: of blanks.
write_file() { printf '%*s' "$2" '' >"$1"; }

big_file() { dd if=/dev/zero of="$1" bs=1M count="${2:-200}" conv=notrunc status=none; }

ten_files() { # DIRECTORY
	local name
	for name in 0 1 2 3 4 5 6 7 8 9; do
		write_file "$1/$name" 100000
	done
}

# As syncfs(2) by sync(1), which opens the directory anew.
sync_overlay() { limited 60 sync -f "$MNT/$1"; }
