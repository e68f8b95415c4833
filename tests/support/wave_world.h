/* wave_world.h - a wave of 1,193 sheets that are followed twice: by the
 * program, and by a record kept here as somebody would on paper.
 *
 * Every act is done to both.  The record knows what the rules of docs/LEDGER.md
 * say in words and nothing of the database's tables; what it counts is what the
 * tests hold the program's balance, lists, progress and exports to. */
#ifndef TESTS_WAVE_WORLD_H
#define TESTS_WAVE_WORLD_H

#include "support/test.h"

#include <libpq-fe.h>

#include "phieu/file.h"
#include "phieu/hash.h"
#include "phieu/ledger.h"
#include "phieu/limits.h"
#include "phieu/review.h"
#include "phieu/second.h"
#include "phieu/simulate.h"
#include "phieu/store_agent.h"
#include "phieu/store_freeze.h"
#include "phieu/store_intake.h"
#include "phieu/store_progress.h"
#include "support/pg.h"

#define PLAN   "collector/plans/lai-chau-2020.json"
#define REUSED "[{\"code\":\"V01\"}]"
enum { PLANNED = 1193, SLIPS = 1400, SUBS = 1600, AGENTS = 5, UNITS = 160 };

/* ---- the record ---------------------------------------------------------- */

struct slip { /* a numbered sheet */
	char no[24];
	char *json;	    /* what is written on it; as it is keyed */
	size_t group, home; /* in the plan; home NONE; where it is now */
	const char *status, *code;
	int agent;	 /* or -1 */
	bool went;	 /* out to an agent, whatever became of it */
	int replaced_by; /* a slip, or -1 */
	int drawn;	 /* for the second keying: 1 waits, 2 keyed */
};

struct sub { /* a submission */
	char instance[64];
	int slip; /* -1: of no number we have */
	size_t group, home;
	int agent, keying;
	bool counts, flagged;
	const char *status;    /* as of docs/REVIEW.md */
	const char *before[8]; /* what undoing gives, the last first */
	int depth;
};

static struct {
	struct arena *arena;
	struct db *owner, *field, *server, *roster;
	PGconn *raw;
	struct wave *wave;
	struct intake_work *work;
	int32_t key[AGENTS];
	struct slip slip[SLIPS];
	struct sub sub[SUBS];
	int n_slips, n_subs;
	int64_t quota[16][UNITS + 1]; /* group, home; the last: no home */
	unsigned instances, checks, chapter;
	bool closed;
	uint64_t dice;
} w;

static const char *const agents[AGENTS][2] = {
	{ "dtv-tinh", "Bưu điện tỉnh" }, { "dtv-so", "Bưu điện tỉnh" },
	{ "dtv-bac", "Bưu điện Bắc" },	 { "dtv-nam", "Bưu điện Nam" },
	{ "dtv-nhap", "Bưu điện Nam" },
};

MAYBE static const struct desk_who post = { .by = "sep",
					    .role = "post-supervisor",
					    .everywhere = true };
MAYBE static const struct desk_who office = { .by = "so",
					      .role = "analyst",
					      .everywhere = true };
MAYBE static const struct desk_who front = { .by = "mt",
					     .role = "supervisor",
					     .everywhere = true };

static bool is_one_of(const char *word, const char *list)
{
	size_t n = strlen(word);

	for (const char *s = list; (s = strstr(s, word)); s += n)
		if ((s == list || s[-1] == ' ') && (s[n] == ' ' || !s[n]))
			return true;
	return false;
}

#define KEYED "keyed second-keyed checked valid invalid locked"

static size_t home_at(size_t home)
{
	return home == NONE ? UNITS : home;
}

static const char *unit_code(size_t home)
{
	return home == NONE ? "" : w.wave->plan->units[home].code;
}

/* The first keying of a slip that counts; -1. */
static int counting(int slip)
{
	for (int i = 0; i < w.n_subs; i++)
		if (w.sub[i].slip == slip && w.sub[i].counts &&
		    w.sub[i].keying == 1)
			return i;
	return -1;
}

