/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Identity: whether a user ID means our own user, which process this is after
 * fork(2), and whether two stat(2) results are of the same file.
 */
#include "os.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

/* OpenBSD and NetBSD; FreeBSD has the shorter name. */
#if defined(MAP_INHERIT_ZERO) && !defined(INHERIT_ZERO)
#define INHERIT_ZERO	MAP_INHERIT_ZERO
#endif

#ifdef __linux__
#include <errno.h>
#include <fcntl.h>

#define USER_COUNT	4294967295LL	/* (uid_t)-1 is no user */
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
read_byte(struct numbers *file)
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
read_number(struct numbers *file)
{
	long long number = NO_NUMBER;
	char byte;

	while ((byte = read_byte(file)) != '\0')
		if (byte >= '0' && byte <= '9')
			number = (number == NO_NUMBER ? 0 : number * 10) +
			    (byte - '0');
		else if (number != NO_NUMBER)
			break;
	return number;
}

/*
 * Whether the file could not be opened for lack of a descriptor or memory.  Its
 * contents are unknown then: an answer would be a guess.
 */
static int
failed_by_shortage(const struct numbers *file)
{
	return file->fd == -1 && up_is_shortage(errno);
}

/* 1 if the overflow uid is USER, 0, or -1. */
static int
is_overflow_uid(uid_t user)
{
	struct numbers file = open_numbers("/proc/sys/kernel/overflowuid");
	long long number;

	if (failed_by_shortage(&file))
		return -1;
	number = read_number(&file);
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

	if (failed_by_shortage(&map))
		return -1;
	do {
		(void)read_number(&map);
		(void)read_number(&map);
		count = read_number(&map);
		if (count != NO_NUMBER)
			mapped += count;
	} while (count != NO_NUMBER);
	up_close(map.fd);
	return mapped == USER_COUNT;
}

/*
 * 1, 0, or -1 during a shortage of descriptors or memory.  In a user namespace
 * Linux shows every user that the namespace does not map with one and the same
 * number, the overflow uid.  If that is our effective uid too, it identifies
 * no user, unless the namespace maps all of them.
 */
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

/*
 * The number of this process among its ancestors.  The kernel's does not
 * serve: a child in a new pid namespace may have its parent's, and to ask
 * for it takes a system call each time.
 */
#define MAX_PAGE_BYTES	65536UL		/* bytes of the largest page */
#define PID_BITS	22		/* the most that Linux uses */

/*
 * The number stands in a page that the system clears in every child: also in
 * one of a bare clone(2), and in a handler of pthread_atfork(3) that runs
 * before ours.  Not mmap(2): dlclose(3) would leave such a page behind.
 */
static _Atomic unsigned pages[2 * MAX_PAGE_BYTES / sizeof(unsigned)];
static _Atomic unsigned no_page;
/* `no_page' if the system clears none. */
static _Atomic unsigned *_Atomic number_page;
static _Atomic unsigned forks;

static int
clear_in_children(_Atomic unsigned *page, size_t size)
{
#if defined(MADV_WIPEONFORK)			/* Linux 4.14 */
	return madvise(page, size, MADV_WIPEONFORK);
#elif defined(INHERIT_ZERO)			/* the BSDs */
	return minherit(page, size, INHERIT_ZERO);
#else
	(void)page;
	(void)size;
	return -1;
#endif
}

/* Emulators of Linux accept MADV_WIPEONFORK and ignore it. */
static void
forget_number(void)
{
	forks++;
	if (number_page != NULL)
		*number_page = 0;
}

/*
 * Threads may look at the same time: the first decides.  No pthread_once(3):
 * in the child of a fork that met another thread there, musl's never returns.
 */
static _Atomic unsigned *
find_number_page(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uintptr_t start = ((uintptr_t)pages + page - 1) / page * page;
	_Atomic unsigned *found = pages +
	    (start - (uintptr_t)pages) / sizeof(*pages);
	_Atomic unsigned *unset = NULL;

	(void)pthread_atfork(NULL, NULL, forget_number);
	if (page > MAX_PAGE_BYTES || clear_in_children(found, page) == -1)
		found = &no_page;
	return atomic_compare_exchange_strong(&number_page, &unset, found) ?
	    found : unset;
}

/* No process that this one descends from by fork(2) has the same. */
unsigned
up_process_number(void)
{
	_Atomic unsigned *own = number_page;
	unsigned number, none = 0;

	if (own == NULL)
		own = find_number_page();
	if (own == &no_page)
		return (unsigned)getpid() ^ forks << PID_BITS;
	number = *own;
	if (number != 0)
		return number;
	/* Counted first: a child of this moment counts on. */
	number = atomic_fetch_add(&forks, 1) + 1;
	return atomic_compare_exchange_strong(own, &none, number) ? number :
	    none;
}

int
up_is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Also when it was changed last: an inode number is used again. */
int
up_is_unchanged_file(const struct stat *a, const struct stat *b)
{
	return up_is_same_file(a, b) && a->st_ctime == b->st_ctime
#ifdef HAVE_STRUCT_STAT_ST_CTIM
	    && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec
#endif
	    ;
}
