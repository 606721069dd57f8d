/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses: their syntax, names of sockets, and probes of names. */
#ifndef UP_ADDRESS_H
#define UP_ADDRESS_H

#include "os/os.h"

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

int up_parse_address(const char *, size_t, struct up_address *);
char *up_address_text(const struct up_address *);
char *up_join_path(const char *, const char *);
int up_make_abstract_name(const struct up_address *, struct up_name *);
int up_resolve(const struct up_address *, struct up_name *, int *);

/* sockaddr.c */
int up_make_name(const char *, size_t, struct up_name *);
int up_make_name_at(int, const char *, struct up_name *);

/* probe.c */
int up_probe(const struct up_name *);

/* activation.c: sockets that another program passed */
int up_find_passed(struct up_address *, int);

#endif
