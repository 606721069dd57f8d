/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of `unixport probe', by file.  Only connection.c connects. */
#ifndef PROBE_H
#define PROBE_H

#include "command.h"

#include <stdint.h>

enum state {
	LIVE,
	STALE,
	ABSENT,
	NOT_SOCKET,
	NOT_PERMITTED,
	NOT_LISTENING,
	OTHER_TYPE,
	BOUND,			/* unknown if it listens */
	UNKNOWN			/* unknown if it is bound */
};

struct sighting {
	enum state state;
	int error;		/* for explanation(), or 0 */
	int type;		/* SOCK_STREAM, ..., or 0: unknown */
	int has_user;
	uid_t user;
	int is_connected;	/* so that the process is known, too */
	pid_t process;		/* -1: unknown */
	int has_ended;
};

/* target.c: an address that is opened, so that its file cannot be replaced. */
struct target {
	const char *path;	/* NULL: an abstract name */
	const char *name;	/* abstract, without the @ */
	int file;		/* an O_PATH descriptor, or -1 */
	int is_socket;
};
int open_target(const char *address, struct target *target);
void close_target(struct target *target);
int connect_wrong_type(const struct target *target);

/* file_number.c: the file as the kernel numbers it. */
struct file_number {
	uint32_t device;
	uint32_t inode;		/* the low 32 bits */
};
int get_file_number(int file, struct file_number *number);

/* A socket as the kernel lists it. */
struct listed {
	const char *name;	/* the bytes of sun_path */
	size_t length;
	int has_file;
	struct file_number file;
	int type;
	int is_listening;	/* and accepts connections */
	int is_connected;
	int has_user;
	uid_t user;
};
typedef void visitor(const struct listed *listed, void *context);

/*
 * netlink.c and proc_net.c: the sockets of this network namespace.  They return
 * 0, or -1 if the list is incomplete.
 */
int visit_netlink(visitor *visit, void *context);
int visit_proc_net(visitor *visit, void *context);

/* search.c: the one that is bound to the target. */
#define SOCKETS_UNREADABLE	(-1)
int find_bound(const struct target *target, struct listed *found);

/*
 * look.c and connection.c return 0, or -1 if errno does not concern the state
 * of ADDRESS.
 */
int look(const char *address, struct sighting *sighting);
int connect_and_look(const char *address, struct sighting *sighting);

#endif
