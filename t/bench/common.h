/* SPDX-License-Identifier: BSD-2-Clause */
/* The line and the clock of all measurements, also those of other libraries. */
#ifndef COMMON_H
#define COMMON_H

#include <time.h>

#define LINE		"0123456789012345678901234567890\n"
#define LINE_BYTES	(sizeof(LINE) - 1)

static inline double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

#endif
