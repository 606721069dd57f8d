/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors and results of every program. */
#include "peer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
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

void
show(double seconds)
{
	printf("%.9f\n", seconds);
}
