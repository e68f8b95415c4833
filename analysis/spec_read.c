#include <math.h>
#include <string.h>

#include "phieu/limits.h"
#include "spec_parts.h"

static const struct json_limits spec_limits = { .depth = 32,
						.nodes = 200000,
						.string_bytes = 4096,
						.bytes = LIMIT_SPEC_BYTES };

/* ---- the design ------------------------------------------------------- */

static const char *const lonely_words[] = { "fail",   "certainty", "remove",
					    "adjust", "average",   "collapse" };

/* A list with one entry a stage; a lone text is a list of one. */
static size_t stages_of(struct spec_parse *p, const cJSON *node,
			const char *key)
{
	size_t n = cJSON_IsArray(node) ? (size_t)cJSON_GetArraySize(node)
				       : node != NULL && !cJSON_IsNull(node);

	if (n > SURVEY_STAGES)
		spec_fault(p, "E06", "/design", key, "too many stages",
			   "quá nhiều giai đoạn");
	return n > SURVEY_STAGES ? SURVEY_STAGES : n;
}

static const cJSON *stage_at(const cJSON *node, size_t i)
{
	return cJSON_IsArray(node) ? cJSON_GetArrayItem(node, (int)i) : node;
}

/* A column, columns to cross, or null. */
static void read_strata(struct spec_parse *p, const cJSON *node,
			const char *path, struct spec_names *out)
{
	size_t n = cJSON_IsArray(node) ? (size_t)cJSON_GetArraySize(node) : 1;

	*out = (struct spec_names){ 0 };
	if (cJSON_IsNull(node))
		return;
	out->name = arena_array(p->a, n + 1, sizeof *out->name);
	for (size_t i = 0; out->name && i < n; i++) {
		const char *name = spec_column(p, stage_at(node, i), path, NULL,
					       FRAME_CODE);

		if (name)
			out->name[out->n++] = name;
	}
}

static void read_stages(struct spec_parse *p, const cJSON *node,
			struct spec_design *d)
{
	const cJSON *clusters = json_get(node, "clusters");
	const cJSON *strata = json_get(node, "strata");
	const cJSON *fpc = json_get(node, "fpc");
	size_t nc = stages_of(p, clusters, "clusters");
	size_t ns = stages_of(p, strata, "strata");
	size_t nf = stages_of(p, fpc, "fpc");

	d->n_stages = nc > 0 ? nc : 1;
	for (size_t i = 0; i < nc; i++) {
		const cJSON *c = stage_at(clusters, i);

		if (!cJSON_IsNull(c))
			d->cluster[i] = spec_column(p, c, "/design", "clusters",
						    FRAME_CODE);
		else if (i + 1 < nc)
			spec_fault(p, "E05", "/design", "clusters",
				   "null only for the last stage",
				   "chỉ giai đoạn cuối được null");
	}
	if (ns > d->n_stages || nf > d->n_stages)
		spec_fault(p, "E07", "/design",
			   ns > d->n_stages ? "strata" : "fpc",
			   "more stages than clusters",
			   "nhiều giai đoạn hơn clusters");
	for (size_t i = 0; i < ns; i++)
		read_strata(p, stage_at(strata, i), "/design/strata",
			    &d->strata[i]);
	for (size_t i = 0; i < nf; i++)
		if (!cJSON_IsNull(stage_at(fpc, i)))
			d->fpc[i] = spec_column(p, stage_at(fpc, i), "/design",
						"fpc", FRAME_NUMBER);
}

void spec_design_parse(struct spec_parse *p, const cJSON *node)
{
	static const char *const keys[] = { "strata",	"clusters", "weights",
					    "fpc",	"nest",	    "lonely",
					    "collapse", NULL };
	struct spec_design *d = &p->spec->design;

	d->n_stages = 1;
	if (!node)
		return;
	if (!cJSON_IsObject(node)) {
		spec_fault(p, "E04", "/design", NULL, "an object",
			   "phải là đối tượng");
		return;
	}
	spec_known(p, node, "/design", keys);
	read_stages(p, node, d);
	if (json_get(node, "weights"))
		d->weights = spec_column(p, json_get(node, "weights"),
					 "/design", "weights", FRAME_NUMBER);
	if (json_get(node, "collapse"))
		d->collapse = spec_column(p, json_get(node, "collapse"),
					  "/design", "collapse", FRAME_CODE);
	d->nest = spec_bool(p, node, "/design", "nest", false);
	d->lonely = (enum survey_lonely)spec_word(p, node, "/design", "lonely",
						  lonely_words, 6, SURVEY_FAIL);
	if (d->collapse && d->lonely != SURVEY_COLLAPSE)
		spec_fault(p, "E07", "/design", "collapse",
			   "only with \"lonely\": \"collapse\"",
			   "chỉ dùng với \"lonely\": \"collapse\"");
}

