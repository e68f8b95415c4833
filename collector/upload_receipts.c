#include <string.h>

#include <stdlib.h>

#include "phieu/csv.h"
#include "phieu/file.h"
#include "phieu/json.h"
#include "phieu/outbox_scan.h"
#include "upload_parts.h"

#define PAPER_BYTES ((size_t)1 << 30)
#define ROW_BYTES   ((size_t)8 << 20)

static const char *state_name(enum outbox_state s)
{
	switch (s) {
	case OUTBOX_RECEIVED: return "received";
	case OUTBOX_REFUSED: return "refused";
	case OUTBOX_SENT:
	case OUTBOX_WAITING: break;
	}
	return "waiting";
}

struct paper {
	struct buf out;
	struct jw w;
	struct arena *a;
};

static bool csv_row(const struct outbox_row *r, void *ctx, struct err *e)
{
	struct paper *p = ctx;
	char code[16];
	const char *cells[11];

	arena_reset(p->a);
	(void)snprintf(code, sizeof code, "%d", r->code);
	cells[0] = r->instance;
	cells[1] = r->sheet;
	cells[2] = state_name(r->state);
	cells[3] = r->code ? code : "";
	cells[4] = r->status;
	cells[5] = r->receipt;
	cells[6] = r->done;
	cells[7] = r->source;
	cells[8] = *r->reply ? upload_reasons(r->reply, true, p->a) : "";
	cells[9] = r->batch_receipt;
	cells[10] = r->batch_sha256;
	if (!cells[8])
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
		if (i > 0)
			csv_sep(&p->out);
		csv_write(&p->out, cells[i], strlen(cells[i]));
	}
	csv_end_row(&p->out);
	return true;
}

static bool json_row(const struct outbox_row *r, void *ctx, struct err *e)
{
	struct paper *p = ctx;
	struct jw *w = &p->w;

	(void)e;
	jw_object(w);
	jw_kv(w, "instanceID", r->instance);
	jw_kv(w, "sheet", r->sheet);
	jw_kv(w, "state", state_name(r->state));
	jw_ki(w, "code", r->code);
	jw_kv(w, "receipt", *r->receipt ? r->receipt : NULL);
	jw_kv(w, "done", *r->done ? r->done : NULL);
	jw_kv(w, "source", r->source);
	jw_key(w, "answer");
	if (*r->reply)
		jw_raw(w, r->reply);
	else
		jw_null(w);
	jw_kv(w, "batch_receipt", *r->batch_receipt ? r->batch_receipt : NULL);
	jw_kv(w, "batch_sha256", *r->batch_sha256 ? r->batch_sha256 : NULL);
	jw_object_end(w);
	return true;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

static bool fill(struct paper *p, struct outbox *o, bool json, struct err *e)
{
	bool ok;

	if (!json) {
		/* Excel takes UTF-8 for what it is only with a BOM */
		buf_adds(&p->out,
			 "\xEF\xBB\xBF"
			 "instanceID,sheet,state,code,status,receipt,done,"
			 "source,reasons,batch_receipt,batch_sha256\r\n");
		return outbox_each(o, csv_row, p, e) &&
		       outbox_scan_each(o, csv_row, p, e);
	}
	jw_init(&p->w, &p->out);
	jw_array(&p->w);
	ok = outbox_each(o, json_row, p, e) &&
	     outbox_scan_each(o, json_row, p, e);
	jw_array_end(&p->w);
	buf_adds(&p->out, "\n");
	return ok;
}

bool upload_receipts(struct outbox *o, const char *path, struct err *e)
{
	struct paper p = { .out = BUF_INIT(PAPER_BYTES) };
	bool ok = false;

	p.a = arena_new(ROW_BYTES);
	if (!p.a)
		err_set(e, ERR_NOMEM, "out of memory");
	else if (fill(&p, o, ends_with(path, ".json"), e)) {
		if (buf_cstr(&p.out))
			ok = file_write(path, p.out.data, p.out.len, 0600, e);
		else
			err_set(e, ERR_NOMEM, "receipt file too large");
	}
	buf_free(&p.out);
	arena_free(p.a);
	return ok;
}

static bool count_queried(const struct outbox_row *r, void *ctx, struct err *e)
{
	struct upload_totals *t = ctx;

	(void)e;
	t->queried += r->state == OUTBOX_RECEIVED &&
		      strcmp(r->status, "queried") == 0;
	return true;
}

bool upload_totals(struct outbox *o, struct upload_totals *out, struct err *e)
{
	*out = (struct upload_totals){ 0 };
	return outbox_count(o, &out->counts, e) &&
	       outbox_scan_count(o, &out->scans, e) &&
	       outbox_each(o, count_queried, out, e);
}

struct printing {
	FILE *to;
	struct arena *a;
	size_t left, more;
};

static bool print_refused(const struct outbox_row *r, void *ctx, struct err *e)
{
	struct printing *p = ctx;
	const char *why = "";

	if (r->state != OUTBOX_REFUSED)
		return true;
	if (p->left == 0) {
		p->more++;
		return true;
	}
	p->left--;
	arena_reset(p->a);
	if (*r->reply)
		why = upload_reasons(r->reply, true, p->a);
	if (!why)
		return err_set(e, ERR_NOMEM, "out of memory");
	(void)fprintf(p->to, "  %s  %s  %d %s  %s\n", r->source,
		      *r->sheet ? r->sheet : "-", r->code, r->status, why);
	return true;
}

bool upload_print_refused(struct outbox *o, size_t max, FILE *to, struct err *e)
{
	struct printing p = { .to = to, .left = max };
	bool ok;

	p.a = arena_new(ROW_BYTES);
	if (!p.a)
		return err_set(e, ERR_NOMEM, "out of memory");
	ok = outbox_each(o, print_refused, &p, e) &&
	     outbox_scan_each(o, print_refused, &p, e);
	if (p.more)
		(void)fprintf(to,
			      "  … %zu more (xem tệp biên nhận / see "
			      "--receipts)\n",
			      p.more);
	arena_free(p.a);
	return ok;
}
