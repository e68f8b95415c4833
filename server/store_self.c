#include "phieu/store_self.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "phieu/attachment.h"
#include "phieu/hash.h"
#include "phieu/json.h"
#include "phieu/limits.h"

/* Two numbers as the arguments every statement begins with. */
struct ids {
	char round[16], unit[16];
};

static struct ids ids_of(int32_t round, int32_t unit)
{
	struct ids x;

	(void)snprintf(x.round, sizeof x.round, "%" PRId32, round);
	(void)snprintf(x.unit, sizeof x.unit, "%" PRId32, unit);
	return x;
}

bool store_self_head(struct db *db, int32_t round, const char *unit,
		     struct arena *a, struct self_head *out, struct err *e)
{
	struct ids x = ids_of(round, 0);
	const char *args[] = { x.round, unit };
	struct res *r = db_run(db, Q_SELF_GET, args, e);
	int64_t id = 0;
	bool ok;

	ok = r && (res_rows(r) == 1 ||
		   err_set(e, ERR_INPUT,
			   "không có đơn vị này (no unit \"%.64s\")", unit));
	ok = ok && res_i64(r, 0, 0, &id, e) &&
	     res_i64(r, 0, 2, &out->version, e);
	if (ok) {
		out->unit = (int32_t)id;
		out->state = res_dup(a, r, 0, 1);
		out->explanation = res_dup(a, r, 0, 3);
		out->by = res_dup(a, r, 0, 4);
		out->at = res_dup(a, r, 0, 5);
		ok = !arena_broken(a) || err_no_memory(e);
	}
	res_free(r);
	return ok;
}

static bool read_row(const struct res *res, size_t i, const struct round *r,
		     struct arena *a, struct self_row *row, struct err *e)
{
	row->node = round_node(r, res_text(res, i, 0));
	if (row->node == INDEX_NONE)
		return err_set(e, ERR_BUG, "criterion %.64s is not in the text",
			       res_text(res, i, 0));
	row->has_points = !res_null(res, i, 1);
	row->is_typed = !res_null(res, i, 4);
	row->not_applicable = res_bool(res, i, 2);
	row->note = res_dup(a, res, i, 3);
	return (!row->has_points || res_dec(res, i, 1, &row->points, e)) &&
	       (!row->is_typed || res_dec(res, i, 4, &row->typed, e)) &&
	       res_i64(res, i, 5, &row->version, e);
}

bool store_self_rows(struct db *db, int32_t round, int32_t unit_id,
		     const struct round *r, size_t unit, struct arena *a,
		     struct self_row **out, size_t *n, struct err *e)
{
	struct ids x = ids_of(round, unit_id);
	const char *args[] = { x.round, x.unit };
	struct res *res = db_run(db, Q_SELF_ITEMS, args, e);
	struct self_row *list;
	bool ok = true;

	if (!res)
		return false;
	*n = res_rows(res);
	list = arena_array(a, *n + 1, sizeof *list);
	for (size_t i = 0; list && ok && i < *n; i++) {
		list[i].unit = unit;
		ok = read_row(res, i, r, a, &list[i], e);
	}
	*out = list;
	res_free(res);
	return list ? ok : err_no_memory(e);
}

/* ---- writing ------------------------------------------------------------ */

static void put_dec(struct jw *w, const char *key, bool has, struct dec d)
{
	jw_key(w, key);
	if (has)
		jw_dec(w, d);
	else
		jw_null(w);
}

static void put_items(const struct round *r, size_t unit,
		      const struct self_row *rows, size_t n, struct buf *out)
{
	struct jw w;

	jw_init(&w, out);
	jw_array(&w);
	for (size_t i = 0; i < n; i++) {
		const struct self_row *x = &rows[i];

		if (x->unit != unit)
			continue;
		jw_object(&w);
		jw_kv(&w, "node", r->set.nodes[x->node].code);
		jw_ki(&w, "version", x->version);
		put_dec(&w, "self", x->has_points, x->points);
		jw_kb(&w, "na", x->not_applicable);
		jw_kv(&w, "note", x->note);
		put_dec(&w, "typed", x->is_typed, x->typed);
		jw_object_end(&w);
	}
	jw_array_end(&w);
}