/* A wave's design is known: respondents within group and home. */
static void wave_design(struct spec_parse *p, const cJSON *node)
{
	static const char text[] =
		"{\"strata\":\"stratum\",\"clusters\":\"respondent\","
		"\"weights\":\"w\",\"fpc\":\"fpc\",\"lonely\":\"adjust\"}";
	const struct spec_design *d = &p->spec->design;
	cJSON *own;

	if (node) {
		spec_design_parse(p, node);
		if (!d->cluster[0] || strcmp(d->cluster[0], "respondent") != 0)
			spec_fault(
				p, "E07", "/design", "clusters",
				"on a wave the first stage is \"respondent\"",
				"với một đợt, giai đoạn đầu phải là "
				"\"respondent\"");
		return;
	}
	own = cJSON_Parse(text);
	spec_design_parse(p, own);
	cJSON_Delete(own);
}

/* ---- an estimate ------------------------------------------------------ */

static const struct stat_def *find_stat(const char *name)
{
	for (size_t s = 0; name && s < n_stat_sets; s++)
		for (size_t i = 0; i < stat_sets[s]->n; i++)
			if (strcmp(stat_sets[s]->def[i].name, name) == 0)
				return &stat_sets[s]->def[i];
	return NULL;
}

static void read_ci(struct spec_parse *p, const cJSON *node, const char *path,
		    struct est_how *how)
{
	static const char *const keys[] = { "level", "method", NULL };
	static const char *const words[] = { "t",      "mean", "logit",
					     "xlogit", "beta", "wilson",
					     "asin",   "auto", "none" };
	static const enum est_ci ci[] = { EST_CI_T,	EST_CI_T,
					  EST_CI_LOGIT, EST_CI_LOGIT,
					  EST_CI_BETA,	EST_CI_WILSON,
					  EST_CI_ASIN,	EST_CI_AUTO,
					  EST_CI_NONE };

	if (!node)
		return;
	path = spec_path(p, path, "ci");
	if (!cJSON_IsObject(node)) {
		spec_fault(p, "E04", path, NULL, "an object",
			   "phải là đối tượng");
		return;
	}
	spec_known(p, node, path, keys);
	how->level = spec_number(p, node, path, "level", 1e-6, 1 - 1e-6, 0.95);
	how->ci = ci[spec_word(p, node, path, "method", words, 9, 0)];
}

static void read_estimate(struct spec_parse *p, const cJSON *node,
			  const char *path, struct spec_estimate *x)
{
	static const char *const df[] = { "domain", "design" };
	const char *stat = json_get_text(node, "stat");
	const char *name = json_get_text(node, "name");

	*x = (struct spec_estimate){ .path = path, .how = { .level = 0.95 } };
	if (!cJSON_IsObject(node)) {
		spec_fault(p, "E04", path, NULL, "an object",
			   "phải là đối tượng");
		return;
	}
	x->def = find_stat(stat);
	if (!x->def) {
		spec_fault(p, stat ? "E05" : "E03", path, "stat",
			   "the name of a statistic",
			   "cần tên một chỉ tiêu thống kê");
		return;
	}
	if (json_get(node, "name") && !name)
		spec_fault(p, "E04", path, "name", "a text", "phải là chữ");
	x->stat = x->def->name;
	x->name = arena_strdup(p->a, name ? name : x->stat);
	x->where = spec_where(p, node, path, "where");
	(void)spec_columns(p, node, path, "by", FRAME_CODE, 0, 8, &x->by);
	x->how.deff = spec_bool(p, node, path, "deff", false);
	x->how.design_df = spec_word(p, node, path, "df", df, 2, 0) == 1;
	read_ci(p, json_get(node, "ci"), path, &x->how);
	x->own = x->def->parse(p, node, x);
}

static void read_estimates(struct spec_parse *p, const cJSON *list)
{
	struct spec *s = p->spec;
	size_t n = cJSON_IsArray(list) ? (size_t)cJSON_GetArraySize(list) : 0;

	if (n == 0 || n > LIMIT_SPEC_ESTIMATES) {
		spec_fault(p, list ? "E05" : "E03", "/estimates", NULL,
			   arena_printf(p->a, "a list of 1 to %d estimates",
					LIMIT_SPEC_ESTIMATES),
			   arena_printf(p->a, "danh sách từ 1 đến %d ước lượng",
					LIMIT_SPEC_ESTIMATES));
		return;
	}
	s->estimate = arena_array(p->a, n, sizeof *s->estimate);
	s->n_estimates = s->estimate ? n : 0;
	for (size_t i = 0; i < s->n_estimates; i++)
		read_estimate(p, cJSON_GetArrayItem(list, (int)i),
			      spec_path_at(p, "/estimates", i),
			      &s->estimate[i]);
}

