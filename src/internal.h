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
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

#include "unixport.h"

/* Systems without such a limit leave the names out. */
#ifndef PATH_MAX
#define PATH_MAX	4096
#endif
#ifndef NAME_MAX
#define NAME_MAX	255
#endif

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

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

struct up_address;
int up_options(const struct unix_options *, enum up_call,
    struct unix_options *);
int up_request(const char *, const struct unix_options *, enum up_call,
    struct up_address *, struct unix_options *);

/* address.c: a string becomes an address */
enum up_form {
	UP_PATH,
	UP_ABSTRACT,
	UP_DESCRIPTOR,
	UP_SYSTEMD
};

struct up_address {
	enum up_form form;
	const char *text;	/* behind the marks; not ended by a NUL */
	size_t length;
	int number;		/* of a descriptor */
};

int up_parse(const char *, size_t, struct up_address *);
char *up_copy(const struct up_address *);

int up_check_file_options(const struct unix_options *,
    const struct up_address *);

/* name.c: names of sockets */
struct up_name {
	struct sockaddr_un address;
	socklen_t length;
};

int up_name(const char *, size_t, struct up_name *);
int up_name_at(int, const char *, struct up_name *);
int up_abstract_name(const struct up_address *, struct up_name *);
int up_reach(const struct up_address *, struct up_name *, int *);
int up_family(int);
int up_own_text(int, char **);
int up_is_bound(int);

/* fd.c: descriptors of 3 or more, close-on-exec */
int up_dup(int);
int up_dup_from(int, int);
int up_above_standard(int);
int up_both_above_standard(int [2]);
int up_open(const char *, int);
int up_openat(int, const char *, int);

/* socket.c: such descriptors of every kind */
int up_socket(int);
int up_socketpair(int [2]);
int up_accept(int);
int up_dup_onto(int, int);
int up_pipe(int [2]);
int up_shutdown(int, int);
void up_close(int);
int up_answer(int, int);
int up_would_block(int);

/* fd.c: flags */
struct up_flags {
	int file;
	int descriptor;
};

int up_set_blocking(int, int);
int up_set_inherit(int, int);
int up_remember_flags(int, struct up_flags *);
void up_restore_flags(int, const struct up_flags *);

/* clock.c: waiting until a deadline */
#define UP_NEVER	(-1LL)

long long up_deadline(int);
long long up_limit(int);
int up_left(long long);
int up_poll(struct pollfd *, nfds_t, long long);

/* sigpipe.c: the policies */
int up_sigpipe_check(const struct unix_options *);
int up_sigpipe_spared(int);
int up_sigpipe_spare(int, int);
void up_sigpipe_restore(int, int);
int up_sigpipe_flags(void);
int up_sigpipe_socket(int, const struct unix_options *);
void up_sigpipe_process(enum unix_sigpipe);
void up_sigpipe_raise(enum unix_sigpipe);

/* rights.c: descriptors that are refused */
int up_refuse_files(int, const struct unix_options *);

/* identity.c: the process */
unsigned up_own_number(void);

/* threads.c: no call that may wait is made under a lock */
struct up_lock {
	pthread_mutex_t mutex;
	_Atomic int alone;		/* held by the process's only thread */
	_Atomic unsigned owner;		/* the process that made it */
	_Atomic unsigned adopter;	/* the process that makes it anew */
};

void up_make_lock(struct up_lock *);
void up_drop_lock(struct up_lock *);
int up_try_lock(struct up_lock *);
void up_lock(struct up_lock *);
void up_unlock(struct up_lock *);
int up_has_threads(void);
int up_shield(void);
void up_unshield(int);

/* peek.c: what waits in a stream; under its lock, all but up_peek() */
extern const size_t up_slack;

int up_peek(FILE *);
size_t up_ahead(FILE *, const char **);
void up_skip(FILE *, size_t);
size_t up_unsent(FILE *, const char *, size_t, const char **);
void up_purge(FILE *);

/* cookie.c: streams with hooks, whose types are those of the system's */
#if defined(HAVE_FUNOPEN) && !defined(HAVE_FOPENCOOKIE)
typedef int up_cookie_result, up_cookie_size;
#else
typedef ssize_t up_cookie_result;
typedef size_t up_cookie_size;
#endif

/*
 * What a write hook returns when it has failed: to glibc -1 is a huge count,
 * which leads a large fwrite(3) out of bounds, and to the others 0 is
 * success.
 */
#ifdef __GLIBC__
#define UP_COOKIE_UNWRITTEN	0
#else
#define UP_COOKIE_UNWRITTEN	(-1)
#endif

typedef up_cookie_result up_cookie_read(void *, char *, up_cookie_size);
typedef up_cookie_result up_cookie_write(void *, const char *, up_cookie_size);
typedef int up_cookie_close(void *);

int up_check_cookies(void);
FILE *up_open_cookie(void *, up_cookie_read *, up_cookie_write *,
    up_cookie_close *);

/* plain.c: ports by fdopen(3) and dup */
int up_plain_open(int, struct unix_ports *);
int up_plain_move(struct unix_ports *, int);

/* buffers.c: memory for the streams of guarded ports */
#define UP_BUFFER_SIZE	((size_t)192 * 1024)	/* measured: make bench */

size_t up_stride(size_t);
char *up_take_buffers(size_t);
void up_return_buffers(char *, size_t);

/* files.c: descriptors that wait */
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

