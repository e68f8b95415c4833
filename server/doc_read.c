#include "phieu/doc_read.h"

#include <stdio.h>
#include <string.h>

#include "phieu/json.h"
#include "phieu/limits.h"

void doc_fault(const struct doc *d, int code, const char *path, const char *en,
	       const char *vi)
{
	char text[8];

	(void)snprintf(text, sizeof text, "%c%02d", d->letter, code % 100);
	fault_add(d->f, text, path, en, vi);
}

const char *doc_below(const struct doc *d, const char *path, const char *name)
{
	const char *s = arena_printf(d->f->arena, "%s/%s", path, name);

	return s ? s : path;
}

const char *doc_element(const struct doc *d, const char *path, size_t i)
{
	const char *s = arena_printf(d->f->arena, "%s/%zu", path, i);

	return s ? s : path;
}

void doc_known(const struct doc *d, const char *path, const cJSON *o,
	       const char *const *names)
{
	const cJSON *m;

	if (!cJSON_IsObject(o)) {
		doc_fault(d, DOC_SHAPE, path, "an object {…} is wanted here",
			  "ở đây phải là một đối tượng {…}");
		return;
	}
	cJSON_ArrayForEach(m, o)
	{
		size_t i = 0;

		while (names[i] && strcmp(names[i], m->string) != 0)
			i++;
		if (!names[i])
			doc_fault(d, DOC_MEMBER, doc_below(d, path, m->string),
				  "no such member here",
				  "ở đây không có mục này");
	}
}

const cJSON *doc_list(const struct doc *d, const cJSON *o, const char *path,
		      const char *name, bool required)
{
	const cJSON *v = json_get(o, name);

	if (v && cJSON_IsArray(v))
		return v;
	if (v || required)
		doc_fault(d, DOC_SHAPE, doc_below(d, path, name),
			  "a list is wanted here",
			  "ở đây phải là một danh sách");
	return NULL;
}

const char *doc_text(const struct doc *d, const cJSON *o, const char *path,
		     const char *name, bool required)
{
	const cJSON *v = json_get(o, name);
	const char *s;

	if (!v || cJSON_IsNull(v)) {
		if (required)
			doc_fault(d, DOC_MISSING, doc_below(d, path, name),
				  "is missing", "còn thiếu");
		return NULL;
	}
	s = cJSON_IsString(v) ? v->valuestring : "";
	if (!*s || strlen(s) > LIMIT_NAME_BYTES || strpbrk(s, "\n\r\t")) {
		doc_fault(d, DOC_SHAPE, doc_below(d, path, name),
			  "a text of one line is wanted here",
			  "ở đây phải là một dòng chữ");
		return NULL;
	}
	return arena_strdup(d->a, s);
}

const char *doc_code(const struct doc *d, const cJSON *o, const char *path,
		     const char *name, bool required)
{
	const char *s = doc_text(d, o, path, name, required);

	if (!s)
		return NULL;
	if (strlen(s) <= LIMIT_CODE_BYTES && s[0] != '-' && s[0] != '.' &&
	    strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		      "0123456789._-") == strlen(s))
		return s;
	doc_fault(d, DOC_SHAPE, doc_below(d, path, name),
		  "a code has letters a-z, digits, '.', '_', '-'",
		  "mã chỉ gồm chữ cái a-z, chữ số, '.', '_', '-'");
	return NULL;
}

const char **doc_names(const struct doc *d, const cJSON *o, const char *path,
		       const char *name, bool required, size_t *n)
{
	const cJSON *list = doc_list(d, o, path, name, required), *v;
	const char **out =
		arena_array(d->a,
			    list ? (size_t)cJSON_GetArraySize(list) + 1 : 1,
			    sizeof *out);

	*n = 0;
	if (list && required && cJSON_GetArraySize(list) == 0)
		doc_fault(d, DOC_MISSING, doc_below(d, path, name),
			  "names nothing", "chưa ghi gì");
	cJSON_ArrayForEach(v, list)
	{
		if (!cJSON_IsString(v) || !*v->valuestring ||
		    strlen(v->valuestring) > LIMIT_NAME_BYTES)
			doc_fault(d, DOC_SHAPE,
				  doc_element(d, doc_below(d, path, name), *n),
				  "a text is wanted here", "ở đây phải là chữ");
		else if (out)
			out[(*n)++] = arena_strdup(d->a, v->valuestring);
		if (out && *n && !out[*n - 1])
			(*n)--; /* no memory: the arena says so */
	}
	return out;
}

bool doc_day(const struct doc *d, const cJSON *o, const char *path,
	     const char *name, bool required, struct date *out)
{
	const char *s = doc_text(d, o, path, name, required);
	struct err e;

	if (!s)
		return false;
	if (date_parse(s, strlen(s), out, &e))
		return true;
	doc_fault(d, DOC_DATE, doc_below(d, path, name), "no date YYYY-MM-DD",
		  "không phải ngày dạng YYYY-MM-DD");
	return false;
}

int doc_whole(const struct doc *d, const cJSON *o, const char *path,
	      const char *name, int low, int high, int otherwise)
{
	int64_t v;

	if (!json_get(o, name) && otherwise >= 0)
		return otherwise;
	if (json_get_int(o, name, &v) && v >= low && v <= high)
		return (int)v;
	doc_fault(d, DOC_SHAPE, doc_below(d, path, name),
		  arena_printf(d->f->arena, "a whole number from %d to %d", low,
			       high),
		  arena_printf(d->f->arena, "số nguyên từ %d đến %d", low,
			       high));
	return low;
}

void doc_unknown(const struct doc *d, const char *path, const char *code)
{
	doc_fault(d, DOC_UNKNOWN, path,
		  arena_printf(d->f->arena, "\"%.80s\" is not in the document",
			       code),
		  arena_printf(d->f->arena, "không có \"%.80s\" trong tài liệu",
			       code));
}

void doc_twice(const struct doc *d, const char *path, const char *code)
{
	doc_fault(d, DOC_TWICE, path,
		  arena_printf(d->f->arena, "\"%.80s\" is there already", code),
		  arena_printf(d->f->arena, "\"%.80s\" đã có ở trên", code));
}
