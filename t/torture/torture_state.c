/* SPDX-License-Identifier: BSD-2-Clause */
/* The resources of a process, for comparison with an earlier state. */
#include "config.h"

#include <sys/stat.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "torture.h"

static void
take_descriptors(struct state *state)
{
	struct stat status;
	int fd;

	for (fd = 0; fd < MAX_DESCRIPTORS; fd++) {
		state->fd[fd].flags[0] = fcntl(fd, F_GETFD);
		state->fd[fd].flags[1] = fcntl(fd, F_GETFL);
		if (fstat(fd, &status) == -1)
			continue;
		state->fd[fd].device = status.st_dev;
		state->fd[fd].inode = status.st_ino;
	}
}

/* Combines all files of the directory, in any order. */
static void
take_files(struct state *state)
{
	DIR *directory = opendir(".");
	struct dirent *entry;
	struct stat status;
	unsigned long sum;
	const char *c;

	need(directory != NULL);
	while ((entry = readdir(directory)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0 ||
		    lstat(entry->d_name, &status) == -1)
			continue;
		sum = status.st_mode * 31 + status.st_ino;
		for (c = entry->d_name; *c != '\0'; c++)
			sum = sum * 31 + (unsigned char)*c;
		state->names += sum;
		state->files++;
	}
	closedir(directory);
}

void
take_state(struct state *state)
{
	struct sigaction now;

	memset(state, 0, sizeof(*state));
	state->blocks = held_blocks();
	state->mapped = held_bytes();
	take_descriptors(state);
	take_files(state);
	state->threads = count_threads();
	pthread_sigmask(SIG_SETMASK, NULL, &state->blocked);
	sigaction(SIGPIPE, NULL, &now);
	state->on_pipe = now.sa_handler;
}

/* Describes a difference between A and B, or returns NULL. */
const char *
differs(const struct state *a, const struct state *b)
{
	static char text[100];

	if (memcmp(a->fd, b->fd, sizeof(a->fd)) != 0)
		return "descriptors";
	if (a->blocks != b->blocks) {
		snprintf(text, sizeof(text), "%ld blocks of memory",
		    b->blocks - a->blocks);
		return text;
	}
	if (a->mapped != b->mapped)
		return "mapped memory";
	if (b->threads != a->threads && !await_threads(a->threads))
		return "threads";
	if (a->files != b->files || a->names != b->names)
		return "files";
	if (memcmp(&a->blocked, &b->blocked, sizeof(a->blocked)) != 0)
		return "the mask of signals";
	return a->on_pipe == b->on_pipe ? NULL : "SIGPIPE's disposition";
}
