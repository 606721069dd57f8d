/* SPDX-License-Identifier: BSD-2-Clause */
/* Guarded ports: the socket that both streams share, and its bytes. */
#ifndef UP_GUARDED_H
#define UP_GUARDED_H

#include "os/os.h"
#include "os/sigpipe.h"
#include "os/stdio_buffer.h"
#include "os/threads.h"

#pragma GCC visibility push(hidden)

/* buffers.c: memory for both streams, and for the numbers of descriptors */
#define UP_BUFFER_SIZE	((size_t)192 * 1024)	/* measured: make bench */

size_t up_stride(size_t);
char *up_take_buffers(size_t);
void up_return_buffers(char *, size_t);

/*
 * In the structures, large members are last: the instructions that use a member
 * after the first 127 bytes are longer.
 */

/* fdqueue.c: queues of descriptors */
#define UP_MAX_FILES	252
#define UP_GAP		(-1)		/* where received ones were dropped */
#define UP_FILE_SLOTS	(2 * UP_MAX_FILES + 1)	/* of received ones */
#define UP_FILES_BYTES	((UP_MAX_FILES + UP_FILE_SLOTS) * sizeof(int))

struct up_files {
	unsigned unsent;		/* outgoing, for the next byte */
	unsigned sent;			/* outgoing, to be closed; if there are
					   any, `unsent` is 0 */
	int *outgoing;
	struct up_lock lock;		/* of all below */
	unsigned first, length;		/* of the ring of received ones */
	unsigned nfds;			/* in the ring; the rest are gaps */
	int *received;
};

UP_COLD struct up_files *up_new_files(void *);
UP_COLD int up_add_outgoing(struct up_files *, const int *, size_t);
UP_COLD unsigned up_take_sent(struct up_files *, int [UP_MAX_FILES]);
UP_COLD void up_close_sent(struct up_files *);
UP_COLD void up_close_all(const int *, unsigned);
UP_COLD void up_close_unsent(struct unix_socket *);
UP_COLD int up_add_received(struct up_files *, int);
UP_COLD int up_take_received(struct up_files *);
UP_COLD void up_free_files(struct unix_socket *);

/* gsocket.c: the socket */
enum up_arrivals {
	UP_ARRIVALS_UNKNOWN,
	UP_ARRIVALS_NONE,		/* the kernel refuses descriptors */
	UP_ARRIVALS_FILES
};

struct unix_socket {
	int fd;
	_Atomic int holders;		/* the last releases it */
	_Atomic int streams;		/* that are open; the last closes */
	_Atomic int ended;		/* the peer may have seen the end */
	int quiet;			/* closing ends no direction */
	unsigned maker;			/* the process */
	unsigned forks;			/* of that process, at the start */
	_Atomic int exposed;		/* the program knows the descriptor */
	_Atomic enum up_arrivals arrivals;
	FILE *out;			/* NULL once it is closed */
	_Atomic int error;		/* of the first write that failed */
	_Atomic size_t ahead;		/* bytes of `out` that are sent,
					   while the queue is empty */
	char *queue;			/* ring of output before `out`'s */
	size_t capacity, first;		/* of the ring */
	_Atomic size_t queued;		/* bytes in it */
	size_t output_limit;		/* of the ring */
	_Atomic int sending;		/* a thread is in the write hook */
	_Atomic int given_up;		/* by TCP; a write has consumed the
					   error, and no read has seen it */
	_Atomic unsigned waiting_reads;	/* begin with a recv(2) that waits */
	int tied;
	_Atomic int read_timeout;	/* ms, as in unix_options */
	_Atomic int write_timeout;
	_Atomic int has_deadline;	/* of all reads and writes */
	long long deadline;		/* locked */
	enum unix_sigpipe sigpipe;
	char *buffers;
	size_t buffer_size;
	struct up_files *files;		/* NULL without UNIX_FILES */
	struct up_lock lock;		/* while it is held neither fd nor
					   `out` ends */
};

