/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stress: scenarios that run for a specified time, in cycles that leave nothing
 * behind.  Each byte of a message depends on its position.
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

/* Counters that all processes of a scenario share. */
struct shared {
	_Atomic unsigned long long connections, bytes, events;
	_Atomic int ending;	/* the server ends: some errors are expected */
};

extern struct shared *shared;

/*
 * The drain timeout in milliseconds, which is reached only if the machine
 * stalls.
 */
#define DRAIN_MS	60000

/* A cycle must leave no resources behind.  Its NUMBER counts from 0. */
struct scenario {
	const char *name;
	void (*cycle)(unsigned number);
	const char *events;	/* what shared->events counts, or NULL */
	int unwinds;		/* cannot run with ASan */
};

extern const struct scenario starters[], churn[], storm[], crowd[], hostile[],
    threads[], forks[], idle[];

/* stress_state.c: the resources of a process */
struct state {
	long descriptors, threads, files, blocks, mapped;
	long resident;		/* KiB */
};

void take_state(struct state *state);
void compare_states(const struct state *before, const struct state *after);

/* stress_warm.c */
void warm_up(void);

/* stress_support.c: random numbers, time, processes and threads */
void begin_chance(uint64_t seed);	/* of this thread */
unsigned pick(unsigned below);
uint32_t new_seed(void);
long long milliseconds(void);
void nap(unsigned most);		/* up to MOST milliseconds */
pid_t split(void);			/* fork(2) with other random numbers */
void await(pid_t child);		/* it must exit with 0 */
/*
 * Runs STARTS clients, COUNT at a time, and kills some of them.  Returns the
 * number of killed clients.
 */
#define MAX_DRIVEN_CLIENTS	16
unsigned drive(void (*client)(void), int count, int starts);

pthread_t start_thread(void *(*body)(void *), void *argument);
void *join_thread(pthread_t thread);

/*
 * stress_talk.c: message NUMBER of a conversation, a line or a frame, whose
 * contents both sides can compute.  say() returns 0 or -1.  hear() returns 1, 0
 * at EOF, or -1, with EBADMSG if the message was truncated.
 */
#define MAX_MESSAGE_BYTES	6000

size_t make_message(uint32_t seed, unsigned number, char *bytes);
int say(FILE *out, uint32_t seed, unsigned number);
int say_half(FILE *out, uint32_t seed, unsigned number);
int hear(FILE *in, struct unix_buffer *buffer, uint32_t seed,
    unsigned number);

/* Sets a small send buffer. */
void narrow(const struct unix_ports *ports);

/* Messages with descriptors of files that all processes know. */
void open_marks(void);
void close_marks(void);
int say_files(struct unix_ports *ports, uint32_t seed, unsigned number);
void take_files(struct unix_ports *ports, uint32_t seed, unsigned number);

/* stress_attacks.c: an attack of a hostile client, until it leaves or dies */
void attack(void);

#endif
