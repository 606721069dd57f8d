/* SPDX-License-Identifier: BSD-2-Clause */
/* What this kernel and this user can do; and an older kernel. */
#include "attack.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <errno.h>
#include <stdint.h>
#include <unistd.h>

#include "rights.h"

#define FLOOD_LIMIT	16384

/* The kernel's headers are not beside every libc: from linux/filter.h ... */
struct statement {
	uint16_t code;
	uint8_t if_true, if_false;	/* statements to skip */
	uint32_t value;
};

struct filter {
	unsigned short length;
	const struct statement *statements;
};

#define LOAD		0x20		/* a word of the call */
#define IS_EQUAL	0x15
#define RETURN		0x06

/* ... and linux/seccomp.h: the places of words in struct seccomp_data. */
#define FILTER_MODE	2
#define CALL_NUMBER	0
#define ARGUMENT(n)	(16 + 8 * (n) + \
	(__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0))
#define PERMIT		0x7fff0000
#define FAIL		0x00050000	/* and an errno */

int
is_root(void)
{
	return geteuid() == 0;
}

/* Rows of one user at the same time share this limit of its attackers. */
int
can_flood(void)
{
	struct rlimit limit;

	return is_root() || (getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
	    limit.rlim_max >= FLOOD_LIMIT);
}

int
kernel_refuses(void)
{
	const int off = 0;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int result = setsockopt(fd, SOL_SOCKET, SO_PASSRIGHTS, &off,
	    sizeof(off));

	close(fd);
	return result == 0;
}

/* As before Linux 6.16, for this process and its programs. */
int
deny_refusals(void)
{
	static const struct statement statements[] = {
		{ LOAD, 0, 0, CALL_NUMBER },
		{ IS_EQUAL, 0, 3, SYS_setsockopt },
		{ LOAD, 0, 0, ARGUMENT(2) },
		{ IS_EQUAL, 0, 1, SO_PASSRIGHTS },
		{ RETURN, 0, 0, FAIL | ENOPROTOOPT },
		{ RETURN, 0, 0, PERMIT }
	};
	static const struct filter filter = { COUNT(statements), statements };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return -1;
	return prctl(PR_SET_SECCOMP, FILTER_MODE, &filter);
}
