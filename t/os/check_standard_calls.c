/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The moment in which a descriptor of the library is 0, 1 or 2: the system has
 * created it, and the next call moves it.  Interposed calls observe this.  And
 * shortages in which no other number is free.
 */
#include "support.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "interpose.h"

static const unsigned sets[] = { 1, 2, 4, 7 };

#define SETS	((int)COUNT(sets))

static struct connection c;
static unsigned closed;
static int seen, file;

static void
begin(int set)
{
	closed = sets[set];
	close_standard(closed);
}

static int
is_open(int fd)
{
	return (closed & 1u << fd) != 0 && fcntl(fd, F_GETFD) != -1;
}

static void
finish(void)
{
	ck_assert(!is_open(0) && !is_open(1) && !is_open(2));
	closed = 0;
	restore_standard();
}

/* The calls that move a descriptor to a higher or a given number. */
static int
moves(const char *name)
{
	return strcmp(name, "F_DUPFD_CLOEXEC") == 0 ||
	    strcmp(name, "dup3") == 0 || strcmp(name, "close") == 0;
}

static void watch(const char *name);

/* Duplicates of the listener occupy the numbers. */
static int
fills_number(int fd, const char *name)
{
	int is_listening = 0;
	socklen_t size = sizeof(is_listening);

	if (strcmp(name, "accept4") != 0)
		return 0;
	watch_calls(NULL);
	(void)getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &size);
	watch_calls(watch);
	return is_listening;
}

static void
watch(const char *name)
{
	int saved = errno;
	int fd;

	for (fd = 0; fd < 3; fd++) {
		if (!is_open(fd))
			continue;
		seen++;
		if (moves(name) || fills_number(fd, name))
			continue;
		watch_calls(NULL);	/* Check calls them as well */
		ck_abort_msg("%d is open at %s", fd, name);
	}
	errno = saved;
}

/* Another thread writes to standard error in that moment. */
static void
print_stray(void *answer)
{
	int fd;

	(void)answer;
	for (fd = 0; fd < 3; fd++)
		if (is_open(fd) && write(fd, "stray\n", 6) == 6)
			seen++;
}

/* Calls everything that creates a descriptor, observed by watch(). */

static void
make_connections(void)
{
	open_connection(&c, 0, NULL);
	say(c.client.out, "line\n");
	expect(c.server.in, "line\n");
	close_connection(&c);
	open_connection(&c, 2, NULL);
	close_connection(&c);
}

static void
reclaim(void)
{
	c.listener = listen_at("stale", NULL);
	succeeds(unix_close(c.listener));
}

static void
use_long_path(void)
{
	char path[201];

	make_path(path, 200);
	c.listener = listen_at(path, NULL);
	expect_reachable(c.listener, path);
	succeeds(unix_close(c.listener));
}

static void
send_datagram(void)
{
	const struct unix_options options = { .flags = UNIX_DATAGRAM };

	c.listener = unix_listen("d", &options);
	ck_assert_ptr_nonnull(c.listener);
	succeeds(unix_send("d", "bytes", 5));
	succeeds(unix_close(c.listener));
	answers(unix_available(), 1);
}

static void
spawn_child(void)
{
	char name[] = "true";
	char *const argv[] = { name, NULL };
	pid_t child = unix_spawn(argv, of_kind(NULL), &c.client);

	ck_assert_int_gt(child, 0);
	succeeds(unix_abandon_ports(&c.client));
	ck_assert_int_eq(child_status(child), 0);
}

static void
receive_files(void)
{
	const struct unix_options options = { .flags = UNIX_GUARDED |
	    UNIX_FILES };
	struct unix_ports pair[2];
	int files[3] = { file, file, file };
	int i, fd;

	succeeds(unix_pair(&options, pair));
	succeeds(unix_add_files(&pair[0], files, 3));
	say(pair[0].out, "line\n");
	expect(pair[1].in, "line\n");
	for (i = 0; i < 3; i++) {
		fd = unix_take_file(&pair[1]);
		ck_assert_int_gt(fd, 2);
		ck_assert_int_eq(close(fd), 0);
	}
	abandon_all(pair, 2);
}

static void (*const works[])(void) = { make_connections, reclaim,
    use_long_path, send_datagram, spawn_child, receive_files };

#define WORKS	((int)COUNT(works))

