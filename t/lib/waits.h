/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls that can wait; see waits.c. */
#ifndef WAITS_H
#define WAITS_H

#include <stddef.h>
#include <stdint.h>

/*
 * The number of calls since forget_waits() that could wait for another process:
 * poll(2) with a timeout, a pause, and a call on a socket that is blocking.
 */
int count_waits(void);
void forget_waits(void);

/* send(2) accepts at most one byte at a time; 0 ends this. */
void shorten_sends(int yes);

/*
 * From now on send(2) accepts this number of bytes in all, then fails with
 * EAGAIN; ROOMY ends this.
 */
#define ROOMY	SIZE_MAX
void set_room(size_t bytes);

/* The next send(2) fails with EAGAIN. */
void refuse_next_send(void);

#endif
