/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors that wait: those to go with the next byte, and those that
 * have come and were not taken yet.  The first belong to the thread that
 * holds `out`; the others are locked, since any may take them.
 */
#include "guarded.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS	COUNT(((struct up_files *)NULL)->come)
#define GAP	(-1)		/* some were dropped here */

struct up_files *
up_new_files(void)
{
	struct up_files *files = malloc(sizeof(*files));

	if (files == NULL)
		return NULL;
	up_make_lock(&files->lock);
	files->waiting = files->sent = 0;
	files->first = files->count = files->open = 0;
	return files;
}

void
up_close_all(const int *fds, unsigned count)
{
	while (count > 0)
		up_close(fds[--count]);
}

/* Those that have gone are the caller's, to be closed under no lock. */
unsigned
up_take_sent(struct up_files *files, int fds[UP_MOST_FILES])
{
	unsigned count = files->sent;

	memcpy(fds, files->go, count * sizeof(*fds));
	files->sent = 0;
	return count;
}

void
up_close_sent(struct up_files *files)
{
	up_close_all(files->go, files->sent);
	files->sent = 0;
}

/* Forget those that were to go. */
void
up_drop_waiting(struct up_files *files)
{
	up_close_all(files->go, files->waiting);
	files->waiting = 0;
}

void
up_drop_files(struct up_files *files)
{
	if (files == NULL)
		return;
	up_close_sent(files);
	up_drop_waiting(files);
	for (; files->count > 0; files->count--)
		up_close(files->come[files->first++ % SLOTS]);
	up_drop_lock(&files->lock);
	free(files);
}

/* Let COUNT descriptors wait too, as duplicates of ours; all, or none. */
int
up_files_add(struct up_files *files, const int *fds, size_t count)
{
	size_t i;

	if (count > UP_MOST_FILES - files->waiting) {
		errno = E2BIG;
		return -1;
	}
	for (i = 0; i < count; i++) {
		files->go[files->waiting + i] = up_dup(fds[i]);
		if (files->go[files->waiting + i] == -1)
			break;
	}
	if (i == count) {
		files->waiting += (unsigned)count;
		return 0;
	}
	while (i > 0)
		up_close(files->go[files->waiting + --i]);
	return -1;
}

static void
append(struct up_files *files, int fd)
{
	files->come[(files->first + files->count++) % SLOTS] = fd;
}

/* One gap is as good as two: so there is room for one between any others. */
static void
append_gap(struct up_files *files)
{
	unsigned last = files->first + files->count - 1;

	if (files->count == 0 || files->come[last % SLOTS] != GAP)
		append(files, GAP);
}

/* FD has come, or GAP. */
void
up_file_came(struct up_files *files, int fd)
{
	int surplus = -1;

	up_lock(&files->lock);
	if (fd != GAP && files->open < UP_MOST_FILES) {
		append(files, fd);
		files->open++;
	} else {
		append_gap(files);
		surplus = fd;
	}
	up_unlock(&files->lock);
	up_close(surplus);
}

int
up_file_take(struct up_files *files)
{
	int fd = GAP;
	int error = ENOMSG;

	up_lock(&files->lock);
	if (files->count > 0) {
		fd = files->come[files->first];
		files->first = (files->first + 1) % SLOTS;
		files->count--;
		error = EBADMSG;
	}
	if (fd != GAP)
		files->open--;
	up_unlock(&files->lock);
	if (fd == GAP)
		errno = error;
	return fd;
}
