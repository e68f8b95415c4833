#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/commands.h"
#include "phieu/file.h"
#include "phieu/hash.h"
#include "phieu/index_file.h"
#include "phieu/limits.h"

#include "index_show.h"

#define INDEX_ARENA  ((size_t)1 << 30)
#define OUTPUT_BYTES ((size_t)1 << 30)
#define ME	     "phieu index"

enum form { FORM_TABLE, FORM_JSON, FORM_CSV };

struct job {
	struct arena *a;
	char *text;
	struct faults faults;
	struct index_set set;
	struct index *ix;
	struct index_mismatch *mismatch;
	size_t n_mismatch;
	char sha256[2 * SHA256_BYTES + 1];
};

static void job_clear(struct job *j)
{
	index_free(j->ix);
	free(j->text);
	arena_free(j->a);
}

static bool write_out(struct buf *b, struct err *e)
{
	bool ok = buf_cstr(b) != NULL ||
		  err_set(e, ERR_NOMEM, "the result is too large");

	if (ok && (fwrite(b->data, 1, b->len, stdout) != b->len ||
		   fflush(stdout) != 0))
		ok = err_set(e, ERR_IO, "cannot write the result");
	buf_free(b);
	return ok;
}

/* All that is wrong, for people and for programs. */
static int tell_faults(struct job *j, enum form form)
{
	struct buf b = BUF_INIT(OUTPUT_BYTES);
	struct err e = { 0 };

	for (size_t i = 0; i < j->faults.n; i++) {
		const struct fault *f = &j->faults.list[i];

		(void)fprintf(stderr, ME ": %s %s: %s (%s)\n", f->code,
			      *f->path ? f->path : "/", f->message_vi,
			      f->message);
	}
	if (j->faults.more > 0)
		(void)fprintf(stderr, ME ": … +%zu\n", j->faults.more);
	if (form == FORM_JSON) {
		buf_adds(&b, "{\"faults\":");
		faults_json(&j->faults, &b);
		buf_adds(&b, "}\n");
		if (!write_out(&b, &e))
			(void)cli_fail(ME, &e);
	}
	return EXIT_USAGE;
}

/* ---- tables for people ------------------------------------------------- */

static void exact_cell(struct table *t, const struct job *j, const mpq_t x)
{
	char text[DEC_TEXT_MAX];
	struct err e = { 0 };
	struct dec d;

	if (exact_round(x, j->set.rules.digits, j->set.rules.round, &d, &e))
		table_cell(t, dec_text_vi(d, j->set.rules.digits, text));
	else
		table_cell(t, "");
}

static const char *const part_heads[INDEX_SOURCES] = { "thẩm định", "ĐTXHH",
						       "SIPAS", "bên ngoài" };

static bool part_is_used(const struct job *j, size_t part)
{
	for (size_t u = 0; u < j->set.n_units; u++)
		if (mpq_sgn(index_total(j->ix, u)->part[part].full) > 0)
			return true;
	return false;
}

/* Is there any bonus (deduction) at all? */
static bool extra_is_used(const struct job *j, bool bonus)
{
	for (size_t u = 0; u < j->set.n_units; u++) {
		const struct index_total *t = index_total(j->ix, u);

		if (mpq_sgn(bonus ? t->bonus : t->deduction) != 0)
			return true;
	}
	return false;
}

static void total_cells(struct table *t, const struct job *j, size_t unit)
{
	const struct index_total *x = index_total(j->ix, unit);
	char text[DEC_TEXT_MAX + 2] = "";
	char rank[32] = "";
	size_t n;
	const struct index_band *b = index_bands(j->ix, unit, &n);

	if (x->rank > 0)
		(void)snprintf(rank, sizeof rank, "%zu%s", x->rank,
			       x->shared ? "=" : "");
	table_cell(t, rank);
	table_cell(t, j->set.units[unit].code);
	table_cell(t, j->set.units[unit].name);
	for (size_t k = 0; k < INDEX_SOURCES; k++)
		if (part_is_used(j, k))
			exact_cell(t, j, x->part[k].points);
	if (extra_is_used(j, true))
		exact_cell(t, j, x->bonus);
	if (extra_is_used(j, false))
		exact_cell(t, j, x->deduction);
	exact_cell(t, j, x->base);
	table_cell(t, x->computable ? dec_text_vi(x->published,
						  j->set.rules.digits, text)
				    : "");
	table_cell(t, !x->complete	      ? "chưa đủ"
		      : x->band == INDEX_NONE ? ""
					      : b[x->band].name);
}

static struct table *block_table(const struct job *j)
{
	const char *head[12] = { "hạng", "mã", "tên đơn vị" };
	size_t n = 3;
	struct table *t;

