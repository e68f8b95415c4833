/* Filled Excel and CSV files: read and checked here as the collector would,
 * sent as sheets like all others. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "phieu/date.h"
#include "phieu/file.h"
#include "phieu/import.h"
#include "phieu/jscan.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "upload_parts.h"

#define LIST_BYTES ((size_t)32 << 20)

bool upload_is_table(const char *path)
{
	static const char *const ends[] = { ".xlsx", ".xlsm", ".xls", ".xlsb",
					    ".ods",  ".csv",  ".tsv", ".txt" };
	size_t n = strlen(path);

	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		size_t m = strlen(ends[i]);
		if (n > m && strcasecmp(path + n - m, ends[i]) == 0)
			return true;
	}
	return false;
}

/* Read and checked; NULL when that could not be done. */
static struct import *open_table(const char *path,
				 const struct table_options *t,
				 struct import_counts *n, struct err *e)
{
	struct import_options o = { t->plan, t->form, t->charset };
	struct import *im = NULL;
	size_t size;
	char *file = file_read(path, LIMIT_XLSX_BYTES, &size, e);

	if (file)
		im = import_read(file, size, &o, e);
	free(file);
	if (im && !import_check(im, instant_day_vn(clock_now_us()), n, e)) {
		import_free(im);
		im = NULL;
	}
	return im;
}

static bool tell(const struct import *im, const char *path,
		 const struct table_options *t, FILE *to, struct err *e)
{
	struct buf b = BUF_INIT(LIST_BYTES);
	bool ok = true;
	struct jw w;

	if (t->json) {
		jw_init(&w, &b);
		jw_object(&w);
		jw_kv(&w, "source", path);
		import_report(im, &w);
		jw_object_end(&w);
		buf_adds(&b, "\n");
	} else {
		import_print(im, true, &b);
	}
	if (b.len && buf_cstr(&b))
		(void)fprintf(to, "%s%s%s", t->json ? "" : path,
			      t->json ? "" : ":\n", b.data);
	buf_free(&b);
	if (im->n_faults && t->marked) {
		ok = import_marked(im, t->marked, e);
		if (ok && !t->json)
			(void)fprintf(to,
				      "Lỗi được đánh dấu trong / faults are "
				      "marked in: %s\n",
				      t->marked);
	}
	return ok;
}

bool upload_check_table(const char *path, const struct table_options *t,
			FILE *to, struct checked *out, struct err *e)
{
	struct import_counts n;
	struct import *im = open_table(path, t, &n, e);
	bool ok = im && tell(im, path, t, to, e);

	if (ok) {
		out->n += n.sheets;
		out->bad += n.invalid;
		out->flagged += n.queried;
		/* a file whose faults are of no sheet is not all well */
		out->bad += im->n_faults > 0 && n.invalid == 0;
	}
	import_free(im);
	return ok;
}

/* What that sheet's line names in `replaces`, NULL for nothing. */
static const char *replaced_by(const struct outbox_item *it, struct arena *a)
{
	struct err ignored = { 0 };
	struct jspan key, v;
	struct jscan c;
	size_t n;

	jscan_init(&c, it->bytes, it->n);
	if (jscan_peek(&c) != '{')
		return NULL;
	jscan_enter(&c);
	while (jscan_key(&c, &key)) {
		jscan_value(&c, &v);
		if (jspan_is(&key, "replaces") && jspan_kind(&v) == '"')
			return jspan_text(&v, true, a, &n, &ignored);
	}
	return NULL;
}

/* The latest is the one that counts, or will. */
static bool choose(struct outbox *o, const struct import_sheet *s,
		   struct arena *a, const char **replaces, struct err *e)
{
	struct import_version *list;
	struct outbox_item *items;
	size_t n;

	if (!outbox_versions(o, s->number ? s->number : "", s->keying, a,
			     &items, &n, e))
		return false;
	list = arena_array(a, n + 1, sizeof *list);
	if (!list)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < n; i++)
		list[i] = (struct import_version){ items[i].instance,
						   replaced_by(&items[i], a),
						   i == 0 };
	*replaces = import_replaces(s, list, n);
	return true;
}

static bool take_sheet(struct outbox *o, const char *path,
		       const struct import_sheet *s, struct arena *a,
		       struct taken *taken, struct err *e)
{
	struct buf json = BUF_INIT(LIMIT_SUBMISSION_BYTES * 2);
	struct outbox_item it = { .sheet = s->number ? s->number : "" };
	char instance[IMPORT_INSTANCE_MAX];
	const char *replaces = NULL;
	bool fresh = false, ok;

	arena_reset(a);
	if (!choose(o, s, a, &replaces, e))
		return false;
	import_instance(s, replaces, instance);
	import_json(s, replaces, &json);
	it.instance = instance;
	it.bytes = buf_cstr(&json);
	it.n = json.len;
	it.source = arena_printf(a, "%s:%u", path, s->row);
	if (!it.bytes || !it.source)
		ok = err_set(e, ERR_NOMEM, "out of memory");
	else
		ok = outbox_add(o, &it, &fresh, e);
	buf_free(&json);
	if (ok)
		*(fresh ? &taken->fresh : &taken->known) += 1;
	return ok;
}

bool upload_take_table(struct outbox *o, const char *path,
		       const struct table_options *t, struct taken *taken,
		       struct err *e)
{
	struct arena *a = arena_new((size_t)64 << 20);
	struct import_counts n;
	struct import *im = a ? open_table(path, t, &n, e) : NULL;
	bool ok = false;

	if (!a)
		err_set(e, ERR_NOMEM, "out of memory");
	if (!im || !tell(im, path, t, stderr, e))
		goto out;
	if (im->n_faults) {
		err_set(e, ERR_INPUT,
			"%s: có lỗi nên không phiếu nào được nhận (%zu faults, "
			"no sheet was taken)",
			path, im->n_faults + im->more_faults);
		goto out;
	}
	ok = outbox_begin(o, e);
	for (size_t i = 0; ok && i < im->n_sheets; i++)
		ok = take_sheet(o, path, &im->sheets[i], a, taken, e);
	ok = ok && outbox_commit(o, e);
out:
	import_free(im);
	arena_free(a);
	return ok;
}
