#include <string.h>

#include "curl_ask.h"
#include "pull_forms_parts.h"

#define TOTAL_SECONDS 300L
#define SLOW_BYTES    50L /* a second */

static size_t take(char *data, size_t size, size_t n, void *to)
{
	struct buf *b = to;

	buf_add(b, data, size * n);
	return b->broken ? 0 : size * n;
}

void add_escaped(struct buf *b, const char *text)
{
	char *s = curl_easy_escape(NULL, text, 0);

	if (s)
		buf_adds(b, s);
	else
		b->broken = true;
	curl_free(s);
}

static bool set_up(CURL *c, const char *url, struct buf *body)
{
	return curl_set_pull(c, url, TOTAL_SECONDS, SLOW_BYTES) &&
	       !curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take) &&
	       !curl_easy_setopt(c, CURLOPT_WRITEDATA, (void *)body);
}

/* Where it goes, without what follows the host: keys stand in paths. */
static int host_bytes(const char *url)
{
	const char *at = strstr(url, "://");

	return (int)(at ? (size_t)(at + 3 - url) + strcspn(at + 3, "/?")
			: strcspn(url, "/?"));
}

static bool perform(CURL *c, const char *url, struct fetch *out, size_t max,
		    struct err *e)
{
	CURLcode rc = curl_easy_perform(c);

	if (out->body.broken)
		return err_set(e, ERR_IO, "%.*s sends more than %zu KiB",
			       host_bytes(url), url, max >> 10);
	if (rc != CURLE_OK)
		return err_set(e, ERR_DOWN,
			       "không liên lạc được với (cannot reach) %.*s: "
			       "%s",
			       host_bytes(url), url, curl_easy_strerror(rc));
	(void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &out->status);
	return true;
}

bool fetch_url(const char *url, const char *authorization, const char *json,
	       size_t max, struct fetch *out, struct err *e)
{
	struct curl_slist *headers = NULL;
	CURL *c = curl_easy_init();
	bool ok;

	*out = (struct fetch){ .body = BUF_INIT(max) };
	ok = c && set_up(c, url, &out->body) &&
	     (!authorization ||
	      curl_add_header(&headers, "Authorization", authorization)) &&
	     (!json ||
	      (curl_add_header(&headers, "Content-Type", "application/json") &&
	       !curl_easy_setopt(c, CURLOPT_POSTFIELDS, json)));
	if (ok && headers)
		ok = !curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	ok = ok ? perform(c, url, out, max, e)
		: err_set(e, ERR_NOMEM, "libcurl cannot be set up");
	curl_slist_free_all(headers);
	curl_easy_cleanup(c);
	return ok;
}

bool fetch_ok(const char *url, const char *authorization, const char *json,
	      size_t max, struct fetch *out, struct err *e)
{
	enum err_kind kind = ERR_IO;

	if (!fetch_url(url, authorization, json, max, out, e))
		return false;
	if (out->status == 200)
		return true;
	if (out->status == 401 || out->status == 403)
		kind = ERR_DENIED;
	else if (out->status == 404)
		kind = ERR_INPUT;
	else if (out->status == 429 || out->status >= 500)
		kind = ERR_DOWN;
	return err_set(e, kind, "%.*s trả lời (answered) %ld%s",
		       host_bytes(url), url, out->status,
		       out->status >= 300 && out->status < 400
			       ? ": redirects are not followed"
			       : "");
}

static bool add_part(curl_mime *m, const char *name, const char *file,
		     const char *type, const struct buf *body)
{
	curl_mimepart *p = curl_mime_addpart(m);

	return p && !curl_mime_name(p, name) && !curl_mime_filename(p, file) &&
	       !curl_mime_type(p, type) &&
	       !curl_mime_data(p, body->len ? body->data : "", body->len);
}

bool fetch_submit(const char *url, const struct buf *xml,
		  const struct form_file *files, size_t n, struct fetch *out,
		  struct err *e)
{
	struct curl_slist *headers = NULL;
	CURL *c = curl_easy_init();
	curl_mime *m = c ? curl_mime_init(c) : NULL;
	bool ok;

	*out = (struct fetch){ .body = BUF_INIT(PULL_FORMS_XML) };
	ok = m && set_up(c, url, &out->body) &&
	     curl_add_header(&headers, "X-OpenRosa-Version", "1.0") &&
	     add_part(m, "xml_submission_file", "submission.xml", "text/xml",
		      xml);
	for (size_t i = 0; ok && i < n; i++)
		ok = add_part(m, files[i].name, files[i].name,
			      "application/octet-stream", &files[i].body);
	ok = ok && !curl_easy_setopt(c, CURLOPT_MIMEPOST, m) &&
	     !curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	ok = ok ? perform(c, url, out, PULL_FORMS_XML, e)
		: err_set(e, ERR_NOMEM, "libcurl cannot be set up");
	curl_slist_free_all(headers);
	curl_mime_free(m);
	curl_easy_cleanup(c);
	return ok;
}
