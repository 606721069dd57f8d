/* SPDX-License-Identifier: BSD-2-Clause */
/* A path of root's where /proc is not the kernel's. */
#include "support.h"

#include <sys/stat.h>
#include <unistd.h>

#include "privilege.h"

/* In /proc of the new root each descriptor seems to be a stale socket. */
static void
fake_proc(void)
{
	static const char *const tables[] = { "root/proc/self/fd",
	    "root/proc/thread-self/fd" };
	struct unix_options keep = { .flags = UNIX_KEEP };
	char path[100];
	size_t i;
	int fd;

	ck_assert_int_eq(mkdir("root/proc", 0755), 0);
	ck_assert_int_eq(mkdir("root/proc/self", 0755), 0);
	ck_assert_int_eq(mkdir("root/proc/thread-self", 0755), 0);
	for (i = 0; i < COUNT(tables); i++) {
		ck_assert_int_eq(mkdir(tables[i], 0755), 0);
		for (fd = 3; fd < 40; fd++) {
			snprintf(path, sizeof(path), "%s/%d", tables[i], fd);
			succeeds(unix_close(listen_at(path, &keep)));
		}
	}
}

static int
is_displaced(void)
{
	if (chroot("root") == -1 || chdir("/") == -1)
		return 2;
	return unix_listen("s", NULL) != NULL || errno != EADDRINUSE;
}

START_TEST(refusal_of_another_file_is_no_proof)
{
	struct unix_listener *live;
	pid_t child;

	ck_assert_int_eq(mkdir("root", 0755), 0);
	if (_i == 1)
		fake_proc();
	live = listen_at("root/s", NULL);
	child = fork();
	if (child == 0)
		_exit(is_displaced());
	ck_assert_int_eq(child_status(child), 0);
	expect_reachable(live, "root/s");
	succeeds(unix_close(live));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("path_attacks");
	TCase *proofs = add_case(suite, "proofs");

	require_root();
	tcase_add_loop_test(proofs, refusal_of_another_file_is_no_proof, 0, 2);
	return run_suite(suite);
}
