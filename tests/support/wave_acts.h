/* wave_acts.h - what is done to the wave of wave_world.h: by the program's own
 * acts, and by hand in the record. */
#ifndef TESTS_WAVE_ACTS_H
#define TESTS_WAVE_ACTS_H

#include "support/sheets.h"
#include "support/wave_world.h"

/* ---- the world ------------------------------------------------------------
 */

static struct db *wave_connect(const char *role)
{
	char address[512];
	struct err e = { 0 };
	struct db *db;

	pg_conninfo(address, sizeof address, role, NULL);
	db = db_open(address, "t",
		     strcmp(role, "owner") == 0 ? DB_ANY_ROLE : DB_SERVICE_ROLE,
		     0, &e);
	if (!db)
		fail_msg("%s: %s", role, e.msg);
	return db;
}

static unsigned wave_roll(unsigned n)
{
	w.dice = w.dice * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (unsigned)((w.dice >> 33) % n);
}

/* Reads one sheet that is written as `json`, on the arena. */
static struct submission *written(const char *json, struct faults *f)
{
	struct submission *s = arena_alloc(w.arena, sizeof *s);
	struct err e = { 0 };

	faults_init(f, w.arena);
	if (!submission_read(json, strlen(json), w.wave->plan, w.arena, s, f,
			     &e))
		fail_msg("%s: %s", json, e.msg);
	return s;
}

/* Whose sheets those of a home are. */
static int agent_of(size_t home)
{
	const struct plan *p = w.wave->plan;

	if (home == NONE)
		return 0;
	if (strcmp(p->kinds[p->units[home].kind].code, "so") == 0)
		return home % 2 ? 0 : 1;
	return home % 2 ? 2 : 3;
}

static int new_slip(const char *no, const char *json, size_t group, size_t home)
{
	struct slip *p = &w.slip[w.n_slips];

	assert_true(w.n_slips < SLIPS);
	*p = (struct slip){ .json = strdup(json),
			    .group = group,
			    .home = home,
			    .status = "planned",
			    .agent = -1,
			    .replaced_by = -1 };
	(void)snprintf(p->no, sizeof p->no, "%s", no);
	return w.n_slips++;
}

static bool keep_slip(const char *json, size_t n, void *ctx, struct err *e)
{
	char *line = strndup(json, n);
	struct faults f;
	const struct submission *s = written(line, &f);

	(void)ctx;
	(void)e;
	(void)new_slip(s->sheet, line, s->group, s->home);
	w.quota[s->group][home_at(s->home)]++;
	free(line);
	return true;
}

static void wave_load(const struct plan *p, const char *reason)
{
	struct err e = { 0 };
	int32_t version;
	bool changed;

	if (!store_plan_load(w.owner, p, reason, "me", &version, &changed, &e))
		fail_msg("%s", e.msg);
	wave_free(w.wave);
	w.wave = store_wave_get(w.owner, p->wave, &e);
	assert_non_null(w.wave);
	assert_true(p->n_units <= UNITS && p->n_groups <= 16);
}

/* As they are handed out: within a cell the lowest first. */
static int by_number(const void *a, const void *b)
{
	return strcmp(((const struct slip *)a)->no,
		      ((const struct slip *)b)->no);
}

/* Chapters follow one another. */
MAYBE static void chapter(unsigned n)
{
	if (w.chapter != n)
		fail_msg("the chapter before it failed");
}

MAYBE static void ends(void)
{
	record_sync();
	balance_is_right("the chapter", AT_ALL);
	nothing_was_rewritten("the chapter");
	/* as the database does by itself, in its time */
	pg_do(w.raw, "ANALYZE field.sheet, field.response, field.sheet_move, "
		     "field.rating");
	w.chapter++;
}

MAYBE static int wave_up(void **state)
{
	struct simulate how = { .seed = "một đợt" };
	struct simulate_count count;
	struct err e = { 0 };
	struct plan *p;

	(void)state;
	assert_true(hash_start(&e));
	w.dice = 1193;
	w.arena = arena_new((size_t)512 << 20);
	w.owner = wave_connect("owner");
	w.field = wave_connect("collector");
	w.server = wave_connect("server");
	w.roster = wave_connect("roster");
	w.raw = pg_as("owner", NULL);
	w.work = intake_work_new(&e);
	p = plan_file_read(PLAN, &e);
	assert_non_null(p);
	wave_load(p, "kế hoạch");
	plan_free(p);
	for (size_t i = 0; i < AGENTS; i++) {
		char token[TOKEN_TEXT_MAX];

		assert_true(store_agent_add(w.owner, agents[i][0], agents[i][0],
					    agents[i][1], "me", &e));
		assert_true(store_agent_key_add(w.owner, agents[i][0], w.wave,
						NULL, 0, NULL, 0, 30, "me",
						token, &w.key[i], &e));
	}
	assert_true(simulate(w.wave->plan, &how, keep_slip, NULL, &count, &e));
	qsort(w.slip, (size_t)w.n_slips, sizeof w.slip[0], by_number);
	return 0;
}

