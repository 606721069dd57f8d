/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Removes a file at the path, and no other file.  Between stat(2) and
 * unlink(2), another program can unlink the name and bind a live socket to it.
 * The file is therefore renamed to a private name, which no other program uses,
 * and then compared.  If it is another file, it is renamed back.
 */
#include "path.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * A private name is the prefix, a number, '-' and the name of the file.  If
 * that is too long, it is the prefix, the number, '.' and a hash of the name.
 */
#define PREFIX		".unixport-"
#define NUMBER_DIGITS	8
#define MARK_LENGTH	(sizeof(PREFIX) - 1 + NUMBER_DIGITS)
#define NAME_TRIES	100

struct private_name {
	char bytes[NAME_MAX + 1];
};

/* FNV-1a. */
static uint64_t
hash_name(const char *name)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *name != '\0'; name++)
		hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
	return hash;
}

static void
hash_private_name(struct private_name *name, uint32_t number, const char *last)
{
	snprintf(name->bytes, sizeof(name->bytes), PREFIX "%08lx.%016llx",
	    (unsigned long)number, (unsigned long long)hash_name(last));
}

static void
make_private_name(struct private_name *name, uint32_t number, const char *last)
{
	int length = snprintf(name->bytes, sizeof(name->bytes),
	    PREFIX "%08lx-%s", (unsigned long)number, last);

	if (length > NAME_MAX)
		hash_private_name(name, number, last);
}

int
up_is_private_name(const char *name)
{
	const char *number = name + sizeof(PREFIX) - 1;

	return strncmp(name, PREFIX, sizeof(PREFIX) - 1) == 0 &&
	    strspn(number, "0123456789abcdef") == NUMBER_DIGITS &&
	    (number[NUMBER_DIGITS] == '-' || number[NUMBER_DIGITS] == '.') &&
	    number[NUMBER_DIGITS + 1] != '\0';
}

/*
 * Returns the original name of the file with the private NAME, or NULL if it is
 * unknown.
 */
static const char *
original_name(const struct up_claim *claim, const char *name)
{
	struct private_name hashed = { .bytes = "" };

	if (name[MARK_LENGTH] == '-')
		return name + MARK_LENGTH + 1;
	hash_private_name(&hashed, 0, claim->last);
	return strcmp(hashed.bytes + MARK_LENGTH, name + MARK_LENGTH) == 0 ?
	    claim->last : NULL;
}

/* Renames the file at the path to a private NAME. */
static int
move_aside(const struct up_claim *claim, struct private_name *name)
{
	struct timespec now = { 0, 0 };
	uint32_t number;
	int tries, is_long = 0;

	clock_gettime(CLOCK_MONOTONIC, &now);
	number = (uint32_t)now.tv_nsec ^ (uint32_t)getpid() << 10;
	make_private_name(name, number, claim->last);
	for (tries = 0; tries < NAME_TRIES; tries++) {
		if (up_rename_aside(claim->directory, claim->last, name->bytes)
		    == 0)
			return 0;
		/* The limit of this file system is lower than NAME_MAX. */
		if (errno == ENAMETOOLONG && !is_long)
			is_long = 1;
		else if (errno != EEXIST)
			return -1;
		if (is_long)
			hash_private_name(name, ++number, claim->last);
		else
			make_private_name(name, ++number, claim->last);
	}
	return -1;
}

/*
 * Renames the file with the private NAME to its original name.  Returns -1 if
 * that name is in use; the file then keeps its private name.
 */
int
up_put_back(const struct up_claim *claim, const char *name)
{
	const char *original = original_name(claim, name);
	struct stat there, here;

	if (original == NULL)
		return up_fail(ENOENT);
	if (up_rename_new(claim->directory, name, original) == 0)
		return 0;
	/* Both are names of one file if a process was killed in a rename. */
	if (errno == EEXIST && fstatat(claim->directory, original, &there,
	    AT_SYMLINK_NOFOLLOW) == 0 && fstatat(claim->directory, name, &here,
	    AT_SYMLINK_NOFOLLOW) == 0 && up_is_same_file(&there, &here))
		return unlinkat(claim->directory, name, 0);
	return -1;
}

/*
 * Removes the file with this DEVICE and INODE from the path; any other file
 * remains.  The caller holds the file or its socket open.  Returns 0, or -1 if
 * the file could not be removed.  If another process treats the private name as
 * left over, it can rename the file back.
 */
int
up_remove_file(const struct up_claim *claim, dev_t device, ino_t inode)
{
	struct private_name name = { .bytes = "" };
	struct stat caught;
	int error = 0;

	if (move_aside(claim, &name) == -1)
		return errno == ENOENT ? 0 : -1;
	if (fstatat(claim->directory, name.bytes, &caught, AT_SYMLINK_NOFOLLOW)
	    == -1)
		error = errno;
	else if (caught.st_dev == device && caught.st_ino == inode) {
		if (unlinkat(claim->directory, name.bytes, 0) == 0)
			return 0;
		error = errno;
	}
	if (error == ENOENT)
		return 0;
	(void)up_put_back(claim, name.bytes);
	return error == 0 ? 0 : up_fail(error);
}
