/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection whose timeouts and deadlines a test sets. */
#ifndef TIMED_H
#define TIMED_H

#include "traffic.h"

#define LONG_MS		600000
#define SHORT_MS	60
#define PASSED_MS	1

extern struct connection ends;
extern struct unix_buffer line;
extern long long start;		/* when the connection was opened, or later */

void open_with(int way, int read_timeout, int write_timeout);
void close_all(void);

/* The deadline of the client has passed. */
void let_pass(void);

/* Time since `start' fails a test only far beyond the limit. */
void took_about(int ms);

#endif
