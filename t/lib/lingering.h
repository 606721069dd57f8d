/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP sockets whose last close(2) waits, and that are passed; lingering.c. */
#ifndef LINGERING_H
#define LINGERING_H

#include "support.h"

/*
 * A socket with unsent bytes: its last close(2) takes a minute.  The other end
 * of the connection stays open until close_far_ends().
 */
int make_lingering(void);
void close_far_ends(void);

/* Whether close(2) of SOCKET would still wait. */
int is_lingering(int socket);

/* Close a lingering socket that the test has kept, without a wait. */
void close_lingering(int socket);

/*
 * Sends TEXT and COUNT descriptors with FLAGS over FD.  Returns 0 or an errno.
 */
int try_pass(int fd, const char *text, int flags, const int *files, int count);
void pass(int fd, const char *text, int flags, int file);

/* Pass lingering sockets, of which this process keeps no copy. */
void pass_lingering(int fd, int count);

/* Returns a socket with FILE in its queue, nested in DEPTH queues. */
int nest(int file, int depth);

/* ACTION must take less than a sixth of the minute of a lingering close(2). */
#define takes_no_minute(action) do { \
	long long start_ms = milliseconds(); \
	action; \
	ck_assert_int_lt(milliseconds() - start_ms, 10000); \
} while (0)

/*
 * Ports that receive descriptors from the bare socket that is returned.  In
 * the second mode only the program has set SO_PASSRIGHTS.
 */
extern const unsigned receiver_modes[2];	/* flags of the ports */
int open_receiver(struct unix_ports *ports, int mode);
void close_sender(int sender);

/* Sets SO_PASSRIGHTS, without which this kernel refuses descriptors. */
void let_files_in(int fd);

#endif
