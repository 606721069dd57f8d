/* SPDX-License-Identifier: BSD-2-Clause */
/* Expectations of unix_explain(); see explained.c. */
#ifndef EXPLAINED_H
#define EXPLAINED_H

#include "support.h"

/* The part that lists options. */
#define NOT_VALID	"an argument is not valid, or another process has " \
	"shut the listener down; read_timeout, write_timeout, buffer_size, " \
	"UNIX_FILES and UNIX_UNTIED require UNIX_GUARDED, timeouts and " \
	"backlog are not negative (accept_timeout may be -1), output_limit " \
	"is 0, mode is at most 0777, and UNIX_DATAGRAM excludes " \
	"UNIX_GUARDED, UNIX_SAME_USER and sigpipe"

/* The text for ERROR is exactly this line; errno is unchanged. */
void expect_text(const char *address, int error, const char *expected);

/* unix_listen() or unix_connect() fails with ERROR, which this explains. */
void expect_listen(const char *address, int error, const char *expected);
void expect_connect(const char *address, int error, const char *expected);

#endif
