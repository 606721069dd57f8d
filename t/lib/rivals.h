/* SPDX-License-Identifier: BSD-2-Clause */
/* Rivals for the path "s" of the current directory. */
#ifndef RIVALS_H
#define RIVALS_H

#define STARTERS	50

/*
 * One round: STARTERS listen at once, where a stale file is or none, and
 * are killed.  What was wrong, or NULL.
 */
const char *try_starters(int is_stale);

/*
 * So many milliseconds of rivals that crash and start again, FOREIGNERS of
 * them programs that take no lock.  What was wrong, or NULL and how many
 * have crashed.
 */
const char *try_rivals(int foreigners, int time, unsigned seed,
    unsigned *crashes);

/*
 * The same with one program that unlinks and binds, on systems with O_PATH:
 * rivals lose the path to it, and it loses the path, but not its file.
 */
const char *try_displacers(int time, unsigned seed, unsigned *crashes);

#endif
