/* The document from the rows of a workbook of criteria. */
#include <string.h>

#include "phieu/json.h"
#include "round_criteria_parts.h"

static void put_text(struct criteria_reading *x, cJSON *o, const char *key,
		     const char *text)
{
	if (text && !cJSON_AddStringToObject(o, key, text))
		x->broken = true;
}

static cJSON *new_list(struct criteria_reading *x, cJSON *o, const char *key)
{
	cJSON *list;

	cJSON_DeleteItemFromObjectCaseSensitive(o, key);
	list = cJSON_AddArrayToObject(o, key);
	x->broken = x->broken || !list;
	return list;
}

static cJSON *new_item(struct criteria_reading *x, cJSON *list)
{
	cJSON *o = list ? cJSON_CreateObject() : NULL;

	x->broken = x->broken || !o;
	if (o)
		(void)cJSON_AddItemToArray(list, o);
	return o;
}

static void put_flag(struct criteria_reading *x, enum criteria_sheet s,
		     const struct grid_row *row, size_t column, cJSON *o,
		     const char *key, const char *text)
{
	const char *k = text ? criteria_key(x, text) : NULL;
	bool yes;

	if (!k)
		return;
	yes = criteria_key_in(k, "x|co|dung|true|yes|1");
	if (!yes && !criteria_key_in(k, "khong|false|no|0"))
		criteria_fault(x, s, row, column, "C04",
			       "x, or nothing, is wanted here",
			       "ô này ghi x hoặc để trống");
	else if (!cJSON_AddBoolToObject(o, key, yes))
		x->broken = true;
}

/* ---- a criterion ------------------------------------------------------- */

static void put_word(struct criteria_reading *x, const struct criterion *c,
		     enum criteria_column column,
		     const struct criteria_word *words)
{
	const char *text = criteria_text(x, SHEET_CRITERIA, c->row, column);
	const char *key = text ? criteria_key(x, text) : NULL;
	struct buf list = BUF_INIT(500);

	if (!text)
		return;
	for (const struct criteria_word *w = words; w->word; w++) {
		buf_addf(&list, "%s%s", list.len ? ", " : "", w->vi);
		if (strcmp(key, criteria_key(x, w->vi)) != 0 &&
		    !criteria_key_in(key, w->also))
			continue;
		put_text(x, c->o, criteria_heads[column].member, w->word);
		buf_free(&list);
		return;
	}
	criteria_fault(x, SHEET_CRITERIA, c->row, column, "C04",
		       arena_printf(x->f->arena, "one of: %s",
				    buf_cstr(&list) ? list.data : ""),
		       arena_printf(x->f->arena, "phải là một trong: %s",
				    buf_cstr(&list) ? list.data : ""));
	buf_free(&list);
}

/* The code of a kind by its code or name; what is neither stays, and is told
 * when the whole is checked. */
static const char *kind_code(struct criteria_reading *x, const char *s)
{
	const cJSON *k;

	cJSON_ArrayForEach(k, json_get(x->part, "kinds"))
	{
		const char *code = json_get_text(k, "code");
		const char *name = json_get_text(k, "name");

		if (code && strcmp(code, s) == 0)
			return code;
		if (code && name &&
		    strcmp(criteria_key(x, name), criteria_key(x, s)) == 0)
			return code;
	}
	return s;
}

static void put_applies(struct criteria_reading *x, const struct criterion *c)
{
	const char *s = criteria_text(x, SHEET_CRITERIA, c->row, CC_APPLIES);
	cJSON *list = s ? new_list(x, c->o, "applies") : NULL;

	while (list && *s) {
		size_t n = strcspn(s, ";"), skip = strspn(s, " ;");
		const char *one;

		if (skip > 0) {
			s += skip;
			continue;
		}
		while (n > 0 && s[n - 1] == ' ')
			n--;
		one = arena_strndup(x->a, s, n);
		if (!one ||
		    !cJSON_AddItemToArray(list, cJSON_CreateString(
							kind_code(x, one))))
			x->broken = true;
		s += n;
	}
}

