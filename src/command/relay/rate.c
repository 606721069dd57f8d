/* SPDX-License-Identifier: BSD-2-Clause */
/* Shows the bytes that were transferred, and their rate. */
#include "command.h"

/* Writes "1.5 MB", for example, to TEXT of 20 bytes. */
static const char *
format_bytes(double bytes, char *text)
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

static long long first_time, last_time;

void
begin_rate(void)
{
	first_time = last_time = now_ms();
}

/* The last line shows the mean rate, others the rate since the previous one. */
void
show_rate(unsigned long long sent, unsigned long long received, int last)
{
	static unsigned long long last_sum;
	unsigned long long sum = sent + received;
	long long now = now_ms(), passed;
	double moved = (double)(last ? sum : sum - last_sum);
	char texts[3][20];

	passed = now - (last ? first_time : last_time);
	fprintf(stderr, "\r%s sent, %s received, %s/s   %s",
	    format_bytes((double)sent, texts[0]),
	    format_bytes((double)received, texts[1]),
	    format_bytes(moved * 1000 / (double)(passed > 0 ? passed : 1),
	    texts[2]),
	    last ? "\n" : "");
	fflush(stderr);
	last_time = now;
	last_sum = sum;
}
