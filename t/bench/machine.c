/* SPDX-License-Identifier: BSD-2-Clause */
/* What the figures were measured on: system, processor, C library. */
#include "bench.h"

#include <sys/utsname.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The processor's name, as Linux on most machines tells it. */
static void
show_processor(void)
{
	FILE *file = fopen("/proc/cpuinfo", "r");
	char line[500];

	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, "model name", 10) == 0 &&
		    strchr(line, ':') != NULL) {
			line[strcspn(line, "\n")] = '\0';
			printf("%s, ", strchr(line, ':') + 2);
			break;
		}
	if (file != NULL)
		fclose(file);
	printf("CPUs for us: %d\n", cpus());
}

static void
show_libc(void)
{
	char name[100];
	size_t length = 0;

#ifdef _CS_GNU_LIBC_VERSION
	length = confstr(_CS_GNU_LIBC_VERSION, name, sizeof(name));
#endif
	if (length > 1 && length <= sizeof(name))
		printf("%s", name);
	else
		printf("C library: not glibc");
#ifdef __VERSION__
	printf(", compiler %s", __VERSION__);
#endif
	printf("\n");
}

void
show_machine(void)
{
	struct utsname name;
	double load;

	need(uname(&name) == 0, "uname");
	printf("%s %s %s\n", name.sysname, name.release, name.machine);
	show_processor();
	show_libc();
	/* Figures beside other programs at work are not to be trusted. */
	if (getloadavg(&load, 1) == 1)
		printf("load %.1f, ", load);
}
