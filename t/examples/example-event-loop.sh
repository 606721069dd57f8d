#!/bin/sh
# event-loop: several clients in one thread; none delays the others.
. "${0%/*}/examples.subr"
. "${0%/*}/event-loop.subr"

serve_lines event-loop
