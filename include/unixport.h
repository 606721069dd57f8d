/*
 * unixport: Unix domain sockets as pairs of stdio streams.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * unixport(3) is the manual.  The page of each call lists all of its errors;
 * the comments below list those that callers distinguish.
 *
 * Conventions:
 * - A call that fails returns -1 or NULL and sets errno.  A call that succeeds
 *   leaves errno unchanged.
 * - A call that fails to make an object leaves no descriptor, memory, file or
 *   changed signal disposition behind, and the caller's structures unchanged.
 * - A call that closes an object releases all of it, even if it fails.
 * - Timeouts are in milliseconds of the monotonic clock.
 * - Descriptors that the library makes are 3 or greater and close-on-exec.
 *   UNIX_INHERIT clears close-on-exec of a listener.
 *
 * The calls follow the unix-sockets egg of CHICKEN Scheme (unix-listen,
 * unix-accept, unix-accept-ready?, unix-connect, unix-pair).  unix_available()
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

/* The result must be used: it is the only report of a failure. */
#if (defined(__STDC_VERSION__) && __STDC_VERSION__ >= 202311L) || \
    (defined(__cplusplus) && __cplusplus >= 201703L)
#define UNIX_NODISCARD	[[nodiscard]]
#elif defined(__GNUC__)
#define UNIX_NODISCARD	__attribute__((warn_unused_result))
#else
#define UNIX_NODISCARD
#endif

/*
 * Ports: the two streams of one connection.
 *
 * The caller allocates the structure.  unix_close_ports() and
 * unix_abandon_ports() release the streams and the socket.  The caller may
 * instead close each stream with fclose(3) and set its member to NULL.
 */
struct unix_ports {
	FILE *in;			/* from the peer */
	FILE *out;			/* to the peer */
	int descriptor[2];		/* private */
	struct unix_socket *socket;	/* private */
};

/* The effect of a write after the peer has closed.  See unix_sigpipe(3). */
enum unix_sigpipe {
	UNIX_SIGPIPE_DEFAULT,	/* RAISE for plain ports, ERROR for guarded */
	UNIX_SIGPIPE_RAISE,	/* raise SIGPIPE in the writing thread */
	UNIX_SIGPIPE_IGNORE,	/* fail with EPIPE; SIG_DFL becomes SIG_IGN */
	UNIX_SIGPIPE_ERROR	/* fail with EPIPE; change no disposition */
};

#define UNIX_BACKLOG	10	/* default length of the accept queue */

/*
 * Flags of struct unix_options.
 *
 * A call ignores the flags of other calls.  It fails with EINVAL if it cannot
 * apply one of its own.
 */
#define UNIX_GUARDED	0x001u	/* guarded ports; see unix_guarded(7) */
#define UNIX_UNTIED	0x002u	/* guarded: reads do not flush `out` */
#define UNIX_FILES	0x004u	/* guarded: descriptors can be passed */
#define UNIX_SAME_USER	0x008u	/* reject peers of other effective users */
#define UNIX_WAIT	0x010u	/* connect: wait until a server listens */
#define UNIX_KEEP	0x020u	/* listen: unix_close() keeps the file */
#define UNIX_NO_RECLAIM	0x040u	/* listen: fail if a stale file exists */
#define UNIX_INHERIT	0x080u	/* listen: clear close-on-exec */
#define UNIX_DATAGRAM	0x100u	/* listen: make a datagram socket */

/*
 * Options of every call that makes ports or a listener.
 *
 * A null pointer, or a structure of zeros, selects all defaults.  read_timeout,
 * write_timeout and buffer_size require UNIX_GUARDED; otherwise the call fails
 * with EINVAL unless they are 0.
 */
struct unix_options {
	unsigned flags;
	size_t address_length;	/* in bytes; 0: up to the NUL */
	int backlog;		/* 0: UNIX_BACKLOG; see unix_serve() */
	mode_t mode;		/* of the socket file; 0: 0600 */
	gid_t group;		/* of the socket file; 0: unchanged */
	int connect_timeout;	/* ms; 0: no limit */
	int accept_timeout;	/* ms; 0: no limit; -1: do not wait */
	int read_timeout;	/* ms without progress; 0: no limit */
	int write_timeout;	/* ms without progress; 0: no limit */
	enum unix_sigpipe sigpipe;
	size_t buffer_size;	/* bytes per stream; 0: 192 KiB */
	size_t output_limit;	/* must be 0 in this release */
	uid_t owner;		/* of the socket file; 0: unchanged */
	void *reserved[2];	/* must be NULL */
};

