/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ovlctl top: samples of all overlays, and the screen that they are shown on.
 */
#ifndef TOP_H
#define TOP_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "output_args.h"
#include "session.h"

/**
 * struct top - one run of the subcommand
 * @targets: --mount, --device, --all
 * @output: which columns, and by which to sort
 * @reversed: smallest first
 * @batch: --batch
 * @delay_ns: --delay
 * @iterations: --iterations; 0: until the user quits
 * @session: what is open
 * @before: the sample before, as counters
 * @before_ns: when it was taken
 * @rows: what to show
 * @status: the worst that happened
 * @message: what went wrong at the last look, for the screen; or NULL
 */
struct top {
	struct target_args targets;
	struct output_args output;
	bool reversed;
	bool batch;
	uint64_t delay_ns;
	uint64_t iterations;
	struct session session;
	struct rows before;
	uint64_t before_ns;
	struct rows rows;
	enum ovlctl_status status;
	char *message;
};

extern volatile sig_atomic_t top_stopped;

void top_rates(const struct rows *before, const struct rows *now, uint64_t elapsed_ns,
	       struct rows *rates);
void top_sort(struct rows *rows, const struct column *column, bool reversed);
enum ovlctl_status top_sample(struct top *top);
char *top_summary(const struct rows *rows);
enum ovlctl_status top_screen(struct top *top);

#endif /* TOP_H */
