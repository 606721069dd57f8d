/* SPDX-License-Identifier: BSD-2-Clause */
/* The clock of deadlines and rates, which no change of the date affects. */
#include "command.h"

#include <time.h>

long long
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}
