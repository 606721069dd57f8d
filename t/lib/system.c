/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptors, threads, processes, time and users, for the tests. */
#include "support.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Descriptors. */

static int fillers[DESCRIPTORS];
static int filler_count;
static struct rlimit usual;

void
begin_shortage(int spare)
{
	struct rlimit limit;
	int fd, source = 0;

	while (fcntl(source, F_GETFD) == -1)
		source++;
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &usual), 0);
	limit = usual;
	limit.rlim_cur = DESCRIPTORS / 2;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	while ((fd = fcntl(source, F_DUPFD_CLOEXEC, 3)) != -1)
		fillers[filler_count++] = fd;
	ck_assert_int_eq(errno, EMFILE);
	while (spare-- > 0)
		close(fillers[--filler_count]);
}

void
end_shortage(void)
{
	while (filler_count > 0)
		close(fillers[--filler_count]);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &usual), 0);
}

static int kept[3] = { -1, -1, -1 };

void
close_standard(unsigned numbers)
{
	int fd;

	for (fd = 0; fd < 3; fd++) {
		if ((numbers & 1u << fd) == 0)
			continue;
		kept[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		close(fd);
	}
}

void
restore_standard(void)
{
	int fd;

	for (fd = 0; fd < 3; fd++) {
		if (kept[fd] == -1)
			continue;
		dup2(kept[fd], fd);
		close(kept[fd]);
		kept[fd] = -1;
	}
}

/* Threads and processes. */

pthread_t
start_thread(void *(*body)(void *), void *argument)
{
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, body, argument), 0);
	return thread;
}

void *
join_thread(pthread_t thread)
{
	void *result;

	ck_assert_int_eq(pthread_join(thread, &result), 0);
	return result;
}

pid_t
thread_id(void)
{
#ifdef SYS_gettid
	return (pid_t)syscall(SYS_gettid);
#else
	return getpid();
#endif
}

/*
 * Waits for state 'S' in /proc; systems without it do not wait.  The path is
 * that of a task, since qemu invents the state of its own process.
 */
static int
is_running(pid_t id)
{
	char path[64], state = 'S';
	FILE *status;

	snprintf(path, sizeof(path), "/proc/%ld/task/%ld/stat", (long)id,
	    (long)id);
	status = fopen(path, "r");
	if (status == NULL)
		return 0;
	if (fscanf(status, "%*d %*s %c", &state) != 1)
		state = 'R';
	fclose(status);
	return state != 'S';
}

void
wait_blocked(_Atomic pid_t *id)
{
	while (*id == 0 || is_running(*id))
		sched_yield();
}

void
wait_idle(pid_t process)
{
	struct dirent *entry;
	int running;
	char path[64];
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%ld/task", (long)process);
	do {
		running = 0;
		tasks = opendir(path);
		if (tasks == NULL)
			return;
		while ((entry = readdir(tasks)) != NULL)
			running |= *entry->d_name != '.' &&
			    is_running((pid_t)atol(entry->d_name));
		closedir(tasks);
		sched_yield();
	} while (running);
}

/* Without SA_RESTART, so that calls are interrupted. */
void
do_nothing(int signal)
{
	(void)signal;
}

void
catch_signal(int signal, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler };

	ck_assert_int_eq(sigaction(signal, &action, NULL), 0);
}

int
child_status(pid_t child)
{
	int status;

	ck_assert_int_ne(child, -1);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return status;
}

void
expect_in_child(int (*body)(void))
{
	pid_t child = fork();

	if (child == 0)
		_exit(body());
	ck_assert_int_eq(child_status(child), 0);
}

int
is_socket(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0 && S_ISSOCK(status.st_mode);
}

long long
milliseconds(void)
{
	struct timespec now;

	ck_assert_int_eq(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

void
become_user(void)
{
	if (geteuid() == 0)
		ck_assert_int_eq(seteuid(65534), 0);
}

void
become_self(void)
{
	if (geteuid() != getuid())
		ck_assert_int_eq(seteuid(getuid()), 0);
}
