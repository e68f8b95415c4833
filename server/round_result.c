#include "phieu/round_result.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/hash.h"
#include "phieu/index_file.h"
#include "phieu/json.h"
#include "phieu/limits.h"

static cJSON *unit_of(cJSON *units, const char *code)
{
	for (cJSON *u = units->child; u; u = u->next) {
		const char *c = json_get_text(u, "code");

		if (c && strcmp(c, code) == 0)
			return u;
	}
	return NULL;
}

static bool put_text(cJSON *o, const char *key, const char *text)
{
	return !text || !*text || cJSON_AddStringToObject(o, key, text);
}

/* {"value":…,"self":…,"status":…,"se":…,"reason":…,"origin":…} */
static bool put_value(cJSON *o, const struct round_value *v)
{
	bool pending = !v->value && !v->not_applicable;

	if (v->not_applicable)
		return put_text(o, "status", "not-applicable") &&
		       put_text(o, "reason", v->reason) &&
		       put_text(o, "origin", v->origin);
	return (!pending || put_text(o, "status",
				     v->assessed ? "pending" : "no-answers")) &&
	       put_text(o, "value", v->value) && put_text(o, "self", v->self) &&
	       (!v->se || !v->value || cJSON_AddRawToObject(o, "se", v->se)) &&
	       put_text(o, "reason", v->reason) &&
	       put_text(o, "origin", v->origin);
}

static bool add_value(cJSON *units, const struct round_value *v, struct err *e)
{
	cJSON *u = unit_of(units, v->unit), *values, *o;

	if (!u)
		return err_set(e, ERR_INPUT, "no unit \"%.64s\"", v->unit);
	values = cJSON_GetObjectItemCaseSensitive(u, "values");
	if (!values)
		values = cJSON_AddObjectToObject(u, "values");
	o = values ? cJSON_AddObjectToObject(values, v->node) : NULL;
	return (o && put_value(o, v)) || err_set(e, ERR_NOMEM, "out of memory");
}

static bool add_deduction(cJSON *units, const struct round_deduction *d,
			  struct err *e)
{
	cJSON *u = unit_of(units, d->unit), *list, *o = NULL;

	if (!u)
		return err_set(e, ERR_INPUT, "no unit \"%.64s\"", d->unit);
	list = cJSON_GetObjectItemCaseSensitive(u, "deductions");
	if (!list)
		list = cJSON_AddArrayToObject(u, "deductions");
	if (list)
		o = cJSON_CreateObject();
	if (o)
		(void)cJSON_AddItemToArray(list, o);
	return (o && put_text(o, "points", d->points) &&
		put_text(o, "reason", d->reason) &&
		put_text(o, "document", d->document) &&
		put_text(o, "criterion", d->node)) ||
	       err_set(e, ERR_NOMEM, "out of memory");
}

/* Units without a value of anything have an empty list all the same. */
static bool fill_empty(cJSON *units)
{
	for (cJSON *u = units->child; u; u = u->next)
		if (!json_get(u, "values") &&
		    !cJSON_AddObjectToObject(u, "values"))
			return false;
	return true;
}

static bool applies(const struct round *r, const struct round_value *v)
{
	size_t unit = round_unit(r, v->unit), node = round_node(r, v->node);

	return unit == INDEX_NONE || node == INDEX_NONE ||
	       !r->set.nodes[node].applies ||
	       r->set.nodes[node].applies[r->set.units[unit].kind];
}

bool round_input(const struct round *r, const struct round_value *v, size_t n,
		 const struct round_deduction *d, size_t n_d, struct buf *out,
		 struct err *e)
{
	cJSON *root =
		json_parse(r->text, strlen(r->text), &json_plan_limits, e);
	cJSON *index, *units;
	bool ok;

	if (!root)
		return false;
	index = cJSON_GetObjectItemCaseSensitive(root, "index");
	units = cJSON_GetObjectItemCaseSensitive(index, "units");
	if (!units) {
		cJSON_Delete(root);
		return err_set(e, ERR_BUG, "a document without units");
	}
	ok = true;
	for (size_t i = 0; ok && i < n; i++)
		if (applies(r, &v[i]))
			ok = add_value(units, &v[i], e);
	for (size_t i = 0; ok && i < n_d; i++)
		ok = add_deduction(units, &d[i], e);
	ok = ok &&
	     (fill_empty(units) || err_set(e, ERR_NOMEM, "out of memory"));
	if (ok) {
		/* raw numbers (se) are text to the canonical writer */
		char *text = cJSON_PrintUnformatted(index);

		buf_adds(out, text ? text : "");
		cJSON_free(text);
		ok = (text && buf_cstr(out)) ||
		     err_set(e, ERR_NOMEM, "out of memory");
	}
	cJSON_Delete(root);
	return ok;
}

bool round_compute(const char *input, size_t n, struct arena *a,
		   struct round_result *out, struct faults *f, struct err *e)
{
	uint8_t digest[SHA256_BYTES];

	*out = (struct round_result){ .input = BUF_INIT(LIMIT_INDEX_BYTES) };
	if (!index_read(input, n, a, &out->set, f))
		return err_set(e, ERR_INPUT, "the values do not fit the set");
	out->ix = index_new(&out->set, a, e);
	if (!out->ix)
		return false;
	index_write_set(&out->set, &out->input);
	if (!buf_cstr(&out->input))
		return err_set(e, ERR_NOMEM, "out of memory");
	sha256(out->input.data, out->input.len, digest);
	hex_text(digest, SHA256_BYTES, out->sha256);
	out->complete = out->set.n_units > 0;
	for (size_t i = 0; i < out->set.n_units; i++) {
		const struct index_total *t = index_total(out->ix, i);

		out->complete = out->complete && t->complete && t->computable;
	}
	return true;
}

void round_result_free(struct round_result *r)
{
	index_free(r->ix);
	buf_free(&r->input);
	*r = (struct round_result){ 0 };
}

void round_result_json(const struct round_result *r, struct buf *out)
{
	index_write_json(r->ix, r->sha256, NULL, 0, out);
}
