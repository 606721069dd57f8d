/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses: their syntax, names of sockets, and probes of names. */
#ifndef UP_ADDRESS_H
#define UP_ADDRESS_H

#include "os/os.h"

#pragma GCC visibility push(hidden)

/* address.c: strings to addresses, and addresses to names */
enum up_form {
	UP_PATH,
	UP_ABSTRACT,
	UP_DESCRIPTOR,
	UP_SYSTEMD
};

struct up_address {
	enum up_form form;
	const char *text;	/* without prefix and NUL */
	size_t length;
	int number;		/* of the descriptor, or -1 */
};

UP_COLD int up_parse_number(const char *, size_t);
UP_COLD int up_parse_address(const char *, size_t, struct up_address *);
UP_COLD char *up_address_text(const struct up_address *);
UP_COLD char *up_join_path(const char *, const char *);
UP_COLD int up_make_abstract_name(const struct up_address *, struct up_name *);
UP_COLD int up_resolve(const struct up_address *, struct up_name *, int *);

/* sockaddr.c */
UP_COLD int up_make_name(const char *, size_t, struct up_name *);
UP_COLD int up_make_name_at(int, const char *, struct up_name *);

/* probe.c */
UP_COLD int up_probe(const struct up_name *);

/* activation.c: sockets that another program passed */
UP_COLD int up_find_passed(struct up_address *, int);

#pragma GCC visibility pop

#endif
