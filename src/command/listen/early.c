/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Programs that are reaped before the table has their process ID.  The caller
 * holds the lock of the table.
 */
#include "command.h"

/* The number exceeds that of the threads that start programs. */
static struct early_end {
	pid_t pid;
	int status;
} ends[16];
static unsigned count;

void
note_early_end(pid_t pid, int status)
{
	ends[count++ % COUNT(ends)] = (struct early_end){ .pid = pid,
	    .status = status };
}

/*
 * Returns the status of PID, or -1 if it is unknown.  The last entry is the
 * first to be examined: process IDs are used again.
 */
int
early_status(pid_t pid)
{
	unsigned i;

	for (i = 1; i <= count && i <= COUNT(ends); i++)
		if (ends[(count - i) % COUNT(ends)].pid == pid)
			return ends[(count - i) % COUNT(ends)].status;
	return -1;
}
