/* SPDX-License-Identifier: BSD-2-Clause */
/* Classes of errors, and the result of a call. */
#include "os.h"

/* The result of a call whose first error was ERROR, or 0 for none. */
int
up_result(int error, int saved)
{
	errno = error != 0 ? error : saved;
	return error != 0 ? -1 : 0;
}

int
up_would_block(int error)
{
#if EWOULDBLOCK != EAGAIN
	if (error == EWOULDBLOCK)
		return 1;
#endif
	return error == EAGAIN;
}

/* Errors that last until a descriptor is closed or memory is freed. */
int
up_is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM ||
	    error == ENOBUFS;
}
