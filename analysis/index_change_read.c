/* What follows what, as a file. */
#include <string.h>

#include "change_parts.h"
#include "document_parts.h"
#include "phieu/limits.h"

static const struct json_limits pairs_limits = { .depth = 3,
						 .nodes = 40000,
						 .string_bytes =
							 LIMIT_NAME_BYTES,
						 .bytes = LIMIT_PLAN_BYTES };
#define MOST_PAIRS 10000

/* Codes of one year. */
struct codes {
	const char **code;
	size_t n;
};

static bool has_code(const struct codes *c, const char *code)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->code[i], code) == 0)
			return true;
	return false;
}

static void read_pair(struct index_reader *r, const cJSON *o, const char *path,
		      const struct codes *now, const struct codes *before,
		      struct index_pair *out)
{
	static const char *const known[] = { "from", "to", NULL };

	if (!ir_object(r, o, path, known))
		return;
	out->from = ir_text(r, o, path, "from", true);
	out->to = ir_text(r, o, path, "to", false);
	if (out->from && !has_code(before, out->from))
		ir_fault(r, "K09", path, "from", "the year before has none",
			 "năm trước không có mã này");
	if (out->to && !has_code(now, out->to))
		ir_fault(r, "K09", path, "to", "this year has none",
			 "năm nay không có mã này");
}

static size_t read_pairs(struct index_reader *r, const cJSON *root,
			 const char *key, const struct codes *now,
			 const struct codes *before,
			 const struct index_pair **out)
{
	const cJSON *list = NULL, *o;
	size_t n = ir_list(r, root, "", key, false, MOST_PAIRS, &list), at = 0;
	struct index_pair *p = arena_array(r->a, n + 1, sizeof *p);

	*out = p;
	if (!p || n == 0)
		return 0;
	cJSON_ArrayForEach(o, list)
	{
		const char *path = ir_path_at(r, ir_path(r, "", key), at);

		p[at] = (struct index_pair){ NULL, NULL };
		read_pair(r, o, path, now, before, &p[at]);
		for (size_t i = 0; p[at].from && i < at; i++)
			if (p[i].from && strcmp(p[i].from, p[at].from) == 0)
				ir_fault(r, "K08", path, "from",
					 "stands here twice", "ghi hai lần");
		at++;
	}
	return n;
}

static struct codes node_codes(struct arena *a, const struct index_set *s)
{
	struct codes c = { arena_array(a, s->n_nodes + 1, sizeof *c.code), 0 };

	while (c.code && c.n < s->n_nodes) {
		c.code[c.n] = s->nodes[c.n].code;
		c.n++;
	}
	return c;
}

static struct codes unit_codes(struct arena *a, const struct index_set *s)
{
	struct codes c = { arena_array(a, s->n_units + 1, sizeof *c.code), 0 };

	while (c.code && c.n < s->n_units) {
		c.code[c.n] = s->units[c.n].code;
		c.n++;
	}
	return c;
}

bool index_pairs_read(const char *json, size_t n, const struct index_set *now,
		      const struct index_set *before, struct arena *a,
		      struct index_pairs *out, struct faults *f)
{
	static const char *const known[] = { "criteria", "units", NULL };
	struct index_reader r = { .a = a, .f = f };
	struct err e = { 0 };
	cJSON *root = json_parse(json, n, &pairs_limits, &e);

	*out = (struct index_pairs){ 0 };
	if (!root) {
		fault_add(f, "K01", "", arena_strdup(a, e.msg),
			  "không đọc được JSON");
		return false;
	}
	if (ir_object(&r, root, "", known)) {
		struct codes n_now = node_codes(a, now);
		struct codes n_before = node_codes(a, before);
		struct codes u_now = unit_codes(a, now);
		struct codes u_before = unit_codes(a, before);

		out->n_criteria = read_pairs(&r, root, "criteria", &n_now,
					     &n_before, &out->criteria);
		out->n_units = read_pairs(&r, root, "units", &u_now, &u_before,
					  &out->units);
	}
	cJSON_Delete(root);
	if (f->n == 0 && arena_broken(a))
		fault_add(f, "K06", "", "too large", "tài liệu quá lớn");
	faults_sort(f);
	return f->n == 0;
}
