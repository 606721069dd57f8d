/* SPDX-License-Identifier: BSD-2-Clause */
/* The version of the library, which can be newer than a program's header. */
#include "os.h"

UP_API const char *
unix_version(void)
{
	return UNIXPORT_VERSION;
}