/*
 * Open ports on a connected stream socket of any address family.
 * Returns 0, or -1 on failure.
 *
 * On success the ports own FD, which becomes blocking and close-on-exec.
 * Guarded ports without UNIX_FILES set SO_PASSRIGHTS of the socket to 0, so
 * that the kernel refuses descriptors that the peer sends.  On failure FD is
 * unchanged and still belongs to the caller.
 *
 * Errors:
 *   EBADF       FD is not an open descriptor.
 *   ENOTSOCK    FD is not a socket.
 *   ENOTCONN    The socket is not connected.
 *   EPROTOTYPE  The socket is not a stream socket.
 *   EINVAL      The socket is listening, or OPTIONS are invalid.
 *   ENOTSUP     The system does not support an option.
 *   EMFILE, ENOMEM
 */
int unix_open_ports(int fd, const struct unix_options *options,
    struct unix_ports *ports);

/*
 * Return the descriptor of the connection, or -1 on failure.
 *
 * The ports still own the descriptor.  The call does not lock the streams.
 * fileno(3) returns -1 for guarded ports.
 *
 * Errors:
 *   EBADF       Both streams are closed.
 */
int unix_fileno(const struct unix_ports *ports);

/*
 * Wait until a read from `in` would not block, at most TIMEOUT milliseconds.
 * Returns 1 if a byte is buffered, or the socket is readable or at EOF; 0 if
 * the timeout expired; or -1 on failure.
 *
 * A TIMEOUT of 0 does not wait; -1 sets no limit.  Guarded ports without
 * UNIX_UNTIED send buffered output before they wait.
 *
 * Errors:
 *   EBADF       `in` is closed.
 *   ENOTSUP     The C library does not expose the buffer of a stream.
 */
int unix_input_ready(struct unix_ports *ports, int timeout);

/*
 * Close one direction of the connection and its stream.
 * Return 0, or -1 on failure.
 *
 * The member of the stream becomes NULL.  After unix_close_input(), the peer's
 * writes fail with EPIPE.  unix_close_output() flushes `out`, then the peer
 * reads EOF.  On guarded ports, fclose(3) of a stream has the same effect, but
 * does not change the member.
 *
 * Errors:
 *   EBADF       The program has closed the descriptor.
 * unix_close_output() also fails with the error of a write if output was lost.
 */
int unix_close_input(struct unix_ports *ports);
int unix_close_output(struct unix_ports *ports);

/*
 * Flush `out` and close both streams.
 * Returns 0, or -1 if any output was lost since the ports were opened.
 *
 * Both members become NULL; a second call does nothing and returns 0.  The peer
 * reads EOF unless another process has the socket open.  If received input is
 * unread, Linux reports ECONNRESET to the peer before EOF.
 *
 * Errors:
 *   EPIPE, ECONNRESET
 *               The peer closed the connection before it received all output.
 *   ETIMEDOUT   The write_timeout expired.
 *   EIO         Output on plain ports was lost for an unknown reason, or no
 *               byte was written after a call of unix_add_files().
 */
int unix_close_ports(struct unix_ports *ports);

/*
 * Close both streams without sending buffered output.
 * Returns 0, or -1 if output was lost before the call.
 *
 * Call this function after fork(2) in the process that does not use the
 * connection.  The connection remains open in the other process.
 */
int unix_abandon_ports(struct unix_ports *ports);

/*
 * Shut down both directions of the connection.  Returns 0, or -1 on failure.
 *
 * Here and at the peer, reads return the bytes received so far, then EOF, and
 * writes fail with EPIPE.  The streams remain open.
 *
 * Any thread or signal handler may call this function while other threads read
 * and write, but not while one closes the streams.
 *
 * Errors:
 *   EBADF       Both streams are closed.
 */
int unix_hang_up(const struct unix_ports *ports);

struct unix_listener;

