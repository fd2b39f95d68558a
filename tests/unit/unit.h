/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every unit test includes: cmocka with what it needs before it, and a directory of its own.
 */
#ifndef UNIT_H
#define UNIT_H

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

/* cmocka setup: an empty directory, whose path is *@state. */
static inline int scratch_setup(void **state)
{
	char template[] = "/tmp/ovlctl-unit.XXXXXX";

	*state = mkdtemp(template) ? strdup(template) : NULL;
	return *state ? 0 : -1;
}

/* cmocka teardown: removes the directory and all that a test made in it. */
static inline int scratch_teardown(void **state)
{
	char command[PATH_MAX];

	snprintf(command, sizeof(command), "rm -rf '%s'", (char *)*state);
	free(*state);
	return system(command);
}

/* Writes a file below the directory, making the directories that it is in. */
static inline void scratch_write(void **state, const char *name, const char *text)
{
	size_t top = strlen(*state) + 1;
	FILE *file;
	char *path, *p;

	assert_true(asprintf(&path, "%s/%s", (char *)*state, name) > 0);
	for (p = path + top; (p = strchr(p, '/')); *p++ = '/') {
		*p = '\0';
		mkdir(path, 0755);
	}
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	free(path);
}

#define SCRATCH_TEST(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

#endif /* UNIT_H */
