/* SPDX-License-Identifier: BSD-2-Clause */
/* Classes of errors, and the result of a call. */
#include "os.h"

/*
 * Returns -1 with the first ERROR of a call in errno.  If ERROR is 0, returns 0
 * and restores the caller's errno, SAVED, which a successful call must not
 * change.
 */
int
up_result(int error, int saved)
{
	errno = error != 0 ? error : saved;
	return error != 0 ? -1 : 0;
}

/*
 * Shortages end when any process closes descriptors or frees memory, so callers
 * repeat a call that failed with one of these errors.
 */
int
up_is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM ||
	    error == ENOBUFS;
}