START_TEST(low_number_is_moved_before_any_other_call)
{
	struct sockaddr_un stale = { .sun_family = AF_UNIX,
	    .sun_path = "stale" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&stale, sizeof(stale)),
	    0);
	ck_assert_int_eq(close(fd), 0);
	file = socket(AF_UNIX, SOCK_STREAM, 0);
	begin(_i / WORKS);
	watch_calls(watch);
	works[_i % WORKS]();
	watch_calls(NULL);
	ck_assert_int_gt(seen, 0);
	ck_assert_int_eq(close(file), 0);
	finish();
}
END_TEST

/* Output of other threads in that moment. */

START_TEST(stray_output_interrupts_no_listener)
{
	const struct unix_options options = { .accept_timeout = -1 };

	begin(_i);
	after_next("pipe2", print_stray);
	c.listener = listen_at("s", &options);
	ck_assert(!is_pending());
	/*
	 * The first number is the reading end, to which no process can write.
	 */
	ck_assert_int_eq(seen > 0, closed == 7);
	fails(unix_accept(c.listener, &c.server), ETIMEDOUT);
	expect_reachable(c.listener, "s");
	succeeds(unix_close(c.listener));
	finish();
}
END_TEST

START_TEST(stray_output_comes_through_no_pair)
{
	begin(_i);
	after_next("socketpair", print_stray);
	open_connection(&c, 2, NULL);
	ck_assert(!is_pending());
	ck_assert_int_gt(seen, 0);
	answers(unix_input_ready(&c.server, 0), 0);
	answers(unix_input_ready(&c.client, 0), 0);
	say(c.client.out, "line\n");
	expect(c.server.in, "line\n");
	close_connection(&c);
	finish();
}
END_TEST

/* Each move fails in turn. */

static int
try_listen(void)
{
	c.listener = unix_listen("s", of_kind(NULL));
	return c.listener == NULL ? -1 : unix_close(c.listener);
}

static int
try_pair(void)
{
	struct unix_ports pair[2];

	if (unix_pair(of_kind(NULL), pair) == -1)
		return -1;
	abandon_all(pair, 2);
	return 0;
}

static int
try_connect(void)
{
	return unix_connect("stale", of_kind(NULL), &c.client) == -1 ? -1 :
	    unix_abandon_ports(&c.client);
}

static int
try_send(void)
{
	return unix_send("stale", "", 0);
}

static int
try_spawn(void)
{
	char name[] = "true";
	char *const argv[] = { name, NULL };
	pid_t child = unix_spawn(argv, of_kind(NULL), &c.client);

	if (child == -1)
		return -1;
	ck_assert_int_eq(child_status(child), 0);
	return unix_abandon_ports(&c.client);
}

static int (*const tries[])(void) = { try_listen, try_pair, try_connect,
    try_send, try_spawn };

#define TRIES	((int)COUNT(tries))

START_TEST(failed_move_is_emfile_and_leaves_nothing)
{
	int turn, result;

	begin(_i / TRIES);
	for (turn = 1;; turn++) {
		fail_next("F_DUPFD_CLOEXEC", turn, EMFILE);
		errno = 0;
		result = tries[_i % TRIES]();
		if (is_pending())
			break;
		/* The overflow uid has a default. */
		if (result == 0 && tries[_i % TRIES] == try_listen)
			continue;
		ck_assert_int_eq(result, -1);
		ck_assert_int_eq(errno, EMFILE);
		ck_assert_int_eq(access("s", F_OK), -1);
	}
	forget_next();
	ck_assert_int_gt(turn, 1);
	finish();
}
END_TEST

/* The client is lost, as it would be without closed numbers. */
START_TEST(client_that_cannot_be_moved_is_closed)
{
	open_waiting(&c, NULL);
	begin(_i);
	fail_next("dup3", 1, EBUSY);
	fails(unix_accept(c.listener, &c.server), EBUSY);
	ck_assert(!is_pending());
	expect_end(c.client.in);
	succeeds(unix_abandon_ports(&c.client));
	expect_reachable(c.listener, "s");
	succeeds(unix_close(c.listener));
	finish();
}
END_TEST

/* Shortages: no number is free, except those below 3 that are closed. */

#define RESERVED	(guarded ? 0 : 2)	/* numbers, by unix_accept() */

static struct unix_ports waiting[2], served[2];
static int other_error;

static int
accept_as(int which)
{
	return unix_accept(c.listener, &served[which]) == 0 ? 0 : errno;
}

