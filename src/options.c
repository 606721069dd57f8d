/* SPDX-License-Identifier: BSD-2-Clause */
/* The options: what each call takes, ignores and refuses. */
#include "internal.h"

#include <errno.h>

#define KNOWN	(UNIX_GUARDED | UNIX_UNTIED | UNIX_FILES | UNIX_SAME_USER | \
		UNIX_WAIT | UNIX_KEEP | UNIX_NO_RECLAIM | UNIX_INHERIT | \
		UNIX_DATAGRAM)

/* What a call would use, and this release does not serve. */
static const unsigned unserved[] = {
	[UP_LISTEN] = UNIX_GUARDED | UNIX_UNTIED | UNIX_FILES,
	[UP_CONNECT] = UNIX_GUARDED | UNIX_UNTIED | UNIX_FILES,
	[UP_PORTS] = UNIX_GUARDED | UNIX_UNTIED | UNIX_FILES
};

static int
reserved_used(const struct unix_options *options)
{
	size_t i;

	for (i = 0; i < sizeof(options->reserved) / sizeof(void *); i++)
		if (options->reserved[i] != NULL)
			return 1;
	return 0;
}

/* Plain ports have stdio's own buffers and no timeouts. */
static int
ports_bad(const struct unix_options *options)
{
	return options->read_timeout != 0 || options->write_timeout != 0 ||
	    options->buffer_size != 0;
}

static int
listen_bad(const struct unix_options *options)
{
	return options->backlog < 0 || (options->mode & ~0777u) != 0 ||
	    options->accept_timeout < -1 ||
	    ((options->flags & UNIX_DATAGRAM) != 0 &&
	    ((options->flags & UNIX_SAME_USER) != 0 ||
	    options->sigpipe != UNIX_SIGPIPE_DEFAULT));
}

int
up_options(const struct unix_options *given, enum up_call call,
    struct unix_options *options)
{
	static const struct unix_options defaults;

	*options = given == NULL ? defaults : *given;
	if ((options->flags & ~KNOWN) != 0 ||
	    (options->flags & unserved[call]) != 0 ||
	    reserved_used(options) || ports_bad(options) ||
	    (call == UP_LISTEN && listen_bad(options)) ||
	    (call == UP_CONNECT && options->connect_timeout < 0)) {
		errno = EINVAL;
		return -1;
	}
	return up_sigpipe_check(options->sigpipe);
}

/* Only a path has a file that could have them. */
int
up_check_file_options(const struct unix_options *options,
    const struct up_address *address)
{
	if (address->form != UP_PATH &&
	    (options->mode != 0 || options->group != 0)) {
		errno = EINVAL;
		return -1;
	}
	return 0;
}
