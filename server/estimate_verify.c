#include "phieu/estimate_verify.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "phieu/csv.h"
#include "phieu/file.h"
#include "phieu/limits.h"
#include "phieu/verify_r.h"

#define BUNDLE_BYTES ((size_t)4 << 30)
#define MODE	     0600

static const struct json_limits spec_limits = { .depth = 32,
						.nodes = 200000,
						.string_bytes = 4096,
						.bytes = LIMIT_SPEC_BYTES };

static const char *const lonely_words[] = { "fail",   "certainty", "remove",
					    "adjust", "average",   "collapse" };

static bool save(const char *dir, const char *name, const struct buf *b,
		 struct err *e)
{
	struct buf path = BUF_INIT(8192);
	bool ok;

	buf_addf(&path, "%s/%s", dir, name);
	if (!b->data || !buf_cstr(b) || !buf_cstr(&path))
		ok = err_set(e, ERR_NOMEM, "%s is too large", name);
	else
		ok = file_write(buf_cstr(&path), b->data, b->len, MODE, e);
	buf_free(&path);
	return ok;
}

/* ---- data.csv --------------------------------------------------------- */

/* An unquoted NA is missing, a level of that name is not. */
static void put_level(struct buf *b, const char *s)
{
	if (strcmp(s, "NA") == 0)
		buf_adds(b, "\"NA\"");
	else
		csv_write(b, s, strlen(s));
}

static void put_value(struct buf *b, const struct frame_column *c, size_t row)
{
	struct jw w;
	double v;

	if (c->code) {
		if (c->code[row] != FRAME_NONE)
			put_level(b, c->level[c->code[row]]);
		return;
	}
	v = frame_number(c, row);
	if (isnan(v))
		return;
	jw_init(&w, b);
	jw_double(&w, v);
}

/* A specification may want no column at all (a total of rows): then there is
 * one that says which row it is. */
static void put_data(const struct frame *f, struct buf *b)
{
	for (size_t k = 0; k < f->n_columns; k++) {
		if (k > 0)
			csv_sep(b);
		csv_write(b, f->column[k].name, strlen(f->column[k].name));
	}
	if (f->n_columns == 0)
		buf_adds(b, "row");
	csv_end_row(b);
	for (size_t i = 0; i < f->rows; i++) {
		for (size_t k = 0; k < f->n_columns; k++) {
			if (k > 0)
				csv_sep(b);
			put_value(b, &f->column[k], i);
		}
		if (f->n_columns == 0)
			buf_addf(b, "%zu", i + 1);
		csv_end_row(b);
	}
}

/* ---- spec.json -------------------------------------------------------- */

static cJSON *names_json(const struct spec_names *n)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < n->n; i++)
		(void)cJSON_AddItemToArray(list,
					   cJSON_CreateString(n->name[i]));
	return list;
}

static cJSON *name_json(const char *name)
{
	return name ? cJSON_CreateString(name) : cJSON_CreateNull();
}

static cJSON *design_json(const struct spec_design *d)
{
	cJSON *o = cJSON_CreateObject();
	cJSON *strata = cJSON_AddArrayToObject(o, "strata");
	cJSON *clusters = cJSON_AddArrayToObject(o, "clusters");
	cJSON *fpc = cJSON_AddArrayToObject(o, "fpc");

	for (size_t i = 0; i < d->n_stages; i++) {
		(void)cJSON_AddItemToArray(strata,
					   d->strata[i].n > 0
						   ? names_json(&d->strata[i])
						   : cJSON_CreateNull());
		(void)cJSON_AddItemToArray(clusters, name_json(d->cluster[i]));
		(void)cJSON_AddItemToArray(fpc, name_json(d->fpc[i]));
	}
	if (d->weights)
		(void)cJSON_AddStringToObject(o, "weights", d->weights);
	if (d->collapse)
		(void)cJSON_AddStringToObject(o, "collapse", d->collapse);
	(void)cJSON_AddBoolToObject(o, "nest", d->nest);
	(void)cJSON_AddStringToObject(o, "lonely", lonely_words[d->lonely]);
	return o;
}

static bool put_spec(const char *json, size_t n, const struct spec *s,
		     struct buf *b, struct err *e)
{
	static const char *const gone[] = { "wave",   "against", "data",
					    "derive", "subset",	 "design" };
	cJSON *root = json_parse(json, n, &spec_limits, e);
	char *text;

	if (!root)
		return false;
	for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++)
		cJSON_DeleteItemFromObjectCaseSensitive(root, gone[i]);
	(void)cJSON_AddStringToObject(root, "data", "data.csv");
	(void)cJSON_AddItemToObject(root, "design", design_json(&s->design));
	text = cJSON_Print(root);
	cJSON_Delete(root);
	if (!text)
		return err_set(e, ERR_NOMEM, "out of memory");
	buf_addf(b, "%s\n", text);
	cJSON_free(text);
	return true;
}

/* ---- verify.R --------------------------------------------------------- */

