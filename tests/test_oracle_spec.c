/* The same families asked for by specifications, as `phieu estimate` reads
 * them: one specification per design, one estimate per case; the data come in
 * small pieces. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/estimate_spec.h"
#include "support/asked.h"
#include "support/oracle.h"
#include "support/test.h"

/* ---- from a case to a specification ----------------------------------- */

/* "N_c (population count …)": its first word, quoted; null when absent. */
static void add_word(struct buf *b, const cJSON *v)
{
	if (cJSON_IsString(v))
		buf_addf(b, "\"%.*s\"", (int)strcspn(v->valuestring, " "),
			 v->valuestring);
	else
		buf_adds(b, "null");
}

static void add_list(struct buf *b, const char *key, const cJSON *v)
{
	if (!v || cJSON_IsNull(v) ||
	    (cJSON_IsString(v) && strcmp(v->valuestring, "row") == 0))
		return;
	buf_addf(b, "\"%s\":[", key);
	if (cJSON_IsArray(v))
		for (const cJSON *i = v->child; i; i = i->next) {
			add_word(b, i);
			buf_adds(b, i->next ? "," : "");
		}
	else
		add_word(b, v);
	buf_adds(b, "],");
}

static void add_head(struct buf *b, const struct oracle *o, const cJSON *one)
{
	const cJSON *d = json_get(json_get(o->tree, "designs"),
				  json_get_text(one, "design"));
	const char *lonely = json_get_text(one, "lonely_psu");
	const char *data = json_get_text(d, "data");

	if (strncmp(data, "rows of", 7) == 0)
		buf_adds(b, "{\"data\":[\"prov_w1.csv\",\"prov_w2.csv\"],");
	else
		buf_addf(b, "{\"data\":\"%s\",", strrchr(data, '/') + 1);
	buf_adds(b, "\"design\":{");
	add_list(b, "strata", json_get(d, "strata"));
	add_list(b, "clusters", json_get(d, "ids"));
	add_list(b, "fpc", json_get(d, "fpc"));
	buf_adds(b, "\"weights\":");
	add_word(b, json_get(d, "weights"));
	buf_addf(b, ",\"lonely\":\"%s\"},\"estimates\":[",
		 lonely ? lonely : "fail");
}

static void add_where(struct buf *b, const cJSON *one)
{
	const cJSON *filter = json_get(one, "filter");
	const char *starts;

	if (!cJSON_IsObject(filter))
		return;
	buf_adds(b, ",\"where\":{");
	for (const cJSON *k = filter->child; k; k = k->next) {
		starts = strstr(k->string, "_starts_with");
		if (starts)
			buf_addf(b, "\"%.*s\":{\"prefix\":\"%s\"}",
				 (int)(starts - k->string), k->string,
				 k->valuestring);
		else
			buf_addf(b, "\"%s\":\"%s\"", k->string, k->valuestring);
		buf_adds(b, k->next ? "," : "");
	}
	buf_adds(b, "}");
}

/* A statistic of one variable or two; false for what a case of its own asks
 * for. */
static bool add_simple(struct buf *b, const cJSON *one)
{
	const char *stat = json_get_text(one, "stat");
	const char *var = json_get_text(one, "var");

	if (!stat)
		stat = json_get(one, "contrast") ? "contrast" : "mean";
	if (strcmp(stat, "mean") == 0 || strcmp(stat, "variance") == 0 ||
	    strcmp(stat, "total") == 0) {
		buf_addf(b, "{\"stat\":\"%s\"", stat);
		if (strncmp(var, "1 ", 2) != 0)
			buf_addf(b, ",\"of\":\"%s\"", var);
		buf_adds(b, ",\"deff\":true");
	} else if (strcmp(stat, "ratio") == 0) {
		buf_addf(b, "{\"stat\":\"ratio\",\"of\":[\"%s\",\"%s\"]",
			 json_get_text(one, "num"), json_get_text(one, "den"));
	} else {
		return false;
	}
	add_where(b, one);
	buf_adds(b, "}");
	return true;
}

static void want(struct oracle *o, const char *field, double got)
{
	if (oracle_field(o, field))
		oracle_want(o, field, got);
}

static void compare(struct oracle *o, const struct est_cell *c)
{
	o->cases++;
	oracle_want(o, "est", c->r.value);
	oracle_want(o, "se", c->r.se);
	want(o, "n", (double)c->r.n);
	want(o, "n_psu", (double)c->r.psu);
	want(o, "n_strata", (double)c->r.strata);
	want(o, "sum_w", c->r.sum_w);
	want(o, "cv", c->r.cv);
	want(o, "deff", c->r.deff);
	want(o, "deff_replace", c->r.deff_replace);
	want(o, "df_domain", (double)c->r.df);
	want(o, "df_design", (double)c->r.df_design);
	want(o, "ci_l", c->r.ci_l);
	want(o, "ci_u", c->r.ci_u);
	if (oracle_field(o, "sd"))
		oracle_want(o, "sd", extra(c, "sd"));
}

