/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors of addresses without a file: abstract names and passed sockets. */
#include "explain.h"

#include <errno.h>
#include <stdlib.h>

static int
explain_abstract(struct up_text *text, int error)
{
	switch (error) {
	case EADDRINUSE:
		up_say(text, "a server is bound to this name; stop it or "
		    "choose another name");
		return 1;
	case ECONNREFUSED:
		up_say(text, "no server is bound to this name in this network "
		    "namespace; is it running?");
		return 1;
	case EACCES:
		up_say(text, "not permitted: the server belongs to another "
		    "user and UNIX_SAME_USER rejects it, or a security module "
		    "denies the call; ask the administrator");
		return 1;
	case EPERM:
		up_say(text, "not permitted: the receiver is connected to "
		    "another sender, or a security module, such as Landlock, "
		    "denies this name; use a path");
		return 1;
	default:
		return 0;
	}
}

/* ENOENT: the descriptor that ADDRESS specifies was not passed. */
static void
say_not_passed(struct up_text *text, const struct up_address *address)
{
	struct up_address any = { .form = UP_SYSTEMD, .number = -1 };

	if (address->length > 0 &&
	    (up_find_passed(&any, SOCK_STREAM) == 0 || errno != ENOENT))
		up_say(text, "the service manager passed sockets, but none of "
		    "this name; specify FileDescriptorName= in the socket "
		    "unit");
	else if (getenv("LISTEN_FDS") != NULL && getenv("LISTEN_PID") != NULL)
		up_say(text, "LISTEN_PID and LISTEN_FDS pass no socket to this "
		    "process; start the program without a shell between");
	else
		up_say(text, "the service manager passed no such socket; start "
		    "the program through its socket unit");
}

static const char *
type_name(int type)
{
	return type == SOCK_STREAM ? "stream" : type == SOCK_DGRAM ?
	    "datagram" : type == SOCK_SEQPACKET ? "SEQPACKET" : "other";
}

/*
 * Explains EINVAL.  A listening socket is invalid for unix_connect(), and any
 * other for unix_listen().  Returns 0 if an option can also be the cause; the
 * caller then appends the rules of the options.
 */
static int
say_unfit(struct up_text *text, const struct up_address *address)
{
	int fd = address->number, is_unit = address->form == UP_SYSTEMD;
	int type = up_socket_option(fd, SO_TYPE);

	if (is_unit)
		up_say(text, "only unix_listen() supports systemd:, or ");
	if (type == -1)
		return 0;
	if (up_family(fd) != AF_UNIX)
		up_say(text, is_unit ? "the service manager passed a socket of "
		    "another family, such as TCP; specify a path in "
		    "ListenStream=" : "the socket is of another family, such "
		    "as TCP; specify a Unix domain socket");
	else if (is_unit && type == SOCK_STREAM && up_is_listening(fd) == 0)
		up_say(text, "the service manager passed a connection, or a "
		    "socket that does not listen; specify Accept=no in the "
		    "socket unit");
	else {
		up_say(text, type == SOCK_DGRAM ? (up_is_bound(fd) == 1 ? "" :
		    "unix_listen() requires a bound socket, or ") :
		    up_is_listening(fd) == 0 ?
		    "unix_listen() requires a listening socket, or " :
		    is_unit ? "" :
		    "unix_connect() requires a connected socket, or ");
		return 0;
	}
	return 1;
}

static int
explain_passed(struct up_text *text, struct up_address *address, int error)
{
	if (address->form == UP_SYSTEMD)
		(void)up_find_passed(address, SOCK_STREAM);
	switch (error) {
	case ENOENT:
		say_not_passed(text, address);
		return 1;
	case EBADF:
		up_say(text, "the descriptor is not open; specify an open "
		    "socket");
		return 1;
	case ENOTSOCK:
		up_say(text, "the descriptor is not a socket; specify an open "
		    "socket");
		return 1;
	case ENOTCONN:
		up_say(text, "the socket is not connected; connect it, or "
		    "specify another one");
		return 1;
	case ECONNREFUSED:
	case ECONNRESET:
		up_say(text, "the receiver of this socket has ended; connect "
		    "another socket");
		return 1;
	case EPROTOTYPE:
		up_say(text, "the socket is of another type (%s); pass one of "
		    "the right type",
		    type_name(up_socket_option(address->number, SO_TYPE)));
		return 1;
	case EINVAL:
		return say_unfit(text, address);
	default:
		return 0;
	}
}

int
up_explain_nameless(struct up_text *text, const struct up_address *address,
    int error)
{
	struct up_address passed = *address;

	if (error == ETIMEDOUT) {
		up_say(text, "no answer or client before the timeout; is "
		    "the server running, or is it busy?");
		return 1;
	}
	return address->form == UP_ABSTRACT ? explain_abstract(text, error) :
	    explain_passed(text, &passed, error);
}
