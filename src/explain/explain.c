/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_explain(): the cause of an error and a remedy, in one line of text. */
#include "explain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SUN_PATH_MAX	sizeof(((struct sockaddr_un *)0)->sun_path)

/* The reason for EINVAL. */
static void
say_malformed(struct up_text *text, const char *address)
{
	if (address == NULL || *address == '\0')
		up_say(text, "the address is empty; specify a path");
	else if (strncmp(address, "fd:", 3) == 0)
		up_say(text, "the descriptor is invalid, or an option "
		    "conflicts with it; specify the number of an open socket");
	else if (strncmp(address, "systemd:", 8) == 0)
		up_say(text, "only a listener without options for a file can "
		    "use systemd:; specify a path");
	else if (strcmp(address, "@") == 0 || strcmp(address, "unix:") == 0 ||
	    strcmp(address, "unix:@") == 0)
		up_say(text, "the name is empty; specify a name");
	else
		up_say(text, "the address contains a NUL byte, or an option "
		    "conflicts with it or with plain ports; remove the byte or "
		    "the option");
}

/* strlen(3) does not count the bytes of a name that follow a NUL. */
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
static void
say_too_long(struct up_text *text, const char *address)
{
	if (strncmp(address, "unix:", 5) == 0)
		address += 5;
	if (*address == '\0' || *address == '@')
		say_excess(text, "the name", strlen(address + 1),
		    SUN_PATH_MAX - 1);
	else
		say_long_path(text, address);
}

/* Errors of every form of address; returns 0 for other errors. */
static int
say_common(struct up_text *text, const char *address, int error)
{
	switch (error) {
	case EINVAL:
		say_malformed(text, address);
		return 1;
	case ENAMETOOLONG:
		if (address == NULL || strcmp(address, "unix:") == 0)
			return 0;
		say_too_long(text, address);
		return 1;
	case EAFNOSUPPORT:
		up_say(text, "this system does not support such an address; "
		    "use a path");
		return 1;
	case ENOTSUP:
		up_say(text, "an option is not supported here; the file system "
		    "may refuse the mode, group or owner, and UNIX_SIGPIPE_ERROR "
		    "requires UNIX_GUARDED");
		return 1;
	case EPROTOTYPE:
		up_say(text, "the socket is of another type; is the address "
		    "right?");
		return 1;
	default:
		return 0;
	}
}

/* Errors of the forms without a file. */
static int
say_nameless(struct up_text *text, const struct up_address *address, int error)
{
	if (address->form == UP_ABSTRACT && error == EADDRINUSE)
		up_say(text, "a server is bound to this name; stop it or "
		    "choose another name");
	else if (address->form == UP_ABSTRACT && error == ECONNREFUSED)
		up_say(text, "no server is bound to this name; is it running?");
	else if (error == ETIMEDOUT)
		up_say(text, "no answer before the timeout; is the server "
		    "running, or is it busy?");
	else if (address->form == UP_SYSTEMD && error == ENOENT)
		up_say(text, "the service manager passed no such socket; start "
		    "the program through its socket unit");
	else if (address->form == UP_DESCRIPTOR && error == EBADF)
		up_say(text, "the descriptor is not open; specify an open "
		    "socket");
	else if (address->form == UP_DESCRIPTOR && error == ENOTSOCK)
		up_say(text, "the descriptor is not a socket; specify an open "
		    "socket");
	else
		return 0;
	return 1;
}

static int
say_reason(struct up_text *text, const char *address, int error)
{
	struct up_address parsed;
	char *path;
	int said;

	if (say_common(text, address, error))
		return 1;
	if (address == NULL || up_parse_address(address, *address != '\0' ? 0 :
	    strlen(address + 1) + 1, &parsed) == -1)
		return 0;
	if (parsed.form != UP_PATH)
		return say_nameless(text, &parsed, error);
	path = up_address_text(&parsed);
	said = path != NULL && up_explain_path(text, path, error);
	free(path);
	return said;
}

/*
 * An address that begins with a NUL ends at the next NUL.  EINVAL is the error
 * of an empty address, which has no bytes behind its NUL.
 */
UP_API int
unix_explain(const char *address, int error, char *bytes, size_t size)
{
	struct up_text text = { .bytes = bytes, .size = size };
	const char *shown = address == NULL ? "" : address;
	int saved = errno;

	if (size > 0)
		*bytes = '\0';
	if (address != NULL && *address == '\0' && error != EINVAL) {
		up_say(&text, "@");
		shown = address + 1;
	}
	up_say_bytes(&text, shown, strlen(shown));
	up_say(&text, shown[0] == '\0' ? "\"\": " : ": ");
	if (!say_reason(&text, address, error))
		up_say(&text, "%s", strerror(error));
	errno = saved;
	return text.length > INT_MAX ? -1 : (int)text.length;
}
