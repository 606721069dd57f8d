/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Errors with one sentence, whatever is at the address: options, limits of the
 * process and of the system, and the state of a listener.
 */
#include "explain.h"

#include <errno.h>

/* The invalid argument is not known, so the rules of all are listed. */
static void
say_invalid(struct up_text *text, const struct up_address *address)
{
	up_say(text,
	    "an argument is not valid, or another process has shut the "
	    "listener down; read_timeout, write_timeout, buffer_size, "
	    "output_limit, UNIX_FILES, UNIX_UNTIED and UNIX_UNLOCKED "
	    "require UNIX_GUARDED, "
	    "timeouts are at least -1, backlog is not negative, mode is at "
	    "most 0777, UNIX_WAIT excludes a connect_timeout of -1, and "
	    "UNIX_DATAGRAM excludes UNIX_GUARDED, UNIX_SAME_USER and sigpipe");
	if (address->form != UP_PATH)
		up_say(text, "; mode, group and owner require a path");
}

/* Returns NULL if no sentence explains ERROR. */
static const char *
sentence_of(int error)
{
	switch (error) {
	case EAGAIN:
		return "the queue of the receiver is full; send the datagram "
		    "again later";
	case EBADF:
		return "the descriptor of the socket is not open; open it, and "
		    "leave closing it to the library";
	case ECANCELED:
		return "the listener was interrupted; close it";
	case EDQUOT:
		return "the quota of this user is exhausted; remove files or "
		    "choose another path";
	case ELOOP:
		return "too many symbolic links; is the path right?";
	case EMFILE:
		return "this process has no free descriptor; close some, or "
		    "raise the limit of open files";
	case EMSGSIZE:
		return "the datagram is too long; send a shorter one";
	case ENFILE:
		return "the system has no free file; close some, or raise its "
		    "limit";
	case ENOBUFS:
		return "no memory is left, or output exceeds output_limit; try "
		    "again later, or raise the limit";
	case ENOMEM:
		return "no memory is left; free some, or try again later";
	case ENOSPC:
		return "no space is left for a file; remove files or choose "
		    "another path";
	case ENOTDIR:
		return "a component of the path is not a directory; is the "
		    "path right?";
	case EPIPE:
		return "the receiver has ended its input; send no more";
	case EROFS:
		return "the file system is read-only; choose another path";
	default:
		return NULL;
	}
}

int
up_explain_options(struct up_text *text, const struct up_address *address,
    int error)
{
	const char *sentence;

	if (error == EINVAL) {
		say_invalid(text, address);
		return 1;
	}
	if (error == ENOTSUP || error == EOPNOTSUPP) {
		up_say(text, "not supported; UNIX_SIGPIPE_ERROR requires "
		    "UNIX_GUARDED, UNIX_SAME_USER a Unix domain socket, and "
		    "unix_accept() a listener without UNIX_DATAGRAM");
		if (address->form == UP_PATH)
			up_say(text, "; or the file system or user namespace "
			    "has not set the mode, owner or group as "
			    "specified");
		return 1;
	}
	sentence = sentence_of(error);
	if (sentence == NULL)
		return 0;
	up_say(text, "%s", sentence);
	return 1;
}
