/* OData 4.0 over the frozen answers of a wave, for Excel and Power BI: a row
 * per rating, as `phieu export` gives it.
 *
 * The service's own database role reads no answer.  A feed opens a connection
 * of the analysis role for the length of one page, few at a time, and only
 * where the setting data-feed allows it; every page stands in the log. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/dataset_export.h"
#include "phieu/json.h"
#include "phieu/odata.h"
#include "web_impl.h"

enum {
	FEED_ROWS = 2000,  /* of a page, and those of the last window besides */
	FEED_WINDOW = 500, /* respondents read at a time */
	FEED_SMALL = 50,   /* for a client who wants small pages */
	FEEDS_MAX = 2,
	OPTIONS_MAX = 24
};

#define LINE_BYTES ((size_t)1 << 20)

struct feed {
	struct http_request *rq;
	struct http_reply *rp;
	char root[160]; /* path of the service, with its slash */
	struct wave_source source;
	struct dataset_job job;
	bool has_job;
	const struct odata_filter *filter;
	struct odata_order *order; /* NULL: as they come */
	struct buf line;
	bool has_token;
	bool *select;
	size_t top, skip, seen, given, count;
	size_t page; /* rows wanted at least */
	int32_t after;
	bool has_top, wants_count;
};

static bool refuse(struct feed *f, int status, const char *code, const char *en,
		   const char *vi)
{
	f->rp->body.len = 0;
	http_error(f->rq, f->rp, status, code, en, vi);
	return false;
}

static void odata_reply(struct http_reply *rp)
{
	rp->content_type = "application/json; odata.metadata=minimal; "
			   "charset=utf-8";
	http_set_header(rp, "OData-Version", "4.0");
}

/* ---- what is asked ------------------------------------------------------- */

static bool whole(const char *s, size_t *out)
{
	if (!*s || strlen(s) > 9 || strspn(s, "0123456789") != strlen(s))
		return false;
	*out = strtoul(s, NULL, 10);
	return true;
}

static bool read_filter(struct feed *f, const char *s)
{
	struct err e = { 0 };
	bool unknown;

	f->filter =
		odata_filter_read(f->job.set, s, f->rq->arena, &unknown, &e);
	return f->filter ||
	       refuse(f, unknown ? 501 : 400, "bad-filter", e.msg, e.msg);
}

static bool read_select(struct feed *f, const char *s)
{
	struct err e = { 0 };

	return odata_select(f->job.set, s, f->select, &e) ||
	       refuse(f, 400, "bad-select", e.msg, e.msg);
}

static bool bad_value(struct feed *f)
{
	return refuse(f, 400, "bad-query", "a query option has no such value",
		      "Tham số truy vấn không đúng");
}

static bool read_top(struct feed *f, const char *s)
{
	f->has_top = whole(s, &f->top);
	return f->has_top || bad_value(f);
}

static bool read_skip(struct feed *f, const char *s)
{
	return whole(s, &f->skip) || bad_value(f);
}

static bool read_count(struct feed *f, const char *s)
{
	f->wants_count = strcmp(s, "true") == 0;
	return f->wants_count || strcmp(s, "false") == 0 || bad_value(f);
}

static bool read_token(struct feed *f, const char *s)
{
	size_t token;

	if (!whole(s, &token) || token > INT32_MAX)
		return bad_value(f);
	f->after = (int32_t)token;
	f->has_token = true;
	return true;
}

static bool not_here(struct feed *f)
{
	return refuse(f, 501, "not-implemented",
		      "this query option is not supported",
		      "Chưa hỗ trợ tham số truy vấn này");
}

static bool read_format(struct feed *f, const char *s)
{
	return strncmp(s, "json", 4) == 0 || not_here(f);
}

static bool read_order(struct feed *f, const char *s)
{
	struct err e = { 0 };

	odata_order_clear(f->order);
	f->order = odata_order_read(f->job.set, s, f->job.arena, &e);
	if (!f->order)
		return refuse(f, 400, "bad-orderby", e.msg, e.msg);
	if (odata_order_is_plain(f->order))
		f->order = NULL;
	return true;
}

