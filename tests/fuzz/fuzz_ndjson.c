/* NDJSON framing: lines come in order and whole; what lies between them is
 * line ends and blank lines and nothing else, so that no byte of a batch is
 * lost or given twice. */
#include "fuzz.h"

#include <string.h>

#include "phieu/submission.h"

static bool is_blank(const char *s, const char *end)
{
	for (; s < end; s++)
		if (!strchr(" \t\r\n", *s) || *s == '\0')
			return false;
	return true;
}

/* Only whole blank lines may be skipped: the gap ends with a line end, or
 * is the end of a line that was given. */
static void gap_is_right(const char *from, const char *line, const char *start)
{
	MUST(is_blank(from, line));
	if (line > start)
		MUST(line[-1] == '\n');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *start = (const char *)data, *end = start + n;
	const char *at = start, *line = NULL, *last = start;
	size_t len = 0, most = n + 1;

	while (ndjson_next(&at, end, &line, &len)) {
		MUST(most-- > 0);
		MUST(line >= last && len > 0 && len <= (size_t)(end - line));
		MUST(at > line && at <= end);
		MUST(!memchr(line, '\n', len));
		MUST(!is_blank(line, line + len));
		gap_is_right(last, line, start);
		last = line + len;
		MUST(is_blank(last, at) && at - last <= 2);
	}
	MUST(at == end);
	MUST(is_blank(last, end));
	return 0;
}
