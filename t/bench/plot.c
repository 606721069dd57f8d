/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A plot in SVG.  Each work is a group of bars, the shares of raw; a line on
 * each bar shows the spread of the rounds, from the lowest to the highest.
 */
#include "bench.h"

/* In pixels; the area of the bars begins at LEFT and TOP. */
#define WIDTH		760
#define LEFT		150
#define TOP		128
#define AREA		440
#define BAR		16		/* with the gap below it */
#define GROUP		(KINDS * BAR + 18)

static const struct look {
	const char *colour, *name;
	int width;		/* of its place in the legend */
} looks[KINDS] = {
	{ "#c5ced8", "raw read(2), write(2)", 170 },
	{ "#8cc4f0", "plain ports", 110 },
	{ "#7ed0a0", "guarded ports", 130 },
	{ "#f7c38a", "TCP, 127.0.0.1", 130 },
};

/* Servers have no kinds, and no place here. */
static int
is_shown(const struct result *result)
{
	return result->work->names[TCP] != NULL;
}

static int
bottom(const struct report *report)
{
	int groups = 0;
	size_t i;

	for (i = 0; i < report->count; i++)
		groups += is_shown(&report->results[i]);
	return TOP + groups * GROUP;
}

static void
write_text(FILE *out, const char *text)
{
	for (; *text != '\0'; text++)
		if (*text == '<')
			fputs("&lt;", out);
		else if (*text == '&')
			fputs("&amp;", out);
		else if ((unsigned char)*text >= ' ')
			putc(*text, out);
}

/* The share at the end of the axis: 1, or that of the best round. */
static double
find_end(const struct report *report)
{
	double end = 1;
	size_t i;
	int kind;

	for (i = 0; i < report->count; i++)
		for (kind = RAW; kind < KINDS; kind++)
			if (is_shown(&report->results[i]) &&
			    report->results[i].highest[kind] > end)
				end = report->results[i].highest[kind];
	return end;
}

static void
write_head(FILE *out, const struct report *report)
{
	const struct machine *machine = &report->machine;
	const char *warning = busy_warning(machine);
	int height = bottom(report) + 60;

	fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
	    "height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\" "
	    "font-family=\"sans-serif\" font-size=\"13\" fill=\"#333\">\n"
	    "<title>unixport bench</title>\n"
	    "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n"
	    "<text x=\"20\" y=\"34\" font-size=\"19\" font-weight=\"bold\">"
	    "Ports of unixport beside raw sockets</text>\n"
	    "<text x=\"20\" y=\"56\" font-size=\"12\" fill=\"#666\">",
	    WIDTH, height, WIDTH, height, WIDTH, height);
	write_text(out, machine->processor);
	fprintf(out, ", %d CPU%s; ", machine->cpus,
	    machine->cpus == 1 ? "" : "s");
	write_text(out, machine->kernel);
	fprintf(out, "; ");
	write_text(out, machine->libc);
	fprintf(out, "; unixport %s</text>\n"
	    "<text x=\"20\" y=\"74\" font-size=\"12\" fill=\"#666\">"
	    "medians of %u round%s; the lines show the spread of the rounds",
	    PACKAGE_VERSION, report->rounds, report->rounds == 1 ? "" : "s");
	if (warning != NULL)
		fprintf(out, "<tspan fill=\"#c00\">; load %.1f: %s</tspan>",
		    machine->load, warning);
	fprintf(out, "</text>\n");
}

static void
write_legend(FILE *out)
{
	int x = 20, kind;

	for (kind = RAW; kind < KINDS; kind++) {
		fprintf(out, "<rect x=\"%d\" y=\"88\" width=\"14\" "
		    "height=\"14\" rx=\"2\" fill=\"%s\"/>\n"
		    "<text x=\"%d\" y=\"100\">%s</text>\n", x,
		    looks[kind].colour, x + 20, looks[kind].name);
		x += looks[kind].width;
	}
}

/* A line for every tick, and a darker one for raw. */
static void
write_axis(FILE *out, double end, int y)
{
	double step = 0.25, x;
	int i;

	while (end / step > 8)
		step *= 2;
	for (i = 0; i * step < end + step / 10; i++) {
		x = LEFT + AREA * i * step / end;
		fprintf(out, "<path d=\"M%.1f %dV%d\" stroke=\"%s\"/>\n"
		    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" "
		    "font-size=\"12\" fill=\"#666\">%g</text>\n", x, TOP - 8,
		    y - 10, i * step == 1 ? "#8a95a1" : "#e4e8ec", x,
		    y + 8, i * step);
	}
	fprintf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" "
	    "font-size=\"12\" fill=\"#666\">share of raw, longer is faster"
	    "</text>\n", LEFT + AREA / 2, y + 30);
}

/* A line from the lowest to the highest round, with a stop at either end. */
static void
write_spread(FILE *out, double lowest, double highest, int y)
{
	fprintf(out, "<path class=\"spread\" d=\"M%.1f %dH%.1fM%.1f %dv6"
	    "M%.1f %dv6\" stroke=\"#555\" fill=\"none\"/>\n", lowest, y,
	    highest, lowest, y - 3, highest, y - 3);
}

static void
write_bar(FILE *out, const struct result *result, enum kind kind, int y,
    double end)
{
	double scale = AREA / end;

	fprintf(out, "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" "
	    "rx=\"2\" fill=\"%s\"/>\n", LEFT, y, scale * result->share[kind],
	    BAR - 2, looks[kind].colour);
	write_spread(out, LEFT + scale * result->lowest[kind],
	    LEFT + scale * result->highest[kind], y + BAR / 2 - 1);
	fprintf(out, "<text x=\"%.1f\" y=\"%d\" font-size=\"11\" "
	    "stroke=\"#fff\" stroke-width=\"3\" paint-order=\"stroke\">%.2f"
	    "<tspan fill=\"#777\">, %.*f %s</tspan></text>\n",
	    LEFT + scale * result->highest[kind] + 6, y + BAR - 5,
	    result->share[kind], decimals(result->figure[kind]),
	    result->figure[kind], result->work->unit);
}

static void
write_group(FILE *out, const struct result *result, int y, double end)
{
	int kind;

	fprintf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n",
	    LEFT - 12, y + KINDS * BAR / 2 + 3, result->work->title);
	for (kind = RAW; kind < KINDS; kind++)
		if (has_kind(result->kinds, kind))
			write_bar(out, result, kind, y + kind * BAR, end);
}

void
write_plot(FILE *out, const struct report *report)
{
	double end = find_end(report);
	int y = TOP;
	size_t i;

	write_head(out, report);
	write_legend(out);
	write_axis(out, end, bottom(report));
	for (i = 0; i < report->count; i++)
		if (is_shown(&report->results[i])) {
			write_group(out, &report->results[i], y, end);
			y += GROUP;
		}
	fprintf(out, "</svg>\n");
}
