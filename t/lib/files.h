/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptors that are sent, received and identified; see files.c. */
#ifndef FILES_H
#define FILES_H

#include "support.h"

#define MAX_FILES	252		/* maximum in the queue */

/* The ways of open_connection(), and unix_open_ports() of two sockets. */
#define FILE_WAYS	(WAYS + 1)

void open_files(struct connection *c, int way,
    const struct unix_options *options);

/* Opens ports and returns the bare socket of another program. */
int open_before_stranger(struct unix_ports *ports, unsigned flags);

/* A descriptor that a receiver can identify by NUMBER. */
int make_file(int number);
void expect_number(int fd, int number);

/* COUNT descriptors from number FIRST: send them, expect them. */
void add_numbers(struct unix_ports *ports, int first, int count);
void take_numbers(struct unix_ports *ports, int first, int count);
void expect_none(struct unix_ports *ports);
void expect_dropped(struct unix_ports *ports);

int open_descriptors(void);	/* number of all types */

/* Programs that do not use the library. */
struct raw {
	int first, count;	/* numbered descriptors sent with the byte */
	int credentials;	/* sent as well */
	int flags;
};

void raw_send(int fd, const char *text, struct raw with);
int raw_try(int fd, const char *text, struct raw with);	/* 0, or an errno */

/* Whether this kernel can refuse descriptors for a socket. */
int kernel_refuses(void);

/* Whether FD accepts descriptors; without the option it does. */
int takes_files(int fd);

#endif
