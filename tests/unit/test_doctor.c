// SPDX-License-Identifier: GPL-2.0
/*
 * What ovlctl doctor makes of a host and of a mount, both made up.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "doctor.h"
#include "sysfs.h"
#include "unit.h"

extern const struct column doctor_columns[];

static const struct value *find(const struct rows *rows, const char *text)
{
	size_t i;

	for (i = 0; i < rows->n; i++)
		if (strstr(rows_get(rows, i)[DOCTOR_FINDING].string, text))
			return rows_get(rows, i);
	return NULL;
}

static void assert_finding(const struct rows *rows, const char *level, const char *text,
			   const char *advice)
{
	const struct value *row = find(rows, text);

	if (!row)
		fail_msg("no finding has '%s'", text);
	assert_string_equal(row[DOCTOR_LEVEL].string, level);
	if (advice)
		assert_non_null(strstr(row[DOCTOR_ADVICE].string, advice));
	else
		assert_int_equal(row[DOCTOR_ADVICE].kind, VALUE_NONE);
}

static bool look_at_host(void **state, const char *release, struct rows *rows)
{
	struct doctor_host host = { .root = open(*state, O_PATH | O_DIRECTORY),
				    .release = release };

	rows_init(rows, doctor_columns);
	doctor_look_at_host(rows, &host);
	close(host.root);
	return host.loaded;
}

static void host_with_all_in_place(void **state)
{
	struct rows rows;

	scratch_write(state, "sys/fs/ovlsync/.keep", "");
	scratch_write(state, "sys/module/ovlsync/version", "0.1\n");
	scratch_write(state, "sys/module/ovlsync/srcversion", "ABC\n");
	scratch_write(state, "lib/modules/6.12.1/modules.dep", "updates/ovlsync.ko: kernel/x.ko\n");
	scratch_write(state, "lib/modules/6.12.1/updates/ovlsync.ko", "srcversion=ABC");
	scratch_write(state, "dev/ovlsync", "");
	scratch_write(state, "proc/filesystems", "nodev\toverlay\n");
	scratch_write(state, "etc/modules-load.d/x.conf", "# ovlsync\nother\n  ovlsync\n");
	assert_true(look_at_host(state, "6.12.1", &rows));
	assert_finding(&rows, "ok", "kernel 6.12.1", NULL);
	assert_finding(&rows, "ok", "loaded, version 0.1", NULL);
	assert_finding(&rows, "ok", "loaded at boot: /etc/modules-load.d/x.conf", NULL);
	assert_null(find(&rows, "is not the one in"));
	rows_free(&rows);
	scratch_write(state, "sys/module/ovlsync/srcversion", "OLD\n");
	look_at_host(state, "6.12.1", &rows);
	assert_finding(&rows, "note", "is not the one in", "rmmod ovlsync");
	rows_free(&rows);
	scratch_write(state, "sys/module/ovlsync/version", "99\n");
	look_at_host(state, "6.12.1", &rows);
	assert_finding(&rows, "note", "ovlctl is of version", "same version");
	rows_free(&rows);
}

static void host_without_anything(void **state)
{
	struct rows rows;

	assert_false(look_at_host(state, "5.10.0-8", &rows));
	assert_finding(&rows, "problem", "kernel 5.10.0-8 is older", "6.1");
	assert_finding(&rows, "problem", "not installed for kernel 5.10.0-8", "make install");
	assert_finding(&rows, "note", "not loaded at boot", "modules-load.d");
	rows_free(&rows);
	scratch_write(state, "lib/modules/7.3.0/modules.dep", "updates/dkms/ovlsync.ko.xz:\n");
	scratch_write(state, "sys/module/module/parameters/sig_enforce", "Y\n");
	scratch_write(state, "etc/modules-load.d/x.conf", "# ovlsync\nnot-ovlsync\novlsync2\n");
	scratch_write(state, "etc/modules-load.d/x.conf~", "ovlsync\n");
	assert_false(look_at_host(state, "7.3.0", &rows));
	assert_finding(&rows, "note", "kernel 7.3.0", "boot 6.1 or 6.12");
	assert_finding(&rows, "problem", "the module is not loaded", "modprobe ovlsync");
	assert_finding(&rows, "note", "signed modules only", "mokutil");
	assert_finding(&rows, "note", "not loaded at boot", "modules-load.d");
	rows_free(&rows);
	scratch_write(state, "sys/module/module/parameters/sig_enforce", "N\n");
	scratch_write(state, "sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
	look_at_host(state, "7.3.0", &rows);
	assert_null(find(&rows, "signed modules only"));
	rows_free(&rows);
	scratch_write(state, "sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	look_at_host(state, "7.3.0", &rows);
	assert_finding(&rows, "note", "signed modules only", "mokutil");
	rows_free(&rows);
	scratch_write(state, "etc/modules", "ovlsync # for the containers\n");
	look_at_host(state, "7.3.0", &rows);
	assert_finding(&rows, "ok", "loaded at boot: /etc/modules", NULL);
	rows_free(&rows);
}

static void look_at_mount(void **state, const char *mode, const char *reason, struct rows *rows)
{
	const struct target target = { .dev = makedev(0, 7), .mount_point = "/m", .name = "/m" };
	int mount = open(*state, O_PATH | O_DIRECTORY);

	scratch_write(state, "mode", mode);
	scratch_write(state, "mode_reason", reason);
	rows_init(rows, doctor_columns);
	doctor_look_at_mount(rows, &target, mount);
	close(mount);
}

static void reasons_have_their_advice(void **state)
{
	static const struct {
		const char *mode;
		const char *reason;
		const char *level;
		const char *advice;
	} cases[] = {
		{ "containerized", "only this overlay's suspects are written", "ok", NULL },
		{ "full", "the operator asked for full syncs", "problem",
		  "ovlctl mode auto --device 0:7" },
		{ "full", "upper filesystem ext4 has no journal", "problem", "tune2fs" },
		{ "full", "upper filesystem ext4 is mounted without its journal", "problem",
		  "without norecovery" },
		{ "full", "upper filesystem ext4 is mounted with data_err=abort", "problem",
		  "without data_err=abort" },
		{ "full", "upper filesystem is of a type that is not proven to be safe", "problem",
		  "ext4 with a journal, xfs, btrfs, or f2fs of kernel 6.12" },
		{ "full", "f2fs of this kernel does not commit times of directories", "problem",
		  "boot kernel 6.12.112" },
		{ "full",
		  "openings not tracked because of max_suspects: the next sync is a full one",
		  "problem", "ovlctl tune max_suspects=NUMBER --device 0:7" },
		{ "learning", "attached while mounted: the first sync is a full one", "note",
		  "ovlctl sync --device 0:7" },
		{ "learning", "left unsynced by an earlier mount: the first sync is a full one", "note",
		  "ovlctl sync --device 0:7" },
		{ "learning", "upper filesystem not known until a regular file is opened for write",
		  "note", "write a file in it, then ovlctl sync --device 0:7" },
		{ "full", "something new", "problem", "dmesg" },
		{ "volatile", "mounted volatile", "note", NULL },
		{ "nosync", "upper filesystem is in memory", "ok", NULL },
	};
	struct rows rows;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		look_at_mount(state, cases[i].mode, cases[i].reason, &rows);
		assert_finding(&rows, cases[i].level, cases[i].reason, cases[i].advice);
		assert_int_equal(rows.n, 1);
		rows_free(&rows);
	}
}

static void counters_tell_of_trouble(void **state)
{
	struct rows rows;

	scratch_write(state, "suspects/overflow_total", "3\n");
	scratch_write(state, "suspects/nr_peak", "1000\n");
	scratch_write(state, "reaper/max_suspects", "1000\n");
	scratch_write(state, "sync/errors_total", "1\n");
	scratch_write(state, "umount_sync", "none\n");
	look_at_mount(state, "containerized", "x", &rows);
	assert_finding(&rows, "note", "3 opening(s) could not be tracked", "max_suspects=NUMBER");
	assert_finding(&rows, "problem", "1 sync(s) failed", "dmesg");
	assert_finding(&rows, "note", "umount writes nothing", "umount_sync=own");
	rows_free(&rows);
}

static void options_that_matter_are_named(void **state)
{
	struct target target = { .dev = makedev(0, 7), .name = "0:7" };
	static const char *const options[] = { "rw,volatile", "rw,fsync=volatile" };
	struct rows rows;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		target.options = options[i];
		rows_init(&rows, doctor_columns);
		doctor_look_at_mount(&rows, &target, -ENOENT);
		assert_finding(&rows, "note", "mounted volatile", "without volatile");
		assert_int_equal(rows.n, 2);
		rows_free(&rows);
	}
	target.options = "rw,upperdir=/volatile,fsync=auto,nfs_export=on";
	rows_init(&rows, doctor_columns);
	doctor_look_at_mount(&rows, &target, -ENOENT);
	assert_finding(&rows, "note", "nfs_export=on", "6.5");
	assert_int_equal(rows.n, 2);
	rows_free(&rows);
}

static void mount_that_is_not_attached(void **state)
{
	const struct target target = { .dev = makedev(0, 7), .name = "0:7" };
	struct rows rows;

	(void)state;
	rows_init(&rows, doctor_columns);
	doctor_look_at_mount(&rows, &target, -ENOENT);
	assert_finding(&rows, "problem", "not attached", "load the module");
	assert_string_equal(rows_get(&rows, 0)[DOCTOR_SUBJECT].string, "0:7");
	rows_free(&rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(host_with_all_in_place),
		SCRATCH_TEST(host_without_anything),
		SCRATCH_TEST(reasons_have_their_advice),
		SCRATCH_TEST(counters_tell_of_trouble),
		cmocka_unit_test(options_that_matter_are_named),
		cmocka_unit_test(mount_that_is_not_attached),
	};

	return cmocka_run_group_tests_name("doctor", tests, NULL, NULL);
}
