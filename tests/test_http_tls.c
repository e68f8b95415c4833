/* TLS and a certificate that is replaced (S8). */
#include <curl/curl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "phieu/file.h"
#include "phieu/http.h"
#include "phieu/log.h"
#include "support/http_live.h"
#include "support/test.h"

static char *pem(const char *dir, const char *name)
{
	char path[256];
	struct err e = { 0 };
	size_t n;
	char *s;

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	s = file_read(path, 1 << 20, &n, &e);
	if (!s)
		fail_msg("%s", e.msg);
	return s;
}

extern char **environ;

static void make_pair(const char *dir, const char *name)
{
	char cert[256], key[256], subject[64];
	const char *const argv[] = { "openssl",
				     "req",
				     "-x509",
				     "-newkey",
				     "ec",
				     "-pkeyopt",
				     "ec_paramgen_curve:P-256",
				     "-nodes",
				     "-days",
				     "3650",
				     "-subj",
				     subject,
				     "-addext",
				     "subjectAltName=IP:127.0.0.1",
				     "-out",
				     cert,
				     "-keyout",
				     key,
				     NULL };
	posix_spawn_file_actions_t quiet;
	int status = -1;
	pid_t pid;

	(void)snprintf(cert, sizeof cert, "%s/%s.crt", dir, name);
	(void)snprintf(key, sizeof key, "%s/%s.key", dir, name);
	(void)snprintf(subject, sizeof subject, "/CN=%s", name);
	assert_int_equal(posix_spawn_file_actions_init(&quiet), 0);
	assert_int_equal(posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO,
							  "/dev/null", 1, 0),
			 0);
	assert_int_equal(posix_spawnp(&pid, argv[0], &quiet, NULL,
				      (char *const *)(uintptr_t)argv, environ),
			 0);
	(void)posix_spawn_file_actions_destroy(&quiet);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static CURLcode fetch(uint16_t port, const char *ca, long versions)
{
	char url[64];
	CURL *c = curl_easy_init();
	CURLcode rc;

	assert_non_null(c);
	(void)snprintf(url, sizeof url, "https://127.0.0.1:%u/hello", port);
	(void)curl_easy_setopt(c, CURLOPT_URL, url);
	(void)curl_easy_setopt(c, CURLOPT_CAINFO, ca);
	(void)curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
	(void)curl_easy_setopt(c, CURLOPT_SSLVERSION, versions);
	(void)curl_easy_setopt(c, CURLOPT_SSL_CIPHER_LIST,
			       "DEFAULT@SECLEVEL=0");
	rc = curl_easy_perform(c);
	curl_easy_cleanup(c);
	return rc;
}

static void tls_serves_and_takes_up_a_new_certificate(void **state)
{
	struct live plain = { .threads = **(unsigned **)state };
	struct http_config c = config_of(&plain);
	char dir[] = "/tmp/phieu-tls.XXXXXX", ca[2][64], path[64];
	static const char *const names[] = { "first.crt", "first.key",
					     "second.crt", "second.key" };
	char *text[4];
	struct err e = { 0 };
	struct live *l;
	size_t i;

	assert_non_null(mkdtemp(dir));
	make_pair(dir, "first");
	make_pair(dir, "second");
	for (i = 0; i < 4; i++)
		text[i] = pem(dir, names[i]);
	(void)snprintf(ca[0], sizeof ca[0], "%s/first.crt", dir);
	(void)snprintf(ca[1], sizeof ca[1], "%s/second.crt", dir);
	c.tls_certificate = text[0];
	c.tls_key = text[3];
	assert_null(http_start(&c, &e)); /* they do not belong together */
	assert_int_equal(e.kind, ERR_INPUT);
	c.tls_key = text[1];
	l = live_start_as(plain.threads, &c);
	assert_int_equal(fetch(l->port, ca[0], CURL_SSLVERSION_TLSv1_2),
			 CURLE_OK);
	assert_int_not_equal(fetch(l->port, ca[1], CURL_SSLVERSION_TLSv1_2),
			     CURLE_OK);
	assert_int_not_equal(fetch(l->port, ca[0],
				   CURL_SSLVERSION_TLSv1_1 |
					   CURL_SSLVERSION_MAX_TLSv1_1),
			     CURLE_OK);
	assert_false(http_tls_reload(l->s, text[2], text[1], &e));
	assert_false(http_tls_reload(l->s, "nothing", text[1], &e));
	assert_int_equal(fetch(l->port, ca[0], CURL_SSLVERSION_TLSv1_2),
			 CURLE_OK);
	assert_true(http_tls_reload(l->s, text[2], text[3], &e));
	assert_int_equal(fetch(l->port, ca[1], CURL_SSLVERSION_TLSv1_2),
			 CURLE_OK);
	assert_int_not_equal(fetch(l->port, ca[0], CURL_SSLVERSION_TLSv1_2),
			     CURLE_OK);
	assert_int_equal(live_stop(l), 0);
	l = live_start_as(plain.threads, NULL);
	assert_false(http_tls_reload(l->s, text[2], text[3], &e));
	assert_int_equal(live_stop(l), 0);
	for (i = 0; i < 4; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", dir, names[i]);
		(void)unlink(path);
		free(text[i]);
	}
	(void)rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(tls_serves_and_takes_up_a_new_certificate),
	};

	log_set_level(LOG_ERROR);
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
