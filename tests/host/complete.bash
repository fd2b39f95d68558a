# SPDX-License-Identifier: GPL-2.0
# What bash offers when TAB is pressed after each argument. From the project's directory.
source completions/ovlctl.bash
COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
for line; do
	COMP_LINE=$line COMP_POINT=${#line} COMPREPLY=()
	"$(complete -p ovlctl | sed 's/.*-F \([^ ]*\).*/\1/')" 2>/dev/null
	printf '## %s\n' "$line"
	((!${#COMPREPLY[@]})) || printf '%s\n' "${COMPREPLY[@]}"
done
