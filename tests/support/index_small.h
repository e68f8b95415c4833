/* index_small.h - small index documents. */
#ifndef TESTS_INDEX_SMALL_H
#define TESTS_INDEX_SMALL_H

#include "phieu/index.h"
#include "support/index.h"
#include "support/test.h"

#define LEAF(code, max)                                            \
	"{\"code\":\"" code "\",\"name\":\"n\",\"maximum\":\"" max \
	"\",\"source\":\"assessed\"}"
#define UNIT(code, values)                                       \
	"{\"code\":\"" code "\",\"name\":\"n\",\"kind\":\"so\"," \
	"\"values\":{" values "}}"

MAYBE static void open_small(struct indexed *q, const char *rescale,
			     const char *missing, const char *order,
			     const char *more, const char *criteria,
			     const char *total, const char *units)
{
	struct arena *a = arena_new(1 << 22);

	indexed_open(q, index_document(a,
				       index_rules(a, rescale, missing, order,
						   2, more),
				       criteria, total, units));
	arena_free(a);
}

#define SURVEY(code, max)                                          \
	"{\"code\":\"" code "\",\"name\":\"n\",\"maximum\":\"" max \
	"\",\"source\":\"survey\"}"
#define FIELD(code, max, children)                                 \
	"{\"code\":\"" code "\",\"name\":\"n\",\"maximum\":\"" max \
	"\",\"children\":[" children "]}"

static const char two_fields[] =
	"[" FIELD("1", "40",
		  LEAF("1.1", "25") "," SURVEY(
			  "1.2", "15")) "," FIELD("2", "60",
						  LEAF("2.1", "35") "," SURVEY(
							  "2.2", "25")) "]";

static const char extras[] =
	"[" LEAF("a", "100") ",{\"code\":\"b\",\"name\":\"n\",\"maximum\":\"5\""
			     ",\"source\":\"assessed\",\"effect\":\"bonus\"},"
			     "{\"code\":\"d\",\"name\":\"n\",\"maximum\":\"3\""
			     ",\"source\":\"assessed\",\"effect\":"
			     "\"deduction\"}]";

MAYBE static unsigned next(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 16;
}

#endif
