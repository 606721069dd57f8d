/*
 * unixport: Unix domain sockets as pairs of stdio streams.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * unixport(3) is the manual.  The page of each call lists all of its errors.
 * The comments below list only the errors that callers distinguish.
 *
 * Conventions:
 * - A call that fails returns -1 or NULL and sets errno; only unix_explain()
 *   does not set errno.  A call that succeeds leaves errno unchanged.
 * - A call that fails to make an object leaves no descriptor, memory, file or
 *   changed signal disposition behind, and the caller's structures unchanged.
 *   unix_listen(3) describes exceptions for its file.
 * - A call that closes an object releases all of the object, even if the call
 *   fails.
 * - Timeouts are in milliseconds of the monotonic clock.
 * - Descriptors that the library makes are 3 or greater and close-on-exec.
 *   UNIX_INHERIT clears close-on-exec of a listener.
 *
 * Terms:
 * - A connection has two ends.  The peer is the process at the other end.
 * - Ports are the two streams of one end.  Plain ports, the default, are made
 *   by fdopen(3).  Guarded ports (UNIX_GUARDED) read and write through
 *   functions of the library; unix_guarded(7) describes them.
 * - Guarded ports refuse descriptors unless UNIX_FILES is set.  If the peer
 *   passes a descriptor to them, its sendmsg(2) fails with EPERM on Linux 6.16
 *   and later.  On other systems, the library closes the descriptor, and no
 *   error is reported.
 * - A stale socket file is one whose socket no process has open any more.
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

/* The version of this header.  The number has one byte for each part. */
#define UNIXPORT_VERSION	"1.1.0"
#define UNIXPORT_VERSION_NUMBER	0x010100

/*
 * The caller must use the result, which is a new object, the answer to a
 * question, or the only report of a failure.
 */
#if (defined(__STDC_VERSION__) && __STDC_VERSION__ >= 202311L) || \
    (defined(__cplusplus) && __cplusplus >= 201703L)
#define UNIX_NODISCARD	[[nodiscard]]
#elif defined(__GNUC__)
#define UNIX_NODISCARD	__attribute__((warn_unused_result))
#else
#define UNIX_NODISCARD
#endif

/*
 * Return the version of the library that is running, such as "1.1.0".
 *
 * If the shared library was replaced after the program was compiled, the result
 * differs from UNIXPORT_VERSION.
 */
const char *unix_version(void);

/*
 * Ports: the two streams of one end of a connection.
 *
 * The caller allocates the structure.  unix_close_ports() and
 * unix_abandon_ports() release the streams and the socket.  The caller may
 * instead close each stream with fclose(3).  If it closes only one, it must set
 * `in` or `out` of that stream to NULL.
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
#define UNIX_OUTPUT_LIMIT	((size_t)1 << 20) /* default output_limit */

/*
 * Flags of struct unix_options.
 *
 * If a flag belongs to other calls, a call ignores the flag.  If a flag is
 * unknown, or requires another option that is not set, the call fails with
 * EINVAL.
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
#define UNIX_UNLOCKED	0x200u	/* guarded: one thread at a time; no locks */

/*
 * Options of every call that makes ports or a listener.
 *
 * A null pointer, or a structure of zeros, selects all defaults.  If
 * read_timeout, write_timeout, buffer_size or output_limit is not 0 and
 * UNIX_GUARDED is not set, the call fails with EINVAL.
 *
 * A call whose timeout is -1 fails with ETIMEDOUT instead of waiting.  With a
 * write_timeout of -1, output that the socket does not accept is queued; see
 * unix_flush().
 *
 * With UNIX_UNLOCKED, no call locks the streams, and only one thread at a time
 * may use the ports.  If UNIX_UNTIED is also set, one thread may use `in` while
 * another uses `out`.  Any thread may call unix_hang_up().
 */
