#include "plan_in.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "phieu/json.h"
#include "phieu/limits.h"

static char *escaped(struct arena *a, const char *key)
{
	size_t n = strlen(key), k = 0;
	char *out = arena_alloc(a, 2 * n + 1);

	for (size_t i = 0; out && i < n; i++) {
		if (key[i] == '~' || key[i] == '/') {
			out[k++] = '~';
			out[k++] = key[i] == '~' ? '0' : '1';
		} else {
			out[k++] = key[i];
		}
	}
	return out;
}

const char *plan_path(struct pr *r, const struct at *at)
{
	struct arena *a = r->f->arena;
	const char *up, *key;

	if (!at)
		return "";
	up = plan_path(r, at->up);
	if (!at->key)
		return up ? arena_printf(a, "%s/%zu", up, at->index) : NULL;
	key = escaped(a, at->key);
	return up && key ? arena_printf(a, "%s/%s", up, key) : NULL;
}

static char *words(struct arena *a, const char *format, va_list ap)
	__attribute__((format(printf, 2, 0)));

static char *words(struct arena *a, const char *format, va_list ap)
{
	char text[512];

	(void)vsnprintf(text, sizeof text, format, ap);
	return arena_strdup(a, text);
}

static bool full(const struct pr *r)
{
	return r->f->n >= LIMIT_FAULTS;
}

void plan_fault(struct pr *r, const struct at *at, const char *code,
		const char *en, const char *vi, ...)
{
	const char *path = full(r) ? "" : plan_path(r, at);
	char *text, *text_vi;
	va_list ap;

	va_start(ap, vi);
	text = full(r) ? NULL : words(r->f->arena, en, ap);
	va_end(ap);
	va_start(ap, vi);
	text_vi = full(r) ? NULL : words(r->f->arena, vi, ap);
	va_end(ap);
	fault_add(r->f, code, path, text, text_vi);
}

void plan_fault_at(struct pr *r, const char *path, const char *code,
		   const char *en, const char *vi, ...)
{
	char *text, *text_vi;
	va_list ap;

	va_start(ap, vi);
	text = full(r) ? NULL : words(r->f->arena, en, ap);
	va_end(ap);
	va_start(ap, vi);
	text_vi = full(r) ? NULL : words(r->f->arena, vi, ap);
	va_end(ap);
	fault_add(r->f, code, path, text, text_vi);
}

static const struct {
	const char *en, *vi;
} type_words[] = {
	[M_CODE] = { "a code in quotes", "một mã trong ngoặc kép" },
	[M_LINE] = { "a text", "một chuỗi chữ" },
	[M_TEXT] = { "a text", "một chuỗi chữ" },
	[M_DAYISH] = { "a date in quotes", "ngày trong ngoặc kép" },
	[M_DEC] = { "a decimal in quotes (\"12.5\")",
		    "số thập phân trong ngoặc kép (\"12.5\")" },
	[M_COUNT] = { "a whole number", "số nguyên" },
	[M_SIZE] = { "a whole number", "số nguyên" },
	[M_INT] = { "a whole number", "số nguyên" },
	[M_BOOL] = { "true or false", "true hoặc false" },
	[M_DATE] = { "a date in quotes (YYYY-MM-DD)",
		     "ngày trong ngoặc kép (YYYY-MM-DD)" },
	[M_WORD] = { "a word in quotes", "một từ trong ngoặc kép" },
	[M_REF] = { "a code in quotes", "một mã trong ngoặc kép" },
	[M_LIST] = { "a list", "một danh sách" },
	[M_OBJECT] = { "an object", "một đối tượng {…}" },
};

static void wrong_type(struct pr *r, const struct at *at, enum member_type t)
{
	const char *en = type_words[t].en, *vi = type_words[t].vi;

	/* both formats take both arguments, each shows its own */
	plan_fault(r, at, "P03", "expected %s%.0s", "phải là %.0s%s", en, vi);
}

bool plan_has(const cJSON *json, const char *name)
{
	const cJSON *v = json_get(json, name);

	return v && !cJSON_IsNull(v);
}

