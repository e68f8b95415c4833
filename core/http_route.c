#include "phieu/http.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "phieu/hash.h"
#include "phieu/utf8.h"

static const char *const method_names[] = {
	[HTTP_GET] = "GET",	  [HTTP_POST] = "POST",	  [HTTP_PUT] = "PUT",
	[HTTP_DELETE] = "DELETE", [HTTP_PATCH] = "PATCH",
};

const char *http_method_name(enum http_method m)
{
	return method_names[m];
}

/* NULL on a bad escape, a NUL or invalid UTF-8. */
static char *decode(struct arena *a, const char *s, size_t n, bool plus)
{
	char *out = arena_alloc(a, n + 1);
	size_t i, k = 0, bad;
	int hi, lo;

	if (!out)
		return NULL;
	for (i = 0; i < n; i++) {
		if (plus && s[i] == '+') {
			out[k++] = ' ';
			continue;
		}
		if (s[i] != '%') {
			out[k++] = s[i];
			continue;
		}
		if (n - i < 3)
			return NULL;
		hi = hex_digit(s[i + 1]);
		lo = hex_digit(s[i + 2]);
		if (hi < 0 || lo < 0)
			return NULL;
		out[k++] = (char)(hi * 16 + lo);
		i += 2;
	}
	out[k] = '\0';
	if (memchr(out, '\0', k) || !utf8_valid(out, k, &bad))
		return NULL;
	return out;
}

struct span {
	const char *s;
	size_t n;
};

/* One segment of the pattern against one of the path: literals around at
 * most one {name}.  A value is never empty. */
static bool segment_fits(struct span pat, struct span seg, struct span *value)
{
	const char *open = memchr(pat.s, '{', pat.n), *close;
	size_t pre, post;

	value->s = NULL;
	if (!open)
		return pat.n == seg.n && memcmp(pat.s, seg.s, seg.n) == 0;
	close = memchr(open, '}', pat.n - (size_t)(open - pat.s));
	if (!close)
		return false;
	pre = (size_t)(open - pat.s);
	post = pat.n - (size_t)(close + 1 - pat.s);
	if (seg.n <= pre + post || memcmp(pat.s, seg.s, pre) != 0 ||
	    memcmp(close + 1, seg.s + seg.n - post, post) != 0)
		return false;
	*value = (struct span){ seg.s + pre, seg.n - pre - post };
	return true;
}

static struct span next_segment(const char **p)
{
	struct span g = { *p, strcspn(*p, "/") };

	*p += g.n;
	if (**p == '/')
		(*p)++;
	return g;
}

/* Every segment fits; values are still encoded. */
static bool pattern_fits(const char *pattern, const char *path,
			 struct span value[HTTP_PATH_PARAMS], size_t *n)
{
	struct span v, pat, seg;

	*n = 0;
	if (*pattern != '/' || *path != '/')
		return false;
	pattern++;
	path++;
	for (;;) {
		bool more_pat, more_path;

		pat = next_segment(&pattern);
		seg = next_segment(&path);
		if (!segment_fits(pat, seg, &v))
			return false;
		if (v.s && *n == HTTP_PATH_PARAMS)
			return false;
		if (v.s)
			value[(*n)++] = v;
		/* "/a/" has an empty last segment, "/a" has not */
		more_pat = pat.s[pat.n] == '/';
		more_path = seg.s[seg.n] == '/';
		if (more_pat != more_path)
			return false;
		if (!more_pat)
			return true;
	}
}

static bool take_values(struct arena *a, const struct span *value, size_t n,
			const char *param[HTTP_PATH_PARAMS])
{
	size_t i;

	for (i = 0; i < HTTP_PATH_PARAMS; i++)
		param[i] = NULL;
	for (i = 0; i < n; i++) {
		param[i] = decode(a, value[i].s, value[i].n, false);
		if (!param[i] || strcmp(param[i], ".") == 0 ||
		    strcmp(param[i], "..") == 0)
			return false;
	}
	return true;
}

int http_match(const struct http_route *routes, size_t n, enum http_method m,
	       const char *path, struct arena *a,
	       const char *param[HTTP_PATH_PARAMS])
{
	struct span value[HTTP_PATH_PARAMS];
	size_t i, n_values;
	int found = -1;

	for (i = 0; i < n; i++) {
		if (!pattern_fits(routes[i].pattern, path, value, &n_values))
			continue;
		if (routes[i].method != m) {
			found = -2;
			continue;
		}
		return take_values(a, value, n_values, param) ? (int)i : -1;
	}
	return found;
}

bool http_parse_query(struct arena *a, const char *s, size_t n,
		      struct http_pair *out, size_t max, size_t *count)
{
	const char *end = s + n;

	*count = 0;
	while (s < end) {
		const char *amp = memchr(s, '&', (size_t)(end - s));
		const char *stop = amp ? amp : end;
		const char *eq = memchr(s, '=', (size_t)(stop - s));
		const char *name_end = eq ? eq : stop;
		const char *value = eq ? eq + 1 : stop;

		if (stop > s) {
			if (*count == max)
				return false;
			out[*count].name =
				decode(a, s, (size_t)(name_end - s), true);
			out[*count].value =
				decode(a, value, (size_t)(stop - value), true);
			if (!out[*count].name || !out[*count].value)
				return false;
			(*count)++;
		}
		s = stop + (amp ? 1 : 0);
	}
	return true;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* "q=0", "q=0.0", "q=0.000": not wanted. */
static bool is_zero_quality(const char *s, size_t n)
{
	const char *q = s, *end = s + n;

	for (; q + 1 < end; q++)
		if ((q[0] == 'q' || q[0] == 'Q') && q[1] == '=')
			break;
	if (q + 1 >= end)
		return false;
	for (q += 2; q < end && !is_space(*q) && *q != ';'; q++)
		if (*q != '0' && *q != '.')
			return false;
	return true;
}

bool http_accepts(const char *list, const char *token)
{
	size_t want = strlen(token), n, name;
	bool star = false;

	while (list && *list) {
		while (is_space(*list) || *list == ',')
			list++;
		n = strcspn(list, ",");
		name = strcspn(list, ",; \t");
		if (name == want && strncasecmp(list, token, want) == 0)
			return !is_zero_quality(list + name, n - name);
		if (name == 1 && *list == '*')
			star = !is_zero_quality(list + name, n - name);
		list += n;
	}
	return star;
}

void http_print_routes(const struct http_route *routes, size_t n,
		       void (*name)(int permission, struct buf *out),
		       struct buf *out)
{
	size_t i;

	for (i = 0; i < n; i++) {
		buf_addf(out, "%s %s ", http_method_name(routes[i].method),
			 routes[i].pattern);
		if (routes[i].permission == PERM_PUBLIC)
			buf_adds(out, "public");
		else if (name)
			name(routes[i].permission, out);
		else
			buf_addf(out, "%d", routes[i].permission);
		buf_adds(out, "\n");
	}
}
