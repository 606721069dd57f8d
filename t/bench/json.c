/* SPDX-License-Identifier: BSD-2-Clause */
/* The figures for programs, in JSON; README.md describes the keys. */
#include "bench.h"

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

/* Null if it is unknown. */
static void
write_number(FILE *out, double number, int is_known)
{
	if (is_known)
		fprintf(out, "%.6g", number);
	else
		fprintf(out, "null");
}

static void
write_machine(FILE *out, const struct machine *machine)
{
	fprintf(out, "  \"machine\": ");
	write_string(out, machine->processor);
	fprintf(out, ",\n  \"cpus\": %d,\n  \"load\": ", machine->cpus);
	write_number(out, machine->load, machine->load >= 0);
	fprintf(out, ",\n  \"warning\": ");
	if (busy_warning(machine) != NULL)
		write_string(out, busy_warning(machine));
	else
		fprintf(out, "null");
	fprintf(out, ",\n  \"kernel\": ");
	write_string(out, machine->kernel);
	fprintf(out, ",\n  \"libc\": ");
	write_string(out, machine->libc);
	fprintf(out, ",\n  \"compiler\": ");
	write_string(out, machine->compiler);
	fprintf(out, ",\n");
}

/* Writes an object whose keys are the names of the kinds. */
static void
write_values(FILE *out, const char *key, const double *values,
    const struct result *result)
{
	const char *const *names = result->work->names;
	int kind;

	fprintf(out, ",\n      \"%s\": ", key);
	for (kind = RAW; kind < KINDS; kind++) {
		if (names[kind] == NULL)
			continue;
		fprintf(out, "%s\"%s\": ", kind == RAW ? "{ " : ", ",
		    names[kind]);
		write_number(out, values[kind], has_kind(result->kinds, kind));
	}
	fprintf(out, " }");
}

static void
write_result(FILE *out, const struct result *result)
{
	const struct work *work = result->work;

	fprintf(out, "    {\n      \"name\": \"%s\",\n"
	    "      \"title\": \"%s\",\n      \"unit\": \"%s\",\n"
	    "      \"target\": %.2f", work->name, work->title, work->unit,
	    target_share(result));
	write_values(out, "figures", result->figure, result);
	write_values(out, "shares", result->share, result);
	write_values(out, "lowest", result->lowest, result);
	write_values(out, "highest", result->highest, result);
	fprintf(out, "\n    }");
}

static void
write_memory(FILE *out, const char *state, const double *kib)
{
	fprintf(out, "\"%s\": { \"plain\": ", state);
	write_number(out, kib[PLAIN], kib[PLAIN] >= 0);
	fprintf(out, ", \"guarded\": ");
	write_number(out, kib[GUARDED], kib[GUARDED] >= 0);
	fprintf(out, " }");
}

void
write_json(FILE *out, const struct report *report)
{
	size_t i;

	fprintf(out, "{\n  \"version\": \"%s\",\n", PACKAGE_VERSION);
	write_machine(out, &report->machine);
	fprintf(out, "  \"rounds\": %u,\n  \"seconds\": %.2f,\n"
	    "  \"works\": [\n", report->rounds, report->seconds);
	for (i = 0; i < report->count; i++) {
		write_result(out, &report->results[i]);
		fprintf(out, i < report->count - 1 ? ",\n" : "\n");
	}
	fprintf(out, "  ],\n  \"connections\": %zu,\n  \"memory\": { ",
	    report->connections);
	write_memory(out, "idle", report->memory.idle);
	fprintf(out, ", ");
	write_memory(out, "used", report->memory.used);
	fprintf(out, " },\n  \"crowd\": { \"rate\": ");
	write_number(out, report->crowd.rate, report->crowd.rate >= 0);
	fprintf(out, ", \"kib\": ");
	write_number(out, report->crowd.kib, report->crowd.kib >= 0);
	fprintf(out, " }\n}\n");
}
