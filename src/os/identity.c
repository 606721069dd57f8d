/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Identity: whether a user ID is that of the calling process, which process
 * this is after fork(2), and whether two stat(2) results are of one file.
 */
#include "os.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <unistd.h>

/* OpenBSD and NetBSD call it MAP_INHERIT_ZERO, FreeBSD INHERIT_ZERO. */
#if defined(MAP_INHERIT_ZERO) && !defined(INHERIT_ZERO)
#define INHERIT_ZERO	MAP_INHERIT_ZERO
#endif

#ifdef __linux__
#include <errno.h>
#include <fcntl.h>

#define ID_COUNT	4294967295LL	/* (uid_t)-1 is not a user */
#define OVERFLOW_ID	65534		/* default of the kernel */
#define NO_NUMBER	(-1LL)

/* A file of /proc that contains decimal numbers. */
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

/* Returns NUL at EOF and on error. */
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
 * If descriptors or memory are exhausted, the contents of the file are unknown,
 * and the caller must fail.  If the caller assumed that the file does not
 * exist, it would use the default value and could accept another user.
 */
static int
failed_by_shortage(const struct numbers *file)
{
	return file->fd == -1 && up_is_shortage(errno);
}

/* Returns 1 if ID is the overflow ID in the file PATH, 0 if not, or -1. */
static int
is_overflow_id(const char *path, id_t id)
{
	struct numbers file = open_numbers(path);
	long long number;

	if (failed_by_shortage(&file))
		return -1;
	number = read_number(&file);
	up_close(file.fd);
	return id == (number == NO_NUMBER ? OVERFLOW_ID : (id_t)number);
}

/*
 * Returns 1 if the namespace maps every ID, 0 if not or if the map in the file
 * PATH cannot be read, -1 if unknown.  A line of the map contains the first ID
 * inside, the first ID outside, and the number of IDs.
 */
static int
is_every_id_mapped(const char *path)
{
	struct numbers map = open_numbers(path);
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
	return mapped == ID_COUNT;
}

/* Returns 1 if USER is the overflow uid, 0 if not, or -1 if unknown. */
int
up_is_overflow_user(uid_t user)
{
	return is_overflow_id("/proc/sys/kernel/overflowuid", user);
}

/*
 * Returns 1 if USER is the effective user, 0 if not, or -1 if that cannot be
 * determined for lack of descriptors or memory.  Linux reports all users that a
 * user namespace does not map as one number, the overflow uid.  If the
 * effective uid is this number, an equal USER can be another user, and the
 * result is 0, unless the namespace maps every user.
 */
int
up_is_own_user(uid_t user)
{
	int is_overflow;

	if (user != geteuid())
		return 0;
	is_overflow = up_is_overflow_user(user);
	return is_overflow == 1 ?
	    is_every_id_mapped("/proc/thread-self/uid_map") :
	    is_overflow == 0 ? 1 : -1;
}

/* The same for GROUP: 1 if it can stand for any group without a mapping. */
int
up_is_unmapped_group(gid_t group)
{
	int is_overflow = is_overflow_id("/proc/sys/kernel/overflowgid", group);
	int is_mapped;

	if (is_overflow != 1)
		return is_overflow;
	is_mapped = is_every_id_mapped("/proc/thread-self/gid_map");
	return is_mapped == -1 ? -1 : !is_mapped;
}
#else
int
up_is_own_user(uid_t user)
{
	return user == geteuid();
}

int
up_is_unmapped_group(gid_t group)
{
	(void)group;
	return 0;
}
#endif

/*
 * up_process_number() differs from the number of every ancestor process.
 * getpid(2) does not have this property, since a child in a new pid namespace
 * can have the pid of its parent.  getpid(2) also costs a system call.
 */
#define MAX_PAGE_BYTES	65536UL		/* of all architectures */
#define PID_BITS	22		/* maximum of Linux */

/*
 * The number is in a page that the kernel clears in every child, so that a
 * child makes a new number.  A handler of pthread_atfork(3) alone would miss a
 * bare clone(2), and would run after handlers that use the library.  The page
 * is static, since a page of mmap(2) would remain mapped after dlclose(3).
 */
static _Atomic unsigned pages[2 * MAX_PAGE_BYTES / sizeof(unsigned)];
static _Atomic unsigned no_page;
/* Points to `no_page' if the kernel cannot clear a page in children. */
static _Atomic unsigned *_Atomic number_page;
static _Atomic unsigned forks;
static _Atomic unsigned children;	/* of this process */

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

/*
 * Clears the page in a child of fork(2).  Emulators of Linux accept
 * MADV_WIPEONFORK, but do not clear the page.
 */
static void
forget_number(void)
{
	forks++;
	if (number_page != NULL)
		*number_page = 0;
}

static void
count_child(void)
{
	children++;
}

/*
 * Several threads can run this at the same time; the first to finish sets the
 * page.  pthread_once(3) is not used: if a thread of the parent was inside it
 * during fork(2), the call of the child would block for ever in musl.
 */
static _Atomic unsigned *
find_number_page(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uintptr_t start = ((uintptr_t)pages + page - 1) / page * page;
	_Atomic unsigned *found = pages +
	    (start - (uintptr_t)pages) / sizeof(*pages);
	_Atomic unsigned *unset = NULL;

	(void)pthread_atfork(count_child, NULL, forget_number);
	if (page > MAX_PAGE_BYTES || clear_in_children(found, page) == -1)
		found = &no_page;
	return atomic_compare_exchange_strong(&number_page, &unset, found) ?
	    found : unset;
}

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
	/*
	 * The count is incremented before the number is stored.  If another
	 * thread calls fork(2) between the two steps, the child inherits the
	 * new count, and therefore makes another number.
	 */
	number = atomic_fetch_add(&forks, 1) + 1;
	return atomic_compare_exchange_strong(own, &none, number) ? number :
	    none;
}

/*
 * The number of children of fork(2) that this process has started since its
 * first call of up_process_number().  If two threads have registered
 * count_child(), each child counts twice; callers only compare the results.
 */
unsigned
up_fork_count(void)
{
	(void)up_process_number();
	return children;
}

int
up_is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Inode numbers are reused, so the time of the last change is compared, too. */
int
up_is_unchanged_file(const struct stat *a, const struct stat *b)
{
	return up_is_same_file(a, b) && a->st_ctime == b->st_ctime
#ifdef HAVE_STRUCT_STAT_ST_CTIM
	    && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec
#endif
	    ;
}
