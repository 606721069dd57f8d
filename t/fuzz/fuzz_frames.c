/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libFuzzer's target for frames.  From any stream, the frames must be those of
 * a simple model, and unix_put_frame() must write the same bytes again.
 */
#include "fuzz.h"

#include <errno.h>
#include <string.h>

struct model {
	const char *bytes;
	size_t size, position;
	size_t limit;
	const char *frame;
	size_t length;
};

static size_t
length_at(const char *bytes)
{
	const unsigned char *p = (const unsigned char *)bytes;

	return ((p[0] * 256UL + p[1]) * 256 + p[2]) * 256 + p[3];
}

/* Returns the next frame with the results of unix_get_frame(). */
static int
model_frame(struct model *model, int *error)
{
	size_t left = model->size - model->position;

	if (left == 0)
		return 0;
	*error = EBADMSG;
	if (left < 4)
		return -1;
	model->length = length_at(model->bytes + model->position);
	if (model->length > model->limit) {
		*error = EMSGSIZE;
		return -1;
	}
	if (left - 4 < model->length)
		return -1;
	model->frame = model->bytes + model->position + 4;
	model->position += 4 + model->length;
	return 1;
}

static int
get_frame(FILE *in, struct unix_buffer *frame, size_t limit)
{
	int result;

	do {
		errno = EDOM;
		result = unix_get_frame(in, frame, limit);
		want(result == -1 || errno == EDOM);
		/* After a temporary error, the error indicator is cleared. */
		want(result != -1 || !is_passing(errno) || !ferror(in));
	} while (result == -1 && is_passing(errno));
	return result;
}

/* After an error the buffer holds no part, and works with another stream. */
static void
expect_usable(struct unix_buffer *frame)
{
	static char text[] = "\0\0\0\2hi";
	FILE *other = fmemopen(text, 6, "r");

	want(other != NULL && unix_get_frame(other, frame, 2) == 1);
	want(frame->length == 2 && strcmp(frame->bytes, "hi") == 0);
	want(fclose(other) == 0);
}

/* Compares until EOF or an error, and writes every frame to OUT. */
static void
compare(struct stream *stream, struct model *model, size_t limit, FILE *out)
{
	struct unix_buffer frame = { 0 };
	int error = 0;
	int result, wanted;

	for (;;) {
		wanted = model_frame(model, &error);
		result = get_frame(stream->in, &frame, limit);
		if (result == -1 && errno == EIO && stream->broken)
			break;
		want(result == wanted && (result != -1 || errno == error));
		if (result != 1)
			break;
		want(frame.length == model->length);
		want(frame.bytes[frame.length] == '\0');
		want(memcmp(frame.bytes, model->frame, frame.length) == 0);
		want(unix_put_frame(out, frame.bytes, frame.length) == 0);
	}
	if (result == -1)
		expect_usable(&frame);
	/* An announced length must not cause an allocation of this size. */
	want(frame.capacity <= 2 * stream->size + 512);
	want(get_frame(stream->in, &frame, 0) >= -1);
	unix_free_buffer(&frame);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
	struct input input = { data, length };
	size_t limit = choose_limit(&input);
	struct stream stream;
	struct model model = { .limit = limit == 0 ? (size_t)1 << 20 : limit };
	char *again;
	size_t size;
	FILE *out = open_memstream(&again, &size);

	want(out != NULL);
	open_stream(&stream, &input);
	model.bytes = stream.bytes;
	model.size = stream.size;
	compare(&stream, &model, limit, out);
	want(fclose(out) == 0);
	want(size <= stream.size && memcmp(again, stream.bytes, size) == 0);
	want(stream.broken || size == model.position);
	free(again);
	close_stream(&stream);
	return 0;
}
