/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of unix_explain(). */
#ifndef UP_EXPLAIN_H
#define UP_EXPLAIN_H

#include "address/address.h"

/* strbuf.c */
struct up_text {
	char *bytes;
	size_t size;
	size_t length;		/* before truncation */
};

#ifdef __GNUC__
__attribute__((format(printf, 2, 3)))
#endif
void up_say(struct up_text *, const char *, ...);
void up_say_bytes(struct up_text *, const char *, size_t);

/* explain_path.c: errors of an address that is a path */
int up_explain_path(struct up_text *, const char *, int);

#endif
