#include "curl_ask.h"

#include "phieu/buf.h"

#define CONNECT_SECONDS 10L
#define SLOW_SECONDS	60L

bool curl_add_header(struct curl_slist **list, const char *name,
		     const char *value)
{
	struct buf b = BUF_INIT(8192);
	struct curl_slist *more;

	buf_addf(&b, "%s: %s", name, value);
	more = b.broken ? NULL : curl_slist_append(*list, buf_cstr(&b));
	buf_free(&b);
	if (more)
		*list = more;
	return more;
}

bool curl_set_pull(CURL *c, const char *url, long seconds, long slow_bytes)
{
	return !curl_easy_setopt(c, CURLOPT_URL, url) &&
	       !curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") &&
	       !curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) &&
	       !curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "gzip") &&
	       !curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) &&
	       !curl_easy_setopt(c, CURLOPT_USERAGENT, "phieu-pull") &&
	       !curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS) &&
	       !curl_easy_setopt(c, CURLOPT_TIMEOUT, seconds) &&
	       !curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, slow_bytes) &&
	       !curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, SLOW_SECONDS);
}