	for (size_t k = 0; k < INDEX_SOURCES; k++)
		if (part_is_used(j, k))
			head[n++] = part_heads[k];
	if (extra_is_used(j, true))
		head[n++] = "điểm cộng";
	if (extra_is_used(j, false))
		head[n++] = "điểm trừ";
	head[n++] = "tối đa tính";
	head[n++] = "tổng điểm";
	t = table_new(n + 1);
	if (!t)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if (i != 1 && i != 2)
			table_right(t, i);
		table_cell(t, head[i]);
	}
	table_cell(t, "xếp loại");
	table_rule(t);
	return t;
}

static void print_lists(const struct job *j)
{
	static const enum index_state told[] = { INDEX_REMOVED, INDEX_OUT,
						 INDEX_ZEROED, INDEX_SELF,
						 INDEX_MISSING };
	const size_t *order = index_order(j->ix);

	for (size_t i = 0; i < j->set.n_units; i++)
		for (size_t s = 0; s < sizeof told / sizeof told[0]; s++) {
			bool any = false;

			for (size_t k = 0; k < j->set.n_nodes; k++) {
				if (!j->set.nodes[k].leaf ||
				    index_cell(j->ix, order[i], k)->state !=
					    told[s])
					continue;
				if (!any)
					printf("%s: %s:",
					       j->set.units[order[i]].code,
					       index_state_word_vi(told[s]));
				printf("%s %s", any ? "," : "",
				       j->set.nodes[k].code);
				any = true;
			}
			if (any)
				printf("\n");
		}
}

static void tell_mismatches(const struct job *j, FILE *to)
{
	char typed[DEC_TEXT_MAX], computed[DEC_TEXT_MAX];

	for (size_t i = 0; i < j->n_mismatch; i++) {
		const struct index_mismatch *m = &j->mismatch[i];
		const struct index_typed *t = &j->set.typed[m->typed];

		(void)fprintf(to,
			      "không khớp: %s %s: ghi %s, tính được %s "
			      "(typed, computed)\n",
			      j->set.units[t->unit].code,
			      t->node == INDEX_NONE
				      ? "tổng"
				      : j->set.nodes[t->node].code,
			      t->grade ? t->grade : dec_text(t->points, typed),
			      t->grade ? (m->grade ? m->grade : "-")
				       : dec_text(m->points, computed));
	}
}

static bool print_table(const struct job *j, struct err *e)
{
	const size_t *order = index_order(j->ix);
	struct table *t = NULL;

	if (j->set.title)
		printf("%s\n", j->set.title);
	printf("%s\n", j->set.example ? "mẫu thử, không phải phiếu chính thức"
				      : j->set.basis);
	if (j->set.rules.use_self)
		printf("dự thảo: tính từ điểm tự chấm (draft)\n");
	for (size_t i = 0; i < j->set.n_units; i++) {
		const struct index_unit *u = &j->set.units[order[i]];

		if (i == 0 ||
		    !index_same_block(j->ix, order[i - 1], order[i])) {
			if (t)
				table_print(t, stdout);
			table_free(t);
			printf("\n%s\n", u->block ? u->block
						  : j->set.kinds[u->kind].name);
			t = block_table(j);
			if (!t)
				return err_set(e, ERR_NOMEM, "out of memory");
		}
		total_cells(t, j, order[i]);
	}
	if (t)
		table_print(t, stdout);
	table_free(t);
	printf("\n");
	print_lists(j);
	tell_mismatches(j, stdout);
	return fflush(stdout) == 0 ||
	       err_set(e, ERR_IO, "cannot write the result");
}

static bool print(const struct job *j, enum form form, struct err *e)
{
	struct buf b = BUF_INIT(OUTPUT_BYTES);

	if (form == FORM_TABLE)
		return print_table(j, e);
	if (form == FORM_JSON) {
		index_write_json(j->ix, j->sha256, j->mismatch, j->n_mismatch,
				 &b);
	} else {
		index_write_csv(j->ix, &b);
		tell_mismatches(j, stderr);
	}
	return write_out(&b, e);
}

/* ---- explain ----------------------------------------------------------- */

static void print_record(size_t i, const struct index_record *r)
{
	printf("%zu. %s (%s: %s)\n", i, r->words_vi, r->rule, r->words);
	for (size_t k = 0; k < r->n_inputs; k++) {
		const struct index_input *in = &r->inputs[k];

		printf("     %s%s%s = %s%s%s%s\n", in->what_vi,
		       in->code ? " " : "", in->code ? in->code : "",
		       in->value ? in->value : "-", in->note ? " (" : "",
		       in->note ? in->note : "", in->note ? ")" : "");
	}
	if (r->before)
		printf("   = %s\n", r->before);
	if (r->after)
		printf("   → %s\n", r->after);
	if (r->basis)
		printf("   căn cứ: %s\n", r->basis);
	if (r->reason)
		printf("   lý do: %s\n", r->reason);
	if (r->origin)
		printf("   nguồn: %s\n", r->origin);
}

