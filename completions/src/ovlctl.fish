# fish completion of ovlctl
# Made by "make generate" of completions/src/ovlctl.fish and of ovlctl's own tables.

function __ovlctl_needs_command
	set -l words (commandline -opc)
	test (count $words) -eq 1
end

# Is the command this one? Without a name it is the first.
function __ovlctl_in
	set -l words (commandline -opc)
	if test (count $words) -ge 2; and contains -- $words[2] $__ovlctl_commands
		test $words[2] = $argv[1]
	else
		test $argv[1] = $__ovlctl_commands[1]
	end
end

# Field of each overlay: 5 is where it is mounted, 3 its device.
function __ovlctl_here
	string match -- '* - overlay *' </proc/self/mountinfo | while read -l line
		set -l fields (string split ' ' -- $line)
		string unescape -- $fields[$argv[1]]
	end
end

# What an option's argument may be: COMMAND KIND.
function __ovlctl_argument
	switch $argv[2]
		case PATH
			__ovlctl_here 5
			__fish_complete_path (commandline -ct)
		case MAJ:MIN
			__ovlctl_here 3
		case COL
			__ovlctl_columns $argv[1]
		case 'COL,...'
			set -l head (string match -r '^(?:-o|--output=)?(.*,|\+)?' -- (commandline -ct))[2]
			__ovlctl_columns $argv[1] | string replace -r '^' -- "$head"
		case WHEN
			printf '%s\n' auto always never
		case PID
			__fish_complete_pids
	end
end

complete -c ovlctl -f

# TABLES