static void
expect_served(int which)
{
	say(served[which].out, "line\n");
	expect(waiting[which].in, "line\n");
	abandon_all(&served[which], 1);
	abandon_all(&waiting[which], 1);
}

/* One client has been accepted, so 0, 1 and 2 are known to be open. */
static void
listen_with_standard(void)
{
	const struct unix_options options = { .accept_timeout = -1 };

	c.listener = listen_at("s", &options);
	expect_reachable(c.listener, "s");
}

static void *
accept_first(void *argument)
{
	other_error = accept_as(0);
	return argument;
}

static void
accept_in_other_thread(void)
{
	join_thread(start_thread(accept_first, NULL));
}

/*
 * Another thread accepts while this one is about to call accept4(2), which
 * would return the same low number to both.
 */
START_TEST(two_threads_in_a_shortage_lose_no_client)
{
	int error, i;

	listen_with_standard();
	for (i = 0; i < 2; i++)
		succeeds(unix_connect("s", of_kind(NULL), &waiting[i]));
	begin(_i);
	begin_shortage(2 * RESERVED);
	before_next("accept4", accept_in_other_thread);
	error = accept_as(1);
	ck_assert(!is_pending());
	end_shortage();
	ck_assert_int_eq(error, 0);
	ck_assert_int_eq(other_error, EMFILE);
	served[0] = served[1];
	ck_assert_int_eq(accept_as(1), 0);
	for (i = 0; i < 2; i++)
		expect_served(i);
	succeeds(unix_close(c.listener));
	finish();
}
END_TEST

/* A client between the shortages costs another descriptor. */
START_TEST(each_shortage_finds_a_spare_descriptor)
{
	int i;

	listen_with_standard();
	for (i = 0; i < 2; i++) {
		succeeds(unix_connect("s", of_kind(NULL), &waiting[i]));
		begin(_i);
		begin_shortage(RESERVED);
		ck_assert_int_eq(accept_as(i), 0);
		end_shortage();
		finish();
		expect_served(i);
		expect_reachable(c.listener, "s");
	}
	succeeds(unix_close(c.listener));
}
END_TEST

static pthread_t other_thread;
static pthread_barrier_t taken;

static void
wait_for_both(void)
{
	pthread_barrier_wait(&taken);
	pthread_barrier_wait(&taken);
}

static void
let_other_finish(void)
{
	pthread_barrier_wait(&taken);
	join_thread(other_thread);
}

static int
lowest_free(void)
{
	int fd = dup(STDIN_FILENO);

	close(fd);
	return fd;
}

/*
 * The other thread has the spare while this one makes a second, and puts it
 * back first.
 */
START_TEST(first_spare_descriptor_remains)
{
	int before, i;

	listen_with_standard();
	before = lowest_free();
	for (i = 0; i < 2; i++)
		succeeds(unix_connect("s", of_kind(NULL), &waiting[i]));
	ck_assert_int_eq(pthread_barrier_init(&taken, NULL, 2), 0);
	before_next("accept4", wait_for_both);
	other_thread = start_thread(accept_first, NULL);
	pthread_barrier_wait(&taken);
	before_next("accept4", let_other_finish);
	ck_assert_int_eq(accept_as(1), 0);
	ck_assert_int_eq(other_error, 0);
	for (i = 0; i < 2; i++)
		expect_served(i);
	ck_assert_int_eq(lowest_free(), before);
	ck_assert_int_eq(pthread_barrier_destroy(&taken), 0);
	succeeds(unix_close(c.listener));
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *tests = add_case(suite, "calls");

	tcase_add_loop_test(tests, low_number_is_moved_before_any_other_call,
	    0, SETS * WORKS);
	tcase_add_loop_test(tests, stray_output_interrupts_no_listener,
	    0, SETS);
	tcase_add_loop_test(tests, stray_output_comes_through_no_pair,
	    0, SETS);
	tcase_add_loop_test(tests, failed_move_is_emfile_and_leaves_nothing,
	    0, SETS * TRIES);
	tcase_add_loop_test(tests, two_threads_in_a_shortage_lose_no_client,
	    0, SETS);
	tcase_add_loop_test(tests, each_shortage_finds_a_spare_descriptor,
	    0, SETS);
	tcase_add_test(tests, first_spare_descriptor_remains);
	if (!guarded)
		tcase_add_loop_test(tests,
		    client_that_cannot_be_moved_is_closed, 0, SETS);
}

int
main(void)
{
	return run_kinds("standard_calls", fill);
}