static bool read_option(struct feed *f, const struct http_pair *o)
{
	static const struct {
		const char *name;
		bool (*read)(struct feed *f, const char *s);
	} known[] = { { "$filter", read_filter }, { "$select", read_select },
		      { "$top", read_top },	  { "$skip", read_skip },
		      { "$count", read_count },	  { "$skiptoken", read_token },
		      { "$format", read_format }, { "$orderby", read_order } };

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcmp(known[i].name, o->name) == 0)
			return known[i].read(f, o->value);
	/* a custom option is not ours to judge */
	return o->name[0] != '$' || not_here(f);
}

static bool read_options(struct feed *f)
{
	struct http_pair o[OPTIONS_MAX];
	const char *q = f->rq->query;
	size_t n = 0;

	f->select = arena_array(f->rq->arena, f->job.set->n + 1, sizeof(bool));
	if (!f->select)
		return refuse(f, 503, "busy", "out of memory", "Hết bộ nhớ");
	for (size_t i = 0; i <= f->job.set->n; i++)
		f->select[i] = true;
	if (q &&
	    !http_parse_query(f->rq->arena, q, strlen(q), o, OPTIONS_MAX, &n))
		return refuse(f, 400, "bad-query", "the query cannot be read",
			      "Không đọc được tham số truy vấn");
	for (size_t i = 0; i < n; i++)
		if (!read_option(f, &o[i]))
			return false;
	return true;
}

/* An option as it came, still encoded, for the link to the next page. */
static void keep_option(const struct feed *f, const char *name, struct buf *out)
{
	const char *q = f->rq->query;

	while (q && *q) {
		size_t n = strcspn(q, "&");
		size_t mark = strncmp(q, "$", 1) == 0	      ? 1
			      : strncasecmp(q, "%24", 3) == 0 ? 3
							      : 0;

		if (mark && strncmp(q + mark, name, strlen(name)) == 0 &&
		    q[mark + strlen(name)] == '=') {
			buf_adds(out, "&");
			buf_add(out, q, n);
		}
		q += n + (q[n] == '&');
	}
}

/* ---- rows ---------------------------------------------------------------- */

static bool count_row(void *to, const struct dataset_cell *cells, struct err *e)
{
	struct feed *f = to;

	(void)e;
	if (!f->filter || odata_filter_takes(f->filter, cells))
		f->count++;
	return true;
}

static bool put_row(void *to, const struct dataset_cell *cells, struct err *e)
{
	struct feed *f = to;

	if (f->filter && !odata_filter_takes(f->filter, cells))
		return true;
	if (f->seen++ < f->skip || (f->has_top && f->given >= f->top))
		return true;
	if (f->given++ > 0)
		buf_adds(&f->rp->body, ",\n");
	odata_row(f->job.set, cells, f->select, &f->rp->body);
	return !f->rp->body.broken ||
	       err_set(e, ERR_NOMEM, "the page is too large");
}

/* "Prefer: odata.maxpagesize=100": ours may be a few rows more, for a page ends
 * with a respondent. */
static void read_preference(struct feed *f)
{
	static const char name[] = "odata.maxpagesize=";
	const char *p = http_header(f->rq, "Prefer");
	size_t n;

	f->page = FEED_ROWS;
	p = p ? strstr(p, name) : NULL;
	n = p ? strtoul(p + strlen(name), NULL, 10) : 0;
	if (n > 0 && n < FEED_ROWS)
		f->page = n;
}

static bool is_full(const struct feed *f)
{
	return f->given >= f->page || (f->has_top && f->given >= f->top);
}

static bool put_next(struct feed *f)
{
	/* a letter may come as three */
	struct buf link = BUF_INIT(6 * LIMIT_ODATA_FILTER + 4096);
	bool ok;
	struct jw w;

	buf_addf(&link, "%s%s?$skiptoken=%" PRId32, f->root, f->job.set->name,
		 f->after);
	keep_option(f, "filter", &link);
	keep_option(f, "select", &link);
	if (f->has_top)
		buf_addf(&link, "&$top=%zu", f->top - f->given);
	if (f->skip > f->seen)
		buf_addf(&link, "&$skip=%zu", f->skip - f->seen);
	buf_adds(&f->rp->body, ",\"@odata.nextLink\":");
	jw_init(&w, &f->rp->body);
	ok = buf_cstr(&link) != NULL;
	jw_text(&w, ok ? link.data : "");
	buf_free(&link);
	return ok;
}

/* ---- in another order ----------------------------------------------------
 * Two passes: the keys alone are sorted, the page's rows come in the second. */

