/* SPDX-License-Identifier: BSD-2-Clause */
/* Searches the lists of the kernel for the socket that is bound to a target. */
#include "probe.h"

#include <sys/socket.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

struct search {
	const struct target *target;
	struct file_number file;	/* of the target */
	int has_file;
	char path[PATH_MAX];		/* of the target, for lists of names */
	int count;
	struct listed found;
};

static int
is_same_name(const struct listed *listed, const char *name, size_t length)
{
	return listed->length == length &&
	    memcmp(listed->name, name, length) == 0;
}

static int
matches(const struct search *search, const struct listed *listed)
{
	const char *name = search->target->name;

	if (name != NULL)
		return !listed->has_file && listed->length > 0 &&
		    *listed->name == '\0' && strlen(name) + 1 ==
		    listed->length && memcmp(listed->name + 1, name,
		    listed->length - 1) == 0;
	if (listed->has_file)
		return search->has_file &&
		    listed->file.inode == search->file.inode &&
		    listed->file.device == search->file.device;
	return *search->path != '\0' && is_same_name(listed, search->path,
	    strlen(search->path));
}

/*
 * A connection that a server has accepted has the name and the file of the
 * server's socket, and can be in another network namespace than this socket.
 * Only a datagram socket is both connected and bound.  An abstract name exists
 * once for each type, and the stream socket is the one to connect to.
 */
static void
consider(const struct listed *listed, void *context)
{
	struct search *search = context;

	if ((listed->is_connected && listed->type != SOCK_DGRAM) ||
	    !matches(search, listed))
		return;
	if (search->target->name != NULL && search->count > 0) {
		if (listed->type != SOCK_STREAM)
			return;
		if (search->found.type != SOCK_STREAM)
			search->count = 0;
	}
	search->count++;
	search->found = *listed;
}

/*
 * The absolute path of the file, by which servers usually bind it, or an empty
 * string.
 */
static void
read_path(const struct target *target, char *path, size_t size)
{
	char link[40];
	ssize_t length = -1;

	if (target->file != -1) {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", target->file);
		length = readlink(link, path, size - 1);
	}
	path[length < 0 ? 0 : length] = '\0';
}

/*
 * Returns 1 and stores the socket in *FOUND, whose name is invalid; 0 if this
 * network namespace does not have it; or SOCKETS_UNREADABLE.  A name of the
 * second list can also be that of an earlier socket at the path, or of one in
 * another mount namespace.  If a name occurs twice, the right socket is
 * therefore unknown.
 */
int
find_bound(const struct target *target, struct listed *found)
{
	struct search search = { .target = target };
	int result;

	search.has_file = target->file != -1 &&
	    get_file_number(target->file, &search.file) == 0;
	result = visit_netlink(consider, &search);
	if (result == -1) {
		search.count = 0;
		read_path(target, search.path, sizeof(search.path));
		result = visit_proc_net(consider, &search);
	}
	if (result == -1 || search.count > 1)
		return SOCKETS_UNREADABLE;
	*found = search.found;
	return search.count;
}
