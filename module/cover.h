/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OVLSYNC_COVER_H
#define OVLSYNC_COVER_H

void __sanitizer_cov_trace_pc(void);

#endif
