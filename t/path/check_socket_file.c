/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of a socket file: its mode, its neighbours, its removal. */
#include "support.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>

static void
make_file(const char *path)
{
	ck_assert_int_eq(close(open(path, O_CREAT | O_WRONLY, 0640)), 0);
}

START_TEST(socket_file_has_mode_0600_under_any_umask)
{
	const mode_t masks[] = { 0, 022, 077, 0177, 0277, 0777 };
	struct unix_listener *listener;
	mode_t usual = umask(masks[_i]);
	struct stat status;

	listener = listen_at("s", NULL);
	ck_assert_int_eq(umask(usual), masks[_i]);
	ck_assert_int_eq(lstat("s", &status), 0);
	ck_assert_int_eq(status.st_mode, S_IFSOCK | 0600);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(close_removes_the_file_and_the_path_is_free)
{
	struct unix_listener *listener = listen_at("s", NULL);

	succeeds(unix_close(listener));
	ck_assert_int_eq(access("s", F_OK), -1);
	listener = listen_at("s", NULL);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(close_of_NULL_succeeds)
{
	succeeds(unix_close(NULL));
}
END_TEST

START_TEST(close_leaves_the_socket_of_the_next_server)
{
	struct unix_listener *old = listen_at("s", NULL);
	struct unix_listener *new;
	struct unix_ports client;

	ck_assert_int_eq(unlink("s"), 0);
	new = listen_at("s", NULL);
	succeeds(unix_close(old));
	succeeds(unix_connect("s", NULL, &client));
	succeeds(unix_close_ports(&client));
	succeeds(unix_close(new));
}
END_TEST

START_TEST(close_leaves_a_file_that_took_its_place)
{
	struct unix_listener *listener = listen_at("s", NULL);

	ck_assert_int_eq(unlink("s"), 0);
	make_file("s");
	succeeds(unix_close(listener));
	ck_assert_int_eq(unlink("s"), 0);
}
END_TEST

START_TEST(close_after_the_file_was_removed_succeeds)
{
	struct unix_listener *listener = listen_at("s", NULL);

	ck_assert_int_eq(unlink("s"), 0);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(close_finds_a_relative_path_after_chdir)
{
	struct unix_listener *listener = listen_at("s", NULL);

	ck_assert_int_eq(mkdir("d", 0700), 0);
	ck_assert_int_eq(chdir("d"), 0);
	make_file("s");
	succeeds(unix_close(listener));
	ck_assert_int_eq(access("../s", F_OK), -1);
	ck_assert_int_eq(access("s", F_OK), 0);
}
END_TEST

START_TEST(close_follows_a_renamed_directory)
{
	struct unix_listener *listener;

	ck_assert_int_eq(mkdir("d", 0700), 0);
	listener = listen_at("d/s", NULL);
	ck_assert_int_eq(rename("d", "e"), 0);
	succeeds(unix_close(listener));
	ck_assert_int_eq(access("e/s", F_OK), -1);
}
END_TEST

START_TEST(child_of_fork_does_not_remove_the_file)
{
	struct unix_listener *listener = listen_at("s", NULL);
	pid_t child = fork();

	if (child == 0)
		_exit(unix_close(listener));
	ck_assert_int_eq(child_status(child), 0);
	ck_assert_int_eq(access("s", F_OK), 0);
	succeeds(unix_close(listener));
	ck_assert_int_eq(access("s", F_OK), -1);
}
END_TEST

START_TEST(close_reports_a_file_that_cannot_be_removed)
{
	const mode_t modes[] = { 0555, 0 };
	struct unix_listener *listener;

	ck_assert_int_eq(mkdir("d", 0700), 0);
	ck_assert_int_eq(chmod("d", 0777), 0);
	become_user();
	listener = listen_at("d/s", NULL);
	become_self();
	ck_assert_int_eq(chmod("d", modes[_i]), 0);
	become_user();
	fails(unix_close(listener), EACCES);
	become_self();
	ck_assert_int_eq(chmod("d", 0700), 0);
	ck_assert_int_eq(access("d/s", F_OK), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("socket_file");
	TCase *file = add_case(suite, "file");

	tcase_add_loop_test(file,
	    socket_file_has_mode_0600_under_any_umask, 0, 6);
	tcase_add_test(file, close_removes_the_file_and_the_path_is_free);
	tcase_add_test(file, close_of_NULL_succeeds);
	tcase_add_test(file, close_leaves_the_socket_of_the_next_server);
	tcase_add_test(file, close_leaves_a_file_that_took_its_place);
	tcase_add_test(file, close_after_the_file_was_removed_succeeds);
	tcase_add_test(file, close_finds_a_relative_path_after_chdir);
	tcase_add_test(file, close_follows_a_renamed_directory);
	tcase_add_test(file, child_of_fork_does_not_remove_the_file);
	tcase_add_loop_test(file, close_reports_a_file_that_cannot_be_removed,
	    0, 2);
	return run_suite(suite);
}
