/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses: paths to the last byte, and what is refused. */
#include "support.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIMIT	sizeof(((struct sockaddr_un *)0)->sun_path)

static void
expect_served(const char *path, const struct unix_options *options,
    const char *file)
{
	struct unix_listener *listener = listen_at(path, options);
	struct unix_ports client, server;
	struct stat status;

	ck_assert_str_eq(unix_listener_path(listener), file);
	ck_assert_int_eq(lstat(file, &status), 0);
	ck_assert(S_ISSOCK(status.st_mode));
	succeeds(unix_connect(path, options, &client));
	succeeds(unix_accept(listener, &server));
	say(client.out, "hello\n");
	expect(server.in, "hello\n");
	succeeds(unix_close_ports(&client));
	succeeds(unix_close_ports(&server));
	succeeds(unix_close(listener));
	ck_assert_int_eq(lstat(file, &status), -1);
}

static void
expect_refused(const char *path, const struct unix_options *options,
    int error)
{
	errno = 0;
	ck_assert_ptr_null(unix_listen(path, options));
	ck_assert_int_eq(errno, error);
	cannot_connect(path, options, error);
}

START_TEST(path_may_fill_sun_path_to_its_last_byte)
{
	const size_t lengths[] = { 1, 2, 50, LIMIT - 2, LIMIT - 1, LIMIT };
	char path[LIMIT + 1];

	make_path(path, lengths[_i]);
	expect_served(path, NULL, path);
}
END_TEST

START_TEST(longer_path_is_refused_whole)
{
	const size_t lengths[] = { LIMIT + 1, LIMIT + 2, 1000, 5000 };
	char path[5001];

	make_path(path, lengths[_i]);
	expect_refused(path, NULL, ENAMETOOLONG);
	path[LIMIT] = '\0';
	ck_assert_int_eq(access(path, F_OK), -1);
}
END_TEST

START_TEST(relative_and_absolute_paths_are_served)
{
	char path[LIMIT];

	ck_assert_int_eq(mkdir("d", 0700), 0);
	expect_served("d/s", NULL, "d/s");
	expect_served("./d/../s", NULL, "./d/../s");
	expect_served("d//s", NULL, "d//s");
	ck_assert_ptr_nonnull(getcwd(path, sizeof(path) - 2));
	strcat(path, "/s");
	expect_served(path, NULL, path);
}
END_TEST

START_TEST(address_length_counts_the_bytes)
{
	struct unix_options four = { .address_length = 4 };
	char bytes[4] = { 's', 'o', 'c', 'k' };

	expect_served(bytes, &four, "sock");
	expect_served("socket", &four, "sock");
}
END_TEST

START_TEST(nul_inside_a_path_is_refused)
{
	struct unix_options five = { .address_length = 5 };

	expect_refused("so\0ck", &five, EINVAL);
	expect_refused("sock", &five, EINVAL);
	expect_refused("\0sock", &five, EINVAL);
}
END_TEST

START_TEST(null_and_empty_address_are_refused)
{
	struct unix_options five = { .address_length = 5 };

	expect_refused(NULL, NULL, EINVAL);
	expect_refused(NULL, &five, EINVAL);
	expect_refused("", NULL, EINVAL);
}
END_TEST

START_TEST(other_forms_are_refused_and_make_no_file)
{
	const char *const marked[] = { "@", "@name", "unix:", "unix:s",
	    "fd:", "fd:3", "systemd:", "systemd:name" };

	expect_refused(marked[_i], NULL, EINVAL);
	ck_assert_int_eq(access(marked[_i], F_OK), -1);
}
END_TEST

START_TEST(mark_behind_a_dot_and_slash_is_a_path)
{
	const char *const paths[] = { "./@name", "./unix:s", "./fd:3",
	    "./systemd:", "unix", "fd", "systemd" };

	expect_served(paths[_i], NULL, paths[_i]);
}
END_TEST

START_TEST(missing_directory_is_enoent)
{
	expect_refused("missing/s", NULL, ENOENT);
	expect_refused("s/", NULL, ENOENT);
}
END_TEST

START_TEST(file_as_directory_is_enotdir)
{
	ck_assert_int_eq(close(open("file", O_CREAT | O_WRONLY, 0600)), 0);
	expect_refused("file/s", NULL, ENOTDIR);
}
END_TEST

START_TEST(loop_of_links_is_eloop)
{
	ck_assert_int_eq(symlink("loop", "loop"), 0);
	expect_refused("loop/s", NULL, ELOOP);
}
END_TEST

START_TEST(directory_without_search_is_eacces)
{
	ck_assert_int_eq(mkdir("d", 0), 0);
	become_user();
	expect_refused("d/s", NULL, EACCES);
	become_self();
}
END_TEST

START_TEST(directory_that_cannot_be_read_serves)
{
	ck_assert_int_eq(mkdir("d", 0), 0);
	ck_assert_int_eq(chmod("d", 0333), 0);
	become_user();
	expect_served("d/s", NULL, "d/s");
	become_self();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("address");
	TCase *core = add_case(suite, "core");
	TCase *errors = add_case(suite, "errors");
	TCase *limits = add_case(suite, "limits");

	tcase_add_loop_test(limits, path_may_fill_sun_path_to_its_last_byte,
	    0, 6);
	tcase_add_loop_test(limits, longer_path_is_refused_whole, 0, 4);
	tcase_add_test(core, relative_and_absolute_paths_are_served);
	tcase_add_test(core, address_length_counts_the_bytes);
	tcase_add_loop_test(core, mark_behind_a_dot_and_slash_is_a_path,
	    0, 7);
	tcase_add_test(core, directory_that_cannot_be_read_serves);
	tcase_add_test(errors, nul_inside_a_path_is_refused);
	tcase_add_test(errors, null_and_empty_address_are_refused);
	tcase_add_loop_test(errors, other_forms_are_refused_and_make_no_file,
	    0, 8);
	tcase_add_test(errors, missing_directory_is_enoent);
	tcase_add_test(errors, file_as_directory_is_enotdir);
	tcase_add_test(errors, loop_of_links_is_eloop);
	tcase_add_test(errors, directory_without_search_is_eacces);
	return run_suite(suite);
}
