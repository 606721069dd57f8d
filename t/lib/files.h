/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptors that travel: sent, told apart, taken; see files.c. */
#ifndef FILES_H
#define FILES_H

#include "support.h"

#define MAX_FILES	252		/* that wait at a time */

/* The ways of open_connection(), and unix_open_ports() of two sockets. */
#define FILE_WAYS	(WAYS + 1)

void open_files(struct connection *c, int way,
    const struct unix_options *options);

/* Ports and, as what is returned, the bare socket of a stranger. */
int open_before_stranger(struct unix_ports *ports, unsigned flags);

/* A descriptor that is known by its NUMBER again, wherever it arrives. */
int make_file(int number);
void expect_number(int fd, int number);

/* COUNT descriptors from number FIRST on; they wait, they are here. */
void add_numbers(struct unix_ports *ports, int first, int count);
void take_numbers(struct unix_ports *ports, int first, int count);
void expect_none(struct unix_ports *ports);
void expect_dropped(struct unix_ports *ports);

int open_descriptors(void);	/* how many of all sorts */

/* Programs that are not ours. */
struct raw {
	int first, count;	/* numbered descriptors that go along */
	int credentials;	/* as do these */
	int flags;
};

void raw_send(int fd, const char *text, struct raw with);
int raw_try(int fd, const char *text, struct raw with);	/* 0, or an errno */

/* Whether this kernel can refuse descriptors for a socket. */
int kernel_refuses(void);

/* Whether FD's option lets them in; where there is none it does. */
int takes_files(int fd);

#endif
