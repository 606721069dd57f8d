/* SPDX-License-Identifier: BSD-2-Clause */
/* The socket option that accepts descriptors, for headers that lack it. */
#ifndef RIGHTS_H
#define RIGHTS_H

#include <sys/socket.h>

#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS	83	/* Linux 6.16 */
#endif

#endif
