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
#include <errno.h>
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

/* A file that cannot be opened now may say that users are not identified. */
static int
is_shortage(const struct numbers *file)
{
	return file->fd == -1 &&
	    (errno == EMFILE || errno == ENFILE || errno == ENOMEM);
}

/* 1 if the overflow uid is USER, 0, or -1. */
static int
is_overflow_uid(uid_t user)
{
	struct numbers file = open_numbers("/proc/sys/kernel/overflowuid");
	long long number;

	if (is_shortage(&file))
		return -1;
	number = next_number(&file);
	up_close(file.fd);
	return user == (number == NO_NUMBER ? OVERFLOW_UID : (uid_t)number);
}

/*
 * 1, 0 also if it cannot be read, or -1.  Each line of the map is: first
 * inside, first outside, count.
 */
static int
is_every_user_mapped(void)
{
	struct numbers map = open_numbers("/proc/thread-self/uid_map");
	long long count, mapped = 0;

	if (is_shortage(&map))
		return -1;
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

/* 1, 0, or -1 during a shortage of descriptors or memory. */
int
up_is_own_user(uid_t user)
{
	int is_overflow;

	if (user != geteuid())
		return 0;
	is_overflow = is_overflow_uid(user);
	return is_overflow == 1 ? is_every_user_mapped() :
	    is_overflow == 0 ? 1 : -1;
}
#else
int
up_is_own_user(uid_t user)
{
	return user == geteuid();
}
#endif