struct unix_socket *up_new_socket(int, const struct unix_options *);
void up_discard_socket(struct unix_socket *);
UP_COLD int up_lost_output(struct unix_socket *);
void up_release_socket(struct unix_socket *);
int up_close_socket(struct unix_socket *);
UP_COLD int up_shutdown_socket(struct unix_socket *, int);
UP_COLD int up_is_finished(struct unix_socket *);
UP_COLD void up_close_inherited(struct unix_socket *);
UP_COLD void up_set_deadline(struct unix_socket *, long long);
UP_COLD long long up_lock_and_get_deadline(struct unix_socket *);

/* gstream.c: opening the streams */
UP_COLD int up_guarded_open(int, const struct unix_options *,
    struct unix_ports *);
void up_guarded_move(struct unix_ports *, int);

/* gio.c: all bytes, or an error */
ssize_t up_guarded_read(struct unix_socket *, char *, size_t);
int up_guarded_write(struct unix_socket *, const char *, size_t);
UP_COLD ssize_t up_flush_queue(struct unix_socket *);
UP_COLD void up_finish_output(struct unix_socket *);

/* outqueue.c: output that is sent later */
UP_COLD void up_drop_queue(struct unix_socket *);
UP_COLD ssize_t up_send_queued(struct unix_socket *, int);
UP_COLD int up_add_to_queue(struct unix_socket *, const char *, size_t);
UP_COLD void up_fail_output(struct unix_socket *, int);

/* cmsg.c: one system call */
ssize_t up_send_some(struct unix_socket *, const char *, size_t, int);
ssize_t up_receive_some(struct unix_socket *, char *, size_t, int);
int up_can_receive_files(struct unix_socket *);
UP_COLD int up_refuse_files(int, const struct unix_options *);

/* autoflush.c: output that is sent before a wait for input */
int up_has_unsent(struct unix_socket *);
int up_send_tied(struct unix_socket *);
UP_COLD int up_poll_input(struct pollfd *, struct unix_socket *, long long,
    unsigned *);
UP_COLD int up_await_input(int, struct unix_socket *, long long);

/*
 * The socket for other directories, none of which uses its members.  Inline:
 * most of these functions are a load or a store.
 */

/* Closing its streams shuts down no direction from now on. */
static inline void
up_close_quietly(struct unix_socket *socket)
{
	socket->quiet = 1;
}

/* Whether another process made it, of which we are a child. */
static inline int
up_is_inherited(const struct unix_socket *socket)
{
	return socket->maker != up_process_number();
}

static inline int
up_has_files(const struct unix_socket *socket)
{
	return socket->files != NULL;
}

/* For reads and writes that begin from now on. */
static inline void
up_set_timeouts(struct unix_socket *socket, int reading, int writing)
{
	socket->read_timeout = reading;
	socket->write_timeout = writing;
}

static inline long long
up_get_deadline(struct unix_socket *socket)
{
	return socket->has_deadline ? up_lock_and_get_deadline(socket) :
	    UP_NEVER;
}

/* Bytes of output that a socket did not accept. */
static inline size_t
up_queued(const struct unix_socket *socket)
{
	return socket->queued;
}

/* Let COUNT descriptors go with the next byte; all, or none. */
static inline int
up_queue_files(struct unix_socket *socket, const int *files, size_t count)
{
	if (socket->error != 0)
		return up_fail(socket->error);
	return up_add_outgoing(socket->files, files, count);
}

/* Drops the queue, and the descriptors that wait for the next byte. */
static inline void
up_drop_unsent(struct unix_socket *socket)
{
	up_drop_queue(socket);
	up_close_unsent(socket);
}

/* The first one that was received. */
static inline int
up_dequeue_file(struct unix_socket *socket)
{
	return up_take_received(socket->files);
}

/* One more holder, until up_release_socket(). */
static inline void
up_retain_socket(struct unix_socket *socket)
{
	atomic_fetch_add(&socket->holders, 1);
}

/* The program can share the descriptor, and set its options. */
static inline void
up_expose_socket(struct unix_socket *socket)
{
	socket->exposed = 1;
	socket->arrivals = UP_ARRIVALS_UNKNOWN;
}

/* The peer may have seen the end. */
static inline void
up_note_end(struct unix_socket *socket)
{
	socket->ended = 1;
}

#pragma GCC visibility pop

#endif
