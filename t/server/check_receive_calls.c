/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_receive() when calls fail, by interposition. */
#include "support.h"

#include <sys/socket.h>
#include <string.h>
#include <unistd.h>

#include "interpose.h"

static const struct unix_options datagram = { .flags = UNIX_DATAGRAM,
    .accept_timeout = 50 };

static struct unix_listener *listener;
static char bytes[20];
static struct unix_peer peer;

/* As on a system that does not report senders. */
START_TEST(sender_is_unknown_without_SO_PASSCRED)
{
	fail_next("setsockopt", 0, _i == 0 ? ENOPROTOOPT : EPERM);
	listener = listen_at("s", &datagram);
	ck_assert_int_gt(count_failures(), 0);
	forget_next();
	succeeds(unix_send("s", "x", 1));
	succeeds(unix_send("s", "", 0));
	answers(unix_receive(listener, bytes, 20, &peer), 1);
	ck_assert_int_eq(peer.pid, -1);
	ck_assert_uint_eq(peer.uid, (uid_t)-1);
	ck_assert_uint_eq(peer.gid, (gid_t)-1);
	/* An empty datagram is no shutdown. */
	answers(unix_receive(listener, bytes, 20, &peer), 0);
	ck_assert_int_eq(shutdown(unix_listener_fileno(listener), SHUT_RD), 0);
	fails(unix_receive(listener, bytes, 20, &peer), EINVAL);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(error_of_recvmsg_is_reported_and_loses_nothing)
{
	const int errors[] = { ENOMEM, ENOBUFS, EBADF, EIO };

	listener = listen_at("s", &datagram);
	succeeds(unix_send("s", "x", 1));
	peer.pid = 7;
	fail_next("recvmsg", 1, errors[_i]);
	fails(unix_receive(listener, bytes, 20, &peer), errors[_i]);
	ck_assert_int_eq(peer.pid, 7);
	answers(unix_receive(listener, bytes, 20, &peer), 1);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(interrupted_and_lost_races_are_repeated)
{
	listener = listen_at("s", &datagram);
	succeeds(unix_send("s", "x", 1));
	fail_next("recvmsg", 1, _i == 0 ? EINTR : EAGAIN);
	answers(unix_receive(listener, bytes, 20, &peer), 1);
	ck_assert(!is_pending());
	succeeds(unix_close(listener));
}
END_TEST

/* Other receivers are always faster. */
START_TEST(lost_races_do_not_extend_the_wait)
{
	const struct unix_options never = { .flags = UNIX_DATAGRAM,
	    .accept_timeout = -1 };

	listener = listen_at("s", _i == 0 ? &datagram : &never);
	succeeds(unix_send("s", "x", 1));
	fail_next("recvmsg", 0, EAGAIN);
	fails(unix_receive(listener, bytes, 20, &peer), ETIMEDOUT);
	forget_next();
	answers(unix_receive(listener, bytes, 20, &peer), 1);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(error_of_poll_is_reported)
{
	listener = listen_at("s", &datagram);
	fail_next("poll", 1, ENOMEM);
	fails(unix_receive(listener, bytes, 20, &peer), ENOMEM);
	fails(unix_receive(listener, bytes, 20, &peer), ETIMEDOUT);
	succeeds(unix_close(listener));
}
END_TEST

static void
interrupt_it(void)
{
	unix_interrupt(listener);
}

static void
send_it(void)
{
	(void)!unix_send("s", "x", 1);
}

/* Between the look at the queue and poll(2). */
START_TEST(interrupt_before_poll_is_not_missed)
{
	listener = listen_at("s", &datagram);
	before_next("poll", interrupt_it);
	fails(unix_receive(listener, bytes, 20, &peer), ECANCELED);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(datagram_before_poll_is_not_missed)
{
	listener = listen_at("s", &datagram);
	before_next("poll", send_it);
	answers(unix_receive(listener, bytes, 20, &peer), 1);
	ck_assert_int_eq(peer.pid, getpid());
	succeeds(unix_close(listener));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("receive_calls");
	TCase *core = add_case(suite, "core");

	tcase_add_loop_test(core, sender_is_unknown_without_SO_PASSCRED, 0, 2);
	tcase_add_loop_test(core,
	    error_of_recvmsg_is_reported_and_loses_nothing, 0, 4);
	tcase_add_loop_test(core, interrupted_and_lost_races_are_repeated,
	    0, 2);
	tcase_add_loop_test(core, lost_races_do_not_extend_the_wait, 0, 2);
	tcase_add_test(core, error_of_poll_is_reported);
	tcase_add_test(core, interrupt_before_poll_is_not_missed);
	tcase_add_test(core, datagram_before_poll_is_not_missed);
	return run_suite(suite);
}
