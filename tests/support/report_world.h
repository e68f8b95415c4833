/* report_world.h - a small round with its result, and reports of it. */
#ifndef TESTS_REPORT_WORLD_H
#define TESTS_REPORT_WORLD_H

#include <string.h>

#include "phieu/round_report.h"
#include "phieu/sheet_xlsx.h"
#include "support/index.h"
#include "support/test.h"

static const char criteria[] =
	"[{\"code\":\"1\",\"name\":\"Lĩnh vực một\",\"maximum\":\"60\","
	"\"children\":[{\"code\":\"1.1\",\"name\":\"Văn bản\",\"maximum\":"
	"\"40\",\"children\":[{\"code\":\"1.1.1\",\"name\":\"a\",\"maximum\":"
	"\"25\",\"source\":\"assessed\"},{\"code\":\"1.1.2\",\"name\":\"b\","
	"\"maximum\":\"15\",\"source\":\"assessed\"}]},{\"code\":\"1.2\","
	"\"name\":\"=1+1\",\"maximum\":\"20\",\"source\":\"assessed\"}]},"
	"{\"code\":\"2\",\"name\":\"Tác động\",\"maximum\":\"40\",\"children\":"
	"[{\"code\":\"2.1\",\"name\":\"ĐTXHH\",\"maximum\":\"30\",\"source\":"
	"\"survey\"},{\"code\":\"2.2\",\"name\":\"SIPAS\",\"maximum\":\"10\","
	"\"source\":\"satisfaction\"}]}]";

#define UNIT(code, kind, a, b, c, s, t, more)                                  \
	"{\"code\":\"" code "\",\"name\":\"Đơn vị " code "\",\"kind\":\"" kind \
	"\",\"values\":{\"1.1.1\":" a ",\"1.1.2\":\"" b "\",\"1.2\":" c        \
	",\"2.1\":\"" s "\",\"2.2\":\"" t "\"}" more "}"
#define OWN(v, self) "{\"value\":\"" v "\",\"self\":\"" self "\"}"
#define NA	     "{\"status\":\"not-applicable\",\"reason\":\"r\"}"

static const char units[] = "[" UNIT(
	"SO1", "so", OWN("20.5", "21"), "15", "\"18.25\"", "80/3", "8.2",
	"") "," UNIT("SO10", "so", "\"20.5\"", "15", "\"18.25\"", "80/3", "8.2",
		     "") "," UNIT("SO2", "so", "\"20\"", "15", NA, "30", "10",
				  ",\"deductions\":[{\"points\":"
				  "\"0.5\",\"reason\":\"chậm\"}"
				  "]") "," UNIT("XA1", "xa", "\"10\"", "5",
						"{\"status\":"
						"\"pending\"}",
						"15", "5", "") "]";

struct world {
	struct indexed q;
	struct report_facts f;
	struct paper p;
	struct buf html;
};

static const struct report_facts facts = {
	.round = "mau-2021",
	.name = "Kỳ mẫu",
	.year = 2021,
	.version = 3,
	.result = 7,
	.release = 2,
	.decision = "QĐ 10/QĐ-UBND",
	.trial = true,
	.sha256 = "0123456789abcdef0123",
	.method = "phieu-index/1",
	.superior = "",
	.body = "",
	.place = "",
	.wave = "dot-1",
	.frozen_on = "2021-12-20",
	.wave_release = 1,
	.issued = 1193,
	.returned = 1121,
	.valid = -1,
};

MAYBE static void begin_with(struct world *w, const char *list)
{
	struct arena *a = arena_new(1 << 20);

	*w = (struct world){ .f = facts, .html = BUF_INIT(4 << 20) };
	indexed_open(&w->q, index_document(a,
					   index_rules(a, "total", "incomplete",
						       "sum-first", 2, ""),
					   criteria, "100", list));
	arena_free(a);
}

#define begin(w) begin_with(w, units)

MAYBE static void make(struct world *w, enum report_shape shape,
		       const char *unit, const char *node)
{
	struct report_ask ask = { shape, INDEX_NONE, INDEX_NONE };
	struct err e = { 0 };

	if (unit)
		ask.unit = indexed_unit(&w->q, unit);
	if (node)
		ask.node = indexed_node(&w->q, node);
	if (!round_report(w->q.ix, &w->f, &ask, w->q.a, &w->p, &e))
		fail_msg("%s", e.msg);
	buf_free(&w->html);
	w->html = (struct buf)BUF_INIT(4 << 20);
	assert_true(paper_html(&w->p, &w->html, &e));
	assert_non_null(w->html.data);
}

MAYBE static void end(struct world *w)
{
	buf_free(&w->html);
	indexed_close(&w->q);
}

MAYBE static bool holds(const struct world *w, const char *words)
{
	return w->html.data && strstr(w->html.data, words);
}

#define has(w, words) assert_true(holds(w, words))

#endif
