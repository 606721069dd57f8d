/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libFuzzer's target for sockets of a service manager.  For any values of the
 * variables, the socket must be the one that a simple model finds, or none.
 */
#include "fuzz.h"

#include <sys/socket.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define FIRST_PASSED_FD	3
#define PASSED	4		/* listeners, a datagram socket, a file */
#define KEPT	800		/* lowest number of the original sockets */

static const char *const names[] = { "LISTEN_FDS", "LISTEN_FDNAMES",
    "LISTEN_PID" };

/* A socket with a name that Linux chooses. */
static int
bound(int type)
{
	struct sockaddr name = { .sa_family = AF_UNIX };
	int fd = socket(AF_UNIX, type, 0);

	want(fd != -1 && bind(fd, &name, sizeof(name.sa_family)) == 0);
	want(type != SOCK_STREAM || listen(fd, 1) == 0);
	return fd;
}

static void
make_sockets(void)
{
	int fd;

	want(dup2(bound(SOCK_STREAM), KEPT) != -1);
	want(dup2(bound(SOCK_DGRAM), KEPT + 1) != -1);
	want(dup2(open("/dev/null", O_RDONLY), KEPT + 2) != -1);
	want(dup2(bound(SOCK_STREAM), KEPT + 3) != -1);
	/* Closes inherited descriptors. */
	for (fd = FIRST_PASSED_FD; fd < KEPT; fd++)
		close(fd);
}

/*
 * Passes each socket again at its number, since an earlier input can have
 * closed it.
 */
static void
pass_sockets(void)
{
	static int made;
	int i;

	if (!made)
		make_sockets();
	made = 1;
	for (i = 0; i < PASSED; i++)
		want(dup2(KEPT + i, FIRST_PASSED_FD + i) != -1);
}

/* Parses a number of a variable without strtol(3). */
static long
number(const char *text, long most)
{
	long value = 0;

	if (text == NULL || *text == '0' || *text == '\0')
		return -1;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9' ||
		    value > (most - (*text - '0')) / 10)
			return -1;
		value = value * 10 + (*text - '0');
	}
	return value;
}

/* Returns the index of NAME in a list separated by colons, or -1. */
static long
place_of(const char *all, const char *name, long count)
{
	size_t length = strlen(name);
	long place = 0;

	if (*name == '\0')
		return 0;
	if (strchr(name, ':') != NULL)
		return -1;
	for (; all != NULL && place < count; place++) {
		if (strncmp(all, name, length) == 0 &&
		    (all[length] == ':' || all[length] == '\0'))
			return place;
		all = strchr(all, ':');
		if (all != NULL)
			all++;
	}
	return -1;
}

/* Returns the expected descriptor, or -1 with the expected errno in *ERROR. */
static int
model(const char *name, unsigned flags, int *error)
{
	static const int kinds[PASSED] = { SOCK_STREAM, SOCK_DGRAM, 0,
	    SOCK_STREAM };
	int type = (flags & UNIX_DATAGRAM) != 0 ? SOCK_DGRAM : SOCK_STREAM;
	long count = number(getenv(names[0]), 65536);
	long place = -1;

	if (count != -1 && number(getenv(names[2]), 1L << 40) == getpid())
		place = place_of(getenv(names[1]), name, count);
	*error = ENOENT;
	if (place == -1)
		return -1;
	*error = place >= PASSED ? EBADF : kinds[place] == 0 ? ENOTSOCK :
	    EPROTOTYPE;
	return place < PASSED && kinds[place] == type ?
	    FIRST_PASSED_FD + (int)place :
	    -1;
}

/* The bytes up to the next NUL, as a string that the caller frees. */
static char *
next_string(struct input *input)
{
	size_t length = 0;
	char *string;

	while (length < input->left && input->bytes[length] != '\0')
		length++;
	string = malloc(length + 1);
	want(string != NULL);
	memcpy(string, input->bytes, length);
	string[length] = '\0';
	input->bytes += length;
	input->left -= length;
	next(input);
	return string;
}

/* Some variables are unset, and most contain our process ID. */
static void
set_environment(struct input *input)
{
	unsigned choice = next(input);
	char *value, own[32];
	size_t i;

	for (i = 0; i < 3; i++) {
		value = next_string(input);
		if ((choice >> i & 1) != 0)
			unsetenv(names[i]);
		else
			want(setenv(names[i], value, 1) == 0);
		free(value);
	}
	snprintf(own, sizeof(own), "%ld", (long)getpid());
	if ((choice & 8) == 0)
		want(setenv(names[2], own, 1) == 0);
}

static void
compare(const char *address, unsigned flags)
{
	struct unix_options options = { .flags = flags };
	int error, fd = model(address + strlen("systemd:"), flags, &error);
	struct unix_listener *listener;

	errno = EDOM;
	listener = unix_listen(address, &options);
	want((listener != NULL) == (fd != -1));
	want(errno == (fd != -1 ? EDOM : error));
	if (listener == NULL)
		return;
	want(unix_listener_fileno(listener) == fd);
	want(fcntl(fd, F_GETFD) == FD_CLOEXEC);
	want(unix_close(listener) == 0 && fcntl(fd, F_GETFD) == -1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	unsigned flags = next(&input) % 2 == 1 ? UNIX_DATAGRAM : 0;
	char *before[3], *name, *address;
	size_t i;

	pass_sockets();
	set_environment(&input);
	name = next_string(&input);
	want(asprintf(&address, "systemd:%s", name) != -1);
	for (i = 0; i < 3; i++)
		before[i] = getenv(names[i]);
	compare(address, flags);
	for (i = 0; i < 3; i++)
		want(getenv(names[i]) == before[i]);
	free(address);
	free(name);
	return 0;
}
