/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lowest layer: calls that differ between systems or libcs, and functions
 * that all parts use.
 *
 * The library calls only names that begin with up_, and each exported function
 * is a wrapper.  If the library called unix_connect() and the program had a
 * function with this name, the dynamic linker would call that of the program.
 * Functions up_* may change errno on success; the wrappers restore it.
 */
#ifndef UP_OS_H
#define UP_OS_H

#include "config.h"

#include <sys/types.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>

#include "unixport.h"

/*
 * Each private header encloses its declarations in these two lines.  Otherwise,
 * the compiler would expect another object to replace the functions, and would
 * call them through the global offset table.
 */
#pragma GCC visibility push(hidden)

/*
 * Differences that a constant expresses.  Other files test them with `if'
 * instead of `#if', so that every system compiles all of the code.
 */
#ifdef __linux__
#define UP_HAS_ABSTRACT_NAMES	1
#define UP_HAS_DESCRIPTOR_PATHS	1	/* /proc/thread-self/fd */
#define UP_O_PATH		O_PATH	/* 0 if not supported */
#else
#define UP_HAS_ABSTRACT_NAMES	0
#define UP_HAS_DESCRIPTOR_PATHS	0
#define UP_O_PATH		0
#endif

/* To open a directory without read permission, except with O_RDONLY. */
#if defined(O_PATH)
#define UP_O_SEARCH	O_PATH
#elif defined(O_SEARCH)
#define UP_O_SEARCH	O_SEARCH
#else
#define UP_O_SEARCH	O_RDONLY
#endif
#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH	0
#endif

/* Flags that can be omitted. */
#ifndef MSG_CMSG_CLOEXEC
#define MSG_CMSG_CLOEXEC	0
#endif
#ifndef POLLRDHUP
#define POLLRDHUP	0
#endif
#ifndef MSG_NOSIGNAL			/* macOS has SO_NOSIGPIPE */
#define MSG_NOSIGNAL	0
#endif

/* Linux 6.5. */
#if !defined(SCM_PIDFD) && defined(__linux__)
#define SCM_PIDFD	4
#elif !defined(SCM_PIDFD)
#define SCM_PIDFD	(-1)
#endif
#if !defined(SO_PEERPIDFD) && defined(__linux__) && \
    !defined(__sparc__) && !defined(__hppa__)
#define SO_PEERPIDFD	77
#elif !defined(SO_PEERPIDFD)
#define SO_PEERPIDFD	(-1)
#endif
/* Linux 4.13. */
#if !defined(SO_PEERGROUPS) && defined(__linux__) && \
    !defined(__sparc__) && !defined(__hppa__)
#define SO_PEERGROUPS	59
#elif !defined(SO_PEERGROUPS)
#define SO_PEERGROUPS	(-1)
#endif
/* Linux 6.16; the number differs on sparc and parisc. */
#if !defined(SO_PASSRIGHTS) && defined(__linux__) && \
    !defined(__sparc__) && !defined(__hppa__)
#define SO_PASSRIGHTS	83
#elif !defined(SO_PASSRIGHTS)
#define SO_PASSRIGHTS	(-1)
#endif

/* Linux 3.4. */
#ifndef SO_PEEK_OFF
#define SO_PEEK_OFF	(-1)
#endif

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS	MAP_ANON
#endif
#ifndef MADV_NOHUGEPAGE
#define MADV_NOHUGEPAGE	(-1)
#endif

/* If a limit is indeterminate, POSIX lets <limits.h> omit its name. */
#ifndef PATH_MAX
#define PATH_MAX	4096
#endif
#ifndef NAME_MAX
#define NAME_MAX	255
#endif

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

#ifdef __GNUC__
#define UP_API		__attribute__((visibility("default")))
#define UP_DESTRUCTOR	__attribute__((destructor))
#else
#define UP_API
#define UP_DESTRUCTOR
#endif

/*
 * A function that is called once for a listener or a connection, or after an
 * error.  It is compiled for size, and so are functions that only it calls.
 */
#ifdef __GNUC__
#define UP_COLD		__attribute__((cold))
#else
#define UP_COLD
#endif

/* errors.c: classes of errors, and results of calls */
static inline int
up_fail(int error)
{
	errno = error;
	return -1;
}

static inline int
up_would_block(int error)
{
#if EWOULDBLOCK != EAGAIN
	if (error == EWOULDBLOCK)
		return 1;
#endif
	return error == EAGAIN;
}

int up_result(int, int);
int up_is_shortage(int);

/* fd.c: descriptors of any type; new ones are 3 or more and close-on-exec */
struct up_flags {
	int file;
	int descriptor;
};

