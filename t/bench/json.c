/* SPDX-License-Identifier: BSD-2-Clause */
/* The figures for programs, in JSON; unixport(1) tells the keys. */
#include "report.h"

static void
write_string(FILE *out, const char *text)
{
	putc('"', out);
	for (; *text != '\0'; text++)
		if (*text == '"' || *text == '\\')
			fprintf(out, "\\%c", *text);
		else if ((unsigned char)*text < ' ')
			fprintf(out, "\\u%04x", (unsigned)*text);
		else
			putc(*text, out);
	putc('"', out);
}

static void
write_machine(FILE *out, const struct machine *machine)
{
	fprintf(out, "  \"machine\": ");
	write_string(out, machine->processor);
	fprintf(out, ",\n  \"cpus\": %d,\n  \"load\": ", machine->cpus);
	if (machine->load >= 0)
		fprintf(out, "%.2f", machine->load);
	else
		fprintf(out, "null");
	fprintf(out, ",\n  \"kernel\": ");
	write_string(out, machine->kernel);
	fprintf(out, ",\n  \"libc\": ");
	write_string(out, machine->libc);
	fprintf(out, ",\n");
}

/* By kind, those without a value as null. */
static void
write_values(FILE *out, const double *values, unsigned kinds)
{
	static const char *const names[KINDS] = { "raw", "plain", "guarded",
	    "tcp" };
	int kind;

	for (kind = RAW; kind < KINDS; kind++) {
		fprintf(out, "%s\"%s\": ", kind == RAW ? "{ " : ", ",
		    names[kind]);
		if (has_kind(kinds, kind))
			fprintf(out, "%.6g", values[kind]);
		else
			fprintf(out, "null");
	}
	fprintf(out, " }");
}

static void
write_work(FILE *out, const struct work *work, const struct result *result,
    unsigned kinds)
{
	fprintf(out, "    {\n      \"name\": \"%s\",\n"
	    "      \"title\": \"%s\",\n      \"unit\": \"%s\",\n"
	    "      \"figures\": ", work->name, work->title, work->unit);
	write_values(out, result->figure, kinds);
	fprintf(out, ",\n      \"shares\": ");
	write_values(out, result->share, kinds);
	fprintf(out, "\n    }");
}

void
write_json(FILE *out, const struct report *report)
{
	int i;

	fprintf(out, "{\n  \"version\": \"%s\",\n", PACKAGE_VERSION);
	write_machine(out, &report->machine);
	fprintf(out, "  \"rounds\": %u,\n  \"seconds\": %.2f,\n"
	    "  \"works\": [\n", report->rounds, report->seconds);
	for (i = 0; i < WORKS; i++) {
		write_work(out, &works[i], &report->results[i], report->kinds);
		fprintf(out, i < WORKS - 1 ? ",\n" : "\n");
	}
	fprintf(out, "  ]\n}\n");
}
