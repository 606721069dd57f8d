/* SPDX-License-Identifier: BSD-2-Clause */
/* unixport bench: what the library costs here, beside raw sockets and TCP. */
#include "command.h"

#include "bench/report.h"

#include <langinfo.h>
#include <locale.h>
#include <string.h>

struct wishes {
	unsigned rounds;
	int time;			/* milliseconds of all rounds */
	int json;
	const char *plot;		/* the path of its file, or NULL */
};

static int
terminal_has_blocks(void)
{
	return setlocale(LC_CTYPE, "") != NULL &&
	    strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* Every measurement has the same time, within what makes sense. */
static void
measure(const struct wishes *wishes, struct report *report)
{
	int blocks = terminal_has_blocks(), kind, kinds = 0, i;
	struct result *result;
	double each;
	size_t amount;

	for (kind = RAW; kind < KINDS; kind++)
		kinds += has_kind(report->kinds, kind);
	each = wishes->time / 1e3 / WORKS / kinds / wishes->rounds;
	for (i = 0; i < WORKS; i++) {
		result = &report->results[i];
		if (!wishes->json)
			show_title(&works[i]);
		amount = amount_for(&works[i], each, report->kinds);
		measure_rounds(&works[i], amount, wishes->rounds,
		    report->kinds, result);
		if (!wishes->json)
			show_result(&works[i], result, report->kinds, blocks);
	}
}

static int
run(const struct wishes *wishes)
{
	struct report report = { .rounds = wishes->rounds };
	struct sockaddr_un place;
	double start = seconds();
	FILE *plot = NULL;

	leave_nothing();
	if (wishes->plot != NULL) {
		plot = open_plot(wishes->plot);
		need(plot != NULL, wishes->plot);
	}
	/* What cannot be had is told before the long work. */
	make_place(&place);
	remove_place();
	know_machine(&report.machine);
	report.kinds = kinds_here();
	if (!wishes->json)
		show_head(&report);
	measure(wishes, &report);
	report.seconds = seconds() - start;
	if (plot != NULL)
		need(save_plot(plot, &report) == 0, wishes->plot);
	if (wishes->json)
		write_json(stdout, &report);
	else
		show_legend();
	return close_output();
}

static int
run_bench(int argc, char *argv[])
{
	struct wishes wishes = { .rounds = 9, .time = 8000 };
	int option;

	while ((option = next_option(&bench_command, argc, argv)) != -1)
		switch (option) {
		case 'j':
			wishes.json = 1;
			break;
		case 'n':
			if (parse_count(optarg, &wishes.rounds) == -1 ||
			    wishes.rounds > MAX_ROUNDS)
				return misused(&bench_command,
				    "not a number of rounds: %s", optarg);
			break;
		case 's':
			wishes.plot = optarg;
			break;
		default:
			if (parse_seconds(optarg, &wishes.time) == -1)
				return misused(&bench_command,
				    "not a number of seconds: %s", optarg);
			break;
		}
	if (optind < argc)
		return misused(&bench_command, "bench takes no argument: %s",
		    argv[optind]);
	return run(&wishes);
}

static const struct option words[] = {
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, 'j' },
	{ "rounds", required_argument, NULL, 'n' },
	{ "svg", required_argument, NULL, 's' },
	{ NULL, 0, NULL, 0 }
};

const struct command bench_command = {
	.name = "bench",
	.usage = "[-j] [-n ROUNDS] [-s FILE] [-t SECONDS]",
	.help =
	"Measures raw read(2) and write(2) on a Unix socket, plain and guarded "
	"ports and\nTCP on the loopback, side by side, and prints a table.\n"
	"  -j          print JSON instead; also --json\n"
	"  -n ROUNDS   medians of so many rounds, 9 by default; also --rounds\n"
	"  -s FILE     make a plot, too, in SVG; also --svg\n"
	"  -t SECONDS  take about that long at most, 8 by default\n",
	.letters = "+:hjn:s:t:",
	.words = words,
	.run = run_bench
};
