# SPDX-License-Identifier: GPL-2.0
# A process that keeps files open and mapped (tests/tools/actor.c).

start_actor() {
	coproc ACTOR { exec "$TOOLS/actor" 3>&- 4>&-; }
	# bash forgets both when the process ends.
	ACTOR_IN=${ACTOR[1]} ACTOR_OUT=${ACTOR[0]} ACTOR_ID=$ACTOR_PID
}

# answer COMMAND...: its answer into REPLY.
answer() {
	[[ ${ACTOR_ID-} ]] || start_actor
	echo "$*" >&"$ACTOR_IN"
	read -r -t $((60 * SLOWNESS)) -u "$ACTOR_OUT" REPLY || {
		echo "the actor does not answer to: $*" >&2
		REPLY=''
		return 1
	}
}

# actor COMMAND...: has to succeed.
actor() { actor_gets ok "$@"; }

# actor_gets ERRNO COMMAND...
actor_gets() {
	local expected=$1
	shift
	answer "$@" || return
	[[ $REPLY == "$expected" ]] || { echo "$*: $REPLY, not $expected" >&2 && return 1; }
}

stop_actor() {
	[[ ${ACTOR_ID-} ]] || return 0
	exec {ACTOR_IN}>&- {ACTOR_OUT}<&-
	wait "$ACTOR_ID" 2>/dev/null || :
	ACTOR_ID=''
}