void up_close(int);
UP_COLD int up_set_blocking(int, int);
UP_COLD int up_set_inherit(int, int);
UP_COLD int up_save_flags(int, struct up_flags *);
UP_COLD void up_restore_flags(int, const struct up_flags *);
int up_dup(int);
UP_COLD int up_dup_from(int, int);
UP_COLD int up_dup_onto(int, int);
UP_COLD int up_pipe(int [2]);
int up_above_standard(int);
UP_COLD int up_both_above_standard(int [2]);
UP_COLD int up_open(const char *, int);
UP_COLD int up_openat(int, const char *, int);
UP_COLD int up_chmod_path(int, mode_t);

/* rename.c: in one directory, replacing nothing */
UP_COLD int up_rename_new(int, const char *, const char *);
UP_COLD int up_rename_aside(int, const char *, const char *);

/* accepting.c: connections from a listener */
UP_COLD int up_accept(int, int *);
UP_COLD int up_accept_beside_standard(int, int *, int *);
UP_COLD int up_limit_accept(int);
UP_COLD int up_close_connection(int, int);
UP_COLD void up_refuse_connection(int);

/* transit.c: a lock; after a timeout the caller continues without it */
UP_COLD int up_lock_transit(void);
void up_unlock_transit(int);
UP_COLD void up_begin_closing(int);
UP_COLD void up_end_closing(void);

/* socket.c: sockets and their state */
struct up_name {
	struct sockaddr_un address;
	socklen_t length;
};

UP_COLD int up_socket(int);
UP_COLD int up_socketpair(int [2]);
UP_COLD int up_shutdown(int, int);
UP_COLD int up_family(int);
UP_COLD int up_bound_name(int, char **);
UP_COLD int up_is_bound(int);
UP_COLD int up_bound_file(int);
UP_COLD int up_is_listening(int);
int up_socket_option(int, int);
UP_COLD int up_can_receive(int, int);

/* inflight.c: descriptors that a peer has passed */
#define UP_SCM_MAX_FDS		253	/* in one message, by Linux */
#define UP_OTHER_CONTROL_BYTES	256	/* credentials and the like */

union up_control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(UP_SCM_MAX_FDS * sizeof(int)) +
	    UP_OTHER_CONTROL_BYTES];
};

ssize_t up_receive(int, struct msghdr *, int, int (*)(void *, int, int),
    void *);
UP_COLD void up_drop(const int *, size_t);
UP_COLD void up_disarm(int);
void up_disarm_unread(int);

/* clock.c: waiting until a deadline */
#define UP_NEVER	(-1LL)
#define UP_SHORTAGE_RETRY_MS	50

long long up_deadline(int);
long long up_timeout_deadline(int);
int up_ms_left(long long);

static inline int
up_has_passed(long long deadline)
{
	return deadline != UP_NEVER && up_ms_left(deadline) == 0;
}

/* The earlier deadline.  As an unsigned number, UP_NEVER is the greatest. */
static inline long long
up_earlier(long long a, long long b)
{
	return (unsigned long long)a < (unsigned long long)b ? a : b;
}

int up_poll(struct pollfd *, nfds_t, long long);
UP_COLD int up_pause(int);
UP_COLD int up_sleep(int);
long long up_sooner(long long, int);
UP_COLD int up_pause_until(long long);
int up_poll_again(struct pollfd *, long long, unsigned *);
int up_poll_retrying(struct pollfd *, nfds_t, long long);

/* exiting.c: exit(3) beside other threads */
#ifdef __GLIBC__
#define UP_EXIT_IGNORES_LOCKS	1
#else
#define UP_EXIT_IGNORES_LOCKS	0
#endif

int up_is_exiting(void);
int up_is_exit_thread(void);

/* identity.c: the same user, process or file */
struct stat;
UP_COLD int up_is_overflow_user(uid_t);
UP_COLD int up_is_own_user(uid_t);
UP_COLD int up_is_unmapped_group(gid_t);
unsigned up_process_number(void);
unsigned up_fork_count(void);
UP_COLD int up_is_same_file(const struct stat *, const struct stat *);
UP_COLD int up_is_unchanged_file(const struct stat *, const struct stat *);

/* sockdiag.c, localfs.c, peercred.c */
UP_COLD int up_may_be_bound_file(int, int, const struct stat *);
UP_COLD int up_is_local(int);
UP_COLD int up_is_mount_point(const char *);
UP_COLD int up_has_true_inodes(int);
UP_COLD int up_peer_credentials(int, struct unix_peer *);
UP_COLD void up_pass_credentials(int);
UP_COLD void up_sender(struct msghdr *, struct unix_peer *);
UP_COLD int up_peer_pidfd(int);
UP_COLD int up_is_peer_in_group(int, gid_t);

#pragma GCC visibility pop

#endif
