/* An archive's inside: a manifest, and the parts it names by length and hash.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/archive.h"
#include "phieu/hash.h"
#include "phieu/json.h"

#define HEAD "phieu-archive-content/1\n"

static const char *const names[ARCHIVE_PARTS] = {
	[ARCHIVE_MANIFEST] = "manifest.json",
	[ARCHIVE_ROUND] = "round.json",
	[ARCHIVE_INPUT] = "input.json",
	[ARCHIVE_RESULT] = "result.json",
	[ARCHIVE_PLAN] = "plan.json",
	[ARCHIVE_SNAPSHOT] = "snapshot.json",
	[ARCHIVE_ANSWERS] = "answers.txt",
};

/* ---- writing ----------------------------------------------------------- */

static void put_facts(struct jw *w, const struct archive_facts *f)
{
	jw_kv(w, "format", ARCHIVE_FORMAT);
	jw_kv(w, "round", f->round);
	jw_ki(w, "round_version", f->version);
	jw_ki(w, "result", f->result);
	jw_ki(w, "release", f->release);
	jw_kv(w, "kind", f->kind);
	jw_kv(w, "decision", f->decision);
	jw_kv(w, "released_at", f->released_at);
	jw_kv(w, "index_method", f->index_method);
	jw_kv(w, "wave", f->wave);
	if (!f->wave)
		return;
	jw_ki(w, "wave_release", f->wave_release);
	jw_ki(w, "snapshot", f->snapshot);
	jw_ki(w, "freeze", f->freeze);
	jw_kv(w, "score_method", f->score_method);
	jw_kv(w, "content_sha256", f->content_sha256);
	jw_kb(w, "simulated", f->simulated);
}

static void put_manifest(const struct archive *x, struct buf *out)
{
	struct jw w;

	jw_init(&w, out);
	w.pretty = true;
	jw_object(&w);
	put_facts(&w, &x->facts);
	jw_key(&w, "parts");
	jw_array(&w);
	for (int i = ARCHIVE_MANIFEST + 1; i < ARCHIVE_PARTS; i++) {
		uint8_t digest[SHA256_BYTES];
		char hex[2 * SHA256_BYTES + 1];

		if (!x->part[i].p)
			continue;
		sha256(x->part[i].p, x->part[i].n, digest);
		hex_text(digest, sizeof digest, hex);
		jw_object(&w);
		jw_kv(&w, "name", names[i]);
		jw_ki(&w, "bytes", (int64_t)x->part[i].n);
		jw_kv(&w, "sha256", hex);
		jw_object_end(&w);
	}
	jw_array_end(&w);
	jw_object_end(&w);
}

static void put_part(struct buf *out, const char *name, const char *p, size_t n)
{
	buf_addf(out, "%s %zu\n", name, n);
	buf_add(out, p, n);
	buf_adds(out, "\n");
}

void archive_write(const struct archive *x, struct buf *out)
{
	struct buf manifest = BUF_INIT((size_t)1 << 20);

	put_manifest(x, &manifest);
	buf_adds(out, HEAD);
	put_part(out, names[ARCHIVE_MANIFEST],
		 buf_cstr(&manifest) ? manifest.data : "", manifest.len);
	for (int i = ARCHIVE_MANIFEST + 1; i < ARCHIVE_PARTS; i++)
		if (x->part[i].p)
			put_part(out, names[i], x->part[i].p, x->part[i].n);
	out->broken = out->broken || manifest.broken;
	buf_free(&manifest);
}

/* ---- reading ----------------------------------------------------------- */

static bool bad(const char *what, struct err *e)
{
	return err_set(e, ERR_INPUT,
		       "nội dung lưu trữ sai ở %s (the archive's content is "
		       "wrong at %s)",
		       what, what);
}

/* Digits up to the newline, without a nought before them. */
static bool take_length(const char *p, const char *line, size_t *n)
{
	*n = 0;
	if (p == line || line - p > 10 || (*p == '0' && line - p > 1))
		return false;
	for (; p < line; p++) {
		if (*p < '0' || *p > '9')
			return false;
		*n = *n * 10 + (size_t)(*p - '0');
	}
	return true;
}

/* The part of that name, from `next` on; ARCHIVE_PARTS: none. */
static int part_named(const char *p, size_t n, int next)
{
	while (next < ARCHIVE_PARTS &&
	       (strlen(names[next]) != n || memcmp(names[next], p, n) != 0))
		next++;
	return next;
}

/* "name 123\n", the bytes and a newline; the name must be that of a part
 * behind `*next`. */
static bool take_part(const char **at, const char *end, int *next,
		      struct archive *out, struct err *e)
{
	size_t left = (size_t)(end - *at), n, name;
	const char *line = memchr(*at, '\n', left), *p = *at;
	int i;

