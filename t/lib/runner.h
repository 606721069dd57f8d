/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The runner of torture and stress.  A scenario runs in a process and a
 * directory of its own for a limited time, so that a crash or a hang ends
 * neither the program nor the next scenario.
 */
#ifndef RUNNER_H
#define RUNNER_H

#include <errno.h>
#include <stddef.h>
#include <string.h>

#define TITLE_BYTES	60

/* A scenario that matches the pattern. */
struct chosen {
	char title[TITLE_BYTES];
	const void *scenario;
	int kind;
};

/* Report a false condition, and end this process of the scenario. */
#define need(condition) \
	((condition) ? (void)0 : give_up("%s:%d: %s (%s)", __FILE__, \
	    __LINE__, #condition, strerror(errno)))

#ifdef __GNUC__
__attribute__((format(printf, 1, 2), noreturn))
#endif
void give_up(const char *format, ...);
int has_given_up(void);			/* a process of the scenario */

/* Returns zeroed memory, shared with all children of fork(2). */
void *share_memory(size_t size);

/* PATTERN, of fnmatch(3), selects scenarios by title. */
void open_runner(const char *program, const char *pattern);
int close_runner(void);			/* the exit status of main() */

void choose(const char *title, const void *scenario, int kind);
int count_chosen(void);
void run_chosen(void (*run)(const struct chosen *chosen));

/* Calls BODY in a new process.  Returns the failure, or NULL. */
const char *run_alone(void (*body)(const void *argument),
    const void *argument, unsigned seconds);
void report_failure(const char *what, const char *failure);
int count_failures(void);

#endif