/*
 * Listen at ADDRESS, whose syntax is that of unix_address(7).
 * Returns a listener that unix_close() releases, or NULL on failure.
 *
 * OPTIONS are copied; they also apply to accepted connections.  The mode, group
 * and owner of the socket file are set before any client can connect.  A stale
 * socket file is replaced unless UNIX_NO_RECLAIM is set.  Guarded connections
 * without UNIX_FILES refuse descriptors: on Linux 6.16 and later, a client's
 * sendmsg(2) that passes descriptors fails with EPERM.
 *
 * Errors:
 *   EADDRINUSE  A socket is bound to ADDRESS, or the file at the path is not a
 *               socket or is a stale socket that cannot be reclaimed.
 *   EBUSY       Another process locked the directory for more than 2 seconds.
 *   ENOTSUP     The file system did not set the mode, group or owner, or the
 *               system does not support an option.
 *   EPERM       The caller must not set the group or owner.
 *   EACCES      Permission on a directory of the path is denied.
 *   ENOENT      A directory of the path does not exist.
 *   EINVAL      ADDRESS or OPTIONS are invalid.
 *   ENAMETOOLONG, EMFILE, ENOMEM
 * unix_listen(3) lists further errors.
 */
struct unix_listener *unix_listen(const char *address,
    const struct unix_options *options);

/*
 * Accept the next client and open PORTS, which the caller closes.
 * Returns 0, or -1 on failure.
 *
 * Several threads and processes may accept at the same time.
 *
 * Errors:
 *   ETIMEDOUT   The accept_timeout expired.
 *   ECANCELED   unix_interrupt() was called.
 *   EMFILE, ENFILE, ENOBUFS, ENOMEM
 *               No descriptor or memory is available.  The client remains in
 *               the queue.
 *   EOPNOTSUPP  LISTENER was made with UNIX_DATAGRAM.
 *   EINVAL      An argument is NULL, or another process shut down the socket.
 */
int unix_accept(struct unix_listener *listener, struct unix_ports *ports);

/*
 * Return 1 if a client or a datagram is queued or LISTENER was interrupted, 0
 * if not, or -1 on failure.
 *
 * If other threads or processes accept, too, one of them can take the client
 * first; unix_accept() then waits for the next.
 */
int unix_accept_ready(struct unix_listener *listener);

/*
 * Return the listening descriptor for poll(2), or -1 if LISTENER is NULL.
 *
 * The descriptor is non-blocking and remains owned by LISTENER.
 */
int unix_listener_fileno(const struct unix_listener *listener);

/*
 * Return the path of the socket, or @NAME for an abstract name, without the
 * prefix "unix:".  Returns NULL if LISTENER is NULL, or if the socket has no
 * name or one that contains a NUL.
 *
 * The string is valid until unix_close().
 */
const char *unix_listener_path(const struct unix_listener *listener);

/*
 * Return 1 if the path refers to the socket file of LISTENER, 0 if the file was
 * removed or replaced, or -1 if the file cannot be examined.
 *
 * The result is always 1 if LISTENER has not made a file.
 */
int unix_listener_owns_path(const struct unix_listener *listener);

/*
 * Interrupt LISTENER permanently, in every process that has it.
 * Returns 0, or -1 if LISTENER is NULL.
 *
 * Blocked and later calls of unix_accept() fail with ECANCELED, and
 * unix_serve() returns.  Any thread or signal handler may call this function.
 */
int unix_interrupt(struct unix_listener *listener);

/*
 * Remove the socket file and release LISTENER.
 * Returns 0, or -1 if the file could not be removed.
 *
 * The file is removed only if this process owns it, it was not replaced, and
 * UNIX_KEEP is not set.  The owner is the process that called unix_listen() or
 * unix_own().  All other resources are released even on failure.  If LISTENER
 * is NULL, the call does nothing and returns 0.  No thread may be inside
 * unix_accept() or unix_serve().
 */
int unix_close(struct unix_listener *listener);

/*
 * Release LISTENER and leave the socket file.  Always returns 0.
 *
 * Use it after fork(2) in the process that does not use the listener.  Other
 * processes can accept clients as before.  If LISTENER is NULL, the call does
 * nothing.  No thread may be inside unix_accept() or unix_serve().
 */
int unix_abandon(struct unix_listener *listener);

/*
 * Make this process the owner of the socket file of LISTENER after fork(2).
 * Returns 0, or -1 on failure.
 *
 * unix_close() in this process then removes the file, unless UNIX_KEEP is set.
 * If this process owns the file, the call does nothing.  The former owner is
 * not informed: it must call unix_abandon(), before or after this call, or exit
 * without unix_close().  A call that fails changes nothing.
 *
 * Errors:
 *   ENOENT      The path does not lead to the file.
 *   EINVAL      LISTENER is NULL, or unix_listen() did not make a file for it.
 * Errors of unix_listener_owns_path() are possible, too.
 */
UNIX_NODISCARD
int unix_own(struct unix_listener *listener);

