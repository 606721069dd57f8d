/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * privsep FILE...: a child that has given up its rights reads each FILE, which
 * its parent opens for it; other files it does not get.  It shows how open
 * files travel.  Run it as root: else the child may do what its parent may.
 *
 *	sudo privsep /etc/shadow
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

static void
die(const char *what)
{
	fprintf(stderr, "privsep: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
become_nobody(void)
{
	const struct passwd *nobody = getpwnam("nobody");

	if (geteuid() == 0 && (nobody == NULL || setgroups(0, NULL) == -1 ||
	    setgid(nobody->pw_gid) == -1 || setuid(nobody->pw_uid) == -1))
		die("nobody");
}

/* The child: what NAME has, by an open file that comes from the parent. */
static void
count(struct unix_ports *parent, const char *name)
{
	static struct unix_buffer answer;
	unsigned long bytes = 0;
	FILE *file = fopen(name, "r");

	printf("%s: the child itself: %s\n", name,
	    file != NULL ? "it may open it" : strerror(errno));
	if (file != NULL)
		fclose(file);
	fprintf(parent->out, "%s\n", name);
	if (unix_get_line(parent->in, &answer, 1000) != 1)
		die("parent");
	if (strcmp(answer.bytes, "here") != 0) {
		printf("%s: its parent: %s\n", name, answer.bytes);
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

/* The parent's whole duty: a name that is not on the LIST stays closed. */
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
		/* The file goes with the first byte that follows. */
		sent = fd != -1 && unix_add_files(child, &fd, 1) == 0;
		fprintf(child->out, "%s\n", sent ? "here" : strerror(errno));
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
	/* Each keeps its own end: so each sees when the other has gone. */
	unix_abandon_ports(&pair[child != 0]);
	if (child == 0) {
		become_nobody();
		while (*++argv != NULL)
			count(&pair[1], *argv);
		count(&pair[1], "/etc/sudoers");	/* not on the list */
		exit(fflush(stdout) == EOF ? 1 : 0);
	}
	serve(&pair[0], argv + 1);
	unix_close_ports(&pair[0]);
	return waitpid(child, &status, 0) == child && status == 0 ? 0 : 1;
}
