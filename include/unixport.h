/*
 * unixport: Unix domain sockets as pairs of stdio streams.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A call that fails returns -1, or NULL, with errno set.  One that was to
 * make something leaves the descriptors, streams and signal dispositions
 * of the process as they were; one that closes has closed all the same.  A
 * call that succeeds leaves errno alone.  Times are milliseconds on the
 * monotonic clock.  unixport(3) is the manual.
 */
#ifndef UNIXPORT_H
#define UNIXPORT_H

#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Ports: the two streams of one connection.  The caller owns the
 * structure; what it leads to is released by unix_close_ports() or
 * unix_abandon_ports(), or by fclose(3) of both members.  Set a member
 * to NULL after fclose(3).
 */
struct unix_ports {
	FILE *in;			/* from the peer */
	FILE *out;			/* to the peer */
	int descriptor[2];		/* private */
	struct unix_socket *socket;	/* private */
};

/* What a write does when the peer is gone; see unix_sigpipe(3). */
enum unix_sigpipe {
	UNIX_SIGPIPE_DEFAULT,	/* RAISE for plain ports, ERROR for guarded */
	UNIX_SIGPIPE_RAISE,	/* SIGPIPE in the writing thread */
	UNIX_SIGPIPE_IGNORE,	/* EPIPE; SIG_DFL becomes SIG_IGN */
	UNIX_SIGPIPE_ERROR	/* EPIPE; no state of the process changes */
};

#define UNIX_BACKLOG	10	/* clients that wait, by default */

/*
 * Flags.  One that belongs to another call is ignored, one that cannot
 * be honoured is EINVAL.
 */
#define UNIX_GUARDED	0x001u	/* guarded ports, see unix_guarded(7) */
#define UNIX_UNTIED	0x002u	/* guarded: reading sends nothing */
#define UNIX_FILES	0x004u	/* guarded: descriptors may travel */
#define UNIX_SAME_USER	0x008u	/* peers of our effective uid only */
#define UNIX_WAIT	0x010u	/* connect: wait for a server */
#define UNIX_KEEP	0x020u	/* listen: leave the file when closing */
#define UNIX_NO_RECLAIM	0x040u	/* listen: leave a stale file alone */
#define UNIX_INHERIT	0x080u	/* listen: the listener survives exec */
#define UNIX_DATAGRAM	0x100u	/* listen: a datagram socket */

/*
 * Options of every call; all zero, or a NULL pointer, are the defaults.
 * read_timeout, write_timeout and buffer_size are for guarded ports:
 * plain ones are EINVAL with them.
 */
struct unix_options {
	unsigned flags;
	size_t address_length;	/* bytes of the address; 0: up to its NUL */
	int backlog;		/* 0: UNIX_BACKLOG */
	mode_t mode;		/* of the socket file; 0: 0600 */
	gid_t group;		/* of the socket file; 0: unchanged */
	int connect_timeout;	/* milliseconds; 0: no limit */
	int accept_timeout;	/* the same; -1: do not wait */
	int read_timeout;	/* milliseconds without progress; 0: */
	int write_timeout;	/* no limit */
	enum unix_sigpipe sigpipe;
	size_t buffer_size;	/* bytes, of each stream; 0: default */
	void *reserved[4];	/* all NULL */
};

/*
 * Make FD, any connected stream socket, into ports.  0, or -1.  The
 * ports own FD then: it is blocking and close-on-exec, and guarded ports
 * without UNIX_FILES refuse descriptors (SO_PASSRIGHTS 0).  On failure FD
 * is as it was and still the caller's.  See unix_open_ports(3).
 */
int unix_open_ports(int fd, const struct unix_options *options,
    struct unix_ports *ports);

/*
 * The descriptor of the connection, or -1 with EBADF when both members
 * are NULL.  It belongs to the ports.  Takes no stream's lock, and works
 * where fileno(3) does not, on guarded ports.
 */
int unix_fileno(const struct unix_ports *ports);

/*
 * 1 when a read from `in` would not block (bytes wait in its buffer or
 * in the socket, or it is at its end), 0 after TIMEOUT milliseconds
 * without (0: only look, -1: no limit), or -1.  Tied guarded ports send
 * what waits in `out` before they wait.
 */
int unix_input_ready(struct unix_ports *ports, int timeout);

