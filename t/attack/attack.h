/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hostile peers against each public call that can wait.  A row is one attack,
 * one call and one kind of ports, in a process of its own.  Only the public
 * header of the library is included, so that any release can be attacked.
 */
#ifndef ATTACK_H
#define ATTACK_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sys/types.h>
#include <pthread.h>

#include "unixport.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/*
 * Every timeout of a row.  A failure is far above it: a lingering socket holds
 * its victim for longer than twice the largest bound and the margin together.
 */
#define TIMEOUT_MS	500
#define STOP_MS		5000		/* unixport(1): SIGHUP, then SIGKILL */
#define MARGIN_MS	3000
#define STORM_MARGIN_MS	20000		/* a storm takes processor time, too */
#define LINGER_S	(2 * (STOP_MS + STORM_MARGIN_MS) / 1000)
#define PATIENCE_S	(LINGER_S / 2)	/* of honest clients */
#define DEADLINE_MS	90000		/* of a row; then it is killed */

#define HONEST		30		/* honest clients */
#define HOSTILE		3		/* connections of one attacker */
#define HOARDERS	5		/* 252 descriptors each: above 1024 */
#define DESCRIPTORS	1024		/* RLIMIT_NOFILE of a victim */

/* How a call ends: 0, an errno or one of these. */
#define END_OF_INPUT	(-1)
#define ANY_END		(-2)		/* 0 or any error is right */
#define NO_END		(-3)		/* the call cannot meet this attack */

/* Properties of attacks. */
#define SENDS_BYTES	0x01u		/* that reads return */
#define SENDS_FILES	0x02u
#define IS_URGENT	0x04u		/* an out-of-band byte */
#define NEVER_READS	0x08u		/* the answers of a server */
#define IS_GONE		0x10u		/* cannot answer afterwards */
#define HOARDS		0x20u		/* by several peers */
#define ANNOUNCES	0x40u		/* a frame that is too long */
#define IS_STORM	0x80u		/* of connections, to a listener */
#define EXCEEDS		0x100u		/* a limit of clients */
#define DRIPS		0x200u
#define FLOODS		0x400u		/* with descriptors */

struct attack {
	const char *name;
	void (*before)(int fd);		/* the call */
	void (*during)(int fd);		/* or before it; see struct stage */
	int read, write, connect;	/* how such calls end */
	unsigned traits;
};

extern const struct attack attacks[];
extern const size_t attack_count;

/* Bytes that attacks of this process have sent to be read. */
extern long bytes_sent;

struct kind {
	const char *name;
	unsigned flags;			/* of struct unix_options */
	int is_old;			/* kernel without SO_PASSRIGHTS */
};

#define KINDS		6
extern const struct kind kinds[KINDS];

/* The side that a call is on, and so the promise that it has. */
enum role { READS, READS_FRAMES, ASKS, TAKES, WRITES, ADDS, CLOSES_SILENTLY,
    CLOSES, ACCEPTS, DROPS, LOOKS, CLOSES_LISTENER, CLOSES_DATAGRAMS, RECEIVES,
    SERVES, SERVES_FULL, BURSTS, DRAINS, LISTENS, EXPLAINS, CONNECTS,
    WAITS_FOR_SERVER, SENDS, COMMAND_CONNECTS, COMMAND_SERVES, COMMAND_STOPS };

struct scene;

/* What a call needs, and its removal. */
struct stage {
	void (*set)(struct scene *scene);
	void (*clear)(struct scene *scene);
	int is_late;			/* the attack: once the call waits */
};

struct call {
	const char *name;
	enum role role;
	const struct stage *stage;
	int (*run)(struct scene *scene);	/* how it has ended */
	int accept_timeout;
	int (*is_missing)(void);		/* in an older release */
};

struct scene {
	const struct attack *attack;
	const struct call *call;
	const struct kind *kind;
	struct unix_options options;
	struct unix_listener *listener;
	struct unix_ports ports[HOARDERS + 1];
	struct unix_buffer buffer;
	int taken;			/* descriptor, or -1 */
	size_t filled;			/* bytes that wait for the peer */
	pid_t attacker, command;
	int wire;			/* to the attacker */
	int honest[HONEST];		/* sockets of honest clients */
	pthread_t server;
	int served;			/* how unix_serve(3) has ended */
};

/* promise.c: the bound of a row in the manual, or the reason for none. */
struct promise {
	int end, bound;			/* ms */
	const char *empty;		/* the reason, or NULL */
};

struct promise promise_of(const struct attack *attack,
    const struct call *call, const struct kind *kind);

/* One row, and what came of it. */
struct result {
	int is_done;			/* the call has returned */
	int elapsed, end;
	char problem[160];		/* empty: none */
};

struct row {
	const struct attack *attack;
	const struct call *call;
	const struct kind *kind;
	struct promise promise;
	struct result *result;		/* shared with its process */
};

/* call_*.c, each up to a call without a name */
extern const struct call connection_calls[], listener_calls[],
    server_calls[], client_calls[], command_calls[];

/* scene.c: in the process of a row */
void play(const struct row *row);
void problem(const char *format, ...)	/* the first one is kept */
#ifdef __GNUC__
    __attribute__((format(printf, 1, 2)))
#endif
    ;
void need(int is_true, const char *what);	/* or the row ends */
int errno_of(int result);		/* -1 by errno, else 0 */
int processor_ms(pid_t process);	/* 0: this one */
int connect_honest(int fd);		/* to "s", as connect(2) */
int is_answered(int fd);		/* an echo, once connected */
int is_served(struct scene *scene);		/* an honest client */

/* attacker.c: of attacks */
int connect_to(int type);		/* "s", never waits; -1 with errno */
int is_recalled(int wait);		/* by its victim, within these ms */
void report_begin(void);		/* of a storm, to its victim */
void await_end(void);				/* of the victim */
void read_output(int fd, size_t limit);		/* of the victim, checked */
void be_spawned(const char *attack, const char *wire);

/* attacker.c: of victims; an attacker begins with hostile preparations. */
void start_attacker(struct scene *scene, int type, int count);
void start_peer(struct scene *scene, int fd);
void start_spawned_attacker(struct scene *scene);
void start_hostile_server(struct scene *scene, int type);
void await_attacker(struct scene *scene);	/* it is prepared */
void begin_attack(struct scene *scene);
void end_attack(struct scene *scene);

#define END_LINE	'e'	/* send a line, and how many bytes before */
#define VERIFY		'v'	/* read; are the first NUMBER bytes right? */
long ask_attacker(struct scene *scene, char request, long number);

/* privileges.c */
int is_root(void);
int can_flood(void);			/* with descriptors in flight */
int kernel_refuses(void);		/* descriptors, if it is asked to */
int deny_refusals(void);		/* from now on; -1 with errno */

long long milliseconds(void);		/* monotonic */

/* Byte PLACE of the output of every victim. */
static inline char
byte_at(size_t place)
{
	return (char)('a' + place % 23);
}

/* attack_table.c */
void print_table(const struct row *rows, size_t count, int elapsed);

/* crowd.c: all rows, many at the same time; -1 after a signal */
int run_rows(struct row *rows, size_t count);

#endif
