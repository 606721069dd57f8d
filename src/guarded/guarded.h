/* SPDX-License-Identifier: BSD-2-Clause */
/* Guarded ports: the socket that both streams share, and its bytes. */
#ifndef UP_GUARDED_H
#define UP_GUARDED_H

#include "os/os.h"

#include <errno.h>

/* passrights.c: descriptors that are refused */
int up_refuse_files(int, const struct unix_options *);

/* buffers.c: memory for both streams */
#define UP_BUFFER_SIZE	((size_t)192 * 1024)	/* measured: make bench */

size_t up_stride(size_t);
char *up_take_buffers(size_t);
void up_return_buffers(char *, size_t);

/* fdqueue.c: descriptors that wait */
#define UP_MOST_FILES	252

struct up_files {
	unsigned waiting;		/* to go with the next byte */
	unsigned sent;			/* that have gone; then none waits */
	int go[UP_MOST_FILES];
	struct up_lock lock;		/* of what has come */
	unsigned first, count;
	unsigned open;			/* of them, the others are gaps */
	int come[2 * UP_MOST_FILES + 1];
};

struct up_files *up_new_files(void);
int up_files_add(struct up_files *, const int *, size_t);
unsigned up_take_sent(struct up_files *, int [UP_MOST_FILES]);
void up_close_sent(struct up_files *);
void up_close_all(const int *, unsigned);
void up_drop_waiting(struct up_files *);
void up_file_came(struct up_files *, int);
int up_file_take(struct up_files *);
void up_drop_files(struct up_files *);

/* gsocket.c: the socket */
struct unix_socket {
	int fd;
	_Atomic int holders;		/* the last releases it */
	_Atomic int streams;		/* that are open; the last closes */
	_Atomic int ended;		/* the peer may have seen the end */
	int quiet;			/* closing ends no direction */
	unsigned maker;			/* the process */
	struct up_lock lock;		/* while it is held neither fd nor
					   `out` ends */
	FILE *out;			/* NULL once it is closed */
	_Atomic int error;		/* of the first write that failed */
	_Atomic size_t ahead;		/* bytes of `out` that are sent */
	int tied;
	int read_timeout;
	int write_timeout;
	enum unix_sigpipe sigpipe;
	char *buffers;
	size_t buffer_size;
	struct up_files *files;		/* NULL without UNIX_FILES */
};

struct unix_socket *up_new_socket(int, const struct unix_options *);
void up_discard_socket(struct unix_socket *);
void up_keep_error(struct unix_socket *, int);
int up_lost_output(struct unix_socket *);
void up_let_go(struct unix_socket *);
int up_close_socket(struct unix_socket *);
int up_end_socket(struct unix_socket *, int);
int up_is_over(struct unix_socket *);
void up_forsake(struct unix_socket *);

/* gstream.c: opening the streams */
int up_guarded_open(int, const struct unix_options *, struct unix_ports *);
void up_guarded_move(struct unix_ports *, int);

/* gio.c: all bytes, or an error */
ssize_t up_guarded_read(struct unix_socket *, char *, size_t);
int up_guarded_write(struct unix_socket *, const char *, size_t);

/* cmsg.c: one system call */
ssize_t up_send_some(struct unix_socket *, const char *, size_t, int);
ssize_t up_receive_some(struct unix_socket *, char *, size_t, int);

/* autoflush.c: output that is sent before a wait for input */
int up_is_unsent(struct unix_socket *);
int up_tie(struct unix_socket *);
int up_await_input(int, struct unix_socket *, long long);

/*
 * The socket for other directories, none of which looks into it.  Inline: most
 * of this is a load or a store.
 */

/* Closing its streams ends no direction from now on. */
static inline void
up_close_quietly(struct unix_socket *socket)
{
	socket->quiet = 1;
}

/* Whether the process that made it is another one: we are its child. */
static inline int
up_is_inherited(const struct unix_socket *socket)
{
	return socket->maker != up_own_number();
}

static inline int
up_has_files(const struct unix_socket *socket)
{
	return socket->files != NULL;
}

/* Let COUNT descriptors go with the next byte; all, or none. */
static inline int
up_queue_files(struct unix_socket *socket, const int *files, size_t count)
{
	if (socket->error != 0) {
		errno = socket->error;
		return -1;
	}
	return up_files_add(socket->files, files, count);
}

/* Forget those that were to go with bytes that will not. */
static inline void
up_drop_unsent_files(struct unix_socket *socket)
{
	if (socket->files != NULL)
		up_drop_waiting(socket->files);
}

/* The first one that has come. */
static inline int
up_dequeue_file(struct unix_socket *socket)
{
	return up_file_take(socket->files);
}

/* One more holder, until up_let_go(). */
static inline void
up_hold_socket(struct unix_socket *socket)
{
	atomic_fetch_add(&socket->holders, 1);
}

/* The peer may have seen the end. */
static inline void
up_note_end(struct unix_socket *socket)
{
	socket->ended = 1;
}

#endif
