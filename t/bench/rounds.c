/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rounds, each of which measures all kinds, one right after the other: what
 * disturbs the machine disturbs them all.  Medians leave the odd round out.
 */
#include "measure.h"

#include <stdlib.h>

static int
compare(const void *p, const void *q)
{
	double a = *(const double *)p, b = *(const double *)q;

	return (a > b) - (a < b);
}

double
median(double *figures, size_t count)
{
	qsort(figures, count, sizeof(*figures), compare);
	return (figures[(count - 1) / 2] + figures[count / 2]) / 2;
}

/* How much takes each of KINDS that many seconds, on the average. */
size_t
amount_for(const struct work *work, double time, unsigned kinds)
{
	double each = 0, amount;	/* each: seconds of a unit */
	int kind, count = 0;

	for (kind = 0; kind < KINDS; kind++)
		if (has_kind(kinds, kind)) {
			each += 1 / work->measure(kind, work->least);
			count++;
		}
	amount = time * count / each;
	if (amount <= (double)work->least)
		return work->least;
	return amount >= (double)work->most ? work->most : (size_t)amount;
}

/* Nobody is always the first. */
static void
measure_round(const struct work *work, size_t amount, unsigned round,
    unsigned kinds, double figures[KINDS][MAX_ROUNDS])
{
	unsigned i;
	enum kind kind;

	for (i = 0; i < KINDS; i++) {
		kind = (round + i) % KINDS;
		if (has_kind(kinds, kind))
			figures[kind][round] = work->measure(kind, amount) /
			    work->scale;
	}
}

void
measure_rounds(const struct work *work, size_t amount, unsigned rounds,
    unsigned kinds, struct result *result)
{
	static double figures[KINDS][MAX_ROUNDS], ratios[MAX_ROUNDS];
	unsigned round;
	double raw;
	int kind;

	*result = (struct result){ .figure = { 0 } };
	for (round = 0; round < rounds; round++)
		measure_round(work, amount, round, kinds, figures);
	for (kind = RAW; kind < KINDS; kind++) {
		if (!has_kind(kinds, kind))
			continue;
		for (round = 0; round < rounds; round++)
			ratios[round] = figures[kind][round] /
			    figures[RAW][round];
		result->share[kind] = median(ratios, rounds);
	}
	/* One median that all refer to, or they would contradict each other. */
	raw = median(figures[RAW], rounds);
	for (kind = RAW; kind < KINDS; kind++)
		result->figure[kind] = raw * result->share[kind];
}
