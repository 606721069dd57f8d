/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Appends to a buffer of fixed size.  Truncated bytes are counted, too, since
 * unix_explain() returns the complete length, as snprintf(3) does.
 */
#include "explain.h"

#include <stdarg.h>
#include <stdio.h>

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

/* A terminal would execute control characters in an address of an attacker. */
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
