/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors of any type: numbers, flags, duplicates, pipes, and files.
 *
 * New descriptors are moved above 2.  In a process that has closed 0, 1 or 2,
 * POSIX assigns these numbers to the next descriptors.  A message to standard
 * error would then be sent to the peer, or written to the pipe that interrupts
 * a listener.  The move uses F_DUPFD, the only call with a lowest number.
 */
#include "os.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif
#include <unistd.h>

/*
 * Kernel headers before Linux 6.6 lack the number of fchmodat2(2).  On all
 * architectures it is 15 above the number of openat2(2), so it is defined here.
 */
#if defined(__NR_openat2) && !defined(SYS_fchmodat2)
#define SYS_fchmodat2	(__NR_openat2 + 15)
#endif

/* Preserves errno, so that an error path can call it before it returns. */
void
up_close(int fd)
{
	int saved;

	if (fd == -1)
		return;
	saved = errno;
	close(fd);
	errno = saved;
}

static int
set_flag(int fd, int get, int set, int flag, int on)
{
	int old = fcntl(fd, get);
	int new = on ? old | flag : old & ~flag;

	return old == -1 || old == new ? old : fcntl(fd, set, new);
}

int
up_set_blocking(int fd, int on)
{
	return set_flag(fd, F_GETFL, F_SETFL, O_NONBLOCK, !on);
}

int
up_set_inherit(int fd, int on)
{
	return set_flag(fd, F_GETFD, F_SETFD, FD_CLOEXEC, !on);
}

/*
 * Stores the flags of a descriptor of the caller.  A failed call must leave
 * them unchanged.
 */
int
up_save_flags(int fd, struct up_flags *flags)
{
	flags->file = fcntl(fd, F_GETFL);
	if (flags->file == -1)
		return -1;
	flags->descriptor = fcntl(fd, F_GETFD);
	return flags->descriptor == -1 ? -1 : 0;
}

void
up_restore_flags(int fd, const struct up_flags *flags)
{
	int error = errno;

	fcntl(fd, F_SETFL, flags->file);
	fcntl(fd, F_SETFD, flags->descriptor);
	errno = error;
}

static int
is_standard(int fd)
{
	return fd != -1 && fd <= STDERR_FILENO;
}

/* Duplicates FD to the first free number that is LOWEST or greater. */
int
up_dup_from(int fd, int lowest)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, lowest);

	/*
	 * If RLIMIT_NOFILE is not above LOWEST, POSIX specifies EINVAL.  For
	 * the caller this is a lack of descriptors, not an invalid argument.
	 */
	if (copy == -1 && errno == EINVAL)
		errno = EMFILE;
	return copy;
}

int
up_dup(int fd)
{
	return up_dup_from(fd, STDERR_FILENO + 1);
}

/*
 * Moves the new descriptor FD above 2 and returns the new number.  If FD cannot
 * be moved, closes FD and returns -1.  If FD is -1, returns -1.
 */
int
up_above_standard(int fd)
{
	int moved;

	if (!is_standard(fd))
		return fd;
	moved = up_dup(fd);
	up_close(fd);
	return moved;
}

/*
 * Before a pipe or pair is moved, one of its ends has the number 0, 1 or 2.  If
 * another thread writes to standard output or error at that time, its output is
 * in the buffer of the pipe or pair.  It is discarded here, since it must not
 * reach the peer.
 */
static void
discard_input(int fd)
{
	struct pollfd input = { .fd = fd, .events = POLLIN };
	char bytes[256];

	while (up_poll(&input, 1, up_deadline(0)) == 1 &&
	    read(fd, bytes, sizeof(bytes)) > 0)
		;
}

/*
 * Moves both ends of a pipe or pair; on failure closes both.  The writing end
 * is moved first.  If the reading end were closed while the writing end is
 * standard error, a thread that writes a message would receive SIGPIPE.
 */
int
up_both_above_standard(int ends[2])
{
	if (!is_standard(ends[0]) && !is_standard(ends[1]))
		return 0;
	ends[1] = up_above_standard(ends[1]);
	if (ends[1] == -1) {
		up_close(ends[0]);
		return -1;
	}
	ends[0] = up_above_standard(ends[0]);
	if (ends[0] == -1) {
		up_close(ends[1]);
		return -1;
	}
	discard_input(ends[0]);
	discard_input(ends[1]);
	return 0;
}

int
up_open(const char *path, int flags)
{
	return up_above_standard(open(path, flags | O_CLOEXEC));
}

int
up_openat(int directory, const char *path, int flags)
{
	return up_above_standard(openat(directory, path, flags | O_CLOEXEC));
}

#ifdef HAVE_DUP3
static int
dup_once(int from, int to)
{
	return dup3(from, to, O_CLOEXEC);
}
#else
static int
dup_once(int from, int to)
{
	return dup2(from, to) == -1 || up_set_inherit(to, 0) == -1 ? -1 : to;
}
#endif

int
up_dup_onto(int from, int to)
{
	int result;

	if (from == to)
		return to;
	do
		result = dup_once(from, to);
	while (result == -1 && errno == EINTR);
	return result;
}

#ifdef HAVE_PIPE2
static int
make_pipe(int made[2])
{
	return pipe2(made, O_CLOEXEC | O_NONBLOCK) == -1 ? -1 :
	    up_both_above_standard(made);
}
#else
static int
make_pipe(int made[2])
{
	if (pipe(made) == -1 || up_both_above_standard(made) == -1)
		return -1;
	if (up_set_inherit(made[0], 0) == -1 ||
	    up_set_inherit(made[1], 0) == -1 ||
	    up_set_blocking(made[0], 0) == -1 ||
	    up_set_blocking(made[1], 0) == -1) {
		up_close(made[0]);
		up_close(made[1]);
		return -1;
	}
	return 0;
}
#endif

/*
 * Both ends are non-blocking.  The library writes a byte to a pipe to wake a
 * thread, possibly in a signal handler, which a full pipe must not block.
 */
int
up_pipe(int ends[2])
{
	int made[2];

	if (make_pipe(made) == -1)
		return -1;
	ends[0] = made[0];
	ends[1] = made[1];
	return 0;
}

/*
 * Changes the mode of the file of an O_PATH descriptor, for which fchmod(2)
 * fails with EBADF.  fchmodat2(2) requires Linux 6.6; before, the result is
 * ENOSYS.
 */
int
up_chmod_path(int fd, mode_t mode)
{
#ifdef SYS_fchmodat2
	return (int)syscall(SYS_fchmodat2, fd, "", mode, AT_EMPTY_PATH);
#else
	(void)fd;
	(void)mode;
	return up_fail(ENOSYS);
#endif
}
