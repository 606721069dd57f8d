/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * After each system call of unix_listen() and of unix_close(), another program
 * acts on the path.  Its file must never be removed, and must stay at the path.
 * The log of this test contains the table of outcomes.
 */
#include "support.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "interpose.h"

#define MAX_STEPS	100

/* The other program: its socket, and its file at "s" once it has acted. */
static int other = -1;
static int acted, has_file;
static struct stat file;

static int
bind_other(const char *path, int type)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	strcpy(name.sun_path, path);
	other = socket(AF_UNIX, type, 0);
	return bind(other, (struct sockaddr *)&name, sizeof(name));
}

static void
bind_and_listen(void)
{
	if (bind_other("s", SOCK_STREAM) == -1) {
		close(other);
		other = -1;
	} else
		ck_assert_int_eq(listen(other, 5), 0);
}

static void
remove_name(void)
{
	(void)unlink("s");
}

static void
remove_and_bind(void)
{
	(void)unlink("s");
	ck_assert_int_eq(bind_other("s", SOCK_STREAM), 0);
}

static void
remove_bind_and_listen(void)
{
	(void)unlink("s");
	bind_and_listen();
	ck_assert_int_ne(other, -1);
}

static void
remove_and_bind_datagram(void)
{
	(void)unlink("s");
	ck_assert_int_eq(bind_other("s", SOCK_DGRAM), 0);
}

static void
rename_over(void)
{
	ck_assert_int_eq(bind_other("t", SOCK_STREAM), 0);
	ck_assert_int_eq(listen(other, 5), 0);
	ck_assert_int_eq(rename("t", "s"), 0);
}

static void
leave_another_stale(void)
{
	remove_and_bind();
	close(other);
	other = -1;
}

static void
put_directory(void)
{
	(void)unlink("s");
	ck_assert_int_eq(mkdir("s", 0700), 0);
}

static void
put_link(void)
{
	(void)unlink("s");
	ck_assert_int_eq(symlink("nowhere", "s"), 0);
}

static void
put_regular_file(void)
{
	(void)unlink("s");
	ck_assert_int_eq(close(open("s", O_CREAT | O_WRONLY, 0600)), 0);
}

static const struct {
	const char *name;
	void (*act)(void);
} programs[] = {
	{ "unlink", remove_name },
	{ "bind+listen", bind_and_listen },
	{ "unlink+bind", remove_and_bind },
	{ "unlink+bind+listen", remove_bind_and_listen },
	{ "unlink+bind datagram", remove_and_bind_datagram },
	{ "rename over", rename_over },
	{ "unlink+stale", leave_another_stale },
	{ "unlink+mkdir", put_directory },
	{ "unlink+symlink", put_link },
	{ "unlink+regular file", put_regular_file },
};

/* The calls on files and sockets, in the order in which they are made. */
static int step, wanted_step, program;
static const char *names[MAX_STEPS];

static int
is_system_call(const char *name)
{
	const char *const calls[] = { "socket", "bind", "connect", "listen",
	    "open", "openat", "fstatat", "fstatfs", "flock", "fchmod",
	    "chmod", "renameat2", "renameat", "linkat", "unlinkat", "close" };
	size_t i;

	for (i = 0; i < COUNT(calls); i++)
		if (strcmp(calls[i], name) == 0)
			return 1;
	return 0;
}

static void
watch(const char *name)
{
	if (!is_system_call(name) || step >= MAX_STEPS)
		return;
	names[step] = name;
	if (step++ != wanted_step)
		return;
	watch_calls(NULL);
	programs[program].act();
	acted = 1;
	has_file = lstat("s", &file) == 0 && (other != -1 ||
	    programs[program].act == leave_another_stale ||
	    !S_ISSOCK(file.st_mode));
	watch_calls(watch);
}

static void
begin(void)
{
	step = acted = has_file = 0;
	other = -1;
}

static int
has_private_name(void)
{
	DIR *directory = opendir(".");
	const struct dirent *entry;
	int found = 0;

	while ((entry = readdir(directory)) != NULL)
		found |= strncmp(entry->d_name, ".unixport", 9) == 0;
	closedir(directory);
	return found;
}

static int
is_in_place(void)
{
	struct stat now;

	return has_file && lstat("s", &now) == 0 && now.st_ino == file.st_ino;
}

/*
 * The other program's file is where it was put, unless it is stale
 * and was reclaimed.
 */