/* What came in moves its slip, as docs/LEDGER.md says under "What comes in". */
static void record_sync(void)
{
	if (w.closed)
		return;
	for (int i = 0; i < w.n_subs; i++) {
		const struct sub *s = &w.sub[i];
		struct slip *p = s->slip < 0 ? NULL : &w.slip[s->slip];

		if (p && s->keying == 1 &&
		    is_one_of(p->status, "issued left collected") &&
		    !is_one_of(s->status, "replaced rejected withdrawn") &&
		    (s->counts || s->agent == p->agent))
			p->status = "keyed";
	}
	for (int i = 0; i < w.n_subs; i++) {
		const struct sub *s = &w.sub[i];

		if (s->slip >= 0 && s->keying == 2 && s->counts &&
		    strcmp(w.slip[s->slip].status, "keyed") == 0)
			w.slip[s->slip].status = "second-keyed";
	}
}

/* ---- what the balance should be ------------------------------------------ */

enum { COLUMNS = 16 };
static const char *const columns[COLUMNS] = {
	"planned",   "slots",	"void",	 "waiting", "issued",	 "collected",
	"refused",   "not_met", "moved", "lost",    "cancelled", "replaced",
	"still_out", "keyed",	"valid", "invalid"
};

static void slip_adds(int at, int64_t n[COLUMNS])
{
	const struct slip *p = &w.slip[at];
	const char *s = p->status;
	bool keyed = is_one_of(s, KEYED), counts = counting(at) >= 0;
	bool is[COLUMNS] = {
		false,
		strcmp(s, "void") != 0 && p->replaced_by < 0,
		strcmp(s, "void") == 0,
		strcmp(s, "planned") == 0,
		p->went,
		keyed || strcmp(s, "collected") == 0,
		strcmp(s, "refused") == 0,
		is_one_of(s, "not-met moved"),
		strcmp(s, "moved") == 0,
		strcmp(s, "lost") == 0,
		p->went && is_one_of(s, "cancelled replaced"),
		p->replaced_by >= 0,
		is_one_of(s, "issued left"),
		keyed,
		keyed && counts,
		keyed && !counts,
	};

	for (size_t i = 0; i < COLUMNS; i++)
		n[i] += is[i];
}

static const char *const levels[] = { "total", "form",	 "group", "unit",
				      "area",  "office", "agent", "cell" };
enum { LEVELS = sizeof levels / sizeof levels[0] };
enum { AT_TOTAL = 1, AT_AGENT = 1 << 6, AT_CELL = 1 << 7, AT_ALL = 255 };

/* A department lies in the province, a district in itself. */
static const char *area_code(size_t home)
{
	const struct plan *p = w.wave->plan;

	if (home == NONE)
		return "";
	return strcmp(p->kinds[p->units[home].kind].code, "so") == 0
		       ? p->units[p->units[home].parent].code
		       : p->units[home].code;
}

static const char *level_key(size_t level, size_t group, size_t home, int agent,
			     char room[200])
{
	const struct plan *p = w.wave->plan;

	switch (level) {
	case 0: return "";
	case 1: return p->forms[p->groups[group].form].code;
	case 2: return p->groups[group].code;
	case 3: return unit_code(home);
	case 4: return area_code(home);
	case 5: return agent < 0 ? "" : agents[agent][1];
	case 6: return agent < 0 ? "" : agents[agent][0];
	default:
		(void)snprintf(room, 200, "%s/%s", p->groups[group].code,
			       unit_code(home));
		return room;
	}
}

static void should_be(size_t level, const char *code, int64_t n[COLUMNS])
{
	const struct plan *p = w.wave->plan;
	char room[200];

	memset(n, 0, COLUMNS * sizeof *n);
	for (int i = 0; i < w.n_slips; i++)
		if (strcmp(level_key(level, w.slip[i].group, w.slip[i].home,
				     w.slip[i].agent, room),
			   code) == 0)
			slip_adds(i, n);
	for (size_t g = 0; g < p->n_groups; g++)
		for (size_t u = 0; u <= UNITS; u++)
			if (w.quota[g][u] > 0 &&
			    strcmp(level_key(level, g, u == UNITS ? NONE : u,
					     -1, room),
				   code) == 0)
				n[0] += w.quota[g][u];
}

/* ---- what the program says ------------------------------------------------
 */

