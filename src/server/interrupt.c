/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interrupt of a listener, for all processes that have it across fork(2):
 * a flag in memory that they share, which costs accept(2) no system call, and
 * a pipe, which wakes poll(2).
 */
#include "server.h"

#include <sys/mman.h>
#include <errno.h>
#include <unistd.h>

/* Returns 0 or -1; up_free_interrupt() releases it in both cases. */
int
up_make_interrupt(struct up_interrupt *interrupt)
{
	void *memory = mmap(NULL, sizeof(*interrupt->shared),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	/*
	 * mmap(2) can fail with EAGAIN, which would suggest a second attempt.
	 */
	if (memory == MAP_FAILED)
		return up_fail(ENOMEM);
	interrupt->shared = memory;
	return up_pipe(interrupt->pipe);
}

void
up_free_interrupt(struct up_interrupt *interrupt)
{
	up_close(interrupt->pipe[0]);
	up_close(interrupt->pipe[1]);
	if (interrupt->shared != NULL)
		munmap(interrupt->shared, sizeof(*interrupt->shared));
}

/*
 * The flag is set first: a thread that the pipe wakes must not accept another
 * client.  If the pipe is full, the listener is interrupted already.
 */
UP_API UP_COLD int
unix_interrupt(struct unix_listener *listener)
{
	int saved = errno;
	ssize_t written;

	if (listener == NULL)
		return up_fail(EINVAL);
	listener->interrupt.shared->is_set = 1;
	do
		written = write(listener->interrupt.pipe[1], "", 1);
	while (written == -1 && errno == EINTR);
	if (written == -1 && errno != EAGAIN)
		return -1;
	errno = saved;
	return 0;
}
