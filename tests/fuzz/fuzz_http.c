/* Paths, queries and Accept: what a path gives for its pattern's names, put
 * back into the pattern, finds the same route and the same values; the pairs
 * of a query, written again, read as the same pairs.
 * Input: a byte for the method, then path, query and header by lines. */
#include "fuzz.h"

#include <string.h>

#include "phieu/http.h"
#include "phieu/utf8.h"

#define PAIRS 8

static const struct http_route routes[] = {
	{ .method = HTTP_GET, .pattern = "/" },
	{ .method = HTTP_GET, .pattern = "/healthz" },
	{ .method = HTTP_POST, .pattern = "/v1/submissions" },
	{ .method = HTTP_GET, .pattern = "/v1/submissions" },
	{ .method = HTTP_GET, .pattern = "/v1/receipts/{instance}" },
	{ .method = HTTP_GET, .pattern = "/v1/waves/{wave}/components" },
	{ .method = HTTP_PUT, .pattern = "/v1/waves/{wave}/units/{unit}" },
	{ .method = HTTP_GET, .pattern = "/v1/key/{key}/forms/{form}.xml" },
	{ .method = HTTP_DELETE, .pattern = "/{a}/{b}/{c}/{d}/{e}/{f}" },
};
#define N_ROUTES (sizeof routes / sizeof routes[0])

static void encode(struct buf *b, const char *s)
{
	for (; *s; s++)
		buf_addf(b, "%%%02X", (unsigned char)*s);
}

static void put_back(const char *pattern, const char *const *param,
		     struct buf *b)
{
	for (; *pattern; pattern++) {
		if (*pattern != '{') {
			buf_add(b, pattern, 1);
			continue;
		}
		MUST(*param);
		encode(b, *param++);
		pattern = strchr(pattern, '}');
	}
}

static void match(enum http_method m, const char *path, struct arena *a)
{
	const char *param[HTTP_PATH_PARAMS], *again[HTTP_PATH_PARAMS];
	struct buf b = BUF_INIT(1 << 20);
	int i = http_match(routes, N_ROUTES, m, path, a, param);
	size_t bad;

	MUST(i >= -2 && i < (int)N_ROUTES);
	if (i < 0)
		return;
	MUST(routes[i].method == m);
	put_back(routes[i].pattern, param, &b);
	MUST(http_match(routes, N_ROUTES, m, buf_cstr(&b), a, again) == i);
	for (size_t k = 0; k < HTTP_PATH_PARAMS; k++) {
		MUST(!param[k] == !again[k]);
		if (!param[k])
			continue;
		MUST(strcmp(param[k], again[k]) == 0);
		MUST(param[k][0] && strcmp(param[k], "..") != 0);
		MUST(utf8_valid(param[k], strlen(param[k]), &bad));
	}
	buf_free(&b);
}

static void query(const char *s, size_t n, struct arena *a)
{
	struct http_pair pair[PAIRS], again[PAIRS];
	struct buf b = BUF_INIT(1 << 20);
	size_t count = 0, count_again = 0, bad;

	if (!http_parse_query(a, s, n, pair, PAIRS, &count))
		return;
	MUST(count <= PAIRS);
	for (size_t i = 0; i < count; i++) {
		MUST(utf8_valid(pair[i].name, strlen(pair[i].name), &bad));
		encode(&b, pair[i].name);
		buf_adds(&b, "=");
		encode(&b, pair[i].value);
		buf_adds(&b, "&");
	}
	MUST(http_parse_query(a, buf_cstr(&b), b.len, again, PAIRS,
			      &count_again));
	MUST(count == count_again);
	for (size_t i = 0; i < count; i++) {
		MUST(strcmp(pair[i].name, again[i].name) == 0);
		MUST(strcmp(pair[i].value, again[i].value) == 0);
	}
	buf_free(&b);
}

/* The next line as a string of its own size. */
static char *cut(const char **s, const char *end)
{
	const char *lf = memchr(*s, '\n', (size_t)(end - *s));
	const char *stop = lf ? lf : end;
	char *line = strndup(*s, (size_t)(stop - *s));

	MUST(line);
	*s = lf ? lf + 1 : end;
	return line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *s = (const char *)data, *end = s + n;
	struct arena *a;
	enum http_method m;
	char *path, *words, *accept;

	if (n == 0)
		return 0;
	a = arena_new(1 << 20);
	m = (enum http_method)(*data % 5);
	s++;
	path = cut(&s, end);
	words = cut(&s, end);
	accept = cut(&s, end);
	match(m, path, a);
	query(words, strlen(words), a);
	(void)http_accepts(accept, "text/csv");
	(void)http_accepts(accept, "gzip");
	MUST(http_accepts("text/csv", "text/csv"));
	free(path);
	free(words);
	free(accept);
	arena_free(a);
	return 0;
}
