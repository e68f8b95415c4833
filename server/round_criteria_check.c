/* The document that a workbook of criteria gives, checked by the readers of
 * all documents; what is wrong with the criteria gets its cell. */
#include <stdlib.h>
#include <string.h>

#include "phieu/index_file.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/round.h"
#include "round_criteria_parts.h"

/* ---- from a path to a cell --------------------------------------------- */

/* "criteria/0/children/1/maximum": the next word, and what is behind it. */
static const char *next(const char *path, char *word, size_t cap)
{
	size_t n = strcspn(path, "/");
	size_t k = n < cap ? n : cap - 1;

	memcpy(word, path, k);
	word[k] = '\0';
	return path + n + (path[n] == '/');
}

static const struct criterion *child(const struct criteria_reading *x,
				     size_t above, size_t place)
{
	for (size_t i = 0; i < x->n; i++)
		if (x->list[i].above == above && x->list[i].place == place)
			return &x->list[i];
	return NULL;
}

static size_t column_of(const char *word)
{
	if (strcmp(word, "children") == 0)
		return CC_MAXIMUM;
	if (strcmp(word, "applies") == 0)
		return CC_APPLIES;
	for (size_t k = 0; k < CC_COUNT; k++)
		if (criteria_heads[k].member &&
		    strcmp(criteria_heads[k].member, word) == 0)
			return k;
	return CC_CODE;
}

/* The k-th row of a table that is of a criterion, or the last. */
static const struct grid_row *row_named(const struct criteria_reading *x,
					enum criteria_sheet s, const char *code,
					size_t k)
{
	const struct grid_row *row, *found = NULL;

	for (size_t i = 0; (row = criteria_row(x, s, i)); i++) {
		const char *c = criteria_text(x, s, row, 0);

		if (c && strcmp(c, code) == 0) {
			found = row;
			if (k-- == 0)
				return found;
		}
	}
	return found;
}

static size_t number(const char *s)
{
	return (size_t)strtoul(s, NULL, 10);
}

/* convert/steps/2/from, convert/linear/high, groups/GROUP */
static const char *table_place(struct criteria_reading *x,
			       const struct criterion *c, const char *path,
			       const char *word)
{
	bool groups = strcmp(word, "groups") == 0;
	enum criteria_sheet s = groups ? SHEET_GROUPS : SHEET_TABLES;
	char part[64] = "", at[64] = "", last[64] = "";
	const struct grid_row *row;
	size_t column = CT_KIND;

	if (!groups) {
		path = next(path, part, sizeof part);
		path = next(path, at, sizeof at);
		(void)next(path, last, sizeof last);
		if (strcmp(last, "points") == 0)
			column = CT_POINTS;
		else if (strcmp(last, "from") == 0 || strcmp(at, "low") == 0)
			column = CT_FROM;
		else if (strcmp(at, "high") == 0)
			column = CT_TO;
	}
	row = row_named(x, s, c->code, number(at));
	return row ? criteria_place(x, s, row, groups ? CG_WEIGHT : column)
		   : criteria_place(x, SHEET_CRITERIA, c->row, CC_CODE);
}

static const char *criterion_place(struct criteria_reading *x, const char *path)
{
	const struct criterion *c = NULL;
	char word[64];
	size_t above = SIZE_MAX;

	for (;;) {
		path = next(path, word, sizeof word);
		if (word[strspn(word, "0123456789")] || !word[0])
			break;
		c = child(x, above, number(word));
		if (!c)
			return NULL;
		above = (size_t)(c - x->list);
		path = next(path, word, sizeof word);
		if (strcmp(word, "children") != 0 || !*path)
			break;
	}
	if (!c)
		return criteria_place(x, SHEET_CRITERIA,
				      x->n ? x->list[0].row : NULL, CC_CODE);
	if (strcmp(word, "convert") == 0 || strcmp(word, "groups") == 0)
		return table_place(x, c, path, word);
	return criteria_place(x, SHEET_CRITERIA, c->row, column_of(word));
}

static const char *kind_place(struct criteria_reading *x, const char *path)
{
	char at[64], word[64];
	const struct grid_row *row;

	path = next(path, at, sizeof at);
	(void)next(path, word, sizeof word);
	row = criteria_row(x, SHEET_KINDS, number(at));
	if (row)
		return criteria_place(x, SHEET_KINDS, row,
				      strcmp(word, "total") == 0  ? CK_TOTAL
				      : strcmp(word, "name") == 0 ? CK_NAME
								  : CK_CODE);
	return x->total_row ? criteria_place(x, SHEET_CRITERIA, x->total_row,
					     CC_MAXIMUM)
			    : NULL;
}

/* The cell, NULL: not of the criteria. */
static const char *cell_of(struct criteria_reading *x, const char *path)
{
	char word[64];
	const char *rest;

	if (*path == '/')
		path++;
	rest = next(path, word, sizeof word);
	if (strcmp(word, "index") == 0)
		rest = next(rest, word, sizeof word);
	if (strcmp(word, "criteria") == 0)
		return criterion_place(x, rest);
	return strcmp(word, "kinds") == 0 ? kind_place(x, rest) : NULL;
}

/* ---- the criteria alone ------------------------------------------------ */

/* An index document around criteria and kinds: its rules play no part in how
 * points add. */
