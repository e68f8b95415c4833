/* Respondents' answers: the page, what a letter opens, putting a sealed
 * ballot, the list of receipts.
 *
 * Nothing here is logged, counted or measured by request: who answers and
 * when is nobody's to know.  A token comes in a body, never in a path, and
 * an answer only as a sealed box that no one here can open. */
#include <string.h>

#include "phieu/ballot.h"
#include "phieu/base64.h"
#include "phieu/json.h"
#include "service_impl.h"

static const struct json_limits ask_limits = { 2, 8, LIMIT_BALLOT_BYTES,
					       LIMIT_BALLOT_BYTES };

static enum http_done wrong(struct http_request *rq, struct http_reply *rp,
			    const char *words, const char *vi)
{
	http_error(rq, rp, 400, "malformed", words, vi);
	return HTTP_REPLIED;
}

/* Not request-failed: its id and moment would be a line in the log. */
static enum http_done away(struct http_request *rq, struct http_reply *rp)
{
	reply_down(rq, rp);
	return HTTP_REPLIED;
}

static enum http_done unknown(struct http_request *rq, struct http_reply *rp)
{
	http_error(rq, rp, 404, "no-letter",
		   "no letter has this code, or its answers are mixed already",
		   "Không có thư nào mang mã này, hoặc hòm phiếu đã kết thúc");
	return HTTP_REPLIED;
}

/* Letters and digits of base32 alone, as typed: case, spaces and hyphens do
 * not matter.  False: too long for a token. */
static bool token_read(const char *s, char out[BALLOT_TOKEN_MAX])
{
	size_t n = 0;

	for (; *s; s++) {
		char c = *s;

		if (c == ' ' || c == '-')
			continue;
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (n + 1 == BALLOT_TOKEN_MAX ||
		    !((c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7')))
			return false;
		out[n++] = c;
	}
	out[n] = '\0';
	return n + 1 == BALLOT_TOKEN_MAX;
}

static cJSON *asked(const struct http_request *rq, char token[BALLOT_TOKEN_MAX])
{
	struct err e = { 0 };
	cJSON *o = json_parse(rq->body, rq->body_n, &ask_limits, &e);
	const char *s = json_get_text(o, "token");

	if (o && (!s || !token_read(s, token)))
		token[0] = '\0';
	return o;
}

static void write_form(struct service *s, const struct ballot_form *f,
		       struct http_request *rq, struct http_reply *rp)
{
	struct err e = { 0 };
	struct wave_ref *w = service_wave(s, f->wave, &e);
	struct jw j;

	if (!w) {
		(void)away(rq, rp);
		return;
	}
	jw_init(&j, &rp->body);
	jw_object(&j);
	jw_kv(&j, "wave", f->wave);
	jw_kv(&j, "group", f->group);
	jw_kv(&j, "home", f->home);
	jw_kv(&j, "home_name", f->home_name);
	jw_kv(&j, "state", f->state);
	jw_kb(&j, "used", f->used);
	jw_kv(&j, "key", f->public_key);
	jw_kv(&j, "fingerprint", f->fingerprint);
	jw_kv(&j, "holder", f->holder);
	jw_ki(&j, "size", f->size);
	if (strcmp(f->state, "open") == 0 && !f->used) {
		jw_key(&j, "plan");
		jw_raw(&j, w->wave->plan->text);
	}
	jw_object_end(&j);
	wave_ref_drop(w);
}

enum http_done service_ballot_form(struct http_request *rq,
				   struct http_reply *rp, void *app)
{
	struct service *s = app;
	char token[BALLOT_TOKEN_MAX] = "";
	struct ballot_form f;
	struct err e = { 0 };
	cJSON *o = asked(rq, token);

	cJSON_Delete(o);
	if (!o)
		return wrong(rq, rp, "send {\"token\":…} as JSON",
			     "Nội dung gửi lên không đúng dạng");
	if (!token[0])
		return unknown(rq, rp);
	if (!s->look || !store_ballot_form(s->look, token, rq->arena, &f, &e))
		return away(rq, rp);
	if (!f.wave[0])
		return unknown(rq, rp);
	write_form(s, &f, rq, rp);
	return HTTP_REPLIED;
}

/* What is told of what became of a ballot. */
static const struct {
	const char *said;
	int status;
	const char *code, *words, *vi;
} ends[] = {
	{ "used", 409, "used", "this letter was answered already",
	  "Thư này đã được dùng để trả lời; mỗi thư trả lời một lần" },
	{ "early", 409, "early", "answering has not begun yet",
	  "Chưa đến ngày trả lời" },
	{ "closed", 410, "closed", "answering is over", "Đã hết hạn trả lời" },
	{ "size", 422, "wrong-size", "a ballot of another size",
	  "Phiếu niêm phong sai kích cỡ; hãy mở lại trang từ thư" },
};

static enum http_done tell(struct http_request *rq, struct http_reply *rp,
			   const char *said, const char *receipt)
{
	bool again = strcmp(said, "again") == 0;

	if (again || strcmp(said, "stored") == 0) {
		rp->status = again ? 200 : 201;
		buf_addf(&rp->body, "{\"receipt\":\"%s\"}\n", receipt);
		return HTTP_REPLIED;
	}
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		if (strcmp(ends[i].said, said) == 0) {
			http_error(rq, rp, ends[i].status, ends[i].code,
				   ends[i].words, ends[i].vi);
			return HTTP_REPLIED;
		}
	return unknown(rq, rp);
}

enum http_done service_ballot_put(struct http_request *rq,
				  struct http_reply *rp, void *app)
{
	struct service *s = app;
	struct buf sealed = BUF_INIT(LIMIT_BALLOT_BYTES);
	char token[BALLOT_TOKEN_MAX] = "", said[12] = "", receipt[65] = "";
	cJSON *o = asked(rq, token);
	const char *text = json_get_text(o, "sealed");
	bool ok = text && base64_parse(&sealed, text, strlen(text));
	struct err e = { 0 };

	cJSON_Delete(o);
	if (!ok) {
		buf_free(&sealed);
		return wrong(rq, rp,
			     "send {\"token\":…,\"sealed\":base64} as JSON",
			     "Nội dung gửi lên không đúng dạng");
	}
	ok = !token[0] ||
	     (s->look &&
	      store_ballot_put(s->look, token, (const uint8_t *)sealed.data,
			       sealed.len, said, receipt, &e));
	buf_free(&sealed);
	return ok ? tell(rq, rp, said, receipt) : away(rq, rp);
}

/* Public, and whole: who looks for a receipt does not say which. */
enum http_done service_ballot_receipts(struct http_request *rq,
				       struct http_reply *rp, void *app)
{
	struct service *s = app;
	struct ballot_about about;
	struct err e = { 0 };
	struct res *r = NULL;
	bool ok = s->look &&
		  store_ballot_about(s->look, rq->param[0], rq->param[1],
				     rq->arena, &about, &e);

	if (ok && !about.root[0]) {
		http_error(rq, rp, 404, "no-list",
			   "there is no list before answering is over",
			   "Chưa có danh sách: chỉ công bố sau khi đóng hòm "
			   "phiếu");
		return HTTP_REPLIED;
	}
	if (ok)
		r = store_ballot_receipts(s->look, rq->param[0], rq->param[1],
					  &e);
	if (!r)
		return away(rq, rp);
	rp->content_type = "text/plain; charset=utf-8";
	buf_addf(&rp->body, "root %s\n", about.root);
	for (size_t i = 0; i < res_rows(r); i++)
		buf_addf(&rp->body, "%s\n", res_text(r, i, 0));
	res_free(r);
	return HTTP_REPLIED;
}
