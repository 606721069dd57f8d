/* SPDX-License-Identifier: BSD-2-Clause */
/* Rivals for the path "s" of the current directory. */
#ifndef RIVALS_H
#define RIVALS_H

#define STARTERS	50

/*
 * One round: STARTERS listen at the same time, with or without a stale file,
 * and are killed.  Returns the failure, or NULL.
 */
const char *try_starters(int is_stale);

/*
 * Runs rivals that crash and restart for MS milliseconds; FOREIGNERS of them
 * are programs that take no lock.  Returns the failure, or NULL and the number
 * of crashes.
 */
const char *try_rivals(int foreigners, int time, unsigned seed,
    unsigned *crashes);

/*
 * The same with one program that unlinks and binds, on systems with O_PATH:
 * rivals lose the path to it, and it loses the path, but not its file.
 */
const char *try_displacers(int time, unsigned seed, unsigned *crashes);

#endif
