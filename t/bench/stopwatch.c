/* SPDX-License-Identifier: BSD-2-Clause */
/* The clock of all measurements. */
#include "measure.h"

#include <time.h>

double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* AMOUNT a second; a coarse clock may not have moved. */
double
rate_since(double start, size_t amount)
{
	double taken = seconds() - start;

	return (double)amount / (taken > 1e-9 ? taken : 1e-9);
}
