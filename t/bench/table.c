/* SPDX-License-Identifier: BSD-2-Clause */
/* A table for people, 80 columns wide, with a bar for every share. */
#include "bench.h"

#include <langinfo.h>
#include <locale.h>
#include <string.h>

#define RAW_BAR_COLUMNS	30	/* a share of 1 */
#define BAR_COLUMNS	37	/* a longer bar is cut */
#define FIGURE_COLUMNS	17	/* a figure and its share */

static const char legend[] =
"raw      read(2) and write(2) on a Unix socket\n"
"plain    and guarded: the ports of the library, their share of raw\n"
"tcp      as raw, over 127.0.0.1\n"
"target   the share that guarded ports, or unix_serve, should have\n"
"Longer is faster.  t/bench/README.md describes each row.\n";

void
show_head(const struct report *report)
{
	const struct machine *machine = &report->machine;
	const char *warning = busy_warning(machine);

	printf("unixport %s, %.40s, %.20s\n%.32s, %d CPU%s", PACKAGE_VERSION,
	    machine->kernel, machine->libc, machine->processor, machine->cpus,
	    machine->cpus == 1 ? "" : "s");
	if (machine->load >= 0)
		printf(", load %.1f", machine->load);
	if (warning != NULL)
		printf(" (%s)", warning);
	printf("\n%u round%s, compiler %.50s\n\n%40s\n", report->rounds,
	    report->rounds == 1 ? "" : "s", machine->compiler, "of raw");
}

/* For three significant digits. */
int
decimals(double figure)
{
	return figure < 9.995 ? 2 : figure < 99.95;
}

static int
has_block_characters(void)
{
	return setlocale(LC_CTYPE, "") != NULL &&
	    strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static void
show_bar(double share, int columns)
{
	int blocks = has_block_characters(), i;
	int eighths = (int)((share < 9 ? share : 9) * RAW_BAR_COLUMNS * 8 +
	    0.5);
	int is_cut = eighths > columns * 8;

	eighths = is_cut ? columns * 8 : eighths;
	for (i = 0; i < eighths / 8; i++)
		fputs(blocks ? "\xe2\x96\x88" : "#", stdout);
	/* From U+258F, an eighth, down to U+2589. */
	if (blocks && eighths % 8 != 0)
		printf("\xe2\x96%c", 0x90 - eighths % 8);
	else if (eighths % 8 >= 4)
		putchar('#');
	puts(is_cut ? ">" : "");
}

/* Printed before the measurement, to show what takes the time. */
void
show_title(const struct work *work)
{
	printf("%-16s", work->title);
	fflush(stdout);
}

/* Columns of a title, in the rows below it. */
static void
show_label(const struct result *result, enum kind kind)
{
	double target = target_share(result);

	if (kind == GUARDED && has_kind(result->kinds, GUARDED))
		printf("%s %-9.2f", result->share[GUARDED] < target ?
		    "missed" : "target", target);
	else
		printf("%-16s", kind == PLAIN ? result->work->unit : "");
}

void
show_result(const struct result *result)
{
	const char *const *names = result->work->names;
	int kind, columns;

	for (kind = RAW; kind < KINDS; kind++) {
		if (names[kind] == NULL)
			continue;
		if (kind != RAW)
			show_label(result, kind);
		printf("%-9s", names[kind]);
		if (!has_kind(result->kinds, kind)) {
			printf("%8s %6s\n", "-", "-");
			continue;
		}
		columns = printf("%8.*f %6.2f  ",
		    decimals(result->figure[kind]), result->figure[kind],
		    result->share[kind]);
		/* A wide figure leaves fewer columns to the bar. */
		show_bar(result->share[kind],
		    BAR_COLUMNS + FIGURE_COLUMNS - columns);
	}
	puts("");
}

/* WIDTH columns, or a dash for a negative one. */
static void
show_number(double number, int width)
{
	if (number < 0)
		printf("%*s", width, "-");
	else
		printf("%*.1f", width, number);
}

static void
show_memory(const char *title, const char *state, const double *kib,
    double target)
{
	printf("%-16s%-9splain", title, state);
	show_number(kib[PLAIN], 8);
	printf(", guarded");
	show_number(kib[GUARDED], 8);
	printf(" KiB, %s %.1f\n", kib[GUARDED] > target ? "missed" : "target",
	    target);
}

/* Memory and crowd, if they were measured, and the legend. */
void
show_rest(const struct report *report)
{
	if (report->memory.idle[PLAIN] >= 0) {
		show_memory("memory", "idle", report->memory.idle,
		    IDLE_TARGET_KIB);
		show_memory("", "used", report->memory.used, USED_TARGET_KIB);
		puts("");
	}
	if (report->crowd.rate >= 0) {
		printf("%-16s%-9s", "crowd", "serve");
		show_number(report->crowd.rate, 8);
		printf(" k trips/s,");
		show_number(report->crowd.kib, 8);
		printf(" KiB a client of %zu\n\n", report->connections);
	}
	fputs(legend, stdout);
}
