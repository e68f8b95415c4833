#include "phieu/submission.h"

#include <string.h>

static bool blank(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] != ' ' && s[i] != '\t' && s[i] != '\r')
			return false;
	return true;
}

bool ndjson_next(const char **at, const char *end, const char **line, size_t *n)
{
	while (*at < end) {
		const char *from = *at;
		const char *lf = memchr(from, '\n', (size_t)(end - from));
		const char *to = lf ? lf : end;

		*at = lf ? lf + 1 : end;
		if (to > from && to[-1] == '\r')
			to--;
		if (blank(from, (size_t)(to - from)))
			continue;
		*line = from;
		*n = (size_t)(to - from);
		return true;
	}
	return false;
}
