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

/*
 * The number of bytes of the UTF-8 character at BYTES, of which LENGTH are
 * there, or 0 if they are none.  *CODE is the character.
 */
static size_t
decode_utf8(const unsigned char *bytes, size_t length, unsigned long *code)
{
	static const unsigned long first_of_size[] = { 0, 0, 0x80, 0x800,
	    0x10000 };
	size_t i, size = bytes[0] < 0x80 ? 1 : bytes[0] < 0xc0 ? 0 :
	    bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : bytes[0] < 0xf8 ? 4 :
	    0;

	if (size > length)
		return 0;
	*code = size < 2 ? bytes[0] : bytes[0] & (0x7fUL >> size);
	for (i = 1; i < size; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (bytes[i] & 0x3f);
	}
	/* A longer form than needed would hide a control character. */
	return size > 1 && (*code < first_of_size[size] || *code > 0x10ffff ||
	    (*code >= 0xd800 && *code <= 0xdfff)) ? 0 : size;
}

/*
 * A terminal executes the control characters of ASCII and of ISO 8859 (C1, as
 * U+009B), ends a line at U+2028 and U+2029, and shows the text that follows a
 * bidirectional mark in another order.
 */
static int
is_control(unsigned long code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) ||
	    code == 0x061c || code == 0x200e || code == 0x200f ||
	    (code >= 0x2028 && code <= 0x202e) ||
	    (code >= 0x2066 && code <= 0x2069);
}

/* Bytes of a hostile address that are not printable become "\xNN". */
void
up_say_bytes(struct up_text *text, const char *bytes, size_t length)
{
	const unsigned char *next = (const unsigned char *)bytes;
	const unsigned char *end = next + length;
	unsigned long code = 0;
	size_t size;

	for (; next < end; next += size) {
		size = decode_utf8(next, (size_t)(end - next), &code);
		if (*next == '\\')
			up_say(text, "\\\\");
		else if (size > 0 && !is_control(code))
			up_say(text, "%.*s", (int)size, (const char *)next);
		else {
			size_t i;

			size = size == 0 ? 1 : size;
			for (i = 0; i < size; i++)
				up_say(text, "\\x%02x", next[i]);
		}
	}
}
