# UP_VERSION_SCRIPT
# Define the conditional HAVE_VERSION_SCRIPT: the linker takes a version
# script, as GNU ld, gold and lld do.
AC_DEFUN([UP_VERSION_SCRIPT], [
  AC_CACHE_CHECK([whether the linker takes a version script],
    [up_cv_version_script], [
    up_saved_LDFLAGS=$LDFLAGS
    LDFLAGS="$LDFLAGS -Wl,--version-script=conftest.map"
    echo 'UP { global: main; local: *; };' >conftest.map
    AC_LINK_IFELSE([AC_LANG_PROGRAM()],
      [up_cv_version_script=yes], [up_cv_version_script=no])
    LDFLAGS=$up_saved_LDFLAGS
    rm -f conftest.map
  ])
  AM_CONDITIONAL([HAVE_VERSION_SCRIPT],
    [test "x$up_cv_version_script" = xyes])
])