static void
expect_file(const char *call, const char *after, int is_reclaimed)
{
	ck_assert_msg(!has_file || is_in_place() || (is_reclaimed &&
	    programs[program].act == leave_another_stale),
	    "%s: %s after step %d, %s: the file is gone", call,
	    programs[program].name, wanted_step, after);
	ck_assert_msg(!has_private_name(), "%s: %s after step %d, %s: a "
	    "private file is left", call, programs[program].name,
	    wanted_step, after);
}

static void
clean_up(void)
{
	close(other);
	(void)(unlink("s") == -1 && rmdir("s"));
	ck_assert_int_eq(count_files("."), 0);
}

/* Returns a letter for the result of the caller. */
static char
outcome(struct unix_listener *listener, int error)
{
	if (listener != NULL)
		return unix_listener_owns_path(listener) == 1 ? 'o' : 'd';
	ck_assert_msg(error == EADDRINUSE || error == ENOENT,
	    "%s after step %d: %s", programs[program].name, wanted_step,
	    strerror(error));
	return error == ENOENT ? 'g' : 'u';
}

static void
print_table(const char *title, char table[COUNT(programs)][MAX_STEPS],
    int steps)
{
	size_t i;
	int k;

	printf("# %s; after each call another program acts:\n#\n", title);
	for (i = 0; i < COUNT(programs); i++)
		printf("#   %zu: %s\n", i, programs[i].name);
	printf("#\n# %-12s", "call");
	for (i = 0; i < COUNT(programs); i++)
		printf(" %zu", i);
	for (k = 0; k < steps; k++) {
		printf("\n# %-12s", k == 0 ? "(before)" : names[k - 1]);
		for (i = 0; i < COUNT(programs); i++)
			printf(" %c", table[i][k]);
	}
	printf("\n# o: succeeds and owns the path, d: succeeds and was "
	    "displaced afterwards,\n# u: EADDRINUSE, g: ENOENT, k: the file "
	    "of the other program was kept, -: it has none\n");
	fflush(stdout);
}

static char
start_at_step(const struct unix_options *options)
{
	struct unix_listener *listener;
	char letter;
	int error;

	begin();
	watch_calls(watch);
	listener = unix_listen("s", options);
	error = errno;
	watch_calls(NULL);
	letter = outcome(listener, error);
	expect_file("unix_listen", "at its end", options == NULL &&
	    letter == 'o');
	ck_assert_int_eq(unix_close(listener), 0);
	expect_file("unix_listen", "after unix_close", options == NULL &&
	    letter == 'o');
	clean_up();
	return letter;
}

static char
listen_at_step(void)
{
	const struct unix_options keep = { .flags = UNIX_KEEP };

	succeeds(unix_close(listen_at("s", &keep)));
	return start_at_step(NULL);
}

static char
refuse_at_step(void)
{
	const struct unix_options options = { .flags = UNIX_NO_RECLAIM };

	return start_at_step(&options);
}

static char
close_at_step(void)
{
	struct unix_listener *listener = listen_at("s", NULL);
	char letter;

	begin();
	watch_calls(watch);
	ck_assert_int_eq(unix_close(listener), 0);
	watch_calls(NULL);
	letter = is_in_place() ? 'k' : '-';
	expect_file("unix_close", "at its end", 0);
	clean_up();
	return letter;
}

static void
try_all(const char *title, char (*try)(void))
{
	static char table[COUNT(programs)][MAX_STEPS];
	int steps = 0;

	for (program = 0; program < (int)COUNT(programs); program++) {
		wanted_step = 0;
		do {
			table[program][wanted_step] = try();
			wanted_step++;
		} while (acted);
		steps = wanted_step - 1;
	}
	ck_assert_int_gt(steps, 5);
	print_table(title, table, steps);
}

START_TEST(reclaim_removes_no_file_of_another_program)
{
	try_all("unix_listen at a stale file", listen_at_step);
}
END_TEST

START_TEST(listen_without_reclaim_removes_no_file_of_another_program)
{
	try_all("unix_listen with UNIX_NO_RECLAIM", refuse_at_step);
}
END_TEST

START_TEST(close_removes_no_file_of_another_program)
{
	try_all("unix_close", close_at_step);
}
END_TEST

/* A program binds while the file has its private name. */
static struct unix_listener *second;

static void
bind_after_rename(const char *name)
{
	if (strcmp(name, "fstatat") != 0)
		return;
	watch_calls(NULL);
	bind_and_listen();
}

static void
start_before_rename(const char *name)
{
	if (strcmp(name, "renameat2") != 0)
		return;
	watch_calls(NULL);
	second = unix_listen("s", NULL);
	watch_calls(bind_after_rename);
}