MAYBE static int wave_down(void **state)
{
	(void)state;
	for (int i = 0; i < w.n_slips; i++)
		free(w.slip[i].json);
	wave_free(w.wave);
	db_close(w.owner);
	db_close(w.field);
	db_close(w.server);
	db_close(w.roster);
	PQfinish(w.raw);
	intake_work_free(w.work);
	arena_free(w.arena);
	return 0;
}

/* ---- acts -----------------------------------------------------------------
 */

/* By pairs of name and value, NULL-ended. */
static bool tried(const struct desk *d, const struct desk_who *who,
		  const char *name, const char *const *pairs,
		  struct desk_done *done, struct err *e)
{
	const struct desk_act *a = desk_act_find(d, name);
	const char *values[DESK_PARAMS_MAX] = { NULL };

	assert_non_null(a);
	for (size_t i = 0; pairs[i]; i += 2) {
		int at = desk_param_at(a->params, pairs[i]);

		if (at < 0)
			fail_msg("%s %s has no %s", d->name, name, pairs[i]);
		values[at] = pairs[i + 1];
	}
	*e = (struct err){ 0 };
	return store_desk_act(a->persons ? w.roster : w.server, a, w.wave->id,
			      who, values, done, e);
}

static struct desk_done did(const struct desk *d, const struct desk_who *who,
			    const char *name, const char *const *pairs)
{
	struct desk_done done = { 0 };
	struct err e;

	if (!tried(d, who, name, pairs, &done, &e))
		fail_msg("%s %s: %s", d->name, name, e.msg);
	return done;
}
#define PAIRS(...)		  ((const char *const[]){ __VA_ARGS__, NULL })
#define DID(desk, who, name, ...) did(&desk, &who, name, PAIRS(__VA_ARGS__))

static void refused(const struct desk *d, const struct desk_who *who,
		    const char *name, const char *words,
		    const char *const *pairs)
{
	struct desk_done done;
	struct err e;

	if (tried(d, who, name, pairs, &done, &e))
		fail_msg("%s %s was not refused: %s", d->name, name, words);
	if (!strstr(e.msg, words))
		fail_msg("%s %s: %s, no \"%s\"", d->name, name, e.msg, words);
}
#define REFUSED(desk, who, name, words, ...) \
	refused(&desk, &who, name, words, PAIRS(__VA_ARGS__))

/* ---- some sheets ----------------------------------------------------------
 */

struct some {
	int at[PLANNED], n;
};

/* n slips (fewer when there are no more) in one of these statuses, by chance;
 * `fit` NULL: any of them. */
static struct some some_slips(int n, const char *statuses, bool (*fit)(int))
{
	struct some s = { .n = 0 };
	int from = (int)wave_roll((unsigned)w.n_slips), step = 7;

	while (w.n_slips % step == 0)
		step += 2;
	for (int i = 0; i < w.n_slips && s.n < n; i++) {
		int at = (from + i * step) % w.n_slips;

		if (is_one_of(w.slip[at].status, statuses) && (!fit || fit(at)))
			s.at[s.n++] = at;
	}
	return s;
}

static char *numbers_of(const struct some *s)
{
	struct buf b = BUF_INIT(1 << 20);

	for (int i = 0; i < s->n; i++)
		buf_addf(&b, "%s%s", i ? "," : "", w.slip[s->at[i]].no);
	return buf_take(&b);
}

/* An act on sheets and what the rules say comes of it; reason NULL: none,
 * agent -1: nobody's, -2: as before. */
