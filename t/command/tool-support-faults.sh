# What tests share that put functions in front of libc's; they read it after
# tool-support.sh.  Some programs cannot be given any: static ones, and those
# with sanitizers.  There the test ends here.
# with FAULTS COMMAND...: see t/lib/faults.c, t/lib/fault_machine.c
# and t/lib/fault_library.c.
with()
{
	(FAULT=$1 && LD_PRELOAD=$directory/faults.so && export FAULT LD_PRELOAD
	    shift && "$@")
}
# config.h: where off_t grows on demand the command has it grown.
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
