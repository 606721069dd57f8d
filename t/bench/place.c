/* SPDX-License-Identifier: BSD-2-Clause */
/* A socket's place: a directory that is ours alone, and nobody else's. */
#include "measure.h"

#include <sys/socket.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* There is one at a time; the system's call takes no longer path than this. */
void
make_place(struct sockaddr_un *name)
{
	const char *parent = getenv("TMPDIR");
	char path[sizeof(name->sun_path)];
	sigset_t before;
	int length;

	if (parent == NULL || *parent == '\0')
		parent = "/tmp";
	length = snprintf(path, sizeof(path) - 2, "%s/unixport.XXXXXX", parent);
	errno = ENAMETOOLONG;
	need((size_t)length < sizeof(path) - 2, parent);
	hold_ends(&before);
	if (mkdtemp(path) == NULL)
		die(parent);
	memcpy(unfinished.directory, path, sizeof(path));
	unfinished.socket = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(unfinished.socket.sun_path, path, (size_t)length);
	memcpy(unfinished.socket.sun_path + length, "/s", 2);
	release_ends(&before);
	*name = unfinished.socket;
}

/* The socket has been removed. */
void
remove_place(void)
{
	need(rmdir(unfinished.directory) == 0, "rmdir");
	unfinished.directory[0] = '\0';
}
