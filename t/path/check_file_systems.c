/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Socket files on several file systems, and without /proc: root listens, uses a
 * long name, reclaims a stale file, and sets the mode, the group and the owner.
 * The log of this test has the table of results.
 */
#include "support.h"

#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <string.h>
#include <unistd.h>

#include "privilege.h"

#ifndef SYS_fchmodat2
#define SYS_fchmodat2	452
#endif

#define STRANGER	65534
#define LONG_NAME	150	/* bytes; sun_path has 108 */

/* The operations, in this order. */
enum { LISTEN, LONG, RECLAIM, MODE, GROUP, OWNER, DEEDS };

static const char *const deeds[DEEDS] = { "listen", "long name", "reclaim",
    "mode", "group", "owner" };

static int
error_of_listen(const char *path, const struct unix_options *options)
{
	struct unix_listener *listener = unix_listen(path, options);

	if (listener == NULL)
		return errno;
	expect_reachable(listener, path);
	return unix_close(listener) == 0 ? 0 : errno;
}

static int
error_of_reclaim(void)
{
	int error;

	close(bind_socket(SOCK_STREAM));
	error = error_of_listen("s", NULL);
	(void)unlink("s");
	return error;
}

static void
try_deeds(int errors[DEEDS])
{
	const struct unix_options mode = { .mode = 0660 };
	const struct unix_options group = { .group = STRANGER };
	const struct unix_options owner = { .owner = STRANGER };
	char path[LONG_NAME + 1];

	umask(022);
	make_path(path, LONG_NAME);
	errors[LISTEN] = error_of_listen("s", NULL);
	errors[LONG] = error_of_listen(path, NULL);
	errors[RECLAIM] = error_of_reclaim();
	errors[MODE] = error_of_listen("s", &mode);
	errors[GROUP] = error_of_listen("s", &group);
	errors[OWNER] = error_of_listen("s", &owner);
	/* No file may be left after a failure, either. */
	if (count_files(".") != 0)
		errors[LISTEN] = ENOTEMPTY;
}

static void
use_this(void)
{
}

static void
mount_tmpfs(void)
{
	ck_assert_int_eq(mount("none", "mounted", "tmpfs", 0, NULL), 0);
}

static void
mount_overlay(void)
{
	ck_assert_int_eq(mount("none", "real", "tmpfs", 0, NULL), 0);
	ck_assert_int_eq(mkdir("real/lower", 0755), 0);
	ck_assert_int_eq(mkdir("real/upper", 0755), 0);
	ck_assert_int_eq(mkdir("real/work", 0755), 0);
	ck_assert_int_eq(mount("none", "mounted", "overlay", 0,
	    "lowerdir=real/lower,upperdir=real/upper,workdir=real/work"), 0);
}

static void
mount_bindfs(const char *option)
{
	pid_t child = fork();

	if (child == 0) {
		execlp("bindfs", "bindfs", option, "real", "mounted",
		    (char *)NULL);
		_exit(127);
	}
	ck_assert_int_eq(child_status(child), 0);
}

static void
mount_honest(void)
{
	mount_bindfs("--chmod-normal");
}

static void
mount_without_modes(void)
{
	mount_bindfs("--chmod-ignore");
}

static void
mount_with_modes(void)
{
	mount_bindfs("--perms=0777");
}

static void
mount_without_groups(void)
{
	mount_bindfs("--chgrp-ignore");
}

static void
mount_without_owners(void)
{
	mount_bindfs("--chown-ignore");
}

static void
leave_proc(void)
{
	ck_assert_int_eq(chroot("."), 0);
}

static const struct {
	const char *name;
	void (*prepare)(void);
	void (*enter)(void);
	int errors[DEEDS];
} cases[] = {
	{ "this directory", use_this, NULL, { 0 } },
	{ "tmpfs", mount_tmpfs, NULL, { 0 } },
	{ "overlayfs", mount_overlay, NULL, { 0 } },
	{ "bindfs", mount_honest, NULL, { [RECLAIM] = EADDRINUSE } },
	{ "bindfs --chmod-ignore", mount_without_modes, NULL,
	    { [RECLAIM] = EADDRINUSE, [MODE] = ENOTSUP } },
	{ "bindfs --perms=0777", mount_with_modes, NULL,
	    { ENOTSUP, ENOTSUP, EADDRINUSE, ENOTSUP, ENOTSUP, ENOTSUP } },
	{ "bindfs --chgrp-ignore", mount_without_groups, NULL,
	    { [RECLAIM] = EADDRINUSE, [GROUP] = ENOTSUP } },
	{ "bindfs --chown-ignore", mount_without_owners, NULL,
	    { [RECLAIM] = EADDRINUSE, [OWNER] = ENOTSUP } },
	{ "without /proc", use_this, leave_proc,
	    { [LONG] = ENAMETOOLONG, [RECLAIM] = EADDRINUSE } },
};

/* Without /proc the mode needs a call of Linux 6.6 if the umask is not 0. */
static int
expected(int number, int deed)
{
	if (cases[number].enter == leave_proc && deed == MODE &&
	    syscall(SYS_fchmodat2, -1, "", 0, 0) == -1 && errno == ENOSYS)
		return ENOTSUP;
	return cases[number].errors[deed];
}

START_TEST(results_are_those_of_the_table)
{
	int errors[DEEDS] = { 0 }, report[2], i;
	pid_t child;

	ck_assert_int_eq(mkdir("real", 0755), 0);
	ck_assert_int_eq(mkdir("mounted", 0755), 0);
	ck_assert_int_eq(pipe(report), 0);
	cases[_i].prepare();
	child = fork();
	if (child == 0) {
		if (chdir("mounted") == -1)
			_exit(1);
		if (cases[_i].enter != NULL)
			cases[_i].enter();
		try_deeds(errors);
		_exit(write(report[1], errors, sizeof(errors)) == -1);
	}
	ck_assert_int_eq(child_status(child), 0);
	ck_assert_int_eq(read(report[0], errors, sizeof(errors)),
	    sizeof(errors));
	close(report[0]);
	close(report[1]);
	(void)umount2("mounted", MNT_DETACH);
	(void)umount2("real", MNT_DETACH);
	ck_assert_int_eq(rmdir("mounted"), 0);
	ck_assert_int_eq(rmdir("real"), 0);
	printf("# %-22s", cases[_i].name);
	for (i = 0; i < DEEDS; i++)
		printf("  %s: %s", deeds[i], errors[i] == 0 ? "ok" :
		    strerror(errors[i]));
	printf("\n");
	fflush(stdout);
	for (i = 0; i < DEEDS; i++)
		ck_assert_msg(errors[i] == expected(_i, i), "%s, %s: %s",
		    cases[_i].name, deeds[i], strerror(errors[i]));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("file_systems");
	TCase *table = add_case(suite, "table");

	require_root();
	require_fuse();
	tcase_add_loop_test(table, results_are_those_of_the_table, 0,
	    COUNT(cases));
	return run_suite(suite);
}
