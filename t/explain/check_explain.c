/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unix_explain(): errors of options and of malformed addresses, errors with one
 * sentence, and the form of the text.
 */
#include "explained.h"

#include <sys/socket.h>
#include <string.h>
#include <unistd.h>

static char own[200];		/* text of this libc */

START_TEST(malformed_address_is_explained)
{
	expect_connect(NULL, EINVAL, "\"\": the address is empty; specify a "
	    "path");
	expect_connect("", EINVAL, "\"\": the address is empty; specify a "
	    "path");
	expect_connect("@", EINVAL, "@: the name is empty; specify a name");
	expect_connect("unix:", EINVAL, "unix:: the name is empty; specify a "
	    "name");
	expect_connect("fd:x", EINVAL, "fd:x: the number of the descriptor is "
	    "not valid; specify fd:N with a decimal number");
	expect_listen("fd:", EINVAL, "fd:: the number of the descriptor is "
	    "not valid; specify fd:N with a decimal number");
}
END_TEST

START_TEST(invalid_option_is_explained)
{
	const struct unix_options timeout = { .read_timeout = 1 };
	const struct unix_options mode = { .mode = 0600 };

	cannot_connect("s", &timeout, EINVAL);
	expect_text("s", EINVAL, "s: " NOT_VALID);
	cannot_listen("@up.no", &mode, EINVAL);
	expect_text("@up.no", EINVAL, "@up.no: " NOT_VALID
	    "; mode, group and owner require a path");
	expect_connect("systemd:", EINVAL, "systemd:: only unix_listen() "
	    "supports systemd:, or " NOT_VALID
	    "; mode, group and owner require a path");
}
END_TEST

START_TEST(unsupported_option_is_explained)
{
	const struct unix_options error = { .sigpipe = UNIX_SIGPIPE_ERROR };
	const struct unix_options datagram = { .flags = UNIX_DATAGRAM };
	int fd = bind_socket(SOCK_DGRAM);
	struct unix_listener *listener;
	struct unix_ports ports;
	char address[20], expected[400];

	cannot_connect("s", &error, ENOTSUP);
	expect_text("s", ENOTSUP, "s: not supported; UNIX_SIGPIPE_ERROR "
	    "requires UNIX_GUARDED, UNIX_SAME_USER a Unix domain socket, and "
	    "unix_accept() a listener without UNIX_DATAGRAM; or the file "
	    "system or user namespace has not set the mode, owner or group as "
	    "specified");
	snprintf(address, sizeof(address), "fd:%d", fd);
	listener = listen_at(address, &datagram);
	fails(unix_accept(listener, &ports), EOPNOTSUPP);
	snprintf(expected, sizeof(expected), "%s: not supported; "
	    "UNIX_SIGPIPE_ERROR requires UNIX_GUARDED, UNIX_SAME_USER a Unix "
	    "domain socket, and unix_accept() a listener without "
	    "UNIX_DATAGRAM", address);
	expect_text(address, EOPNOTSUPP, expected);
	succeeds(unix_close(listener));
}
END_TEST

/* Errors that have one sentence, whatever the address is. */

static struct unix_listener *listener;

static void
fill_queue(void)
{
	const struct unix_options options = { .flags = UNIX_DATAGRAM };

	listener = listen_at("s", &options);
	while (unix_try_send("s", "x", 1) == 0)
		;
}

static void
close_descriptor(void)
{
	listener = listen_at("s", NULL);
	close(unix_listener_fileno(listener));
	ck_assert_int_eq(unix_accept_ready(listener), -1);
}

static void
interrupt_accept(void)
{
	struct unix_ports ports;

	listener = listen_at("s", NULL);
	succeeds(unix_interrupt(listener));
	ck_assert_int_eq(unix_accept(listener, &ports), -1);
}

static void
use_all_descriptors(void)
{
	struct unix_ports ports;
	int error;

	begin_shortage(0);
	ck_assert_int_eq(unix_connect("s", NULL, &ports), -1);
	error = errno;
	end_shortage();
	errno = error;
}

static void
send_too_much(void)
{
	static char bytes[4 << 20];
	const struct unix_options options = { .flags = UNIX_DATAGRAM };

	listener = listen_at("s", &options);
	ck_assert_int_eq(unix_send("s", bytes, sizeof(bytes)), -1);
}

static void
end_input(void)
{
	const struct unix_options options = { .flags = UNIX_DATAGRAM };

	listener = listen_at("s", &options);
	ck_assert_int_eq(shutdown(unix_listener_fileno(listener), SHUT_RD), 0);
	ck_assert_int_eq(unix_send("s", "x", 1), -1);
}

static void
follow_loop(void)
{
	struct unix_ports ports;

	ck_assert_int_eq(symlink("s", "s"), 0);
	ck_assert_int_eq(unix_connect("s", NULL, &ports), -1);
}