struct unix_options {
	unsigned flags;
	size_t address_length;	/* in bytes; 0: up to the NUL */
	int backlog;		/* 0: UNIX_BACKLOG; see unix_serve() */
	mode_t mode;		/* of the socket file; 0: 0600 */
	gid_t group;		/* of the socket file; 0: unchanged */
	int connect_timeout;	/* ms; 0: no limit; -1: do not wait */
	int accept_timeout;	/* ms; 0: no limit; -1: do not wait */
	int read_timeout;	/* ms without progress; 0, -1: as above */
	int write_timeout;	/* ms without progress; 0, -1: as above */
	enum unix_sigpipe sigpipe;
	size_t buffer_size;	/* bytes per stream; 0: 192 KiB */
	size_t output_limit;	/* bytes queued with write_timeout -1; 0:
				   UNIX_OUTPUT_LIMIT; SIZE_MAX: no limit */
	uid_t owner;		/* of the socket file; 0: unchanged */
	void *reserved[2];	/* must be NULL */
};

/*
 * Open ports on a connected stream socket of any address family.
 * Return 0, or -1 on failure.
 *
 * On success the ports own FD, which becomes blocking and close-on-exec.  On
 * failure FD is unchanged and still belongs to the caller.
 *
 * If UNIX_GUARDED is set without UNIX_FILES, the call sets the socket option
 * SO_PASSRIGHTS of FD to 0 on Linux 6.16 and later.  The option remains 0 after
 * the ports are closed.
 *
 * Errors:
 *   EBADF       FD is not an open descriptor.
 *   ENOTSOCK    FD is not a socket.
 *   ENOTCONN    The socket is not connected.
 *   EPROTOTYPE  The socket is not a stream socket.
 *   EINVAL      The socket is listening, OPTIONS are invalid, or PORTS is NULL.
 *   ENOTSUP     The system does not support an option.
 *   EMFILE, ENFILE, ENOMEM
 *               No descriptor or memory is available.
 */
UNIX_NODISCARD
int unix_open_ports(int fd, const struct unix_options *options,
    struct unix_ports *ports);

/*
 * Return the descriptor of the connection, or -1 on failure.
 *
 * The ports own the descriptor, so the caller must not close it.  The call does
 * not lock the streams.  Use this call also for guarded ports, for which
 * fileno(3) returns -1.
 *
 * Errors:
 *   EBADF       PORTS is NULL, or both streams are closed.
 */
int unix_fileno(const struct unix_ports *ports);

/*
 * Wait up to TIMEOUT milliseconds until getc(3) of `in` would not block.
 * Return 1 if getc(3) would not block, 0 if TIMEOUT expired, or -1 on failure.
 *
 * getc(3) does not block if a byte is in the buffer of `in` or in the socket,
 * or at EOF.  A TIMEOUT of 0 does not wait; -1 sets no limit.  On guarded ports
 * without UNIX_UNTIED, the call sends buffered output before it waits.
 *
 * Errors:
 *   EBADF       PORTS is NULL, or `in` is closed.
 *   ENOTSUP     The C library does not expose the buffer of a stream.
 */
UNIX_NODISCARD
int unix_input_ready(struct unix_ports *ports, int timeout);

/*
 * Flush `out`, and send queued output as far as the socket accepts it.
 * Return 0 if the system has all output, the number of bytes that are still
 * queued, or -1 on failure.
 *
 * Output is queued only if write_timeout is -1.  Call again when poll(2)
 * reports POLLOUT for unix_fileno().  With other timeouts the call waits as a
 * write does, and on plain ports it is fflush(3).
 *
 * On guarded ports, each call reports the first error of all writes.
 *
 * Errors:
 *   EBADF       PORTS is NULL, or `out` is closed.
 *   ENOBUFS     A write exceeded the output_limit.
 *   ENOMEM      No memory was available for the queue.
 * Other errors of a write are possible, too.
 */
ssize_t unix_flush(struct unix_ports *ports);

/*
 * Set the read_timeout and write_timeout of open guarded ports.
 * Return 0, or -1 on failure.
 *
 * The values are those of struct unix_options, and apply to reads and writes
 * that begin after the call.  Any thread may call this function.  If
 * write_timeout was -1 and output is queued, the next write, unix_flush() or
 * close sends the queue first, and waits as the new value says.
 *
 * Errors:
 *   EBADF       PORTS is NULL, or both streams are closed.
 *   EINVAL      A timeout is less than -1.
 *   ENOTSUP     The ports are plain.
 */