/*
 * Close one direction: the peer's writes fail, or the peer reads end of
 * file once it has what was written.  0, or -1: unix_close_output() when
 * output was lost, either when the descriptor is bad; the stream is closed
 * and its member NULL all the same.  fclose(3) does the same on guarded
 * ports, but for the member.
 */
int unix_close_input(struct unix_ports *ports);
int unix_close_output(struct unix_ports *ports);

/*
 * Flush and close both streams; the peer reads end of file unless
 * another process still holds the socket (after ECONNRESET once, where
 * we leave input unread).  0, or -1 when output was lost since the ports
 * were opened; all is released all the same, both members are NULL.  May be
 * called twice.
 */
int unix_close_ports(struct unix_ports *ports);

/*
 * The same without sending what still waits in `out`: for the process
 * that does not go on with the connection after fork(2).
 */
int unix_abandon_ports(struct unix_ports *ports);

/*
 * End the connection in both directions at once: reads see end of file
 * after what had arrived, writes fail, at the peer too.  0, or -1.  From
 * any thread and from signal handlers; the streams stay open, and their
 * owner must not close them at that moment.
 */
int unix_hang_up(const struct unix_ports *ports);

struct unix_listener;

/*
 * Listen at ADDRESS, see unix_address(7).  Returns a listener, or NULL.
 * The caller owns it and ends it with unix_close(), which also removes the
 * socket file that was made.  A file that nobody is behind is reclaimed,
 * anything else there is EADDRINUSE.  OPTIONS are copied, and serve the
 * connections too: guarded ones without UNIX_FILES refuse descriptors, and
 * clients that send some get EPERM.  See unix_listen(3).
 */
struct unix_listener *unix_listen(const char *address,
    const struct unix_options *options);

/*
 * Wait for a client and fill PORTS with its connection, which the
 * caller closes.  0, or -1: ETIMEDOUT after accept_timeout, ECANCELED
 * once interrupted; EMFILE and its kin leave the client in the queue.
 */
int unix_accept(struct unix_listener *listener, struct unix_ports *ports);

/*
 * 1 when a client waits or the listener was interrupted, 0 when not, or
 * -1.  A hint where several threads or processes accept.
 */
int unix_accept_ready(struct unix_listener *listener);

/*
 * The listening descriptor, for poll(2).  It belongs to the listener
 * and is non-blocking.
 */
int unix_listener_fileno(const struct unix_listener *listener);

/*
 * The path or @name without its mark, valid until unix_close(); NULL for
 * an inherited socket without a name, and for names with NULs inside.
 */
const char *unix_listener_path(const struct unix_listener *listener);

/*
 * 1 while the path still leads to LISTENER, 0 when its file was removed or
 * replaced, or -1.  Always 1 for what has no file of its own making.
 */
int unix_listener_owns_path(const struct unix_listener *listener);

/*
 * Make every blocked and later unix_accept() on LISTENER fail with
 * ECANCELED, for good, in every process that inherited it.  0, or -1.
 * From any thread and from signal handlers.
 */
int unix_interrupt(struct unix_listener *listener);

/*
 * End LISTENER: remove the socket file if this process made it and it
 * is still that very file, then release everything.  0, or -1 when the
 * file could not be removed; all else is released all the same.  NULL
 * is 0.  No thread may be in unix_accept().
 */
int unix_close(struct unix_listener *listener);

/*
 * Connect to the listener at ADDRESS and fill PORTS, which the caller
 * closes.  0, or -1: ETIMEDOUT after connect_timeout.  See
 * unix_connect(3).
 */
int unix_connect(const char *address, const struct unix_options *options,
    struct unix_ports *ports);

/*
 * Fill PAIR with two connected ports, by socketpair(2), which the
 * caller closes.  Guarded ones refuse descriptors without UNIX_FILES.
 * 0, or -1.  See unix_pair(3).
 */
int unix_pair(const struct unix_options *options, struct unix_ports pair[2]);

/* 1 when this system can make Unix domain stream sockets, else 0. */
int unix_available(void);

/*
 * 0 when ADDRESS is one, or -1: EINVAL, ENAMETOOLONG, EAFNOSUPPORT.
 * LENGTH counts its bytes; 0: up to its NUL.
 */
int unix_check_address(const char *address, size_t length);

/*
 * One line for a person: the address, what ERROR means there and what to
 * do about it.  Looks at the file, never waits for a server, leaves errno
 * alone.
 * Returns as snprintf(3) does.  See unix_explain(3).
 */
int unix_explain(const char *address, int error, char *text, size_t size);

