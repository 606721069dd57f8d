/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Torture: every call that can fail does so, in its turn.  A scenario is one
 * public call; a point is a failure in it: of which call, which time, with
 * which errno.  Each point has a process of its own.
 */
#ifndef TORTURE_H
#define TORTURE_H

#include <sys/types.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>

#include "unixport.h"

#include "calls.h"
#include "process_state.h"
#include "runner.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

struct point {
	enum call call;
	int number;		/* 1 is the first time */
	int error;		/* 0: none fails, all are counted */
};

/* The calls of a point's process, for the runner's. */
struct shared {
	_Atomic int made[CALL_COUNT];
	_Atomic int fired;
};

extern struct shared *shared;

/* torture_calls.c; the other calls in front of libc's use it, too */
void arm(const struct point *point);
void disarm(void);
int is_due(enum call call);
int is_memory_due(enum memory_call call);
void disturb(void);

/* torture_state.c: what a process has */
#define MAX_DESCRIPTORS	64

struct state {
	struct {
		dev_t device;
		ino_t inode;
		int flags[2];	/* -1: it is closed */
	} fd[MAX_DESCRIPTORS];
	long blocks, mapped, threads;
	int files;
	unsigned long names;	/* of the files, their modes and inodes */
	sigset_t blocked;
	void (*on_pipe)(int);
};

void take_state(struct state *state);
const char *differs(const struct state *a, const struct state *b);

const char *name_of(int error);

/*
 * Scenarios.  prepare() makes what the call needs, call() makes the call:
 * 0, or -1.  After a success finish() shows that it has done its work and
 * undoes it; after a failure the call is made again, by again() where that
 * takes more.  clean() undoes what prepare() has done.
 */
#define PLAIN		1
#define GUARDED		2
#define BOTH		(PLAIN | GUARDED)

#define CHANGES		1	/* what the call changes by failing is right */
#define RECLAIMS	2	/* a stale file may be gone after a failure */
#define STDIO		8	/* errno is as stdio(3) leaves it */
#define THREADS		4	/* how often a call is made may vary */

struct scenario {
	const char *name;
	int kinds;
	int flags;
	void (*prepare)(void);
	int (*call)(void);
	int (*again)(int error);
	void (*finish)(void);
	void (*clean)(void);
};

extern const struct scenario listeners[], connections[], streams[],
    messages[], places[], processes[];

/* torture_allowed.c: what is not reported as it came */
enum outcome {
	REPORTED,
	BECOMES,		/* another errno */
	GOES_ON,		/* the call succeeds */
	EITHER,			/* by what else happens at that moment */
	DROPS_CLIENT,		/* GOES_ON, and the client is gone */
	LOSES_CLIENT		/* REPORTED or BECOMES, and the client is gone */
};

struct allowed {
	const char *scenarios;	/* patterns of fnmatch(3): NAME/KIND */
	const char *calls;
	const char *errors;	/* their names, or "*" */
	const char *numbers;	/* which time: "1", "[12]", "*" */
	enum outcome outcome;
	int error;		/* what it becomes, or 0 */
	const char *reason;
};

const struct allowed *find_allowed(const char *scenario,
    const struct point *point);
int report_unused(void);

/* torture_support.c: what scenarios share */
extern struct unix_options options;
extern struct unix_ports ports, pair[2];
extern struct unix_listener *listener;
extern int guarded;
extern int raw[2];
extern int client_lost;
extern int failed;

void set_kind(int is_guarded);
int raw_listener(const char *path, int type);
int raw_client(const char *path);
void make_pair(void);
void end_pair(void);
void nothing(void);
void spoil_outputs(void);
int are_spoilt(void);
void expect_line(FILE *in, const char *line);
void say(FILE *out, const char *text);

#endif