START_TEST(failed_listen_moves_no_file_of_a_start)
{
	begin();
	fail_next("fstatat", 2, ENOMEM);
	watch_calls(start_before_rename);
	ck_assert_ptr_null(unix_listen("s", NULL));
	ck_assert_int_eq(errno, ENOMEM);
	watch_calls(NULL);
	ck_assert(!is_pending());
	if (second != NULL)
		answers(unix_listener_owns_path(second), 1);
	succeeds(unix_close(second));
	clean_up();
}
END_TEST

/* Another process starts before this call, without RENAME_NOREPLACE. */
static char start_path[300];

static void
start_second(const char *name)
{
	(void)name;
	if (step++ != wanted_step)
		return;
	watch_calls(NULL);
	acted = 1;
	second = unix_listen(start_path, NULL);
}

/* START, which is called before each call, starts the other process. */
static struct unix_listener *
listen_while_another_starts(const char *path, void (*start)(const char *))
{
	struct unix_listener *listener;

	begin();
	second = NULL;
	fail_next("renameat2", 0, EINVAL);
	watch_calls(start);
	listener = unix_listen(path, NULL);
	watch_calls(NULL);
	return listener;
}

/* Closes a listener, which must own its path. */
static void
close_owner(struct unix_listener *listener)
{
	if (listener != NULL)
		answers(unix_listener_owns_path(listener), 1);
	succeeds(unix_close(listener));
}

START_TEST(one_of_two_starts_owns_a_long_name)
{
	struct unix_listener *first;

	make_path(start_path, 200);
	wanted_step = 0;
	do {
		first = listen_while_another_starts(start_path, start_second);
		ck_assert_int_eq((first != NULL) + (second != NULL), 1);
		close_owner(first);
		close_owner(second);
		forget_next();
		ck_assert_int_eq(count_files("."), 0);
		wanted_step++;
	} while (acted);
	ck_assert_int_gt(wanted_step, 10);
}
END_TEST

/* A server that is closing removes its private file at this moment. */
static void
remove_and_start(const char *name)
{
	if (step == wanted_step)
		(void)unlink(".unixport-0123abcd-s");
	start_second(name);
}

START_TEST(recovery_displaces_no_start)
{
	struct unix_listener *closing, *next;

	strcpy(start_path, "s");
	wanted_step = 0;
	do {
		closing = listen_at("s", NULL);
		ck_assert_int_eq(rename("s", ".unixport-0123abcd-s"), 0);
		next = listen_while_another_starts("next", remove_and_start);
		close_owner(next);
		close_owner(second);
		succeeds(unix_close(closing));
		forget_next();
		ck_assert_int_eq(count_files("."), 0);
		wanted_step++;
	} while (acted);
	ck_assert_int_gt(wanted_step, 10);
}
END_TEST

#ifdef __linux__
/* Before the file is opened, a live socket of our user replaces it. */
static void
rename_before_second_open(const char *name)
{
	if (strcmp(name, "openat") != 0 || ++step != 2)
		return;
	ck_assert_int_eq(rename("t", "s"), 0);
}

START_TEST(shortage_identifies_no_file_of_another_program)
{
	const int errors[] = { EMFILE, ENFILE, ENOMEM, ENOBUFS };

	ck_assert_int_eq(chmod(".", 0777), 0);
	become_user();
	begin();
	ck_assert_int_eq(bind_other("t", SOCK_STREAM), 0);
	ck_assert_int_eq(listen(other, 5), 0);
	ck_assert_int_eq(lstat("t", &file), 0);
	has_file = 1;
	fail_next("socket", 2, errors[_i]);
	watch_calls(rename_before_second_open);
	ck_assert_ptr_null(unix_listen("s", NULL));
	ck_assert_int_eq(errno, errors[_i]);
	watch_calls(NULL);
	ck_assert(!is_pending());
	ck_assert(is_in_place());
	clean_up();
	become_self();
}
END_TEST
#endif

int
main(void)
{
	Suite *suite = suite_create("displacement");
	TCase *tables = add_case(suite, "tables");

	tcase_set_timeout(tables, 60);
	tcase_add_test(tables, reclaim_removes_no_file_of_another_program);
	tcase_add_test(tables,
	    listen_without_reclaim_removes_no_file_of_another_program);
	tcase_add_test(tables, close_removes_no_file_of_another_program);
	tcase_add_test(tables, failed_listen_moves_no_file_of_a_start);
	tcase_add_test(tables, one_of_two_starts_owns_a_long_name);
	tcase_add_test(tables, recovery_displaces_no_start);
#ifdef __linux__
	tcase_add_loop_test(tables,
	    shortage_identifies_no_file_of_another_program, 0, 4);
#endif
	return run_suite(suite);
}
