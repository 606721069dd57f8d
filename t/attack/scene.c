/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The process of a row: it sets the scene, makes the call, measures, judges
 * and removes all that was made.
 */
#include "attack.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SPIN_MS		100		/* and half of the time that passes */

static struct result *result;

void
problem(const char *format, ...)
{
	va_list arguments;

	if (result->problem[0] != '\0')
		return;
	va_start(arguments, format);
	vsnprintf(result->problem, sizeof(result->problem), format,
	    arguments);
	va_end(arguments);
}

void
need(int is_true, const char *what)
{
	if (is_true)
		return;
	problem("%s: %s", what, strerror(errno));
	_exit(1);
}

int
errno_of(int end)
{
	return end == -1 ? errno : 0;
}

long long
milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

int
processor_ms(pid_t process)
{
	unsigned long user = 0, kernel = 0;
	struct rusage usage;
	char path[50];
	FILE *file;

	if (process == 0) {
		getrusage(RUSAGE_SELF, &usage);
		return (int)((usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
		    * 1000 + (usage.ru_utime.tv_usec +
		    usage.ru_stime.tv_usec) / 1000);
	}
	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)process);
	file = fopen(path, "re");
	if (file == NULL)
		return 0;
	if (fscanf(file, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u"
	    " %*u %*u %lu %lu", &user, &kernel) != 2)
		user = kernel = 0;
	fclose(file);
	return (int)((user + kernel) * 1000 /
	    (unsigned long)sysconf(_SC_CLK_TCK));
}

static int
count_descriptors(void)
{
	int fd, count = 0;

	for (fd = 0; fd < DESCRIPTORS; fd++)
		count += fcntl(fd, F_GETFD) != -1;
	return count;
}

/* Honest clients. */

/* It may wait in a full queue. */
int
connect_honest(int fd)
{
	const struct sockaddr_un name = { .sun_family = AF_UNIX,
	    .sun_path = "s" };
	const struct timeval limit = { .tv_sec = PATIENCE_S };

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return connect(fd, (const struct sockaddr *)&name, sizeof(name));
}

/* The connection ends, and the server has ended it, too. */
int
is_answered(int fd)
{
	char answer[6] = "";

	return send(fd, "ping\n", 5, MSG_NOSIGNAL) == 5 &&
	    shutdown(fd, SHUT_WR) == 0 &&
	    recv(fd, answer, sizeof(answer), MSG_WAITALL) == 5 &&
	    memcmp(answer, "ping\n", 5) == 0;
}

