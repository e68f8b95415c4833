#include "phieu/tls_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "phieu/file.h"
#include "support/test.h"

static void a_certificate_and_its_key_come_together(void **state)
{
	char dir[] = "/tmp/phieu-tls-files-XXXXXX", one[64], two[64];
	struct err e = { 0 };
	struct conf *c = conf_new(&e);
	struct tls_files t;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(one, sizeof one, "%s/one", dir);
	(void)snprintf(two, sizeof two, "%s/two", dir);
	assert_true(file_write(one, "cert", 4, 0600, &e));
	assert_true(tls_files_read(c, &t, &e));
	assert_null(t.certificate);
	assert_null(t.key);
	assert_true(conf_set(c, "tls-certificate", one, &e));
	assert_false(tls_files_read(c, &t, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_non_null(strstr(e.msg, "come together"));
	tls_files_free(&t);
	assert_true(conf_set(c, "tls-key", two, &e));
	assert_false(tls_files_read(c, &t, &e)); /* no such file */
	assert_non_null(strstr(e.msg, two));
	tls_files_free(&t);
	assert_null(t.certificate);
	assert_true(file_write(two, "key", 3, 0600, &e));
	assert_true(tls_files_read(c, &t, &e));
	assert_string_equal(t.certificate, "cert");
	assert_string_equal(t.key, "key");
	tls_files_free(&t);
	assert_int_equal(unlink(one), 0);
	assert_false(tls_files_read(c, &t, &e));
	assert_non_null(strstr(e.msg, one));
	tls_files_free(&t);
	assert_int_equal(unlink(two), 0);
	assert_int_equal(rmdir(dir), 0);
	conf_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_certificate_and_its_key_come_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
