# SPDX-License-Identifier: GPL-2.0
# What zsh says when TAB is pressed after each argument, and what becomes of the line. In zsh -f, from
# the project's directory.
zmodload zsh/zpty

# wait_for TEXT: all that the shell says up to it, into reply.
wait_for() {
	local part
	reply=''
	while [[ $reply != *"$1"* ]] && zpty -r shell part; do reply+=$part; done
}

zpty shell zsh -f -i
zpty -w shell "PS1= fpath=($PWD/completions \$fpath) LISTMAX=0; autoload -Uz compinit; compinit -u -D"
zpty -w shell "say() { zle -I; print -r -- \"<li\"\"ne>\$BUFFER<e\"\"nd>\" }; zle -N say; bindkey -e '^Xs' say"
zpty -w shell "stty cols 200; unsetopt beep list_ambiguous; echo rea''dy"
wait_for ready
for line; do
	zpty -w -n shell $'\C-u'"$line"$'\t\C-xs'
	wait_for '<end>'
	print -r -- "## $line"
	# Without escape sequences.
	print -r -- "$reply" | sed -e 's/\x1b\[[0-9;?]*[a-zA-Z]//g' -e 's/\r/\n/g'
done
zpty -d shell
