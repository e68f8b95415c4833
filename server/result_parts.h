/* result_parts.h - what the files of the result share. */
#ifndef RESULT_PARTS_H
#define RESULT_PARTS_H

#include "phieu/result.h"

struct result {
	struct result_input in;
	const struct plan *plan;
	struct arena *arena;
	char sha256[65];
	struct result_unit *units;
	size_t n;
	int64_t n_responses;
	int64_t *group_n; /* [group] respondents */
};

/* Words of the decisions that shape the numbers: a pair a line. */
struct words {
	const char *id, *en;
	char text[160];
};
#define WORDS_MAX 12
size_t result_words(const struct plan *p, struct words out[WORDS_MAX]);

#endif