UNIX_NODISCARD
int unix_set_timeouts(struct unix_ports *ports, int read_timeout,
    int write_timeout);

/*
 * Set the deadline of all reads and writes of open guarded ports: MS
 * milliseconds from now, or none if MS is 0.
 * Return 0, or -1 on failure.
 *
 * After the deadline, a read that asks the system fails with ETIMEDOUT, even if
 * input is available.  Reading can continue after another call of this
 * function.  If the socket does not accept the bytes of a write immediately,
 * this write and all later ones fail with ETIMEDOUT.  Any thread may call this
 * function.
 *
 * Errors:
 *   EBADF       PORTS is NULL, or both streams are closed.
 *   EINVAL      MS is less than 0.
 *   ENOTSUP     The ports are plain.
 */
UNIX_NODISCARD
int unix_set_deadline(struct unix_ports *ports, int ms);

/*
 * Close one direction of the connection and the stream of this direction.
 * Return 0, or -1 on failure.
 *
 * unix_close_input() closes `in` and sets the pointer to NULL.  After the call,
 * writes of the peer fail with EPIPE on a Unix domain socket.
 *
 * unix_close_output() flushes and closes `out` and sets the pointer to NULL.
 * After the call, the peer reads EOF.
 *
 * On guarded ports, fclose(3) of one stream also closes its direction.
 * fclose(3) does not set the pointer to NULL, so the caller must do so.
 *
 * Errors:
 *   EBADF       The caller closed the descriptor of the ports by close(2).
 *   EINVAL      PORTS is NULL.
 *   EPIPE, ECONNRESET, ETIMEDOUT, ENOBUFS, EIO
 *               unix_close_output() only: output was lost, as described for
 *               unix_close_ports().
 */
int unix_close_input(struct unix_ports *ports);
int unix_close_output(struct unix_ports *ports);

/*
 * Flush `out`, and close both streams and the socket.
 * Return 0, or -1 if any output was lost since the ports were opened.
 *
 * `in` and `out` become NULL; a second call does nothing and returns 0.  The
 * peer reads EOF unless another process has the socket open.  If received input
 * is unread, a read of the peer fails once with ECONNRESET on Linux before the
 * peer reads EOF.
 *
 * Errors:
 *   EPIPE, ECONNRESET
 *               The peer closed the connection before it received all output.
 *   ETIMEDOUT   The write_timeout expired.  Or it is -1, and output was still
 *               queued: call unix_flush() until it returns 0 before closing.
 *   ENOBUFS     A write exceeded the output_limit.
 *   EIO         An earlier write on plain ports failed, and stdio did not store
 *               its error; or no byte was written after unix_add_files(), so
 *               that the descriptors were not sent.
 *   EBADF       The caller closed the descriptor of the ports by close(2).
 *   EINVAL      PORTS is NULL.
 */
int unix_close_ports(struct unix_ports *ports);

/*
 * Close both streams and the socket without sending buffered output.
 * Return 0, or -1 if output was lost before the call.
 *
 * Call this function after fork(2) in the process that does not use the
 * connection.  The other process can still use the connection.
 *
 * The errors are those of unix_close_ports().  Discarded output and descriptors
 * that were not sent are no error.
 */
int unix_abandon_ports(struct unix_ports *ports);

/*
 * Shut down both directions of the connection.  Return 0, or -1 on failure.
 *
 * At both ends, reads return the bytes received so far, then EOF, and writes
 * fail with EPIPE.  On some BSDs and macOS, the bytes received so far at the
 * caller's end are discarded instead.  The streams remain open.
 *
 * Any thread or signal handler may call this function while other threads read
 * and write, but not while a thread closes the streams.
 *
 * Errors:
 *   EBADF       PORTS is NULL, both streams are closed, or the caller closed
 *               the descriptor of the ports by close(2).
 */
int unix_hang_up(const struct unix_ports *ports);

struct unix_listener;

