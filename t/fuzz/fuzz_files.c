/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libFuzzer's target for ancillary data.  The input is a sequence of steps: a
 * stranger sends bytes with descriptors and other ancillary data, and ports
 * read, take and send.  Descriptors must be taken in the order in which they
 * were sent and with their bytes, and in the end none may be left open.
 */
#include "fuzz.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define KINDS	7		/* of files, used in turn */
#define MAX_FILES	252		/* in the queue */
#define STEPS	100		/* of an input */
#define MAX_DESCRIPTORS	1024		/* descriptors */

static int files[KINDS];
static ino_t inodes[KINDS];

struct story {
	struct unix_ports ports;
	int stranger;
	size_t sent, read;	/* bytes */
	unsigned total;		/* descriptors that were sent */
	unsigned next;		/* the number of the next to be taken */
	unsigned by_byte[STEPS];	/* descriptors sent up to a step */
	size_t bytes[STEPS];	/* position of their first byte */
	unsigned steps;
	int open_before;	/* descriptors of ours */
	int short_of;		/* descriptors may have been dropped */
	int gap;		/* descriptors were dropped */
};

static int
open_descriptors(void)
{
	static struct pollfd all[MAX_DESCRIPTORS];
	int i, count = 0;

	for (i = 0; i < MAX_DESCRIPTORS; i++)
		all[i] = (struct pollfd){ .fd = i };
	want(poll(all, MAX_DESCRIPTORS, 0) != -1);
	for (i = 0; i < MAX_DESCRIPTORS; i++)
		count += (all[i].revents & POLLNVAL) == 0;
	return count;
}

static void
set_limit(rlim_t most)
{
	struct rlimit limit;

	want(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	limit.rlim_cur = most;
	want(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

static void
make_files(void)
{
	struct stat status;
	int i;

	if (inodes[0] != 0)
		return;
	set_limit(MAX_DESCRIPTORS);
	for (i = 0; i < KINDS; i++) {
		files[i] = memfd_create("file", 0);
		want(files[i] != -1 && fstat(files[i], &status) == 0);
		inodes[i] = status.st_ino;
	}
}

static void
add_header(struct msghdr *message, int type, const void *data, size_t size)
{
	struct cmsghdr *header = (struct cmsghdr *)(void *)
	    ((char *)message->msg_control + message->msg_controllen);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = type;
	header->cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(header), data, size);
	message->msg_controllen += CMSG_SPACE(size);
}

/* Sends LENGTH bytes and COUNT descriptors; MORE selects credentials. */
static void
send_some(struct story *story, size_t length, unsigned count, int more)
{
	static char bytes[256];
	char control[2048] = { 0 };
	struct ucred who = { getpid(), geteuid(), getegid() };
	struct iovec part = { bytes, length };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1,
	    .msg_control = control };
	int numbers[253];
	ssize_t sent;
	unsigned i;

	for (i = 0; i < count; i++)
		numbers[i] = files[(story->total + i) % KINDS];
	if (more)
		add_header(&message, SCM_CREDENTIALS, &who, sizeof(who));
	if (count > 0)
		add_header(&message, SCM_RIGHTS, numbers, count * sizeof(int));
	sent = sendmsg(story->stranger, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sent <= 0)
		return;
	story->sent += (size_t)sent;
	story->total += count;
	/* Descriptors arrive with the first byte of their message. */
	story->bytes[story->steps] = story->sent - (size_t)sent + 1;
	story->by_byte[story->steps++] = story->total;
	if (story->total - story->next > MAX_FILES)
		story->short_of = 1;
}

/* Returns the number of descriptors whose bytes were read. */
static unsigned
came(const struct story *story)
{
	unsigned i, count = 0;

	for (i = 0; i < story->steps && story->bytes[i] <= story->read; i++)
		count = story->by_byte[i];
	return count;
}

/* Returns the kind of the file of FD. */
static unsigned
kind_of(int fd)
{
	struct stat status;
	unsigned i;

	want(fstat(fd, &status) == 0);
	for (i = 0; i < KINDS && inodes[i] != status.st_ino; i++)
		;
	want(i < KINDS);
	return i;
}

/* After a gap, the number of dropped descriptors is unknown. */
static void
take_one(struct story *story)
{
	int fd = unix_take_file(&story->ports);

	if (fd == -1) {
		want(errno == ENOMSG || errno == EBADMSG);
		if (errno == EBADMSG) {
			want(story->short_of);
			story->gap = 1;
		}
		want(story->gap || story->next >= came(story));
		return;
	}
	want(fcntl(fd, F_GETFD) == FD_CLOEXEC);
	want(story->gap || kind_of(fd) == story->next % KINDS);
	want(story->next++ < story->total);
	want(close(fd) == 0);
}

static void
read_some(struct story *story, size_t length)
{
	char bytes[256];
	size_t left = story->sent - story->read;

	if (length > left)
		length = left;
	want(fread(bytes, 1, length, story->ports.in) == length);
	story->read += length;
}

/* Reads while the process has only SPARE free descriptors. */
static void
read_in_shortage(struct story *story, size_t length, int spare)
{
	int lowest = dup(0);

	want(lowest != -1 && close(lowest) == 0);
	set_limit((rlim_t)(lowest + spare));
	story->short_of = 1;
	read_some(story, length);
	set_limit(MAX_DESCRIPTORS);
}

/* Sends descriptors to the stranger, whose buffer has room for few or none. */
static void
send_back(struct story *story, unsigned count, size_t room)
{
	char control[CMSG_SPACE(4 * sizeof(int))], bytes[16];
	struct iovec part = { bytes, sizeof(bytes) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1,
	    .msg_control = control,
	    .msg_controllen = room % (sizeof(control) + 1) };
	struct cmsghdr *header;
	int fd;
	size_t i;

	want(unix_add_files(&story->ports, files, count % KINDS) == 0);
	want(putc('x', story->ports.out) == 'x');
	want(fflush(story->ports.out) == 0);
	want(recvmsg(story->stranger, &message, 0) == 1);
	header = CMSG_FIRSTHDR(&message);
	for (i = 0; header != NULL &&
	    CMSG_LEN((i + 1) * sizeof(int)) <= header->cmsg_len; i++) {
		memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof(fd));
		want(kind_of(fd) == i && close(fd) == 0);
	}
}

