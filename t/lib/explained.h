/* SPDX-License-Identifier: BSD-2-Clause */
/* Expectations of unix_explain(); see explained.c. */
#ifndef EXPLAINED_H
#define EXPLAINED_H

#include "support.h"

/* The part that lists options. */
#define NOT_VALID	"an argument is not valid, or another process has " \
	"shut the listener down; read_timeout, write_timeout, buffer_size, " \
	"output_limit, UNIX_FILES, UNIX_UNTIED and UNIX_UNLOCKED " \
	"require UNIX_GUARDED, " \
	"timeouts are at least -1, backlog is not negative, mode is at most " \
	"0777, UNIX_WAIT excludes a connect_timeout of -1, and " \
	"UNIX_DATAGRAM excludes UNIX_GUARDED, UNIX_SAME_USER and sigpipe"

/* The text for ERROR is exactly this line; errno is unchanged. */
void expect_text(const char *address, int error, const char *expected);

/* unix_listen() or unix_connect() fails with ERROR, which this explains. */
void expect_listen(const char *address, int error, const char *expected);
void expect_connect(const char *address, int error, const char *expected);

#endif
