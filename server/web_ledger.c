/* What of the sheet ledger is printed: hand-over records to be signed, cards
 * with numbers to be put on sheets, lists. */
#include <string.h>

#include "phieu/ledger.h"
#include "web_impl.h"

/* A page with its own style and nothing from anywhere. */
static void dress(struct http_reply *rp)
{
	rp->content_type = "text/html; charset=utf-8";
	http_set_header(rp, "Content-Security-Policy",
			"default-src 'none'; style-src 'unsafe-inline'; "
			"base-uri 'none'; frame-ancestors 'none'");
}

static const struct ledger_paper_head *head_of(const struct wave_head *v,
					       struct ledger_paper_head *h)
{
	*h = (struct ledger_paper_head){
		.wave = v, .superior = "", .body = "", .place = ""
	};
	return h;
}

static bool paper(struct db *db, struct http_request *rq, struct http_reply *rp,
		  const struct wave_head *v, struct err *e)
{
	const struct desk_list *l = desk_list_find(&desk_ledger, "paper");
	const char *values[DESK_PARAMS_MAX] = { rq->param[1] };
	struct ledger_paper_head h;
	struct paper d;
	struct res *r;
	bool ok;

	r = l ? web_desk_list(db, rq, v, &desk_ledger, l, values, e) : NULL;
	if (!r)
		return false;
	if (res_rows(r) == 0) {
		res_free(r);
		web_not_found(rq, rp);
		return true;
	}
	ok = ledger_paper(r, head_of(v, &h), rq->arena, &d, e) &&
	     paper_html(&d, &rp->body, e);
	dress(rp);
	res_free(r);
	return ok;
}

enum http_done web_ledger_paper(struct http_request *rq, struct http_reply *rp,
				void *app)
{
	return web_run_wave(rq, rp, app, paper);
}

/* Cards or a list of the sheets that the query's filters leave. */
static bool print(struct db *db, struct http_request *rq, struct http_reply *rp,
		  const struct wave_head *v, struct err *e)
{
	const struct desk_list *l = desk_list_find(&desk_ledger, "sheets");
	bool cards = strcmp(rq->param[1], "cards") == 0;
	struct ledger_paper_head h;
	struct paper d;
	struct res *r;
	bool ok;

	if (!cards && strcmp(rq->param[1], "list") != 0) {
		web_not_found(rq, rp);
		return true;
	}
	r = l ? web_desk_list(db, rq, v, &desk_ledger, l, NULL, e) : NULL;
	if (!r)
		return false;
	ok = cards ? ledger_cards(r, v, &rp->body, e)
		   : ledger_sheet_list(r, head_of(v, &h), rq->arena, &d, e) &&
			     paper_html(&d, &rp->body, e);
	dress(rp);
	res_free(r);
	return ok;
}

enum http_done web_ledger_print(struct http_request *rq, struct http_reply *rp,
				void *app)
{
	return web_run_wave(rq, rp, app, print);
}
