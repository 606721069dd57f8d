/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Errors of the text of an address: malformed, too long, or of a form that the
 * system does not have.
 */
#include "explain.h"

#include <errno.h>
#include <string.h>

#define SUN_PATH_MAX	sizeof(((struct sockaddr_un *)0)->sun_path)

static int
is_malformed(const char *address)
{
	struct up_address parsed;

	return up_parse_address(address, 0, &parsed) == -1 && errno == EINVAL;
}

/*
 * Returns 0 if ADDRESS is well-formed.  With EINVAL, an address that begins
 * with a NUL is an empty string: the bytes behind must not be read.
 */
static int
say_malformed(struct up_text *text, const char *address)
{
	if (address == NULL || *address == '\0')
		up_say(text, "the address is empty; specify a path");
	else if (!is_malformed(address))
		return 0;
	else if (strncmp(address, "fd:", 3) == 0)
		up_say(text, "the number of the descriptor is not valid; "
		    "specify fd:N with a decimal number");
	else
		up_say(text, "the name is empty; specify a name");
	return 1;
}

/*
 * If a name contains a NUL, the LENGTH of strlen(3) is too small.  If LENGTH is
 * within the limit, the message therefore states only the limit.
 */
static void
say_excess(struct up_text *text, const char *part, size_t length, size_t limit)
{
	if (length <= limit)
		up_say(text, "too long: %s is limited to %zu bytes; choose a "
		    "shorter one", part, limit);
	else
		up_say(text, "too long: %s has %zu bytes, %zu more than the "
		    "limit of %zu; choose a shorter one", part, length,
		    length - limit, limit);
}

/* The length of the longest component of PATH. */
static size_t
longest_component(const char *path)
{
	size_t length, longest = 0;

	for (; *path != '\0'; path += length + (path[length] == '/')) {
		length = strcspn(path, "/");
		if (length > longest)
			longest = length;
	}
	return longest;
}

static void
say_long_path(struct up_text *text, const char *path)
{
	size_t length = strlen(path), component = longest_component(path);

	if (length >= PATH_MAX)
		say_excess(text, "the path", length, PATH_MAX - 1);
	else if (component > NAME_MAX)
		say_excess(text, "a component", component, NAME_MAX);
	else if (!UP_HAS_DESCRIPTOR_PATHS && length > SUN_PATH_MAX)
		say_excess(text, "the path", length, SUN_PATH_MAX);
	else
		up_say(text, "the path or the target of a symbolic link is too "
		    "long; choose a shorter one");
}

/* The prefixes "unix:" and "@" do not count towards the limit. */
static int
say_too_long(struct up_text *text, const char *address)
{
	if (address == NULL || strcmp(address, "unix:") == 0)
		return 0;
	if (strncmp(address, "unix:", 5) == 0)
		address += 5;
	if (*address == '\0' || *address == '@')
		say_excess(text, "the name", strlen(address + 1),
		    SUN_PATH_MAX - 1);
	else
		say_long_path(text, address);
	return 1;
}

int
up_explain_address(struct up_text *text, const char *address, int error)
{
	switch (error) {
	case EINVAL:
		return say_malformed(text, address);
	case ENAMETOOLONG:
		return say_too_long(text, address);
	case EAFNOSUPPORT:
		up_say(text, "no support for abstract names, or a filter, such "
		    "as RestrictAddressFamilies= of systemd, denies Unix "
		    "domain sockets; use a path, or permit them");
		return 1;
	default:
		return 0;
	}
}
