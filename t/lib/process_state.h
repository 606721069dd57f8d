/* SPDX-License-Identifier: BSD-2-Clause */
/* What a process holds, counted; torture and stress compare it. */
#ifndef PROCESS_STATE_H
#define PROCESS_STATE_H

/* ASan has its own memory calls, and reports at the end what is left. */
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
 * Until this process has COUNT threads: the kernel forgets one a moment after
 * it has been joined.  0 if it still has others after some seconds.
 */
int await_threads(long count);

/* glibc keeps the stacks of its first threads: have COUNT at a time. */
void warm_threads(int count);

/* held_memory.c: memory that was not given back; 0 with ASan */
long held_blocks(void);
long held_bytes(void);				/* of mmap(2) */

enum memory_call { MEMORY_MALLOC, MEMORY_REALLOC, MEMORY_MMAP, MEMORY_MUNMAP };

/* Whether this call fails, with errno set; NULL: none does. */
extern int (*fails_memory)(enum memory_call call);

/* What is got meanwhile is neither refused nor counted. */
extern _Thread_local int kept_for_ever;

#endif
