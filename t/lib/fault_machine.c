/* SPDX-License-Identifier: BSD-2-Clause */
/* Systems whose descriptions of the machine are unusual or missing. */
#include "faults.h"

#include <sys/utsname.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A name with quotation marks. */
ORIGINAL(int, uname, struct utsname *)
int
uname(struct utsname *system)
{
	int result = original_uname()(system);

	if (is("odd names"))
		strcpy(system->release, "<1> & \"2\" \\ \n\033");
	return result;
}

ORIGINAL(FILE *, fopen, const char *, const char *)
FILE *
fopen(const char *path, const char *mode)
{
	if ((is("odd names") && strcmp(path, "/proc/cpuinfo") == 0) ||
	    (is("no list") && strcmp(path, "/proc/net/unix") == 0)) {
		errno = EACCES;
		return NULL;
	}
	return original_fopen()(path, mode);
}

ORIGINAL(size_t, confstr, int, char *, size_t)
size_t
confstr(int name, char *text, size_t size)
{
	return is("odd names") ? 0 : original_confstr()(name, text, size);
}

/* LOAD in the environment; if it is empty, no load is reported. */
ORIGINAL(int, getloadavg, double *, int)
int
getloadavg(double *loads, int count)
{
	const char *load = getenv("LOAD");

	if (load == NULL)
		return original_getloadavg()(loads, count);
	loads[0] = atof(load);
	return *load == '\0' ? -1 : 1;
}

/* CPUS in the environment: more CPUs than a set can hold. */
ORIGINAL(long, sysconf, int)
long
sysconf(int name)
{
	const char *cpus = getenv("CPUS");

	return name == _SC_NPROCESSORS_ONLN && cpus != NULL ? atol(cpus) :
	    original_sysconf()(name);
}

ORIGINAL(int, sched_getaffinity, pid_t, size_t, cpu_set_t *)
int
sched_getaffinity(pid_t process, size_t size, cpu_set_t *set)
{
	return getenv("CPUS") != NULL ? failure(EINVAL) :
	    original_sched_getaffinity()(process, size, set);
}

ORIGINAL(int, sched_setaffinity, pid_t, size_t, const cpu_set_t *)
int
sched_setaffinity(pid_t process, size_t size, const cpu_set_t *set)
{
	return is("no pin") ? failure(EPERM) :
	    original_sched_setaffinity()(process, size, set);
}
