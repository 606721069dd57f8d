/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of bounded length, copied from the buffer of the stream.  If a read
 * fails inside a line, for example after a timeout, fgets(3) and getline(3)
 * lose the received part; unix_get_line() keeps this part for the next call.
 */
#include "message.h"

#include <errno.h>
#include <string.h>

/*
 * If a newline follows a CR, the CR is not part of the line.  Until the next
 * byte is known, a line may therefore exceed the limit by one CR.
 */
static int
exceeds_limit(const struct unix_buffer *line, char last, size_t n, size_t limit)
{
	size_t length = line->reserved[UP_HELD] + n;

	return length > limit && (length > limit + 1 || last != '\r');
}

/*
 * Makes room for one byte more than N, in which the caller stores the next byte
 * of the line or the NUL.
 */
static int
append_bytes(struct unix_buffer *line, const char *bytes, size_t n,
    size_t limit)
{
	size_t *held = &line->reserved[UP_HELD];

	if (n > 0 && exceeds_limit(line, bytes[n - 1], n, limit))
		return up_message_fail(line, EMSGSIZE);
	if (up_message_room(line, *held + n + 1, limit + 1) == -1)
		return -1;
	memcpy(line->bytes + *held, bytes, n);
	*held += n;
	return 0;
}

/* Returns 1 if the buffered input contained a newline, 0 if not, or -1. */
static int
take_buffered(FILE *in, struct unix_buffer *line, size_t limit)
{
	const char *bytes, *newline;
	size_t n = up_buffered_input(in, &bytes);

	/*
	 * Before the first read, `bytes` can be NULL and is not used: ISO C
	 * does not define memchr(3) of a null pointer, or an addition to it.
	 */
	if (n == 0)
		return up_message_room(line, line->reserved[UP_HELD] + 1,
		    limit + 1);
	newline = memchr(bytes, '\n', n);
	if (newline != NULL)
		n = (size_t)(newline - bytes);
	if (append_bytes(line, bytes, n, limit) == -1)
		return -1;
	up_skip_input(in, newline != NULL ? n + 1 : n);
	return newline != NULL;
}

static int
finish_at(struct unix_buffer *line, size_t length, size_t limit, int partial)
{
	if (length > limit)
		return up_message_fail(line, EMSGSIZE);
	return up_message_finish(line, length, partial);
}

/* Removes a CR before the newline: network protocols end lines with CR LF. */
static int
finish_line(struct unix_buffer *line, size_t limit)
{
	size_t length = line->reserved[UP_HELD];

	if (length > 0 && line->bytes[length - 1] == '\r')
		length--;
	return finish_at(line, length, limit, 0);
}

/*
 * At EOF, returns bytes that no newline follows as a last line, and marks it
 * as partial.
 */
static int
finish_input(FILE *in, struct unix_buffer *line, size_t limit)
{
	if (up_message_cut_off(line, in) == -1)
		return -1;
	if (line->reserved[UP_HELD] == 0)
		return 0;
	return finish_at(line, line->reserved[UP_HELD], limit, 1);
}

/*
 * Whether the part that an earlier call has kept is longer than LIMIT, if that
 * call had a greater limit.  The call then fails before a read, so that the
 * caller can skip the rest of the line up to its newline.
 */
static int
is_kept_part_too_long(const struct unix_buffer *line, size_t limit)
{
	size_t held = line->reserved[UP_HELD];

	return held > limit && exceeds_limit(line, line->bytes[held - 1], 0,
	    limit);
}

/*
 * If the buffer is empty, one byte is read and appended to the line.  The read
 * also fills the buffer; stdio has no call that does only this.
 */
UP_COLD static int
read_line(struct up_stream *stream, struct unix_buffer *line, size_t limit)
{
	int c, newline;

	for (;;) {
		newline = take_buffered(stream->file, line, limit);
		if (newline == -1)
			return -1;
		if (newline)
			return finish_line(line, limit);
		c = up_read_byte(stream);
		if (c == EOF)
			return finish_input(stream->file, line, limit);
		if (c == '\n')
			return finish_line(line, limit);
		if (exceeds_limit(line, (char)c, 1, limit))
			return up_message_fail(line, EMSGSIZE);
		line->bytes[line->reserved[UP_HELD]++] = (char)c;
	}
}

/*
 * The usual case in fewer instructions: all of the line is in the buffer of the
 * stream and fits into the memory of LINE.  Returns 0, and has no effect, if
 * this is not the case.
 */
static int
take_whole_line(FILE *in, struct unix_buffer *line, size_t limit)
{
	const char *bytes, *newline;
	size_t n = up_buffered_input(in, &bytes);
	size_t length;

	if (n > line->capacity)
		n = line->capacity;
	if (n == 0 || line->reserved[UP_HELD] != 0)
		return 0;
	newline = memchr(bytes, '\n', n);
	if (newline == NULL)
		return 0;
	length = n = (size_t)(newline - bytes);
	if (length > 0 && newline[-1] == '\r')
		length--;
	if (length > limit)
		return 0;
	memcpy(line->bytes, bytes, length);
	up_skip_input(in, n + 1);
	return up_message_finish(line, length, 0);
}

UP_COLD static int
write_line(struct up_stream *stream, const char *bytes, size_t length)
{
	if (length > 0 && up_write_bytes(stream, bytes, length) == -1)
		return -1;
	return up_write_bytes(stream, "\n", 1);
}

/*
 * A newline among BYTES is an error, since the reader would receive two lines.
 */
UP_API int
unix_put_line(FILE *out, const void *bytes, size_t length)
{
	struct up_stream stream;
	char *end;
	int result;

	if (out == NULL || (bytes == NULL && length > 0) ||
	    (length > 0 && memchr(bytes, '\n', length) != NULL))
		return up_fail(EINVAL);
	up_hold_stream(&stream, out);
	if (length < up_output_room(out, &end)) {
		if (length > 0)
			memcpy(end, bytes, length);
		end[length] = '\n';
		up_advance_output(out, length + 1);
		result = 0;
	} else
		result = write_line(&stream, bytes, length);
	up_release_stream(&stream);
	return result;
}

UP_API int
unix_get_line(FILE *in, struct unix_buffer *line, size_t limit)
{
	struct up_stream stream;
	int result;

	if (up_message_begin(line, in, UP_LINE) == -1)
		return -1;
	limit = up_message_limit(limit);
	if (is_kept_part_too_long(line, limit))
		return up_message_fail(line, EMSGSIZE);
	up_hold_stream(&stream, in);
	result = take_whole_line(in, line, limit);
	if (result == 0)
		result = read_line(&stream, line, limit);
	up_release_stream(&stream);
	return result;
}
