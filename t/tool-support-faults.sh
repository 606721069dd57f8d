# What tests share that put functions in front of libc's; they read it after
# tool-support.sh.  Some programs cannot be given any: static ones, and those
# with sanitizers.  There the test ends here.
# with FAULTS COMMAND...: see t/faults.c and t/machine.c.
with()
{
	(FAULT=$1 && LD_PRELOAD=$directory/faults.so && export FAULT LD_PRELOAD
	    shift && "$@")
}
if ! { $CC -shared -fPIC -nostdlib -o faults.so "$srcdir/t/faults.c" \
    "$srcdir/t/machine.c" -ldl && PRELOADED=$directory/preloaded with none \
    "$unixport" --version && [ -e preloaded ]; } >said 2>words || [ -s words ]
then
	cat words
	exit 0
fi
rm -f preloaded
