/* SPDX-License-Identifier: BSD-2-Clause */
/* Listeners, and servers of many clients. */
#ifndef UP_SERVER_H
#define UP_SERVER_H

#include "path/path.h"
#include "port/port.h"

/* listener.c */
struct unix_listener {
	int fd;
	int wake[2];		/* readable once interrupted, never read */
	int rights_set;		/* SO_PASSRIGHTS, which connections inherit */
	unsigned maker, forks;	/* the process, and forks that it had done */
	char *path;		/* NULL where the name is no string */
	struct up_claim claim;
	struct unix_options options;
};

/* accept.c */
int up_accept_client(struct unix_listener *, int, long long,
    struct unix_ports *);

/* serve.c and worker.c */
struct up_worker {
	struct up_worker *next;
	struct up_server *server;
	pthread_t thread;
	struct unix_ports ports;
	struct unix_socket *socket;	/* that it serves, or NULL */
	uid_t user;
};

struct up_server {
	struct unix_listener *listener;
	unix_handler *handler;
	void *context;
	unsigned clients, clients_per_user;
	pthread_attr_t attributes;
	int bell[2];			/* wakes: [0] the caller, [1] threads */
	pthread_mutex_t lock;		/* of all below */
	pthread_cond_t turn;		/* an idle thread may lead, or stop */
	struct up_worker *workers;
	unsigned threads;		/* sum of the next four */
	unsigned idle, leaders, serving, refusing;
	int stopping;
	int ended;			/* SHUT_RD or SHUT_RDWR if stopping */
	int error;			/* why it stopped, or 0 */
};

int up_add_worker(struct up_server *);
int up_ensure_leader(struct up_server *);
void up_stop_server(struct up_server *, int);

#endif
