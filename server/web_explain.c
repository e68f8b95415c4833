/* Why a number is what it is, for programs: of a round's result and of a
 * wave's release.  Published values for everybody who reads results, drafts
 * for those who make them; who decided is told to those who may see it. */
#include <string.h>

#include "acts_parts.h"
#include "phieu/json.h"
#include "phieu/round_explain.h"
#include "phieu/round_may.h"
#include "web_impl.h"
#include "web_round.h"

#define TEXT_BYTES ((size_t)64 << 20)
#define DRAFTS                                                 \
	(ROLE_BIT(ROLE_ANALYST) | ROLE_BIT(ROLE_SECRETARIAT) | \
	 ROLE_BIT(ROLE_COUNCIL))

/* A number of at most nine digits. */
static bool is_number(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return n > 0 && n < 10 && s[n] == '\0';
}

/* One of these roles, in this wave; of a key web_sees_wave asks the wave alone.
 */
static bool has(const struct identity *id, unsigned roles, int32_t wave)
{
	return (id->roles & roles) && web_sees_wave(id, roles, wave);
}

/* The unit's own people, and those who follow every unit. */
static bool sees_decisions(const struct identity *id, int32_t wave,
			   const char *unit)
{
	const struct round_ask ask = round_ask_door(DOOR_SELF);
	struct round_asker who = { .is_person = id->is_person, .wave = wave };

	if (!id->is_person)
		return has(id, READERS, wave);
	who.grants = id->person.grants;
	who.n = id->person.n_grants;
	return round_may(&who, &ask, unit, NULL).why == ROUND_MAY;
}

/* His office, of who appraises; NULL: none, or several. */
static bool find_office(struct db *db, struct http_request *rq,
			struct http_reply *rp, const char **office,
			struct err *e)
{
	const struct round_ask ask = { ROLE_BIT(ROLE_APPRAISER), ACT_OWN_OFFICE,
				       false };
	struct web_room m = { .db = db, .rq = rq, .rp = rp };
	bool found;

	m.id = rq->identity;
	*office = NULL;
	if (!web_room_open(&m, rq->param[0], &found, e))
		return false;
	if (found)
		*office = round_may(&m.who, &ask, NULL, NULL).office;
	return true;
}

static bool explain(struct db *db, struct http_request *rq,
		    struct http_reply *rp, const struct round_head *h,
		    int32_t wave, struct err *e)
{
	const struct identity *id = rq->identity;
	const char *unit = rq->param[2], *criterion = rq->param[3];
	struct explained_result x;
	struct round_explain q = { .head = h, .result = &x, .unit = unit };
	bool found = false, ok;

	if (is_number(rq->param[1]) &&
	    !store_explained_result(db, h->id, rq->param[1], rq->arena, &x,
				    &found, e))
		return false;
	if (!found || (x.release == 0 && !has(id, DRAFTS, wave))) {
		web_not_found(rq, rp);
		return true;
	}
	q.criterion = strcmp(criterion, "total") == 0 ? NULL : criterion;
	q.all = q.decisions = sees_decisions(id, wave, unit);
	if (!q.all && id->is_person) {
		if (!find_office(db, rq, rp, &q.office, e))
			return false;
		q.decisions = q.office != NULL;
	}
	if (!web_round_guarded(db, id, wave, h->id, &q.guarded, e))
		return false;
	if (h->trial)
		http_set_header(rp, "X-Phieu-Trial", "mau-thu");
	http_set_header(rp, "Cache-Control", "private, no-cache");
	ok = round_explain(db, &q, rq->arena, &rp->body, e);
	if (!ok && e->kind == ERR_INPUT) {
		rp->body.len = 0;
		*e = (struct err){ 0 };
		web_not_found(rq, rp);
		return true;
	}
	return ok;
}

static bool of_round(struct db *db, struct http_request *rq,
		     struct http_reply *rp, struct web *w, struct err *e)
{
	struct round_head *h;
	int32_t wave;

	(void)w;
	if (!web_published_round(db, rq, rp, &h, &wave, e))
		return false;
	return !h || explain(db, rq, rp, h, wave, e);
}

enum http_done web_round_explain(struct http_request *rq, struct http_reply *rp,
				 void *app)
{
	return web_run(rq, rp, app, of_round);
}

/* ---- a wave ----------------------------------------------------------------
 */

bool web_explanation(struct db *db, struct http_request *rq,
		     struct http_reply *rp, const struct wave_head *v,
		     struct explanation *x, bool *found, struct err *e)
{
	if (!store_explanation_get(db, v->code, NULL, rq->param[1],
				   rq->param[2], rq->arena, x, found, e))
		return false;
	*found = *found && x->content;
	if (!*found)
		web_not_found(rq, rp);
	return true;
}

static bool of_wave(struct db *db, struct http_request *rq,
		    struct http_reply *rp, const struct wave_head *v,
		    struct err *e)
{
	struct explanation x;
	bool found;
	struct jw j;

	if (!web_explanation(db, rq, rp, v, &x, &found, e))
		return false;
	if (!found)
		return true;
	if (v->trial)
		http_set_header(rp, "X-Phieu-Trial", "mau-thu");
	if (v->simulated)
		http_set_header(rp, "X-Phieu-Simulated", "mo-phong");
	http_set_header(rp, "Cache-Control", "private, no-cache");
	jw_init(&j, &rp->body);
	jw_object(&j);
	jw_kv(&j, "wave", v->code);
	jw_ki(&j, "release", x.release);
	jw_ki(&j, "freeze", x.freeze);
	jw_kv(&j, "snapshot_sha256", x.sha256);
	jw_key(&j, "explanation");
	jw_raw(&j, x.content);
	jw_object_end(&j);
	return true;
}

enum http_done web_wave_explain(struct http_request *rq, struct http_reply *rp,
				void *app)
{
	return web_run_wave(rq, rp, app, of_wave);
}