static void
take_step(struct story *story, struct input *input)
{
	unsigned choice = next(input), amount = next(input);
	int on = choice >> 4 & 1;

	switch (choice % 8) {
	case 0:
	case 1:
		send_some(story, choice / 8 + 1U, amount % 254, choice % 8);
		break;
	case 2:
		send_some(story, amount + 1U, 0, 0);
		break;
	case 3:
		read_some(story, amount);
		want(open_descriptors() <= story->open_before + 2 + MAX_FILES);
		break;
	case 4:
		read_in_shortage(story, amount, (int)(choice / 8));
		break;
	case 5:
		while (amount-- > 0)
			take_one(story);
		break;
	case 6:
		send_back(story, choice / 8, amount);
		break;
	case 7:
		setsockopt(unix_fileno(&story->ports), SOL_SOCKET,
		    SO_PASSCRED, &on, sizeof(on));
		break;
	}
}

static void
open_story(struct story *story, struct input *input)
{
	struct unix_options options = { .flags = UNIX_GUARDED | UNIX_FILES,
	    .buffer_size = next(input) };
	int pair[2];

	memset(story, 0, sizeof(*story));
	story->open_before = open_descriptors();
	want(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	want(unix_open_ports(pair[0], &options, &story->ports) == 0);
	story->stranger = pair[1];
}

/* Reads and takes all descriptors, or leaves them to the close. */
static void
end_story(struct story *story, int all)
{
	unsigned i;

	if (all) {
		while (story->read < story->sent)
			read_some(story, 256);
		for (i = story->total + 1; i-- > 0;)
			take_one(story);
		want(story->gap || story->next == story->total);
	}
	want(unix_close_ports(&story->ports) == 0);
	want(close(story->stranger) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	int all = next(&input) % 2 == 0;
	struct story story;
	int steps;

	make_files();
	open_story(&story, &input);
	for (steps = 0; steps < STEPS && input.left > 0; steps++)
		take_step(&story, &input);
	end_story(&story, all);
	want(open_descriptors() == story.open_before);
	return 0;
}