/*
 * DIRECTORY/NAME in the user's own runtime directory, which the caller
 * frees, or NULL: ENOENT or EPERM when there is no safe one.  NAME may be
 * APP/NAME, APP is made when it is missing.  See unix_runtime_path(3).
 */
char *unix_runtime_path(const char *name);

/*
 * Send one whole datagram of LENGTH bytes to the datagram socket at
 * ADDRESS.  0, or -1; never a signal.
 */
int unix_send(const char *address, const void *bytes, size_t length);

/* Who is at the other end, as the kernel recorded it. */
struct unix_peer {
	pid_t pid;		/* -1: unknown */
	uid_t uid;
	gid_t gid;
	void *reserved[4];
};

/*
 * Fill PEER with who connected, or who called listen; of a pair, who made
 * it.  0, or -1: ENOTSUP where the system cannot tell.
 */
int unix_peer(const struct unix_ports *ports, struct unix_peer *peer);

/*
 * Send COUNT descriptors with the next byte that is written to `out` of
 * guarded ports with UNIX_FILES: flushes, and keeps duplicates of FILES,
 * which stay the caller's.  0, or -1 with none added: E2BIG when more than
 * 252 would wait.  Closing reports EIO when no byte came after them.  See
 * unix_add_files(3).
 */
int unix_add_files(struct unix_ports *ports, const int *files, size_t count);

/*
 * The next descriptor that came with the bytes read so far from `in`, or
 * perhaps read ahead; the caller owns it.  It is 3 or more, and
 * close-on-exec.  -1 with ENOMSG when none is here, with EBADMSG where some
 * were dropped.
 */
int unix_take_file(struct unix_ports *ports);

/*
 * A message and the memory that holds it, which grows as it must and is
 * released by unix_free_buffer().  Starts as all zeros.
 */
struct unix_buffer {
	char *bytes;		/* a NUL is behind them */
	size_t length;
	size_t capacity;
	size_t reserved[4];	/* what came of a message that was cut off */
};

/*
 * Read a message of at most LIMIT bytes (0: 1 MiB) from any stream: a line,
 * without its newline and a CR before it, or a frame.  1, 0 at the end of
 * the input, or -1.  After ETIMEDOUT and EINTR nothing is lost: call again
 * with the same buffer.  EMSGSIZE: it is longer; EBADMSG: the input ended
 * inside a frame; the stream stands inside a message then.  See
 * unix_get_line(3) and unix_put_frame(3).
 */
int unix_get_line(FILE *in, struct unix_buffer *line, size_t limit);
int unix_get_frame(FILE *in, struct unix_buffer *frame, size_t limit);

/*
 * Write a frame: LENGTH, in four bytes of which the highest is first, and
 * so many bytes.  0, or -1.  Whole among threads; not flushed.
 */
int unix_put_frame(FILE *out, const void *bytes, size_t length);

/* Release the memory of BUFFER, which then is all zeros again. */
void unix_free_buffer(struct unix_buffer *buffer);

/* What serves one connection; the ports are closed after it. */
typedef void unix_handler(struct unix_ports *ports, void *context);

/* Options of a server; all zero are the defaults. */
struct unix_serve_options {
	unsigned clients;	   /* served at once; 0: 256 */
	unsigned clients_per_user; /* 0: no limit of its own */
	int drain;		   /* milliseconds; 0: 5000, -1: no limit */
	size_t stack_size;	   /* bytes; 0: the system's */
	void *reserved[2];	   /* all NULL */
};

/*
 * Serve the clients of LISTENER, whose ports are guarded: HANDLER runs in a
 * thread for each, with all signals blocked, and its ports are closed after
 * it.  Ends after unix_interrupt(), when the handlers have: 0, or -1 with
 * ETIMEDOUT when some had to be hung up.  See unix_serve(3).
 */
int unix_serve(struct unix_listener *listener, unix_handler *handler,
    void *context, const struct unix_serve_options *options);

/*
 * Run ARGV[0], found through PATH, with a new connection as its standard
 * input and output, and fill PORTS with the other end, which the caller
 * closes.  Guarded ports without UNIX_FILES refuse descriptors, the child's
 * end does not.  The child, for waitpid(2), or -1 with exec's errno and no
 * child left.  See unix_spawn(3).
 */
pid_t unix_spawn(char *const argv[], const struct unix_options *options,
    struct unix_ports *ports);

#ifdef __cplusplus
}
#endif

#endif
