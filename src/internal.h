/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the rooms of the library share.  Exported functions are doors: the
 * library calls up_* names only, so that a program's own unix_connect()
 * is never called in place of ours.  An up_* function may disturb errno
 * when it succeeds; the doors give the caller's value back.
 */
#ifndef UP_INTERNAL_H
#define UP_INTERNAL_H

#include "config.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <poll.h>

#include "unixport.h"

#ifdef __GNUC__
#define UP_API	__attribute__((visibility("default")))
#else
#define UP_API
#endif

/* options.c: what each call takes */
enum up_call {
	UP_LISTEN,
	UP_CONNECT,
	UP_PORTS		/* pair and open_ports */
};

int up_options(const struct unix_options *, enum up_call,
    struct unix_options *);

/* address.c: a string becomes a socket's name */
struct up_name {
	struct sockaddr_un address;
	socklen_t length;
};

int up_name(const char *, size_t, struct up_name *);

/* socket.c: descriptors born close-on-exec */
int up_socket(void);
int up_socketpair(int [2]);
int up_accept(int);
int up_dup(int);
int up_dup_onto(int, int);
int up_pipe(int [2]);
int up_set_blocking(int, int);
int up_set_inherit(int, int);
void up_close(int);

/* clock.c: waiting until a deadline */
#define UP_NEVER	(-1LL)

long long up_deadline(int);
long long up_limit(int);
int up_left(long long);
int up_poll(struct pollfd *, nfds_t, long long);

/* sigpipe.c: the policies */
int up_sigpipe_check(enum unix_sigpipe);
int up_sigpipe_spared(int);
int up_sigpipe_spare(int, int);
int up_sigpipe_socket(int, enum unix_sigpipe);
void up_sigpipe_process(enum unix_sigpipe);

/* peek.c: what waits in a stream */
int up_peek(FILE *);

/* plain.c: ports by fdopen(3) and dup */
int up_plain_open(int, struct unix_ports *);
int up_plain_move(struct unix_ports *, int);
int up_plain_flush(FILE *);
void up_plain_purge(FILE *);

/* ports.c and close.c */
int up_open_ports(int, const struct unix_options *, struct unix_ports *);
int up_abandon_ports(struct unix_ports *);

/* claim.c: the file of a listener */
struct up_claim {
	char *path;
	int directory;		/* where its last component stands */
	dev_t device;
	ino_t inode;
	pid_t owner;		/* who made the file and may remove it, or 0 */
};

int up_claim(struct up_claim *, int, const struct up_name *);
int up_release(struct up_claim *);

/* listener.c and accept.c */
struct unix_listener {
	int fd;
	int wake[2];		/* readable once interrupted, never read */
	struct up_claim claim;
	struct unix_options options;
};

#endif
