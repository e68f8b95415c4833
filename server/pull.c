#include "phieu/pull.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "curl_ask.h"
#include "phieu/file.h"
#include "phieu/json.h"

#define TOTAL_SECONDS 600L
#define SLOW_BYTES    100L /* a second */

char *pull_url(const struct pull *p, struct err *e)
{
	size_t n = strlen(p->from);
	struct buf b = BUF_INIT(4096);
	char *wave;

	if (strncmp(p->from, "http://", 7) != 0 &&
	    strncmp(p->from, "https://", 8) != 0) {
		(void)err_set(e, ERR_INPUT, "not an http(s) address: %s",
			      p->from);
		return NULL;
	}
	while (n > 0 && p->from[n - 1] == '/')
		n--;
	wave = curl_easy_escape(NULL, p->wave, 0);
	buf_add(&b, p->from, n);
	buf_adds(&b, "/v1/waves/");
	buf_adds(&b, wave ? wave : "");
	buf_adds(&b, "/components");
	if (!wave)
		b.broken = true;
	curl_free(wave);
	if (b.broken) {
		buf_free(&b);
		(void)err_set(e, ERR_INPUT, "the address is too long");
		return NULL;
	}
	return buf_take(&b);
}

static size_t take_body(char *data, size_t size, size_t n, void *to)
{
	struct buf *b = &((struct pulled *)to)->body;

	buf_add(b, data, size * n);
	return b->broken ? 0 : size * n;
}

static size_t take_header(char *data, size_t size, size_t n, void *to)
{
	char *etag = ((struct pulled *)to)->etag;
	size_t all = size * n, from = 5, end = all;

	if (all > 5 && strncasecmp(data, "ETag:", 5) == 0) {
		while (from < end && data[from] == ' ')
			from++;
		while (end > from &&
		       (data[end - 1] == '\n' || data[end - 1] == '\r'))
			end--;
		if (end - from < PULL_ETAG_MAX) {
			memcpy(etag, data + from, end - from);
			etag[end - from] = '\0';
		}
	}
	return all;
}

static bool set_headers(const struct pull *p, struct curl_slist **list)
{
	struct buf b = BUF_INIT(4096);
	bool ok;

	buf_addf(&b, "Bearer %s", p->key);
	ok = !b.broken &&
	     curl_add_header(list, "Authorization", buf_cstr(&b)) &&
	     curl_add_header(list, "Accept",
			     p->csv ? "text/csv" : "application/json") &&
	     (!p->etag[0] || curl_add_header(list, "If-None-Match", p->etag));
	buf_free(&b);
	return ok;
}

static bool set_up(CURL *c, const char *url, const struct curl_slist *headers,
		   struct pulled *out)
{
	return curl_set_pull(c, url, TOTAL_SECONDS, SLOW_BYTES) &&
	       !curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers) &&
	       !curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body) &&
	       !curl_easy_setopt(c, CURLOPT_WRITEDATA, (void *)out) &&
	       !curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header) &&
	       !curl_easy_setopt(c, CURLOPT_HEADERDATA, (void *)out);
}

static enum err_kind kind_of(long status)
{
	if (status == 401 || status == 403)
		return ERR_DENIED;
	if (status == 404)
		return ERR_INPUT;
	return status == 429 || status >= 500 ? ERR_DOWN : ERR_IO;
}

/* The server's own words, where it gave some. */
static bool say_status(const struct pull *p, long status, struct buf *body,
		       struct err *e)
{
	enum err_kind kind = kind_of(status);
	struct err ignored;
	cJSON *o = json_parse(buf_cstr(body) ? buf_cstr(body) : "", body->len,
			      &json_submission_limits, &ignored);
	const cJSON *said = json_get(o, "error");
	const char *code = json_get_text(said, "code");
	const char *words = json_get_text(said, "message");
	const char *vi = json_get_text(said, "message_vi");