static int
make_honest(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

/* A client that is refused comes again for the next PATIENCE ms. */
static int
is_served_at_last(int *fd, int patience)
{
	long long end = milliseconds() + patience;

	while (connect_honest(*fd) == -1 || !is_answered(*fd)) {
		if (milliseconds() >= end)
			return 0;
		close(*fd);
		*fd = make_honest();
	}
	return 1;
}

/*
 * One after the other: a limit of one client of each user admits all.  The
 * command waits 100 ms for the end of the program of the same user, which may
 * take longer on a loaded machine.
 */
int
is_served(struct scene *scene)
{
	int count = scene->attack->traits & EXCEEDS ? HONEST : 1, i;
	int patience = scene->command != 0 ? PATIENCE_S * 1000 : 0;

	for (i = 0; i < count; i++)
		if (!is_served_at_last(&scene->honest[i], patience))
			return 0;
	return 1;
}

/* The row. */

/* The server has begun, and has accepted the attackers, who came first. */
static void
await_served(struct scene *scene)
{
	enum role role = scene->call->role;

	if ((role == BURSTS || role == DRAINS || role == COMMAND_STOPS) &&
	    (scene->attack->traits & IS_STORM) == 0 && !is_served(scene))
		problem("an honest client is not served");
}

/* The peer is asked for a last line: no byte before it was lost. */
static void
read_rest(struct scene *scene)
{
	struct unix_buffer *line = &scene->buffer;
	FILE *in = scene->ports[0].in;
	long sent = ask_attacker(scene, END_LINE, 0);
	/* Other calls than unix_get_line() lose bytes when they time out. */
	int is_whole = line->capacity > 0 &&
	    (scene->attack->traits & (IS_URGENT | ANNOUNCES)) == 0;

	clearerr(in);
	while (unix_get_line(in, line, 0) == 1) {
		if (strcmp(line->bytes, "last") == 0)
			return;
		if (is_whole && strspn(line->bytes, "x") != (size_t)sent)
			problem("%zu bytes instead of %ld", line->length,
			    sent);
		is_whole = 0;
	}
	problem("the last line: %s", strerror(errno));
}

static void
check_bytes(struct scene *scene)
{
	enum role role = scene->call->role;
	int can_continue = scene->kind->flags & UNIX_GUARDED &&
	    (scene->attack->traits & IS_GONE) == 0;

	if (role == READS && can_continue && scene->attack->read == ETIMEDOUT)
		read_rest(scene);
	if (role == WRITES && can_continue && scene->attack->write != NO_END
	    && scene->attack->read == ETIMEDOUT &&
	    ask_attacker(scene, VERIFY, (long)scene->filled) != 1)
		problem("output is not intact");
}

/* A friend is accepted after all strangers. */
static void
accept_friend(struct scene *scene)
{
	int accepted, tries = HOARDERS;

	need(connect_honest(scene->honest[0]) == 0, "an honest client");
	do
		accepted = unix_accept(scene->listener, &scene->ports[0]);
	while (accepted == -1 && errno == ETIMEDOUT && tries-- > 0);
	if (accepted == -1)
		problem("an honest client: %s", strerror(errno));
}

static const char *
name_of(int end)
{
	return end == 0 ? "success" : end == END_OF_INPUT ? "EOF" :
	    strerror(end);
}

static int
is_lost_output(int end)
{
	return end == EPIPE || end == ECONNRESET || end == EIO;
}

static void
judge(const struct row *row, int processor)
{
	int expected = row->promise.end, end = result->end;
	int is_storm = (row->attack->traits & IS_STORM) != 0;
	int margin = is_storm ? STORM_MARGIN_MS : MARGIN_MS;

	if (end != expected && expected != ANY_END &&
	    !(is_lost_output(end) && is_lost_output(expected)))
		problem("%s instead of %s", name_of(end), name_of(expected));
	if (result->elapsed > row->promise.bound + margin)
		problem("late");
	if (!is_storm && processor > SPIN_MS + result->elapsed / 2)
		problem("%d ms of processor time", processor);
}

/* Of the command, if it is attacked; the call may start it. */
static int
victim_ms(const struct scene *scene)
{
	if (scene->call->role == COMMAND_CONNECTS && scene->command == 0)
		return 0;
	return processor_ms(scene->command);
}

static void
make_call(struct scene *scene, const struct row *row)
{
	int processor = victim_ms(scene);
	long long start = milliseconds();

	result->end = scene->call->run(scene);
	result->elapsed = (int)(milliseconds() - start);
	result->is_done = 1;
	processor = victim_ms(scene) - processor;
	judge(row, processor);
}

/* If an event ends the call no timeout does. */
static void
set_options(struct scene *scene, const struct promise *promise)
{
	struct unix_options *options = &scene->options;
	int timeout = promise->bound > 0 ? TIMEOUT_MS : LINGER_S * 1000;

	options->flags = scene->kind->flags;
	options->mode = 0666;
	options->sigpipe = UNIX_SIGPIPE_IGNORE;
	options->connect_timeout = timeout;
	options->accept_timeout = scene->call->accept_timeout;
	if (options->flags & UNIX_GUARDED)
		options->read_timeout = options->write_timeout = timeout;
}

void
play(const struct row *row)
{
	struct rlimit limit;
	struct scene scene = { .attack = row->attack, .call = row->call,
	    .kind = row->kind, .taken = -1 };
	int descriptors = count_descriptors(), i;

	result = row->result;
	set_options(&scene, &row->promise);
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = DESCRIPTORS;
	setrlimit(RLIMIT_NOFILE, &limit);
	for (i = 0; i < HONEST; i++)
		scene.honest[i] = make_honest();
	if (scene.kind->is_old)
		need(deny_refusals() == 0, "seccomp");
	scene.call->stage->set(&scene);
	begin_attack(&scene);
	await_served(&scene);
	make_call(&scene, row);
	check_bytes(&scene);
	if (scene.call->role == DROPS && !(scene.attack->traits & IS_STORM))
		accept_friend(&scene);
	end_attack(&scene);
	scene.call->stage->clear(&scene);
	for (i = 0; i < HONEST; i++)
		close(scene.honest[i]);
	if (count_descriptors() != descriptors)
		problem("%d descriptors are left",
		    count_descriptors() - descriptors);
}
