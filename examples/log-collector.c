/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log-collector ADDRESS: print each message of syslog(3) of up to 8192 bytes
 * with the user and the process of its sender, as recorded by the kernel.  A
 * message itself can claim any name.  SIGTERM or SIGINT ends the collector: it
 * prints every such message whose sender had no error.
 *
 *	log-collector log.sock &
 *	logger -u log.sock hello
 *
 * As root, /dev/log is the socket of syslog(3).
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unixport.h>

#define MAX_MESSAGE	8192

static struct unix_listener *listener;
static int is_adopted;
static volatile sig_atomic_t ending;

/*
 * After shutdown(2), senders fail with EPIPE, and unix_receive() returns the
 * messages in the queue and then fails with EINVAL.  A socket of the service
 * manager remains open instead, and the next process prints its queue.  Systems
 * other than Linux can reject shutdown(2).
 */
static void
stop(int number)
{
	int saved = errno;

	(void)number;
	ending = 1;
	if (is_adopted ||
	    shutdown(unix_listener_fileno(listener), SHUT_RD) == -1)
		unix_interrupt(listener);
	errno = saved;
}

/* Without SA_RESTART a signal during a write would lose output of stdio. */
static void
handle_signals(void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler,
	    .sa_flags = SA_RESTART };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/*
 * Senders find the socket before the handler can: a signal that came then would
 * end the process, and its queue would be lost.
 */
static void
block_signals(int how)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(how, &signals, NULL);
}

/* In UTF-8, the control characters from 128 have a first byte of 0xc2. */
static int
is_control(const char *bytes, size_t i)
{
	unsigned char byte = (unsigned char)bytes[i];

	return byte < ' ' || byte == 127 || (byte >= 0x80 && byte < 0xa0 &&
	    (i == 0 || (unsigned char)bytes[i - 1] < 0x80 ||
	    (unsigned char)bytes[i - 1] == 0xc2));
}

/* One line a message: control characters of a sender are not for terminals. */
static void
print_message(const struct unix_peer *sender, const char *bytes, size_t length)
{
	size_t i;

	while (length > 0 && (bytes[length - 1] == '\n' ||
	    bytes[length - 1] == '\0'))
		length--;
	printf("%d %ld ", (int)sender->uid, (long)sender->pid);
	for (i = 0; i < length; i++)
		if (is_control(bytes, i))
			printf("\\%03o", (unsigned char)bytes[i]);
		else
			putchar(bytes[i]);
	putchar('\n');
}

/* Returns 0 at the end, or -1 after an error. */
static int
collect(void)
{
	static char bytes[MAX_MESSAGE];
	struct unix_peer sender;
	ssize_t length;

	for (;;) {
		length = unix_receive(listener, bytes, sizeof(bytes), &sender);
		if (length != -1) {
			print_message(&sender, bytes, (size_t)length);
			/* The queue is short: flush only when it is empty. */
			if (unix_accept_ready(listener) != 1)
				fflush(stdout);
		} else if (errno == EMSGSIZE)
			fprintf(stderr, "log-collector: a message of more than"
			    " %d bytes was dropped\n", MAX_MESSAGE);
		else
			return ending ? 0 : -1;
	}
}

int
main(int argc, char *argv[])
{
	const struct unix_options options = { .flags = UNIX_DATAGRAM,
	    .mode = 0666 };
	const struct unix_options adopted = { .flags = UNIX_DATAGRAM };
	int status = 0;
	char text[500];

	if (argc != 2) {
		fprintf(stderr, "usage: log-collector ADDRESS\n");
		return 2;
	}
	is_adopted = strncmp(argv[1], "systemd:", 8) == 0 ||
	    strncmp(argv[1], "fd:", 3) == 0;
	block_signals(SIG_BLOCK);
	listener = unix_listen(argv[1], is_adopted ? &adopted : &options);
	if (listener == NULL) {
		unix_explain(argv[1], errno, text, sizeof(text));
		fprintf(stderr, "log-collector: %s\n", text);
		return 1;
	}
	handle_signals(stop);
	block_signals(SIG_UNBLOCK);
	if (collect() == -1) {
		perror("log-collector");
		status = 1;
	}
	handle_signals(SIG_IGN);
	if (unix_close(listener) == -1)
		status = 1;
	/* An earlier failure of fflush(3) is only recorded by ferror(3). */
	if (fflush(stdout) == EOF || ferror(stdout)) {
		fprintf(stderr, "log-collector: standard output: "
		    "messages were lost\n");
		status = 1;
	}
	return status;
}
