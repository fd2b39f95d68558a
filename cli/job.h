/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A call that may hang, made in a process of its own: a task that waits for a disk takes no signal,
 * so that nothing else lets the user leave.
 */
#ifndef JOB_H
#define JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct job - what to do, and how to wait for it
 * @run: what the process does; it has no standard input, output and error
 * @data: for @run
 * @result: what @run leaves for the caller; it belongs to both processes
 * @size: bytes at @result
 * @timeout_ns: how long to wait; 0: for ever
 * @tick: called some times a second meanwhile; or NULL
 * @tick_data: for @tick
 */
struct job {
	void (*run)(void *data, void *result);
	void *data;
	void *result;
	size_t size;
	uint64_t timeout_ns;
	void (*tick)(void *data, uint64_t elapsed_ns);
	void *tick_data;
};

uint64_t now_ns(void);
bool signal_is_ignored(int signal);
int job_run(const struct job *job, int *signal);

#endif /* JOB_H */
