/* SPDX-License-Identifier: BSD-2-Clause */
/* The main program of every peer in C. */
#include "peer.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	void (*const *part)(long count);
} parts[] = {
	{ "put-lines", &peer.put_lines },
	{ "get-lines", &peer.get_lines },
	{ "put-pieces", &peer.put_pieces },
	{ "get-pieces", &peer.get_pieces },
	{ "ask", &peer.ask },
	{ "answer", &peer.answer }
};

int
main(int argc, char *argv[])
{
	const char *part, *amount;
	size_t i;

	need(argc >= 3, "usage: PEER [KIND] PART AMOUNT");
	part = argv[argc - 2];
	amount = argv[argc - 1];
	choose(argc > 3 ? argv[1] : "");
	if (strcmp(part, "serve") == 0)
		peer.serve(amount);
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strcmp(part, parts[i].name) == 0) {
			(*parts[i].part)(strtol(amount, NULL, 10));
			return 0;
		}
	die("no such part");
}
