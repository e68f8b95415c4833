/* Evidence: added, opened and taken away; what comes from outside is saved,
 * never shown by the browser. */
#include <string.h>

#include "page_round.h"
#include "phieu/attachment.h"

/* ---- the list ---------------------------------------------------------------
 */

static void put_upload(struct page *p, const struct page_desk *d,
		       const char *criterion)
{
	const char *unit = p->round.set.units[d->unit].code;

	page_put(p->b,
		 "<form method=\"post\" enctype=\"multipart/form-data\" "
		 "action=\"/rounds/%u/units/%u/evidence\">"
		 "<input type=\"hidden\" name=\"criterion\" value=\"%s\">\n"
		 "<label for=\"file\">Thêm tài liệu <span>(tối đa %i MiB)"
		 "</span></label><input id=\"file\" type=\"file\" name=\"file\""
		 " required>\n<button type=\"submit\">Tải lên</button></form>"
		 "\n",
		 p->head.code, unit, criterion,
		 (long long)(LIMIT_FORM_FILE_BYTES >> 20));
}

static void put_file(struct page *p, const struct page_desk *d, size_t i,
		     bool fill)
{
	const struct res *r = d->files;
	const char *unit = p->round.set.units[d->unit].code;
	int64_t bytes = 0;
	struct err e = { 0 };

	if (!res_i64(r, i, 4, &bytes, &e))
		bytes = 0;
	page_put(p->b,
		 "<li><a href=\"/rounds/%u/units/%u/evidence/%u\">%s</a> "
		 "<span class=\"small\">%i KiB; %s, lúc %d%r%s</span>",
		 p->head.code, unit, res_text(r, i, 0), res_text(r, i, 2),
		 (long long)(bytes + 1023) / 1024, res_text(r, i, 7),
		 res_text(r, i, 8), *res_text(r, i, 6) ? "; quét: " : "",
		 res_text(r, i, 6));
	if (fill)
		page_put(p->b,
			 "<form method=\"post\" class=\"inline\" action="
			 "\"/rounds/%u/units/%u/evidence/%u/remove\"><button "
			 "type=\"submit\" class=\"less\">Rút tệp<span "
			 "class=\"unseen\"> %s</span></button></form>",
			 p->head.code, unit, res_text(r, i, 0),
			 res_text(r, i, 2));
	page_put(p->b, "</li>\n");
}

void page_files(struct page *p, const struct page_desk *d,
		const char *criterion)
{
	bool fill = page_may_fill(p, d);
	size_t shown = 0;

	page_put(p->b, "<ul class=\"files\">\n");
	for (size_t i = 0; i < res_rows(d->files); i++)
		if (strcmp(res_text(d->files, i, 1), criterion) == 0) {
			put_file(p, d, i, fill);
			shown++;
		}
	page_put(p->b, "</ul>\n%r", shown ? "" : "<p>(chưa có tài liệu)</p>\n");
	if (fill)
		put_upload(p, d, criterion);
}

/* Where the files of a criterion are seen. */
static const char *place_of(struct page *p, size_t unit, const char *criterion)
{
	size_t node = page_node_of(p, criterion);

	return node == INDEX_NONE ? arena_printf(p->a, "/units/%s",
						 p->round.set.units[unit].code)
				  : page_item_path(p, unit, node);
}

static bool refused(struct page *p, const struct err *why, const char *back)
{
	if (strstr(why->msg, "S20"))
		p->room.no.code = "infected";
	else if (strstr(why->msg, "another file has"))
		p->room.no.code = "name-taken";
	else if (why->kind == ERR_INPUT)
		p->room.no.code = "bad-value";
	page_begin(p, "Chưa nhận được tệp");
	page_wrong(p, page_status(p, why), page_words(p, why));
	page_put(p->b, "<p><a href=\"/rounds/%u%r\">Quay lại</a></p>\n",
		 p->head.code, back);
	page_end(p);
	return true;
}

/* ---- adding -----------------------------------------------------------------
 */