/* Where the table has no column for it, notes and names tell. */
static void guess_source(struct criteria_reading *x, const struct criterion *c)
{
	static const char *const signs[] = { "*sipas|*hai long",
					     "*dieu tra xa hoi hoc|*dtxhh|*xhh",
					     "*papi|*pci" };
	static const int source[] = { 2, 1, 3 };
	const char *name = criteria_text(x, SHEET_CRITERIA, c->row, CC_NAME);
	const char *note = criteria_text(x, SHEET_CRITERIA, c->row, CC_NOTE);
	const char *key =
		criteria_key(x, arena_printf(x->a, "%s %s", name ? name : "",
					     note ? note : ""));

	for (size_t i = 0; i < 3; i++)
		if (criteria_key_in(key, signs[i])) {
			const struct criteria_word *w =
				&source_names[source[i]];

			put_text(x, c->o, "source", w->word);
			criteria_note(x, SHEET_CRITERIA, c->row, CC_NAME, "C93",
				      arena_printf(x->notes->arena,
						   "%s is taken as %s by its "
						   "words",
						   c->code, w->word),
				      arena_printf(x->notes->arena,
						   "%s: theo lời văn, nguồn "
						   "điểm hiểu là %s",
						   c->code, w->vi));
			return;
		}
	put_text(x, c->o, "source", "assessed");
}

static void put_criterion(struct criteria_reading *x, struct criterion *c)
{
	static const int plain[] = { CC_NAME, CC_BASIS };
	static const int numbers[] = { CC_MAXIMUM, CC_NEED, CC_GRAIN };

	put_text(x, c->o, "code", c->code);
	for (size_t i = 0; i < 2; i++)
		put_text(x, c->o, criteria_heads[plain[i]].member,
			 criteria_text(x, SHEET_CRITERIA, c->row,
				       (size_t)plain[i]));
	for (size_t i = 0; i < 3; i++)
		put_text(x, c->o, criteria_heads[numbers[i]].member,
			 criteria_number(x, SHEET_CRITERIA, c->row,
					 (size_t)numbers[i]));
	put_word(x, c, CC_COMBINE, combine_names);
	put_word(x, c, CC_EFFECT, effect_names);
	put_applies(x, c);
	if (x->sheet[SHEET_CRITERIA].column[CC_SOURCE] != NO_COLUMN)
		put_word(x, c, CC_SOURCE, source_names);
	else if (c->n_below == 0)
		guess_source(x, c);
}

static void tell_ways(struct criteria_reading *x)
{
	const struct sheet *t = &x->sheet[SHEET_CRITERIA];
	size_t n = 0;

	for (size_t i = 0; i < x->n; i++)
		n += criteria_text(x, SHEET_CRITERIA, x->list[i].row,
				   CC_NOTE) != NULL;
	if (n > 0)
		criteria_note(x, SHEET_CRITERIA, x->list[0].row, CC_NOTE, "C92",
			      arena_printf(x->notes->arena,
					   "%zu notes are not kept", n),
			      arena_printf(x->notes->arena,
					   "%zu ghi chú không được giữ lại",
					   n));
	if (x->n > 0 && t->column[CC_SOURCE] == NO_COLUMN)
		criteria_note(
			x, SHEET_CRITERIA, x->list[0].row, CC_CODE, "C93",
			"no column says where points come from: taken as "
			"self-assessed, but for those named here",
			"không có cột nguồn điểm: coi là tự chấm, trừ các "
			"tiêu chí nêu ở đây");
}

static void build_criteria(struct criteria_reading *x)
{
	cJSON *fields = new_list(x, x->part, "criteria");

	for (size_t i = 0; i < x->n && !x->broken; i++) {
		struct criterion *c = &x->list[i];
		cJSON *above =
			c->above == SIZE_MAX ? NULL : x->list[c->above].o;
		cJSON *list =
			!above ? fields
			: c->place == 0
				? new_list(x, above, "children")
				: cJSON_GetObjectItemCaseSensitive(above,
								   "children");

		c->o = new_item(x, list);
		if (c->o)
			put_criterion(x, c);
	}
	tell_ways(x);
}

/* ---- tables and groups ------------------------------------------------- */

static struct criterion *named(struct criteria_reading *x,
			       enum criteria_sheet s,
			       const struct grid_row *row)
{
	const char *code = criteria_text(x, s, row, 0);

	for (size_t i = 0; code && i < x->n; i++)
		if (strcmp(x->list[i].code, code) == 0)
			return &x->list[i];
	criteria_fault(x, s, row, 0, "C06",
		       arena_printf(x->f->arena, "no criterion \"%.60s\"",
				    code ? code : ""),
		       arena_printf(x->f->arena, "không có tiêu chí \"%.60s\"",
				    code ? code : ""));
	return NULL;
}

