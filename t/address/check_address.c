/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses: every form, every length, and those that are invalid. */
#include "support.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_BYTES	sizeof(((struct sockaddr_un *)0)->sun_path)

/* Sends a line over a connection.  FILE is NULL if the address has no file. */
static void
expect_served(const char *address, const struct unix_options *options,
    const char *name, const char *file)
{
	struct unix_listener *listener = listen_at(address, options);
	struct unix_ports client, server;
	struct stat status;

	if (name != NULL)
		ck_assert_str_eq(unix_listener_path(listener), name);
	else
		ck_assert_ptr_null(unix_listener_path(listener));
	answers(unix_listener_owns_path(listener), 1);
	if (file != NULL) {
		ck_assert_int_eq(lstat(file, &status), 0);
		ck_assert_int_eq(status.st_mode, S_IFSOCK | 0600);
	}
	succeeds(unix_connect(address, options, &client));
	succeeds(unix_accept(listener, &server));
	say(client.out, "hello\n");
	expect(server.in, "hello\n");
	succeeds(unix_close_ports(&client));
	succeeds(unix_close_ports(&server));
	succeeds(unix_close(listener));
	if (file != NULL)
		ck_assert_int_eq(lstat(file, &status), -1);
}

static void
expect_path(const char *path)
{
	succeeds(unix_check_address(path, 0));
	expect_served(path, NULL, path, path);
}

static void
expect_refused(const char *address, const struct unix_options *options,
    int error)
{
	fails(unix_check_address(address, options == NULL ? 0 :
	    options->address_length), error);
	cannot_listen(address, options, error);
	cannot_connect(address, options, error);
}

START_TEST(path_of_any_length_is_served)
{
	const size_t lengths[] = { 1, 2, 50, PATH_BYTES - 2, PATH_BYTES - 1,
	    PATH_BYTES,
	    PATH_BYTES + 1, 120, 200, 255, 256, 300, 1000, 4000, 4095 };
	char path[4096];

	make_path(path, lengths[_i]);
	expect_path(path);
}
END_TEST

START_TEST(longer_path_is_rejected_and_not_truncated)
{
	char path[6000];

	if (_i == 0)
		memset(path, 'x', 256), path[256] = '\0';
	else
		make_path(path, 4096);
	expect_refused(path, NULL, ENAMETOOLONG);
	path[PATH_BYTES] = '\0';
	ck_assert_int_eq(access(path, F_OK), -1);
}
END_TEST

START_TEST(long_path_of_a_server_is_in_use)
{
	const size_t lengths[] = { 150, 255, 1000 };
	struct unix_listener *listener;
	char path[4096];

	make_path(path, lengths[_i]);
	listener = listen_at(path, NULL);
	cannot_listen(path, NULL, EADDRINUSE);
	succeeds(unix_close(listener));
	ck_assert_int_eq(close(open(path, O_CREAT | O_WRONLY, 0600)), 0);
	cannot_listen(path, NULL, EADDRINUSE);
	ck_assert_int_eq(unlink(path), 0);
	/* No temporary name remains either. */
	ck_assert_int_eq(count_files("."), lengths[_i] <= 255 ? 0 : 1);
}
END_TEST

START_TEST(relative_and_absolute_paths_are_served)
{
	char path[PATH_BYTES];

	ck_assert_int_eq(mkdir("d", 0700), 0);
	expect_path("d/s");
	expect_path("./d/../s");
	expect_path("d//s");
	ck_assert_ptr_nonnull(getcwd(path, sizeof(path) - 2));
	strcat(path, "/s");
	expect_path(path);
}
END_TEST