bool plan_code_ok(const char *s)
{
	size_t n = strlen(s);

	if (n == 0 || n > LIMIT_CODE_BYTES || strchr("._-", s[0]))
		return false;
	return strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			 "0123456789._-") == n;
}

static bool has_control(const char *s, bool lines)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == 0x7f || (c < 0x20 && !(lines && strchr("\n\t", c))))
			return true;
	}
	return false;
}

const char *plan_string(struct pr *r, const struct at *at, const cJSON *v,
			size_t most, bool lines)
{
	if (!cJSON_IsString(v)) {
		wrong_type(r, at, M_TEXT);
		return NULL;
	}
	if (!*v->valuestring) {
		plan_fault(r, at, "P11", "is empty", "để trống");
		return NULL;
	}
	if (strlen(v->valuestring) > most) {
		plan_fault(r, at, "P11", "longer than %zu bytes",
			   "dài quá %zu byte", most);
		return NULL;
	}
	if (has_control(v->valuestring, lines)) {
		plan_fault(r, at, "P11", "has control characters",
			   "có ký tự điều khiển");
		return NULL;
	}
	return arena_strdup(r->a, v->valuestring);
}

static int compare_at(const struct dir *d, size_t k, const char *code)
{
	return strcmp(d->code[d->sorted[k]], code);
}

static size_t find(const struct dir *d, const char *code)
{
	size_t lo = 0, hi = d->n_sorted;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (compare_at(d, mid, code) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < d->n_sorted && compare_at(d, lo, code) == 0)
		return d->sorted[lo];
	return NONE;
}

/* "CT-01" where only one version of the form is in the plan. */
static size_t find_form(const struct pr *r, const char *code, size_t *versions)
{
	const struct dir *d = &r->dir[DIR_FORM];
	size_t n = strlen(code), found = NONE;

	if (strchr(code, '/'))
		return find(d, code);
	for (size_t k = 0; k < d->n_sorted; k++) {
		const char *known = d->code[d->sorted[k]];

		if (strncmp(known, code, n) != 0 || known[n] != '/')
			continue;
		(*versions)++;
		found = d->sorted[k];
	}
	return found;
}

size_t plan_ref(struct pr *r, const struct at *at, enum dir_name dir,
		const char *code)
{
	size_t versions = 0;
	size_t i = dir == DIR_FORM ? find_form(r, code, &versions)
				   : find(&r->dir[dir], code);

	if (versions > 1) {
		plan_fault(r, at, "P07",
			   "%zu versions of form %.64s: name one (%.64s/…)",
			   "có %zu phiên bản của mẫu phiếu %.64s: ghi rõ "
			   "(%.64s/…)",
			   versions, code, code);
		return NONE;
	}
	if (i == NONE && !r->dir[dir].told)
		plan_fault(r, at, "P07", "\"%.80s\" is not in the plan",
			   "không có \"%.80s\" trong kế hoạch", code);
	return i;
}

static void read_dec(struct pr *r, const struct at *at, const cJSON *v,
		     const struct member *m, char *into)
{
	struct dec d;
	struct err e;
	char low[DEC_TEXT_MAX], high[DEC_TEXT_MAX];

	if (cJSON_IsNumber(v)) {
		plan_fault(r, at, "P03",
			   "official numbers stand in quotes: \"%.6g\"",
			   "số liệu chính thức viết trong ngoặc kép: \"%.6g\"",
			   v->valuedouble);
		return;
	}
	if (!cJSON_IsString(v)) {
		wrong_type(r, at, M_DEC);
		return;
	}
	if (!dec_parse(v->valuestring, strlen(v->valuestring), &d, &e)) {
		plan_fault(r, at, "P09", "\"%.40s\" is no decimal: %s",
			   "\"%.40s\" không phải số thập phân, nhiều nhất "
			   "6 chữ số lẻ%.0s",
			   v->valuestring, e.msg);
		return;
	}
	if (d.micro < m->min || d.micro > m->max) {
		dec_text((struct dec){ m->min }, low);
		dec_text((struct dec){ m->max }, high);
		plan_fault(r, at, m->max == 100 * DEC_ONE ? "P14" : "P09",
			   "%.40s is not within %s and %s",
			   "%.40s không nằm trong khoảng %s đến %s",
			   v->valuestring, low, high);
		return;
	}
	memcpy(into + m->off, &d, sizeof d);
	if (m->has)
		memcpy(into + m->has, &(bool){ true }, sizeof(bool));
}