static cJSON *member(struct criteria_reading *x, cJSON *o, const char *key)
{
	cJSON *m = cJSON_GetObjectItemCaseSensitive(o, key);

	if (!m)
		m = cJSON_AddObjectToObject(o, key);
	x->broken = x->broken || !m;
	return m;
}

static void both_ways(struct criteria_reading *x, const struct grid_row *row)
{
	criteria_fault(x, SHEET_TABLES, row, CT_KIND, "C06",
		       "either one linear row or steps",
		       "một dòng tuyến tính, hoặc các bậc");
}

static void put_linear(struct criteria_reading *x, const struct grid_row *row,
		       cJSON *convert)
{
	cJSON *l;

	if (json_get(convert, "linear") || json_get(convert, "steps")) {
		both_ways(x, row);
		return;
	}
	l = member(x, convert, "linear");
	if (!l)
		return;
	put_text(x, l, "low", criteria_number(x, SHEET_TABLES, row, CT_FROM));
	put_text(x, l, "high", criteria_number(x, SHEET_TABLES, row, CT_TO));
	put_flag(x, SHEET_TABLES, row, CT_CAP, l, "cap",
		 criteria_text(x, SHEET_TABLES, row, CT_CAP));
}

static void put_step(struct criteria_reading *x, const struct grid_row *row,
		     cJSON *convert)
{
	cJSON *list = cJSON_GetObjectItemCaseSensitive(convert, "steps"), *o;

	if (json_get(convert, "linear")) {
		both_ways(x, row);
		return;
	}
	if (!list)
		list = new_list(x, convert, "steps");
	o = new_item(x, list);
	if (!o)
		return;
	put_text(x, o, "from", criteria_number(x, SHEET_TABLES, row, CT_FROM));
	put_text(x, o, "points",
		 criteria_number(x, SHEET_TABLES, row, CT_POINTS));
}

static void build_tables(struct criteria_reading *x)
{
	const struct grid_row *row;

	for (size_t i = 0; (row = criteria_row(x, SHEET_TABLES, i)); i++) {
		struct criterion *c = named(x, SHEET_TABLES, row);
		const char *kind = criteria_text(x, SHEET_TABLES, row, CT_KIND);
		const char *key = kind ? criteria_key(x, kind) : "";
		cJSON *convert = c && c->o ? member(x, c->o, "convert") : NULL;

		if (!convert)
			continue;
		if (criteria_key_in(key, "tuyen tinh|ty le|linear"))
			put_linear(x, row, convert);
		else if (criteria_key_in(key, "bac|step|steps"))
			put_step(x, row, convert);
		else
			criteria_fault(x, SHEET_TABLES, row, CT_KIND, "C04",
				       "one of: tuyến tính, bậc",
				       "phải là một trong: tuyến tính, bậc");
	}
}

static void build_groups(struct criteria_reading *x)
{
	const struct grid_row *row;

	for (size_t i = 0; (row = criteria_row(x, SHEET_GROUPS, i)); i++) {
		struct criterion *c = named(x, SHEET_GROUPS, row);
		const char *group =
			criteria_text(x, SHEET_GROUPS, row, CG_GROUP);
		cJSON *groups = c && c->o ? member(x, c->o, "groups") : NULL;

		if (groups && group && json_get(groups, group))
			criteria_fault(x, SHEET_GROUPS, row, CG_GROUP, "C10",
				       "the group stands above already",
				       "nhóm này đã có ở dòng trên");
		else if (groups && group)
			put_text(x, groups, group,
				 criteria_number(x, SHEET_GROUPS, row,
						 CG_WEIGHT));
		else if (groups)
			criteria_fault(x, SHEET_GROUPS, row, CG_GROUP, "C07",
				       "a group is wanted here",
				       "còn thiếu nhóm");
	}
}

/* ---- kinds, what was replaced, the set --------------------------------- */

/* What the document knows of a kind besides its name and total. */
static cJSON *kind_of(const cJSON *into, const char *code)
{
	const cJSON *k;

	cJSON_ArrayForEach(k, json_get(criteria_part(into), "kinds"))
	{
		const char *c = json_get_text(k, "code");

		if (c && code && strcmp(c, code) == 0)
			return cJSON_Duplicate(k, true);
	}
	return cJSON_CreateObject();
}

