/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of a server on standard error.  No line may block: a server that waits
 * for a full pipe would accept no clients and handle no signals.  Lines that
 * standard error does not accept are counted.
 */
#include "command.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *service_address;
static int is_verbose;
static int target = STDERR_FILENO;
static int is_socket, is_file;
static unsigned long lost;

/*
 * O_NONBLOCK of the descriptor itself would affect all processes that share it.
 * Another process can fill the pipe after poll(2), so this is the last resort.
 */
static ssize_t
write_if_ready(const char *text, size_t length)
{
	struct pollfd one = { .fd = target, .events = POLLOUT };

	if (poll(&one, 1, 0) == 1)
		return write(target, text, length);
	errno = EAGAIN;
	return -1;
}

static int
try_to_write(const char *text, size_t length)
{
	ssize_t written;

	if (is_socket)
		written = send(target, text, length, MSG_DONTWAIT);
	else if (is_file || target != STDERR_FILENO)
		written = write(target, text, length);
	else
		written = write_if_ready(text, length);
	return written == (ssize_t)length ? 0 : -1;
}

static int
report_lost(void)
{
	char text[100];
	int length = snprintf(text, sizeof(text),
	    "unixport: standard error: %lu %s lost\n", lost,
	    lost == 1 ? "line was" : "lines were");

	if (try_to_write(text, (size_t)length) == -1)
		return -1;
	lost = 0;
	return 0;
}

/* A write of more than PIPE_BUF bytes to a pipe would not be atomic. */
static void
write_line(const char *text, size_t length)
{
	char part[PIPE_BUF];

	if (length > sizeof(part)) {
		memcpy(part, text, sizeof(part) - 1);
		part[sizeof(part) - 1] = '\n';
		text = part;
		length = sizeof(part);
	}
	pthread_mutex_lock(&lock);
	if ((lost > 0 && report_lost() == -1) ||
	    try_to_write(text, length) == -1)
		lost++;
	pthread_mutex_unlock(&lock);
}

/*
 * On Linux, a pipe or terminal can be opened again, with an O_NONBLOCK flag of
 * its own.  A regular file would be written from its beginning.
 */
void
begin_log(const char *address, int verbose)
{
	struct stat file;
	int fd;

	service_address = address;
	is_verbose = verbose;
	if (fstat(STDERR_FILENO, &file) == 0) {
		is_socket = S_ISSOCK(file.st_mode);
		is_file = S_ISREG(file.st_mode);
	}
	if (!is_socket && !is_file) {
		fd = open("/proc/self/fd/2",
		    O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		target = fd == -1 ? STDERR_FILENO : fd;
	}
	set_line_writer(write_line);
}

void
end_log(void)
{
	pthread_mutex_lock(&lock);
	if (lost > 0)
		report_lost();
	pthread_mutex_unlock(&lock);
}

static void
print_number(FILE *file, const char *name, long number)
{
	if (number == -1)
		fprintf(file, "%s unknown", name);
	else
		fprintf(file, "%s %ld", name, number);
}

/* Prints a line about the client PEER, if the lines are requested. */
void
log_client(const struct unix_peer *peer, const char *format, ...)
{
	struct line line;
	va_list arguments;

	if (!is_verbose)
		return;
	begin_line(&line);
	print_visible(line.file, service_address);
	fputs(": ", line.file);
	print_number(line.file, "user", peer->uid == (uid_t)-1 ? -1 :
	    (long)peer->uid);
	print_number(line.file, ", process", peer->pid > 0 ? (long)peer->pid :
	    -1);
	fputs(": ", line.file);
	va_start(arguments, format);
	vfprintf(line.file, format, arguments);
	va_end(arguments);
	end_line(&line);
}

/* STATUS is that of waitpid(2), or -1 if it is unknown. */
void
log_end(const struct unix_peer *peer, pid_t pid, int status)
{
	if (status == -1)
		log_client(peer, "process %ld ended", (long)pid);
	else if (WIFSIGNALED(status))
		log_client(peer, "process %ld was terminated by signal %d",
		    (long)pid, WTERMSIG(status));
	else
		log_client(peer, "process %ld ended with status %d",
		    (long)pid, WEXITSTATUS(status));
}