static bool same(const cJSON *a, const cJSON *b, const char *key)
{
	const char *x = json_get_text(a, key), *y = json_get_text(b, key);

	return (!x && !y) || (x && y && strcmp(x, y) == 0);
}

/* All cases of the design of `first`. */
static void ask_design(struct oracle *o, const cJSON *first)
{
	struct buf b = BUF_INIT((size_t)4 << 20);
	struct asked q;
	size_t n = 0;

	add_head(&b, o, first);
	for (const cJSON *c = first; c; c = c->next) {
		size_t was = b.len;

		if (!same(c, first, "design") || !same(c, first, "lonely_psu"))
			continue;
		buf_adds(&b, n > 0 ? "," : "");
		if (add_simple(&b, c))
			n++;
		else
			b.len = was;
	}
	buf_adds(&b, "]}");
	ask(&q, buf_cstr(&b));
	n = 0;
	for (const cJSON *c = NULL; (c = oracle_next(o, c)) != NULL;) {
		struct buf unused = BUF_INIT(10000);

		if (same(c, first, "design") && same(c, first, "lonely_psu") &&
		    add_simple(&unused, c))
			compare(o, &q.out.cell[n++]);
		buf_free(&unused);
	}
	assert_int_equal(n, q.out.n);
	asked_clear(&q);
	buf_free(&b);
}

static void run_family(const char *family, size_t cases)
{
	struct oracle o;

	oracle_open(&o, family);
	for (const cJSON *c = json_get(o.tree, "cases")->child; c;
	     c = c->next) {
		bool before = json_get(c, "design") == NULL;
		struct buf b = BUF_INIT(10000);

		before = before || !add_simple(&b, c);
		for (const cJSON *d = c->prev;
		     c != json_get(o.tree, "cases")->child && !before;
		     d = d->prev) {
			struct buf t = BUF_INIT(10000);

			before = same(c, d, "design") &&
				 same(c, d, "lonely_psu") && add_simple(&t, d);
			buf_free(&t);
			if (d == json_get(o.tree, "cases")->child)
				break;
		}
		if (!before)
			ask_design(&o, c);
		buf_free(&b);
	}
	assert_int_equal(o.cases, cases);
	oracle_close(&o);
}

static void specifications_give_the_means_of_the_province(void **state)
{
	(void)state;
	run_family("prov_mean", 318);
}

static void specifications_give_totals_and_ratios(void **state)
{
	(void)state;
	run_family("prov_total_ratio_prop_quantile", 64);
}

static void specifications_give_means_of_citizens(void **state)
{
	(void)state;
	run_family("sipas_mean_total_ratio", 129);
}

/* ---- change ----------------------------------------------------------- */

static void want_change(struct oracle *o, const struct est_cell *c,
			const struct est_cell *apart)
{
	double half = est_t_quantile(0.95, (double)c->r.df - 1) * c->r.se;
	double p = est_t_p(extra(c, "t"), (double)c->r.df - 1);
	const double ci[] = { c->r.value - half, c->r.value + half };

	o->cases++;
	oracle_want(o, "mean1", extra(c, "value1"));
	oracle_want(o, "mean2", extra(c, "value2"));
	oracle_want(o, "diff", c->r.value);
	oracle_want(o, "cov12", extra(c, "cov12"));
	oracle_want(o, "se_panel", c->r.se);
	oracle_want(o, "df_panel", (double)c->r.df);
	oracle_want(o, "t_panel", extra(c, "t"));
	oracle_want(o, "p_panel", extra(c, "p"));
	oracle_want(o, "p_holm", extra(c, "p_holm"));
	oracle_want(o, "p_bh", extra(c, "p_bh"));
	oracle_want(o, "n_persons_both", extra(c, "n_psu_both"));
	oracle_want(o, "se_indep", apart->r.se);
	assert_near(apart->r.value, c->r.value, 1e-12);
	/* R takes one degree of freedom more for the slope */
	oracle_want(o, "svyttest.t", extra(c, "t"));
	oracle_want(o, "svyttest.df", (double)c->r.df - 1);
	oracle_want(o, "svyttest.diff", c->r.value);
	oracle_want(o, "svyttest.p", p);
	oracle_want_list(o, "svyttest.ci", ci, 2);
}