/*
 * Listen at ADDRESS, whose syntax is that of unix_address(7).
 * Return a listener that unix_close() releases, or NULL on failure.
 *
 * The call copies OPTIONS, which also apply to accepted connections.  The mode,
 * group and owner of the socket file are set before any client can connect.  A
 * stale socket file is replaced unless UNIX_NO_RECLAIM is set.
 *
 * Errors:
 *   EADDRINUSE  Another socket is bound to ADDRESS.  Or the path refers to a
 *               file that is not a socket, or to a stale socket file that
 *               cannot be replaced.
 *   EBUSY       Another process locked the directory for more than 2 seconds.
 *   ENOTSUP     The file system did not set the mode, group or owner, or the
 *               system does not support an option.
 *   EPERM       The caller has no permission to set the group or owner.
 *   EACCES      Permission on a directory of the path is denied.
 *   ENOENT      A directory of the path does not exist.
 *   EINVAL      ADDRESS or OPTIONS are invalid.
 *   ENAMETOOLONG
 *               The path or name exceeds the limit of the system.
 *   EMFILE, ENFILE, ENOMEM
 *               No descriptor or memory is available.
 * unix_listen(3) lists further errors.
 */
UNIX_NODISCARD
struct unix_listener *unix_listen(const char *address,
    const struct unix_options *options);

/*
 * Accept the next client and open PORTS, which the caller closes.
 * Return 0, or -1 on failure.
 *
 * Several threads and processes may accept at the same time.
 *
 * Errors:
 *   ETIMEDOUT   The accept_timeout expired.
 *   ECANCELED   unix_interrupt() was called.
 *   EMFILE, ENFILE, ENOBUFS, ENOMEM
 *               No descriptor or memory is available.  The client remains in
 *               the queue, so a later call can accept it.
 *   EOPNOTSUPP  LISTENER was made with UNIX_DATAGRAM.
 *   EINVAL      An argument is NULL, or another process shut down the listening
 *               socket.
 */
UNIX_NODISCARD
int unix_accept(struct unix_listener *listener, struct unix_ports *ports);

/*
 * Check if LISTENER has input: a queued client, a queued datagram, or a call of
 * unix_interrupt().  Return 1 if it has, 0 if not, or -1 on failure.
 *
 * Another thread or process can accept the client after this call.
 * unix_accept() then waits for the next client.
 *
 * Errors:
 *   EINVAL      LISTENER is NULL, or another process shut down the listening
 *               socket.
 */
UNIX_NODISCARD
int unix_accept_ready(struct unix_listener *listener);

/*
 * Return the listening descriptor for poll(2), or -1 if LISTENER is NULL.
 *
 * The descriptor is non-blocking.  LISTENER owns the descriptor, so the caller
 * must not close it.
 */
int unix_listener_fileno(const struct unix_listener *listener);

/*
 * Return the path of the socket, or @NAME for an abstract name, without the
 * prefix "unix:".  Return NULL if LISTENER is NULL, the socket has no name, or
 * the name contains a NUL.
 *
 * The string is valid until unix_close() or unix_abandon().
 */
const char *unix_listener_path(const struct unix_listener *listener);

/*
 * Return 1 if the path refers to the socket file of LISTENER, 0 if the file was
 * removed or replaced, or -1 if the file cannot be examined.
 *
 * If LISTENER has not made a file, the result is always 1.
 */
UNIX_NODISCARD
int unix_listener_owns_path(const struct unix_listener *listener);

/*
 * Interrupt LISTENER permanently, in every process that holds it.
 * Return 0, or -1 if LISTENER is NULL.
 *
 * Blocked and later calls of unix_accept() fail with ECANCELED, and
 * unix_serve() returns.  Any thread or signal handler may call this function.
 */
int unix_interrupt(struct unix_listener *listener);

/*
 * Remove the socket file and release LISTENER.
 * Return 0, or -1 if the file could not be removed.
 *
 * The call leaves the file if another process owns the file, the file was
 * replaced, or UNIX_KEEP is set.  The owner is the process that called
 * unix_listen() or unix_own().  All other resources are released even on
 * failure.  If LISTENER is NULL, the call does nothing and returns 0.
 *
 * During the call, no thread may be inside unix_accept() or unix_serve() on
 * LISTENER.
 */
