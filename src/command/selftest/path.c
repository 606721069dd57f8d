/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests the socket file: owner, mode and removal. */
#include "selftest.h"

#include <sys/un.h>

#define RIVALS		8
#define LEVELS	((size_t)4)		/* directories of 99 bytes each */

static void
make_stale(void)
{
	const struct sockaddr_un name = { .sun_family = AF_UNIX,
	    .sun_path = "s" };
	int fd = SUCCEEDS(socket(AF_UNIX, SOCK_STREAM, 0));

	SUCCEEDS(bind(fd, (const struct sockaddr *)&name, sizeof(name)));
	close(fd);
}

/* Checks that a connection to ADDRESS arrives at this listener. */
static void
expect_reachable(const char *address)
{
	SUCCEEDS(unix_connect(address, &options, near));
	SUCCEEDS(unix_accept(listener, far));
	send_text(near, "hello\n");
	expect_text(far, "hello\n");
	close_pair();
}

static void
expect_in_use(const char *address)
{
	expect_error(unix_listen(address, NULL) == NULL ? -1 : 0, EADDRINUSE,
	    "unix_listen");
}

void
file_is_removed(void)
{
	expect_reachable("s");
	close_listener();
	expect(access("s", F_OK) == -1, "the socket file is left");
}

void
stale_file(void)
{
	make_stale();
	open_listener("s", 0);
	expect_reachable("s");
}

void
live_server(void)
{
	expect_in_use("s");
	expect_reachable("s");
}

/* A rival that ended early would leave a stale file for the next one. */
static _Noreturn void
claim_path(void)
{
	int fd = unix_fileno(far), error;
	char byte;

	expect(read(fd, &byte, 1) == 1, "no start");
	error = unix_listen("s", NULL) == NULL ? errno : 0;
	expect(write(fd, error == 0 ? "+" : "-", 1) == 1, "no answer");
	expect(error == 0 || error == EADDRINUSE || error == EBUSY,
	    strerror(error));
	for (;;)
		pause();
}

void
eight_rivals(void)
{
	pid_t rivals[RIVALS];
	int i, winners = 0;

	make_stale();
	for (i = 0; i < RIVALS; i++) {
		rivals[i] = SUCCEEDS(fork());
		if (rivals[i] == 0)
			claim_path();
	}
	SUCCEEDS(unix_abandon_ports(far));
	send_text(near, "********");
	for (i = 0; i < RIVALS; i++)
		winners += getc(near->in) == '+';
	for (i = 0; i < RIVALS; i++) {
		kill(rivals[i], SIGTERM);
		await_process(rivals[i]);
	}
	unlink("s");
	if (winners != 1)
		FAIL("%d of %d have it", winners, RIVALS);
}

/* Systems without /proc/self/fd are limited by sun_path. */
void
long_path(void)
{
	char path[LEVELS * 100 + 2] = "";
	size_t i;

	for (i = 0; i < LEVELS; i++) {
		memset(path + i * 100, 'd', 99);
		SUCCEEDS(mkdir(path, 0700));
		path[i * 100 + 99] = '/';
	}
	path[LEVELS * 100] = 's';
	open_listener(path, ENAMETOOLONG);
	expect_reachable(path);
	close_listener();
	for (i = LEVELS; i > 0; i--) {
		path[i * 100 - 1] = '\0';
		SUCCEEDS(rmdir(path));
	}
}

void
exact_mode(void)
{
	static const mode_t masks[] = { 0, 022, 077, 0777 };
	static const mode_t modes[] = { 0600, 0660, 0777 };
	struct stat file;
	size_t i, j;

	for (i = 0; i < COUNT(masks); i++)
		for (j = 0; j < COUNT(modes); j++) {
			umask(masks[i]);
			options.mode = j == 0 ? 0 : modes[j];	/* 0: 0600 */
			open_listener("s", 0);
			SUCCEEDS(stat("s", &file));
			if ((file.st_mode & 07777) != modes[j])
				FAIL("mode %04o, not %04o",
				    (unsigned)file.st_mode & 07777,
				    (unsigned)modes[j]);
			close_listener();
		}
}

void
foreign_file(void)
{
	close(SUCCEEDS(open("s", O_WRONLY | O_CREAT | O_EXCL, 0600)));
	expect_in_use("s");
	expect(unlink("s") == 0, "the file is gone");
}

void
foreign_successor(void)
{
	expect(unix_listener_owns_path(listener) == 1, "not owned at first");
	unlink("s");
	close(SUCCEEDS(open("s", O_WRONLY | O_CREAT | O_EXCL, 0600)));
	expect(unix_listener_owns_path(listener) == 0, "still owned");
	close_listener();
	expect(unlink("s") == 0, "the file is gone");
}

/* Names that differ by a trailing NUL byte are distinct on Linux. */
void
abstract_name(void)
{
	struct unix_listener *longer;
	char name[60];

	snprintf(name, sizeof(name), "@unixport.%ld", (long)getpid());
	open_listener(name, EAFNOSUPPORT);
	expect_in_use(name);
	options.address_length = strlen(name) + 1;
	name[0] = '\0';
	longer = unix_listen(name, &options);
	expect(longer != NULL, "the name with a NUL is in use");
	options.address_length = 0;
	name[0] = '@';
	expect_reachable(name);
	SUCCEEDS(unix_close(longer));
}