static void change_between_waves_agrees(void **state)
{
	static const char panel[] =
		"{\"data\":[\"prov_w1.csv\",\"prov_w2.csv\"],"
		"\"design\":{\"strata\":\"stratum_c\",\"clusters\":"
		"\"person_id\",\"weights\":\"w_nr\"},\"estimates\":["
		"{\"stat\":\"change\",\"of\":\"R\",\"by\":\"unit\","
		"\"between\":\"wave\",\"values\":[\"1\",\"2\"]}]}";
	static const char apart[] =
		"{\"data\":[\"prov_w1.csv\",\"prov_w2.csv\"],"
		"\"design\":{\"strata\":\"stratum_c\",\"clusters\":"
		"\"person_id\",\"weights\":\"w_nr\",\"fpc\":\"N_c\"},"
		"\"estimates\":[{\"stat\":\"change\",\"of\":\"R\",\"by\":"
		"\"unit\",\"between\":\"wave\",\"values\":[\"1\",\"2\"],"
		"\"independent\":true}]}";
	struct asked one, two;
	struct oracle o;

	(void)state;
	oracle_open(&o, "prov_change");
	ask(&one, panel);
	ask(&two, apart);
	for (const cJSON *c = NULL; (c = oracle_next(&o, c)) != NULL;) {
		const char *unit = strrchr(o.id, '.') + 1;
		size_t i = 0;

		while (i < one.out.n &&
		       strcmp(one.out.cell[i].key[0], unit) != 0)
			i++;
		assert_true(i < one.out.n);
		assert_string_equal(two.out.cell[i].key[0], unit);
		want_change(&o, &one.out.cell[i], &two.out.cell[i]);
	}
	assert_int_equal(o.cases, 28);
	oracle_close(&o);
	asked_clear(&one);
	asked_clear(&two);
}

/* ---- unit scores ------------------------------------------------------ */

static void unit_scores_by_specification_agree(void **state)
{
	static const char head[] =
		"{\"data\":\"prov_w1.csv\",\"design\":{\"strata\":"
		"\"stratum_c\",\"clusters\":\"person_id\",\"weights\":"
		"\"w_nr\",\"fpc\":\"N_c\"},\"estimates\":["
		"{\"stat\":\"unit_score\",\"of\":[\"R\",\"F1\",\"F2\",\"F3\","
		"\"F4\",\"F5\",\"F6\",\"F7\",\"F8\"],\"unit\":\"unit\","
		"\"group\":\"group\",\"where\":{\"unit\":{\"prefix\":\"%s\"}},"
		"\"shares\":{%s}}]}";
	static const char *const prefix[] = { "S", "H" };
	static const char *const shares[] = {
		"\"G01\":0.25,\"G02\":0.2,\"G03\":0.25,\"G04\":0.3",
		"\"G05\":0.25,\"G06\":0.25,\"G07\":0.2,\"G08\":0.3"
	};
	struct oracle o;

	(void)state;
	oracle_open(&o, "prov_unit_score");
	for (int k = 0; k < 2; k++) {
		struct buf b = BUF_INIT(4000);
		struct asked q;

		buf_addf(&b, head, prefix[k], shares[k]);
		ask(&q, buf_cstr(&b));
		for (const cJSON *c = NULL; (c = oracle_next(&o, c)) != NULL;) {
			const char *unit = json_get_text(c, "unit");
			const char *var = json_get_text(c, "var");

			for (size_t i = 0; unit && i < q.out.n; i++)
				if (strcmp(q.out.cell[i].key[0], unit) == 0 &&
				    strcmp(q.out.cell[i].of, var) == 0)
					compare(&o, &q.out.cell[i]);
		}
		asked_clear(&q);
		buf_free(&b);
	}
	assert_int_equal(o.cases, 252);
	oracle_close(&o);
}

/* ---- shares, proportions, quantiles ----------------------------------- */

