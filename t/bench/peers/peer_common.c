/* SPDX-License-Identifier: BSD-2-Clause */
/* What every program needs: errors and a clock. */
#include "peer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void
die(const char *what)
{
	if (errno == 0)
		fprintf(stderr, "peers: %s\n", what);
	else
		fprintf(stderr, "peers: %s: %s\n", what, strerror(errno));
	_exit(1);
}

void
need(int condition, const char *what)
{
	if (!condition)
		die(what);
}

double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void
show(double seconds)
{
	printf("%.9f\n", seconds);
}
