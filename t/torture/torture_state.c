/* SPDX-License-Identifier: BSD-2-Clause */
/* What a process has, to be compared with what it had. */
#include "config.h"

#include <sys/stat.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "torture.h"

static void
take_descriptors(struct state *state)
{
	struct stat status;
	int fd;

	for (fd = 0; fd < DESCRIPTORS; fd++) {
		state->fd[fd].flags[0] = fcntl(fd, F_GETFD);
		state->fd[fd].flags[1] = fcntl(fd, F_GETFL);
		if (fstat(fd, &status) == -1)
			continue;
		state->fd[fd].device = status.st_dev;
		state->fd[fd].inode = status.st_ino;
	}
}

/* Each file of the directory, whatever their order. */
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

static int
count_threads(void)
{
	DIR *directory = opendir("/proc/self/task");
	struct dirent *entry;
	int count = 0;

	need(directory != NULL);
	while ((entry = readdir(directory)) != NULL)
		count += entry->d_name[0] != '.';
	closedir(directory);
	return count;
}

void
take_state(struct state *state)
{
	struct sigaction now;

	memset(state, 0, sizeof(*state));
	state->blocks = held_blocks();
	state->mapped = held_maps();
	take_descriptors(state);
	take_files(state);
	state->threads = count_threads();
	pthread_sigmask(SIG_SETMASK, NULL, &state->blocked);
	sigaction(SIGPIPE, NULL, &now);
	state->on_pipe = now.sa_handler;
}

static void *
wait_for_others(void *barrier)
{
	pthread_barrier_wait(barrier);
	return NULL;
}

/* glibc keeps what its first threads have got. */
void
warm_up(void)
{
	pthread_t threads[4];
	pthread_barrier_t barrier;
	size_t i;
	int tries;

	need(pthread_barrier_init(&barrier, NULL, COUNT(threads)) == 0);
	for (i = 0; i < COUNT(threads); i++)
		need(pthread_create(&threads[i], NULL, wait_for_others,
		    &barrier) == 0);
	for (i = 0; i < COUNT(threads); i++)
		need(pthread_join(threads[i], NULL) == 0);
	pthread_barrier_destroy(&barrier);
	/* The kernel forgets a thread a moment after it has been joined. */
	for (tries = 0; count_threads() > 1; tries++) {
		need(tries < 1000);
		poll(NULL, 0, 1);
	}
}

static int
same_threads(const struct state *a, const struct state *b)
{
	int now = b->threads, tries;

	for (tries = 0; now != a->threads && tries < 1000; tries++) {
		poll(NULL, 0, 1);
		now = count_threads();
	}
	return now == a->threads;
}

/* What has changed from A to B, or NULL. */
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
	if (!same_threads(a, b))
		return "threads";
	if (a->files != b->files || a->names != b->names)
		return "files";
	if (memcmp(&a->blocked, &b->blocked, sizeof(a->blocked)) != 0)
		return "the mask of signals";
	return a->on_pipe == b->on_pipe ? NULL : "SIGPIPE's disposition";
}
