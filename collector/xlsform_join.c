/* The parts of a workbook put into a plan. */
#include <stdio.h>
#include <string.h>

#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/xlsform.h"

static bool no_memory(struct err *e)
{
	return err_set(e, ERR_NOMEM, "out of memory for a plan");
}

static bool same(const cJSON *a, const cJSON *b, const char *key)
{
	const char *x = json_get_text(a, key), *y = json_get_text(b, key);

	return x && y && strcmp(x, y) == 0;
}

static cJSON *find(const cJSON *list, const char *code)
{
	cJSON *v;

	cJSON_ArrayForEach(v, list)
	{
		const char *own = json_get_text(v, "code");

		if (own && strcmp(own, code) == 0)
			return v;
	}
	return NULL;
}

static cJSON *list_of(cJSON *plan, const char *name)
{
	cJSON *list = cJSON_GetObjectItemCaseSensitive(plan, name);

	return list && cJSON_IsArray(list) ? list
					   : cJSON_AddArrayToObject(plan, name);
}

/* Options that a scale of the plan has as well refer to it. */
static bool share_options(const cJSON *scales, cJSON *question)
{
	const cJSON *options = json_get(question, "options"), *s;

	cJSON_ArrayForEach(s, scales)
	{
		if (!options ||
		    !cJSON_Compare(options, json_get(s, "options"), true))
			continue;
		cJSON_DeleteItemFromObjectCaseSensitive(question, "options");
		return cJSON_AddStringToObject(question, "scale",
					       json_get_text(s, "code")) !=
		       NULL;
	}
	return true;
}

/* A scale of the same code that says something else belongs to other forms:
 * then this form's questions carry their own options. */
static bool own_options(cJSON *form, const char *code, const cJSON *options)
{
	cJSON *q;

	cJSON_ArrayForEach(q, json_get(form, "questions"))
	{
		const char *scale = json_get_text(q, "scale");
		cJSON *copy;

		if (!scale || strcmp(scale, code) != 0)
			continue;
		copy = cJSON_Duplicate(options, true);
		cJSON_DeleteItemFromObjectCaseSensitive(q, "scale");
		if (!copy || !cJSON_AddItemToObject(q, "options", copy)) {
			cJSON_Delete(copy);
			return false;
		}
	}
	return true;
}

static bool join_scales(cJSON *plan, const cJSON *parts, cJSON *form)
{
	cJSON *scales = list_of(plan, "scales"), *s, *q, *copy;

	if (!scales)
		return false;
	cJSON_ArrayForEach(s, json_get(parts, "scales"))
	{
		const char *code = json_get_text(s, "code");
		const cJSON *was = code ? find(scales, code) : NULL;

		if (was && cJSON_Compare(json_get(was, "options"),
					 json_get(s, "options"), true))
			continue;
		if (was) {
			if (!own_options(form, code, json_get(s, "options")))
				return false;
			continue;
		}
		copy = cJSON_Duplicate(s, true);
		if (!copy || !cJSON_AddItemToArray(scales, copy)) {
			cJSON_Delete(copy);
			return false;
		}
	}
	cJSON_ArrayForEach(q, json_get(form, "questions"))
	{
		const char *type = json_get_text(q, "type");

		if (type && strcmp(type, "scale") == 0 &&
		    !share_options(scales, q))
			return false;
	}
	return true;
}

/* Writes "CT-01/1" where "CT-01" stands, in a list of objects and in what
 * hangs below them. */
static bool qualify(cJSON *list, const char *code, const char *ref,
		    size_t depth)
{
	static const char *const below[] = { "questions", "children" };
	cJSON *v;

	cJSON_ArrayForEach(v, list)
	{
		const char *form = json_get_text(v, "form");

		if (form && strcmp(form, code) == 0) {
			cJSON *now = cJSON_CreateString(ref);

			if (!now)
				return false;
			if (!cJSON_ReplaceItemInObjectCaseSensitive(v, "form",
								    now)) {
				cJSON_Delete(now);
				return false;
			}
		}
		for (size_t i = 0; i < 2 && depth <= LIMIT_CRITERIA_DEPTH; i++)
			if (!qualify(cJSON_GetObjectItemCaseSensitive(v,
								      below[i]),
				     code, ref, depth + 1))
				return false;
	}
	return true;
}