static bool add_keys(void *to, const struct dataset_cell *cells, struct err *e)
{
	struct feed *f = to;

	return (f->filter && !odata_filter_takes(f->filter, cells)) ||
	       odata_order_add(f->order, cells, e);
}

static bool give_row(void *to, const struct dataset_cell *cells, struct err *e)
{
	struct feed *f = to;

	return (f->filter && !odata_filter_takes(f->filter, cells)) ||
	       odata_order_give(f->order, cells, f->select, &f->line, e);
}

/* Its next page begins after so many rows: the answers are frozen. */
static bool put_next_ordered(struct feed *f)
{
	struct buf link = BUF_INIT(6 * LIMIT_ODATA_FILTER + 4096);
	bool ok;
	struct jw w;

	buf_addf(&link, "%s%s?$skip=%zu", f->root, f->job.set->name,
		 f->skip + f->given);
	keep_option(f, "filter", &link);
	keep_option(f, "select", &link);
	keep_option(f, "orderby", &link);
	if (f->has_top)
		buf_addf(&link, "&$top=%zu", f->top - f->given);
	buf_adds(&f->rp->body, ",\"@odata.nextLink\":");
	jw_init(&w, &f->rp->body);
	ok = buf_cstr(&link) != NULL;
	jw_text(&w, ok ? link.data : "");
	buf_free(&link);
	return ok;
}

static bool put_ordered(struct feed *f, struct err *e)
{
	struct buf *b = &f->rp->body;
	size_t most = f->has_top && f->top < f->page ? f->top : f->page;

	if (f->has_token)
		return bad_value(f) || e->kind == ERR_NONE;
	if (!dataset_job_rows(&f->job, add_keys, f, e) ||
	    !odata_order_cut(f->order, f->skip, most, &f->given, e) ||
	    !dataset_job_rows(&f->job, give_row, f, e)) {
		if (e->kind != ERR_CONFLICT)
			return false;
		(void)refuse(f, 400, "too-many-to-sort", e->msg, e->msg);
		*e = (struct err){ .kind = ERR_NONE };
		return true;
	}
	buf_addf(b, "{\"@odata.context\":\"%s$metadata#%s\",", f->root,
		 f->job.set->name);
	if (f->wants_count)
		buf_addf(b, "\"@odata.count\":%zu,",
			 odata_order_rows(f->order));
	buf_adds(b, "\"value\":[");
	odata_order_put(f->order, b);
	buf_adds(b, "]");
	if (f->skip + f->given < odata_order_rows(f->order) &&
	    !(f->has_top && f->given >= f->top) && !put_next_ordered(f))
		return err_set(e, ERR_NOMEM, "the page is too large");
	buf_adds(b, "}\n");
	return !b->broken || err_set(e, ERR_NOMEM, "the page is too large");
}

static bool put_page(struct feed *f, struct err *e)
{
	struct buf *b = &f->rp->body;
	bool more = true;

	read_preference(f);
	if (f->order)
		return put_ordered(f, e);

	if (f->wants_count && f->filter) {
		if (!dataset_job_rows(&f->job, count_row, f, e))
			return false;
	} else {
		f->count = f->job.head.rows;
	}
	buf_addf(b, "{\"@odata.context\":\"%s$metadata#%s\",", f->root,
		 f->job.set->name);
	if (f->wants_count)
		buf_addf(b, "\"@odata.count\":%zu,", f->count);
	buf_adds(b, "\"value\":[");
	while (more && !is_full(f))
		if (!dataset_job_window(&f->job, &f->after,
					f->page < FEED_WINDOW ? FEED_SMALL
							      : FEED_WINDOW,
					put_row, f, &more, e))
			return false;
	buf_adds(b, "]");
	if (more && !(f->has_top && f->given >= f->top) && !put_next(f))
		return err_set(e, ERR_NOMEM, "the page is too large");
	buf_adds(b, "}\n");
	return !b->broken || err_set(e, ERR_NOMEM, "the page is too large");
}

/* ---- sets ---------------------------------------------------------------- */

static const char *who(const struct http_request *rq)
{
	const struct identity *id = rq->identity;

	return id->is_person ? id->person.login
			     : arena_printf(rq->arena, "key:%s", id->key.name);
}

