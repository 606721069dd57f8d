/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Clients whose user has reached the limit of programs.  A client reads EOF
 * before its program has ended.  If it connects again immediately, the slot of
 * its program becomes free a moment later.  A separate thread retries these
 * clients, so that clients of other users do not wait.
 */
#include "command.h"

#include <poll.h>
#include <stdlib.h>

#define POSTPONEMENT_MS		100
#define POSTPONED_RETRY_MS	1

struct postponed {
	struct unix_ports client;
	struct unix_peer peer;
	long long deadline;	/* ms */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct postponed *queue;
static unsigned capacity, length;
static int is_stopping;

int
allocate_postponed(unsigned count)
{
	queue = calloc(count, sizeof(*queue));
	capacity = queue == NULL ? 0 : count;
	return queue == NULL ? -1 : 0;
}

/*
 * Returns 0 if CLIENT must be refused.  More than LIMIT clients of a user would
 * only hold descriptors, since the user cannot get that number of slots.
 */
int
postpone_client(const struct unix_ports *client, const struct unix_peer *peer,
    unsigned limit)
{
	unsigned i, count = 0;
	int is_postponed;

	pthread_mutex_lock(&lock);
	for (i = 0; i < length; i++)
		count += queue[i].peer.uid == peer->uid;
	is_postponed = !is_stopping && count < limit && length < capacity;
	if (is_postponed) {
		queue[length++] = (struct postponed){ .client = *client,
		    .peer = *peer, .deadline = now_ms() + POSTPONEMENT_MS };
		pthread_cond_signal(&changed);
	}
	pthread_mutex_unlock(&lock);
	return is_postponed;
}

/*
 * Blocks until a postponed client gets a slot or must be refused, and removes
 * the client.  Returns 1 with the slot in *CHILD, or NULL if the client must be
 * refused.  Returns 0 at the end of the service.
 */
int
take_postponed(unsigned limit, struct unix_ports *client,
    struct child **child)
{
	unsigned i;

	pthread_mutex_lock(&lock);
	for (;;) {
		while (length == 0 && !is_stopping)
			pthread_cond_wait(&changed, &lock);
		if (length == 0)
			break;
		reap_children();
		*child = NULL;
		for (i = 0; i < length; i++)
			if ((*child = find_slot(&queue[i].peer, limit)) != NULL ||
			    is_stopping || now_ms() > queue[i].deadline)
				break;
		if (i < length) {
			*client = queue[i].client;
			for (length--; i < length; i++)
				queue[i] = queue[i + 1];
			pthread_mutex_unlock(&lock);
			return 1;
		}
		pthread_mutex_unlock(&lock);
		poll(NULL, 0, POSTPONED_RETRY_MS);
		pthread_mutex_lock(&lock);
	}
	pthread_mutex_unlock(&lock);
	return 0;
}

unsigned
count_postponed(void)
{
	unsigned count;

	pthread_mutex_lock(&lock);
	count = length;
	pthread_mutex_unlock(&lock);
	return count;
}

void
stop_postponed(void)
{
	pthread_mutex_lock(&lock);
	is_stopping = 1;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}
