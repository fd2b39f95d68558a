/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOSEOUT_H
#define CLOSEOUT_H

void close_stdout_atexit(void);

#endif /* CLOSEOUT_H */