int unix_close(struct unix_listener *listener);

/*
 * Release LISTENER and leave the socket file.  Always return 0.
 *
 * Call this function after fork(2) in the process that does not use LISTENER.
 * Other processes can accept clients as before.  If LISTENER is NULL, the call
 * does nothing.
 *
 * During the call, no thread may be inside unix_accept() or unix_serve() on
 * LISTENER.
 */
int unix_abandon(struct unix_listener *listener);

/*
 * Make this process the owner of the socket file of LISTENER after fork(2).
 * Return 0, or -1 on failure.
 *
 * A later unix_close() in this process removes the file, unless UNIX_KEEP is
 * set.  The owner may repeat the call.
 *
 * The former owner is not informed.  It must call unix_abandon(), before or
 * after this call, or exit without unix_close().
 *
 * Errors:
 *   ENOENT      The path does not refer to the socket file of LISTENER.
 *   EINVAL      LISTENER is NULL, or unix_listen() did not make a file.
 * Errors of unix_listener_owns_path() are possible, too.
 */
UNIX_NODISCARD
int unix_own(struct unix_listener *listener);

/*
 * Connect to the server at ADDRESS and open PORTS, which the caller closes.
 * Return 0, or -1 on failure.
 *
 * With UNIX_WAIT, the call retries until a server listens or connect_timeout
 * expires.
 *
 * Errors:
 *   ENOENT      No file is at the path.
 *   ECONNREFUSED
 *               No server listens at ADDRESS.
 *   ETIMEDOUT   The connect_timeout expired.
 *   EACCES      The caller has no write permission on the file, or
 *               UNIX_SAME_USER is set and the server has another user.
 *   EPROTOTYPE  The socket is not a stream socket.
 *   EINVAL      ADDRESS or OPTIONS are invalid, or PORTS is NULL.
 *   ENAMETOOLONG
 *               The path or name exceeds the limit of the system.
 *   EMFILE, ENFILE, ENOMEM
 *               No descriptor or memory is available.
 * unix_connect(3) lists further errors.
 */
UNIX_NODISCARD
int unix_connect(const char *address, const struct unix_options *options,
    struct unix_ports *ports);

/*
 * Make a connection with socketpair(2) and open ports on both ends.
 * Return 0, or -1 on failure.
 *
 * PAIR[0] and PAIR[1] are the ports of the two ends.  The caller closes both.
 *
 * Errors:
 *   EINVAL      OPTIONS are invalid, or PAIR is NULL.
 *   ENOTSUP     The system does not support an option.
 *   EMFILE, ENFILE, ENOMEM
 *               No descriptor or memory is available.
 */
UNIX_NODISCARD
int unix_pair(const struct unix_options *options, struct unix_ports pair[2]);

/* Return 1 if the system supports Unix domain stream sockets, 0 if not. */
UNIX_NODISCARD
int unix_available(void);

/*
 * Check the syntax of ADDRESS.  Return 0 if ADDRESS is valid, or -1 if not.
 *
 * LENGTH is the size of ADDRESS in bytes; 0 means up to the NUL.  The call does
 * not examine files.
 *
 * Errors:
 *   EINVAL      ADDRESS is NULL, empty or malformed.
 *   ENAMETOOLONG
 *               The path or name exceeds the limit of the system.
 *   EAFNOSUPPORT
 *               The system does not support abstract names.
 */
UNIX_NODISCARD
int unix_check_address(const char *address, size_t length);

/*
 * Write to TEXT one line that describes ADDRESS, the cause of ERROR, and a
 * remedy.  Return the length of the complete line, without the NUL, or -1 if
 * the length exceeds INT_MAX.
 *
 * ERROR is the errno of a call with ADDRESS.  TEXT has SIZE bytes.  A longer
 * line is truncated, as by snprintf(3).  The call examines the file system, but
 * does not wait for a server.
 */
int unix_explain(const char *address, int error, char *text, size_t size);

