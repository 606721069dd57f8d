/* SPDX-License-Identifier: BSD-2-Clause */
/* The works of `unixport bench' under conditions that tell where time goes. */
#include "bench.h"

#include <stdio.h>

#if defined(__has_include)
#if __has_include(<stdio_ext.h>)
#include <stdio_ext.h>
#endif
#endif

static void
unlock(struct end *end)
{
#ifdef FSETLOCKING_BYCALLER
	if (is_bare(end->kind))
		return;
	__fsetlocking(end->ports.in, FSETLOCKING_BYCALLER);
	__fsetlocking(end->ports.out, FSETLOCKING_BYCALLER);
#else
	(void)end;
#endif
}

double
unlocked_lines(enum kind kind, size_t count)
{
	return lines_after(unlock, kind, count);
}

double
trips_on_one(enum kind kind, size_t count)
{
	return trips_to(0, kind, count);
}