static const struct {
	const char *why, *code, *en, *vi;
} refusals[] = {
	{ "stale", "S16", "somebody changed it since; look again",
	  "người khác vừa sửa mục này, xem lại rồi sửa tiếp" },
	{ "unknown", "S17", "there is no such criterion any more",
	  "không còn tiêu chí này" },
	{ "not-typed", "S18", "nobody types points for this criterion",
	  "tiêu chí này không tự chấm điểm" },
	{ "range", "S19", "the points are not within 0 and the maximum",
	  "điểm không nằm trong khoảng từ 0 đến tối đa" },
};

static bool tell(const struct res *r, struct faults *f, struct err *e)
{
	bool stale = true;

	for (size_t i = 0; i < res_rows(r); i++)
		for (size_t k = 0; k < sizeof refusals / sizeof refusals[0];
		     k++) {
			if (strcmp(refusals[k].why, res_text(r, i, 1)) != 0)
				continue;
			stale = stale && k == 0;
			fault_add(f, refusals[k].code,
				  arena_printf(f->arena, "/items/%s",
					       res_text(r, i, 0)),
				  refusals[k].en, refusals[k].vi);
		}
	if (res_rows(r) == 0)
		return true;
	return stale ? err_set(e, ERR_CONFLICT,
			       "người khác vừa sửa các mục này, xem lại "
			       "(somebody changed these items since: look "
			       "again)")
		     : err_set(e, ERR_INPUT, "items were refused");
}

bool store_self_put(struct db *db, int32_t round, int32_t unit_id,
		    const struct round *r, size_t unit,
		    const struct self_row *rows, size_t n, const char *by,
		    struct faults *f, struct err *e)
{
	struct buf items = BUF_INIT(LIMIT_PLAN_BYTES);
	struct ids x = ids_of(round, unit_id);
	const char *args[] = { x.round, x.unit, NULL, by };
	struct res *res = NULL;
	bool ok;

	put_items(r, unit, rows, n, &items);
	args[2] = buf_cstr(&items);
	if (args[2])
		res = db_run(db, Q_SELF_PUT, args, e);
	else
		(void)err_no_memory(e);
	ok = res && tell(res, f, e);
	res_free(res);
	buf_free(&items);
	return ok;
}

static bool stale(const struct res *r, struct err *e)
{
	int64_t version = 0;

	return res_i64(r, 0, 0, &version, e) &&
	       (version > 0 ||
		err_set(e, ERR_CONFLICT,
			"người khác vừa sửa bản tự đánh giá này, xem lại "
			"(somebody changed the self-assessment: look again)"));
}

bool store_self_explain(struct db *db, int32_t round, const struct self_head *h,
			const char *text, const char *by, struct err *e)
{
	struct ids x = ids_of(round, h->unit);
	char version[24];
	const char *args[] = { x.round, x.unit, version, text, by };
	struct res *r;
	bool ok;

	(void)snprintf(version, sizeof version, "%" PRId64, h->version);
	r = db_run(db, Q_SELF_EXPLAIN, args, e);
	ok = r && stale(r, e);
	res_free(r);
	return ok;
}

struct res *store_self_late(struct db *db, int32_t round, struct err *e)
{
	struct ids x = ids_of(round, 0);
	const char *args[] = { x.round, NULL };

	return db_run(db, Q_SELF_LATE, args, e);
}

/* ---- evidence ----------------------------------------------------------- */

static bool log_refused(struct db *db, const struct ids *x, const char *node,
			const struct attachment *file, const char *why,
			const char *by, struct err *e)
{
	uint8_t digest[SHA256_BYTES];
	char hex[2 * SHA256_BYTES + 1], size[24];
	const char *args[] = { x->round, x->unit, node, file->name,
			       hex,	 size,	  why,	by };
	struct res *r;

	sha256(file->bytes, file->n, digest);
	hex_text(digest, sizeof digest, hex);
	(void)snprintf(size, sizeof size, "%zu", file->n);
	r = db_run(db, Q_EVIDENCE_REFUSED, args, e);
	res_free(r);
	return r != NULL;
}

/* What stands with the content; NULL: no scanner is set up.  False: refused,
 * and that is in the log. */
static bool ask_scanner(struct db *db, const struct scanner *scanner,
			const struct ids *x, const char *node,
			const struct attachment *file, const char *by,
			struct scan *scan, char said[SCAN_WORDS + 32],
			struct err *e)
{
	const char *args[] = { x->round, x->unit };
	struct res *r;