/*
 * Return the path of NAME in the runtime directory of the user, or NULL on
 * failure.  The caller releases the path with free(3).
 *
 * NAME has the form FILE or APP/FILE.  If the directory APP does not exist, the
 * call creates it in the runtime directory.
 *
 * Errors:
 *   ENOENT      The runtime directory does not exist.
 *   EPERM       The path of the runtime directory is not absolute, or the
 *               runtime directory or APP is not private.  A private directory
 *               belongs to the user, and other users have no permissions for
 *               it (on macOS, no write permission).
 *   EINVAL      NAME is NULL or has neither form.
 *   EMFILE, ENFILE, ENOMEM
 *               No descriptor or memory is available.
 */
UNIX_NODISCARD
char *unix_runtime_path(const char *name);

/*
 * Send LENGTH bytes as one datagram to the datagram socket at ADDRESS.
 * Return 0, or -1 on failure.
 *
 * If ADDRESS is fd:N, the call sends on the connected descriptor N.  If the
 * queue of the receiver is full, the call waits, unless N is non-blocking.  The
 * call never raises SIGPIPE.
 *
 * Errors:
 *   EMSGSIZE    The datagram is too long.
 *   ENOENT      No file is at the path.
 *   ECONNREFUSED
 *               No receiver is bound to the path.
 *   EPROTOTYPE  The socket is not a datagram socket.
 *   EAGAIN      The queue of the receiver is full, and N is non-blocking.
 *   EBADF       N is not an open descriptor.
 *   EINVAL      ADDRESS is invalid, or BYTES is NULL and LENGTH is not 0.
 * Errors of socket(2) and sendto(2) are possible, too.
 */
UNIX_NODISCARD
int unix_send(const char *address, const void *bytes, size_t length);

/*
 * Send a datagram as unix_send() does, but never wait.  If the queue of the
 * receiver is full, the call fails with EAGAIN.  If ADDRESS is fd:N, the flags
 * of the descriptor N are unchanged.
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
 * Store the identity of the peer in PEER.  Return 0, or -1 on failure.
 *
 * On accepted ports, the peer is the process that called connect(2).  On ports
 * of unix_connect(), the peer is the process that called listen(2).  On both
 * ends of a pair, the peer is the process that made the pair.
 *
 * Errors:
 *   ENOTSUP     The system does not report the identity, or the socket is not a
 *               Unix domain socket.
 *   EBADF       PORTS is NULL, or both streams are closed.
 *   EINVAL      PEER is NULL.
 */
UNIX_NODISCARD
int unix_peer(const struct unix_ports *ports, struct unix_peer *peer);

/*
 * Receive the next datagram of LISTENER, which was made with UNIX_DATAGRAM, in
 * BYTES, which has SIZE bytes.  Return the length of the datagram, which can be
 * 0, or -1 on failure.
 *
 * The call waits as accept_timeout says.  If PEER is not NULL, the call stores
 * the identity of the sender at the time of sending, as recorded by the kernel.
 * An unknown pid, uid or gid is -1.  Descriptors in the datagram are closed.
 *
 * Errors:
 *   ETIMEDOUT   The accept_timeout expired.
 *   ECANCELED   unix_interrupt() was called.  Datagrams can still be queued.
 *   EMSGSIZE    The datagram was longer than SIZE.  It is lost, and BYTES may
 *               have changed.
 *   EINVAL      LISTENER is NULL or was made without UNIX_DATAGRAM, BYTES is
 *               NULL and SIZE is not 0, or a process shut down the socket.
 * Errors of recvmsg(2) are possible, too.
 */
UNIX_NODISCARD
ssize_t unix_receive(struct unix_listener *listener, void *bytes, size_t size,
    struct unix_peer *peer);

/*
 * Return a descriptor of the process of the peer (a pidfd of Linux), or -1 on
 * failure.
 *
 * The peer is the process that unix_peer() describes.  The call also works if
 * unix_peer() cannot report the pid.  Unlike a pid, the descriptor never refers
 * to another process.  After the peer has terminated, poll(2) reports the
 * descriptor as readable, and the descriptor accepts no signal.  The caller
 * closes the descriptor, which is 3 or greater and close-on-exec.
 *
 * Errors:
 *   ESRCH       The peer has terminated.  Linux 6.18 and later return a
 *               descriptor instead.
 *   ENOTSUP     The system cannot identify the process (Linux before 6.5, other
 *               systems), or the socket is not a Unix domain socket.
 *   EBADF       PORTS is NULL, or both streams are closed.
 *   EMFILE, ENFILE
 *               No descriptor is available.
 */
