/* SPDX-License-Identifier: BSD-2-Clause */
/* Privileges that a test program of `make check-privileged' requires. */
#ifndef PRIVILEGE_H
#define PRIVILEGE_H

/*
 * If the process lacks the privilege, each function ends the program as
 * skipped, with a line that names the privilege and the error of the system.
 */
void require_root(void);
void require_namespaces(int flags, const char *names);	/* unshare(2)'s */
void require_choice_of_pids(void);	/* ns_last_pid */
void require_realtime(void);		/* SCHED_FIFO */
void require_fuse(void);		/* and bindfs(1) */

#endif
