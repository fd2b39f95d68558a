#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# What is made of ovlctl's tables is made of those that it has now; man pages are well formed.

load helpers

@test "docs - completions, man pages' parts and docs/ABI are up to date" {
	scripts/generate build/ovlctl "$BATS_TEST_TMPDIR"
	local file
	while read -r file; do
		run diff "$file" "$BATS_TEST_TMPDIR/$file"
		assert_success
	done < <(cd "$BATS_TEST_TMPDIR" && find . -type f)
	for file in docs/man/generated/*.rst; do [[ -e $BATS_TEST_TMPDIR/$file ]]; done
}

@test "docs - mandoc has nothing to say of any page" {
	local page
	for page in docs/man/*.rst; do
		scripts/manpage "$page" >"$BATS_TEST_TMPDIR/page"
		run mandoc -Tlint "$BATS_TEST_TMPDIR/page"
		assert_output ""
	done
}

@test "docs - every command has a page, and every option of it is there" {
	local command option
	for command in $(ovlctl --describe bash | sed -n "s/^_ovlctl_commands='\(.*\)'$/\1/p"); do
		scripts/manpage "docs/man/ovlctl-$command.8.rst" | mandoc -Tascii | col -b >"$BATS_TEST_TMPDIR/page"
		for option in $(ovlctl "$command" --help | grep -o -- '--[a-z][a-z-]*' | sort -u); do
			grep -q -- "$option" "$BATS_TEST_TMPDIR/page"
		done
	done
}

@test "docs - every file that the module shows is in docs/ABI, and the other way round" {
	diff <(grep -oP '(?<=^What:\t\t/sys/fs/ovlsync/<major>:<minor>/).*' docs/ABI/sysfs-fs-ovlsync | sed 's|.*/||' | sort) \
		<({
			sed -n 's/^ATTR_[A-Z0-9]*(\([a-z_]*\).*/\1/p' module/sysfs.c
			sed -n 's/^MOUNT_ATTR([a-z_]*, "\([a-z_]*\)".*/\1/p' module/sysfs.c
		} | sort)
}

@test "docs - make install brings pages and completions, and uninstall takes all away" {
	local root=$BATS_TEST_TMPDIR/root
	make -s install-files DESTDIR="$root" PREFIX=/usr
	[[ -s $root/usr/share/man/man8/ovlctl.8 && -s $root/usr/share/man/man7/ovlsync.7 ]]
	[[ -s $root/usr/share/bash-completion/completions/ovlctl ]]
	[[ -s $root/usr/share/zsh/vendor-completions/_ovlctl ]]
	[[ -s $root/usr/share/fish/vendor_completions.d/ovlctl.fish ]]
	make -s uninstall DESTDIR="$root" PREFIX=/usr
	run find "$root" -type f
	assert_output ""
}
