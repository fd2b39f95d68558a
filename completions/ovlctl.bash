# bash completion of ovlctl                                    -*- shell-script -*-
# Made by "make generate" of completions/src/ovlctl.bash and of ovlctl's own tables.

_ovlctl_commands='stats top gc sync tune mode list monitor doctor'

_ovlctl_options() {
	case $1 in
	stats) REPLY=' --mount= --device= --pid= --all --explain --prometheus --json -J --bytes -b --noheadings -n --raw -r --output= -o --output-all --list-columns --sort= --color --help --usage --version -V' ;;
	top) REPLY=' --mount= --device= --pid= --all --delay= -d --iterations= -n --batch -b --reverse --output= -o --output-all --list-columns --sort= --color --help --usage --version -V' ;;
	gc) REPLY=' --mount= --device= --pid= --all --sync-first --dry-run --quiet -q --json -J --bytes -b --noheadings -n --raw -r --output= -o --output-all --list-columns --sort= --color --help --usage --version -V' ;;
	sync) REPLY=' --mount= --device= --pid= --all --timeout= --quiet -q --json -J --bytes -b --noheadings -n --raw -r --output= -o --output-all --list-columns --sort= --color --help --usage --version -V' ;;
	tune) REPLY=' --defaults --mount= --device= --pid= --all --explain --quiet -q --json -J --bytes -b --noheadings -n --raw -r --output= -o --output-all --list-columns --sort= --color --help --usage --version -V' ;;
	mode) REPLY=' --mount= --device= --pid= --all --quiet -q --json -J --bytes -b --noheadings -n --raw -r --output= -o --output-all --list-columns --sort= --color --help --usage --version -V' ;;
	list) REPLY=' --mount= --device= --pid= --all --stream --json -J --bytes -b --noheadings -n --raw -r --output= -o --output-all --list-columns --sort= --color --help --usage --version -V' ;;
	monitor) REPLY=' --mount= --device= --pid= --all --json -J --help --usage --version -V' ;;
	doctor) REPLY=' --mount= --device= --pid= --all --quiet -q --json -J --bytes -b --noheadings -n --raw -r --output= -o --output-all --list-columns --sort= --color --help --usage --version -V' ;;
	*) REPLY='' ;;
	esac
}

_ovlctl_columns() {
	case $1 in
	stats) REPLY='DEVICE MOUNTPOINT CONTAINER CONTAINER-ID RUNTIME LAYER UPPERDIR MODE MODE-REASON UPPER UPPERFS UMOUNT-SYNC SUSPECTS PEAK PINNED ADDED REAPED SHRUNK SYNCED UNLINKED FORCED EVICTED OVERFLOW INTERVAL-MS MIN-AGE-MS BATCH MAX-SUSPECTS PASSES CHECKED PASS-TIME LOCK-MAX SYNCS FULL ERRORS INODES WRITTEN TIME LAST INFLIGHT INFLIGHT-BYTES' ;;
	top) REPLY='DEVICE MOUNTPOINT CONTAINER CONTAINER-ID RUNTIME LAYER UPPERDIR SUSPECTS PINNED ADDED/S SYNCS/S FULL/S INODES/S WRITTEN/S LAST INFLIGHT OVERFLOW MODE UPPER UPPERFS' ;;
	gc) REPLY='DEVICE SCANNED REAPED DIRTY OPEN FREED MOUNTPOINT ERROR' ;;
	sync) REPLY='DEVICE MOUNTPOINT METHOD MODE MODE-REASON INODES WRITTEN DURATION ERROR' ;;
	tune) REPLY='DEVICE NAME VALUE NEW MOUNTPOINT' ;;
	mode) REPLY='DEVICE MODE NEW MODE-REASON MOUNTPOINT' ;;
	list) REPLY='DEVICE INODE STATE DIRTY AGE PINNED PATH CONTAINER MOUNTPOINT' ;;
	monitor) REPLY='' ;;
	doctor) REPLY='LEVEL SUBJECT FINDING ADVICE DEVICE' ;;
	*) REPLY='' ;;
	esac
}

_ovlctl_operands() {
	case $1 in
	stats) REPLY='' ;;
	top) REPLY='' ;;
	gc) REPLY='' ;;
	sync) REPLY='' ;;
	tune) REPLY='interval_ms= min_age_ms= batch= max_suspects= umount_sync=' ;;
	mode) REPLY='full auto' ;;
	list) REPLY='' ;;
	monitor) REPLY='' ;;
	doctor) REPLY='' ;;
	*) REPLY='' ;;
	esac
}