/*
 * Connect to the server at ADDRESS and open PORTS, which the caller closes.
 * Returns 0, or -1 on failure.
 *
 * With UNIX_WAIT, the call retries until a server listens or connect_timeout
 * expires.
 *
 * Errors:
 *   ENOENT      No file is at the path.
 *   ECONNREFUSED
 *               No server listens there.
 *   ETIMEDOUT   The connect_timeout expired.
 *   EACCES      The caller has no write permission on the file, or
 *               UNIX_SAME_USER is set and the server has another user.
 *   EPROTOTYPE  The socket is not a stream socket.
 *   EINVAL      ADDRESS or OPTIONS are invalid, or PORTS is NULL.
 *   ENAMETOOLONG, EMFILE
 * unix_connect(3) lists further errors.
 */
int unix_connect(const char *address, const struct unix_options *options,
    struct unix_ports *ports);

/*
 * Open two ports that are connected to each other, by socketpair(2).
 * Returns 0, or -1 on failure.
 *
 * The caller closes both.  Guarded ports without UNIX_FILES refuse descriptors.
 *
 * Errors:
 *   EINVAL      OPTIONS are invalid, or PAIR is NULL.
 *   ENOTSUP     The system does not support an option.
 *   EMFILE, ENFILE, ENOMEM
 */
int unix_pair(const struct unix_options *options, struct unix_ports pair[2]);

/* Return 1 if the system supports Unix domain stream sockets, 0 if not. */
int unix_available(void);

/*
 * Check the syntax of ADDRESS.  Returns 0 if it is valid, or -1.
 *
 * LENGTH is the size of ADDRESS in bytes; 0 means up to the NUL.  No file is
 * examined.
 *
 * Errors:
 *   EINVAL      ADDRESS is NULL, empty or malformed.
 *   ENAMETOOLONG
 *               The path or name exceeds the limit of the system.
 *   EAFNOSUPPORT
 *               The system does not support abstract names.
 */
int unix_check_address(const char *address, size_t length);

/*
 * Describe in one line ADDRESS, the cause of ERROR there, and a remedy.
 * Returns the length of the complete line, without the NUL.
 *
 * TEXT has SIZE bytes.  A longer line is truncated, as by snprintf(3).  The
 * call examines the file system, but does not wait for a server.
 */
int unix_explain(const char *address, int error, char *text, size_t size);

/*
 * Return the path of NAME in the runtime directory of the user, or NULL on
 * failure.  The caller releases the path with free(3).
 *
 * NAME is a file name or has the form APP/NAME.  In the second case, the
 * directory APP is created if it does not exist.
 *
 * Errors:
 *   ENOENT      The runtime directory does not exist.
 *   EPERM       A directory is accessible to other users, or its path is not
 *               absolute.
 *   EINVAL      NAME is NULL or has another form.
 *   ENOMEM
 */
char *unix_runtime_path(const char *name);

/*
 * Send LENGTH bytes as one datagram to the datagram socket at ADDRESS.
 * Returns 0, or -1 on failure.
 *
 * The call never raises SIGPIPE.
 *
 * Errors:
 *   EMSGSIZE    The datagram is too long.
 *   ENOENT      No file is at the path.
 *   ECONNREFUSED
 *               No receiver is bound to the path.
 *   EPROTOTYPE  The socket is not a datagram socket.
 *   EAGAIN      The descriptor N of an address fd:N is non-blocking, and the
 *               queue of the receiver is full.
 *   EBADF       The descriptor N is not open.
 *   EINVAL      ADDRESS is invalid, or BYTES is NULL and LENGTH is not 0.
 */
int unix_send(const char *address, const void *bytes, size_t length);

/*
 * Send a datagram as unix_send() does, but never wait: if the queue of the
 * receiver is full, the call fails with EAGAIN.  The descriptor of an address
 * fd:N keeps its flags.
 */
UNIX_NODISCARD
int unix_try_send(const char *address, const void *bytes, size_t length);

/* The identity of the peer as recorded by the kernel. */
struct unix_peer {
	pid_t pid;		/* -1 if unknown */
	uid_t uid;
	gid_t gid;
	void *reserved[4];
};

/*
 * Store in PEER the identity of the process at the other end: the one that
 * connected, called listen(2), or made the pair.
 * Returns 0, or -1 on failure.
 *
 * Errors:
 *   ENOTSUP     The system does not report it, or the connection is not a Unix
 *               domain socket.
 *   EBADF       Both streams are closed.
 *   EINVAL      PEER is NULL.
 */
