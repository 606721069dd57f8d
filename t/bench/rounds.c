/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rounds.  Each one measures all kinds, one right after the other, since other
 * work of the machine then slows all of them alike.  A median ignores the
 * outliers.
 */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

int
has_kind(unsigned kinds, enum kind kind)
{
	return (kinds >> kind & 1) != 0;
}

static int
compare(const void *p, const void *q)
{
	double a = *(const double *)p, b = *(const double *)q;

	return (a > b) - (a < b);
}

/* Sorts the FIGURES, too. */
static double
median(double *figures, size_t count)
{
	qsort(figures, count, sizeof(*figures), compare);
	return (figures[(count - 1) / 2] + figures[count / 2]) / 2;
}

/* The amount that takes DURATION seconds on the average of KINDS. */
size_t
amount_for(const struct work *work, double duration, unsigned kinds)
{
	double seconds_of_units = 0, amount;
	int kind, count = 0;

	for (kind = 0; kind < KINDS; kind++)
		if (has_kind(kinds, kind)) {
			seconds_of_units += 1 / work->measure(kind,
			    work->least);
			count++;
		}
	amount = duration * count / seconds_of_units;
	if (amount <= (double)work->least)
		return work->least;
	return amount >= (double)work->most ? work->most : (size_t)amount;
}

/* Measures the kinds of RESULT, and sets its other members. */
void
measure_rounds(struct result *result, size_t amount, unsigned rounds)
{
	static double figures[KINDS][MAX_ROUNDS], ratios[MAX_ROUNDS];
	const struct work *work = result->work;
	unsigned round, i;
	double raw;
	int kind;

	for (round = 0; round < rounds; round++)
		for (i = 0; i < KINDS; i++) {
			/* Another kind is the first in each round. */
			kind = (int)((round + i) % KINDS);
			if (has_kind(result->kinds, kind))
				figures[kind][round] = work->measure(kind,
				    amount) / work->scale;
		}
	memcpy(ratios, figures[RAW], sizeof(ratios));
	raw = median(ratios, rounds);
	for (kind = RAW; kind < KINDS; kind++) {
		if (!has_kind(result->kinds, kind))
			continue;
		for (round = 0; round < rounds; round++)
			ratios[round] = figures[kind][round] /
			    (kind == RAW ? raw : figures[RAW][round]);
		result->share[kind] = median(ratios, rounds);
		result->lowest[kind] = ratios[0];
		result->highest[kind] = ratios[rounds - 1];
		/* Medians of figures would contradict those of shares. */
		result->figure[kind] = raw * result->share[kind];
	}
}

/* The share of raw that guarded ports should have. */
double
target_share(const struct result *result)
{
	return result->work->target * result->share[result->work->target_of];
}
