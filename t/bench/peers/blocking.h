/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parts of a peer whose calls block.  The file that includes this defines
 * choose() and serve(), and as static functions open_streams(), put(), flush(),
 * get_line() and get_piece(), so that no call goes through a pointer.
 */
static void
put_lines(long count)
{
	long i;

	open_streams();
	for (i = 0; i < with_start(count); i++)
		put(LINE, LINE_BYTES);
	flush();
}

static void
get_lines(long count)
{
	open_streams();
	do
		check(get_line());
	while (!has_come(count));
}

static char piece[PIECE];

static void
put_pieces(long count)
{
	long i;

	open_streams();
	for (i = 0; i < with_start(count); i++)
		put(piece, PIECE);
	flush();
}

static void
get_pieces(long count)
{
	open_streams();
	do
		get_piece(piece);
	while (!has_come(count));
}

static void
ask(long count)
{
	open_streams();
	do {
		put(LINE, LINE_BYTES);
		flush();
		check(get_line());
	} while (!has_come(count));
}

static void
answer(long count)
{
	long i;

	open_streams();
	for (i = 0; i < with_start(count); i++) {
		check(get_line());
		put(LINE, LINE_BYTES);
		flush();
	}
}

const struct peer peer = {
	.put_lines = put_lines, .get_lines = get_lines,
	.put_pieces = put_pieces, .get_pieces = get_pieces,
	.ask = ask, .answer = answer, .serve = serve
};
