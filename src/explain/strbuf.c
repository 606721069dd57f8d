/* SPDX-License-Identifier: BSD-2-Clause */
/* Text: joined paths, and lines that count what did not fit. */
#include "internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* FIRST/SECOND, which the caller frees. */
char *
up_join(const char *first, const char *second)
{
	size_t a = strlen(first), b = strlen(second);
	char *path = malloc(a + b + 2);

	if (path == NULL)
		return NULL;
	/* NOLINTNEXTLINE(bugprone-not-null-terminated-result): it goes on */
	memcpy(path, first, a);
	path[a] = '/';
	memcpy(path + a + 1, second, b + 1);
	return path;
}

void
up_say(struct up_text *text, const char *format, ...)
{
	size_t room = text->length < text->size ? text->size - text->length :
	    0;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(room == 0 ? NULL : text->bytes + text->length,
	    room, format, arguments);
	va_end(arguments);
	if (length > 0)
		text->length += (size_t)length;
}

/* Bytes that a terminal would act upon are shown, not sent. */
void
up_say_bytes(struct up_text *text, const char *bytes, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c == '\\')
			up_say(text, "\\\\");
		else if (c < ' ' || c == 0x7f)
			up_say(text, "\\x%02x", c);
		else
			up_say(text, "%c", c);
	}
}
