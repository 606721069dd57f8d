/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table: for each attack a line for each call, with a column for each kind
 * of ports.  Letters stand for the reasons of empty cells; calls whose cells
 * are all empty share a line.
 */
#include "attack.h"

#include <stdio.h>
#include <string.h>

#define LETTERS		26
#define WIDTH		80

static const char *reasons[LETTERS];

static int
letter_of(const char *reason)
{
	int i;

	for (i = 0; i < LETTERS - 1 && reasons[i] != NULL; i++)
		if (strcmp(reasons[i], reason) == 0)
			break;
	reasons[i] = reason;
	return i;
}

static int
has_failed(const struct row *row)
{
	return row->promise.empty == NULL && row->result->problem[0] != '\0';
}

/* The only letter of the cells of a call, or -1. */
static int
common_letter(const struct row *cells)
{
	int i;

	for (i = 0; i < KINDS; i++)
		if (cells[i].promise.empty == NULL ||
		    strcmp(cells[i].promise.empty, cells[0].promise.empty)
		    != 0)
			return -1;
	return letter_of(cells[0].promise.empty);
}

static void
print_cells(const struct row *cells)
{
	const char *verdict = "ok";
	char text[20];
	int i;

	printf("%-21s %5d", cells[0].call->name, cells[0].promise.bound);
	for (i = 0; i < KINDS; i++) {
		if (cells[i].promise.empty != NULL)
			snprintf(text, sizeof(text), "%c",
			    'a' + letter_of(cells[i].promise.empty));
		else
			snprintf(text, sizeof(text), "%s%d",
			    has_failed(&cells[i]) ? "!" : "",
			    cells[i].result->elapsed);
		if (has_failed(&cells[i]))
			verdict = "FAIL";
		printf(" %7s", text);
	}
	printf(" %s\n", verdict);
}

/* The calls of an attack that are empty for one reason. */
static void
print_empty(const struct row *rows, size_t count, int letter)
{
	int column = 0;
	size_t i;

	for (i = 0; i < count; i += KINDS) {
		if (common_letter(&rows[i]) != letter)
			continue;
		if (column == 0)
			column = printf("%c:", 'a' + letter);
		if (column + (int)strlen(rows[i].call->name) + 2 > WIDTH)
			column = printf("\n  ") - 1;
		column += printf("%s %s", column > 2 ? "," : "",
		    rows[i].call->name);
	}
	if (column > 0)
		printf("\n");
}

static void
print_attack(const struct row *rows, size_t count)
{
	size_t i;
	int letter;

	printf("\n%-21s %5s", rows[0].attack->name, "bound");
	for (i = 0; i < KINDS; i++)
		printf(" %7s", kinds[i].name);
	printf("\n");
	for (i = 0; i < count; i += KINDS)
		if (common_letter(&rows[i]) == -1)
			print_cells(&rows[i]);
	for (letter = 0; letter < LETTERS; letter++)
		print_empty(rows, count, letter);
}

/* The cells of each attack follow each other. */
static size_t
count_cells(const struct row *rows, size_t count)
{
	size_t i;

	for (i = 0; i < count && rows[i].attack == rows[0].attack; i++)
		;
	return i;
}

static void
print_failures(const struct row *rows, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (has_failed(&rows[i]))
			printf("FAIL: %s: %s: %s: %s, %d ms\n",
			    rows[i].attack->name, rows[i].call->name,
			    rows[i].kind->name, rows[i].result->problem,
			    rows[i].result->elapsed);
}

void
print_table(const struct row *rows, size_t count, int elapsed)
{
	size_t i, cells, run = 0, failed = 0;

	printf("Milliseconds: the bound of the manual, and the time measured "
	    "for each kind of\nports; old: on a kernel without SO_PASSRIGHTS."
	    "  A failure is marked by `!':\n%d above the bound (%d in a storm),"
	    " a wrong end, a byte lost, a descriptor\nleft, or a spin.  Letters "
	    "are reasons of empty cells; see below.\n", MARGIN_MS,
	    STORM_MARGIN_MS);
	for (i = 0; i < count; i += cells) {
		cells = count_cells(&rows[i], count - i);
		print_attack(&rows[i], cells);
	}
	printf("\n");
	for (i = 0; i < LETTERS && reasons[i] != NULL; i++)
		printf("%c  %s\n", 'a' + (int)i, reasons[i]);
	print_failures(rows, count);
	for (i = 0; i < count; i++) {
		run += rows[i].promise.empty == NULL;
		failed += has_failed(&rows[i]);
	}
	printf("attack: %zu rows, %zu failed, %zu cells empty, %d s\n", run,
	    failed, count - run, elapsed / 1000);
}
