/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_set_timeouts() and unix_set_deadline(): limits of open guarded ports. */
#include "port.h"

#include <errno.h>

static int
check_limits(const struct unix_ports *ports, int are_valid)
{
	if (ports == NULL || (ports->in == NULL && ports->out == NULL))
		return up_fail(EBADF);
	if (!are_valid)
		return up_fail(EINVAL);
	return ports->socket == NULL ? up_fail(ENOTSUP) : 0;
}

UP_API UP_COLD int
unix_set_timeouts(struct unix_ports *ports, int read_timeout,
    int write_timeout)
{
	if (check_limits(ports, read_timeout >= -1 && write_timeout >= -1)
	    == -1)
		return -1;
	up_set_timeouts(ports->socket, read_timeout, write_timeout);
	return 0;
}

UP_API UP_COLD int
unix_set_deadline(struct unix_ports *ports, int ms)
{
	if (check_limits(ports, ms >= 0) == -1)
		return -1;
	up_set_deadline(ports->socket, up_timeout_deadline(ms));
	return 0;
}
