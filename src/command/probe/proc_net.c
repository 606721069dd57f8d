/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists the sockets of this network namespace by /proc/net/unix, which has
 * their names, not their files.  A NUL in a name is printed as @, and a newline
 * is printed as it is, so that a name can contain lines that look like sockets.
 */
#include "probe.h"

#include <stdlib.h>
#include <string.h>

#define ACCEPTS		0x10000u	/* __SO_ACCEPTCON */
#define UNCONNECTED	1u		/* SS_UNCONNECTED */

/* The numbers of a line, all but the inode in hex.  A name follows. */
enum { ADDRESS, REFERENCES, PROTOCOL, FLAGS, TYPE, STATE, INODE, NUMBERS };

/* The name can contain spaces. */
static int
read_line(char *line, struct listed *listed)
{
	unsigned long numbers[NUMBERS];
	char *at = line, *begin, *name;
	int i;

	for (i = 0; i < NUMBERS; i++) {
		begin = at;
		numbers[i] = strtoul(begin, &at, i == INODE ? 10 : 16);
		if (at == begin)
			return -1;
		if (i == ADDRESS && *at == ':')
			at++;
	}
	if (*at != ' ')
		return -1;
	name = at + 1;
	*listed = (struct listed){ .name = name, .length = strlen(name),
	    .type = (int)numbers[TYPE],
	    .is_listening = (numbers[FLAGS] & ACCEPTS) != 0,
	    .is_connected = numbers[STATE] != UNCONNECTED };
	if (*name == '@')
		*name = '\0';
	return 0;
}

int
visit_proc_net(visitor *visit, void *context)
{
	FILE *list = fopen("/proc/net/unix", "re");
	struct listed listed;
	char *line = NULL;
	size_t size = 0;
	ssize_t length;
	int result;

	if (list == NULL)
		return -1;
	while ((length = getline(&line, &size, list)) > 0) {
		if (line[length - 1] == '\n')
			line[length - 1] = '\0';
		if (read_line(line, &listed) == 0)
			visit(&listed, context);
	}
	result = ferror(list) || !feof(list) ? -1 : 0;
	free(line);
	fclose(list);
	return result;
}
