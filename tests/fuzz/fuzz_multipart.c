/* multipart/form-data: what is found lies inside the body, parts follow each
 * other, a body that is cut is never whole, and whole parts written anew read
 * the same.
 * Input: the Content-Type up to the first line end, then the body. */
#include "fuzz.h"

#include <string.h>

#include "phieu/attachment.h"
#include "phieu/buf.h"
#include "phieu/multipart.h"
#include "phieu/utf8.h"

#define PARTS 16

/* Reads all; the number of parts, -1 when it is malformed. */
static int read_all(struct arena *a, const char *type, const char *body,
		    size_t n, struct part *out)
{
	const char *at = body;
	struct err e = { 0 };
	struct multipart m;
	struct part p;
	int got, count = 0;

	if (!multipart_open(&m, type, body, n, a, &e)) {
		MUST(e.kind == ERR_INPUT && e.msg[0]);
		return -1;
	}
	MUST(multipart_is(type));
	while ((got = multipart_next(&m, &p, &e)) == 1) {
		MUST(p.bytes >= at && p.bytes + p.n <= body + n);
		MUST(p.type);
		at = p.bytes + p.n;
		if (count < PARTS)
			out[count] = p;
		count++;
	}
	MUST(got == 0 || (e.kind == ERR_INPUT && e.msg[0]));
	MUST(got != 0 || multipart_next(&m, &p, &e) == 0);
	return got == 0 ? count : -1;
}

static void check_name(struct arena *a, const char *s)
{
	const char *one, *again;
	struct err e = { 0 };
	size_t bad;

	if (!s)
		return;
	MUST(utf8_valid(s, strlen(s), &bad));
	if (!attachment_name(s, a, &one, &e))
		return;
	MUST(*one && !strchr(one, '/') && !strchr(one, '\\'));
	MUST(attachment_name(one, a, &again, &e) && strcmp(one, again) == 0);
}

/* Content that holds no delimiter of ours, under plain names. */
static void write_anew(struct arena *a, const struct part *p, int count)
{
	static const char mark[] = "\r\n--0123456789-fuzz";
	struct part again[PARTS];
	struct buf b = BUF_INIT(1 << 20);

	for (int i = 0; i < count; i++) {
		if (memmem(p[i].bytes, p[i].n, mark, sizeof mark - 1) ||
		    (p[i].n >= sizeof mark - 3 &&
		     memcmp(p[i].bytes, mark + 2, sizeof mark - 3) == 0))
			goto out;
		buf_addf(&b,
			 "%s\r\nContent-Disposition: form-data; name=n%d\r\n"
			 "\r\n",
			 i ? mark : mark + 2, i);
		buf_add(&b, p[i].bytes, p[i].n);
	}
	buf_addf(&b, "%s--", count ? mark : mark + 2);
	MUST(read_all(a, "multipart/form-data; boundary=0123456789-fuzz",
		      b.data, b.len, again) == count);
	for (int i = 0; i < count; i++)
		MUST(again[i].n == p[i].n &&
		     memcmp(again[i].bytes, p[i].bytes, p[i].n) == 0);
out:
	buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const uint8_t *line = memchr(data, '\n', n);
	struct arena *a = arena_new(1 << 22);
	struct part p[PARTS], cut[PARTS];
	char *type, *body;
	size_t body_n;
	int count;

	if (!line || !a)
		goto out;
	type = arena_strndup(a, (const char *)data, (size_t)(line - data));
	body_n = n - (size_t)(line + 1 - data);
	/* a copy of its own size, so that a read past its end is seen */
	body = malloc(body_n ? body_n : 1);
	if (!type || !body)
		abort();
	memcpy(body, line + 1, body_n);
	count = read_all(a, type, body, body_n, p);
	for (int i = 0; i < count && i < PARTS; i++) {
		check_name(a, p[i].name);
		check_name(a, p[i].filename);
	}
	if (count >= 0 && count <= PARTS)
		write_anew(a, p, count);
	if (count > 0 && p[0].bytes + p[0].n < body + body_n &&
	    count <= PARTS) {
		const struct part *last = &p[count - 1];
		size_t keep = (size_t)(last->bytes - body) + last->n;

		MUST(read_all(a, type, body, keep, cut) == -1);
	}
	free(body);
out:
	arena_free(a);
	return 0;
}
