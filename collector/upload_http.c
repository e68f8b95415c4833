#include <string.h>

#include <stdlib.h>

#include "phieu/limits.h"
#include "upload_parts.h"

#define ANSWER_BYTES	((size_t)256 << 20)
#define CONNECT_SECONDS 15L
#define SILENT_SECONDS	45L /* no byte either way: the line is gone */

static size_t receive(char *p, size_t size, size_t n, void *ctx)
{
	struct buf *b = ctx;

	buf_add(b, p, size * n);
	return b->broken ? 0 : size * n;
}

static int tick(void *ctx, curl_off_t down_all, curl_off_t down,
		curl_off_t up_all, curl_off_t up)
{
	struct show *s = ctx;

	(void)down_all, (void)down, (void)up_all, (void)up;
	show_draw(s, false);
	return upload_stop ? 1 : 0;
}

static bool header(struct curl_slist **list, const char *line)
{
	struct curl_slist *more = curl_slist_append(*list, line);

	if (more)
		*list = more;
	return more != NULL;
}

static bool headers(struct upload *u, struct err *e)
{
	struct buf b = BUF_INIT(LIMIT_HTTP_HEADER_BYTES);
	bool ok = true;

	if (u->key)
		buf_addf(&b, "Authorization: Bearer %s", u->key);
	ok = !b.broken && (!u->key || (header(&u->post_headers, b.data) &&
				       header(&u->put_headers, b.data) &&
				       header(&u->get_headers, b.data)));
	/* "Expect: 100-continue" would cost a second per batch with servers
	 * that do not answer it */
	ok = ok && header(&u->post_headers, "Expect:") &&
	     header(&u->post_headers, "Content-Type: application/x-ndjson") &&
	     header(&u->put_headers, "Expect:") &&
	     header(&u->put_headers, "Content-Type: application/octet-stream");
	if (b.data)
		explicit_bzero(b.data, b.cap);
	buf_free(&b);
	return ok || err_set(e, ERR_NOMEM, "out of memory");
}

