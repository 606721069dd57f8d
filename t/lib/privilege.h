/* SPDX-License-Identifier: BSD-2-Clause */
/* Privileges that a test program of `make check-privileged' requires. */
#ifndef PRIVILEGE_H
#define PRIVILEGE_H

/*
 * Each ends the program as skipped, with a line that names the privilege and
 * the system's error, if this process does not have it.
 */
void require_root(void);
void require_namespaces(int flags, const char *names);	/* unshare(2)'s */
void require_realtime(void);		/* SCHED_FIFO */
void require_fuse(void);		/* and bindfs(1) */

#endif