/* guarded.c: the socket of guarded ports, which its streams share */
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
void up_let_go(struct unix_socket *);
int up_close_socket(struct unix_socket *);
int up_end_socket(struct unix_socket *, int);
int up_is_over(struct unix_socket *);
void up_forsake(struct unix_socket *);

/* gstream.c: hooks of stdio */
int up_guarded_open(int, const struct unix_options *, struct unix_ports *);
void up_guarded_move(struct unix_ports *, int);

/* gio.c, cmsg.c and autoflush.c */
ssize_t up_guarded_read(struct unix_socket *, char *, size_t);
int up_guarded_write(struct unix_socket *, const char *, size_t);
ssize_t up_send_some(struct unix_socket *, const char *, size_t, int);
ssize_t up_receive_some(struct unix_socket *, char *, size_t, int);
int up_is_unsent(struct unix_socket *);
int up_tie(struct unix_socket *);
int up_await_input(int, struct unix_socket *, long long);

/* ports.c and close.c */
int up_make_ports(int, const struct unix_options *, struct unix_ports *);
int up_open_ports(int, const struct unix_options *, struct unix_ports *);
int up_adopt_ports(int, const struct unix_options *, struct unix_ports *);
int up_fileno(const struct unix_ports *);
int up_lost_output(struct unix_socket *);
int up_socket_option(int, int);
int up_is_listening(int);
int up_abandon_ports(struct unix_ports *);
int up_close_ports(struct unix_ports *);

/* peer.c: who is at the other end */
int up_peer(int, struct unix_peer *);
int up_check_user(int);

/* text.c and diagnose.c: what unix_explain() says */
char *up_join(const char *, const char *);

struct up_text {
	char *bytes;
	size_t size;
	size_t length;		/* also of what did not fit */
};

#ifdef __GNUC__
__attribute__((format(printf, 2, 3)))
#endif
void up_say(struct up_text *, const char *, ...);
void up_say_bytes(struct up_text *, const char *, size_t);
int up_diagnose(struct up_text *, const char *, int);

/* probe.c and local.c */
int up_probe(const struct up_name *);
int up_is_local(int);

/* peercred.c */
int up_ask_peer(int, struct unix_peer *);

/* identity.c */
int up_is_own_user(uid_t);

/* place.c, claim.c, reclaim.c and sockfile.c: the file of a listener */
struct stat;
struct up_claim {
	const char *path;	/* the listener's */
	const char *last;	/* its last component */
	char *absolute;		/* without links and dots; NULL: unknown */
	int directory;
	char temporary[40];	/* the file's name until it is in its place */
	dev_t device;
	ino_t inode;
	unsigned owner;		/* the process that made the file and may
				   remove it, or 0 */
};

/* A reference to the file at the path: arguments of the *at calls. */
struct up_file {
	int fd;
	const char *name;
	int flags;
	int pin;		/* to be closed, or -1 */
};

int up_is_same(const struct stat *, const struct stat *);
int up_is_unchanged(const struct stat *, const struct stat *);
int up_open_file(const struct up_claim *, struct up_file *);
int up_open_bound_file(const struct up_claim *, int, struct up_file *);
void up_close_file(const struct up_file *);
int up_stat_file(const struct up_file *, struct stat *);
int up_set_access(const struct up_file *, mode_t, gid_t);

int up_open_place(struct up_claim *);
int up_place(struct up_claim *, int);
int up_probe_place(const struct up_claim *, struct stat *);
void up_close_place(struct up_claim *);
int up_claim(struct up_claim *, int, const struct unix_options *);
int up_look(const struct up_claim *, struct stat *);
int up_owns(const struct up_claim *);
int up_release(struct up_claim *, int);
int up_reclaim(struct up_claim *, int);

/* activation.c: sockets that were handed to us */
int up_find_given(struct up_address *, int);

/* listener.c and accept.c */
struct unix_listener {
	int fd;
	int wake[2];		/* readable once interrupted, never read */
	int rights_set;		/* SO_PASSRIGHTS, which connections inherit */
	char *path;		/* NULL where the name is no string */
	struct up_claim claim;
	struct unix_options options;
};

int up_accept_client(struct unix_listener *, int, long long,
    struct unix_ports *);

/* serve.c and worker.c */
#define UP_RETRY_MS	50		/* during a shortage */

struct up_worker {
	struct up_worker *next;
	struct up_server *server;
	pthread_t thread;
	struct unix_ports ports;
	struct unix_socket *socket;	/* that it serves, or NULL */
	uid_t user;
};

struct up_server {
	struct unix_listener *listener;
	unix_handler *handler;
	void *context;
	unsigned clients, clients_per_user;
	pthread_attr_t attributes;
	int bell[2];			/* the caller's end and the threads' */
	pthread_mutex_t lock;		/* of all below */
	pthread_cond_t turn;		/* to lead, or to stop */
	struct up_worker *workers;
	unsigned threads;		/* the sum of the next four */
	unsigned idle, leaders, serving, refusing;
	int stopping;
	int ended;			/* SHUT_RD or SHUT_RDWR, once stopping */
	int error;			/* why it stopped, or 0 */
};

int up_watch(struct pollfd *, nfds_t, long long);
int up_add_worker(struct up_server *);
int up_fill_lead(struct up_server *);
void up_stop(struct up_server *, int);
void up_end_connections(struct up_server *, int);

#endif
