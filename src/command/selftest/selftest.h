/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of `unixport selftest' share. */
#ifndef SELFTEST_H
#define SELFTEST_H

#include "command.h"

/* What this system does: FIND says it, by say(). */
struct fact {
	const char *subject;
	void (*find)(void);
};

struct facts {
	const struct fact *facts;
	size_t count;
};

#define FACTS(array)	{ (array), COUNT(array) }

extern const struct facts kernel_facts;
extern const struct facts stdio_facts;

/*
 * What the library promises: CHECK returns when it is so.  KINDS are those
 * of ports that it is tried with, NEITHER where it is not about them.
 */
#define NEITHER		0u
#define PLAIN		1u
#define GUARDED		2u
#define BOTH		(PLAIN | GUARDED)

struct guarantee {
	const char *text;
	unsigned kinds;
	void (*check)(void);
};

struct chapter {
	const char *title;
	const struct guarantee *guarantees;
	size_t count;
};

#define CHAPTER(title, array)	{ (title), (array), COUNT(array) }

extern const struct chapter ports_chapter;
extern const struct chapter guarded_chapter;
extern const struct chapter sigpipe_chapter;
extern const struct chapter path_chapter;
extern const struct chapter waiting_chapter;
extern const struct chapter peers_chapter;
extern const struct chapter messages_chapter;
extern const struct chapter programs_chapter;

/* trial.c: each of them in a process of its own. */
enum outcome { SILENT, HOLDS, FAILS, ABSENT };

#define LEFTOVERS	3

struct verdict {
	enum outcome outcome;
	char seen[200];			/* a fact, or what was wrong */
	int complete;			/* it came to its end, and this: */
	int left[LEFTOVERS];
};

int open_trials(int limit);		/* milliseconds for each */
void try(void (*run)(void), struct verdict *verdict);
void close_trials(void);

/* leftovers.c: what a check must not leave. */
extern const char *const leftovers[LEFTOVERS];
void note_state(void);
void compare_state(struct verdict *verdict);

/*
 * verdict.c: what a check says.  All but say() return only when all is well:
 * else they end the process.
 */
void judge_into(struct verdict *verdict);
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void fail(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
void holds(int condition, const char *seen);
void succeeds(int result, const char *call);
void succeeds_or_lacks(int result, int error, const char *call);
void fails(int result, int error, const char *call);

/* steps.c: what many checks do.  All of it succeeds, or the check fails. */
extern unsigned kind;		/* flags for the kind of ports at hand */
void require_guarded(void);	/* or the system lacks them */
void make_pair(struct unix_ports pair[2], const struct unix_options *options);
void close_pair(struct unix_ports pair[2]);
void tell(struct unix_ports *ports, const char *text);
void hear(struct unix_ports *ports, const char *text);
void hear_end(struct unix_ports *ports);
void tell_pattern(struct unix_ports *ports, size_t length);
void hear_pattern(struct unix_ports *ports, size_t length);
int listened(const struct unix_listener *listener);	/* 0, or -1 */
struct unix_listener *listen_at(const char *address,
    const struct unix_options *options);
void close_listener(struct unix_listener *listener);
void meet(struct unix_listener *listener, const char *address,
    struct unix_ports ends[2]);
void reach(struct unix_listener *listener, const char *address);
void make_stale(const char *path);
void make_file(const char *path);

/* company.c: who else takes part, and what happens meanwhile. */
pid_t begin_process(void (*run)(void *), void *what);
int end_of(pid_t process);		/* its wait status */
void end_well(pid_t process);	/* which must be a good one */
pthread_t begin_thread(void *(*run)(void *), void *what);
void end_thread(pthread_t thread);
void handle(int number, void (*handler)(int));
void do_nothing(int number);		/* a handler */
pid_t begin_storm(void (*handler)(int));
void end_storm(pid_t storm);
void pause_for(int ms);
long long milliseconds(void);

#endif
