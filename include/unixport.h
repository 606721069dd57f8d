/*
 * unixport: Unix domain sockets as pairs of stdio streams.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Conventions.  A call returns -1 or NULL if it fails, with the error in
 * errno, and leaves errno unchanged if it succeeds.  A call that makes
 * something and fails leaves no descriptor, memory, file or changed signal
 * disposition, and no change in the caller's structures; a call that closes
 * has closed even if it fails.  Times are milliseconds on the monotonic clock.
 * Every descriptor that the library makes is 3 or more, and close-on-exec
 * without UNIX_INHERIT.  unixport(3) is the manual; the page of each call lists
 * all its errors.
 *
 * The calls follow the unix-sockets egg of CHICKEN Scheme (unix-listen,
 * unix-accept, unix-accept-ready?, unix-connect, unix-pair); unix_available()
 * and abstract names follow Racket's unix-socket library.
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
 * Ports: the two streams of one connection.  The structure is the caller's.
 * The streams and the socket are released by unix_close_ports() or
 * unix_abandon_ports(), or by fclose(3) of both streams, after which the
 * caller sets the member to NULL.
 */
struct unix_ports {
	FILE *in;			/* from the peer */
	FILE *out;			/* to the peer */
	int descriptor[2];		/* private */
	struct unix_socket *socket;	/* private */
};

/* The effect of a write after the peer has closed; see unix_sigpipe(3). */
enum unix_sigpipe {
	UNIX_SIGPIPE_DEFAULT,	/* RAISE for plain ports, ERROR for guarded */
	UNIX_SIGPIPE_RAISE,	/* SIGPIPE in the writing thread */
	UNIX_SIGPIPE_IGNORE,	/* EPIPE; SIG_DFL becomes SIG_IGN */
	UNIX_SIGPIPE_ERROR	/* EPIPE; no state of the process changes */
};

#define UNIX_BACKLOG	10	/* default length of the accept queue */

/*
 * Flags.  A call ignores flags that concern another call, and fails with
 * EINVAL if it cannot honour one.
 */
#define UNIX_GUARDED	0x001u	/* guarded ports; see unix_guarded(7) */
#define UNIX_UNTIED	0x002u	/* guarded: reads do not flush `out` */
#define UNIX_FILES	0x004u	/* guarded: descriptors can be passed */
#define UNIX_SAME_USER	0x008u	/* the peer has our effective user ID */
#define UNIX_WAIT	0x010u	/* connect: wait for a server to listen */
#define UNIX_KEEP	0x020u	/* listen: closing keeps the file */
#define UNIX_NO_RECLAIM	0x040u	/* listen: a stale file is EADDRINUSE */
#define UNIX_INHERIT	0x080u	/* listen: not close-on-exec */
#define UNIX_DATAGRAM	0x100u	/* listen: a datagram socket */

/*
 * Options of every call.  A NULL pointer and a structure of zeros select the
 * defaults.  read_timeout, write_timeout and buffer_size require UNIX_GUARDED;
 * with plain ports they are EINVAL.
 */
struct unix_options {
	unsigned flags;
	size_t address_length;	/* bytes; 0: up to the NUL */
	int backlog;		/* 0: UNIX_BACKLOG; see unix_serve() */
	mode_t mode;		/* of the socket file; 0: 0600 */
	gid_t group;		/* of the socket file; 0: unchanged */
	int connect_timeout;	/* ms; 0: no limit */
	int accept_timeout;	/* ms; 0: no limit, -1: do not wait */
	int read_timeout;	/* ms without progress; 0: no limit */
	int write_timeout;	/* ms without progress; 0: no limit */
	enum unix_sigpipe sigpipe;
	size_t buffer_size;	/* bytes of each stream; 0: 192 KiB */
	void *reserved[4];	/* all NULL */
};

/*
 * Open ports on FD, a connected stream socket of any family.  Returns 0 or -1.
 * On success the ports own FD, which becomes blocking and close-on-exec;
 * guarded ports without UNIX_FILES refuse descriptors (SO_PASSRIGHTS 0).  On
 * failure FD is unchanged and still the caller's.
 * Errors: EBADF, ENOTSOCK, ENOTCONN, EINVAL if it listens or OPTIONS are
 * invalid, EPROTOTYPE if it is no stream socket, ENOTSUP, EMFILE, ENOMEM.
 */
