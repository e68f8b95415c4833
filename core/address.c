#include "phieu/address.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/buf.h"
#include "phieu/hash.h"

#define ADDRESS_MAX ((size_t)16 << 10)

static void add_decoded(struct buf *b, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = s[i];

		if (c == '%' && i + 2 < n && hex_digit(s[i + 1]) >= 0 &&
		    hex_digit(s[i + 2]) >= 0) {
			c = (char)(hex_digit(s[i + 1]) * 16 +
				   hex_digit(s[i + 2]));
			i += 2;
		}
		buf_add(b, &c, 1);
	}
}

/* "//user:password@": between the first colon and the last at-sign before
 * the path. */
static void split_url(const char *s, struct buf *open, struct buf *password,
		      bool *found)
{
	const char *from = strstr(s, "://") + 3;
	const char *end = from + strcspn(from, "/?");
	const char *at = NULL, *colon, *q;

	for (const char *p = from; p < end; p++)
		if (*p == '@')
			at = p;
	colon = at ? memchr(from, ':', (size_t)(at - from)) : NULL;
	if (colon) {
		buf_add(open, s, (size_t)(colon - s));
		add_decoded(password, colon + 1, (size_t)(at - colon - 1));
		*found = true;
		s = at;
	}
	q = strchr(s, '?');
	buf_add(open, s, q ? (size_t)(q - s) : strlen(s));
	for (char sep = '?'; q && *q; q += strcspn(q, "&")) {
		size_t n = strcspn(++q, "&");

		if (strncmp(q, "password=", 9) == 0) {
			buf_free(password);
			add_decoded(password, q + 9, n - 9);
			*found = true;
		} else if (n) {
			buf_add(open, &sep, 1);
			buf_add(open, q, n);
			sep = '&';
		}
	}
}

/* One value of a conninfo: quoted or bare, backslash escapes; returns what
 * follows it. */
static const char *value(const char *s, struct buf *out)
{
	char quote = '\0';

	if (*s == '\'')
		quote = *s++;
	while (*s && (quote ? *s != quote : !isspace((unsigned char)*s))) {
		if (*s == '\\' && s[1])
			s++;
		buf_add(out, s++, 1);
	}
	return quote && *s ? s + 1 : s;
}

static void split_words(const char *s, struct buf *open, struct buf *password,
			bool *found)
{
	struct buf other = BUF_INIT(ADDRESS_MAX);

	while (*s) {
		const char *start = s, *end;
		size_t key;

		key = strcspn(s, "= \t");
		s += key;
		s += strspn(s, " \t");
		if (*s == '=')
			s++;
		s += strspn(s, " \t");
		if (key == 8 && strncmp(start, "password", 8) == 0) {
			buf_free(password);
			end = value(s, password);
			*found = true;
		} else {
			end = value(s, &other);
			buf_add(open, start, (size_t)(end - start));
			buf_adds(open, " ");
		}
		s = end + strspn(end, " \t\r\n");
	}
	buf_free(&other);
}

bool address_split(const char *text, struct address *out, struct err *e)
{
	struct buf open = BUF_INIT(ADDRESS_MAX);
	struct buf password = BUF_INIT(ADDRESS_MAX);
	bool found = false;

	*out = (struct address){ 0 };
	if (strncmp(text, "postgresql://", 13) == 0 ||
	    strncmp(text, "postgres://", 11) == 0)
		split_url(text, &open, &password, &found);
	else
		split_words(text + strspn(text, " \t\r\n"), &open, &password,
			    &found);
	out->open = buf_take(&open);
	out->password = found ? buf_take(&password) : NULL;
	buf_free(&password);
	if (!out->open || (found && !out->password)) {
		address_clear(out);
		return err_set(e, ERR_INPUT, "database address too long");
	}
	return true;
}

void address_clear(struct address *a)
{
	free(a->open);
	free(a->password);
	*a = (struct address){ 0 };
}
