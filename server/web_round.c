/* Rounds of assessment, their documents and calendars. */
#include "web_round.h"

#include <string.h>

#include "phieu/calendar.h"
#include "phieu/json.h"

enum { REMIND_DAYS = 3 };

/* ---- GET /v1/rounds ------------------------------------------------------ */

static void put_head(struct jw *j, const struct round_head *h)
{
	jw_kv(j, "round", h->code);
	jw_kv(j, "name", h->name);
	jw_ki(j, "year", h->year);
	jw_kv(j, "wave", *h->wave ? h->wave : NULL);
	jw_ki(j, "version", h->version);
	jw_kb(j, "trial", h->trial);
	jw_kb(j, "published", h->published);
}

static bool rounds(struct db *db, struct http_request *rq,
		   struct http_reply *rp, struct web *w, struct err *e)
{
	const struct identity *id = rq->identity;
	size_t offset = 0, limit = 100, n, seen = 0;
	struct round_head *list;
	struct jw j;

	(void)w;
	if (!web_page(rq, rp, &offset, &limit))
		return true;
	if (!store_round_list(db, NULL, rq->arena, &list, &n, e))
		return false;
	jw_init(&j, &rp->body);
	jw_object(&j);
	jw_key(&j, "rounds");
	jw_array(&j);
	for (size_t i = 0; i < n; i++) {
		if (!web_sees_wave(id, id->roles, list[i].wave_id))
			continue;
		if (seen >= offset && (limit == 0 || seen < offset + limit)) {
			jw_object(&j);
			put_head(&j, &list[i]);
			jw_object_end(&j);
		}
		seen++;
	}
	jw_array_end(&j);
	jw_ki(&j, "offset", (int64_t)offset);
	jw_ki(&j, "total", (int64_t)seen);
	jw_object_end(&j);
	return true;
}

enum http_done web_rounds(struct http_request *rq, struct http_reply *rp,
			  void *app)
{
	return web_run(rq, rp, app, rounds);
}

/* ---- GET /v1/rounds/{round} -----------------------------------------------
 */

static void put_params(struct jw *j, const struct act_param *params)
{
	jw_key(j, "parameters");
	jw_array(j);
	for (size_t i = 0; i < ACT_PARAMS_MAX && params[i].name; i++) {
		jw_object(j);
		jw_kv(j, "name", params[i].name);
		jw_kb(j, "needed", params[i].need == ACT_REQUIRED);
		jw_kb(j, "flag", params[i].flag);
		jw_object_end(j);
	}
	jw_array_end(j);
}

static bool would(const struct web_room *m, struct round_ask ask)
{
	enum round_why why = round_may(&m->who, &ask, NULL, NULL).why;

	return why == ROUND_MAY || why == ROUND_WHICH;
}

static void put_row(struct jw *j, const char *name, const char *en,
		    const char *vi, const struct act_param *params)
{
	jw_object(j);
	jw_kv(j, "name", name);
	jw_kv(j, "summary", en);
	jw_kv(j, "summary_vi", vi);
	put_params(j, params);
	jw_object_end(j);
}

/* What he may do and see here. */
static void put_rights(struct jw *j, const struct web_room *m)
{
	const struct act_list *l;
	const struct act *a;

	jw_key(j, "acts");
	jw_array(j);
	for (size_t i = 0; (a = act_at(i)); i++)
		if (would(m, round_ask_act(a)))
			put_row(j, a->name, a->summary, a->summary_vi,
				a->params);
	jw_array_end(j);
	jw_key(j, "lists");
	jw_array(j);
	for (size_t i = 0; (l = act_list_at(i)); i++)
		if (would(m, round_ask_list(l)))
			put_row(j, l->name, l->summary, l->summary_vi,
				l->params);
	jw_array_end(j);
}

static void put_steps(struct jw *j, const struct step_row steps[4])
{
	jw_key(j, "steps");
	jw_array(j);
	for (size_t i = 0; i < 4; i++) {
		jw_object(j);
		jw_kv(j, "step", steps[i].step);
		jw_kv(j, "state", steps[i].state);
		jw_kv(j, "until", *steps[i].until ? steps[i].until : NULL);
		jw_object_end(j);
	}
	jw_array_end(j);
}

static bool round_get(struct web_room *m, struct err *e)
{
	struct step_row steps[4];
	const char *text;
	struct jw j;

	if (!web_room_door(m, DOOR_ROUND, NULL, NULL, e) ||
	    !store_round_text(m->db, m->head.id, m->rq->arena, &text, e) ||
	    !store_round_steps(m->db, m->head.id, m->rq->arena, steps, e))
		return false;
	jw_init(&j, &m->rp->body);
	jw_object(&j);
	put_head(&j, &m->head);
	put_steps(&j, steps);
	put_rights(&j, m);
	jw_key(&j, "document");
	jw_raw(&j, text);
	jw_object_end(&j);
	return true;
}

enum http_done web_round_get(struct http_request *rq, struct http_reply *rp,
			     void *app)
{
	return web_run_round(rq, rp, app, round_get);
}

/* ---- GET /v1/rounds/{round}/calendar --------------------------------------
 */

static size_t only_late(struct task_row *tasks, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (tasks[i].days_late > 0)
			tasks[kept++] = tasks[i];
	return kept;
}

/* As `format` says, else Accept; false: it says neither. */
static bool wants_ics(const struct http_request *rq, bool *ics)
{
	const char *format = http_query(rq, "format");
	const char *accept = http_header(rq, "Accept");

	*ics = format ? strcmp(format, "ics") == 0
		      : accept && strstr(accept, "text/calendar");
	return !format || *ics || strcmp(format, "json") == 0;
}

static bool calendar(struct web_room *m, struct err *e)
{
	const char *late = http_query(m->rq, "late");
	struct step_row steps[4];
	struct task_row *tasks;
	size_t n;
	bool ics;

	if (!web_room_door(m, DOOR_ROUND, NULL, NULL, e))
		return false;
	if (!wants_ics(m->rq, &ics) ||
	    (late && strcmp(late, "true") != 0 && strcmp(late, "false") != 0)) {
		m->no = (struct round_no){ .code = "bad-value",
					   .place = "?format,late" };
		return err_set(e, ERR_INPUT,
			       "format là json hoặc ics, late là true hoặc "
			       "false (format is json or ics, late is true or "
			       "false)");
	}
	if (!store_round_tasks(m->db, m->head.id, m->rq->arena, &tasks, &n,
			       e) ||
	    !store_round_steps(m->db, m->head.id, m->rq->arena, steps, e))
		return false;
	if (late && strcmp(late, "true") == 0)
		n = only_late(tasks, n);
	http_set_header(m->rp, "Vary", "Accept, Accept-Encoding");
	if (ics) {
		m->rp->content_type = "text/calendar; charset=utf-8";
		calendar_ics(m->head.code, m->head.name, tasks, n, REMIND_DAYS,
			     clock_now_us(), &m->rp->body);
	} else {
		calendar_json(&m->head, tasks, n, steps, &m->rp->body);
	}
	return true;
}

enum http_done web_round_calendar(struct http_request *rq,
				  struct http_reply *rp, void *app)
{
	return web_run_round(rq, rp, app, calendar);
}
