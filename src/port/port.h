/* SPDX-License-Identifier: BSD-2-Clause */
/* Ports of both kinds: options, opening, closing, and peers. */
#ifndef UP_PORT_H
#define UP_PORT_H

#include "address/address.h"
#include "guarded/guarded.h"

#pragma GCC visibility push(hidden)

/* options.c */
enum up_call {
	UP_LISTEN,
	UP_CONNECT,
	UP_PORTS		/* pair, open_ports and spawn */
};

UP_COLD int up_read_options(const struct unix_options *, enum up_call,
    struct unix_options *);
UP_COLD int up_read_request(const char *, const struct unix_options *,
    enum up_call, struct up_address *, struct unix_options *);

/* plain.c: ports made by fdopen(3) and dup(2) */
UP_COLD int up_plain_open(int, struct unix_ports *);
UP_COLD int up_plain_move(struct unix_ports *, int);

/* ports.c: opening */
UP_COLD int up_make_ports(int, const struct unix_options *,
    struct unix_ports *);
UP_COLD int up_open_ports(int, const struct unix_options *,
    struct unix_ports *);
UP_COLD int up_adopt_ports(int, const struct unix_options *,
    struct unix_ports *);
int up_fileno(const struct unix_ports *);

/* close.c */
UP_COLD int up_abandon_ports(struct unix_ports *);
UP_COLD int up_close_ports(struct unix_ports *);
UP_COLD void up_refuse_ports(struct unix_ports *);

/* peer_user.c */
UP_COLD int up_peer(int, struct unix_peer *);
UP_COLD int up_check_peer_user(int);

#pragma GCC visibility pop

#endif
