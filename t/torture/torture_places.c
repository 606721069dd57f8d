/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios: the runtime directory, explanations and availability. */
#include "config.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "torture.h"

static char directory[300];
static char *path;
static mode_t usual;

/* With this umask chmod(2) is required. */
static void
prepare_runtime_path(void)
{
	static char variable[sizeof(directory)];

	need(getcwd(directory, sizeof(directory)) != NULL);
	need(snprintf(variable, sizeof(variable), "XDG_RUNTIME_DIR=%s",
	    directory) < (int)sizeof(variable));
	need(putenv(variable) == 0);
	usual = umask(0777);
}

static int
call_runtime_path(void)
{
	path = unix_runtime_path("app/s");
	return path == NULL ? -1 : 0;
}

static void
expect_place(void)
{
	struct stat status;

	need(stat("app", &status) == 0);
	need((status.st_mode & 07777) == 0700);
	need(strcmp(path + strlen(path) - 6, "/app/s") == 0);
	free(path);
	need(rmdir("app") == 0);
	umask(usual);
}

static int
call_runtime_path_alone(void)
{
	path = unix_runtime_path("s");
	return path == NULL ? -1 : 0;
}

static void
expect_path(void)
{
	need(strcmp(path + strlen(path) - 2, "/s") == 0);
	free(path);
	umask(usual);
}

/* Explanations of a stale socket, a live one, a file and a long name. */

static void
prepare_explain(void)
{
	char name[200];

	memset(name, 'l', sizeof(name));
	name[199] = '\0';
	close(raw_listener("stale", SOCK_STREAM));
	raw[0] = raw_listener("live", SOCK_STREAM);
	close(raw_listener("long", SOCK_STREAM));
	need(rename("long", name) == 0);
	memcpy(directory, name, sizeof(name));
}

static int
call_explain(void)
{
	const char *const names[] = { "stale", "live", "none/s", directory,
	    "@name", "fd:0" };
	const int errors[] = { EADDRINUSE, ECONNREFUSED, ENOENT, EACCES,
	    EBUSY, EINVAL, ENOMEM, ENOTSUP, EPERM, EPROTOTYPE };
	char line[1000];
	size_t i, j;

	for (i = 0; i < COUNT(names); i++)
		for (j = 0; j < COUNT(errors); j++) {
			need(unix_explain(names[i], errors[j], line,
			    sizeof(line)) > (int)strlen(names[i]) + 2);
			need(strncmp(line, names[i], strlen(names[i])) == 0);
			need(strchr(line, '\n') == NULL);
		}
	return 0;
}

static void
clean_explain(void)
{
	close(raw[0]);
	need(unlink("stale") == 0 && unlink("live") == 0 &&
	    unlink(directory) == 0);
}

/* unix_available() does not fail; the result 0 is treated as ENOSYS. */
static int
call_available(void)
{
	if (unix_available())
		return 0;
	errno = ENOSYS;
	return -1;
}

const struct scenario places[] = {
	{ "runtime_path", PLAIN, 0, prepare_runtime_path, call_runtime_path,
	    NULL, expect_place, nothing },
	{ "runtime_path_alone", PLAIN, 0, prepare_runtime_path,
	    call_runtime_path_alone, NULL, expect_path, nothing },
	{ "explain", PLAIN, 0, prepare_explain, call_explain, NULL, nothing,
	    clean_explain },
	{ "available", PLAIN, 0, nothing, call_available, NULL, nothing,
	    nothing },
	{ .name = NULL }
};