/* The form whose data set is called so; NONE. */
static size_t form_of(const struct plan *p, const char *name, struct err *e)
{
	for (size_t i = 0; i < p->n_forms; i++) {
		struct dataset *d = dataset_new(p, i, e);
		bool same = d && strcmp(d->name, name) == 0;

		dataset_free(d);
		if (same || !d)
			return same ? i : NONE;
	}
	return NONE;
}

static bool give_set(struct feed *f, struct err *e)
{
	const char *name = f->rq->param[1];
	const char *asked = http_query(f->rq, "$filter");
	size_t form = form_of(f->source.wave[0]->plan, name, e);
	const char *by = who(f->rq);

	if (form == NONE) {
		if (e->kind == ERR_NONE)
			web_not_found(f->rq, f->rp);
		return e->kind == ERR_NONE;
	}
	if (!by)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (!dataset_log(&f->source, form, "odata", by, asked ? asked : "", e))
		return false;
	f->has_job = true;
	if (!dataset_job_begin(&f->source, form, &f->job, e))
		return false;
	odata_reply(f->rp);
	return read_options(f) ? put_page(f, e) : true;
}

static bool give_all(struct feed *f, struct err *e)
{
	const struct plan *p = f->source.wave[0]->plan;
	bool metadata = f->rq->param[1] != NULL, ok = true;
	const struct dataset **sets =
		arena_array(f->rq->arena, p->n_forms + 1, sizeof *sets);
	size_t n = 0;

	for (; sets && ok && n < p->n_forms; n++) {
		sets[n] = dataset_new(p, n, e);
		ok = sets[n] != NULL;
	}
	if (!sets)
		return err_set(e, ERR_NOMEM, "out of memory");
	odata_reply(f->rp);
	if (ok && metadata) {
		odata_metadata(sets, n, &f->rp->body);
		f->rp->content_type = "application/xml; charset=utf-8";
	} else if (ok) {
		odata_service(sets, n, f->root, &f->rp->body);
	}
	for (size_t i = 0; i < n; i++)
		dataset_free((struct dataset *)sets[i]);
	return ok;
}

/* ---- the route ----------------------------------------------------------- */

static bool is_version_4(const struct http_request *rq)
{
	const char *most = http_header(rq, "OData-MaxVersion");

	return !most || strtod(most, NULL) >= 4;
}

static bool feed(struct db *db, struct http_request *rq, struct http_reply *rp,
		 const struct wave_head *v, struct err *e)
{
	struct web *w = rq->user;
	struct feed f = { .rq = rq, .rp = rp, .line = BUF_INIT(LINE_BYTES) };
	bool ok;

	(void)db;
	(void)snprintf(f.root, sizeof f.root, "/v1/waves/%s/odata/", v->code);
	*e = (struct err){ .kind = ERR_NONE };
	ok = wave_source_open(w->conf, v->code, NULL, &f.source, e);
	if (ok)
		ok = rq->param[1] && strcmp(rq->param[1], "$metadata") != 0
			     ? give_set(&f, e)
			     : give_all(&f, e);
	odata_order_clear(f.order);
	buf_free(&f.line);
	if (f.has_job)
		dataset_job_end(&f.job);
	wave_source_close(&f.source);
	return ok;
}

enum http_done web_odata(struct http_request *rq, struct http_reply *rp,
			 void *app)
{
	struct web *w = app;
	enum http_done done = HTTP_REPLIED;

	if (!conf_bool(w->conf, "data-feed")) {
		http_error(rq, rp, 404, "feed-off",
			   "the data feed is off (setting data-feed)",
			   "Chưa bật nguồn số liệu (cấu hình data-feed)");
		return HTTP_REPLIED;
	}
	if (!is_version_4(rq)) {
		http_error(rq, rp, 404, "odata-version", "OData 4.0 only",
			   "Chỉ hỗ trợ OData 4.0");
		return HTTP_REPLIED;
	}
	if (atomic_fetch_add(&w->feeds, 1) >= FEEDS_MAX) {
		http_set_header(rp, "Retry-After", "2");
		http_error(rq, rp, 429, "busy",
			   "other data feeds are being read; try again soon",
			   "Đang có người lấy số liệu; hãy thử lại sau");
	} else {
		rq->user = w;
		done = web_run_wave(rq, rp, app, feed);
	}
	atomic_fetch_sub(&w->feeds, 1);
	return done;
}