UNIX_NODISCARD
int unix_peer_process(const struct unix_ports *ports);

/*
 * Return 1 if GROUP is the effective group or a supplementary group of the
 * peer, 0 if not, or -1 on failure.
 *
 * The kernel recorded the groups when the connection was made.
 *
 * Errors:
 *   ENOTSUP     The system does not report the groups, or the socket is not a
 *               Unix domain socket.  Or GROUP is the overflow gid, and the user
 *               namespace does not map every group.
 *   EBADF       PORTS is NULL, or both streams are closed.
 *   EINVAL      GROUP is (gid_t)-1.
 *   EMFILE, ENFILE, ENOMEM
 *               No descriptor or memory is available.
 */
UNIX_NODISCARD
int unix_peer_in_group(const struct unix_ports *ports, gid_t group);

/*
 * Queue COUNT descriptors, which are sent with the next byte written to `out`.
 * Return 0, or -1 on failure.  A call that fails queues none of them.
 *
 * PORTS must be guarded and have UNIX_FILES.  The call first flushes `out`,
 * which can block unless write_timeout is -1.  The call queues duplicates, so
 * the caller may close FILES after the call.  If no byte is written afterwards,
 * unix_close_ports() fails with EIO.
 *
 * Errors:
 *   E2BIG       More than 252 descriptors would be queued.
 *   EOPNOTSUPP  The ports were opened without UNIX_FILES.
 *   EBADF       `out` is closed, or a descriptor is not open.
 *   EINVAL      PORTS is NULL, or FILES is NULL and COUNT is not 0.
 *   EMFILE      No descriptor is available for a duplicate.
 *   ETIMEDOUT   The write_timeout is -1, and earlier output is still queued.
 * Errors of a write are possible, too.
 */
UNIX_NODISCARD
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
 *   EBADMSG     Descriptors were lost at this place.  Each loss is reported
 *               once.
 *   EOPNOTSUPP  The ports were opened without UNIX_FILES.
 *   EBADF       Both streams are closed.
 *   EINVAL      PORTS is NULL.
 */
UNIX_NODISCARD
int unix_take_file(struct unix_ports *ports);

/*
 * The buffer of a message.  The calls below allocate its memory, and
 * unix_free_buffer() releases it.  Initialize the structure with zeros.
 */
struct unix_buffer {
	char *bytes;		/* the message and a NUL */
	size_t length;		/* in bytes, without the NUL */
	size_t capacity;	/* allocated bytes */
	size_t partial;		/* 1: EOF ended the line; 0: a newline did */
	size_t reserved[3];	/* private: state of a partial message */
};

/*
 * Read a line or a frame of at most LIMIT bytes from any stream.
 * Return 1 if a message was read, 0 at EOF, or -1 on failure.
 *
 * A LIMIT of 0 selects 1 MiB.  A line is stored without its newline and without
 * a CR before the newline.
 *
 * Errors:
 *   ETIMEDOUT, EINTR, EAGAIN, ENOMEM
 *               A read or an allocation failed temporarily.  The buffer keeps
 *               the received part.  Call again with the same arguments to
 *               continue the message.
 *   EMSGSIZE    The message is longer than LIMIT.  The next read from IN starts
 *               inside the message.
 *   EBADMSG     EOF occurred inside a frame.
 *   EBADF       IN is not open for reading.
 *   EINVAL      A pointer is NULL, or the buffer holds a part of another
 *               message.
 * Errors of a read are possible, too.
 */
UNIX_NODISCARD
int unix_get_line(FILE *in, struct unix_buffer *line, size_t limit);
UNIX_NODISCARD
int unix_get_frame(FILE *in, struct unix_buffer *frame, size_t limit);

