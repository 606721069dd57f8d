/* SPDX-License-Identifier: BSD-2-Clause */
/* What the figures are measured on: processor, system, C library. */
#include "measure.h"

#include <sys/utsname.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The processor's name, as Linux on most machines tells it. */
static void
know_processor(char *text, size_t size)
{
	FILE *file = fopen("/proc/cpuinfo", "r");
	char line[500];

	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, "model name", 10) == 0 &&
		    strchr(line, ':') != NULL) {
			line[strcspn(line, "\n")] = '\0';
			snprintf(text, size, "%s", strchr(line, ':') + 2);
			break;
		}
	if (file != NULL)
		fclose(file);
}

/* Where it is not told the system's own, or musl, which tells nobody. */
static void
know_libc(const char *system, char *text, size_t size)
{
	size_t length = 0;

#ifdef _CS_GNU_LIBC_VERSION
	length = confstr(_CS_GNU_LIBC_VERSION, text, size);
#endif
	if (length > 1 && length <= size)
		return;
	snprintf(text, size, "%s", strcmp(system, "Linux") == 0 ? "musl" :
	    system);
}

void
know_machine(struct machine *machine)
{
	struct utsname name;

	need(uname(&name) == 0, "uname");
	snprintf(machine->kernel, sizeof(machine->kernel), "%s %s %s",
	    name.sysname, name.release, name.machine);
	snprintf(machine->processor, sizeof(machine->processor), "%s",
	    name.machine);
	know_processor(machine->processor, sizeof(machine->processor));
	know_libc(name.sysname, machine->libc, sizeof(machine->libc));
	machine->cpus = cpus();
	/* Figures beside other programs at work are not to be trusted. */
	if (getloadavg(&machine->load, 1) != 1)
		machine->load = -1;
}
