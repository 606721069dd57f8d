# UP_CHECK_CALL(CALL, HEADER)
# Define HAVE_CALL when HEADER declares it and libc has it.  AC_CHECK_FUNCS
# only links its name, and is wrong where the header renames it (NetBSD 11's
# dup3) and where an SDK has it that the oldest system built for has not
# (macOS 27's pipe2), which the compiler tells under the flags UP_AVAILABLE.
AC_DEFUN([UP_CHECK_CALL], [
  AC_CACHE_CHECK([for $1], [ac_cv_func_$1], [
    up_saved_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS $UP_AVAILABLE"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <$2>]],
      [[void *volatile call = (void *)$1;
        return call == (void *)0;]])],
      [ac_cv_func_$1=yes], [ac_cv_func_$1=no])
    CFLAGS=$up_saved_CFLAGS
  ])
  AS_VAR_IF([ac_cv_func_$1], [yes],
    [AC_DEFINE(AS_TR_CPP([HAVE_$1]), [1],
      [Define to 1 if you have the `$1' function.])])
])
