/* SPDX-License-Identifier: BSD-2-Clause */
/* A table for people, 80 columns wide, with a bar for every share. */
#include "report.h"

#define FULL	30		/* columns of a bar for raw */
#define WIDEST	37		/* a longer one is cut */
#define FIGURES	17		/* columns of a figure and its share */

/* Both processes need a CPU that others leave to them. */
static int
is_busy(const struct machine *machine)
{
	int needed = machine->cpus < 2 ? machine->cpus : 2;

	return machine->load + needed > machine->cpus + 0.5;
}

void
show_head(const struct report *report)
{
	const struct machine *machine = &report->machine;

	printf("unixport %s, %.40s, %.20s\n%.32s, %d CPU%s", PACKAGE_VERSION,
	    machine->kernel, machine->libc, machine->processor, machine->cpus,
	    machine->cpus == 1 ? "" : "s");
	if (machine->load >= 0)
		printf(", load %.1f%s", machine->load, is_busy(machine) ?
		    " (too busy to trust this)" : "");
	printf("\n%40s\n", "of raw");
}

/* Three of them matter. */
int
decimals(double figure)
{
	return figure < 9.995 ? 2 : figure < 99.95;
}

static void
show_bar(double share, int widest, int blocks)
{
	int eighths = (int)((share < 9 ? share : 9) * FULL * 8 + 0.5);
	int cut = eighths > widest * 8, i;

	eighths = cut ? widest * 8 : eighths;
	for (i = 0; i < eighths / 8; i++)
		fputs(blocks ? "\xe2\x96\x88" : "#", stdout);
	/* From U+258F, an eighth, down to U+2589. */
	if (blocks && eighths % 8 != 0)
		printf("\xe2\x96%c", 0x90 - eighths % 8);
	else if (eighths % 8 >= 4)
		putchar('#');
	puts(cut ? ">" : "");
}

void
show_title(const struct work *work)
{
	printf("%-16s", work->title);
	fflush(stdout);
}

void
show_result(const struct work *work, const struct result *result,
    unsigned kinds, int blocks)
{
	static const char *const names[KINDS] = { "raw", "plain", "guarded",
	    "TCP" };
	int kind, columns;

	for (kind = RAW; kind < KINDS; kind++) {
		if (kind != RAW)
			printf("%-16s", kind == PLAIN ? work->unit : "");
		printf("%-9s", names[kind]);
		if (!has_kind(kinds, kind)) {
			printf("%8s %6s\n", "-", "-");
			continue;
		}
		columns = printf("%8.*f %6.2f  ",
		    decimals(result->figure[kind]), result->figure[kind],
		    result->share[kind]);
		/* A wide figure leaves less of the 80 columns to the bar. */
		show_bar(result->share[kind], WIDEST + FIGURES - columns,
		    blocks);
	}
	puts("");
}

void
show_legend(void)
{
	puts("raw: read(2) and write(2) on a Unix socket; plain, guarded: the "
	    "library's ports;\nTCP: as raw, over 127.0.0.1.  Longer is "
	    "faster.  unixport(1) tells the rest.");
}
