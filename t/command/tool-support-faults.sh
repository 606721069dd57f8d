# Shared by tests that replace functions of libc; they source it after
# tool-support.sh.  Static programs and programs with sanitizers do not allow
# it; the test ends here in this case.
# with FAULTS COMMAND...: see t/lib/faults.c, t/lib/fault_machine.c
# and t/lib/fault_library.c.
with()
{
	(FAULT=$1 && LD_PRELOAD=$directory/faults.so && export FAULT LD_PRELOAD
	    shift && "$@")
}
# config.h: the command uses a 64-bit off_t if that is optional.
if ! $CC -shared -fPIC -nostdlib -include "$build/config.h" -o faults.so \
    -I "$srcdir/include" "$srcdir/t/lib/faults.c" \
    "$srcdir/t/lib/fault_machine.c" "$srcdir/t/lib/fault_library.c" -ldl \
    2>words
then
	cat words
	[ "$(uname -s)" != Linux ] || fail 'no faults'
	exit 0
fi
if ! PRELOADED=$directory/preloaded with none "$unixport" --version \
    >said 2>words || [ ! -e preloaded ] || [ -s words ]
then
	cat words
	exit 0
fi
rm -f preloaded