/* "UNIT" or "UNIT/CRITERION". */
static bool find_value(const struct job *j, const char *what, size_t *unit,
		       size_t *node, struct err *e)
{
	size_t n = strcspn(what, "/");
	const char *code = what[n] == '/' ? what + n + 1 : NULL;

	*node = INDEX_NONE;
	for (*unit = 0; *unit < j->set.n_units; ++*unit)
		if (strlen(j->set.units[*unit].code) == n &&
		    memcmp(j->set.units[*unit].code, what, n) == 0)
			break;
	if (*unit == j->set.n_units)
		return err_set(e, ERR_INPUT, "no unit %.*s", (int)n, what);
	for (size_t i = 0; code && i < j->set.n_nodes; i++)
		if (strcmp(j->set.nodes[i].code, code) == 0)
			*node = i;
	return !code || *node != INDEX_NONE ||
	       err_set(e, ERR_INPUT, "no criterion %s", code);
}

static bool explain(const struct job *j, const char *what, enum form form,
		    struct err *e)
{
	struct buf b = BUF_INIT(OUTPUT_BYTES);
	struct index_record *r;
	size_t unit, node, n;

	if (!find_value(j, what, &unit, &node, e) ||
	    !index_explain(j->ix, unit, node, j->a, &r, &n, e))
		return false;
	if (form == FORM_JSON) {
		index_write_records(r, n, &b);
		return write_out(&b, e);
	}
	printf("%s %s%s%s\n", j->set.units[unit].code, j->set.units[unit].name,
	       node == INDEX_NONE ? "" : ": ",
	       node == INDEX_NONE ? "" : j->set.nodes[node].name);
	if (j->set.example)
		printf("mẫu thử, không phải phiếu chính thức\n");
	for (size_t i = 0; i < n; i++)
		print_record(i + 1, &r[i]);
	return fflush(stdout) == 0 ||
	       err_set(e, ERR_IO, "cannot write the result");
}

/* ---- how sure ---------------------------------------------------------- */

static bool sure(const struct job *j, const struct index_sure_how *how,
		 enum form form, struct err *e)
{
	struct buf b = BUF_INIT(OUTPUT_BYTES);
	struct index_sure s;
	struct index_more *more;
	size_t n;

	if (!index_sure(j->ix, how, j->a, &s, e) ||
	    !index_one_more(j->ix, j->a, &more, &n, e))
		return false;
	if (form == FORM_TABLE)
		return index_show_sure(j->ix, &s, more, n, e);
	if (form == FORM_JSON)
		index_sure_json(j->ix, &s, more, n, j->sha256, &b);
	else
		index_sure_csv(j->ix, &s, &b);
	return write_out(&b, e);
}

/* ---- the command ------------------------------------------------------- */

static bool hash_input(struct job *j, struct err *e)
{
	struct buf b = BUF_INIT(OUTPUT_BYTES);
	uint8_t digest[SHA256_BYTES];
	bool ok;

	index_write_set(&j->set, &b);
	ok = buf_cstr(&b) != NULL || err_set(e, ERR_NOMEM, "out of memory");
	if (ok) {
		sha256(b.data, b.len, digest);
		hex_text(digest, SHA256_BYTES, j->sha256);
	}
	buf_free(&b);
	return ok;
}

static bool compute(struct job *j, struct err *e)
{
	j->ix = index_new(&j->set, j->a, e);
	return j->ix && hash_input(j, e) &&
	       index_mismatches(j->ix, j->a, &j->mismatch, &j->n_mismatch, e);
}

/* Units without a value, or sums that do not add: partly done. */
static int code_of(const struct job *j)
{
	bool partly = j->n_mismatch > 0;

	for (size_t u = 0; u < j->set.n_units; u++)
		partly = partly || !index_total(j->ix, u)->complete;
	return partly ? EXIT_PARTLY : EXIT_DONE;
}

struct asked {
	const char *path, *explain;
	enum form form;
	bool sure;
	struct index_sure_how how;
};

static bool answer(struct job *j, const struct asked *q, struct err *e)
{
	if (q->explain)
		return explain(j, q->explain, q->form, e);
	if (q->sure)
		return sure(j, &q->how, q->form, e);
	return print(j, q->form, e);
}

static int run_job(struct job *j, const struct asked *q)
{
	struct err e = { 0 };
	size_t n = 0;

	j->a = arena_new(INDEX_ARENA);
	if (!j->a)
		(void)err_set(&e, ERR_NOMEM, "out of memory");
	else
		j->text = file_read(q->path, LIMIT_INDEX_BYTES, &n, &e);
	if (!j->text)
		return cli_fail(ME, &e);
	faults_init(&j->faults, j->a);
	if (!index_read(j->text, n, j->a, &j->set, &j->faults))
		return tell_faults(j, q->form);
	if (!compute(j, &e) || !answer(j, q, &e))
		return cli_fail(ME, &e);
	return q->explain ? EXIT_DONE : code_of(j);
}

