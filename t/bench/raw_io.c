/* SPDX-License-Identifier: BSD-2-Clause */
/* read(2) and write(2), as a careful program calls them. */
#include "measure.h"

#include <errno.h>
#include <unistd.h>

void
write_all(int fd, const char *bytes, size_t length)
{
	ssize_t n;

	for (; length > 0; bytes += n, length -= (size_t)n) {
		n = write(fd, bytes, length);
		need(n > 0, "write");
	}
}

size_t
read_some(int fd, char *bytes, size_t size)
{
	ssize_t n = read(fd, bytes, size);

	if (n == 0)
		errno = 0;
	need(n != 0, "the other process has gone");
	need(n > 0, "read");
	return (size_t)n;
}