_ovlctl_argument() {
	case $1:$2 in
	stats:--mount) REPLY='PATH' ;;
	stats:--device) REPLY='MAJ:MIN' ;;
	stats:--pid) REPLY='PID' ;;
	stats:--output | stats:-o) REPLY='COL,...' ;;
	stats:--sort) REPLY='COL' ;;
	stats:--color) REPLY='WHEN' ;;
	top:--mount) REPLY='PATH' ;;
	top:--device) REPLY='MAJ:MIN' ;;
	top:--pid) REPLY='PID' ;;
	top:--delay | top:-d) REPLY='SECONDS' ;;
	top:--iterations | top:-n) REPLY='NUMBER' ;;
	top:--output | top:-o) REPLY='COL,...' ;;
	top:--sort) REPLY='COL' ;;
	top:--color) REPLY='WHEN' ;;
	gc:--mount) REPLY='PATH' ;;
	gc:--device) REPLY='MAJ:MIN' ;;
	gc:--pid) REPLY='PID' ;;
	gc:--output | gc:-o) REPLY='COL,...' ;;
	gc:--sort) REPLY='COL' ;;
	gc:--color) REPLY='WHEN' ;;
	sync:--mount) REPLY='PATH' ;;
	sync:--device) REPLY='MAJ:MIN' ;;
	sync:--pid) REPLY='PID' ;;
	sync:--timeout) REPLY='SECONDS' ;;
	sync:--output | sync:-o) REPLY='COL,...' ;;
	sync:--sort) REPLY='COL' ;;
	sync:--color) REPLY='WHEN' ;;
	tune:--mount) REPLY='PATH' ;;
	tune:--device) REPLY='MAJ:MIN' ;;
	tune:--pid) REPLY='PID' ;;
	tune:--output | tune:-o) REPLY='COL,...' ;;
	tune:--sort) REPLY='COL' ;;
	tune:--color) REPLY='WHEN' ;;
	mode:--mount) REPLY='PATH' ;;
	mode:--device) REPLY='MAJ:MIN' ;;
	mode:--pid) REPLY='PID' ;;
	mode:--output | mode:-o) REPLY='COL,...' ;;
	mode:--sort) REPLY='COL' ;;
	mode:--color) REPLY='WHEN' ;;
	list:--mount) REPLY='PATH' ;;
	list:--device) REPLY='MAJ:MIN' ;;
	list:--pid) REPLY='PID' ;;
	list:--output | list:-o) REPLY='COL,...' ;;
	list:--sort) REPLY='COL' ;;
	list:--color) REPLY='WHEN' ;;
	monitor:--mount) REPLY='PATH' ;;
	monitor:--device) REPLY='MAJ:MIN' ;;
	monitor:--pid) REPLY='PID' ;;
	doctor:--mount) REPLY='PATH' ;;
	doctor:--device) REPLY='MAJ:MIN' ;;
	doctor:--pid) REPLY='PID' ;;
	doctor:--output | doctor:-o) REPLY='COL,...' ;;
	doctor:--sort) REPLY='COL' ;;
	doctor:--color) REPLY='WHEN' ;;
	*) REPLY='' ;;
	esac
}

_ovlctl_values() {
	case $1 in
	umount_sync) REPLY='own none' ;;
	*) REPLY='' ;;
	esac
}