static bool add(struct page *p, struct err *e)
{
	size_t unit = page_unit_of(p, p->rq->param[1]);
	struct page_upload u;
	struct attachment f = { 0 };
	struct scanner scanner;
	struct self_head h;
	struct scan scan;
	struct err why = { 0 };
	const char *criterion, *back;
	bool added;

	if (unit == INDEX_NONE || !p->me.unit[unit])
		return page_refuse(p);
	if (!page_read_upload(p, &u))
		return true;
	criterion = web_field(p->form, "criterion");
	back = place_of(p, unit, criterion);
	if (!store_self_head(p->db, p->head.id, p->rq->param[1], p->a, &h, e) ||
	    !scanner_from(p->w->conf, &scanner, e))
		return false;
	f.bytes = u.bytes;
	f.n = u.n;
	f.type = attachment_type(u.bytes, u.n);
	if (u.n > LIMIT_FORM_FILE_BYTES)
		(void)err_set(&why, ERR_INPUT,
			      "tệp lớn hơn %zu MiB (the file is too large)",
			      LIMIT_FORM_FILE_BYTES >> 20);
	else if (attachment_name(u.name, p->a, &f.name, &why) &&
		 store_evidence_add(p->db, &scanner, p->head.id, h.unit,
				    *criterion ? criterion : NULL, &f,
				    p->id->person.login, &added, &scan, &why))
		return page_go(p, back, added ? "file" : "file-there");
	if (page_is_refusal(&why))
		return refused(p, &why, back);
	*e = why;
	return false;
}

enum http_done page_evidence_add(struct http_request *rq, struct http_reply *rp,
				 void *app)
{
	enum http_done done;

	if (!web_scan_begin(rq, rp, app))
		return HTTP_REPLIED;
	done = page_run_upload(rq, rp, app, add);
	web_scan_end(app);
	return done;
}

/* ---- opening ----------------------------------------------------------------
 */

/* The criterion of a file of this unit; NULL: there is none such. */
static bool criterion_of(struct page *p, const struct self_head *h,
			 const char *number, const char **out, struct err *e)
{
	struct res *r = store_evidence_list(p->db, p->head.id, h->unit, e);

	*out = NULL;
	if (!r)
		return false;
	for (size_t i = 0; i < res_rows(r); i++)
		if (strcmp(res_text(r, i, 0), number) == 0)
			*out = arena_strdup(p->a, res_text(r, i, 1));
	res_free(r);
	return true;
}

static bool sees_file(const struct page *p, size_t unit, const char *criterion)
{
	size_t node = page_node_of(p, criterion);

	return p->me.all || p->me.unit[unit] ||
	       (node != INDEX_NONE && page_sees_item(p, unit, node));
}

static bool get(struct page *p, struct err *e)
{
	size_t unit = page_unit_of(p, p->rq->param[1]);
	const char *number = p->rq->param[2], *criterion = NULL;
	struct evidence_file f;
	struct self_head h;

	if (unit == INDEX_NONE || !page_sees_unit(p, unit))
		return page_missing(p);
	if (!store_self_head(p->db, p->head.id, p->rq->param[1], p->a, &h, e) ||
	    !criterion_of(p, &h, number, &criterion, e))
		return false;
	if (!criterion || !sees_file(p, unit, criterion))
		return page_missing(p);
	if (!store_evidence_get(p->db, p->head.id, h.unit, number, NULL, p->a,
				&f, e))
		return false;
	return web_give_file(p->rq, p->rp, f.name, f.type, f.bytes, f.n, e);
}

enum http_done page_evidence_get(struct http_request *rq, struct http_reply *rp,
				 void *app)
{
	return page_run(rq, rp, app, get);
}

/* ---- taking away ------------------------------------------------------------
 */

static bool take_away(struct page *p, struct err *e)
{
	size_t unit = page_unit_of(p, p->rq->param[1]);
	const char *number = p->rq->param[2], *criterion = NULL;
	struct self_head h;
	struct err why = { 0 };

	if (unit == INDEX_NONE || !p->me.unit[unit])
		return page_refuse(p);
	if (!store_self_head(p->db, p->head.id, p->rq->param[1], p->a, &h, e) ||
	    !criterion_of(p, &h, number, &criterion, e))
		return false;
	if (!criterion)
		return page_missing(p);
	if (store_evidence_remove(p->db, p->head.id, h.unit, number,
				  p->id->person.login, &why))
		return page_go(p, place_of(p, unit, criterion), "file-removed");
	if (page_is_refusal(&why))
		return refused(p, &why, place_of(p, unit, criterion));
	*e = why;
	return false;
}

enum http_done page_evidence_remove(struct http_request *rq,
				    struct http_reply *rp, void *app)
{
	return page_run_form(rq, rp, app, take_away);
}
