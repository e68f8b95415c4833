/* Hand-over records of the sheet ledger, to be printed and signed. */
#include "phieu/ledger.h"
#include "web_impl.h"

static bool paper(struct db *db, struct http_request *rq, struct http_reply *rp,
		  const struct wave_head *v, struct err *e)
{
	const struct desk_list *l = desk_list_find(&desk_ledger, "paper");
	const char *values[DESK_PARAMS_MAX] = { rq->param[1] };
	struct ledger_paper_head head = {
		.wave = v, .superior = "", .body = "", .place = ""
	};
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
	ok = ledger_paper(r, &head, rq->arena, &d, e) &&
	     paper_html(&d, &rp->body, e);
	if (ok) {
		rp->content_type = "text/html; charset=utf-8";
		http_set_header(rp, "Content-Security-Policy",
				"default-src 'none'; style-src "
				"'unsafe-inline'; base-uri 'none'; "
				"frame-ancestors 'none'");
	}
	res_free(r);
	return ok;
}

enum http_done web_ledger_paper(struct http_request *rq, struct http_reply *rp,
				void *app)
{
	return web_run_wave(rq, rp, app, paper);
}