# _ovlctl_here: mount points of overlays, or with "devices" their numbers, into HERE.
_ovlctl_here() {
	local device at type rest separator

	HERE=()
	while read -r _ _ device _ at rest; do
		separator=${rest#* - }
		type=${separator%% *}
		[[ $type == overlay ]] || continue
		if [[ ${1-} == devices ]]; then
			HERE+=("$device")
		else
			printf -v at %b "${at//\\/\\0}"
			HERE+=("$at")
		fi
	done </proc/self/mountinfo
}

# _ovlctl_words LINE-UP-TO-CURSOR: WORDS of it; bash itself splits at ":" and "=", too.
_ovlctl_words() {
	local line=$1 word='' escaped='' quote='' i c

	WORDS=()
	for ((i = 0; i < ${#line}; i++)); do
		c=${line:i:1}
		if [[ $escaped ]]; then
			word+=$c escaped=''
		elif [[ $c == \\ && $quote != \' ]]; then
			escaped=1
		elif [[ $quote ]]; then
			if [[ $c == "$quote" ]]; then quote=''; else word+=$c; fi
		elif [[ $c == [\'\"] ]]; then
			quote=$c
		elif [[ $c == [[:blank:]] ]]; then
			[[ ! $word ]] || WORDS+=("$word")
			word=''
		else
			word+=$c
		fi
	done
	WORDS+=("$word")
}

# _ovlctl_offer WORD-SO-FAR CANDIDATE...: those that go on from it.
_ovlctl_offer() {
	local so_far=$1 candidate
	shift

	for candidate; do
		[[ ${candidate,,} != "${so_far,,}"* ]] || COMPREPLY+=("$candidate")
	done
}

# _ovlctl_value KIND SO-FAR COMMAND: what an argument of that kind may be; COMPREPLY is whole values.
_ovlctl_value() {
	local kind=$1 so_far=$2 head path
	local -a HERE list=()

	case $kind in
	PATH)
		_ovlctl_here
		_ovlctl_offer "$so_far" "${HERE[@]}"
		while IFS= read -r path; do
			[[ ! -d $path ]] || path+=/
			COMPREPLY+=("$path")
		done < <(compgen -f -- "$so_far")
		compopt -o filenames 2>/dev/null
		;;
	MAJ:MIN)
		_ovlctl_here devices
		_ovlctl_offer "$so_far" "${HERE[@]}"
		;;
	COL | COL,...)
		_ovlctl_columns "$3"
		read -r -a list <<<"$REPLY"
		head=''
		if [[ $kind == COL,... ]]; then
			[[ $so_far != *,* ]] || head=${so_far%,*},
			[[ $so_far == *,* || $so_far != +* ]] || head=+
			compopt -o nospace 2>/dev/null
		fi
		_ovlctl_offer "$so_far" "${list[@]/#/$head}"
		;;
	WHEN) _ovlctl_offer "$so_far" auto always never ;;
	PID)
		for path in /proc/[0-9]*; do list+=("${path##*/}"); done
		_ovlctl_offer "$so_far" "${list[@]}"
		;;
	esac
}

_ovlctl() {
	local REPLY command=stats current previous='' word option i
	local -a WORDS list=()

	COMPREPLY=()
	_ovlctl_words "${COMP_LINE:0:COMP_POINT}"
	current=${WORDS[-1]}
	((${#WORDS[@]} < 3)) || previous=${WORDS[-2]}
	[[ ${#WORDS[@]} -lt 3 || ${WORDS[1]} == -* ]] || command=${WORDS[1]}

	_ovlctl_argument "$command" "$previous"
	if [[ $REPLY && $previous != --color ]]; then
		_ovlctl_value "$REPLY" "$current" "$command"
	elif [[ $current == --*=* ]]; then
		option=${current%%=*}
		_ovlctl_argument "$command" "$option"
		_ovlctl_value "$REPLY" "${current#*=}" "$command"
		COMPREPLY=("${COMPREPLY[@]/#/$option=}")
	elif [[ $current == -* ]]; then
		_ovlctl_options "$command"
		read -r -a list <<<"$REPLY"
		_ovlctl_offer "$current" "${list[@]}"
	elif ((${#WORDS[@]} == 2)); then
		read -r -a list <<<"$_ovlctl_commands"
		_ovlctl_offer "$current" "${list[@]}"
	elif [[ $current == *=* ]]; then
		_ovlctl_values "${current%%=*}"
		read -r -a list <<<"$REPLY"
		_ovlctl_offer "$current" "${list[@]/#/${current%%=*}=}"
	else
		_ovlctl_operands "$command"
		read -r -a list <<<"$REPLY"
		_ovlctl_offer "$current" "${list[@]}"
	fi

	[[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace 2>/dev/null
	# bash puts the reply behind the last of these characters, not in place of the whole word.
	for word in = :; do
		[[ $COMP_WORDBREAKS == *"$word"* && $current == *"$word"* ]] || continue
		option=${current%"${current##*"$word"}"}
		for i in "${!COMPREPLY[@]}"; do COMPREPLY[i]=${COMPREPLY[i]#"$option"}; done
		current=${current#"$option"}
	done
}

complete -F _ovlctl ovlctl
