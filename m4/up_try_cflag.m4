# UP_TRY_CFLAG(VARIABLE, FLAG)
# Append FLAG to VARIABLE when the compiler takes it without a warning.
AC_DEFUN([UP_TRY_CFLAG], [
  AS_VAR_PUSHDEF([up_cache], [up_cv_cflag_$2])
  AC_CACHE_CHECK([whether $CC takes $2], [up_cache], [
    up_saved_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS -Werror $2"
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM()],
      [AS_VAR_SET([up_cache], [yes])], [AS_VAR_SET([up_cache], [no])])
    CFLAGS=$up_saved_CFLAGS
  ])
  AS_VAR_IF([up_cache], [yes], [$1="$$1 $2"])
  AS_VAR_POPDEF([up_cache])
])
