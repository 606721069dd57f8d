/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file of a plot.  Nobody should wait for one that cannot be written, or
 * lose the last one when we are ended: it is opened first and written last.
 */
#include "report.h"

#include <fcntl.h>
#include <unistd.h>

/* What is there stays as it is; what was not there is not left empty. */
FILE *
open_plot(const char *path)
{
	sigset_t before;
	int fd;

	hold_ends(&before);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd != -1)
		unfinished.file = path;
	release_ends(&before);
	if (fd == -1)
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	return fd == -1 ? NULL : fdopen(fd, "w");
}

/* All of it: 0, or -1. */
int
save_plot(FILE *file, const struct report *report)
{
	int failed;

	/* A pipe or a terminal has no length, and needs none. */
	(void)!ftruncate(fileno(file), 0);
	write_plot(file, report);
	failed = ferror(file);
	if (fclose(file) == EOF || failed)
		return -1;
	unfinished.file = NULL;
	return 0;
}
