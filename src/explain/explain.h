/* SPDX-License-Identifier: BSD-2-Clause */
/* The sentences of unix_explain(): each states the problem, then the remedy. */
#ifndef UP_EXPLAIN_H
#define UP_EXPLAIN_H

#include "address/address.h"

#pragma GCC visibility push(hidden)

struct stat;

/* strbuf.c */
struct up_text {
	char *bytes;
	size_t size;
	size_t length;		/* before truncation */
};

#ifdef __GNUC__
__attribute__((format(printf, 2, 3)))
#endif
UP_COLD void up_say(struct up_text *, const char *, ...);
UP_COLD void up_say_bytes(struct up_text *, const char *, size_t);

/* If a function below does not explain the error, it returns 0. */

/* explain_address.c: addresses that are malformed, too long or unsupported */
UP_COLD int up_explain_address(struct up_text *, const char *, int);

/* explain_options.c: options and limits, whatever is at the address */
UP_COLD int up_explain_options(struct up_text *, const struct up_address *,
    int);

/* explain_nameless.c: abstract names and passed sockets */
UP_COLD int up_explain_nameless(struct up_text *, const struct up_address *,
    int);

/* explain_file.c: the file at a path */
UP_COLD const char *up_file_kind(mode_t);
UP_COLD int up_probe_file_at(const char *);
UP_COLD int up_may_be_elsewhere(const char *);
UP_COLD void up_say_owner(struct up_text *, const struct stat *);
UP_COLD void up_say_directory(struct up_text *, const char *);

/* explain_permission.c: EACCES and EPERM of a path */
UP_COLD void up_say_forbidden(struct up_text *, const char *, const char *,
    int);

/* explain_path.c: paths, by examination of the file system */
UP_COLD int up_explain_path(struct up_text *, const char *, int);

#pragma GCC visibility pop

#endif