int unix_peer(const struct unix_ports *ports, struct unix_peer *peer);

/*
 * Return a descriptor of the process of the peer, a pidfd of Linux, or -1 on
 * failure.
 *
 * The process is the one that unix_peer() describes, also if its pid is unknown
 * here.  Unlike a pid, the descriptor never refers to another process: it is
 * readable for poll(2) after the process has terminated, and takes no signal
 * then.  The caller closes the descriptor, which is 3 or greater and
 * close-on-exec.
 *
 * Errors:
 *   ESRCH       The process has terminated (on some kernels, see above).
 *   ENOTSUP     The system cannot identify the process (Linux before 6.5, other
 *               systems), or the connection is not a Unix domain socket.
 *   EBADF       Both streams are closed.
 *   EMFILE, ENFILE
 */
UNIX_NODISCARD
int unix_peer_process(const struct unix_ports *ports);

/*
 * Return 1 if GROUP is the effective group or a supplementary group of the peer,
 * 0 if not, or -1 on failure.  The groups are those of the time at which the
 * connection was made.
 *
 * Errors:
 *   ENOTSUP     The system does not report the groups, or the connection is not
 *               a Unix domain socket, or GROUP is the overflow gid and the user
 *               namespace does not map every group.
 *   EBADF       Both streams are closed.
 *   EINVAL      GROUP is (gid_t)-1.
 */
UNIX_NODISCARD
int unix_peer_in_group(const struct unix_ports *ports, gid_t group);

/*
 * Queue COUNT descriptors, which are sent with the next byte written to `out`.
 * Returns 0, or -1 on failure; then none is queued.
 *
 * The ports must be guarded and have UNIX_FILES.  The call first flushes `out`,
 * which can block.  It queues duplicates, so the caller may close FILES after
 * it.  If no byte follows, closing the ports fails with EIO.
 *
 * Errors:
 *   E2BIG       More than 252 descriptors would be queued.
 *   EOPNOTSUPP  The ports were opened without UNIX_FILES.
 *   EBADF       `out` is closed, or a descriptor is not open.
 *   EINVAL      PORTS is NULL, or FILES is NULL and COUNT is not 0.
 *   EMFILE      No duplicate could be made.
 * Errors of a write are possible, too.
 */
int unix_add_files(struct unix_ports *ports, const int *files, size_t count);

/*
 * Return the next received descriptor, or -1 on failure.
 *
 * Descriptors become available when the bytes that carry them are read into the
 * buffer of `in`.  The caller owns the returned descriptor, which is 3 or
 * greater and close-on-exec.
 *
 * Errors:
 *   ENOMSG      No descriptor is available.
 *   EBADMSG     Descriptors were dropped at this place.  Reported once.
 *   EOPNOTSUPP  The ports were opened without UNIX_FILES.
 *   EBADF       Both streams are closed.
 *   EINVAL      PORTS is NULL.
 */
int unix_take_file(struct unix_ports *ports);

/*
 * The buffer of a message.  The calls below allocate its memory, and
 * unix_free_buffer() releases it.  Initialize the structure with zeros.
 */
struct unix_buffer {
	char *bytes;		/* the message and a NUL */
	size_t length;		/* in bytes, without the NUL */
	size_t capacity;	/* allocated bytes */
	size_t partial;		/* 1: EOF ended the line, not a newline; or 0 */
	size_t reserved[3];	/* private: state of a partial message */
};

/*
 * Read a line or a frame of at most LIMIT bytes from any stream.
 * Return 1 if a message was read, 0 at EOF, or -1 on failure.
 *
 * A LIMIT of 0 selects 1 MiB.  A line is stored without its newline and without
 * a CR that precedes the newline.  After ETIMEDOUT, EINTR and EAGAIN, call
 * again with the same buffer and limit to continue the message.
 *
 * Errors:
 *   EMSGSIZE    The message is longer than LIMIT.
 *   EBADMSG     EOF occurred inside a frame.
 *   ENOMEM      Memory for the message could not be allocated.
 *   EBADF       IN is not open for reading.
 *   EINVAL      A pointer is NULL, or the buffer holds a part of another
 *               message.
 * Errors of a read are possible, too.  After EMSGSIZE and EBADMSG the position
 * of the stream is inside the message.
 */
int unix_get_line(FILE *in, struct unix_buffer *line, size_t limit);
int unix_get_frame(FILE *in, struct unix_buffer *frame, size_t limit);

