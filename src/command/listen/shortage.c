/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Errors that do not end a server: shortages, and errors of one client.  The
 * server tries again, and reports each kind once.
 */
#include "command.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>

#define RETRY_MS	100

static atomic_int has_shortage;	/* reported once */

int
is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM ||
	    error == ENOBUFS || error == EAGAIN;
}

/* A client could fill the log with the same error, so it is reported once. */
static void
report_client_error(int error)
{
	static atomic_int reported[256];
	char text[200];

	if (atomic_exchange(&reported[(unsigned)error % COUNT(reported)], 1))
		return;
	snprintf(text, sizeof(text), "%s; trying again", strerror(error));
	report("accept", text);
}

static void
report_shortage(int error)
{
	char text[200];

	snprintf(text, sizeof(text), "%s; clients wait", strerror(error));
	report("shortage", text);
}

/*
 * The errno of a shortage can change with each attempt, ten times a second, so
 * a shortage is reported once until a program can be started.  Returns 0 if a
 * filter of system calls rejects poll(2), since the caller would spin.
 */
int
report_and_wait(int error)
{
	if (!is_shortage(error))
		report_client_error(error);
	else if (atomic_exchange(&has_shortage, 1) == 0)
		report_shortage(error);
	return poll(NULL, 0, RETRY_MS) == 0;
}

void
end_shortage(void)
{
	atomic_store(&has_shortage, 0);
}
