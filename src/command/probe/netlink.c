/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists the sockets of this network namespace by NETLINK_SOCK_DIAG of Linux,
 * which answers any user.
 */
#include "probe.h"

#include <sys/socket.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__
/*
 * Of <linux/netlink.h>, <linux/sock_diag.h>, <linux/unix_diag.h> and
 * <net/tcp_states.h>.
 */
#define SOCK_DIAG_PROTOCOL	4	/* NETLINK_SOCK_DIAG */
#define SOCK_DIAG_BY_FAMILY	20
#define REQUEST_DUMP		0x301	/* NLM_F_REQUEST, NLM_F_DUMP */
#define DUMP_INTERRUPTED	0x10	/* NLM_F_DUMP_INTR */
#define MESSAGE_DONE		3	/* NLMSG_DONE */
#define SHOW_NAME		0x01
#define SHOW_FILE		0x02	/* UDIAG_SHOW_VFS */
#define SHOW_USER		0x40	/* Linux 5.3 */
#define STATE_ESTABLISHED	1
#define STATE_LISTEN		10

enum attribute {
	ATTRIBUTE_NAME = 0,
	ATTRIBUTE_FILE = 1,
	ATTRIBUTE_SHUTDOWN = 6,	/* always sent; bit 0: of reading */
	ATTRIBUTE_USER = 7
};

struct header {
	uint32_t length;
	uint16_t type, flags;
	uint32_t sequence, port;
};

struct request {
	struct header header;
	uint8_t family, protocol;
	uint16_t padding;
	uint32_t states, inode, show, cookie[2];
};

struct answer {
	struct header header;
	uint8_t family, type, state, padding;
	uint32_t inode, cookie[2];
	char attributes[];
};

struct end {
	struct header header;
	int32_t error;
};

struct attribute_header {
	uint16_t length, type;
};

#define ALIGNED(length)	(((length) + 3) & ~(size_t)3)

static void
read_attribute(enum attribute type, const char *value, size_t length,
    struct listed *listed)
{
	uint32_t numbers[2] = { 0, 0 };

	memcpy(numbers, value, length < sizeof(numbers) ? length :
	    sizeof(numbers));
	switch (type) {
	case ATTRIBUTE_NAME:
		listed->name = value;
		listed->length = length;
		break;
	case ATTRIBUTE_FILE:
		listed->file.inode = numbers[0];
		listed->file.device = numbers[1];
		listed->has_file = 1;
		break;
	case ATTRIBUTE_SHUTDOWN:
		/* connect(2) is refused after shutdown(2) of a listener. */
		if (*value & 1)
			listed->is_listening = 0;
		break;
	case ATTRIBUTE_USER:
		listed->user = numbers[0];
		listed->has_user = 1;
		break;
	}
}

static void
read_socket(const struct answer *answer, struct listed *listed)
{
	const char *place = answer->attributes;
	const char *end = (const char *)answer + answer->header.length;
	struct attribute_header header;

	*listed = (struct listed){ .type = answer->type,
	    .is_listening = answer->state == STATE_LISTEN,
	    .is_connected = answer->state == STATE_ESTABLISHED };
	while ((size_t)(end - place) > sizeof(header)) {
		memcpy(&header, place, sizeof(header));
		if (header.length <= sizeof(header) ||
		    header.length > (size_t)(end - place))
			break;
		read_attribute((enum attribute)header.type,
		    place + sizeof(header), header.length - sizeof(header),
		    listed);
		if (ALIGNED(header.length) > (size_t)(end - place))
			break;
		place += ALIGNED(header.length);
	}
}

/* Whether the last message says that the list is complete. */
static int
is_complete(const struct header *header)
{
	const struct end *end = (const struct end *)(const void *)header;

	return header->length < sizeof(*end) || end->error >= 0;
}

/* Returns 1 after the last message, 0 if more follow, or -1 on failure. */
static int
visit_messages(const char *bytes, size_t length, visitor *visit, void *context)
{
	const struct answer *answer;
	struct listed listed;

	while (length >= sizeof(struct header)) {
		answer = (const struct answer *)(const void *)bytes;
		if (answer->header.length > length ||
		    (answer->header.flags & DUMP_INTERRUPTED) != 0)
			return -1;
		if (answer->header.type == MESSAGE_DONE)
			return is_complete(&answer->header) ? 1 : -1;
		if (answer->header.type != SOCK_DIAG_BY_FAMILY ||
		    answer->header.length < sizeof(*answer))
			return -1;
		read_socket(answer, &listed);
		visit(&listed, context);
		if (ALIGNED(answer->header.length) >= length)
			break;
		bytes += ALIGNED(answer->header.length);
		length -= ALIGNED(answer->header.length);
	}
	return 0;
}

int
visit_netlink(visitor *visit, void *context)
{
	static _Alignas(struct answer) char bytes[32768];
	const struct request request = {
		.header = { .length = sizeof(request),
		    .type = SOCK_DIAG_BY_FAMILY, .flags = REQUEST_DUMP },
		.family = AF_UNIX, .states = UINT32_MAX,
		.show = SHOW_NAME | SHOW_FILE | SHOW_USER
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
	    SOCK_DIAG_PROTOCOL);
	ssize_t length;
	int result = -1;

	if (fd == -1)
		return -1;
	if (send(fd, &request, sizeof(request), 0) == (ssize_t)sizeof(request))
		do {
			/* The kernel has answered: recv(2) never waits. */
			length = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
			result = length <= 0 ? -1 : visit_messages(bytes,
			    (size_t)length, visit, context);
		} while (result == 0);
	close(fd);
	return result == 1 ? 0 : -1;
}
#else
int
visit_netlink(visitor *visit, void *context)
{
	(void)visit;
	(void)context;
	return -1;
}
#endif
