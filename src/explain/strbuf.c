/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Appends to a buffer of fixed size.  Truncated bytes are counted, too:
 * unix_explain() returns the length of the complete text, as snprintf(3) does.
 */
#include "explain.h"

#include <stdarg.h>
#include <stdint.h>
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
 * Stores the UTF-8 character at BYTES in *CODE, and returns the number of its
 * bytes, or 0 if the LENGTH bytes do not begin with a valid character.
 */
static size_t
decode_utf8(const unsigned char *bytes, size_t length, uint32_t *code)
{
	static const uint32_t first_of_size[] = { 0, 0, 0x80, 0x800,
	    0x10000 };
	size_t i, size = bytes[0] < 0x80 ? 1 : bytes[0] < 0xc0 ? 0 :
	    bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : bytes[0] < 0xf8 ? 4 :
	    0;

	if (size > length)
		return 0;
	*code = size < 2 ? bytes[0] : bytes[0] & (0x7fU >> size);
	for (i = 1; i < size; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (bytes[i] & 0x3f);
	}
	/*
	 * An overlong form is not valid: it could encode a control character
	 * in bytes that look harmless.
	 */
	return size > 1 && (*code < first_of_size[size] || *code > 0x10ffff ||
	    (*code >= 0xd800 && *code <= 0xdfff)) ? 0 : size;
}

/*
 * Characters by which an address could change the display of a message.  A
 * terminal executes the control characters of ASCII and of ISO 8859 (C1, such
 * as U+009B), and ends a line at U+2028 and U+2029.  A bidirectional mark
 * changes the order of the text after it.
 */
static int
is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) ||
	    code == 0x061c || code == 0x200e || code == 0x200f ||
	    (code >= 0x2028 && code <= 0x202e) ||
	    (code >= 0x2066 && code <= 0x2069);
}

/*
 * Prints bytes that are not printable as "\xNN", since an address can come from
 * a hostile source.
 */
void
up_say_bytes(struct up_text *text, const char *bytes, size_t length)
{
	const unsigned char *next = (const unsigned char *)bytes;
	const unsigned char *end = next + length;
	uint32_t code = 0;
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
