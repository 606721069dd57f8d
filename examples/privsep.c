/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * privsep FILE...: a child without privileges reads each FILE, which its parent
 * opens for it.  The parent refuses other files, such as OTHER.  It shows how
 * open files are passed.  Run it as root; otherwise the child keeps the
 * privileges of its parent.
 *
 *	privsep /etc/shadow
 */
#define _DEFAULT_SOURCE	/* setgroups(2) and POSIX, with -std=c11 too */

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <unixport.h>

#define OTHER	"/etc/passwd"	/* exists on every system */

static void
die(const char *what)
{
	fprintf(stderr, "privsep: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
drop_privileges(void)
{
	const struct passwd *user = getpwnam("nobody");

	if (geteuid() == 0 && (user == NULL || setgroups(0, NULL) == -1 ||
	    setgid(user->pw_gid) == -1 || setuid(user->pw_uid) == -1))
		die("nobody");
}

/* The child: count the bytes of NAME in a file opened by the parent. */
static void
count(struct unix_ports *parent, const char *name)
{
	static struct unix_buffer reply;
	unsigned long bytes = 0;
	FILE *file = fopen(name, "r");

	printf("%s: the child itself: %s\n", name,
	    file != NULL ? "it may open it" : strerror(errno));
	if (file != NULL)
		fclose(file);
	fprintf(parent->out, "%s\n", name);
	errno = ECONNRESET;		/* EOF sets no error */
	if (unix_get_line(parent->in, &reply, 1000) != 1)
		die("parent");
	if (strcmp(reply.bytes, "open") != 0) {
		printf("%s: its parent: %s\n", name, reply.bytes);
		return;
	}
	file = fdopen(unix_take_file(parent), "r");
	while (file != NULL && getc(file) != EOF)
		bytes++;
	if (file == NULL || ferror(file))
		die(name);
	fclose(file);
	printf("%s: by its parent: %lu bytes\n", name, bytes);
}

/* The parent: open NAME only if it is on the LIST. */
static int
open_listed(const char *name, char *list[])
{
	for (; *list != NULL; list++)
		if (strcmp(name, *list) == 0)
			return open(name, O_RDONLY | O_CLOEXEC);
	errno = EPERM;
	return -1;
}

static void
serve(struct unix_ports *child, char *list[])
{
	static struct unix_buffer name;
	int fd, sent;

	while (unix_get_line(child->in, &name, 1000) == 1) {
		fd = open_listed(name.bytes, list);
		/* The file is sent with the first byte that follows. */
		sent = fd != -1 && unix_add_files(child, &fd, 1) == 0;
		fprintf(child->out, "%s\n", sent ? "open" : strerror(errno));
		if (fd != -1)
			close(fd);
	}
}

int
main(int argc, char *argv[])
{
	struct unix_options options = { .flags = UNIX_GUARDED | UNIX_FILES };
	struct unix_ports pair[2];
	int status;
	pid_t child;

	if (argc < 2) {
		fprintf(stderr, "usage: privsep FILE...\n");
		return 2;
	}
	child = unix_pair(&options, pair) == -1 ? -1 : fork();
	if (child == -1)
		die("start");
	/* A copy of the peer's end would keep each from reading EOF. */
	unix_abandon_ports(&pair[child != 0]);
	if (child == 0) {
		drop_privileges();
		while (*++argv != NULL)
			count(&pair[1], *argv);
		count(&pair[1], OTHER);
		exit(fflush(stdout) == EOF ? 1 : 0);
	}
	serve(&pair[0], argv + 1);
	unix_close_ports(&pair[0]);
	return waitpid(child, &status, 0) == child && status == 0 ? 0 : 1;
}