static bool alone(const struct criteria_reading *x, struct buf *text,
		  struct err *e)
{
	static const char frame[] =
		"{\"format\":\"phieu-index/"
		"1\",\"example\":true,\"rules\":{\"rescale\":\"none\","
		"\"missing\":{\"assessed\":\"zero\",\"survey\":\"zero\","
		"\"satisfaction\":\"zero\",\"external\":\"zero\"},"
		"\"missing_group\":\"zero\",\"digits\":2,\"round\":\"half-up\","
		"\"order\":\"sum-first\",\"ties\":\"shared\"},\"kinds\":";
	const cJSON *kinds = json_get(x->part, "kinds");
	const char *kind = kinds && kinds->child
				   ? json_get_text(kinds->child, "code")
				   : "";

	buf_adds(text, frame);
	if (!json_canonical(kinds, text, e))
		return false;
	buf_adds(text, ",\"criteria\":");
	if (!json_canonical(json_get(x->part, "criteria"), text, e))
		return false;
	buf_adds(text, ",\"units\":[{\"code\":\"u\",\"name\":\"u\",\"kind\":");
	jw_escape(text, kind ? kind : "", kind ? strlen(kind) : 0);
	buf_adds(text, ",\"values\":{}}]}");
	return buf_cstr(text) || err_set(e, ERR_NOMEM, "out of memory");
}

/* A cell that could not be read is not told again as missing. */
static bool told(const struct criteria_reading *x, const char *at)
{
	for (size_t i = 0; at && i < x->f->n; i++)
		if (x->f->list[i].code[0] == 'C' &&
		    strcmp(x->f->list[i].path, at) == 0)
			return true;
	return false;
}

static bool check_alone(struct criteria_reading *x, struct err *e)
{
	struct buf text = BUF_INIT(LIMIT_PLAN_BYTES);
	struct index_set set;
	struct faults f;
	bool ok;

	faults_init(&f, x->f->arena);
	ok = alone(x, &text, e);
	if (ok && !index_read(text.data, text.len, x->a, &set, &f))
		for (size_t i = 0; i < f.n; i++) {
			const char *at = cell_of(x, f.list[i].path);

			if (!told(x, at))
				fault_add(x->f, f.list[i].code,
					  at ? at : f.list[i].path,
					  f.list[i].message,
					  f.list[i].message_vi);
		}
	buf_free(&text);
	return ok;
}

/* The total that a table prints, against those of the round. */
static void check_printed(struct criteria_reading *x)
{
	struct dec want, total;
	const cJSON *k;
	struct err e;

	if (!x->total || !dec_parse(x->total, strlen(x->total), &want, &e))
		return;
	cJSON_ArrayForEach(k, json_get(x->part, "kinds"))
	{
		const char *s = json_get_text(k, "total");

		if (s && dec_parse(s, strlen(s), &total, &e) &&
		    dec_cmp(total, want) == 0)
			return;
	}
	criteria_fault(x, SHEET_CRITERIA, x->total_row, CC_MAXIMUM, "C11",
		       "no kind of unit has this total",
		       "không loại đơn vị nào có tổng điểm này");
}

/* ---- the rest ---------------------------------------------------------- */

static void note_rest(struct criteria_reading *x, const struct faults *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (!cell_of(x, f->list[i].path))
			fault_add(x->notes, "C96", f->list[i].path,
				  arena_printf(x->notes->arena,
					       "does not fit any more, mend "
					       "it: %s %s",
					       f->list[i].code,
					       f->list[i].message),
				  arena_printf(x->notes->arena,
					       "không còn khớp, cần sửa: %s %s",
					       f->list[i].code,
					       f->list[i].message_vi));
}

/* Offices, units, rules of the round with the new criteria. */
static void check_rest(struct criteria_reading *x, const struct buf *out)
{
	struct faults f;

	faults_init(&f, x->notes->arena);
	if (json_get(x->doc, "index")) {
		struct round r;

		if (!round_read(out->data, out->len, x->a, &r, &f))
			note_rest(x, &f);
	} else {
		struct index_set set;

		if (!index_read(out->data, out->len, x->a, &set, &f))
			note_rest(x, &f);
	}
}

/* Canonical; an index document's standard errors may have fractions, which
 * the canonical form has not. */
static bool write_document(const cJSON *doc, struct buf *out, struct err *e)
{
	struct err no = { 0 };
	char *text = NULL;

	if (!json_canonical(doc, out, &no)) {
		out->len = 0;
		text = cJSON_PrintUnformatted(doc);
		buf_adds(out, text ? text : "");
		out->broken = out->broken || !text;
		cJSON_free(text);
	}
	return buf_cstr(out) || err_set(e, ERR_NOMEM, "out of memory");
}

bool criteria_check(struct criteria_reading *x, const cJSON *into,
		    struct buf *out, struct err *e)
{
	const char *format = into ? json_get_text(into, "format") : NULL;
	bool set_only =
		!into || (format && strcmp(format, CRITERIA_FORMAT) == 0);

	if (!check_alone(x, e))
		return false;
	check_printed(x);
	if (!json_get(x->part, "basis") && !json_get(x->part, "example"))
		fault_add(x->notes, "C98", "/basis",
			  "nothing says what decision the set is of",
			  "chưa ghi bộ tiêu chí ban hành theo quyết định nào");
	if (x->f->n > 0)
		return true;
	if (!write_document(x->doc, out, e))
		return false;
	if (!set_only)
		check_rest(x, out);
	return true;
}
