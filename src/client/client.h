/* SPDX-License-Identifier: BSD-2-Clause */
/* Connecting, pairs, children and datagrams: on ports, not on each other. */
#ifndef UP_CLIENT_H
#define UP_CLIENT_H

#include "port/port.h"

#endif