	if (!line)
		return bad("the end", e);
	name = strcspn(p, " \n");
	i = part_named(p, name, *next);
	if (i == ARCHIVE_PARTS || p[name] != ' ')
		return bad("a part's name", e);
	if (!take_length(p + name + 1, line, &n))
		return bad(names[i], e);
	p = line + 1;
	if (n >= (size_t)(end - p) || p[n] != '\n')
		return bad(names[i], e);
	out->part[i].p = p;
	out->part[i].n = n;
	*at = p + n + 1;
	*next = i + 1;
	return true;
}

static const char *text_of(const cJSON *o, const char *key, struct arena *a)
{
	const char *s = json_get_text(o, key);

	return s ? arena_strdup(a, s) : NULL;
}

static bool read_numbers(const cJSON *o, struct archive_facts *f)
{
	return json_get_int(o, "round_version", &f->version) &&
	       json_get_int(o, "result", &f->result) &&
	       json_get_int(o, "release", &f->release) &&
	       (!f->wave ||
		(json_get_int(o, "wave_release", &f->wave_release) &&
		 json_get_int(o, "snapshot", &f->snapshot) &&
		 json_get_int(o, "freeze", &f->freeze)));
}

static bool read_facts(const cJSON *o, struct arena *a, struct archive_facts *f,
		       struct err *e)
{
	const char *format = json_get_text(o, "format");

	if (!format || strcmp(format, ARCHIVE_FORMAT) != 0)
		return bad("manifest.json", e);
	f->round = text_of(o, "round", a);
	f->kind = text_of(o, "kind", a);
	f->decision = text_of(o, "decision", a);
	f->released_at = text_of(o, "released_at", a);
	f->index_method = text_of(o, "index_method", a);
	f->wave = text_of(o, "wave", a);
	f->score_method = text_of(o, "score_method", a);
	f->content_sha256 = text_of(o, "content_sha256", a);
	f->simulated = cJSON_IsTrue(json_get(o, "simulated"));
	if (arena_broken(a))
		return err_set(e, ERR_NOMEM, "out of memory");
	return (read_numbers(o, f) && f->round && f->kind && f->decision &&
		f->released_at && f->index_method &&
		(!f->wave || (f->score_method && f->content_sha256))) ||
	       bad("manifest.json", e);
}

/* Each part is named once, with its length and hash. */
static bool check_parts(const cJSON *o, const struct archive *x, struct err *e)
{
	const cJSON *list = json_get(o, "parts");
	const cJSON *one = cJSON_IsArray(list) ? list->child : NULL;

	for (int i = ARCHIVE_MANIFEST + 1; i < ARCHIVE_PARTS; i++) {
		uint8_t digest[SHA256_BYTES];
		char hex[2 * SHA256_BYTES + 1];
		const char *name, *hash;
		int64_t n = -1;

		if (!x->part[i].p)
			continue;
		name = json_get_text(one, "name");
		hash = json_get_text(one, "sha256");
		sha256(x->part[i].p, x->part[i].n, digest);
		hex_text(digest, sizeof digest, hex);
		if (!one || !name || !hash || strcmp(name, names[i]) != 0 ||
		    !json_get_int(one, "bytes", &n) ||
		    n != (int64_t)x->part[i].n || strcmp(hash, hex) != 0)
			return bad(names[i], e);
		one = one->next;
	}
	return !one || bad("manifest.json", e);
}

static bool needed(const struct archive *x, struct err *e)
{
	int last = x->facts.wave ? ARCHIVE_SNAPSHOT : ARCHIVE_RESULT;

	for (int i = ARCHIVE_ROUND; i < ARCHIVE_PARTS; i++) {
		if (i <= last && !x->part[i].p)
			return bad(names[i], e);
		if (!x->facts.wave && i > last && x->part[i].p)
			return bad(names[i], e);
	}
	return true;
}

bool archive_read(const char *content, size_t n, struct arena *a,
		  struct archive *out, struct err *e)
{
	const char *at = content + sizeof HEAD - 1, *end = content + n;
	int next = ARCHIVE_MANIFEST;
	cJSON *o;
	bool ok;

	*out = (struct archive){ .facts = { .round = NULL } };
	if (n < sizeof HEAD || memcmp(content, HEAD, sizeof HEAD - 1) != 0)
		return bad("the beginning", e);
	while (at < end)
		if (!take_part(&at, end, &next, out, e))
			return false;
	if (!out->part[ARCHIVE_MANIFEST].p)
		return bad("manifest.json", e);
	o = json_parse(out->part[ARCHIVE_MANIFEST].p,
		       out->part[ARCHIVE_MANIFEST].n, &json_plan_limits, e);
	ok = o && read_facts(o, a, &out->facts, e) && check_parts(o, out, e) &&
	     needed(out, e);
	cJSON_Delete(o);
	return ok;
}
