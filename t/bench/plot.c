/* SPDX-License-Identifier: BSD-2-Clause */
/* A plot in SVG: for every work a group of bars, which are shares of raw. */
#include "report.h"

/* In pixels; the plot's own area begins at LEFT and TOP. */
#define WIDTH	760
#define LEFT	150
#define TOP	112
#define AREA	440
#define BAR	16		/* with the gap to the next */
#define GROUP	(KINDS * BAR + 18)
#define BOTTOM	(TOP + WORKS * GROUP)
#define HEIGHT	(BOTTOM + 60)

static const struct look {
	const char *colour, *name;
	int width;		/* of its place in the legend */
} looks[KINDS] = {
	{ "#c5ced8", "raw read(2), write(2)", 170 },
	{ "#8cc4f0", "plain ports", 110 },
	{ "#7ed0a0", "guarded ports", 130 },
	{ "#f7c38a", "TCP, 127.0.0.1", 130 },
};

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

/* The end of the axis: raw, or the best if that is better. */
static double
find_end(const struct report *report)
{
	double end = 1;
	int i, kind;

	for (i = 0; i < WORKS; i++)
		for (kind = RAW; kind < KINDS; kind++)
			if (report->results[i].share[kind] > end)
				end = report->results[i].share[kind];
	return end;
}

static void
write_head(FILE *out, const struct report *report)
{
	const struct machine *machine = &report->machine;

	fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
	    "height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\" "
	    "font-family=\"sans-serif\" font-size=\"13\" fill=\"#333\">\n"
	    "<title>unixport bench</title>\n"
	    "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n"
	    "<text x=\"20\" y=\"34\" font-size=\"19\" font-weight=\"bold\">"
	    "Ports of unixport beside raw sockets</text>\n"
	    "<text x=\"20\" y=\"56\" font-size=\"12\" fill=\"#666\">",
	    WIDTH, HEIGHT, WIDTH, HEIGHT, WIDTH, HEIGHT);
	write_text(out, machine->processor);
	fprintf(out, ", %d CPU%s; ", machine->cpus,
	    machine->cpus == 1 ? "" : "s");
	write_text(out, machine->kernel);
	fprintf(out, "; ");
	write_text(out, machine->libc);
	fprintf(out, "; unixport %s</text>\n", PACKAGE_VERSION);
}

static void
write_legend(FILE *out, unsigned kinds)
{
	int x = 20, kind;

	for (kind = RAW; kind < KINDS; kind++) {
		if (!has_kind(kinds, kind))
			continue;
		fprintf(out, "<rect x=\"%d\" y=\"72\" width=\"14\" "
		    "height=\"14\" rx=\"2\" fill=\"%s\"/>\n"
		    "<text x=\"%d\" y=\"84\">%s</text>\n", x,
		    looks[kind].colour, x + 20, looks[kind].name);
		x += looks[kind].width;
	}
}

/* A line for every tick, and a darker one for raw. */
static void
write_axis(FILE *out, double end)
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
		    BOTTOM - 10, i * step == 1 ? "#8a95a1" : "#e4e8ec", x,
		    BOTTOM + 8, i * step);
	}
	fprintf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" "
	    "font-size=\"12\" fill=\"#666\">share of raw, longer is faster"
	    "</text>\n", LEFT + AREA / 2, BOTTOM + 30);
}

static void
write_bar(FILE *out, const struct work *work, enum kind kind, int y,
    const struct result *result, double end)
{
	double length = AREA * result->share[kind] / end;

	fprintf(out, "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" "
	    "rx=\"2\" fill=\"%s\"/>\n<text x=\"%.1f\" y=\"%d\" "
	    "font-size=\"11\" stroke=\"#fff\" stroke-width=\"3\" "
	    "paint-order=\"stroke\">%.2f", LEFT, y, length, BAR - 2,
	    looks[kind].colour, LEFT + length + 6, y + BAR - 5,
	    result->share[kind]);
	fprintf(out, "<tspan fill=\"#777\">, %.*f %s</tspan></text>\n",
	    decimals(result->figure[kind]), result->figure[kind], work->unit);
}

static void
write_group(FILE *out, const struct work *work, int y,
    const struct report *report, double end)
{
	const struct result *result = &report->results[work - works];
	int kind;

	fprintf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n",
	    LEFT - 12, y + KINDS * BAR / 2 + 3, work->title);
	for (kind = RAW; kind < KINDS; kind++)
		if (has_kind(report->kinds, kind))
			write_bar(out, work, kind, y + kind * BAR, result, end);
}

void
write_plot(FILE *out, const struct report *report)
{
	double end = find_end(report);
	int i;

	write_head(out, report);
	write_legend(out, report->kinds);
	write_axis(out, end);
	for (i = 0; i < WORKS; i++)
		write_group(out, &works[i], TOP + i * GROUP, report, end);
	fprintf(out, "</svg>\n");
}