static void mark_all(const char *act, const struct some *s, const char *status,
		     int agent, const char *reason)
{
	const char *pairs[7] = { "sheets", NULL };
	char *list = numbers_of(s);
	size_t n = 2;

	assert_true(s->n > 0);
	pairs[1] = list;
	if (agent >= 0) {
		pairs[n++] = "agent";
		pairs[n++] = agents[agent][0];
	}
	if (reason) {
		pairs[n++] = "reason";
		pairs[n++] = reason;
	}
	pairs[n] = NULL;
	record_sync();
	assert_int_equal(did(&desk_ledger, &post, act, pairs).moved, s->n);
	free(list);
	for (int i = 0; i < s->n; i++) {
		struct slip *p = &w.slip[s->at[i]];

		if (status)
			p->status = status;
		if (agent >= -1)
			p->agent = agent;
		p->went = strcmp(p->status, "planned") == 0  ? false
			  : strcmp(p->status, "issued") == 0 ? true
							     : p->went;
	}
	all_is_right(act);
}

/* ---- what comes in --------------------------------------------------------
 */

enum { BATCH = 64 };
struct queued {
	struct intake_item it; /* the first: items lead back here */
	int slip, agent, keying, replaces;
	enum intake_outcome outcome; /* that it should have */
	int state;
};
static struct queued queue[BATCH];
static size_t n_queued;

static void a_sub_came(const struct queued *q, const struct intake_answer *a)
{
	const struct submission *s = q->it.s;
	struct sub *b = &w.sub[w.n_subs++];

	assert_true(w.n_subs < SUBS);
	*b = (struct sub){ .slip = q->slip,
			   .group = s->group,
			   .home = s->home,
			   .agent = q->agent,
			   .keying = q->keying,
			   .flagged = q->state == STATE_QUERIED,
			   .counts = q->state != STATE_INVALID,
			   .status = q->state == STATE_INVALID	 ? "invalid"
				     : q->state == STATE_QUERIED ? "flagged"
								 : "received" };
	(void)snprintf(b->instance, sizeof b->instance, "%s", s->instance);
	assert_int_equal(a->state, q->state);
	if (q->replaces < 0)
		return;
	assert_true(a->replaced);
	if (is_one_of(w.sub[q->replaces].status, "queried answered"))
		b->status = "corrected";
	w.sub[q->replaces].status = "replaced";
	w.sub[q->replaces].counts = false;
}

/* Sends what is queued. */
static void comes_in(void)
{
	const struct intake_item *items[BATCH];
	struct intake_answer out[BATCH];
	struct err e = { 0 };
	struct res *keep;

	if (n_queued == 0)
		return;
	for (size_t i = 0; i < n_queued; i++)
		items[i] = &queue[i].it;
	store_intake_order(items, n_queued);
	if (!store_intake_add(w.field, w.work, 1, 1, REUSED, items, n_queued,
			      out, &keep, &e))
		fail_msg("%s", e.msg);
	for (size_t i = 0; i < n_queued; i++) {
		const struct queued *q = (const struct queued *)items[i];

		if (out[i].outcome != q->outcome ||
		    (q->outcome == INTAKE_STORED && out[i].state != q->state))
			fail_msg("outcome %d state %d, should be %d %d: %s %s",
				 out[i].outcome, out[i].state, q->outcome,
				 q->state, out[i].faults ? out[i].faults : "",
				 q->it.bytes);
		if (q->outcome == INTAKE_STORED)
			a_sub_came(q, &out[i]);
	}
	res_free(keep);
	n_queued = 0;
}

static struct queued *to_send(const char *json, int slip, int agent)
{
	struct queued *q = &queue[n_queued++];
	struct faults f;
	unsigned flags = 0;

	assert_true(n_queued <= BATCH);
	*q = (struct queued){ .slip = slip,
			      .agent = agent,
			      .keying = 1,
			      .replaces = -1,
			      .outcome = INTAKE_STORED };
	q->it = (struct intake_item){ .wave = w.wave,
				      .key = w.key[agent],
				      .way = WAY_NDJSON };
	q->it.s = written(json, &f);
	submission_check(w.wave->plan, q->it.s, (struct date){ .days = 18800 },
			 &f, &flags);
	if (f.n > 0)
		fail_msg("%s: %s", f.list[0].message, json);
	q->keying = q->it.s->keying;
	q->state = flags & FLAG_STRAIGHT ? STATE_QUERIED : STATE_VALID;
	q->it.state = (enum intake_state)q->state;
	q->it.flags = flags;
	q->it.bytes = arena_strdup(w.arena, json);
	q->it.n_bytes = strlen(json);
	sha256(q->it.bytes, q->it.n_bytes, q->it.sha);
	return q;
}