/* What named a form by its code alone means the version that was there. */
static bool name_the_old(cJSON *plan, const cJSON *forms, const cJSON *form)
{
	const char *code = json_get_text(form, "code");
	char ref[2 * LIMIT_CODE_BYTES + 4];
	const cJSON *f, *old = NULL;
	size_t n = 0;

	cJSON_ArrayForEach(f, forms)
	{
		if (same(f, form, "code")) {
			old = f;
			n++;
		}
	}
	if (n != 1 || !json_get_text(old, "version"))
		return true;
	(void)snprintf(ref, sizeof ref, "%s/%s", code,
		       json_get_text(old, "version"));
	return qualify(cJSON_GetObjectItemCaseSensitive(plan, "groups"), code,
		       ref, 0) &&
	       qualify(cJSON_GetObjectItemCaseSensitive(plan, "criteria"), code,
		       ref, 0);
}

/* The form in its place, taken out of `form`'s owner. */
static bool join_form(cJSON *plan, cJSON *form)
{
	cJSON *forms = list_of(plan, "forms"), *f;
	int i = 0;

	if (!forms)
		return false;
	cJSON_ArrayForEach(f, forms)
	{
		if (same(f, form, "code") && same(f, form, "version"))
			return cJSON_ReplaceItemInArray(forms, i, form);
		i++;
	}
	return name_the_old(plan, forms, form) &&
	       cJSON_AddItemToArray(forms, form);
}

/* Is it this form that the row names?  "CT-01", which stands only where the
 * plan has one version, or "CT-01/2". */
static bool names_form(const cJSON *row, const cJSON *form)
{
	const char *ref = json_get_text(row, "form");
	const char *code = json_get_text(form, "code");
	const char *version = json_get_text(form, "version");
	size_t n = code ? strlen(code) : 0;

	return ref && code && strncmp(ref, code, n) == 0 &&
	       (ref[n] == '\0' || (ref[n] == '/' && version &&
				   strcmp(ref + n + 1, version) == 0));
}

static size_t versions(const cJSON *plan, const char *code)
{
	const cJSON *f;
	size_t n = 0;

	cJSON_ArrayForEach(f, json_get(plan, "forms"))
	{
		const char *own = json_get_text(f, "code");

		n += own && strcmp(own, code) == 0;
	}
	return n;
}

static bool add_row(cJSON *rows, const cJSON *feed, const char *ref)
{
	cJSON *row = cJSON_CreateObject();

	if (row &&
	    cJSON_AddStringToObject(row, "item", json_get_text(feed, "item")) &&
	    cJSON_AddStringToObject(row, "form", ref) &&
	    cJSON_AddStringToObject(row, "question",
				    json_get_text(feed, "question")) &&
	    cJSON_AddStringToObject(row, "weight",
				    json_get_text(feed, "weight")) &&
	    cJSON_AddItemToArray(rows, row))
		return true;
	cJSON_Delete(row);
	return false;
}

/* Weight "1" need not be written. */
static bool same_row(const cJSON *row, const cJSON *feed)
{
	const char *weight = json_get_text(row, "weight");

	return same(row, feed, "item") && same(row, feed, "question") &&
	       strcmp(weight ? weight : "1", json_get_text(feed, "weight")) ==
		       0;
}

static bool wanted(const cJSON *feeds, const cJSON *criterion, const cJSON *row)
{
	const cJSON *f;

	cJSON_ArrayForEach(f, feeds)
	{
		if (same(f, criterion, "code") && same_row(row, f))
			return true;
	}
	return false;
}

static bool has_row(const cJSON *rows, const cJSON *form, const cJSON *feed)
{
	const cJSON *row;

	cJSON_ArrayForEach(row, rows)
	{
		if (names_form(row, form) && same_row(row, feed))
			return true;
	}
	return false;
}

