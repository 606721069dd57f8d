/* SPDX-License-Identifier: BSD-2-Clause */
/* The socket file at a path: bound, owned, reclaimed and removed. */
#ifndef UP_PATH_H
#define UP_PATH_H

#include "address/address.h"

#pragma GCC visibility push(hidden)

struct up_claim {
	const char *path;	/* the listener's */
	const char *last;	/* its last component */
	char *absolute;		/* without links and dots; NULL: unknown */
	int directory;
	dev_t root_device;	/* of / at unix_listen() */
	ino_t root_inode;	/* 0: unknown */
	int is_local;		/* no other machine can use the directory */
	char temporary[40];	/* name of the file before its rename */
	dev_t device;
	ino_t inode;		/* of the file; 0: unknown */
	int is_displaced;	/* another file was at the path */
	unsigned owner;		/* the process that may remove the file: it
				   has made it or taken it over; or 0 */
};

/* A reference to the file at the path: arguments of the *at calls. */
struct up_file {
	int fd;
	const char *name;
	int flags;
	int pin;		/* descriptor of the file, or -1 */
};

/* sockfile.c: the file itself */
UP_COLD int up_open_file(const struct up_claim *, struct up_file *);
UP_COLD int up_open_bound_file(struct up_claim *, int, struct up_file *);
UP_COLD int up_stat_file(const struct up_file *, struct stat *);
UP_COLD int up_set_access(const struct up_file *, mode_t, gid_t, uid_t);

static inline void
up_close_file(const struct up_file *file)
{
	up_close(file->pin);
}

/* bindpath.c: its directory and its name */
UP_COLD int up_open_directory(struct up_claim *);
UP_COLD int up_bind_path(struct up_claim *, int);
UP_COLD int up_open_bound_directory(const struct up_claim *);
UP_COLD int up_stat_path(const struct up_claim *, struct stat *);
UP_COLD int up_is_temporary_name(const char *);
UP_COLD int up_await_bind(const struct up_claim *);
UP_COLD int up_probe_file(const struct up_claim *, const struct up_file *);
UP_COLD void up_close_directory(struct up_claim *);

/* removal.c: removing one file, by way of a private name */
UP_COLD int up_is_private_name(const char *);
UP_COLD int up_remove_file(const struct up_claim *, dev_t, ino_t);
UP_COLD int up_put_back(const struct up_claim *, const char *);

/* recovery.c: files that an interrupted removal has left */
UP_COLD void up_recover(const struct up_claim *);

/* reclaim.c: in place of a stale one */
UP_COLD int up_reclaim(struct up_claim *, int);
UP_COLD int up_remove_stale(const struct up_claim *, int);

/* claim.c: from bind(2) to its removal */
UP_COLD int up_claim(struct up_claim *, const char *, int *,
    const struct unix_options *);
UP_COLD int up_owns_path(const struct up_claim *);
UP_COLD int up_own_path(struct up_claim *);
UP_COLD int up_release_claim(struct up_claim *, int);

/* Makes CLAIM, which is zeroed, a claim of no path, which may be released. */
static inline void
up_init_claim(struct up_claim *claim)
{
	claim->directory = -1;
}

#pragma GCC visibility pop

#endif