	if (status >= 300 && status < 400)
		(void)err_set(e, kind,
			      "the server sends us elsewhere (%ld); "
			      "redirects are not followed",
			      status);
	else if (words && code && strcmp(code, "not-found") == 0)
		(void)err_set(e, kind,
			      "máy chủ không có đợt điều tra \"%.64s\", hoặc "
			      "khóa này không được xem (the server has no wave "
			      "\"%.64s\", or not for this key): %.60s",
			      p->wave, p->wave, words);
	else
		(void)err_set(e, kind,
			      "the server answered %ld%s%.100s%s%.80s%s",
			      status, words ? ": " : "", words ? words : "",
			      vi ? " (" : "", vi ? vi : "", vi ? ")" : "");
	cJSON_Delete(o);
	return false;
}

static bool say_failure(CURLcode rc, const char *from, const struct buf *body,
			struct err *e)
{
	if (body->broken)
		return err_set(e, ERR_IO, "the server sends more than %zu MiB",
			       PULL_BODY_MAX >> 20);
	return err_set(e,
		       rc == CURLE_OPERATION_TIMEDOUT ||
				       rc == CURLE_COULDNT_CONNECT ||
				       rc == CURLE_COULDNT_RESOLVE_HOST
			       ? ERR_DOWN
			       : ERR_IO,
		       "không nhận được từ %.100s: %s", from,
		       curl_easy_strerror(rc));
}

bool pull_get(const struct pull *p, struct pulled *out, struct err *e)
{
	struct curl_slist *headers = NULL;
	CURL *c = curl_easy_init();
	char *url = NULL;
	long status = 0;
	CURLcode rc;
	bool ok = false;

	*out = (struct pulled){ .body = BUF_INIT(PULL_BODY_MAX) };
	if (!c) {
		(void)err_set(e, ERR_NOMEM, "libcurl does not start");
		goto out;
	}
	url = pull_url(p, e);
	if (!url)
		goto out;
	if (!set_headers(p, &headers) || !set_up(c, url, headers, out)) {
		(void)err_set(e, ERR_NOMEM, "libcurl cannot be set up");
		goto out;
	}
	rc = curl_easy_perform(c);
	if (rc != CURLE_OK) {
		(void)say_failure(rc, p->from, &out->body, e);
		goto out;
	}
	(void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	out->unchanged = status == 304;
	ok = status == 200 || status == 304 ||
	     say_status(p, status, &out->body, e);
out:
	curl_slist_free_all(headers);
	curl_easy_cleanup(c);
	free(url);
	return ok;
}

/* It goes into a line of a request as it is; one that does not fit is none,
 * for half of it would be another. */
static bool is_etag(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if ((unsigned char)s[i] < ' ' || s[i] == 0x7f)
			return false;
	return n < PULL_ETAG_MAX;
}

bool pull_state_read(const char *path, struct pull *p, struct err *e)
{
	char *url, *text;
	const char *etag;
	cJSON *o;
	size_t n;

	p->etag[0] = '\0';
	if (access(path, F_OK) != 0)
		return true;
	text = file_read(path, PULL_STATE_MAX, &n, e);
	if (!text)
		return false;
	o = json_parse(text, n, &json_submission_limits, e);
	free(text);
	if (!o)
		return err_wrap(e, "%s", path);
	url = pull_url(p, e);
	etag = json_get_text(o, "etag");
	if (url && etag && json_get_text(o, "url") &&
	    strcmp(json_get_text(o, "url"), url) == 0 && is_etag(etag) &&
	    cJSON_IsTrue(json_get(o, "csv")) == p->csv)
		(void)snprintf(p->etag, sizeof p->etag, "%s", etag);
	cJSON_Delete(o);
	if (!url)
		return false;
	free(url);
	return true;
}

bool pull_state_write(const char *path, const struct pull *p, const char *etag,
		      struct err *e)
{
	struct buf b = BUF_INIT(PULL_STATE_MAX);
	char *url = pull_url(p, e);
	struct jw w;
	bool ok;

	if (!url)
		return false;
	jw_init(&w, &b);
	jw_object(&w);
	jw_kv(&w, "url", url);
	jw_kb(&w, "csv", p->csv);
	jw_kv(&w, "etag", etag);
	jw_object_end(&w);
	buf_adds(&b, "\n");
	ok = b.broken ? err_set(e, ERR_NOMEM, "out of memory")
		      : file_write(path, b.data, b.len, 0600, e);
	buf_free(&b);
	free(url);
	return ok;
}
