/* SPDX-License-Identifier: BSD-2-Clause */
/* Abstract names, on Linux: exact, without a file, without a mode. */
#include "support.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__
#define PATH_BYTES	sizeof(((struct sockaddr_un *)0)->sun_path)

static void
expect_name(const char *address, const char *name)
{
	struct unix_listener *listener = listen_at(address, NULL);

	ck_assert_str_eq(unix_listener_path(listener), name);
	answers(unix_listener_owns_path(listener), 1);
	expect_reachable(listener, address);
	succeeds(unix_close(listener));
}

/* Abstract names are global to the machine, so this one is unique. */
static const char *
own_name(char *name, size_t size, const char *mark)
{
	snprintf(name, size, "%sup.%ld", mark, (long)getpid());
	return name;
}

START_TEST(abstract_name_is_served_and_makes_no_file)
{
	char name[64];

	expect_name(own_name(name, sizeof(name), "@"), name);
	own_name(name, sizeof(name), "unix:@");
	expect_name(name, name + 5);
	ck_assert_int_eq(access(name + 5, F_OK), -1);
}
END_TEST

START_TEST(abstract_name_has_its_exact_length)
{
	struct unix_options options = { .address_length = 0 };
	struct unix_listener *plain, *padded;
	struct unix_ports ports;
	char name[64] = "";
	struct sockaddr_un bound;
	socklen_t size = sizeof(bound);

	own_name(name, sizeof(name), "@");
	plain = listen_at(name, NULL);
	ck_assert_int_eq(getsockname(unix_listener_fileno(plain),
	    (struct sockaddr *)&bound, &size), 0);
	ck_assert_uint_eq(size, offsetof(struct sockaddr_un, sun_path) +
	    strlen(name));
	/* The name with a NUL at its end is another name. */
	options.address_length = strlen(name) + 1;
	*name = '\0';
	cannot_connect(name, &options, ECONNREFUSED);
	padded = listen_at(name, &options);
	ck_assert_ptr_null(unix_listener_path(padded));
	succeeds(unix_connect(name, &options, &ports));
	answers(unix_accept_ready(plain), 0);
	answers(unix_accept_ready(padded), 1);
	succeeds(unix_close_ports(&ports));
	succeeds(unix_close(padded));
	succeeds(unix_close(plain));
}
END_TEST

START_TEST(abstract_name_of_another_server_is_in_use)
{
	char name[64];
	struct unix_listener *listener =
	    listen_at(own_name(name, sizeof(name), "@"), NULL);

	cannot_listen(name, NULL, EADDRINUSE);
	succeeds(unix_close(listener));
	cannot_connect(name, NULL, ECONNREFUSED);
}
END_TEST

START_TEST(abstract_name_fills_sun_path)
{
	char name[PATH_BYTES + 2];

	make_path(name, PATH_BYTES);
	*name = '@';
	expect_name(name, name);
	make_path(name, PATH_BYTES + 1);
	*name = '@';
	fails(unix_check_address(name, 0), ENAMETOOLONG);
	cannot_listen(name, NULL, ENAMETOOLONG);
	cannot_connect(name, NULL, ENAMETOOLONG);
}
END_TEST

START_TEST(mode_group_or_owner_with_abstract_name_is_EINVAL)
{
	struct unix_options mode = { .mode = 0600 }, group = { .group = 1 };
	struct unix_options owner = { .owner = 1 };

	cannot_listen("@up.never", &mode, EINVAL);
	cannot_listen("@up.never", &group, EINVAL);
	cannot_listen("fd:0", &mode, EINVAL);
	cannot_listen("systemd:", &group, EINVAL);
	cannot_listen("@up.never", &owner, EINVAL);
	cannot_listen("fd:0", &owner, EINVAL);
	cannot_listen("systemd:", &owner, EINVAL);
}
END_TEST
#else
START_TEST(abstract_name_is_EAFNOSUPPORT_elsewhere)
{
	fails(unix_check_address("@name", 0), EAFNOSUPPORT);
	cannot_listen("@name", NULL, EAFNOSUPPORT);
	cannot_connect("@name", NULL, EAFNOSUPPORT);
}
END_TEST
#endif

int
main(void)
{
	Suite *suite = suite_create("abstract");
	TCase *names = add_case(suite, "names");

#ifdef __linux__
	tcase_add_test(names, abstract_name_is_served_and_makes_no_file);
	tcase_add_test(names, abstract_name_has_its_exact_length);
	tcase_add_test(names, abstract_name_of_another_server_is_in_use);
	tcase_add_test(names, abstract_name_fills_sun_path);
	tcase_add_test(names,
	    mode_group_or_owner_with_abstract_name_is_EINVAL);
#else
	tcase_add_test(names, abstract_name_is_EAFNOSUPPORT_elsewhere);
#endif
	return run_suite(suite);
}
