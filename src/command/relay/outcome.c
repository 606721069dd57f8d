/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The outcome of a copying: an exit status, and a line for an error.  A thread
 * that still runs can set its error at any time, so only threads that have
 * ended are asked.
 */
#include "command.h"

#include <errno.h>
#include <unistd.h>

/*
 * Whether ERROR means that the peer has closed: writes then fail with EPIPE,
 * and reads with ECONNRESET.
 */
static int
is_peer_closed(int error)
{
	return error == EPIPE || error == ECONNRESET;
}

/*
 * Reads fail with ECONNRESET if the peer has closed with unread data.  On
 * Linux, they also do if the server has closed its listener before it has
 * accepted the connection.
 */
static int
report_closed(const char *address, const struct flow *in, int in_error)
{
	return report(address, in->bytes > 0 || in_error != 0 ?
	    "the peer closed the connection before it received all input" :
	    "the peer closed the connection before it was accepted, or with "
	    "unread data");
}

/*
 * One cause can produce several errors, so only the error nearest to the user
 * is reported.
 */
static int
report_errors(const char *address, const struct flow *in,
    const struct flow *out)
{
	int in_error = in->ended ? in->error : 0;
	int out_error = out->ended ? out->error : 0;

	if (out_error != 0 && out->failed == STDOUT_FILENO)
		return complain("standard output", out_error);
	if (in_error != 0 && in->failed == STDIN_FILENO)
		return complain("standard input", in_error);
	if (is_peer_closed(in_error) || is_peer_closed(out_error))
		return report_closed(address, in, in_error);
	if (in_error != 0 || out_error != 0)
		return complain(address, in_error != 0 ? in_error : out_error);
	return 0;
}

/*
 * At the idle limit, bytes that were read and not written are lost.  NFS
 * reports the loss of output in close(2), which a thread calls at EOF only.
 */
static int
report_loss(const char *address, const struct flow *in,
    const struct flow *out)
{
	if (!out->ended && out->writing)
		return report("standard output", "the idle limit was reached "
		    "before all output was written");
	if (!in->ended && in->writing)
		return report(address, "the idle limit was reached before all "
		    "input was sent");
	if (!out->ended && out->bytes > 0 && close(out->to) == -1)
		return complain("standard output", errno);
	return 0;
}

/*
 * The peer has sent nothing.  The half-close can be the reason only if the
 * connection was half-closed, at EOF of the input.
 */
static int
report_silence(const char *address, const struct flow *in,
    const struct relay_options *options, int is_idle)
{
	if (options->silence == SILENCE_PERMITTED ||
	    (options->silence == SILENCE_NOTED && !isatty(STDERR_FILENO)))
		return 0;
	report(address, is_idle ? "the idle limit was reached before an answer"
	    : options->keep_open || !in->at_eof ?
	    "the server closed the connection without an answer" :
	    "the server closed the connection without an answer; if it should "
	    "answer, try -K");
	return options->silence == SILENCE_FAILS ? STATUS_ERROR : 0;
}

/* Returns 0, or an exit status. */
int
report_outcome(const char *address, const struct flow *in,
    const struct flow *out, const struct relay_options *options, int is_idle)
{
	int status = report_errors(address, in, out);

	if (status == 0 && is_idle)
		status = report_loss(address, in, out);
	if (status == 0 && out->bytes == 0)
		status = report_silence(address, in, options, is_idle);
	return status;
}
