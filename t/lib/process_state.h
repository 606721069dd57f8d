/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts the resources of a process, which torture and stress compare. */
#ifndef PROCESS_STATE_H
#define PROCESS_STATE_H

/* ASan has its own memory calls, and reports leaks at the end. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED	1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED	1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED	0
#endif

/* process_state.c */
long count_entries(const char *directory);	/* without . and .. */
long count_threads(void);

/*
 * Waits until this process has COUNT threads, since a joined thread exists for
 * a moment.  Returns 0 if further threads remain after some seconds.
 */
int await_threads(long count);

/* Starts COUNT threads at a time, since glibc keeps the stacks of threads. */
void warm_threads(int count);

/* held_memory.c: memory that was not freed; 0 with ASan */
long held_blocks(void);
long held_bytes(void);				/* of mmap(2) */

enum memory_call { MEMORY_MALLOC, MEMORY_REALLOC, MEMORY_MMAP, MEMORY_MUNMAP };

/* Returns 1 with errno set if a call must fail.  If NULL, no call fails. */
extern int (*fails_memory)(enum memory_call call);

/* While this is set, allocations neither fail nor count. */
extern _Thread_local int kept_for_ever;

#endif
