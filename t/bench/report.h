/* SPDX-License-Identifier: BSD-2-Clause */
/* What `unixport bench' has measured, and the ways to show it. */
#ifndef REPORT_H
#define REPORT_H

#include "measure.h"

#include <stdio.h>

struct report {
	struct machine machine;
	unsigned kinds;
	unsigned rounds;
	double seconds;			/* that all took */
	struct result results[WORKS];
};

/* table.c: what is known already; BLOCKS where the terminal has them. */
void show_head(const struct report *report);
void show_title(const struct work *work);
void show_result(const struct work *work, const struct result *result,
    unsigned kinds, int blocks);
void show_legend(void);
int decimals(double figure);

/* json.c, plot.c: all at once. */
void write_json(FILE *out, const struct report *report);
void write_plot(FILE *out, const struct report *report);

/* plot_file.c: a file that is opened before the work and written after it. */
FILE *open_plot(const char *path);
int save_plot(FILE *file, const struct report *report);

#endif
