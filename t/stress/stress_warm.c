/* SPDX-License-Identifier: BSD-2-Clause */
/* Allocates the memory that libc and the library keep, before it is counted. */
#include "stress.h"

#include <sys/socket.h>

#define BUFFER_BYTES	(192 * 1024)	/* of a stream, by default */
#define PAIRS	10		/* more than the library keeps */
#define THREADS	16		/* more than any scenario has */

/* Touches each page of the output buffer of FROM and the input buffer of TO. */
static void
fill(struct unix_ports *from, struct unix_ports *to)
{
	static const char bytes[BUFFER_BYTES];
	const int size = 2 * BUFFER_BYTES;

	setsockopt(unix_fileno(from), SOL_SOCKET, SO_SNDBUF, &size,
	    sizeof(size));
	fwrite(bytes, 1, sizeof(bytes), from->out);
	fflush(from->out);
	need(getc(to->in) == bytes[0]);
}

static void
warm_buffers(void)
{
	const struct unix_options options = { .flags = UNIX_GUARDED,
	    .write_timeout = 1000 };
	struct unix_ports pairs[PAIRS][2];
	size_t i;

	for (i = 0; i < COUNT(pairs); i++) {
		need(unix_pair(&options, pairs[i]) == 0);
		fill(&pairs[i][0], &pairs[i][1]);
		fill(&pairs[i][1], &pairs[i][0]);
	}
	for (i = 0; i < COUNT(pairs); i++) {
		need(unix_abandon_ports(&pairs[i][0]) == 0);
		need(unix_abandon_ports(&pairs[i][1]) == 0);
	}
}

void
warm_up(void)
{
	warm_buffers();
	warm_threads(THREADS);
}
