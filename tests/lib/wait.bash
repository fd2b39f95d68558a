# SPDX-License-Identifier: GPL-2.0
# Waiting for what has to happen.

# Forks nothing, unlike sleep: that takes a tenth of a second in an emulated CPU.
exec {never_ready}<> <(:)
pause() { read -r -t 0.05 -u "$never_ready" || :; }

# retry_until SECONDS COMMAND...: until COMMAND succeeds.
retry_until() {
	local deadline_us=$((${EPOCHREALTIME/./} + $1 * SLOWNESS * 1000000))
	shift

	until "$@"; do
		if ((${EPOCHREALTIME/./} >= deadline_us)); then
			echo "still not so: $*" >&2
			return 1
		fi
		pause
	done
}

# limited SECONDS COMMAND...: kills a program that hangs.
limited() {
	local seconds=$(($1 * SLOWNESS))
	shift

	timeout -k 5 "$seconds" "$@"
}
