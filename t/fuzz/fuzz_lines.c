/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libFuzzer's target for lines.  From any stream, the lines must be those of a
 * simple model that has all bytes.
 */
#include "fuzz.h"

#include <errno.h>
#include <string.h>

static char text[4096];		/* the model's */
static size_t size, position;

/* Returns the next line, from *START, with the results of unix_get_line(). */
static int
model(size_t limit, size_t *start, size_t *length)
{
	const char *newline;

	*start = position;
	if (position == size)
		return 0;
	newline = memchr(text + position, '\n', size - position);
	*length = newline != NULL ? (size_t)(newline - text) - position :
	    size - position;
	position += *length + (newline != NULL);
	if (newline != NULL && *length > 0 && newline[-1] == '\r')
		--*length;
	return *length <= (limit == 0 ? (size_t)1 << 20 : limit) ? 1 : -1;
}

/* Pushes a byte back with ungetc(3), the same or another. */
static void
put_back(FILE *in, unsigned choice)
{
	int c = getc(in);

	if (c == EOF) {
		clearerr(in);
		return;
	}
	want(position < size && (char)c == text[position]);
	if (choice % 2 == 1)
		text[position] = 'u';
	want(ungetc((unsigned char)text[position], in) != EOF);
}

/* Repeats the call after a temporary error, as a caller does. */
static int
get_line(FILE *in, struct unix_buffer *line, size_t limit)
{
	int result;

	do {
		errno = EDOM;
		result = unix_get_line(in, line, limit);
		want(result == -1 || errno == EDOM);
		/* After a temporary error, the error indicator is cleared. */
		want(result != -1 || !is_passing(errno) || !ferror(in));
	} while (result == -1 && is_passing(errno));
	return result;
}

/* After an error the buffer holds no part, and works with another stream. */
static void
expect_usable(struct unix_buffer *line)
{
	static char other_text[] = "hi\n";
	FILE *other = fmemopen(other_text, 3, "r");

	want(other != NULL && unix_get_line(other, line, 2) == 1);
	want(line->length == 2 && strcmp(line->bytes, "hi") == 0);
	want(fclose(other) == 0);
}

static void
compare(struct stream *stream, size_t limit, unsigned choice)
{
	struct unix_buffer line = { 0 };
	size_t start, length = 0;
	int result, wanted;

	do {
		if (choice % 4 == 3)
			put_back(stream->in, choice / 4);
		wanted = model(limit, &start, &length);
		result = get_line(stream->in, &line, limit);
		if (result == -1 && errno == EIO && stream->broken)
			break;
		want(result == wanted);
		if (result == -1)
			want(errno == EMSGSIZE);
		if (result != 1)
			break;
		want(line.length == length && line.bytes[length] == '\0');
		want(memcmp(line.bytes, text + start, length) == 0);
	} while (result == 1);
	if (result == -1)
		expect_usable(&line);
	/* A caller that continues after an error must not crash. */
	want(get_line(stream->in, &line, 0) >= -1);
	unix_free_buffer(&line);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
	struct input input = { data, length };
	size_t limit = choose_limit(&input);
	unsigned choice = next(&input);
	struct stream stream;

	open_stream(&stream, &input);
	memcpy(text, stream.bytes, stream.size);
	size = stream.size;
	position = 0;
	compare(&stream, limit, choice);
	close_stream(&stream);
	return 0;
}
