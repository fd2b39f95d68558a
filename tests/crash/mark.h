/* SPDX-License-Identifier: GPL-2.0 */
/* The moments from which on everything has to be durable. */
#ifndef CRASH_MARK_H
#define CRASH_MARK_H

#include "world.h"

/* How the workload asks for durability. */
enum mark_how { BY_SYNCFS, BY_IOCTL, BY_UMOUNT };

struct mark_options {
	const char *states;  /* directory for the states */
	const char *log;     /* device of log-writes for the marks */
	const char *flush;   /* device whose fsync empties the disk's cache and does nothing else */
	const char *remount; /* options to mount the overlay with again, or no mark is by umount */
	int ioctl;	     /* there is a module that knows it */
};

/* @dir becomes the current directory.  All of them end the program on errors. */
void mark_begin(const struct mark_options *options, const char *dir);

/* syncfs and nothing else. */
void mark_sync(void);

/* Makes all durable, puts @name into the log, records the state and prints the mark. */
void mark(struct world *w, const char *name, enum mark_how how);

#endif
