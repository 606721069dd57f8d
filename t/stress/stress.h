/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stress: scenarios that go on for as long as one likes, in cycles that each
 * leave nothing behind.  Every byte tells its place.
 */
#ifndef STRESS_H
#define STRESS_H

#include "config.h"

#include <sys/types.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "unixport.h"

#include "process_state.h"
#include "runner.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* What all processes of a scenario count. */
struct shared {
	_Atomic unsigned long long connections, bytes, events;
	_Atomic int ending;	/* the server ends: some errors are right */
};

extern struct shared *shared;

/*
 * Milliseconds for what is being served when a server ends, of a machine that
 * stalls; nobody needs them.
 */
#define DRAIN_MS	60000

/* A cycle leaves the process as it was; its number counts from 0. */
struct scenario {
	const char *name;
	void (*cycle)(unsigned number);
	const char *events;	/* what shared->events counts, or NULL */
	int unwinds;		/* ASan cannot have it */
};

extern const struct scenario starters[], churn[], storm[], crowd[], hostile[],
    threads[], forks[];

/* stress_state.c: what a process has */
struct state {
	long descriptors, threads, files, blocks, mapped;
	long resident;		/* KiB */
};

void take_state(struct state *state);
void compare_states(const struct state *before, const struct state *after);

/* stress_warm.c */
void warm_up(void);

/* stress_support.c: chance, time, processes and threads */
void begin_chance(uint64_t seed);	/* of this thread */
unsigned pick(unsigned below);
uint32_t new_seed(void);
long long milliseconds(void);
void nap(unsigned most);		/* up to so many milliseconds */
pid_t split(void);			/* fork(2), with a chance of its own */
void await(pid_t child);		/* it must end well */
/*
 * COUNT clients at a time, of which some are killed, until STARTS have run;
 * how many were killed.
 */
#define MAX_DRIVEN_CLIENTS	16
unsigned drive(void (*client)(void), int count, int starts);

pthread_t start_thread(void *(*body)(void *), void *argument);
void *join_thread(pthread_t thread);

/*
 * stress_talk.c: message NUMBER of a talk, a line or a frame; each side knows what
 * it must be.  say(): 0, or -1.  hear(): 1, 0 at the end of the input, -1;
 * EBADMSG, it was cut off.
 */
#define MAX_MESSAGE_BYTES	6000

size_t make_message(uint32_t seed, unsigned number, char *bytes);
int say(FILE *out, uint32_t seed, unsigned number);
int say_half(FILE *out, uint32_t seed, unsigned number);
int hear(FILE *in, struct unix_buffer *buffer, uint32_t seed,
    unsigned number);

/* A socket that takes little at a time. */
void narrow(const struct unix_ports *ports);

/* The same with descriptors, of files that all processes know. */
void open_marks(void);
void close_marks(void);
int say_files(struct unix_ports *ports, uint32_t seed, unsigned number);
void take_files(struct unix_ports *ports, uint32_t seed, unsigned number);

/* stress_attacks.c: what a hostile client does, until it leaves or dies */
void attack(void);

#endif
