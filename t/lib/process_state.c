/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers of files, descriptors and threads of a process. */
#include "config.h"

#include <dirent.h>
#include <poll.h>
#include <pthread.h>

#include "process_state.h"
#include "runner.h"

#define THREADS_TIMEOUT_MS	5000
#define MAX_WARM_THREADS	16

long
count_entries(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	long count = 0;

	need(directory != NULL);
	while ((entry = readdir(directory)) != NULL)
		count += strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0;
	closedir(directory);
	return count;
}

long
count_threads(void)
{
	return count_entries("/proc/self/task");
}

int
await_threads(long count)
{
	int tries;

	for (tries = 0; count_threads() != count; tries++) {
		if (tries == THREADS_TIMEOUT_MS)
			return 0;
		poll(NULL, 0, 1);
	}
	return 1;
}

static void *
meet(void *barrier)
{
	pthread_barrier_wait(barrier);
	return NULL;
}

void
warm_threads(int count)
{
	pthread_t threads[MAX_WARM_THREADS];
	pthread_barrier_t barrier;
	int i;

	need(count <= MAX_WARM_THREADS);
	need(pthread_barrier_init(&barrier, NULL, (unsigned)count) == 0);
	for (i = 0; i < count; i++)
		need(pthread_create(&threads[i], NULL, meet, &barrier) == 0);
	for (i = 0; i < count; i++)
		need(pthread_join(threads[i], NULL) == 0);
	pthread_barrier_destroy(&barrier);
	need(await_threads(1));
}