/* Clients and cleaners of temporary directories find this name. */
START_TEST(absolute_path_is_bound_when_it_fits)
{
	struct unix_listener *listener;
	struct sockaddr_un name;
	socklen_t size = sizeof(name);
	char path[PATH_BYTES];

	ck_assert_int_eq(mkdir("d", 0700), 0);
	ck_assert_ptr_nonnull(getcwd(path, sizeof(path) - 2));
	strcat(path, "/s");
	listener = listen_at("./d/../s", NULL);
	memset(&name, 0, sizeof(name));
	ck_assert_int_eq(getsockname(unix_listener_fileno(listener),
	    (struct sockaddr *)&name, &size), 0);
	ck_assert_str_eq(name.sun_path, path);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(unix_prefix_precedes_paths_and_names)
{
	expect_served("unix:s", NULL, "s", "s");
	expect_served("unix:./s", NULL, "./s", "./s");
	expect_served("unix:fd:3", NULL, "fd:3", "fd:3");
	expect_served("unix:systemd:", NULL, "systemd:", "systemd:");
	expect_served("unix:unix:s", NULL, "unix:s", "unix:s");
}
END_TEST

START_TEST(prefix_after_dot_slash_is_a_path)
{
	const char *const paths[] = { "./@name", "./unix:s", "./fd:3",
	    "./systemd:", "unix", "fd", "systemd" };

	expect_path(paths[_i]);
}
END_TEST

START_TEST(address_length_counts_the_bytes)
{
	struct unix_options four = { .address_length = 4 };
	char bytes[4] = { 's', 'o', 'c', 'k' };

	expect_served(bytes, &four, "sock", "sock");
	expect_served("socket", &four, "sock", "sock");
}
END_TEST

START_TEST(bad_addresses_are_einval)
{
	const char *const bad[] = { NULL, "", "@", "unix:", "unix:@", "fd:",
	    "fd:x", "fd:-1", "fd:+1", "fd: 1", "fd:1x", "fd:99999999999",
	    "fd:2147483648", "fd:0x1" };

	expect_refused(bad[_i], NULL, EINVAL);
}
END_TEST

/* unix_explain() depends on this errno. */
START_TEST(empty_address_is_einval_on_every_system)
{
	struct unix_options error = { .sigpipe = UNIX_SIGPIPE_ERROR };

	expect_refused("", &error, EINVAL);
}
END_TEST

START_TEST(nul_inside_a_path_is_einval)
{
	struct unix_options five = { .address_length = 5 };
	struct unix_options nine = { .address_length = 9 };

	expect_refused("so\0ck", &five, EINVAL);
	expect_refused("sock", &five, EINVAL);
	expect_refused("unix:\0abc", &nine, EINVAL);
	expect_refused("systemd:", &nine, EINVAL);
	expect_refused(NULL, &five, EINVAL);
}
END_TEST

START_TEST(missing_directory_is_enoent)
{
	cannot_listen("missing/s", NULL, ENOENT);
	cannot_connect("missing/s", NULL, ENOENT);
	cannot_listen("s/", NULL, ENOENT);
	cannot_connect("s/", NULL, ENOENT);
}
END_TEST

START_TEST(file_as_directory_is_enotdir)
{
	ck_assert_int_eq(close(open("file", O_CREAT | O_WRONLY, 0600)), 0);
	cannot_listen("file/s", NULL, ENOTDIR);
	cannot_connect("file/s", NULL, ENOTDIR);
}
END_TEST

START_TEST(loop_of_symbolic_links_is_ELOOP)
{
	ck_assert_int_eq(symlink("loop", "loop"), 0);
	cannot_listen("loop/s", NULL, ELOOP);
	cannot_connect("loop/s", NULL, ELOOP);
}
END_TEST

START_TEST(directory_without_search_is_eacces)
{
	ck_assert_int_eq(mkdir("d", 0), 0);
	become_user();
	cannot_listen("d/s", NULL, EACCES);
	cannot_connect("d/s", NULL, EACCES);
	become_self();
}
END_TEST

START_TEST(unreadable_directory_can_be_used)
{
	const mode_t modes[] = { 0333, 0711, 0733 };

	ck_assert_int_eq(mkdir("d", 0), 0);
	if (geteuid() == 0)
		ck_assert_int_eq(chown("d", modes[_i] == 0711 ? 65534 : 0,
		    (gid_t)-1), 0);
	ck_assert_int_eq(chmod("d", modes[_i]), 0);
	become_user();
	expect_path("d/s");
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

	tcase_add_loop_test(limits, path_of_any_length_is_served, 0, 15);
	tcase_add_loop_test(limits, longer_path_is_rejected_and_not_truncated,
	    0, 2);
	tcase_add_loop_test(limits, long_path_of_a_server_is_in_use, 0, 3);
	tcase_add_test(core, relative_and_absolute_paths_are_served);
	tcase_add_test(core, absolute_path_is_bound_when_it_fits);
	tcase_add_test(core, unix_prefix_precedes_paths_and_names);
	tcase_add_test(core, address_length_counts_the_bytes);
	tcase_add_loop_test(core, prefix_after_dot_slash_is_a_path,
	    0, 7);
	tcase_add_loop_test(core, unreadable_directory_can_be_used, 0, 3);
	tcase_add_loop_test(errors, bad_addresses_are_einval, 0, 14);
	tcase_add_test(errors,
	    empty_address_is_einval_on_every_system);
	tcase_add_test(errors, nul_inside_a_path_is_einval);
	tcase_add_test(errors, missing_directory_is_enoent);
	tcase_add_test(errors, file_as_directory_is_enotdir);
	tcase_add_test(errors, loop_of_symbolic_links_is_ELOOP);
	tcase_add_test(errors, directory_without_search_is_eacces);
	return run_suite(suite);
}
