# UP_WARNINGS(VARIABLE)
# Append to VARIABLE the warnings that the compiler knows, and -Werror when
# --enable-werror is given.
AC_DEFUN([UP_WARNINGS], [
  AC_ARG_ENABLE([werror],
    [AS_HELP_STRING([--enable-werror], [treat warnings as errors])])
  for up_flag in -Wall -Wextra -Wcast-qual -Wformat=2 -Wmissing-prototypes \
      -Wpointer-arith -Wshadow -Wstrict-prototypes -Wundef -Wvla \
      -Wwrite-strings
  do
    UP_TRY_CFLAG([$1], [$up_flag])
  done
  AS_IF([test "x$enable_werror" = xyes], [$1="$$1 -Werror"])
])