int unix_open_ports(int fd, const struct unix_options *options,
    struct unix_ports *ports);

/*
 * Returns the descriptor of the connection, which the ports own, or -1.  It
 * takes no lock of a stream.  fileno(3) is -1 on guarded ports.
 * Errors: EBADF if both streams are closed.
 */
int unix_fileno(const struct unix_ports *ports);

/*
 * Returns 1 if a read from `in` would not block, since bytes are buffered or
 * the socket is readable or at EOF; 0 if that did not happen within TIMEOUT
 * milliseconds (0: do not wait, -1: no limit); or -1.  Guarded ports that are
 * tied send buffered output before they wait.
 * Errors: EBADF if `in` is closed.
 */
int unix_input_ready(struct unix_ports *ports, int timeout);

/*
 * Close one direction and its stream, whose member becomes NULL.  After
 * unix_close_input() writes of the peer fail with EPIPE; after
 * unix_close_output() the peer reads the output, then EOF.  Return 0, or -1 if
 * output was lost (reported by unix_close_output() only) or the descriptor is
 * invalid.  On guarded ports fclose(3) does the same, but leaves the member.
 */
int unix_close_input(struct unix_ports *ports);
int unix_close_output(struct unix_ports *ports);

/*
 * Flush and close both streams, whose members become NULL.  The peer reads EOF,
 * unless another process holds the socket; if input is unread, Linux reports
 * ECONNRESET to the peer first.  Returns 0, or -1 if any output was lost since
 * the ports were opened.  A second call does nothing and returns 0.
 * Errors: EPIPE, ECONNRESET, ETIMEDOUT after write_timeout; EIO if plain ports
 * have lost output for an unknown reason, or if no byte followed descriptors of
 * unix_add_files().
 */
int unix_close_ports(struct unix_ports *ports);

/*
 * Close both streams without sending buffered output: for the process that
 * does not use the connection after fork(2), which stays open in the other.
 * Returns 0, or -1 if output was lost before.
 */
int unix_abandon_ports(struct unix_ports *ports);

/*
 * Shut down both directions of the connection, for the peer, too: reads return
 * buffered and received bytes, then EOF; writes fail with EPIPE.  Returns 0 or
 * -1.  May be called from any thread and from signal handlers, while another
 * thread uses the streams but does not close them.  The streams stay open.
 */
int unix_hang_up(const struct unix_ports *ports);

struct unix_listener;

/*
 * Listen at ADDRESS, in the grammar of unix_address(7).  Returns a listener,
 * which the caller releases with unix_close(), or NULL.  The mode and group of
 * a socket file are final before a client can connect.  A stale socket file is
 * reclaimed.  OPTIONS are copied, and apply to the connections: guarded ones
 * without UNIX_FILES refuse descriptors, so that the client's sendmsg(2) fails
 * with EPERM on Linux 6.16 and later.
 * Errors: EADDRINUSE if a server, another file, or a stale file that cannot be
 * reclaimed is there, EBUSY if the directory stayed locked for 2 seconds,
 * ENOTSUP if the file system does not grant the mode or group, EINVAL,
 * ENAMETOOLONG, ENOENT, EACCES, EPERM, EMFILE, ENOMEM and others; see
 * unix_listen(3).
 */
struct unix_listener *unix_listen(const char *address,
    const struct unix_options *options);

/*
 * Accept a client: fill PORTS, which the caller closes.  Returns 0 or -1.  May
 * be called by several threads and processes.
 * Errors: ETIMEDOUT after accept_timeout, ECANCELED after unix_interrupt();
 * EMFILE, ENFILE, ENOMEM and ENOBUFS leave the client in the queue; EOPNOTSUPP
 * for a datagram socket, EINVAL.
 */
int unix_accept(struct unix_listener *listener, struct unix_ports *ports);

/*
 * Returns 1 if a client is in the queue or the listener was interrupted, 0 if
 * not, or -1.  If several threads or processes accept, another one may take the
 * client first.
 */
int unix_accept_ready(struct unix_listener *listener);

/*
 * Returns the listening descriptor, for poll(2), or -1.  The listener owns it.
 * It is non-blocking.
 */
int unix_listener_fileno(const struct unix_listener *listener);

