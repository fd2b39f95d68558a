# SPDX-License-Identifier: GPL-2.0
# What fish offers when TAB is pressed after each argument. From the project's directory.
source completions/ovlctl.fish
for line in $argv
	echo "## $line"
	complete -C "$line"
end
