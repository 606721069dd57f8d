/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Queues of descriptors: the outgoing ones, which go with the next byte, and
 * the received ones, which were not taken yet.  The first belong to the
 * thread that holds `out`; the others are locked, since any thread may take
 * them.
 */
#include "guarded.h"

#include <sys/resource.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static _Atomic unsigned untaken;	/* received ones, of the process */

/* MEMORY has UP_FILES_BYTES, and is not written before the first descriptor. */
struct up_files *
up_new_files(void *memory)
{
	struct up_files *files = malloc(sizeof(*files));

	if (files == NULL)
		return NULL;
	up_make_lock(&files->lock);
	files->unsent = files->sent = 0;
	files->first = files->length = files->nfds = 0;
	files->outgoing = memory;
	files->received = files->outgoing + UP_MAX_FILES;
	return files;
}

void
up_close_all(const int *fds, unsigned count)
{
	while (count > 0)
		up_close(fds[--count]);
}

/* Moves the sent descriptors to FDS.  The caller closes them without a lock. */
unsigned
up_take_sent(struct up_files *files, int fds[UP_MAX_FILES])
{
	unsigned count = files->sent;

	memcpy(fds, files->outgoing, count * sizeof(*fds));
	files->sent = 0;
	return count;
}

void
up_close_sent(struct up_files *files)
{
	up_close_all(files->outgoing, files->sent);
	files->sent = 0;
}

/*
 * Closes the descriptors that will not be sent.  close(2) of a socket with
 * unsent bytes and SO_LINGER would block, so that up_drop() switches SO_LINGER
 * off.  In a child, the parent has the same sockets, and may send them.
 */
void
up_close_unsent(struct unix_socket *socket)
{
	struct up_files *files = socket->files;

	if (files == NULL)
		return;
	if (up_is_inherited(socket))
		up_close_all(files->outgoing, files->unsent);
	else
		up_drop(files->outgoing, files->unsent);
	files->unsent = 0;
}

void
up_free_files(struct unix_socket *socket)
{
	struct up_files *files = socket->files;
	int fds[UP_MAX_FILES + 1];		/* a gap may be the last */
	unsigned count = 0;

	if (files == NULL)
		return;
	up_close_sent(files);
	up_close_unsent(socket);
	socket->files = NULL;
	while (files->length > 0) {
		fds[count] = up_take_received(files);
		count += fds[count] != -1;
	}
	up_drop(fds, count);
	up_destroy_lock(&files->lock);
	free(files);
}

/* Duplicate COUNT descriptors for the next byte: all, or none. */
int
up_add_outgoing(struct up_files *files, const int *fds, size_t count)
{
	size_t i;

	if (count > UP_MAX_FILES - files->unsent)
		return up_fail(E2BIG);
	for (i = 0; i < count; i++) {
		files->outgoing[files->unsent + i] = up_dup(fds[i]);
		if (files->outgoing[files->unsent + i] == -1)
			break;
	}
	if (i == count) {
		files->unsent += (unsigned)count;
		return 0;
	}
	while (i > 0)
		up_close(files->outgoing[files->unsent + --i]);
	return -1;
}

static void
append_received(struct up_files *files, int fd)
{
	files->received[(files->first + files->length++) % UP_FILE_SLOTS] = fd;
}

/*
 * Adjacent gaps become one, so that at most one more gap than descriptors is
 * stored, and the ring has room for all of them.
 */
static void
append_gap(struct up_files *files)
{
	unsigned last = files->first + files->length - 1;

	if (files->length == 0 ||
	    files->received[last % UP_FILE_SLOTS] != UP_GAP)
		append_received(files, UP_GAP);
}

/*
 * Returns 1 if one more descriptor is kept.  All connections of the process
 * keep at most half of RLIMIT_NOFILE, so that peers cannot use up the
 * descriptors of a server.  One connection keeps at most half of the rest, so
 * that the next connection can keep some as well.
 */
static int
has_room_for_file(const struct up_files *files)
{
	struct rlimit limit = { .rlim_cur = 0 };
	rlim_t half;

	(void)getrlimit(RLIMIT_NOFILE, &limit);
	half = limit.rlim_cur / 2;
	return files->nfds < UP_MAX_FILES && untaken < half &&
	    files->nfds < half - untaken;
}

/*
 * Queue FD, which was received: 1, or 0 if it was not, because it is UP_GAP or
 * there is no room.
 */
int
up_add_received(struct up_files *files, int fd)
{
	int is_kept;

	up_lock(&files->lock);
	is_kept = fd != UP_GAP && has_room_for_file(files);
	if (is_kept) {
		append_received(files, fd);
		files->nfds++;
		untaken++;
	} else
		append_gap(files);
	up_unlock(&files->lock);
	return is_kept;
}

int
up_take_received(struct up_files *files)
{
	int fd = UP_GAP;
	int error = ENOMSG;

	up_lock(&files->lock);
	if (files->length > 0) {
		fd = files->received[files->first];
		files->first = (files->first + 1) % UP_FILE_SLOTS;
		files->length--;
		error = EBADMSG;
	}
	if (fd != UP_GAP) {
		files->nfds--;
		untaken--;
	}
	up_unlock(&files->lock);
	if (fd == UP_GAP)
		errno = error;
	return fd;
}
