/* GET /v1/templates/{form}.xlsx: a workbook to fill in, made in a process of
 * its own because it takes longer than others should wait. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/form_template.h"
#include "phieu/log.h"
#include "service_impl.h"

struct template_run {
	struct child_run child; /* first: the loop knows it by this */
	struct http_request *rq;
	struct wave_ref *wave;
	struct template_options options;
	size_t form;
};

static bool make(int fd, void *ctx)
{
	const struct template_run *r = ctx;
	struct err e = { 0 };
	char path[40];

	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return form_template_write(r->wave->wave->plan, r->form, &r->options,
				   path, &e);
}

static void made(struct service *s, struct child_run *c)
{
	struct template_run *r = (struct template_run *)(void *)c;
	struct http_request *rq = r->rq;
	struct http_reply *rp = http_reply_of(rq);
	const struct form *f = &r->wave->wave->plan->forms[r->form];
	const char *name =
		arena_printf(rq->arena, "attachment; filename=\"%s.xlsx\"",
			     f->code);
	size_t n;
	char *file = child_take(s, c, &n);

	if (file) {
		buf_add(&rp->body, file, n);
		rp->content_type = "application/vnd.openxmlformats-"
				   "officedocument.spreadsheetml.sheet";
		http_set_header(rp, "Content-Disposition",
				name ? name : "attachment");
	} else {
		http_error(rq, rp, 500, "internal",
			   "internal error, see the log under this id",
			   "Lỗi bên trong máy chủ");
	}
	free(file);
	s->imports--;
	wave_ref_drop(r->wave);
	http_finish(rq);
}

static bool form_of(struct http_request *rq, const struct plan *p, size_t *form)
{
	*form = NONE;
	for (size_t i = 0; i < p->n_forms; i++)
		if (strcmp(p->forms[i].code, rq->param[0]) == 0)
			*form = i; /* the latest version */
	return *form != NONE;
}

static bool sheets_of(struct http_request *rq, size_t *out)
{
	const char *s = http_query(rq, "sheets");
	size_t n = 0;

	*out = 0;
	if (!s)
		return true;
	for (; *s >= '0' && *s <= '9' && n <= TEMPLATE_SHEETS_MAX; s++)
		n = n * 10 + (size_t)(*s - '0');
	*out = n;
	return *s == '\0' && n > 0 && n <= TEMPLATE_SHEETS_MAX;
}

static bool prepare(struct http_request *rq, struct http_reply *rp,
		    struct template_run *r)
{
	if (!form_of(rq, r->wave->wave->plan, &r->form)) {
		http_error(rq, rp, 404, "not-found",
			   "the plan has no such form",
			   "Kế hoạch không có mẫu phiếu này");
		return false;
	}
	if (!sheets_of(rq, &r->options.sheets)) {
		http_error(rq, rp, 400, "bad-sheets", "sheets is 1 to 5000",
			   "Số phiếu từ 1 đến 5000");
		return false;
	}
	return true;
}

enum http_done service_template(struct http_request *rq, struct http_reply *rp,
				void *app)
{
	const struct agent_scope *key = rq->identity;
	struct template_run *r = arena_alloc(rq->arena, sizeof *r);
	struct service *s = app;
	struct err e = { 0 };

	if (r && s->imports < CHILDREN)
		r->wave = service_wave(s, key->wave_code, &e);
	if (!r || !r->wave) {
		reply_down(rq, rp);
		return HTTP_REPLIED;
	}
	r->rq = rq;
	r->child = (struct child_run){
		.pid = -1, .pidfd = -1, .out = -1, .done = made
	};
	if (!prepare(rq, rp, r)) {
		wave_ref_drop(r->wave);
		return HTTP_REPLIED;
	}
	if (!child_start(s, &r->child, true, make, r, &e)) {
		log_err(LOG_ERROR, rq->id, "template", &e);
		wave_ref_drop(r->wave);
		reply_down(rq, rp);
		return HTTP_REPLIED;
	}
	s->imports++;
	return HTTP_LATER;
}