/* A text of R: what is in a name must not become program. */
static void r_text(struct buf *b, const char *s)
{
	buf_adds(b, "\"");
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			buf_addf(b, "\\%c", c);
		else if (c < ' ')
			buf_addf(b, "\\x%02x", c);
		else
			buf_add(b, s, 1);
	}
	buf_adds(b, "\"");
}

static void r_column(struct buf *b, const char *name, bool number)
{
	if (number) {
		buf_adds(b, "number(");
		r_text(b, name);
		buf_adds(b, ")");
	} else {
		buf_adds(b, "data[[");
		r_text(b, name);
		buf_adds(b, "]]");
	}
}

static void r_strata(struct buf *b, const struct spec_design *d, size_t stage)
{
	const struct spec_names *n = &d->strata[stage];

	buf_addf(b, "  strata$s%zu <- paste(", stage + 1);
	for (size_t i = 0; i < n->n; i++) {
		r_column(b, n->name[i], false);
		buf_adds(b, ", ");
	}
	buf_adds(b, n->n > 0 ? "sep = \"|\")\n" : "rep(1, nrow(data)))\n");
}

/* R knows no lonely strata joined, and stages without a correction after one
 * with it are drawn from an endless population. */
static void r_design(struct buf *b, const struct spec_design *d)
{
	bool fpc = false;

	buf_adds(b, "make_design <- function(also = NULL) {\n"
		    "  ids <- strata <- fpc <- "
		    "data.frame(row = seq_len(nrow(data)))[, 0]\n");
	for (size_t i = 0; i < d->n_stages; i++) {
		fpc = fpc || d->fpc[i];
		buf_addf(b, "  ids$c%zu <- ", i + 1);
		if (d->cluster[i])
			r_column(b, d->cluster[i], false);
		else
			buf_adds(b, "seq_len(nrow(data))");
		buf_adds(b, "\n");
		r_strata(b, d, i);
		buf_addf(b, "  fpc$f%zu <- ", i + 1);
		if (d->fpc[i])
			r_column(b, d->fpc[i], true);
		else
			buf_adds(b, "Inf");
		buf_adds(b, "\n");
	}
	buf_adds(b, "  if (!is.null(also)) strata$s1 <- paste(strata$s1, "
		    "data[[also]], sep = \"|\")\n"
		    "  d <- svydesign(ids = ids, strata = strata, weights = ");
	if (d->weights)
		r_column(b, d->weights, true);
	else
		buf_adds(b, "rep(1, nrow(data))");
	buf_addf(b,
		 ",\n            fpc = %s, data = data, nest = %s)\n"
		 "  d$cluster[] <- lapply(d$cluster, unit_code)\n  d\n}\n"
		 "lonely <- \"%s\"\n",
		 fpc ? "fpc" : "NULL", d->nest ? "TRUE" : "!is.null(also)",
		 lonely_words[d->lonely]);
	buf_adds(b, "options(survey.lonely.psu = lonely)\n"
		    "design <- make_design()\n");
}

static void r_never(struct buf *b, const struct spec *s)
{
	const char *why = s->design.lonely == SURVEY_COLLAPSE
				  ? "lonely strata joined"
				  : "";

	for (size_t i = 0; i < n_spec_parts; i++)
		if (s->part[i])
			why = spec_parts[i]->key;
	buf_adds(b, "never <- ");
	r_text(b, why);
	buf_adds(b, "\n");
}

static void put_script(const struct spec *s, struct buf *b)
{
	for (size_t i = 0; i < sizeof verify_r / sizeof verify_r[0]; i++) {
		if (strcmp(verify_r[i], "# @DESIGN@") != 0) {
			buf_addf(b, "%s\n", verify_r[i]);
			continue;
		}
		buf_adds(b, "# ---- the design, as the specification has it "
			    "-----------------------------\n");
		r_never(b, s);
		if (s->design.lonely == SURVEY_COLLAPSE)
			buf_adds(b, "lonely <- \"fail\"\n");
		else
			r_design(b, &s->design);
	}
}

bool verify_write(const char *dir, const char *json, size_t n,
		  const struct spec *s, const struct frame *f,
		  const struct est_results *r, struct err *e)
{
	struct buf data = BUF_INIT(BUNDLE_BYTES), spec = BUF_INIT(BUNDLE_BYTES);
	struct buf result = BUF_INIT(BUNDLE_BYTES);
	struct buf script = BUF_INIT(BUNDLE_BYTES);
	bool ok;

	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return err_set(e, ERR_IO, "%s: %s", dir, strerror(errno));
	put_data(f, &data);
	est_write_json(s, r, &result);
	put_script(s, &script);
	ok = put_spec(json, n, s, &spec, e) &&
	     save(dir, "data.csv", &data, e) &&
	     save(dir, "spec.json", &spec, e) &&
	     save(dir, "result.json", &result, e) &&
	     save(dir, "verify.R", &script, e);
	buf_free(&data);
	buf_free(&spec);
	buf_free(&result);
	buf_free(&script);
	return ok;
}