static bool take_number(const char *name, const char *text, unsigned long least,
			unsigned long most, unsigned long *out, struct err *e)
{
	char *end;

	if (!text)
		return true;
	errno = 0;
	*out = strtoul(text, &end, 10);
	if (errno != 0 || *end != '\0' || text[0] < '0' || text[0] > '9' ||
	    *out < least || *out > most)
		return err_set(e, ERR_INPUT,
			       "%s: a whole number from %lu to "
			       "%lu",
			       name, least, most);
	return true;
}

/* Seed 0 would be another's: GSL's generator takes it for its default. */
static bool take_how(struct asked *q, const char *seed, const char *draws,
		     const char *base, struct err *e)
{
	unsigned long s = 1, d = 5000, b = 1024;

	if ((seed || draws || base || q->how.by_criteria) && !q->sure)
		return err_set(e, ERR_INPUT,
			       "--seed, --draws, --base, --by-criteria go "
			       "with --sure");
	if (!take_number("--seed", seed, 1, 4294967294, &s, e) ||
	    !take_number("--draws", draws, 1, LIMIT_INDEX_DRAWS, &d, e) ||
	    !take_number("--base", base, 0, LIMIT_INDEX_BASE, &b, e))
		return false;
	q->how.seed = s;
	q->how.draws = d;
	q->how.base = b;
	q->how.level = 0.9;
	q->how.noise = 0.25;
	return true;
}

static int run_index(int argc, char **argv, void *app)
{
	bool json = false, csv = false, table = false;
	struct job j = { 0 };
	struct asked q = { 0 };
	const char *seed = NULL, *draws = NULL, *base = NULL;
	const struct cli_opt opts[] = {
		{ "--json", &json, NULL },
		{ "--csv", &csv, NULL },
		{ "--table", &table, NULL },
		{ "--sure", &q.sure, NULL },
		{ "--seed", NULL, &seed },
		{ "--draws", NULL, &draws },
		{ "--base", NULL, &base },
		{ "--by-criteria", &q.how.by_criteria, NULL },
		{ "--explain", NULL, &q.explain }
	};
	struct err e = { 0 };
	int code;

	(void)app;
	if (!cli_options(opts, sizeof opts / sizeof opts[0], &argc, argv, &e))
		return cli_fail(ME, &e);
	if (argc != 2 || json + csv + table > 1 ||
	    (q.explain && (csv || q.sure))) {
		(void)err_set(&e, ERR_INPUT,
			      "usage: phieu index FILE [--json|--csv|--table] "
			      "[--explain UNIT[/CRITERION] | --sure [--seed S] "
			      "[--draws N] [--base N] [--by-criteria]]");
		return cli_fail(ME, &e);
	}
	if (!take_how(&q, seed, draws, base, &e))
		return cli_fail(ME, &e);
	q.path = argv[1];
	q.form = json ? FORM_JSON : csv ? FORM_CSV : FORM_TABLE;
	code = run_job(&j, &q);
	job_clear(&j);
	return code;
}

static const struct cmd cmds[] = {
	{ "index", "tính chỉ số từ một tệp (the index from a file)",
	  "phieu index FILE [--json|--csv|--table] [--explain "
	  "UNIT[/CRITERION]]\n"
	  "       phieu index FILE --sure [--seed S] [--draws N] [--base N] "
	  "[--by-criteria] ...\n"
	  "\n"
	  "Points by criterion, total, grade and rank of units, from a JSON "
	  "document\n"
	  "with criteria, rules, units and values (docs/INDEX.md); no "
	  "database.  Exact\n"
	  "arithmetic, one stated rounding, the same bytes in any order of "
	  "units.\n"
	  "Typed totals and grades that are not what the values give are "
	  "listed.\n"
	  "--explain prints the steps that made a unit's total, or its points "
	  "on one\n"
	  "criterion: rule, inputs, before and after rounding, decision.\n"
	  "--sure makes an internal sheet instead: from N draws (5000) of the "
	  "survey's\n"
	  "errors with seed S (1) the interval of each rank, the chance of "
	  "each grade,\n"
	  "pairs that cannot be told apart; what the ranks hang on, by field "
	  "or criterion\n"
	  "(--base points, 1024; 0: not asked); what one more point on each "
	  "criterion would\n"
	  "do.  Nothing of it enters a published value.  Exit code: 0\n"
	  "done, 1 failed, 2 the document is wrong (all that is wrong is "
	  "listed), 3 some\n"
	  "units are incomplete or some typed sums do not agree.\n",
	  run_index },
};
const struct cmd_set cmd_index = { cmds, sizeof cmds / sizeof cmds[0] };