/*
 * Returns the path, or @NAME for an abstract name, without "unix:", valid until
 * unix_close(); or NULL, also for a socket without a name and for a name with
 * a NUL in it.
 */
const char *unix_listener_path(const struct unix_listener *listener);

/*
 * Returns 1 if the path leads to the socket file of LISTENER, 0 if the file was
 * removed or replaced, or -1.  Always 1 if LISTENER has made no file.
 */
int unix_listener_owns_path(const struct unix_listener *listener);

/*
 * Interrupt LISTENER permanently, in every process that has it: blocked and
 * later calls of unix_accept() fail with ECANCELED, and unix_serve() returns.
 * Returns 0 or -1.  May be called from any thread and from signal handlers.
 */
int unix_interrupt(struct unix_listener *listener);

/*
 * Release LISTENER.  The socket file is removed first, if this process has made
 * it, it was not replaced, and UNIX_KEEP is not set.  Returns 0, or -1 if the
 * file could not be removed; all else is released even so.  If LISTENER is
 * NULL, the call does nothing and returns 0.  No thread may be in unix_accept()
 * or unix_serve().
 */
int unix_close(struct unix_listener *listener);

/*
 * Connect to the server at ADDRESS: fill PORTS, which the caller closes.
 * Returns 0 or -1.  With UNIX_WAIT the call waits, up to
 * connect_timeout, until a server listens.
 * Errors: ENOENT and ECONNREFUSED if no server is there, ETIMEDOUT after
 * connect_timeout, EACCES without write permission on the file or if the
 * server is not of the same user, EPROTOTYPE, EINVAL, ENAMETOOLONG, EMFILE and
 * others; see unix_connect(3).
 */
int unix_connect(const char *address, const struct unix_options *options,
    struct unix_ports *ports);

/*
 * Fill PAIR with two connected ports, which the caller closes, by
 * socketpair(2).  Returns 0 or -1.  Guarded ports without UNIX_FILES refuse
 * descriptors.
 * Errors: EINVAL, ENOTSUP, EMFILE, ENFILE, ENOMEM.
 */
int unix_pair(const struct unix_options *options, struct unix_ports pair[2]);

/* Returns 1 if this system has Unix domain stream sockets, else 0. */
int unix_available(void);

/*
 * Returns 0 if ADDRESS is valid, or -1.  No file is examined.  LENGTH is its
 * size in bytes; 0 means up to the NUL.
 * Errors: EINVAL, ENAMETOOLONG, EAFNOSUPPORT for an abstract name on a system
 * without them.
 */
int unix_check_address(const char *address, size_t length);

/*
 * Write one line for a user to TEXT, of SIZE bytes: ADDRESS, the cause of ERROR
 * there, and a remedy.  Examines the file, never waits for a server, and leaves
 * errno unchanged.  Returns the length of the whole line, as snprintf(3).
 */
int unix_explain(const char *address, int error, char *text, size_t size);

/*
 * Returns the path of NAME in the runtime directory of the user, which the
 * caller frees, or NULL.  NAME may be APP/NAME: the directory APP is made if it
 * is missing.
 * Errors: ENOENT if there is no runtime directory, EPERM if it is not private
 * or its path is not absolute, EINVAL, ENOMEM.
 */
char *unix_runtime_path(const char *name);

/*
 * Send LENGTH bytes as one datagram to the datagram socket at ADDRESS.  Returns
 * 0 or -1.  Never raises SIGPIPE.
 * Errors: EMSGSIZE, ENOENT, ECONNREFUSED, EPROTOTYPE if a stream socket is
 * there, EAGAIN if a non-blocking "fd:N" is full, EBADF, EINVAL.
 */
int unix_send(const char *address, const void *bytes, size_t length);

/* The identity of the peer, as the kernel has recorded it. */
struct unix_peer {
	pid_t pid;		/* -1: unknown */
	uid_t uid;
	gid_t gid;
	void *reserved[4];
};

/*
 * Fill PEER with the process that connected, called listen(2), or made the
 * pair.  Returns 0 or -1.
 * Errors: ENOTSUP if the system does not report it, EBADF, EINVAL.
 */
int unix_peer(const struct unix_ports *ports, struct unix_peer *peer);