bool upload_http_open(struct upload *u, struct err *e)
{
	CURLcode rc = CURLE_OK;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_set(e, ERR_IO, "cannot start libcurl");
	u->curl = curl_easy_init();
	if (!u->curl)
		return err_set(e, ERR_NOMEM, "out of memory");
	rc |= curl_easy_setopt(u->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	rc |= curl_easy_setopt(u->curl, CURLOPT_NOSIGNAL, 1L);
	rc |= curl_easy_setopt(u->curl, CURLOPT_CONNECTTIMEOUT,
			       CONNECT_SECONDS);
	rc |= curl_easy_setopt(u->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	rc |= curl_easy_setopt(u->curl, CURLOPT_LOW_SPEED_TIME, SILENT_SECONDS);
	rc |= curl_easy_setopt(u->curl, CURLOPT_TCP_KEEPALIVE, 1L);
	rc |= curl_easy_setopt(u->curl, CURLOPT_USERAGENT, "phieu-upload");
	rc |= curl_easy_setopt(u->curl, CURLOPT_WRITEFUNCTION, receive);
	rc |= curl_easy_setopt(u->curl, CURLOPT_NOPROGRESS, 0L);
	rc |= curl_easy_setopt(u->curl, CURLOPT_XFERINFOFUNCTION, tick);
	rc |= curl_easy_setopt(u->curl, CURLOPT_XFERINFODATA, &u->show);
	if (rc != CURLE_OK)
		return err_set(e, ERR_BUG, "libcurl refuses an option");
	return headers(u, e);
}

void upload_http_close(struct upload *u)
{
	curl_slist_free_all(u->post_headers);
	curl_slist_free_all(u->get_headers);
	curl_slist_free_all(u->put_headers);
	curl_easy_cleanup(u->curl);
	u->curl = NULL;
	curl_global_cleanup();
}

/* The key goes with the request, so nobody may send us elsewhere: redirects
 * are not followed (libcurl's default) but told. */
static void perform(struct upload *u, const char *path, struct answer *out)
{
	char why[CURL_ERROR_SIZE] = "";
	struct buf url = BUF_INIT(LIMIT_HTTP_PATH_BYTES);
	curl_off_t after = 0;
	CURLcode rc;

	*out = (struct answer){ .body = BUF_INIT(ANSWER_BYTES),
				.retry_after = -1 };
	buf_addf(&url, "%s%s", u->to, path);
	if (!buf_cstr(&url)) {
		(void)snprintf(out->why, sizeof out->why, "address too long");
		return;
	}
	(void)curl_easy_setopt(u->curl, CURLOPT_URL, url.data);
	(void)curl_easy_setopt(u->curl, CURLOPT_WRITEDATA, &out->body);
	(void)curl_easy_setopt(u->curl, CURLOPT_ERRORBUFFER, why);
	rc = curl_easy_perform(u->curl);
	(void)curl_easy_setopt(u->curl, CURLOPT_ERRORBUFFER, NULL);
	(void)curl_easy_getinfo(u->curl, CURLINFO_RESPONSE_CODE, &out->status);
	(void)curl_easy_getinfo(u->curl, CURLINFO_RETRY_AFTER, &after);
	if (after > 0)
		out->retry_after = (long)after;
	out->whole = rc == CURLE_OK;
	if (rc != CURLE_OK)
		(void)snprintf(out->why, sizeof out->why, "%s",
			       *why ? why : curl_easy_strerror(rc));
	buf_free(&url);
}

void upload_post(struct upload *u, const char *body, size_t n,
		 struct answer *out)
{
	(void)curl_easy_setopt(u->curl, CURLOPT_HTTPHEADER, u->post_headers);
	(void)curl_easy_setopt(u->curl, CURLOPT_CUSTOMREQUEST, NULL);
	(void)curl_easy_setopt(u->curl, CURLOPT_POST, 1L);
	(void)curl_easy_setopt(u->curl, CURLOPT_POSTFIELDSIZE_LARGE,
			       (curl_off_t)n);
	(void)curl_easy_setopt(u->curl, CURLOPT_POSTFIELDS, body);
	perform(u, "/v1/submissions", out);
}

/* A body that lies in memory, as of a POST: it can be sent again whenever
 * libcurl finds that a kept connection had gone. */
void upload_put(struct upload *u, const char *path, const char *body, size_t n,
		struct answer *out)
{
	(void)curl_easy_setopt(u->curl, CURLOPT_HTTPHEADER, u->put_headers);
	(void)curl_easy_setopt(u->curl, CURLOPT_POST, 1L);
	(void)curl_easy_setopt(u->curl, CURLOPT_CUSTOMREQUEST, "PUT");
	(void)curl_easy_setopt(u->curl, CURLOPT_POSTFIELDSIZE_LARGE,
			       (curl_off_t)n);
	(void)curl_easy_setopt(u->curl, CURLOPT_POSTFIELDS, body);
	perform(u, path, out);
}

void upload_get(struct upload *u, const char *path, struct answer *out)
{
	(void)curl_easy_setopt(u->curl, CURLOPT_HTTPHEADER, u->get_headers);
	(void)curl_easy_setopt(u->curl, CURLOPT_CUSTOMREQUEST, NULL);
	(void)curl_easy_setopt(u->curl, CURLOPT_HTTPGET, 1L);
	perform(u, path, out);
}

static bool local(const char *host)
{
	static const char *const names[] = { "localhost", "127.", "[::1]" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strncmp(host, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

char *upload_address(const char *typed, bool *plain, struct err *e)
{
	bool http = strncmp(typed, "http://", 7) == 0;
	size_t n = strlen(typed);
	char *out;

	if ((!http && strncmp(typed, "https://", 8) != 0) ||
	    n > LIMIT_HTTP_PATH_BYTES / 2 || strpbrk(typed, " \t\r\n?#@")) {
		err_set(e, ERR_INPUT,
			"--to takes an address like https://host:8081");
		return NULL;
	}
	while (n > 0 && typed[n - 1] == '/')
		n--;
	out = strndup(typed, n);
	if (!out)
		err_set(e, ERR_NOMEM, "out of memory");
	*plain = http && !local(typed + 7);
	return out;
}