/*
 * Write a frame: LENGTH as a 4-byte big-endian number, then LENGTH bytes.
 * Return 0, or -1 on failure.
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
 * Write a line to any stream: LENGTH bytes, then a newline.
 * Return 0, or -1 on failure.
 *
 * Lines of several threads are not interleaved.  The stream is not flushed.
 *
 * Errors:
 *   EINVAL      BYTES contain a newline, which would end the line early; OUT is
 *               NULL; or BYTES is NULL and LENGTH is not 0.  Nothing was
 *               written.
 *   EBADF       OUT is not open for writing.
 * Errors of a write are possible, too.
 */
int unix_put_line(FILE *out, const void *bytes, size_t length);

/*
 * Read up to SIZE available bytes from any stream.
 * Return the number of bytes, 0 at EOF, or -1 on failure.
 *
 * If the buffer of the stream contains bytes, the call returns them.  If the
 * buffer is empty, the call waits for one read(2).
 *
 * Errors:
 *   ETIMEDOUT, EINTR, EAGAIN
 *               The read failed temporarily.  No byte was lost, so the caller
 *               may call again.
 *   EINVAL      SIZE is 0, or a pointer is NULL.
 *   EBADF       IN is not open for reading.
 * Errors of a read are possible, too.
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

/* Options of unix_serve().  A null pointer or zeros select the defaults. */
struct unix_serve_options {
	unsigned clients;	   /* limit of concurrent clients; 0: 256 */
	unsigned clients_per_user; /* limit for each user; 0: no limit */
	int drain;		   /* ms; 0: 5000; -1: no limit */
	size_t stack_size;	   /* bytes; 0: default of the system */
	int idle;		   /* ms without a client; 0: no limit */
	void *reserved[1];	   /* must be NULL */
};

/*
 * Serve the clients of LISTENER, each by a call of HANDLER in a thread.
 * Return 0 when all handlers have returned after unix_interrupt() or an idle
 * time, or -1 on failure.
 *
 * LISTENER must have UNIX_GUARDED.  CONTEXT is passed to HANDLER.  Handlers run
 * with all signals blocked.  If unix_listen() made the socket with a backlog of
 * 0, the call raises the backlog to `clients`, but at least to 128.
 *
 * After unix_interrupt(), the call waits up to `drain` milliseconds for the
 * handlers to return.  Then it shuts down the connections that remain.
 *
 * If `idle` is not 0, the call returns 0 after `idle` milliseconds without a
 * client.  LISTENER is not interrupted.  A client that connects afterwards
 * remains in its queue until a process that has the socket accepts the client.
 * unix_close() drops the client if no other process has the socket.
 *
 * Errors:
 *   ETIMEDOUT   Handlers were still running after `drain` milliseconds.
 *   EINVAL      LISTENER or HANDLER is NULL, LISTENER lacks UNIX_GUARDED or
 *               has a read_timeout or write_timeout of -1, or OPTIONS are
 *               invalid.
 *   EAGAIN, ENOMEM
 *               The first thread could not be created.
 *   EMFILE, ENFILE
 *               No descriptor is available.
 * Errors of the listener are possible, too.
 */
UNIX_NODISCARD
int unix_serve(struct unix_listener *listener, unix_handler *handler,
    void *context, const struct unix_serve_options *options);

/*
 * Start a program with one end of a new connection as its standard input and
 * output, and open PORTS on the other end.
 * Return the process ID of the child, or -1 on failure.
 *
 * If ARGV[0] contains no slash, the program is searched for in PATH.  The
 * caller closes PORTS and waits for the child with waitpid(2).  OPTIONS apply
 * to PORTS only.  The end of the child never refuses descriptors.
 *
 * Errors:
 *   EINVAL      ARGV, ARGV[0] or PORTS is NULL, or OPTIONS are invalid.
 *   ENOTSUP     The system does not support an option.
 *   EMFILE, ENFILE, ENOMEM
 *               No descriptor or memory is available.
 * Errors of fork(2) and execve(2) are possible, too.
 */
UNIX_NODISCARD
pid_t unix_spawn(char *const argv[], const struct unix_options *options,
    struct unix_ports *ports);

#ifdef __cplusplus
}
#endif

#endif