/*
 * Pass COUNT descriptors with the next byte that is written to `out` of guarded
 * ports with UNIX_FILES.  Flushes `out`, which may block, and keeps duplicates;
 * FILES stay the caller's.  Returns 0, or -1 with none added.  Closing fails
 * with EIO if no byte followed.
 * Errors: E2BIG if more than 252 would be queued, EOPNOTSUPP without
 * UNIX_FILES, EBADF, EINVAL, EMFILE, and the errors of a write.
 */
int unix_add_files(struct unix_ports *ports, const int *files, size_t count);

/*
 * Returns the next descriptor that was received with the bytes read from `in`,
 * or read ahead, or -1.  The caller owns it; it is 3 or more, and
 * close-on-exec.
 * Errors: ENOMSG if none was received, EBADMSG if some were dropped here,
 * EOPNOTSUPP without UNIX_FILES, EBADF, EINVAL.
 */
int unix_take_file(struct unix_ports *ports);

/*
 * A message, in memory that grows as needed and that unix_free_buffer()
 * releases.  It starts as zeros.
 */
struct unix_buffer {
	char *bytes;		/* followed by a NUL */
	size_t length;		/* of the message, without the NUL */
	size_t capacity;	/* allocated bytes */
	size_t reserved[4];	/* private; of a partial message */
};

/*
 * Read a message of at most LIMIT bytes (0: 1 MiB) from any stream: a line,
 * without its newline and a CR before it, or a frame.  Return 1, 0 at EOF, or
 * -1.  After ETIMEDOUT, EINTR and EAGAIN no byte is lost: the next call with
 * the same buffer and limit continues.
 * Errors: EMSGSIZE if the message is longer, EBADMSG if a frame was cut off by
 * EOF, ENOMEM, EBADF, EINVAL, and the errors of a read.  After EMSGSIZE and
 * EBADMSG the stream is inside a message.
 */
int unix_get_line(FILE *in, struct unix_buffer *line, size_t limit);
int unix_get_frame(FILE *in, struct unix_buffer *frame, size_t limit);

/*
 * Write a frame: LENGTH as a 4-byte big-endian number, then LENGTH bytes.
 * Returns 0 or -1.  Frames of several threads do not mix.  Not flushed.
 * Errors: EMSGSIZE above 4 GiB - 1, EBADF, EINVAL, and the errors of a write.
 */
int unix_put_frame(FILE *out, const void *bytes, size_t length);

/* Release the memory of BUFFER, which becomes zeros; NULL is allowed. */
void unix_free_buffer(struct unix_buffer *buffer);

/* Serves one connection, whose ports are closed after it returns. */
typedef void unix_handler(struct unix_ports *ports, void *context);

/* Options of a server; zeros select the defaults. */
struct unix_serve_options {
	unsigned clients;	   /* at the same time; 0: 256 */
	unsigned clients_per_user; /* 0: no separate limit */
	int drain;		   /* ms; 0: 5000, -1: no limit */
	size_t stack_size;	   /* bytes; 0: the system's default */
	void *reserved[2];	   /* all NULL */
};

/*
 * Serve the clients of LISTENER, whose connections must be guarded: HANDLER
 * runs in a thread for each, with all signals blocked.  If unix_listen() made
 * the socket with a backlog of 0, listen(2) raises it to `clients`, or to 128 if
 * that is more.  Returns 0 after unix_interrupt() and the end of all handlers,
 * or -1.
 * Errors: ETIMEDOUT if connections were shut down because their handlers did
 * not end within `drain`, EINVAL, EMFILE, ENFILE, EAGAIN, ENOMEM, and errors of
 * the listener.
 */
int unix_serve(struct unix_listener *listener, unix_handler *handler,
    void *context, const struct unix_serve_options *options);

/*
 * Run ARGV[0], found through PATH, with a new connection as its standard input
 * and output: fill PORTS with the other end, which the caller closes.  Returns
 * the process ID of the child, for waitpid(2), or -1 if no child was started.
 * Guarded ports without UNIX_FILES refuse descriptors; the child accepts them.
 * Errors: the errors of exec(2) and fork(2), EINVAL, ENOTSUP, EMFILE.
 */
pid_t unix_spawn(char *const argv[], const struct unix_options *options,
    struct unix_ports *ports);

#ifdef __cplusplus
}
#endif

#endif
