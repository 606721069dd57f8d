/* SPDX-License-Identifier: BSD-2-Clause */
/* The works, from what moves much to what moves little. */
#include "measure.h"

#define MIB	((size_t)1 << 20)
#define MANY	((size_t)1 << 20)

/* As many as may wait for a TCP server that is late; see loopback.c. */
#define CLIENTS	4000

const struct work works[WORKS] = {
	{ "large", "64 KiB pieces", "MB/s", 1e6, large_pieces,
	    MIB, 1000 * MIB },
	{ "small", "1 KiB pieces", "MB/s", 1e6, small_pieces,
	    MIB, 1000 * MIB },
	{ "lines", "32-byte lines", "M lines/s", 1e6, lines,
	    MIB / LENGTH, 1000 * MIB / LENGTH },
	{ "trips", "round trips", "k trips/s", 1e3, trips, 160, MANY },
	{ "connections", "connections", "k conn./s", 1e3, connections,
	    100, CLIENTS },
};
