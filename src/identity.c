/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether a user's number means our own user.  In a user namespace Linux
 * shows every user that the namespace does not map with one and the same
 * number, the overflow uid.  If that is our effective uid too, it identifies
 * no user, unless the namespace maps all of them.
 */
#include "internal.h"

#include <unistd.h>

#ifdef __linux__
#include <fcntl.h>

#define ALL_USERS	4294967295LL	/* (uid_t)-1 is no user */
#define OVERFLOW_UID	65534		/* the kernel's default */
#define NO_NUMBER	(-1LL)

/* A file of decimal numbers. */
struct numbers {
	int fd;
	char bytes[64];
	ssize_t length, next;
};

static struct numbers
open_numbers(const char *path)
{
	return (struct numbers){ .fd = up_open(path, O_RDONLY) };
}

/* A NUL at the end of the file. */
static char
next_byte(struct numbers *file)
{
	if (file->next == file->length) {
		file->length = file->fd == -1 ? 0 :
		    read(file->fd, file->bytes, sizeof(file->bytes));
		file->next = 0;
		if (file->length <= 0) {
			file->length = 0;
			return '\0';
		}
	}
	return file->bytes[file->next++];
}

static long long
next_number(struct numbers *file)
{
	long long number = NO_NUMBER;
	char byte;

	while ((byte = next_byte(file)) != '\0')
		if (byte >= '0' && byte <= '9')
			number = (number == NO_NUMBER ? 0 : number * 10) +
			    (byte - '0');
		else if (number != NO_NUMBER)
			break;
	return number;
}

static uid_t
overflow_uid(void)
{
	struct numbers file = open_numbers("/proc/sys/kernel/overflowuid");
	long long number = next_number(&file);

	up_close(file.fd);
	return number == NO_NUMBER ? OVERFLOW_UID : (uid_t)number;
}

/* Each line of the map is: first inside, first outside, count. */
static int
is_every_user_mapped(void)
{
	struct numbers map = open_numbers("/proc/thread-self/uid_map");
	long long count, mapped = 0;

	do {
		(void)next_number(&map);
		(void)next_number(&map);
		count = next_number(&map);
		if (count != NO_NUMBER)
			mapped += count;
	} while (count != NO_NUMBER);
	up_close(map.fd);
	return mapped == ALL_USERS;
}

int
up_is_own_user(uid_t user)
{
	return user == geteuid() &&
	    (user != overflow_uid() || is_every_user_mapped());
}
#else
int
up_is_own_user(uid_t user)
{
	return user == geteuid();
}
#endif
