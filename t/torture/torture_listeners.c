/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios: listeners of all forms, from unix_listen() to unix_close(). */
#include "config.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "torture.h"

static char address[1000];
static mode_t usual;
static char base[300];

/* Options with which unix_listen() makes every call that it can make. */
static void
ask_for_all(void)
{
	options.mode = 0640;
	options.group = geteuid() == 0 ? 1 : 0;
	options.flags |= UNIX_INHERIT;
	usual = umask(0177);
}

static void
prepare_path(void)
{
	strcpy(address, "s");
	ask_for_all();
}

/* A stale socket file. */
static void
prepare_stale(void)
{
	prepare_path();
	close(raw_listener(address, SOCK_STREAM));
}

/* A path that is longer than sun_path because of its directory. */
static void
prepare_deep(void)
{
	char name[140];

	memset(name, 'd', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	need(mkdir(name, 0700) == 0);
	snprintf(address, sizeof(address), "%s/s", name);
	snprintf(base, sizeof(base), "%s", name);
	ask_for_all();
}

/* A path whose last component is too long for a name under /proc. */
static void
prepare_long(void)
{
	memset(address, 'l', 150);
	address[150] = '\0';
	ask_for_all();
}

static void
prepare_long_stale(void)
{
	prepare_long();
	close(raw_listener("s", SOCK_STREAM));
	need(rename("s", address) == 0);
}

static void
prepare_abstract(void)
{
	snprintf(address, sizeof(address), "@unixport.torture.%ld",
	    (long)getpid());
	options.flags |= UNIX_INHERIT;
}

static void
prepare_given(void)
{
	raw[0] = raw_listener("s", SOCK_STREAM);
	snprintf(address, sizeof(address), "fd:%d", raw[0]);
}

static void
prepare_passed(void)
{
	static char self[40], count[] = "LISTEN_FDS=1";

	prepare_given();
	if (raw[0] != 3) {
		need(dup2(raw[0], 3) == 3);
		close(raw[0]);
	}
	snprintf(self, sizeof(self), "LISTEN_PID=%ld", (long)getpid());
	need(putenv(self) == 0 && putenv(count) == 0);
	strcpy(address, "systemd:");
}

static void
prepare_datagram(void)
{
	prepare_path();
	options.flags = UNIX_DATAGRAM;
	options.buffer_size = 0;
}

static int
call_listen(void)
{
	listener = unix_listen(address, &options);
	return listener == NULL ? -1 : 0;
}

/*
 * The file has the specified mode, a client can connect, and no file is left.
 */
static void
finish_path(void)
{
	struct stat status;
	int fd;

	need(lstat(address, &status) == 0);
	need(S_ISSOCK(status.st_mode) && (status.st_mode & 07777) == 0640);
	need(options.group == 0 || status.st_gid == options.group);
	if ((options.flags & UNIX_DATAGRAM) == 0) {
		need(unix_connect(address, NULL, &ports) == 0);
		need(unix_close_ports(&ports) == 0);
	}
	fd = unix_listener_fileno(listener);
	need(fd != -1);
	need(unix_close(listener) == 0);
	need(lstat(address, &status) == -1);
}

/*
 * If unlink(2) fails with ENOENT although the private file exists, the next
 * unix_listen() removes the file.
 */
static void
remove_private(void)
{
	if (shared->fired)
		need(unix_close(unix_listen("next", NULL)) == 0);
}

static void
finish_stale(void)
{
	finish_path();
	remove_private();
}

static void
finish_other(void)
{
	close(raw_client(*address == '@' ? address : "s"));
	need(unix_close(listener) == 0);
}

static void
clean_path(void)
{
	umask(usual);
	if (*base != '\0')
		need(rmdir(base) == 0);
}

static void
clean_given(void)
{
	need(unlink("s") == 0);
}

static void
prepare_listener(void)
{
	need((listener = unix_listen("s", &options)) != NULL);
}

static int
call_close(void)
{
	return unix_close(listener);
}

/* The file that was not removed is stale, and unix_listen() reclaims it. */
static int
close_again(int error)
{
	(void)error;
	prepare_listener();
	return call_close();
}

/* If unlink(2) fails with ENOENT although the file exists, the file is left. */
static void
expect_no_file(void)
{
	need(access("s", F_OK) == -1 || (shared->fired && unlink("s") == 0));
	remove_private();
}

static int
call_owns_path(void)
{
	int owns = unix_listener_owns_path(listener);

	if (owns == 0)
		errno = EEXIST;		/* an errno that no call reports */
	return owns == 1 ? 0 : -1;
}

static int
call_abandon(void)
{
	return unix_abandon(listener);
}

static void
remove_file(void)
{
	need(unlink("s") == 0);
}

/* The call that a child of fork(2) makes to own the listener. */
static int
call_own(void)
{
	return unix_own(listener);
}

static void
expect_owned(void)
{
	need(unix_listener_owns_path(listener) == 1);
}

static int
call_interrupt(void)
{
	return unix_interrupt(listener);
}

/* Interrupts again, since the pipe was not really full after EAGAIN. */
static void
expect_interrupted(void)
{
	need(call_interrupt() == 0);
	need(unix_accept(listener, &ports) == -1 && errno == ECANCELED);
}

static void
clean_listener(void)
{
	need(unix_close(listener) == 0);
}

/* Datagrams. */

static char text[10];
static struct unix_peer sender;

static void
prepare_receive(void)
{
	options.flags = UNIX_DATAGRAM;
	prepare_listener();
	need(unix_send("s", "text", 4) == 0);
	memset(&sender, 0, sizeof(sender));
}

static int
call_receive(void)
{
	return unix_receive(listener, text, sizeof(text), &sender) == 4 ? 0 :
	    -1;
}

static void
expect_text(void)
{
	need(memcmp(text, "text", 4) == 0);
#ifdef __linux__
	need(sender.pid == getpid() && sender.uid == getuid());
#endif
}

#define LISTEN(name, kinds, flags, prepare, finish, clean) \
	{ "listen_" name, kinds, flags, prepare, call_listen, NULL, finish, \
	    clean }

const struct scenario listeners[] = {
	LISTEN("path", BOTH, 0, prepare_path, finish_path, clean_path),
	LISTEN("stale", BOTH, RECLAIMS, prepare_stale, finish_stale,
	    clean_path),
	LISTEN("deep", BOTH, 0, prepare_deep, finish_path, clean_path),
	LISTEN("long", BOTH, 0, prepare_long, finish_path, clean_path),
	LISTEN("long_stale", BOTH, RECLAIMS, prepare_long_stale,
	    finish_stale, clean_path),
	LISTEN("abstract", BOTH, 0, prepare_abstract, finish_other, nothing),
	LISTEN("given", BOTH, 0, prepare_given, finish_other, clean_given),
	LISTEN("passed", BOTH, 0, prepare_passed, finish_other, clean_given),
	LISTEN("datagram", PLAIN, 0, prepare_datagram, finish_path,
	    clean_path),
	{ "close", BOTH, CHANGES, prepare_listener, call_close, close_again,
	    expect_no_file, nothing },
	{ "abandon", BOTH, 0, prepare_listener, call_abandon, NULL,
	    remove_file, nothing },
	{ "own", PLAIN, 0, prepare_listener, call_own, NULL, expect_owned,
	    clean_listener },
	{ "owns_path", PLAIN, 0, prepare_listener, call_owns_path, NULL,
	    nothing, clean_listener },
	{ "receive", PLAIN, 0, prepare_receive, call_receive, NULL,
	    expect_text, clean_listener },
	{ "interrupt", PLAIN, 0, prepare_listener, call_interrupt, NULL,
	    expect_interrupted, clean_listener },
	{ .name = NULL }
};
