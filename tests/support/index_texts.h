/* index_texts.h - index documents as text. */
#ifndef TESTS_INDEX_TEXTS_H
#define TESTS_INDEX_TEXTS_H

#include <string.h>

#include "phieu/file.h"
#include "phieu/index_file.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "support/test.h"

MAYBE static char *text_of(const char *path)
{
	struct err e = { 0 };
	size_t n;
	char *s = file_read(path, LIMIT_INDEX_BYTES, &n, &e);

	assert_non_null(s);
	return s;
}

static const char base[] =
	"{\"format\":\"phieu-index/1\",\"example\":true,\"rules\":{"
	"\"rescale\":\"total\",\"missing\":{\"assessed\":\"incomplete\","
	"\"survey\":\"zero\",\"satisfaction\":\"zero\",\"external\":\"zero\"},"
	"\"digits\":2,\"round\":\"half-up\",\"order\":\"sum-first\",\"ties\":"
	"\"shared\",\"bands\":[{\"name\":\"A\",\"from\":\"50\"},{\"name\":"
	"\"B\",\"from\":\"0\"}],\"tie_break\":[\"exact\"]},\"kinds\":[{"
	"\"code\":\"so\",\"name\":\"S\",\"total\":\"30\"},{\"code\":\"xa\","
	"\"name\":\"X\",\"total\":\"30\"}],\"criteria\":[{\"code\":\"1\","
	"\"name\":\"n\",\"maximum\":\"20\",\"children\":[{\"code\":\"1.1\","
	"\"name\":\"n\",\"maximum\":\"12\",\"source\":\"assessed\",\"grain\":"
	"\"0.25\"},{\"code\":\"1.2\",\"name\":\"n\",\"maximum\":\"8\","
	"\"source\":\"survey\",\"groups\":{\"A\":\"1\",\"B\":\"2\"},"
	"\"convert\":{\"linear\":{\"low\":\"0\",\"high\":\"5\"}}}]},{\"code\":"
	"\"2\",\"name\":\"n\",\"maximum\":\"6\",\"combine\":\"formula\","
	"\"convert\":{\"steps\":[{\"from\":\"90\",\"points\":\"6\"},{\"from\":"
	"\"50\",\"points\":\"3\"}]},\"children\":[{\"code\":\"2.1\",\"name\":"
	"\"n\",\"maximum\":\"1\",\"source\":\"assessed\",\"need\":\"0.5\"}]},{"
	"\"code\":\"3\",\"name\":\"n\",\"maximum\":\"4\",\"source\":"
	"\"assessed\",\"applies\":[\"so\"]},{\"code\":\"4\",\"name\":\"n\","
	"\"maximum\":\"4\",\"source\":\"assessed\",\"applies\":[\"xa\"]},{"
	"\"code\":\"5\",\"name\":\"n\",\"maximum\":\"2\",\"source\":"
	"\"assessed\",\"effect\":\"bonus\"}],\"units\":[{\"code\":\"u\","
	"\"name\":\"U\",\"kind\":\"so\",\"values\":{\"1.1\":{\"value\":\"3.25\""
	",\"self\":\"4\"},\"1.2\":{\"groups\":{\"A\":\"4\",\"B\":\"3\"},\"se\":"
	"0.5},\"2.1\":\"1\",\"3\":\"2\"},\"deductions\":[{\"criterion\":\"3\","
	"\"points\":\"1\",\"reason\":\"r\"}],\"typed\":{\"total\":\"15\","
	"\"grade\":\"B\",\"points\":{\"1\":\"9\"}}},{\"code\":\"v\",\"name\":"
	"\"V\",\"kind\":\"xa\",\"values\":{\"4\":\"1\"}}]}";

MAYBE static char *edited(const char *from, const char *to)
{
	const char *at = from ? strstr(base, from) : NULL;
	struct buf b = BUF_INIT(1 << 16);

	if (!from)
		return strdup(to);
	if (!at)
		fail_msg("no %s", from);
	buf_add(&b, base, (size_t)(at - base));
	buf_adds(&b, to);
	buf_adds(&b, at + strlen(from));
	return buf_take(&b);
}

#endif
