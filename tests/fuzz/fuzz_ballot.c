/* What an opened ballot says (anybody with a letter may seal anything), and
 * the text inside a key file.  First byte: which. */
#include <stdlib.h>
#include <string.h>

#include "phieu/ballot.h"

static struct plan *plan;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct err e = { 0 };

	(void)argc;
	(void)argv;
	plan = plan_file_read("tests/data/sheet_plan.json", &e);
	if (!plan || !hash_start(&e))
		abort();
	return 0;
}

static void ballot(const char *text, size_t n)
{
	struct arena *a = arena_new((size_t)8 << 20);
	const char *code = NULL;
	struct submission s;
	struct err e = { 0 };
	unsigned flags = 0;

	if (!a)
		abort();
	for (size_t g = 0; g < plan->n_groups; g++) {
		size_t home = plan->groups[g].has_home
				      ? plan->groups[g].cells[0].home
				      : NONE;

		if (ballot_read(text, n, plan, g, home, a, &s, &flags, &code,
				&e) &&
		    (s.group != g || s.home != home || s.has_start ||
		     s.device || s.replaces || s.n_files > 0))
			abort(); /* it says more than it may */
		arena_reset(a);
	}
	arena_free(a);
}

static void key(const char *text, size_t n)
{
	struct buf again = BUF_INIT(4096);
	struct ballot_part p;
	struct err e = { 0 };
	uint8_t whole[BALLOT_KEY_BYTES];

	if (ballot_part_parse(text, n, &p, &e)) {
		ballot_part_text(&p, &again);
		if (again.len != n)
			abort(); /* another text for the same part */
		if (!ballot_key_join(&p, 1, whole, &e) &&
		    (e.kind == ERR_NONE || e.kind == ERR_BUG))
			abort(); /* refused, and not said why */
	}
	buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = n ? malloc(n) : NULL;

	if (!text)
		return 0;
	memcpy(text, data + 1, n - 1);
	text[n - 1] = '\0';
	if (data[0] == 'k')
		key(text, n - 1);
	else
		ballot(text, n - 1);
	free(text);
	return 0;
}
