/* SPDX-License-Identifier: BSD-2-Clause */
/* Receiving: datagrams with their senders. */
#include "server.h"

#include <errno.h>
#include <limits.h>

/*
 * Receives a datagram without a wait.  After shutdown(2) by another process,
 * recvmsg(2) returns 0 for ever, without the identity of a sender; poll(2) then
 * distinguishes it from an empty datagram.
 */
static ssize_t
receive_queued(const struct unix_listener *listener, struct iovec *bytes,
    struct unix_peer *peer)
{
	union up_control control;
	struct msghdr message = { .msg_iov = bytes, .msg_iovlen = 1,
	    .msg_control = &control, .msg_controllen = sizeof(control) };
	ssize_t got;

	if (up_is_interrupted(&listener->interrupt))
		return up_fail(ECANCELED);
	got = up_receive(listener->fd, &message, MSG_DONTWAIT, NULL, NULL);
	if (got == -1)
		return -1;
	if ((message.msg_flags & MSG_TRUNC) != 0)
		return up_fail(EMSGSIZE);
	if (got == 0 && message.msg_controllen == 0 &&
	    up_wait_client(listener, -1, up_deadline(0)) == -1 &&
	    errno != ECANCELED)
		return -1;
	if (peer != NULL)
		up_sender(&message, peer);
	return got;
}

static ssize_t
receive_until(const struct unix_listener *listener, struct iovec *bytes,
    struct unix_peer *peer, long long deadline)
{
	int ready = 0;
	ssize_t got;

	do
		got = receive_queued(listener, bytes, peer);
	while (got == -1 && (up_would_block(errno) || errno == EINTR) &&
	    up_wait_again(listener, -1, deadline, &ready) == 0);
	return got;
}

UP_API UP_COLD ssize_t
unix_receive(struct unix_listener *listener, void *bytes, size_t size,
    struct unix_peer *peer)
{
	struct iovec place = { .iov_base = bytes,
	    .iov_len = size < SSIZE_MAX ? size : SSIZE_MAX };
	int saved = errno;
	ssize_t got;

	if (listener == NULL || (bytes == NULL && size > 0) ||
	    (listener->options.flags & UNIX_DATAGRAM) == 0)
		return up_fail(EINVAL);
	got = receive_until(listener, &place, peer,
	    up_timeout_deadline(listener->options.accept_timeout));
	if (got != -1)
		errno = saved;
	return got;
}
