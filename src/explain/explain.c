/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_explain(): describes the cause of an error and a remedy in one line. */
#include "explain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* If ADDRESS begins with a NUL, its abstract name ends at the next NUL. */
static int
say_reason(struct up_text *text, const char *address, int error)
{
	struct up_address parsed;
	char *path;
	int said = 0;

	if (up_explain_address(text, address, error))
		return 1;
	if (address == NULL || up_parse_address(address, *address != '\0' ? 0 :
	    strlen(address + 1) + 1, &parsed) == -1)
		return 0;
	if (parsed.form != UP_PATH)
		said = up_explain_nameless(text, &parsed, error);
	else if ((path = up_address_text(&parsed)) != NULL) {
		said = up_explain_path(text, path, error);
		free(path);
	}
	return said || up_explain_options(text, &parsed, error);
}

/*
 * If ERROR is EINVAL and ADDRESS begins with a NUL, the address is an empty
 * string, and the byte after the NUL must not be read.
 */
UP_API UP_COLD int
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
