#include "support/index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/file.h"
#include "phieu/limits.h"
#include "support/test.h"

bool indexed_read(struct indexed *q, const char *json)
{
	*q = (struct indexed){ .a = arena_new((size_t)512 << 20) };
	assert_non_null(q->a);
	faults_init(&q->faults, q->a);
	return index_read(json, strlen(json), q->a, &q->set, &q->faults);
}

void indexed_open(struct indexed *q, const char *json)
{
	struct err e = { 0 };

	if (!indexed_read(q, json))
		fail_msg("%s %s: %s", q->faults.list[0].code,
			 q->faults.list[0].path, q->faults.list[0].message);
	q->ix = index_new(&q->set, q->a, &e);
	if (!q->ix)
		fail_msg("%s", e.msg);
}

void indexed_open_file(struct indexed *q, const char *path)
{
	struct err e = { 0 };
	size_t n;
	char *text = file_read(path, LIMIT_INDEX_BYTES, &n, &e);

	if (!text)
		fail_msg("%s", e.msg);
	indexed_open(q, text);
	free(text);
}

void indexed_close(struct indexed *q)
{
	index_free(q->ix);
	arena_free(q->a);
}

size_t indexed_unit(const struct indexed *q, const char *code)
{
	for (size_t i = 0; i < q->set.n_units; i++)
		if (strcmp(q->set.units[i].code, code) == 0)
			return i;
	fail_msg("no unit %s", code);
	return 0;
}

size_t indexed_node(const struct indexed *q, const char *code)
{
	for (size_t i = 0; i < q->set.n_nodes; i++)
		if (strcmp(q->set.nodes[i].code, code) == 0)
			return i;
	fail_msg("no criterion %s", code);
	return 0;
}

static const char *fixed(const struct indexed *q, struct dec d)
{
	char text[DEC_TEXT_MAX + 8];

	return arena_strdup(q->a, exact_fixed(d, q->set.rules.digits, text));
}

const char *indexed_total(const struct indexed *q, const char *unit)
{
	const struct index_total *t = index_total(q->ix, indexed_unit(q, unit));

	return t->complete ? fixed(q, t->published) : "-";
}

const char *indexed_points(const struct indexed *q, const char *unit,
			   const char *node)
{
	return fixed(q, index_cell(q->ix, indexed_unit(q, unit),
				   indexed_node(q, node))
				->points);
}

const char *indexed_exact(const struct indexed *q, const mpq_t x)
{
	struct buf b = BUF_INIT(4000);
	const char *s;

	exact_text(x, &b);
	s = arena_strdup(q->a, buf_cstr(&b));
	buf_free(&b);
	return s;
}

const char *indexed_grade(const struct indexed *q, const char *unit)
{
	size_t u = indexed_unit(q, unit), n;
	const struct index_band *b = index_bands(q->ix, u, &n);
	size_t band = index_total(q->ix, u)->band;

	return band == INDEX_NONE ? "-" : b[band].name;
}

size_t indexed_rank(const struct indexed *q, const char *unit)
{
	return index_total(q->ix, indexed_unit(q, unit))->rank;
}

char *index_document(struct arena *a, const char *rules, const char *criteria,
		     const char *total, const char *units)
{
	return arena_printf(a,
			    "{\"format\":\"phieu-index/1\",\"example\":true,"
			    "\"rules\":%s,\"kinds\":[{\"code\":\"so\","
			    "\"name\":\"S\",\"total\":\"%s\"},{\"code\":\"xa\","
			    "\"name\":\"X\",\"total\":\"%s\"}],\"criteria\":%s,"
			    "\"units\":%s}",
			    rules, total, total, criteria, units);
}

char *index_rules(struct arena *a, const char *rescale, const char *missing,
		  const char *order, int digits, const char *more)
{
	return arena_printf(
		a,
		"{\"rescale\":\"%s\",\"missing\":{\"assessed\":\"%s\","
		"\"survey\":\"%s\",\"satisfaction\":\"%s\",\"external\":"
		"\"%s\"},\"order\":\"%s\",\"digits\":%d,\"round\":\"half-up\","
		"\"bands\":[{\"name\":\"Xuất sắc\",\"from\":\"95\"},{\"name\":"
		"\"Tốt\",\"from\":\"85\"},{\"name\":\"Khá\",\"from\":\"75\"},"
		"{\"name\":\"Trung bình\",\"from\":\"70\"},{\"name\":\"Yếu\","
		"\"from\":\"0\"}]%s%s}",
		rescale, missing, missing, missing, missing, order, digits,
		strstr(more, "\"ties\"") ? "" : ",\"ties\":\"shared\"", more);
}
