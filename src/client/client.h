/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections, pairs, children and datagrams; the files do not share code. */
#ifndef UP_CLIENT_H
#define UP_CLIENT_H

#include "port/port.h"

#endif
