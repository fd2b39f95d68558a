/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Allocation for a program that has nothing better to do without memory than to say so and leave.
 */
#ifndef XALLOC_H
#define XALLOC_H

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ovlctl.h"

static inline void *xreallocarray(void *old, size_t n, size_t size)
{
	void *p = reallocarray(old, n, size);

	if (!p)
		err(STATUS_FAILED, "cannot allocate %zu items of %zu bytes", n, size);
	return p;
}

static inline char *xstrdup(const char *text)
{
	char *p = strdup(text);

	if (!p)
		err(STATUS_FAILED, "cannot allocate a string");
	return p;
}

static inline __attribute__((format(printf, 1, 2))) char *xasprintf(const char *format, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	if (len < 0)
		err(STATUS_FAILED, "cannot allocate a string");
	return text;
}

#endif /* XALLOC_H */
