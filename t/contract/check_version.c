/* SPDX-License-Identifier: BSD-2-Clause */
/* The version of configure.ac, of the header and of the library. */
#include "support.h"

START_TEST(library_has_the_version_of_configure_ac)
{
	errno = EDOM;
	ck_assert_str_eq(unix_version(), PACKAGE_VERSION);
	ck_assert_int_eq(errno, EDOM);
}
END_TEST

START_TEST(header_has_the_version_of_configure_ac)
{
	ck_assert_str_eq(UNIXPORT_VERSION, PACKAGE_VERSION);
}
END_TEST

START_TEST(number_has_one_byte_for_each_part)
{
	char text[40];

	snprintf(text, sizeof(text), "%d.%d.%d",
	    UNIXPORT_VERSION_NUMBER >> 16 & 255,
	    UNIXPORT_VERSION_NUMBER >> 8 & 255, UNIXPORT_VERSION_NUMBER & 255);
	ck_assert_str_eq(text, PACKAGE_VERSION);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("version");
	TCase *version = add_case(suite, "version");

	tcase_add_test(version, library_has_the_version_of_configure_ac);
	tcase_add_test(version, header_has_the_version_of_configure_ac);
	tcase_add_test(version, number_has_one_byte_for_each_part);
	return run_suite(suite);
}