struct criteria_in {
	const cJSON *form, *feeds;
	const char *ref;
	size_t met; /* feeds whose criterion was found */
};

/* Takes away what the workbook does not say of this form, adds what the plan
 * did not have: rows that agree stay where they are. */
static bool join_rows(const struct criteria_in *in, cJSON *criterion)
{
	cJSON *rows = cJSON_GetObjectItemCaseSensitive(criterion, "questions");
	const cJSON *f;
	cJSON *row, *next;

	for (row = rows ? rows->child : NULL; row; row = next) {
		next = row->next;
		if (names_form(row, in->form) &&
		    !wanted(in->feeds, criterion, row))
			cJSON_Delete(cJSON_DetachItemViaPointer(rows, row));
	}
	cJSON_ArrayForEach(f, in->feeds)
	{
		if (!same(f, criterion, "code") || has_row(rows, in->form, f))
			continue;
		rows = list_of(criterion, "questions");
		if (!rows || !add_row(rows, f, in->ref))
			return false;
	}
	return true;
}

static bool join_criteria(struct criteria_in *in, cJSON *list, size_t depth)
{
	const cJSON *f;
	cJSON *c;

	if (depth > LIMIT_CRITERIA_DEPTH)
		return true;
	cJSON_ArrayForEach(c, list)
	{
		cJSON_ArrayForEach(f, in->feeds)
		{
			in->met += same(f, c, "code");
		}
		if (!join_rows(in, c) ||
		    !join_criteria(in,
				   cJSON_GetObjectItemCaseSensitive(c,
								    "children"),
				   depth + 1))
			return false;
	}
	return true;
}

static bool criteria(cJSON *plan, const cJSON *parts, const cJSON *form,
		     struct faults *faults, struct err *e)
{
	struct criteria_in in = { .form = form,
				  .feeds = json_get(parts, "criteria") };
	const char *code = json_get_text(form, "code");
	char ref[2 * LIMIT_CODE_BYTES + 4];

	(void)snprintf(ref, sizeof ref, "%s%s%s", code,
		       versions(plan, code) > 1 ? "/" : "",
		       versions(plan, code) > 1 ? json_get_text(form, "version")
						: "");
	in.ref = ref;
	if (!join_criteria(&in,
			   cJSON_GetObjectItemCaseSensitive(plan, "criteria"),
			   0))
		return no_memory(e);
	if (in.met < (size_t)cJSON_GetArraySize(in.feeds))
		fault_add(faults, "X04", "/survey/criterion",
			  "a criterion that the plan does not have",
			  "có tiêu chí không có trong kế hoạch");
	return true;
}

bool xlsform_join(const struct plan *p, const char *parts, size_t n,
		  struct buf *out, struct faults *faults, struct err *e)
{
	cJSON *plan = json_parse(p->text, p->text_n, &json_plan_limits, e);
	cJSON *in = plan ? json_parse(parts, n, &json_plan_limits, e) : NULL;
	cJSON *form = NULL;
	struct err why = { 0 };
	struct plan *joined;
	bool ok = false;

	if (!in)
		goto out;
	form = cJSON_DetachItemFromArray(
		cJSON_GetObjectItemCaseSensitive(in, "forms"), 0);
	if (!form || !join_scales(plan, in, form) || !join_form(plan, form)) {
		no_memory(e);
		goto out;
	}
	if (!criteria(plan, in, form, faults, e) ||
	    !json_canonical(plan, out, e))
		goto out;
	if (!buf_cstr(out)) {
		no_memory(e);
		goto out;
	}
	joined = plan_read(out->data, out->len, faults, &why);
	/* a fault that could not be written down is none that can be shown */
	ok = joined ||
	     (faults->n > 0 && !arena_broken(faults->arena) &&
	      why.kind != ERR_NOMEM) ||
	     no_memory(e);
	plan_free(joined);
out:
	cJSON_Delete(in);
	cJSON_Delete(plan);
	return ok;
}
