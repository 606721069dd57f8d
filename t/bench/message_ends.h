/* SPDX-License-Identifier: BSD-2-Clause */
/* The words that bench_messages and its ends share. */
#ifndef MESSAGE_ENDS_H
#define MESSAGE_ENDS_H

enum end_kind { END_RAW, END_GUARDED, END_UNLOCKED, END_KINDS };

static const char sending[] = "send", receiving[] = "receive";

#endif
