/* SPDX-License-Identifier: BSD-2-Clause */
/* How far a copy has come, in one line that is written over and over. */
#include "command.h"

#include <time.h>

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* "1.5 MB" of BYTES, into TEXT of 20. */
static const char *
readable(double bytes, char *text)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
	size_t unit = 0;

	while (bytes >= 1000 && unit < COUNT(units) - 1) {
		bytes /= 1000;
		unit++;
	}
	snprintf(text, 20, unit == 0 ? "%.0f %s" : "%.1f %s", bytes,
	    units[unit]);
	return text;
}

/* The rate is that since the last line; the LAST one tells that of all. */
void
show_rate(unsigned long long sent, unsigned long long received, int last)
{
	static double first_time, last_time;
	static unsigned long long last_sum;
	unsigned long long sum = sent + received;
	double now = seconds(), passed, moved;
	char texts[3][20];

	if (first_time == 0)
		first_time = last_time = now;
	passed = now - (last ? first_time : last_time);
	moved = (double)(last ? sum : sum - last_sum);
	fprintf(stderr, "\r%s sent, %s received, %s/s   %s",
	    readable((double)sent, texts[0]),
	    readable((double)received, texts[1]),
	    readable(passed > 0 ? moved / passed : 0, texts[2]),
	    last ? "\n" : "");
	fflush(stderr);
	last_time = now;
	last_sum = sum;
}
