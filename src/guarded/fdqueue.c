/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Queues of descriptors: the outgoing ones, which go with the next byte, and
 * the received ones, which were not taken yet.  The first belong to the
 * thread that holds `out`; the others are locked, since any thread may take
 * them.
 */
#include "guarded.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS	COUNT(((struct up_files *)NULL)->received)
#define GAP	(-1)		/* some were dropped here */

struct up_files *
up_new_files(void)
{
	struct up_files *files = malloc(sizeof(*files));

	if (files == NULL)
		return NULL;
	up_make_lock(&files->lock);
	files->unsent = files->sent = 0;
	files->first = files->length = files->nfds = 0;
	return files;
}

void
up_close_all(const int *fds, unsigned count)
{
	while (count > 0)
		up_close(fds[--count]);
}

/* Sent ones become the caller's, which closes them without a lock. */
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

void
up_close_outgoing(struct up_files *files)
{
	up_close_all(files->outgoing, files->unsent);
	files->unsent = 0;
}

void
up_free_files(struct up_files *files)
{
	if (files == NULL)
		return;
	up_close_sent(files);
	up_close_outgoing(files);
	for (; files->length > 0; files->length--)
		up_close(files->received[files->first++ % SLOTS]);
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
	files->received[(files->first + files->length++) % SLOTS] = fd;
}

/* Adjacent gaps are one: so there is room for a gap between any two. */
static void
append_gap(struct up_files *files)
{
	unsigned last = files->first + files->length - 1;

	if (files->length == 0 || files->received[last % SLOTS] != GAP)
		append_received(files, GAP);
}

/* FD was received, or GAP stands for some that were not. */
void
up_add_received(struct up_files *files, int fd)
{
	int surplus = -1;

	up_lock(&files->lock);
	if (fd != GAP && files->nfds < UP_MAX_FILES) {
		append_received(files, fd);
		files->nfds++;
	} else {
		append_gap(files);
		surplus = fd;
	}
	up_unlock(&files->lock);
	up_close(surplus);
}

int
up_take_received(struct up_files *files)
{
	int fd = GAP;
	int error = ENOMSG;

	up_lock(&files->lock);
	if (files->length > 0) {
		fd = files->received[files->first];
		files->first = (files->first + 1) % SLOTS;
		files->length--;
		error = EBADMSG;
	}
	if (fd != GAP)
		files->nfds--;
	up_unlock(&files->lock);
	if (fd == GAP)
		errno = error;
	return fd;
}
