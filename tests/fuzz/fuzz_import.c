/* Filled tables against a small plan: every sheet is JSON with an instanceID
 * of its own; faults have places inside the table and words; a table without
 * faults holds valid sheets only; the report is JSON whatever was sent.  The
 * first byte chooses the form and the encoding. */
#include "fuzz.h"

#include <string.h>

#include "phieu/hash.h"
#include "phieu/import.h"
#include "phieu/json.h"
#include "phieu/limits.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
static struct plan *plan;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct err e = { 0 };

	(void)argc;
	(void)argv;
	plan = plan_file_read("tests/fuzz/corpus/plan/small", &e);
	MUST(plan && hash_start(&e));
	return 0;
}

static void is_json(const struct buf *b)
{
	static const struct json_limits lim = { 16, 1000000, 1 << 20,
						(size_t)64 << 20 };
	struct err e = { 0 };

	MUST(!b->broken && b->len);
	MUST(json_check(b->data, b->len, &lim, NULL, &e));
}

static void sheets(const struct import *im)
{
	char instance[IMPORT_INSTANCE_MAX];

	for (size_t i = 0; i < im->n_sheets && i < 20; i++) {
		struct buf b = BUF_INIT((size_t)16 << 20);
		const struct import_sheet *s = &im->sheets[i];
		const struct import_version was[] = { { "uuid:a", NULL,
							true } };
		const char *replaces = import_replaces(s, was, 1);
		import_instance(s, replaces, instance);
		MUST(strlen(instance) == 41);
		MUST(replaces && strcmp(replaces, "uuid:a") == 0);
		import_json(s, replaces, &b);
		is_json(&b);
		MUST(s->n_rows > 0 && s->number != instance);
		buf_free(&b);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct import_options o = { .plan = plan };
	struct buf b = BUF_INIT((size_t)64 << 20);
	struct import_counts counts;
	struct err e = { 0 };
	struct import *im;
	struct jw w;

	if (n == 0)
		return 0;
	if (data[0] % 8 < plan->n_forms)
		o.form = plan->forms[data[0] % 8].code;
	o.charset = (enum charset)(data[0] / 8 % 7);
	im = import_read(data + 1, n - 1, &o, &e);
	MUST(im);
	sheets(im);
	MUST(import_check(im, date_from_ymd(2025, 4, 1), &counts, &e));
	MUST(counts.sheets == counts.valid + counts.queried + counts.invalid);
	MUST(im->n_faults || im->more_faults || counts.invalid == 0);
	for (size_t i = 0; i < im->n_faults; i++) {
		const struct import_fault *f = &im->faults[i];
		MUST(*f->message && *f->message_vi && *f->code);
		MUST(!f->has_column || (f->row && im->grid));
	}
	jw_init(&w, &b);
	jw_object(&w);
	import_report(im, &w);
	jw_object_end(&w);
	is_json(&b);
	b.len = 0;
	import_print(im, true, &b);
	buf_free(&b);
	import_free(im);
	return 0;
}
