/* SPDX-License-Identifier: BSD-2-Clause */
/* A child of unix_spawn(): performs an action, or reports its own state. */
#include "child.h"

#include <sys/stat.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "rights.h"

static int
list_descriptors(void)
{
	int fd;

	for (fd = 0; fd < DESCRIPTORS; fd++)
		if (fcntl(fd, F_GETFD) != -1)
			printf("%d ", fd);
	putchar('\n');
	return 0;
}

static int
list_signals(void)
{
	struct sigaction pipe;
	sigset_t blocked;
	int i, count = 0;

	sigaction(SIGPIPE, NULL, &pipe);
	sigprocmask(SIG_SETMASK, NULL, &blocked);
	for (i = 1; i < 32; i++)
		count += sigismember(&blocked, i);
	printf("%s, %d blocked\n", pipe.sa_handler == SIG_DFL ? "default" :
	    "not default", count);
	return 0;
}

static int
is_socket_on_both(void)
{
	struct stat in, out;

	fstat(0, &in);
	fstat(1, &out);
	puts(S_ISSOCK(in.st_mode) && in.st_ino == out.st_ino ? "yes" : "no");
	return 0;
}

static int
copy(void)
{
	char line[200];

	while (fgets(line, sizeof(line), stdin) != NULL) {
		fputs(line, stdout);
		fflush(stdout);
	}
	return 7;
}

static int
write_for_ever(void)
{
	int i;

	/* A writer that was blocked fails with ECONNRESET first. */
	for (i = 0; i < 1000000; i++)
		puts("for ever");
	return 8;
}

static int
use_file(void)
{
	const struct unix_options options = { .flags = UNIX_GUARDED |
	    UNIX_FILES };
	struct unix_ports ports;
	char line[20];
	int fd;

	if (unix_open_ports(0, &options, &ports) == -1 ||
	    fgets(line, sizeof(line), ports.in) == NULL ||
	    (fd = unix_take_file(&ports)) == -1 ||
	    write(fd, line, strlen(line)) == -1)
		return 1;
	return unix_close_ports(&ports) == 0 ? 0 : 1;
}

/* Sends TEXT, with or without a descriptor; the exit status is errno. */
static int
pass_file(void)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { .bytes = { 0 } };
	char text[] = "line\n";
	struct iovec part = { text, strlen(text) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1,
	    .msg_control = &control, .msg_controllen = sizeof(control) };
	int error = 0;

	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.header), &(int){ STDERR_FILENO },
	    sizeof(int));
	if (sendmsg(STDOUT_FILENO, &message, 0) == -1)
		error = errno;
	message.msg_controllen = 0;
	if (error != 0 && sendmsg(STDOUT_FILENO, &message, 0) == -1)
		return errno;
	return error;
}

/* Reports if the child can receive descriptors; without the option it can. */
static int
tell_rights(void)
{
	int value;
	socklen_t size = sizeof(value);

	if (getsockopt(STDIN_FILENO, SOL_SOCKET, SO_PASSRIGHTS, &value, &size)
	    == -1)
		value = 1;
	printf("%d\n", value);
	return 0;
}

static const struct {
	const char *name;
	int (*act)(void);
} acts[] = {
	{ "copy", copy },
	{ "descriptors", list_descriptors },
	{ "file", use_file },
	{ "for_ever", write_for_ever },
	{ "pass", pass_file },
	{ "rights", tell_rights },
	{ "signals", list_signals },
	{ "socket", is_socket_on_both },
};

int
be_child(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(acts); i++)
		if (strcmp(acts[i].name, name) == 0)
			return acts[i].act();
	return 99;
}