	if (scanner->program) {
		/* not for a minute, only to be refused after it */
		r = db_run(db, Q_EVIDENCE_OPEN, args, e);
		res_free(r);
		if (!r)
			return false;
	}
	scan_bytes(scanner, file->bytes, file->n, scan);
	(void)snprintf(said, SCAN_WORDS + 32, "%s%s",
		       scan->state == SCAN_CLEAN      ? "clean"
		       : scan->state == SCAN_INFECTED ? "infected: "
						      : "not scanned: ",
		       scan->state == SCAN_CLEAN ? "" : scan->words);
	if (scan->state == SCAN_NONE || scan->state == SCAN_CLEAN ||
	    (scan->state == SCAN_FAILED && scanner->keep))
		return true;
	if (!log_refused(db, x, node, file, said, by, e))
		return false;
	if (scan->state == SCAN_INFECTED)
		return err_set(e, ERR_INPUT,
			       "S20 tệp \"%.60s\" có mã độc, không nhận "
			       "(the file is infected): %.80s",
			       file->name, scan->words);
	return err_set(e, ERR_DOWN,
		       "S21 chưa quét được tệp \"%.60s\", chưa nhận; thử lại "
		       "sau (could not be scanned): %.80s",
		       file->name, scan->words);
}

bool store_evidence_add(struct db *db, const struct scanner *scanner,
			int32_t round, int32_t unit_id, const char *node,
			const struct attachment *file, const char *by,
			bool *added, struct scan *scan, struct err *e)
{
	struct ids x = ids_of(round, unit_id);
	char said[SCAN_WORDS + 32];
	struct arg args[] = { ARG_TEXT(x.round),
			      ARG_TEXT(x.unit),
			      ARG_TEXT(node),
			      ARG_TEXT(file->name),
			      ARG_BYTES(file->bytes, (int)file->n),
			      ARG_TEXT(file->type),
			      ARG_TEXT(NULL),
			      ARG_TEXT(by) };
	struct res *r;
	bool ok;

	*added = false;
	if (!ask_scanner(db, scanner, &x, node, file, by, scan, said, e))
		return false;
	if (scan->state != SCAN_NONE)
		args[6].p = said;
	r = db_run_args(db, Q_EVIDENCE_ADD, args, false, e);
	if (!r && e->kind == ERR_CONFLICT && strcmp(e->sqlstate, "23505") == 0)
		return err_set(
			e, ERR_CONFLICT,
			"đã có tệp khác tên \"%.100s\" (another file has "
			"this name)",
			file->name);
	ok = r &&
	     (!res_null(r, 0, 0) ||
	      err_set(e, ERR_INPUT,
		      "không có tiêu chí này (no criterion \"%.64s\")", node));
	*added = ok && res_bool(r, 0, 0);
	res_free(r);
	return ok;
}

struct res *store_evidence_list(struct db *db, int32_t round, int32_t unit_id,
				struct err *e)
{
	struct ids x = ids_of(round, unit_id);
	const char *args[] = { x.round, x.unit };

	return db_run(db, Q_EVIDENCE_LIST, args, e);
}

bool store_evidence_get(struct db *db, int32_t round, int32_t unit_id,
			const char *number, const char *office, struct arena *a,
			struct evidence_file *out, struct err *e)
{
	struct ids x = ids_of(round, unit_id);
	const char *args[] = { x.round, x.unit, number, office };
	struct res *r = db_run(db, Q_EVIDENCE_GET, args, e);
	size_t most;
	bool ok;

	ok = r && (res_rows(r) == 1 ||
		   err_set(e, ERR_INPUT, "there is no evidence %.20s", number));
	if (ok) {
		most = res_len(r, 0, 2) / 2 + 1; /* two digits a byte */
		out->name = res_dup(a, r, 0, 0);
		out->type = res_dup(a, r, 0, 1);
		out->sha256 = res_dup(a, r, 0, 3);
		out->bytes = arena_alloc(a, most);
		ok = arena_broken(a)
			     ? err_no_memory(e)
			     : res_bytes(r, 0, 2, out->bytes, most, &out->n, e);
	}
	res_free(r);
	return ok;
}

bool store_evidence_remove(struct db *db, int32_t round, int32_t unit_id,
			   const char *number, const char *by, struct err *e)
{
	struct ids x = ids_of(round, unit_id);
	const char *args[] = { round ? x.round : NULL, unit_id ? x.unit : NULL,
			       number, by };
	struct res *r = db_run(db, Q_EVIDENCE_REMOVE, args, e);
	bool ok = r &&
		  ((res_rows(r) == 1 && res_bool(r, 0, 0)) ||
		   err_set(e, ERR_INPUT, "there is no evidence %.20s", number));

	res_free(r);
	return ok;
}