static void read_count(struct pr *r, const struct at *at, const cJSON *v,
		       const struct member *m, char *into)
{
	int64_t i;
	size_t s;
	int k;

	if (!cJSON_IsNumber(v)) {
		wrong_type(r, at, m->type);
		return;
	}
	if (!(v->valuedouble >= (double)m->min &&
	      v->valuedouble <= (double)m->max) ||
	    v->valuedouble != (double)(int64_t)v->valuedouble) {
		plan_fault(r, at, "P09",
			   "not a whole number within %" PRId64 " and %" PRId64,
			   "không phải số nguyên từ %" PRId64 " đến %" PRId64,
			   m->min, m->max);
		return;
	}
	i = (int64_t)v->valuedouble;
	s = (size_t)i;
	k = (int)i;
	if (m->type == M_COUNT)
		memcpy(into + m->off, &i, sizeof i);
	else if (m->type == M_SIZE)
		memcpy(into + m->off, &s, sizeof s);
	else
		memcpy(into + m->off, &k, sizeof k);
	if (m->has)
		memcpy(into + m->has, &(bool){ true }, sizeof(bool));
}

static void read_bool(struct pr *r, const struct at *at, const cJSON *v,
		      const struct member *m, char *into)
{
	bool b = cJSON_IsTrue(v);

	if (!cJSON_IsBool(v)) {
		wrong_type(r, at, m->type);
		return;
	}
	memcpy(into + m->off, &b, sizeof b);
}

static void read_date(struct pr *r, const struct at *at, const cJSON *v,
		      const struct member *m, char *into)
{
	struct date d;
	struct err e;

	if (!cJSON_IsString(v)) {
		wrong_type(r, at, m->type);
		return;
	}
	if (!date_parse(v->valuestring, strlen(v->valuestring), &d, &e)) {
		plan_fault(r, at, "P10", "\"%.40s\" is no date YYYY-MM-DD",
			   "\"%.40s\" không phải ngày dạng YYYY-MM-DD",
			   v->valuestring);
		return;
	}
	memcpy(into + m->off, &d, sizeof d);
	if (m->has)
		memcpy(into + m->has, &(bool){ true }, sizeof(bool));
}

static void read_word(struct pr *r, const struct at *at, const cJSON *v,
		      const struct member *m, char *into)
{
	char all[200];
	size_t len = 0;

	if (!cJSON_IsString(v)) {
		wrong_type(r, at, m->type);
		return;
	}
	for (int i = 0; m->words[i]; i++) {
		if (strcmp(m->words[i], v->valuestring) == 0) {
			memcpy(into + m->off, &i, sizeof i);
			if (m->has)
				memcpy(into + m->has, &(bool){ true },
				       sizeof(bool));
			return;
		}
		len += (size_t)snprintf(all + len, sizeof all - len, "%s%s",
					i ? ", " : "", m->words[i]);
	}
	plan_fault(r, at, "P08", "\"%.40s\" is none of: %s",
		   "\"%.40s\" không thuộc: %s", v->valuestring, all);
}

static void read_string(struct pr *r, const struct at *at, const cJSON *v,
			const struct member *m, char *into)
{
	size_t most = m->type == M_TEXT ? LIMIT_TEXT_BYTES : LIMIT_NAME_BYTES;
	const char *s = plan_string(r, at, v, most, m->type == M_TEXT);
	struct err e;
	struct date d;
	char day[] = "2000-01-01";
	size_t n;

	if (!s)
		return;
	n = strlen(s);
	if (m->type == M_CODE && !plan_code_ok(s)) {
		plan_fault(r, at, "P05",
			   "\"%.80s\" is no code (letters, digits, . _ -, at "
			   "most 64)",
			   "\"%.80s\" không phải mã hợp lệ (chữ không dấu, số, "
			   ". _ -, nhiều nhất 64)",
			   s);
		return;
	}
	if (m->type == M_DAYISH) {
		if (n == 4 || n == 7 || n == 10)
			memcpy(day, s, n);
		if ((n != 4 && n != 7 && n != 10) ||
		    !date_parse(day, 10, &d, &e)) {
			plan_fault(r, at, "P10",
				   "\"%.40s\" is no date (2020, 2020-12 or "
				   "2020-12-03)",
				   "\"%.40s\" không phải ngày (2020, 2020-12 "
				   "hoặc 2020-12-03)",
				   s);
			return;
		}
	}
	memcpy(into + m->off, &s, sizeof s);
}

