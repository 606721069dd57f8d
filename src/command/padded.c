/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Abstract names of servers and clients that pass the whole of sockaddr_un to
 * the kernel, such as older versions of node: NULs up to its end are a part of
 * the name.
 */
#include "command.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <string.h>

/*
 * Returns the padded name and sets its length in OPTIONS, or returns NULL if
 * ADDRESS is not an abstract name.  The bytes remain valid until the next call.
 * A name that is empty or too long is returned as it is, so that the library
 * reports the error.
 */
const char *
pad_abstract(const char *address, struct unix_options *options)
{
	static char name[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	size_t length;

	if (strncmp(address, "unix:", 5) == 0)
		address += 5;
	if (*address != '@')
		return NULL;
	length = strlen(address);
	if (length == 1 || length > sizeof(name))
		return address;
	memset(name, 0, sizeof(name));
	memcpy(name + 1, address + 1, length - 1);
	options->address_length = sizeof(name);
	return name;
}
