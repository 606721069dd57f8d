/* SPDX-License-Identifier: BSD-2-Clause */
/* Listeners, and servers of many clients. */
#ifndef UP_SERVER_H
#define UP_SERVER_H

#include "os/threads.h"
#include "path/path.h"
#include "port/port.h"

#pragma GCC visibility push(hidden)

/* interrupt.c */
struct up_interrupt {
	struct { _Atomic int is_set; } *shared;	/* by processes */
	int pipe[2];		/* readable once interrupted, never read */
};

UP_COLD int up_make_interrupt(struct up_interrupt *);
UP_COLD void up_free_interrupt(struct up_interrupt *);

static inline int
up_is_interrupted(const struct up_interrupt *interrupt)
{
	return interrupt->shared->is_set;
}

/* listener.c */
struct unix_listener {
	int fd;
	struct up_interrupt interrupt;
	int rights_set;		/* SO_PASSRIGHTS, which connections inherit */
	int may_block;		/* accept(2), if a holder clears O_NONBLOCK */
	int has_default_backlog;
	_Atomic int has_standard;	/* 0, 1 and 2 were open */
	_Atomic int spare;	/* for up_accept(); -1: used, or taken */
	unsigned maker;		/* the process that made it or took it over */
	char *path;		/* NULL if the name is not a string */
	struct unix_options options;
	struct up_claim claim;
};

/* spare.c */
UP_COLD int up_add_spare(struct unix_listener *);
int up_accept_with_spare(struct unix_listener *);

/* accept.c */
#define UP_MAX_REFUSALS	128	/* if the caller does not wait */

UP_COLD int up_wait_client(const struct unix_listener *, int, long long);
UP_COLD int up_wait_again(const struct unix_listener *, int, long long, int *);
UP_COLD int up_accept_client(struct unix_listener *, int, long long,
    struct unix_ports *);

/* admission.c, worker.c and serve.c */
enum up_admission {
	UP_NO_CLIENT,
	UP_REFUSED,
	UP_WELCOME
};

struct up_worker {
	struct up_worker *next;
	struct up_server *server;
	pthread_t thread;
	long long deadline;		/* of its wait for a client */
	struct unix_ports ports;
	struct unix_socket *socket;	/* that it serves, or NULL */
	uid_t user;
	enum up_admission admission;
};

struct up_server {
	struct unix_listener *listener;
	unix_handler *handler;
	void *context;
	unsigned clients, clients_per_user;
	int idle_ms;			/* 0: no end */
	pthread_attr_t attributes;
	int bell[2];			/* wakes: [0] the caller, [1] threads */
	pthread_mutex_t lock;		/* of all below */
	pthread_cond_t turn;		/* an idle thread may lead, or stop */
	struct up_worker *workers;
	struct up_worker *queue;	/* clients without a thread */
	unsigned threads;		/* sum of the next four, less `queue' */
	unsigned idle, leaders, serving, refusing;
	long long idle_end;		/* if no client is being served */
	int late_refusals;		/* after `idle_end' */
	int stopping;
	int ended;			/* SHUT_RD or SHUT_RDWR if stopping */
	int error;			/* the cause of the stop, or 0 */
};

UP_COLD enum up_admission up_identify_client(struct up_worker *);
UP_COLD int up_has_room(const struct up_server *, uid_t);
UP_COLD void up_begin_connection(struct up_worker *);
UP_COLD int up_queue_client(struct up_worker *);
UP_COLD void up_take_queued(struct up_worker *);
UP_COLD void up_forget_connection(struct up_worker *);
UP_COLD void up_shut_down_connections(struct up_server *, int);
UP_COLD int up_add_worker(struct up_server *);
UP_COLD int up_ensure_leader(struct up_server *);

/* bell.c */
UP_COLD void up_ring_bell(struct up_server *);
UP_COLD void up_end_bell(int);
UP_COLD void up_stop_server(struct up_server *, int);

#pragma GCC visibility pop

#endif