static const struct {
	int error;
	void (*cause)(void);
	const char *sentence;
} causes[] = {
	{ EAGAIN, fill_queue, "s: the queue of the receiver is full; send the "
	    "datagram again later" },
	{ EBADF, close_descriptor, "s: the descriptor of the socket is not "
	    "open; open it, and leave closing it to the library" },
	{ ECANCELED, interrupt_accept, "s: the listener was interrupted; "
	    "close it" },
	{ ELOOP, follow_loop, "s: too many symbolic links; is the path "
	    "right?" },
	{ EMSGSIZE, send_too_much, "s: the datagram is too long; send a "
	    "shorter one" },
	{ EPIPE, end_input, "s: the receiver has ended its input; send no "
	    "more" },
	{ EMFILE, use_all_descriptors, "s: this process has no free "
	    "descriptor; close some, or raise the limit of open files" }
};

START_TEST(error_with_one_cause_has_one_sentence)
{
	errno = 0;
	causes[_i].cause();
	ck_assert_int_eq(errno, causes[_i].error);
	expect_text("s", causes[_i].error, causes[_i].sentence);
	succeeds(unix_abandon(listener));
}
END_TEST

/* No call fails with this error. */
START_TEST(unknown_error_has_the_text_of_libc)
{
	snprintf(own, sizeof(own), "fd:3: %s", strerror(EDOM));
	expect_text("fd:3", EDOM, own);
	snprintf(own, sizeof(own), "\"\": %s", strerror(EDOM));
	expect_text(NULL, EDOM, own);
}
END_TEST

/* The form of the text. */

START_TEST(byte_that_a_terminal_interprets_is_escaped)
{
	static const struct {
		const char *address, *shown;
	} cases[] = {
		{ "a\n\033[31mb\\\177", "a\\x0a\\x1b[31mb\\\\\\x7f" },
		/* C1, as a byte of ISO 8859 and as U+009B */
		{ "a\2331mb", "a\\x9b1mb" },
		{ "a\302\2331mb", "a\\xc2\\x9b1mb" },
		/* U+202E, U+2066, U+200F, U+061C, U+2028 */
		{ "a\342\200\256b", "a\\xe2\\x80\\xaeb" },
		{ "a\342\201\246b", "a\\xe2\\x81\\xa6b" },
		{ "a\342\200\217b", "a\\xe2\\x80\\x8fb" },
		{ "a\330\234b", "a\\xd8\\x9cb" },
		{ "a\342\200\250b", "a\\xe2\\x80\\xa8b" },
		/* longer than needed, truncated, a surrogate, too large */
		{ "a\300\212b", "a\\xc0\\x8ab" },
		{ "a\340\202\233b", "a\\xe0\\x82\\x9bb" },
		{ "a\342\202", "a\\xe2\\x82" },
		{ "a\355\240\200b", "a\\xed\\xa0\\x80b" },
		{ "a\364\220\200\200b", "a\\xf4\\x90\\x80\\x80b" },
		{ "a\377b", "a\\xffb" },
		/* UTF-8 of two to four bytes stays */
		{ "caf\303\251", "caf\303\251" },
		{ "\342\202\254", "\342\202\254" },
		{ "\360\237\230\200", "\360\237\230\200" },
		{ "\302\240", "\302\240" }
	};
	char expected[200];

	snprintf(expected, sizeof(expected),
	    "%s: nothing is there; is the server running?", cases[_i].shown);
	expect_connect(cases[_i].address, ENOENT, expected);
}
END_TEST

START_TEST(long_escaped_path_is_not_truncated)
{
	char path[1001], expected[9000] = "";
	size_t i;

	for (i = 0; i < sizeof(path) - 1; i++)
		path[i] = i % 200 == 199 ? '/' : '\n';
	path[i] = '\0';
	for (i = 0; i < sizeof(path) - 1; i++)
		strcat(expected, path[i] == '/' ? "/" : "\\x0a");
	strcat(expected, ": the directory ");
	for (i = 0; i < sizeof(path) - 2; i++)
		strcat(expected, path[i] == '/' ? "/" : "\\x0a");
	strcat(expected, " does not exist; create it");
	expect_connect(path, ENOENT, expected);
}
END_TEST

START_TEST(truncated_text_is_counted)
{
	char small[8] = "unknown";
	int whole = unix_explain("s", ENOENT, NULL, 0);

	ck_assert_int_eq(unix_explain("s", ENOENT, small, sizeof(small)),
	    whole);
	ck_assert_str_eq(small, "s: noth");
	ck_assert_int_eq(whole, (int)strlen("s: nothing is there; "
	    "is the server running?"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("explain");
	TCase *options = add_case(suite, "options");
	TCase *shortage = add_case(suite, "shortage");
	TCase *text = add_case(suite, "text");

	tcase_add_test(options, malformed_address_is_explained);
	tcase_add_test(options, invalid_option_is_explained);
	tcase_add_test(options, unsupported_option_is_explained);
	tcase_add_loop_test(options, error_with_one_cause_has_one_sentence, 0,
	    (int)COUNT(causes) - 1);
	tcase_add_loop_test(shortage, error_with_one_cause_has_one_sentence,
	    (int)COUNT(causes) - 1, (int)COUNT(causes));
	tcase_add_test(options, unknown_error_has_the_text_of_libc);
	tcase_add_loop_test(text, byte_that_a_terminal_interprets_is_escaped, 0,
	    18);
	tcase_add_test(text, long_escaped_path_is_not_truncated);
	tcase_add_test(text, truncated_text_is_counted);
	return run_suite(suite);
}