static void shares_of_elements_by_specification_agree(void **state)
{
	static const char spec[] =
		"{\"data\":\"sipas.csv\",\"design\":{\"strata\":\"strat_uc\","
		"\"clusters\":\"psu_uc\",\"weights\":\"w\"},\"derive\":["
		"{\"name\":\"all45\",\"all\":[%s],\"min\":4,\"least\":11}],"
		"\"estimates\":[{\"stat\":\"share\",\"min\":4,\"elements\":{"
		"%s}},{\"stat\":\"mean\",\"of\":\"all45\",\"deff\":true},"
		"{\"stat\":\"share\",\"of\":[%s],\"min\":4}]}";
	struct buf b = BUF_INIT(9000), all = BUF_INIT(2000),
		   parts = BUF_INIT(3000);
	struct frame *f;
	struct oracle o;
	struct asked q;
	double v[5], se[5], plain[5];

	(void)state;
	oracle_open(&o, "sipas_mean_total_ratio");
	f = oracle_frame(&o, "sipas_items.csv");
	for (size_t k = 1; k <= 5; k++) {
		bool some = false;

		buf_addf(&parts, "%s\"E%zu\":[", k > 1 ? "," : "", k);
		for (size_t i = 0; i < f->rows; i++) {
			const struct frame_column *c = frame_get(f, "item");

			if ((size_t)frame_number(frame_get(f, "element"), i) !=
			    k)
				continue;
			buf_addf(&parts, "%s\"%s\"", some ? "," : "",
				 c->level[c->code[i]]);
			buf_addf(&all, "%s\"%s\"", all.len > 0 ? "," : "",
				 c->level[c->code[i]]);
			some = true;
		}
		buf_adds(&parts, "]");
	}
	buf_addf(&b, spec, buf_cstr(&all), buf_cstr(&parts), buf_cstr(&all));
	ask(&q, buf_cstr(&b));
	assert_int_equal(q.out.n, 8);
	for (const cJSON *c = NULL; (c = oracle_next(&o, c)) != NULL;) {
		if (strcmp(o.id, "S_uc.share.all45") == 0)
			compare(&o, &q.out.cell[6]);
		if (strcmp(o.id, "S_uc.ratio.sat") == 0)
			compare(&o, &q.out.cell[7]);
		if (strcmp(o.id, "S_uc.share.elements") != 0)
			continue;
		for (size_t k = 0; k < 5; k++) {
			v[k] = q.out.cell[k].r.value;
			se[k] = q.out.cell[k].r.se;
			plain[k] = extra(&q.out.cell[k], "unweighted");
		}
		oracle_want_list(&o, "est", v, 5);
		oracle_want_list(&o, "se", se, 5);
		oracle_want_list(&o, "unweighted", plain, 5);
		oracle_want(&o, "mean_of_elements", q.out.cell[5].r.value);
		oracle_want(&o, "se_mean_of_elements", q.out.cell[5].r.se);
		o.cases++;
	}
	assert_int_equal(o.cases, 3);
	oracle_close(&o);
	asked_clear(&q);
	buf_free(&b);
	buf_free(&all);
	buf_free(&parts);
}

static void proportions_and_quantiles_by_specification_agree(void **state)
{
	static const char spec[] =
		"{\"data\":\"apistrat.csv\",\"design\":{\"strata\":\"stype\","
		"\"weights\":\"pw\",\"fpc\":\"fpc\"},\"estimates\":["
		"{\"stat\":\"proportion\",\"of\":\"sch.wide\",\"is\":\"Yes\","
		"\"ci\":{\"method\":\"beta\"}},"
		"{\"stat\":\"quantile\",\"of\":\"enroll\",\"p\":[0.25,0.5,"
		"0.75],\"rule\":\"hf7\",\"ci\":{\"method\":\"xlogit\"}},"
		"{\"stat\":\"contrast\",\"of\":[\"api00\",\"api99\"],"
		"\"weights\":[1,-1]}]}";
	struct oracle o;
	struct asked q;
	double ci[2], x[4][3];

	(void)state;
	oracle_open(&o, "real_apistrat");
	ask(&q, spec);
	assert_int_equal(q.out.n, 5);
	ci[0] = q.out.cell[0].r.ci_l;
	ci[1] = q.out.cell[0].r.ci_u;
	for (size_t k = 0; k < 3; k++) {
		x[0][k] = q.out.cell[k + 1].r.value;
		x[1][k] = q.out.cell[k + 1].r.ci_l;
		x[2][k] = q.out.cell[k + 1].r.ci_u;
		x[3][k] = q.out.cell[k + 1].r.se;
	}
	for (const cJSON *c = NULL; (c = oracle_next(&o, c)) != NULL;) {
		if (strcmp(o.id, "prop.sch.wide") == 0) {
			compare(&o, &q.out.cell[0]);
			oracle_want_list(&o, "ci_beta", ci, 2);
		} else if (strcmp(o.id, "quantile.enroll") == 0) {
			o.cases++;
			oracle_want_list(&o, "hf7.xlogit.q", x[0], 3);
			oracle_want_list(&o, "hf7.xlogit.ci_l", x[1], 3);
			oracle_want_list(&o, "hf7.xlogit.ci_u", x[2], 3);
			oracle_want_list(&o, "hf7.xlogit.se", x[3], 3);
		} else if (strcmp(o.id, "contrast.api00_api99") == 0) {
			compare(&o, &q.out.cell[4]);
		}
	}
	assert_int_equal(o.cases, 3);
	oracle_close(&o);
	asked_clear(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(specifications_give_the_means_of_the_province),
		cmocka_unit_test(specifications_give_totals_and_ratios),
		cmocka_unit_test(specifications_give_means_of_citizens),
		cmocka_unit_test(change_between_waves_agrees),
		cmocka_unit_test(unit_scores_by_specification_agree),
		cmocka_unit_test(shares_of_elements_by_specification_agree),
		cmocka_unit_test(
			proportions_and_quantiles_by_specification_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