static struct res *list_of(const struct desk *d, const char *name,
			   const struct desk_who *who, const char *first)
{
	const char *values[DESK_PARAMS_MAX] = { first };
	const struct desk_list *l = desk_list_find(d, name);
	struct err e = { 0 };
	struct res *r;

	assert_non_null(l);
	r = store_desk_list(l->persons ? w.roster : w.server, d, l, w.wave->id,
			    who, values, &e);
	if (!r)
		fail_msg("%s %s: %s", d->name, name, e.msg);
	return r;
}

static int64_t number(const struct res *r, size_t row, const char *name)
{
	int c = res_column(r, name);
	int64_t v = 0;
	struct err e;

	if (c < 0)
		fail_msg("no column %s", name);
	if (!res_null(r, row, c))
		assert_true(res_i64(r, row, c, &v, &e));
	return v;
}

static void same_number(const char *step, const char *what, const char *which,
			int64_t is, int64_t should)
{
	if (is != should)
		fail_msg("after \"%s\": %s of %s is %lld, should be %lld", step,
			 what, which, (long long)is, (long long)should);
}

/* Every row of these levels, and that no slip is in none of them. */
static void balance_is_right(const char *step, unsigned which)
{
	for (size_t l = 0; l < LEVELS; l++) {
		struct res *r;
		int64_t slips = 0;

		if (!(which >> l & 1))
			continue;
		r = list_of(&desk_ledger, "balance", &post, levels[l]);
		for (size_t i = 0; i < res_rows(r); i++) {
			const char *code = res_word(r, i, "code");
			int64_t n[COLUMNS];

			should_be(l, code, n);
			for (size_t c = l == 5 || l == 6; c < COLUMNS; c++)
				same_number(step, columns[c], code,
					    number(r, i, columns[c]), n[c]);
			same_number(step, "issued, re-added", code, n[4],
				    n[5] + n[6] + n[7] + n[9] + n[10] + n[12]);
			slips += n[3] + n[4] + n[2] + n[11];
		}
		res_free(r);
		if (l == 0)
			continue;
		/* each slip stands in a row: rows re-add to the whole */
		int64_t all[COLUMNS];
		should_be(0, "", all);
		same_number(step, levels[l], "all rows", slips,
			    all[3] + all[4] + all[2] + all[11]);
	}
}

/* The ledger's export, slip by slip. */
static void sheets_are_right(const char *step)
{
	struct res *r = list_of(&desk_ledger, "sheets", &post, NULL);
	int at = 0;

	same_number(step, "sheets", "the export", (int64_t)res_rows(r),
		    w.n_slips);
	for (size_t i = 0; i < res_rows(r); i++, at++) {
		const char *no = res_word(r, i, "sheet");
		const struct slip *p;
		int tried = 0;

		for (; tried < w.n_slips; tried++, at++) {
			at %= w.n_slips;
			if (strcmp(w.slip[at].no, no) == 0)
				break;
		}
		if (tried == w.n_slips)
			fail_msg("after \"%s\": %s is not ours", step, no);
		p = &w.slip[at];
		if (strcmp(res_word(r, i, "status"), p->status) != 0 ||
		    strcmp(res_word(r, i, "agent"),
			   p->agent < 0 ? "" : agents[p->agent][0]) != 0 ||
		    strcmp(res_word(r, i, "unit_now"), unit_code(p->home)) !=
			    0 ||
		    strcmp(res_word(r, i, "code"), p->code ? p->code : "") !=
			    0 ||
		    strcmp(res_word(r, i, "replaced_by"),
			   p->replaced_by < 0 ? ""
					      : w.slip[p->replaced_by].no) != 0)
			fail_msg("after \"%s\": %s is %s %s, should be %s %s",
				 step, no, res_word(r, i, "status"),
				 res_word(r, i, "code"), p->status,
				 p->code ? p->code : "");
	}
	res_free(r);
}

/* ---- R6: one truth --------------------------------------------------------
 */

/* received, valid, queried, invalid, set aside: as progress counts. */
enum { CAME = 5 };
static void sub_adds(const struct sub *s, int64_t n[CAME])
{
	n[0]++;
	n[1] += is_one_of(s->status, "received accepted") ||
		(strcmp(s->status, "corrected") == 0 && !s->flagged);
	n[2] += is_one_of(s->status, "flagged queried answered") ||
		(strcmp(s->status, "corrected") == 0 && s->flagged);
	n[3] += strcmp(s->status, "invalid") == 0;
	n[4] += is_one_of(s->status, "replaced rejected withdrawn");
}

