/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Torture: makes each call that can fail do so, one after the other.  A
 * scenario is one public call.  A point is one failure in it: which call fails,
 * at which time, with which errno.  Each point has a process of its own.
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
	int error;		/* 0: no call fails */
};

/* The calls that the process of a point has made, for the runner. */
struct shared {
	_Atomic int made[CALL_COUNT];
	_Atomic int fired;
};

extern struct shared *shared;

/* torture_calls.c; other files with interposed calls use it, too */
void arm(const struct point *point);
void disarm(void);
int is_due(enum call call);
int is_memory_due(enum memory_call call);
void disturb(void);

/* torture_state.c: the resources of a process */
#define MAX_DESCRIPTORS	64

struct state {
	struct {
		dev_t device;
		ino_t inode;
		int flags[2];	/* -1: closed */
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
 * Scenarios.  prepare() makes the fixtures, and call() makes the call and
 * returns 0 or -1.  After a success, finish() checks its effect and undoes it.
 * After a failure, the call is repeated, by again() if that requires further
 * steps.  clean() releases the fixtures.
 */
#define PLAIN		1
#define GUARDED		2
#define BOTH		(PLAIN | GUARDED)

#define CHANGES		1	/* a failure may change the state */
#define RECLAIMS	2	/* a stale file may be gone after a failure */
#define STDIO		8	/* errno is as stdio(3) leaves it */
#define THREADS		4	/* the number of calls may vary */

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

/* torture_allowed.c: failures that are not reported unchanged */
enum outcome {
	REPORTED,
	BECOMES,		/* another errno */
	GOES_ON,		/* the call succeeds */
	EITHER,			/* GOES_ON or BECOMES, by timing */
	DROPS_CLIENT,		/* GOES_ON, and the client is gone */
	LOSES_CLIENT		/* REPORTED or BECOMES, and the client is gone */
};

struct allowed {
	const char *scenarios;	/* patterns of fnmatch(3): NAME/KIND */
	const char *calls;
	const char *errors;	/* their names, or "*" */
	const char *numbers;	/* which call: "1", "[12]", "*" */
	enum outcome outcome;
	int error;		/* of the public call, or 0 */
	const char *reason;
};

const struct allowed *find_allowed(const char *scenario,
    const struct point *point);
int report_unused(void);

/* torture_support.c: the common part of scenarios */
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