static void build_kinds(struct criteria_reading *x, const cJSON *into)
{
	cJSON *list = new_list(x, x->part, "kinds");
	const struct grid_row *row;

	for (size_t i = 0; list && (row = criteria_row(x, SHEET_KINDS, i));
	     i++) {
		cJSON *o = kind_of(into,
				   criteria_text(x, SHEET_KINDS, row, CK_CODE));

		if (!o) {
			x->broken = true;
			return;
		}
		for (size_t k = 0; k < CK_COUNT; k++) {
			const char *m = kind_heads[k].member;

			cJSON_DeleteItemFromObjectCaseSensitive(o, m);
			put_text(x, o, m,
				 k == CK_TOTAL ? criteria_number(x, SHEET_KINDS,
								 row, k)
					       : criteria_text(x, SHEET_KINDS,
							       row, k));
		}
		(void)cJSON_AddItemToArray(list, o);
	}
}

/* A printed table alone knows of no kinds: one, with the total it prints. */
static void one_kind(struct criteria_reading *x)
{
	cJSON *o = new_item(x, new_list(x, x->part, "kinds"));

	if (!o)
		return;
	put_text(x, o, "code", "don-vi");
	put_text(x, o, "name", "Đơn vị");
	put_text(x, o, "total", x->total);
	if (!x->total && !x->total_row)
		criteria_fault(x, SHEET_CRITERIA,
			       x->n ? x->list[x->n - 1].row : NULL, CC_MAXIMUM,
			       "C08",
			       "no row \"Tổng cộng\" says what the whole adds "
			       "to",
			       "thiếu dòng \"Tổng cộng\" ghi tổng điểm của cả "
			       "bộ");
	else
		criteria_note(x, SHEET_CRITERIA, x->total_row, CC_MAXIMUM,
			      "C95",
			      "the file names no kinds of unit: one, don-vi, "
			      "stands for all",
			      "tệp không nêu loại đơn vị: dùng một loại chung, "
			      "mã don-vi");
}

static void build_replaced(struct criteria_reading *x)
{
	const cJSON *old = json_get(x->doc, "replaced");
	const struct grid_row *row = criteria_row(x, SHEET_REPLACED, 0);
	cJSON *list;

	if (!row && !old)
		return;
	list = new_list(x, x->doc, "replaced");
	for (size_t i = 0; (row = criteria_row(x, SHEET_REPLACED, i)); i++) {
		cJSON *o = new_item(x, list);

		for (size_t k = 0; o && k < CR_COUNT; k++)
			put_text(x, o, replaced_heads[k].member,
				 criteria_text(x, SHEET_REPLACED, row, k));
	}
}

/* Pairs: Tên, Căn cứ, Mẫu thử; other lines are for people. */
static void build_set(struct criteria_reading *x)
{
	static const char *const names[] = { "ten", "can cu", "mau thu" };
	static const char *const keys[] = { "title", "basis", "example" };
	const struct grid *g = x->sheet[SHEET_SET].g;

	for (size_t i = 0; g && i < g->n_rows; i++) {
		const struct grid_cell *name = grid_at(&g->rows[i], 0);
		const struct grid_cell *value = grid_at(&g->rows[i], 1);
		const char *key = name ? criteria_key(x, name->s) : "";

		for (size_t k = 0; k < 3; k++) {
			if (strcmp(key, names[k]) != 0)
				continue;
			cJSON_DeleteItemFromObjectCaseSensitive(x->part,
								keys[k]);
			if (k == 2)
				put_flag(x, SHEET_SET, &g->rows[i], 1, x->part,
					 keys[k], value ? value->s : NULL);
			else
				put_text(x, x->part, keys[k],
					 value && value->n ? value->s : NULL);
		}
	}
}

void criteria_build(struct criteria_reading *x, const cJSON *into)
{
	x->doc = into ? cJSON_Duplicate(into, true) : cJSON_CreateObject();
	x->part = x->doc;
	if (x->doc && json_get(x->doc, "index"))
		x->part = cJSON_GetObjectItemCaseSensitive(x->doc, "index");
	if (!x->doc) {
		x->broken = true;
		return;
	}
	if (!into)
		put_text(x, x->doc, "format", CRITERIA_FORMAT);
	build_set(x);
	if (x->sheet[SHEET_KINDS].g)
		build_kinds(x, into);
	else if (!json_get(x->part, "kinds"))
		one_kind(x);
	build_criteria(x);
	build_tables(x);
	build_groups(x);
	if (x->sheet[SHEET_REPLACED].g)
		build_replaced(x);
}
