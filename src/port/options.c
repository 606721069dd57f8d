/* SPDX-License-Identifier: BSD-2-Clause */
/* Options: checks which of them a call uses, ignores or rejects. */
#include "port.h"
#include "os/cookie.h"

#include <errno.h>

#define KNOWN_FLAGS	(UNIX_GUARDED | UNIX_UNTIED | UNIX_FILES | \
	UNIX_SAME_USER | UNIX_WAIT | UNIX_KEEP | UNIX_NO_RECLAIM | \
	UNIX_INHERIT | UNIX_DATAGRAM | UNIX_UNLOCKED)

/* Members that a later release will use. */
static int
uses_reserved(const struct unix_options *options)
{
	size_t i;

	for (i = 0; i < COUNT(options->reserved); i++)
		if (options->reserved[i] != NULL)
			return 1;
	return 0;
}

static int
has_bad_port_options(const struct unix_options *options)
{
	if ((options->flags & UNIX_GUARDED) != 0)
		return options->read_timeout < -1 ||
		    options->write_timeout < -1;
	/* Plain ports use stdio, which has no timeouts and no descriptors. */
	return options->read_timeout != 0 || options->write_timeout != 0 ||
	    options->buffer_size != 0 || options->output_limit != 0 ||
	    (options->flags & (UNIX_UNTIED | UNIX_FILES | UNIX_UNLOCKED)) != 0;
}

/* UNIX_WAIT waits. */
static int
has_bad_connect_options(const struct unix_options *options)
{
	return options->connect_timeout <
	    ((options->flags & UNIX_WAIT) != 0 ? 0 : -1);
}

static int
has_bad_listen_options(const struct unix_options *options)
{
	return options->backlog < 0 || (options->mode & ~0777u) != 0 ||
	    options->group == (gid_t)-1 || options->owner == (uid_t)-1 ||
	    options->accept_timeout < -1 ||
	    ((options->flags & UNIX_DATAGRAM) != 0 &&
	    ((options->flags & (UNIX_SAME_USER | UNIX_GUARDED)) != 0 ||
	    options->sigpipe != UNIX_SIGPIPE_DEFAULT));
}

static int
copy_checked(const struct unix_options *given, enum up_call call,
    struct unix_options *options)
{
	if (given == NULL)
		*options = (struct unix_options){ .flags = 0 };
	else
		*options = *given;
	/* Calls that do not accept or connect ignore UNIX_SAME_USER. */
	if (call == UP_PORTS)
		options->flags &= ~UNIX_SAME_USER;
	if ((options->flags & ~KNOWN_FLAGS) != 0 || uses_reserved(options) ||
	    has_bad_port_options(options) ||
	    (call == UP_LISTEN && has_bad_listen_options(options)) ||
	    (call == UP_CONNECT && has_bad_connect_options(options)))
		return up_fail(EINVAL);
	return 0;
}

static int
check_support(const struct unix_options *options)
{
	if (!UP_HAS_COOKIES && (options->flags & UNIX_GUARDED) != 0)
		return up_fail(ENOTSUP);
	return up_sigpipe_check(options);
}

int
up_read_options(const struct unix_options *given, enum up_call call,
    struct unix_options *options)
{
	return copy_checked(given, call, options) == -1 ? -1 :
	    check_support(options);
}

/*
 * Rejects a mode, group or owner for an address without a file.  Abstract names
 * and inherited sockets have no permissions, so any user could connect although
 * the caller specified a mode.
 */
static int
check_file_options(const struct unix_options *options,
    const struct up_address *address)
{
	if (address->form != UP_PATH &&
	    (options->mode != 0 || options->group != 0 ||
	    options->owner != 0))
		return up_fail(EINVAL);
	return 0;
}

/*
 * EINVAL takes precedence over ENOTSUP, so that an invalid address has the same
 * error on every system.
 */
int
up_read_request(const char *text, const struct unix_options *given,
    enum up_call call, struct up_address *address,
    struct unix_options *options)
{
	if (copy_checked(given, call, options) == -1 ||
	    up_parse_address(text, options->address_length, address) == -1 ||
	    check_support(options) == -1)
		return -1;
	return call == UP_LISTEN ? check_file_options(options, address) : 0;
}
