/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses: strings, names of sockets, and what is behind a name. */
#ifndef UP_ADDRESS_H
#define UP_ADDRESS_H

#include "os/os.h"

/* address.c: a string becomes an address, and an address a name */
enum up_form {
	UP_PATH,
	UP_ABSTRACT,
	UP_DESCRIPTOR,
	UP_SYSTEMD
};

struct up_address {
	enum up_form form;
	const char *text;	/* behind the marks; not ended by a NUL */
	size_t length;
	int number;		/* of a descriptor */
};

int up_parse(const char *, size_t, struct up_address *);
char *up_copy(const struct up_address *);
char *up_join(const char *, const char *);
int up_abstract_name(const struct up_address *, struct up_name *);
int up_reach(const struct up_address *, struct up_name *, int *);

/* sockaddr.c */
int up_name(const char *, size_t, struct up_name *);
int up_name_at(int, const char *, struct up_name *);

/* probe.c */
int up_probe(const struct up_name *);

/* activation.c: sockets that were handed to us */
int up_find_given(struct up_address *, int);

#endif