/*
 * Write a frame: LENGTH as a 4-byte big-endian number, then LENGTH bytes.
 * Returns 0, or -1 on failure.
 *
 * Frames of several threads are not interleaved.  The stream is not flushed.
 *
 * Errors:
 *   EMSGSIZE    LENGTH exceeds 4 GiB - 1.
 *   EBADF       OUT is not open for writing.
 *   EINVAL      OUT is NULL, or BYTES is NULL and LENGTH is not 0.
 * Errors of a write are possible, too.
 */
int unix_put_frame(FILE *out, const void *bytes, size_t length);

/*
 * Write a line to any stream: LENGTH bytes and a newline.
 * Returns 0, or -1 on failure.
 *
 * The line is not flushed.  Lines of several threads do not mix.  A newline
 * among the bytes is an error, so that no text can add a line to the protocol.
 *
 * Errors:
 *   EINVAL      A newline is among the bytes, or a pointer is NULL (BYTES may be
 *               if LENGTH is 0).  Nothing was written.
 *   EBADF       The stream is not open for writing.
 * It also fails with the errors of a write.
 */
int unix_put_line(FILE *out, const void *bytes, size_t length);

/*
 * Read available bytes from any stream: buffered bytes, or the bytes of one
 * read(2) if the buffer is empty.
 * Returns their number, 1 to SIZE; 0 at EOF; or -1 on failure.
 *
 * No byte is lost with ETIMEDOUT, EINTR and EAGAIN: call again.
 *
 * Errors:
 *   EINVAL      SIZE is 0, or a pointer is NULL.
 *   EBADF       The stream is not open for reading.
 * It also fails with the errors of a read.
 */
UNIX_NODISCARD
ssize_t unix_get_bytes(FILE *in, void *bytes, size_t size);

/*
 * Release the memory of BUFFER and set the structure to zeros.  If BUFFER is
 * NULL, the call does nothing.
 */
void unix_free_buffer(struct unix_buffer *buffer);

/* A function that serves one connection.  unix_serve() closes the ports. */
typedef void unix_handler(struct unix_ports *ports, void *context);

/* Options of unix_serve().  A null pointer, or zeros, select the defaults. */
struct unix_serve_options {
	unsigned clients;	   /* limit of concurrent clients; 0: 256 */
	unsigned clients_per_user; /* the same for one user; 0: no limit */
	int drain;		   /* ms; 0: 5000; -1: no limit */
	size_t stack_size;	   /* bytes; 0: default of the system */
	void *reserved[2];	   /* must be NULL */
};

/*
 * Serve the clients of LISTENER, each by a call of HANDLER in a thread.
 * Returns 0 after unix_interrupt() and the return of all handlers, or -1 on
 * failure.
 *
 * LISTENER must have UNIX_GUARDED.  CONTEXT is passed to HANDLER.  Handlers run
 * with all signals blocked.  After unix_interrupt(), handlers have `drain`
 * milliseconds to return; then their connections are shut down.  If the socket
 * was made by unix_listen() with a backlog of 0, its backlog is raised to
 * `clients`, or to 128 if that is more.
 *
 * Errors:
 *   ETIMEDOUT   The drain expired.
 *   EINVAL      LISTENER or HANDLER is NULL, the connections are not guarded,
 *               or OPTIONS are invalid.
 *   EAGAIN, ENOMEM
 *               The first thread could not be created.
 *   EMFILE, ENFILE
 *               No descriptor is available.
 * Errors of the listener are possible, too.
 */
int unix_serve(struct unix_listener *listener, unix_handler *handler,
    void *context, const struct unix_serve_options *options);

/*
 * Start a program whose standard input and output are a new connection.
 * Returns the process ID of the child, or -1 if none was started.
 *
 * ARGV[0] is searched for in PATH.  PORTS, which the caller closes, are the
 * other end of the connection.  The caller waits for the child with waitpid(2).
 * Guarded ports without UNIX_FILES refuse descriptors; the child's end accepts
 * them.
 *
 * Errors:
 *   EINVAL      ARGV, ARGV[0] or PORTS is NULL, or OPTIONS are invalid.
 *   ENOTSUP     The system does not support an option.
 *   EMFILE      The limit of open descriptors was reached.
 * Errors of fork(2) and execve(2) are possible, too.
 */
pid_t unix_spawn(char *const argv[], const struct unix_options *options,
    struct unix_ports *ports);

#ifdef __cplusplus
}
#endif

#endif