/* Where a submission is counted: where its sheet is now. */
static size_t place_of(const struct sub *s)
{
	return s->slip < 0 ? s->home : w.slip[s->slip].home;
}

static void came_to(size_t group, size_t home, bool any_group, bool any_home,
		    int64_t n[CAME])
{
	memset(n, 0, CAME * sizeof *n);
	for (int i = 0; i < w.n_subs; i++)
		if (w.sub[i].keying == 1 &&
		    (any_group || w.sub[i].group == group) &&
		    (any_home || place_of(&w.sub[i]) == home))
			sub_adds(&w.sub[i], n);
}

static void progress_is_right(const char *step)
{
	static const char *const of[CAME] = { "received", "valid", "queried",
					      "invalid", "set aside" };
	struct progress_row *rows;
	struct err e = { 0 };
	struct arena *a = arena_new((size_t)16 << 20);
	size_t n;

	if (!store_progress(w.server, w.wave->id, a, &rows, &n, &e))
		fail_msg("%s", e.msg);
	for (size_t i = 0; i < n; i++) {
		const struct progress_row *r = &rows[i];
		const int64_t said[CAME] = { r->n.received, r->n.valid,
					     r->n.queried, r->n.invalid,
					     r->n.set_aside };
		bool cell = r->level == PROGRESS_CELL;
		int64_t should[CAME];
		size_t g = r->group ? plan_group(w.wave->plan, r->group) : NONE;
		size_t u = r->home ? plan_unit(w.wave->plan, r->home) : NONE;

		if (r->level == PROGRESS_FORM ||
		    (r->level == PROGRESS_HOME && !r->home))
			continue;
		came_to(g, u, !r->group, !r->home && !cell, should);
		for (size_t k = 0; k < CAME; k++)
			same_number(step, of[k], r->home ? r->home : "progress",
				    said[k], should[k]);
		if (cell) {
			int64_t missing =
				w.quota[g][home_at(u)] - said[1] - said[2];

			same_number(step, "missing", r->group, r->n.missing,
				    missing > 0 ? missing : 0);
		}
	}
	arena_free(a);
}

static void outcomes_are_right(const char *step)
{
	static const char *const of[CAME] = { "received", "valid", "queried",
					      "invalid", "set_aside" };
	struct res *r = list_of(&desk_quality, "outcomes", &office, NULL);
	int64_t received = 0, subs = 0;

	for (size_t i = 0; i < res_rows(r); i++) {
		size_t g = plan_group(w.wave->plan, res_word(r, i, "group"));
		const char *code = res_word(r, i, "unit");
		size_t u = *code ? plan_unit(w.wave->plan, code) : NONE;
		int64_t should[CAME], n[COLUMNS] = { 0 };

		came_to(g, u, false, false, should);
		for (size_t k = 0; k < CAME; k++)
			same_number(step, of[k], code, number(r, i, of[k]),
				    should[k]);
		received += should[0];
		for (int k = 0; k < w.n_slips; k++)
			if (w.slip[k].group == g && w.slip[k].home == u)
				slip_adds(k, n);
		same_number(step, "planned", code, number(r, i, "planned"),
			    w.quota[g][home_at(u)]);
		same_number(step, "issued", code, number(r, i, "issued"), n[4]);
		same_number(step, "refused", code, number(r, i, "refused"),
			    n[6]);
		same_number(step, "not met or moved", code,
			    number(r, i, "not_met") + number(r, i, "moved"),
			    n[7]);
		same_number(step, "lost", code, number(r, i, "lost"), n[9]);
		same_number(step, "cancelled", code, number(r, i, "cancelled"),
			    n[10]);
	}
	for (int i = 0; i < w.n_subs; i++)
		subs += w.sub[i].keying == 1;
	same_number(step, "received", "outcomes, re-added", received, subs);
	res_free(r);
}

static void statuses_are_right(const char *step)
{
	struct res *r = list_of(&desk_review, "counts", &office, NULL);
	int64_t all = 0, first = 0;

	for (int k = 0; k < w.n_subs; k++)
		first += w.sub[k].keying == 1;
	for (size_t i = 0; i < res_rows(r); i++) {
		int64_t should = 0;

		for (int k = 0; k < w.n_subs; k++)
			should += w.sub[k].keying == 1 &&
				  strcmp(w.sub[k].status,
					 res_word(r, i, "status")) == 0;
		same_number(step, "submissions", res_word(r, i, "status"),
			    number(r, i, "n"), should);
		all += should;
	}
	same_number(step, "submissions", "review", all, first);
	res_free(r);
}

