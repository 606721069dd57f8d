/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine that is measured: its names, its load, its CPUs and its clock. */
#include "bench.h"

#include <sys/utsname.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef HAVE_SCHED_SETAFFINITY
#include <sched.h>

/* The CPUs that the process started with; none if there are too many. */
static const cpu_set_t *
permitted_cpus(void)
{
	static cpu_set_t set;
	static int is_known;

	if (!is_known && sched_getaffinity(0, sizeof(set), &set) == -1)
		CPU_ZERO(&set);
	is_known = 1;
	return &set;
}

static int
count_cpus(void)
{
	int count = CPU_COUNT(permitted_cpus());

	return count > 0 ? count : (int)sysconf(_SC_NPROCESSORS_ONLN);
}

/*
 * Otherwise, the kernel sometimes moves two processes that exchange bytes to
 * one CPU, and two rounds differ by more than two kinds do.
 */
void
use_cpu(int number)
{
	cpu_set_t set;
	int cpu;

	if (CPU_COUNT(permitted_cpus()) < 2)
		return;
	for (cpu = 0; !CPU_ISSET(cpu, permitted_cpus()) || number-- > 0; cpu++)
		;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	/* A sandbox may deny the call. */
	(void)sched_setaffinity(0, sizeof(set), &set);
}
#else
static int
count_cpus(void)
{
	return (int)sysconf(_SC_NPROCESSORS_ONLN);
}

void
use_cpu(int number)
{
	(void)number;
}
#endif

/* The processor's name, where Linux has it; else TEXT stays. */
static void
read_processor(char *text, size_t size)
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

/* On Linux a libc without a version is musl; elsewhere it is the system's. */
static void
read_libc(const char *system, char *text, size_t size)
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
describe_machine(struct machine *machine)
{
	struct utsname name;

	need(uname(&name) == 0, "uname");
	snprintf(machine->kernel, sizeof(machine->kernel), "%s %s %s",
	    name.sysname, name.release, name.machine);
	snprintf(machine->processor, sizeof(machine->processor), "%s",
	    name.machine);
	read_processor(machine->processor, sizeof(machine->processor));
	read_libc(name.sysname, machine->libc, sizeof(machine->libc));
#ifdef __VERSION__
	machine->compiler = __VERSION__;
#else
	machine->compiler = "unknown";
#endif
	machine->cpus = count_cpus();
	if (getloadavg(&machine->load, 1) != 1)
		machine->load = -1;
}

/* NULL if both processes can have a CPU that other programs do not use. */
const char *
busy_warning(const struct machine *machine)
{
	int needed = machine->cpus < 2 ? machine->cpus : 2;

	return machine->load + needed > machine->cpus + 0.5 ?
	    "too busy for reliable figures" : NULL;
}

/* AMOUNT a second; a coarse clock may not have advanced. */
double
rate_since(double start, size_t amount)
{
	double taken = seconds() - start;

	return (double)amount / (taken > 1e-9 ? taken : 1e-9);
}