/* ---- the whole -------------------------------------------------------- */

static void read_source(struct spec_parse *p, const cJSON *root)
{
	const cJSON *data = json_get(root, "data");
	const cJSON *wave = json_get(root, "wave");
	const cJSON *against = json_get(root, "against");
	size_t n = cJSON_IsArray(data) ? (size_t)cJSON_GetArraySize(data)
				       : data != NULL;
	struct spec_names *out = &p->spec->data;

	if ((data != NULL) == (wave != NULL)) {
		spec_fault(p, data ? "E07" : "E03", "/data", NULL,
			   "either \"data\" or \"wave\"",
			   "cần một trong hai: \"data\" hoặc \"wave\"");
		return;
	}
	if (wave && (!cJSON_IsString(wave) || wave->valuestring[0] == '\0'))
		spec_fault(p, "E04", "/wave", NULL, "a text", "phải là chữ");
	else if (wave)
		p->spec->wave = arena_strdup(p->a, wave->valuestring);
	if (against && !wave)
		spec_fault(p, "E07", "/against", NULL, "only with \"wave\"",
			   "chỉ dùng cùng \"wave\"");
	else if (against &&
		 (!cJSON_IsString(against) || !cJSON_IsString(wave) ||
		  against->valuestring[0] == '\0' ||
		  strcmp(against->valuestring, wave->valuestring) == 0))
		spec_fault(p, "E04", "/against", NULL, "another wave's code",
			   "phải là mã của một đợt khác");
	else if (against)
		p->spec->against = arena_strdup(p->a, against->valuestring);
	if (data && (n == 0 || n > 100)) {
		spec_fault(p, "E05", "/data", NULL, "1 to 100 files",
			   "từ 1 đến 100 tệp");
		return;
	}
	out->name = arena_array(p->a, n + 1, sizeof *out->name);
	for (size_t i = 0; out->name && i < n; i++) {
		const cJSON *one = stage_at(data, i);

		if (cJSON_IsString(one) && one->valuestring[0] != '\0')
			out->name[out->n++] =
				arena_strdup(p->a, one->valuestring);
		else
			spec_fault(p, "E04", "/data", NULL, "names of files",
				   "phải là tên tệp");
	}
}

static void read_parts(struct spec_parse *p, const cJSON *root)
{
	for (size_t i = 0; i < n_spec_parts; i++) {
		const cJSON *node = json_get(root, spec_parts[i]->key);

		if (node)
			p->spec->part[i] = spec_parts[i]->parse(p, node);
	}
}

static void check_keys(struct spec_parse *p, const cJSON *root)
{
	static const char *const keys[] = { "data",   "wave",	   "against",
					    "subset", "where",	   "derive",
					    "design", "estimates", "title" };
	const char *known[sizeof keys / sizeof keys[0] + 9];
	size_t n = 0;

	for (; n < sizeof keys / sizeof keys[0]; n++)
		known[n] = keys[n];
	for (size_t i = 0; i < n_spec_parts && i < 8; i++)
		known[n++] = spec_parts[i]->key;
	known[n] = NULL;
	spec_known(p, root, "", known);
}

bool spec_read(const char *json, size_t n, struct arena *a, struct frame *frame,
	       struct spec *out, struct faults *faults)
{
	struct spec_parse p = {
		.a = a, .faults = faults, .frame = frame, .spec = out
	};
	struct err e = { 0 };
	cJSON *root = json_parse(json, n, &spec_limits, &e);

	*out = (struct spec){ 0 };
	if (!root) {
		spec_fault(&p, "E01", "", NULL, arena_strdup(a, e.msg),
			   arena_printf(a, "không phải JSON hợp lệ: %s",
					e.msg));
		return false;
	}
	if (cJSON_IsObject(root)) {
		check_keys(&p, root);
		read_source(&p, root);
		spec_derive_parse(&p, json_get(root, "derive"));
		out->subset = spec_where(&p, root, "", "subset");
		out->where = spec_where(&p, root, "", "where");
		if (out->wave)
			wave_design(&p, json_get(root, "design"));
		else
			spec_design_parse(&p, json_get(root, "design"));
		read_parts(&p, root);
		read_estimates(&p, json_get(root, "estimates"));
	} else {
		spec_fault(&p, "E04", "", NULL, "an object",
			   "phải là đối tượng");
	}
	cJSON_Delete(root);
	if (arena_broken(a))
		spec_fault(&p, "E06", "", NULL, "too large", "quá lớn");
	faults_sort(faults);
	return faults->n == 0;
}
