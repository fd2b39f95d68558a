/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FORMAT_H
#define FORMAT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Room for any text that the functions below write, its NUL included. */
#define FORMAT_SIZE 48

int device_parse(const char *text, dev_t *dev);
const char *device_format(dev_t dev, char *buf);
const char *size_format(uint64_t bytes, char *buf);
const char *duration_format(uint64_t ns, char *buf);
int seconds_parse(const char *text, uint64_t *ns);
char *utf8_valid(const char *text);
char *printable(const char *text);

#endif /* FORMAT_H */