static void read_ref(struct pr *r, const struct at *at, const cJSON *v,
		     const struct member *m, char *into)
{
	size_t i;

	if (!cJSON_IsString(v)) {
		wrong_type(r, at, m->type);
		return;
	}
	i = plan_ref(r, at, m->dir, v->valuestring);
	memcpy(into + m->off, &i, sizeof i);
	if (m->dir == DIR_BASIS && i != NONE && r->p->bases &&
	    r->p->bases[i].kind >= BASIS_RECOLLECTED)
		r->example = true;
}

static void read_part(struct pr *r, const struct at *at, const cJSON *v,
		      const struct member *m, char *into)
{
	(void)into;
	if (m->type == M_LIST ? !cJSON_IsArray(v) : !cJSON_IsObject(v))
		wrong_type(r, at, m->type);
}

static void (*const readers[])(struct pr *, const struct at *, const cJSON *,
			       const struct member *, char *) = {
	[M_CODE] = read_string, [M_LINE] = read_string,
	[M_TEXT] = read_string, [M_DAYISH] = read_string,
	[M_DEC] = read_dec,	[M_COUNT] = read_count,
	[M_SIZE] = read_count,	[M_INT] = read_count,
	[M_BOOL] = read_bool,	[M_DATE] = read_date,
	[M_WORD] = read_word,	[M_REF] = read_ref,
	[M_LIST] = read_part,	[M_OBJECT] = read_part,
};

void plan_value(struct pr *r, const struct at *at, const cJSON *v,
		const struct member *m, void *into)
{
	readers[m->type](r, at, v, m, into);
}

static void unknown_members(struct pr *r, const struct at *at,
			    const cJSON *json, const struct member *m, size_t n)
{
	const cJSON *v;

	cJSON_ArrayForEach(v, json)
	{
		struct at here = { at, v->string, 0 };
		size_t i = 0;

		while (i < n && strcmp(m[i].name, v->string) != 0)
			i++;
		if (i == n)
			plan_fault(r, &here, "P04", "unknown member",
				   "thành phần không có trong định dạng");
	}
}

bool plan_members(struct pr *r, const struct at *at, const cJSON *json,
		  const struct member *m, size_t n, void *into)
{
	if (!cJSON_IsObject(json)) {
		wrong_type(r, at, M_OBJECT);
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		struct at here = { at, m[i].name, 0 };
		const cJSON *v = json_get(json, m[i].name);

		if (m[i].type == M_REF)
			memcpy((char *)into + m[i].off, &(size_t){ NONE },
			       sizeof(size_t));
		if (v && !cJSON_IsNull(v))
			plan_value(r, &here, v, &m[i], into);
		else if (m[i].required)
			plan_fault(r, &here, "P02", "is missing", "còn thiếu");
	}
	unknown_members(r, at, json, m, n);
	return true;
}

void *plan_list(struct pr *r, const struct at *at, const cJSON *json,
		const char *name, size_t least, size_t most, size_t size,
		size_t *n)
{
	struct at here = { at, name, 0 };
	const cJSON *v = json_get(json, name);
	size_t count;
	void *out;

	*n = 0;
	if (!cJSON_IsArray(v))
		return NULL;
	count = (size_t)cJSON_GetArraySize(v);
	if (count < least)
		plan_fault(r, &here, "P32", "needs at least %zu",
			   "cần ít nhất %zu", least);
	if (count > most) {
		plan_fault(r, &here, "P32", "%zu elements, at most %zu",
			   "có %zu phần tử, nhiều nhất %zu", count, most);
		return NULL;
	}
	out = arena_array(r->a, count ? count : 1, size);
	*n = out ? count : 0;
	return out;
}
