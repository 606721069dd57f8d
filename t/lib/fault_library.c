/* SPDX-License-Identifier: BSD-2-Clause */
/* A library that breaks one guarantee for each fault. */
#include "faults.h"

#include <sys/socket.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <unixport.h>

static struct unix_options
copy_of(const struct unix_options *options)
{
	struct unix_options copy = { 0 };

	if (options != NULL)
		copy = *options;
	if (is("early")) {
		copy.read_timeout /= 4;
		copy.write_timeout /= 4;
		copy.accept_timeout /= 4;
		copy.connect_timeout /= 4;
	}
	return copy;
}

/* A SIGPIPE policy other than the requested one. */
static void
break_policy(enum unix_sigpipe policy)
{
	if (policy == UNIX_SIGPIPE_IGNORE)
		signal(SIGPIPE, SIG_DFL);
	if (policy == UNIX_SIGPIPE_RAISE || policy == UNIX_SIGPIPE_ERROR)
		signal(SIGPIPE, SIG_IGN);
}

ORIGINAL(int, unix_pair, const struct unix_options *, struct unix_ports *)
int
unix_pair(const struct unix_options *options, struct unix_ports pair[2])
{
	struct unix_options changed = copy_of(options);
	int result;

	if (is("untied") && (changed.flags & UNIX_GUARDED) != 0)
		changed.flags |= UNIX_UNTIED;
	result = original_unix_pair()(&changed, pair);
	if (is("dead pair") && result == 0)
		shutdown(unix_fileno(&pair[0]), SHUT_RDWR);
	if (is("wrong policy") && result == 0)
		break_policy(changed.sigpipe);
	return result;
}

ORIGINAL(int, unix_close_input, struct unix_ports *)
int
unix_close_input(struct unix_ports *ports)
{
	return is("open input") ? 0 : original_unix_close_input()(ports);
}

ORIGINAL(int, unix_close_output, struct unix_ports *)
int
unix_close_output(struct unix_ports *ports)
{
	int fd = unix_fileno(ports);
	int result = original_unix_close_output()(ports);

	if (is("whole close"))
		shutdown(fd, SHUT_RDWR);
	return result;
}

ORIGINAL(int, unix_close_ports, struct unix_ports *)
int
unix_close_ports(struct unix_ports *ports)
{
	int result = original_unix_close_ports()(ports);

	return is("forgotten loss") ? 0 : result;
}

ORIGINAL(int, unix_abandon_ports, struct unix_ports *)
int
unix_abandon_ports(struct unix_ports *ports)
{
	return is("sent twice") ? unix_close_ports(ports) :
	    original_unix_abandon_ports()(ports);
}

ORIGINAL(int, unix_input_ready, struct unix_ports *, int)
int
unix_input_ready(struct unix_ports *ports, int timeout)
{
	return is("never ready") ? 0 :
	    original_unix_input_ready()(ports, timeout);
}

ORIGINAL(int, unix_hang_up, const struct unix_ports *)
int
unix_hang_up(const struct unix_ports *ports)
{
	return is("no hang-up") ? 0 : original_unix_hang_up()(ports);
}

static int claims;		/* of abstract names, all different */

ORIGINAL(struct unix_listener *, unix_listen, const char *,
    const struct unix_options *)
struct unix_listener *
unix_listen(const char *address, const struct unix_options *options)
{
	struct unix_options changed = copy_of(options);
	char other[100];

	if (is("kept file"))
		changed.flags |= UNIX_KEEP;
	if (is("no reclaim"))
		changed.flags |= UNIX_NO_RECLAIM;
	if (is("robbery"))
		unlink(address);
	if (is("short paths") && strlen(address) > 107) {
		errno = EINVAL;
		return NULL;
	}
	if (is("any name") && *address == '@') {
		snprintf(other, sizeof(other), "%s.%d", address, claims++);
		address = other;
	}
	return original_unix_listen()(address, &changed);
}

ORIGINAL(int, unix_close, struct unix_listener *)
int
unix_close(struct unix_listener *listener)
{
	sigset_t one;

	sigemptyset(&one);
	sigaddset(&one, SIGUSR1);
	if (is("blocked signal"))
		sigprocmask(SIG_BLOCK, &one, NULL);
	if (is("foreign file") && listener != NULL)
		unlink("s");
	return original_unix_close()(listener);
}

ORIGINAL(int, unix_interrupt, struct unix_listener *)
int
unix_interrupt(struct unix_listener *listener)
{
	return is("no interrupt") ? 0 : original_unix_interrupt()(listener);
}

ORIGINAL(int, unix_accept, struct unix_listener *, struct unix_ports *)
int
unix_accept(struct unix_listener *listener, struct unix_ports *ports)
{
	int result;

	if (is("hasty accept"))
		return failure(ETIMEDOUT);
	result = original_unix_accept()(listener, ports);
	if (is("inherited") && result == 0)
		fcntl(unix_fileno(ports), F_SETFD, 0);
	return result;
}

ORIGINAL(int, unix_connect, const char *, const struct unix_options *,
    struct unix_ports *)
int
unix_connect(const char *address, const struct unix_options *options,
    struct unix_ports *ports)
{
	struct unix_options changed = copy_of(options);

	if (is("impatience"))
		changed.flags &= ~UNIX_WAIT;
	return original_unix_connect()(address, &changed, ports);
}

ORIGINAL(int, unix_add_files, struct unix_ports *, const int *, size_t)
int
unix_add_files(struct unix_ports *ports, const int *files, size_t count)
{
	if (is("kept descriptor"))
		(void)!dup(files[0]);
	return original_unix_add_files()(ports, files, count);
}

ORIGINAL(int, unix_take_file, struct unix_ports *)
int
unix_take_file(struct unix_ports *ports)
{
	int fd = original_unix_take_file()(ports);

	if (is("inherited") && fd != -1)
		fcntl(fd, F_SETFD, 0);
	return fd;
}

/* Accepts a message that exceeds a limit or is truncated. */
static int
forgive(int result)
{
	return result == -1 && is("no limit") &&
	    (errno == EMSGSIZE || errno == EBADMSG) ? 1 : result;
}

ORIGINAL(int, unix_get_line, FILE *, struct unix_buffer *, size_t)
int
unix_get_line(FILE *in, struct unix_buffer *line, size_t limit)
{
	return forgive(original_unix_get_line()(in, line, limit));
}

ORIGINAL(int, unix_get_frame, FILE *, struct unix_buffer *, size_t)
int
unix_get_frame(FILE *in, struct unix_buffer *frame, size_t limit)
{
	return forgive(original_unix_get_frame()(in, frame, limit));
}

ORIGINAL(int, unix_put_frame, FILE *, const void *, size_t)
int
unix_put_frame(FILE *out, const void *bytes, size_t length)
{
	char other[100] = "";

	if (!is("mixed frames") || length > sizeof(other))
		return original_unix_put_frame()(out, bytes, length);
	memcpy(other, bytes, length / 2);
	return original_unix_put_frame()(out, other, length);
}

ORIGINAL(int, unix_send, const char *, const void *, size_t)
int
unix_send(const char *address, const void *bytes, size_t length)
{
	return original_unix_send()(address, bytes,
	    length - is("cut datagrams"));
}

ORIGINAL(pid_t, unix_spawn, char *const *, const struct unix_options *,
    struct unix_ports *)
pid_t
unix_spawn(char *const argv[], const struct unix_options *options,
    struct unix_ports *ports)
{
	char name[] = "true", *const other[] = { name, NULL };

	return original_unix_spawn()(is("other program") ? other : argv,
	    options, ports);
}