struct counted_sum {
	const char *step;
	int64_t n;
};

/* The collector counts by what is printed, as the plan's cells are. */
static void counted_cell(int32_t group, int32_t home, int64_t n, void *arg)
{
	struct counted_sum *c = arg;
	size_t g = wave_group(w.wave, group);
	size_t u = home == 0 ? NONE : wave_unit(w.wave, home);
	int64_t should = 0;

	for (int i = 0; i < w.n_subs; i++)
		should += w.sub[i].keying == 1 && w.sub[i].counts &&
			  w.sub[i].group == g && w.sub[i].home == u;
	same_number(c->step, "counted", unit_code(u), n, should);
	c->n += n;
}

/* Rows of the table itself, a submission a line. */
static void rows_are_right(const char *step)
{
	static const char *const of[] = { "received flagged queried answered",
					  "invalid",
					  "replaced",
					  "accepted",
					  "rejected",
					  "withdrawn" };
	char *s = pg_text(w.raw, "SELECT state || ' ' || counted FROM "
				 "field.response ORDER BY response");
	const char *line = s;

	for (int i = 0; i < w.n_subs; i++) {
		const struct sub *b = &w.sub[i];
		char want[16];
		int state = 0;

		for (size_t k = 0; k < 6; k++)
			if (is_one_of(b->status, of[k]))
				state = k == 0 ? 1 : (int)k + 2;
		if (is_one_of(b->status, "flagged queried answered") ||
		    (strcmp(b->status, "corrected") == 0 && b->flagged))
			state = 2;
		else if (strcmp(b->status, "corrected") == 0)
			state = 1;
		(void)snprintf(want, sizeof want, "%d %s\n", state,
			       b->counts ? "true" : "false");
		if (strncmp(line, want, strlen(want)) != 0)
			fail_msg("after \"%s\": %s (%s) is %.10s, should be %s",
				 step, b->instance, b->status, line, want);
		line += strlen(want);
	}
	assert_int_equal(*line, '\0');
	free(s);
}

/* Nothing that history or log bear out otherwise. */
static void nothing_was_rewritten(const char *step)
{
	struct res *r = list_of(&desk_ledger, "verify", &post, NULL);

	if (res_rows(r) > 0)
		fail_msg("after \"%s\": event %s: %s", step, res_text(r, 0, 0),
			 res_text(r, 0, 1));
	res_free(r);
	r = list_of(&desk_review, "verify", &office, NULL);
	if (res_rows(r) > 0)
		fail_msg("after \"%s\": review event %s: %s", step,
			 res_text(r, 0, 0), res_text(r, 0, 1));
	res_free(r);
}

/* count(dashboard) = count(SQL) = count(export) = count on paper. */
static void one_truth(const char *step)
{
	struct counted_sum c = { .step = step };
	struct err e = { 0 };
	int64_t counts = 0;

	for (int i = 0; i < w.n_subs; i++)
		counts += w.sub[i].keying == 1 && w.sub[i].counts;
	if (!store_counted(w.field, w.wave->id, counted_cell, &c, &e))
		fail_msg("%s", e.msg);
	same_number(step, "counted", "all cells", c.n, counts);
	same_number(step, "counted", "SQL",
		    pg_long(w.raw, "SELECT count(*) FROM field.response WHERE "
				   "counted AND keying = 1"),
		    counts);
	rows_are_right(step);
	progress_is_right(step);
	statuses_are_right(step);
	outcomes_are_right(step);
}

/* After every step: by cell and agent, which all other levels re-add; the
 * export sheet by sheet; what counts. */
static void all_is_right(const char *step)
{
	record_sync();
	balance_is_right(step, AT_TOTAL | AT_AGENT | AT_CELL);
	sheets_are_right(step);
	one_truth(step);
	w.checks++;
}

/* After every one of many alike. */
static void cells_are_right(const char *step)
{
	record_sync();
	balance_is_right(step, AT_CELL);
	rows_are_right(step);
	w.checks++;
}

#endif