/* The program found a fault, whatever it was. */
static void is_faulty(struct queued *q, const char *faults)
{
	q->it.state = STATE_INVALID;
	q->state = STATE_INVALID;
	q->it.faults = faults;
}

/* A copy of what is written, as another submission; the caller frees. */
static char *again(const char *json, const char *member, const char *value)
{
	char own[64], *first, *out, from[80];
	const char *at = strstr(json, "uuid:");

	(void)snprintf(from, sizeof from, "%.*s", (int)strcspn(at, "\""), at);
	(void)snprintf(own, sizeof own, "uuid:00000000-0000-4000-8000-%012u",
		       ++w.instances);
	first = sheets_edit(json, from, own);
	out = sheets_edit(first, member, value);
	free(first);
	return out;
}

/* A sheet of the same cell under another number. */
static int slip_like(int model, const char *no)
{
	const struct slip *m = &w.slip[model];
	char *json = again(m->json, m->no, no);
	int at = new_slip(no, json, m->group, m->home);

	free(json);
	return at;
}

/* ---- review ---------------------------------------------------------------
 */

/* One act on the submissions of these slips that count or are held. */
static int sub_held(int slip)
{
	int i = counting(slip);

	for (int k = w.n_subs - 1; i < 0 && k >= 0; k--)
		if (w.sub[k].slip == slip && w.sub[k].keying == 1 &&
		    strcmp(w.sub[k].status, "replaced") != 0)
			i = k;
	return i;
}

/* What a decision makes of the sheet, as docs/REVIEW.md says under "The
 * ledger". */
static void slip_follows(struct slip *p, const struct sub *s, const char *act,
			 const char *code)
{
	if (!is_one_of(p->status, "keyed second-keyed checked valid invalid"))
		return;
	if (strcmp(act, "accept") == 0) {
		p->status = "valid";
		p->code = NULL;
	} else if (is_one_of(act, "reject withdraw")) {
		p->status = "invalid";
		p->code = code ? code : "V13";
	} else if (is_one_of(p->status, "valid invalid") &&
		   strcmp(s->status, "accepted") != 0) {
		p->status = "keyed";
	}
}

static void record_review(int slip, const char *act, const char *code)
{
	struct sub *s = &w.sub[sub_held(slip)];
	const char *was = s->status;

	if (strcmp(act, "undo") == 0)
		s->status = s->before[--s->depth];
	else if (strcmp(act, "answer") == 0)
		s->status = "answered";
	else
		s->status = strcmp(act, "query") == 0	 ? "queried"
			    : strcmp(act, "accept") == 0 ? "accepted"
			    : strcmp(act, "reject") == 0 ? "rejected"
							 : "withdrawn";
	if (!is_one_of(act, "undo answer"))
		s->before[s->depth++] = was;
	s->counts = is_one_of(s->status, "received flagged corrected accepted");
	slip_follows(&w.slip[slip], s, act, code);
}

static void review_all(const struct desk_who *who, const char *act,
		       const struct some *s, const char *code,
		       const char *reason)
{
	const char *pairs[7] = { "sheets", NULL };
	char *list = numbers_of(s);
	size_t n = 2;

	assert_true(s->n > 0);
	pairs[1] = list;
	if (code) {
		pairs[n++] = "code";
		pairs[n++] = code;
	}
	if (reason) {
		pairs[n++] = "reason";
		pairs[n++] = reason;
	}
	pairs[n] = NULL;
	record_sync();
	(void)did(&desk_review, who, act, pairs);
	free(list);
	for (int i = 0; i < s->n; i++)
		record_review(s->at[i], act, code);
	all_is_right(act);
}

/* ---- closing --------------------------------------------------------------
 */

static void record_close(void)
{
	record_sync();
	for (int i = 0; i < w.n_slips; i++) {
		struct slip *p = &w.slip[i];
		int s = counting(i);

		if (!is_one_of(p->status,
			       "keyed second-keyed checked valid invalid"))
			continue;
		if (s >= 0) {
			p->code = NULL;
		} else if (strcmp(p->status, "invalid") != 0) {
			s = sub_held(i);
			p->code = s < 0 ? "V00"
				  : strcmp(w.sub[s].status, "invalid") == 0
					  ? "V05"
					  : "V00";
		}
		p->status = "locked";
	}
	w.closed = true;
}

#endif
