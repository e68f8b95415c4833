/* A wave of 1,193 sheets from plan to freeze: handed out, lost, refused, keyed,
 * queried, corrected, rejected, keyed twice, quotas amended, a unit merged,
 * closed, reopened for late ones, re-surveyed, decided and undone.  After every
 * step the program's balance at every level, its export, its progress and
 * outcomes, its review and the rows themselves are what the record kept in this
 * test (support/wave_world.h) says: R6, one truth. */
#include "support/wave_acts.h"

#include "phieu/store_recheck.h"

static const char *const lost_ones = "lũ cuốn, mẫu thử";

/* ---- planning, handing out ------------------------------------------------
 */

static void the_plan_becomes_1193_numbered_sheets(void **state)
{
	(void)state;
	chapter(0);
	assert_int_equal(w.n_slips, PLANNED);
	assert_int_equal(DID(desk_ledger, office, "plan", "reason", "KH").moved,
			 PLANNED);
	all_is_right("plan");
	ends();
}

static bool of_nobody(int at)
{
	return w.slip[at].agent < 0;
}

/* Cell by cell; three councillors' sheets and one department's stay behind. */
static void sheets_are_handed_out(void **state)
{
	const struct plan *p = w.wave->plan;
	size_t never = plan_unit(p, "so-y-te");
	struct some s;

	(void)state;
	chapter(1);
	for (size_t g = 0; g < p->n_groups; g++)
		for (size_t c = 0; c < p->groups[g].n_cells; c++) {
			const struct quota_cell *q = &p->groups[g].cells[c];
			int64_t n = q->home == NONE ? q->n - 3 : q->n;
			int agent = agent_of(q->home);
			char count[24];

			if (q->home == never &&
			    g == plan_group(p, "lanh-dao-so"))
				continue;
			(void)snprintf(count, sizeof count, "%lld",
				       (long long)n);
			assert_int_equal(
				did(&desk_ledger, &post, "issue",
				    PAIRS("agent", agents[agent][0], "group",
					  p->groups[g].code, "count", count,
					  q->home == NONE ? NULL : "unit",
					  unit_code(q->home)))
					.moved,
				n);
			for (int i = 0; i < w.n_slips && n > 0; i++)
				if (w.slip[i].group == g &&
				    w.slip[i].home == q->home) {
					w.slip[i].status = "issued";
					w.slip[i].went = true;
					w.slip[i].agent = agent;
					n--;
				}
		}
	all_is_right("issue");
	s = some_slips(5, "planned", of_nobody);
	assert_int_equal(s.n, 5);
	s = some_slips(6, "issued", NULL);
	mark_all("return", &s, "planned", -1, NULL);
	mark_all("issue", &s, "issued", 2, NULL);
	s = some_slips(8, "issued", NULL);
	mark_all("transfer", &s, "issued", 4, "ốm");
	ends();
}

/* ---- what the field says --------------------------------------------------
 */

/* A new number in the place of an old one, handed to whom had that. */
static int replaced(int old, const char *reason)
{
	struct slip *p = &w.slip[old];
	struct desk_done d = DID(desk_ledger, post, "replace", "sheet", p->no,
				 "reason", reason);
	int made = slip_like(old, d.made);
	struct some s = { .at = { made }, .n = 1 };

	p->replaced_by = made;
	if (is_one_of(p->status, "planned issued left collected"))
		p->status = "replaced";
	cells_are_right("replace");
	mark_all("issue", &s, "issued", p->agent, NULL);
	return made;
}

static void what_became_of_them_is_told(void **state)
{
	struct some left, s;

	(void)state;
	chapter(2);
	left = some_slips(200, "issued", NULL);
	mark_all("leave", &left, "left", -2, NULL);
	s = left;
	s.n = 120;
	mark_all("collect", &s, "collected", -2, NULL);
	s = some_slips(14, "issued left", NULL);
	mark_all("refuse", &s, "refused", -2, "không muốn trả lời");
	s = some_slips(11, "issued left", NULL);
	mark_all("miss", &s, "not-met", -2, NULL);
	s = some_slips(5, "issued left", NULL);
	mark_all("move", &s, "moved", -2, NULL);
	s = some_slips(9, "issued left collected", NULL);
	mark_all("lose", &s, "lost", -2, lost_ones);
	s = some_slips(4, "issued left collected", NULL);
	mark_all("cancel", &s, "cancelled", -2, "rách");
	s = some_slips(3, "refused", NULL);
	mark_all("restore", &s, "issued", -2, "gặp lại");
	s = some_slips(2, "issued", NULL);
	for (int i = 0; i < s.n; i++)
		(void)replaced(s.at[i], "sai số in");
	s = some_slips(2, "lost", NULL);
	for (int i = 0; i < s.n; i++)
		(void)replaced(s.at[i], "thay phiếu mất");
	ends();
}

/* ---- what comes in --------------------------------------------------------
 */

/* Sheets that stay out until after the closing; and those that never come. */
static struct some late, never;

static bool among(const struct some *s, int at)
{
	for (int i = 0; i < s->n; i++)
		if (s->at[i] == at)
			return true;
	return false;
}

static bool comes_now(int at)
{
	return !among(&late, at) && !among(&never, at);
}

static void sheets_come_in(void **state)
{
	struct some s;

	(void)state;
	chapter(3);
	late = some_slips(15, "issued left", NULL);
	never = some_slips(6, "issued", comes_now);
	s = some_slips(PLANNED, "issued left collected", comes_now);
	assert_true(s.n > 1050);
	for (int i = 0; i < s.n; i++) {
		struct slip *p = &w.slip[s.at[i]];
		struct queued *q = to_send(p->json, s.at[i], p->agent);

		if (i % 90 == 17) /* the program found a fault */
			is_faulty(q, "[{\"code\":\"V05\"}]");
		if (n_queued == BATCH)
			comes_in();
		if (i % 300 == 299)
			all_is_right("sheets come in");
	}
	comes_in();
	all_is_right("sheets came in");
	ends();
}

static bool not_replaced(int at)
{
	return w.slip[at].replaced_by < 0;
}

/* The same bytes again, a number again, a stranger's, one of no ledger, one
 * that was said to be lost. */
static void what_should_not_count_does_not(void **state)
{
	struct some s = some_slips(30, "keyed", NULL), lost;
	char *json, *other;

	(void)state;
	chapter(4);
	for (int i = 0; i < s.n; i++)
		to_send(w.slip[s.at[i]].json, s.at[i], w.slip[s.at[i]].agent)
			->outcome = INTAKE_DUPLICATE;
	comes_in();
	all_is_right("the same again");
	for (int i = 0; i < 5; i++) {
		struct slip *p = &w.slip[s.at[i]];
		struct queued *q;

		json = again(p->json, p->no, p->no);
		q = to_send(json, s.at[i],
			    i < 3 ? p->agent : (p->agent + 1) % 4);
		q->state = STATE_INVALID;
		free(json);
	}
	comes_in();
	all_is_right("a number again, V01; another agent's, V02");
	other = pg_text(w.raw, "SELECT field.sheet_number('CH01', 90001)");
	other[strcspn(other, "\n")] = '\0';
	json = again(w.slip[0].json, w.slip[0].no, other);
	to_send(json, -1, 0)->state = STATE_INVALID;
	comes_in();
	free(json);
	free(other);
	all_is_right("a number that was never made");
	lost = some_slips(2, "lost", not_replaced);
	for (int i = 0; i < lost.n; i++)
		to_send(w.slip[lost.at[i]].json, lost.at[i],
			w.slip[lost.at[i]].agent);
	comes_in();
	all_is_right("lost, and came in");
	mark_all("restore", &lost, "keyed", -2, "tìm thấy");
	ends();
}

/* ---- review ---------------------------------------------------------------
 */

static bool counts_plainly(int at)
{
	int s = counting(at);

	return s >= 0 && is_one_of(w.sub[s].status, "received flagged");
}

static bool is_queried(int at)
{
	int s = sub_held(at);

	return s >= 0 && strcmp(w.sub[s].status, "queried") == 0;
}

static bool is_answered(int at)
{
	int s = sub_held(at);

	return s >= 0 && strcmp(w.sub[s].status, "answered") == 0;
}

static bool is_accepted(int at)
{
	int s = counting(at);

	return s >= 0 && strcmp(w.sub[s].status, "accepted") == 0;
}

static void send_corrected(int at)
{
	struct slip *p = &w.slip[at];
	int old = sub_held(at);
	char names[100], *json;
	struct queued *q;

	(void)snprintf(names, sizeof names, "\"replaces\":\"%s\"",
		       w.sub[old].instance);
	json = again(p->json, "\"replaces\":null", names);
	q = to_send(json, at, w.sub[old].agent);
	q->replaces = old;
	comes_in();
	free(json);
}

/* One of the agent's own, through the collector's function. */
static void agent_answers(int at)
{
	char sql[300];

	(void)snprintf(sql, sizeof sql,
		       "SELECT field.agent_query_answer(%d, (SELECT max(query) "
		       "FROM field.review_query WHERE instance = '%s'), "
		       "'như trên giấy', NULL)",
		       (int)w.key[w.sub[sub_held(at)].agent],
		       w.sub[sub_held(at)].instance);
	pg_do(w.raw, sql);
	record_review(at, "answer", NULL);
	cells_are_right("an agent answers");
}

static void it_is_reviewed(void **state)
{
	struct some s;

	(void)state;
	chapter(5);
	s = some_slips(32, "keyed", counts_plainly);
	review_all(&post, "query", &s, NULL, "câu 3 đọc không rõ");
	s = some_slips(3, "keyed", is_queried);
	for (int i = 0; i < s.n; i++)
		agent_answers(s.at[i]);
	s = some_slips(6, "keyed", is_queried);
	review_all(&post, "answer", &s, NULL, "như trên giấy");
	s = some_slips(7, "keyed", is_queried);
	for (int i = 0; i < s.n; i++) {
		send_corrected(s.at[i]);
		cells_are_right("a corrected sheet");
	}
	all_is_right("corrected sheets");
	s = some_slips(5, "keyed", is_answered);
	review_all(&office, "accept", &s, NULL, NULL);
	s = some_slips(4, "keyed", is_queried);
	review_all(&office, "reject", &s, "V06", "hai dấu");
	s.n = 1;
	review_all(&office, "undo", &s, NULL, "xem lại giấy");
	s = some_slips(2, "keyed", counts_plainly);
	review_all(&office, "withdraw", &s, NULL, "người trả lời rút");
	s = some_slips(3, "keyed", is_queried);
	review_all(&post, "undo", &s, NULL, "hỏi nhầm");
	ends();
}

static bool is_invalid(int at)
{
	int s = sub_held(at);

	return s >= 0 && strcmp(w.sub[s].status, "invalid") == 0;
}

static void decisions_move_the_ledger(void **state)
{
	struct some s = some_slips(60, "keyed", counts_plainly);

	(void)state;
	chapter(6);
	review_all(&post, "accept", &s, NULL, NULL);
	s = some_slips(4, "valid", is_accepted);
	review_all(&office, "undo", &s, NULL, "chấp nhận nhầm");
	REFUSED(desk_review, post, "reject", "not for this role", "sheets",
		w.slip[s.at[0]].no, "code", "V11");
	s.n = 2;
	review_all(&office, "reject", &s, "V11", NULL);
	s = some_slips(3, "keyed", is_invalid);
	review_all(&office, "accept", &s, NULL, "giấy có đủ");
	s = some_slips(5, "keyed", counts_plainly);
	mark_all("check", &s, "checked", -2, NULL);
	ends();
}

/* ---- second keying --------------------------------------------------------
 */

static void read_drawn(void)
{
	char *s = pg_text(w.raw, "SELECT sheet FROM field.second_sheet");

	for (char *at = s, *end; *at; at = end + 1) {
		end = strchr(at, '\n');
		*end = '\0';
		for (int i = 0; i < w.n_slips; i++)
			if (strcmp(w.slip[i].no, at) == 0 && !w.slip[i].drawn)
				w.slip[i].drawn = 1;
	}
	free(s);
}

/* Of the first answer A of the sheet the second reading has C. */
static void keys_again(int at, bool otherwise)
{
	char *twice = again(w.slip[at].json, "\"keying\":1", "\"keying\":2");
	char *other = otherwise && strstr(twice, "\":\"A\"")
			      ? sheets_edit(twice, "\":\"A\"", "\":\"C\"")
			      : strdup(twice);

	(void)to_send(other, at, w.slip[at].agent == 4 ? 0 : 4);
	free(twice);
	free(other);
	w.slip[at].drawn = 2;
}

static int64_t left_to_settle(const char *column)
{
	struct res *r = list_of(&desk_second, "progress", &post, NULL);
	int64_t n = 0;

	for (size_t i = 0; i < res_rows(r); i++)
		n += number(r, i, column);
	res_free(r);
	return n;
}

static int n_drawn, n_otherwise;

static void settle(int at, const char *take)
{
	(void)DID(desk_second, post, "resolve", "sheet", w.slip[at].no, "field",
		  "@all", "take", take, "reason", "xem giấy");
	cells_are_right("settled");
}

static void some_are_keyed_twice(void **state)
{
	struct some drawn = { .n = 0 }, odd = { .n = 0 }, odd_one = { .n = 1 };
	int64_t n = DID(desk_second, office, "draw", "by", "agent", "share",
			"5", "seed", "biên bản 3", "reason", "QĐ")
			    .moved;

	(void)state;
	chapter(7);
	read_drawn();
	for (int i = 0; i < w.n_slips; i++)
		if (w.slip[i].drawn)
			drawn.at[drawn.n++] = i;
	n_drawn = drawn.n;
	assert_int_equal(n, drawn.n);
	assert_in_range(drawn.n, 45, 65);
	all_is_right("drawn");
	(void)DID(desk_second, post, "assign", "agent", agents[4][0], "draw",
		  "1", "reason", "giao");
	if (left_to_settle("waiting") != n)
		fail_msg("%lld wait", (long long)left_to_settle("waiting"));
	(void)tried(&desk_second, &post, "assign",
		    PAIRS("agent", agents[0][0], "draw", "1", "reason", "giao"),
		    &(struct desk_done){ 0 }, &(struct err){ 0 });
	all_is_right("assigned");
	for (int i = 0; i < drawn.n - 2; i++) {
		bool other = i % 5 == 0 &&
			     strstr(w.slip[drawn.at[i]].json, "\":\"A\"");

		keys_again(drawn.at[i], other);
		if (other)
			odd.at[odd.n++] = drawn.at[i];
		if (n_queued == BATCH)
			comes_in();
	}
	comes_in();
	all_is_right("keyed twice");
	n_otherwise = odd.n;
	assert_true(odd.n > 6);
	assert_int_equal(left_to_settle("waiting"), 2);
	assert_int_equal(left_to_settle("differs"), odd.n);
	assert_int_equal(left_to_settle("same"), n - 2 - odd.n);
	/* settled between acts of review: both histories stand */
	odd_one.at[0] = odd.at[1];
	review_all(&post, "query", &odd_one, NULL, "bản nào đúng");
	review_all(&post, "undo", &odd_one, NULL, "nhập lần hai sẽ rõ");
	for (int i = 0; i < odd.n - 1; i++)
		settle(odd.at[i], i % 2 ? "second" : "first");
	review_all(&post, "accept", &odd_one, NULL, NULL);
	(void)DID(desk_second, post, "reopen", "sheet", w.slip[odd.at[0]].no,
		  "reason", "nhầm tờ");
	all_is_right("opened again");
	settle(odd.at[0], "second");
	assert_int_equal(left_to_settle("differs"), 1);
	ends();
}

/* ---- quotas and units -----------------------------------------------------
 */

static struct desk_done amended(const char *group, const char *unit, int64_t n)
{
	char text[24];
	const struct plan *p = w.wave->plan;

	(void)snprintf(text, sizeof text, "%lld", (long long)n);
	w.quota[plan_group(p, group)][plan_unit(p, unit)] = n;
	return DID(desk_ledger, office, "amend", "group", group, "unit", unit,
		   "planned", text, "reason", "QĐ 12");
}

static void quotas_are_amended(void **state)
{
	const struct plan *p = w.wave->plan;
	size_t g = plan_group(p, "hdnd-huyen"), u = plan_unit(p, "sin-ho");
	struct some fresh = { .n = 0 };
	char *s;
	int model = 0;

	(void)state;
	chapter(8);
	while (w.slip[model].group != g || w.slip[model].home != u)
		model++;
	assert_int_equal(amended("hdnd-huyen", "sin-ho", 19).moved, 4);
	s = pg_text(w.raw, "SELECT sheet FROM field.sheet WHERE prefix = "
			   "'CH01' ORDER BY serial DESC LIMIT 4");
	for (char *at = s, *end; *at; at = end + 1) {
		end = strchr(at, '\n');
		*end = '\0';
		fresh.at[fresh.n++] = slip_like(model, at);
	}
	free(s);
	all_is_right("four more");
	/* the last planned of the cell goes */
	assert_int_equal(amended("hdnd-huyen", "sin-ho", 18).moved, 1);
	w.slip[fresh.at[0]].status = "void";
	all_is_right("one less");
	REFUSED(desk_ledger, office, "amend", "take unused ones back", "group",
		"hdnd-huyen", "unit", "sin-ho", "planned", "3", "reason", "x");
	all_is_right("no fewer than are out");
	fresh.at[0] = fresh.at[3];
	fresh.n = 3;
	mark_all("issue", &fresh, "issued", agent_of(u), NULL);
	for (int i = 0; i < fresh.n; i++)
		(void)to_send(w.slip[fresh.at[i]].json, fresh.at[i],
			      agent_of(u));
	comes_in();
	all_is_right("the new ones came in");
	ends();
}

/* The plan as it is after the unit merged. */
static void plan_says_it_merged(void)
{
	struct err e = { 0 };
	struct faults f;
	size_t n;
	char *text = file_read(PLAN, LIMIT_PLAN_BYTES, &n, &e);
	char *merged = sheets_edit(
		text, "\"code\": \"so-ngoai-vu\",",
		"\"code\": \"so-ngoai-vu\", \"to\": \"2021-02-28\", "
		"\"merged_into\": \"van-phong-ubnd-tinh\",");
	struct plan *p;

	faults_init(&f, w.arena);
	p = plan_read(merged, strlen(merged), &f, &e);
	if (!p)
		fail_msg("%s %s", e.msg, f.n ? f.list[0].message : "");
	wave_load(p, "sáp nhập");
	plan_free(p);
	free(merged);
	free(text);
}

static void a_unit_merges(void **state)
{
	size_t old = plan_unit(w.wave->plan, "so-ngoai-vu");
	size_t heir = plan_unit(w.wave->plan, "van-phong-ubnd-tinh");
	int64_t n = 0;

	(void)state;
	chapter(9);
	REFUSED(desk_ledger, office, "merge", "does not say", "unit",
		"so-ngoai-vu", "reason", "NQ");
	plan_says_it_merged();
	all_is_right("a plan that says it merged");
	for (int i = 0; i < w.n_slips; i++)
		if (w.slip[i].home == old &&
		    strcmp(w.slip[i].status, "void") != 0) {
			w.slip[i].home = heir;
			n++;
		}
	assert_true(n >= 17);
	for (size_t g = 0; g < w.wave->plan->n_groups; g++) {
		w.quota[g][heir] += w.quota[g][old];
		w.quota[g][old] = 0;
	}
	record_sync();
	assert_int_equal(DID(desk_ledger, office, "merge", "unit",
			     "so-ngoai-vu", "reason", "NQ 5")
				 .moved,
			 n);
	all_is_right("merged");
	ends();
}

/* ---- closing, late ones ---------------------------------------------------
 */

static int64_t open_of(const char *kind)
{
	struct res *r = list_of(&desk_ledger, "open", &post, NULL);
	int64_t n = 0;

	for (size_t i = 0; i < res_rows(r); i++)
		n += strcmp(res_word(r, i, "kind"), kind) == 0;
	res_free(r);
	return n;
}

static int64_t queried_now(void)
{
	int64_t n = 0;

	for (int i = 0; i < w.n_subs; i++)
		n += is_one_of(w.sub[i].status, "queried answered");
	return n;
}

/* What stands against closing is told, kind by kind, and then settled. */
static void it_does_not_close_before_it_balances(void **state)
{
	struct some s = some_slips(1, "lost", not_replaced), out;
	struct res *r;

	(void)state;
	chapter(10);
	to_send(w.slip[s.at[0]].json, s.at[0], w.slip[s.at[0]].agent);
	comes_in();
	all_is_right("another lost one came in");
	(void)DID(desk_review, office, "require", "reason", "QĐ 3");
	out = some_slips(PLANNED, "issued left", NULL);
	assert_int_equal(out.n, late.n + never.n);
	assert_int_equal(open_of("out"), out.n);
	assert_int_equal(open_of("unkeyed"), 0);
	assert_int_equal(open_of("contradiction"), 1);
	assert_int_equal(open_of("foreign"), 0);
	assert_int_equal(open_of("empty"), 0);
	assert_int_equal(open_of("quota"), 0);
	assert_int_equal(open_of("query"), queried_now());
	assert_true(queried_now() > 0);
	assert_int_equal(open_of("differs"), 1);
	assert_int_equal(open_of("second"), 2);
	r = list_of(&desk_ledger, "open", &post, NULL);
	assert_int_equal(res_rows(r), out.n + 1 + queried_now() + 3);
	res_free(r);
	REFUSED(desk_ledger, office, "close", "see the list", "reason", "x");
	all_is_right("not closed");
	mark_all("restore", &s, "keyed", -2, "tìm thấy");
	mark_all("miss", &never, "not-met", -2, NULL);
	(void)DID(desk_second, office, "keep", "unresolved", "first", "reason",
		  "QĐ 4");
	s = some_slips(PLANNED, "keyed second-keyed checked", is_queried);
	review_all(&office, "accept", &s, NULL, "đối chiếu giấy");
	s = some_slips(PLANNED, "keyed second-keyed checked", is_answered);
	if (s.n > 0)
		review_all(&office, "accept", &s, NULL, NULL);
	r = list_of(&desk_ledger, "open", &post, NULL);
	assert_int_equal(res_rows(r), late.n);
	res_free(r);
	ends();
}

static void late_ones_come_in_by_reopening_alone(void **state)
{
	int64_t n;

	(void)state;
	chapter(11);
	REFUSED(desk_ledger, office, "close", "needs a reason", "override",
		"true");
	n = DID(desk_ledger, office, "close", "override", "true", "reason",
		"hết hạn")
		    .moved;
	assert_int_equal(n, late.n);
	record_close();
	all_is_right("closed with what was out");
	to_send(w.slip[late.at[0]].json, late.at[0], w.slip[late.at[0]].agent)
		->outcome = INTAKE_CLOSED;
	comes_in();
	all_is_right("late, and closed");
	(void)DID(desk_ledger, office, "reopen", "reason", "phiếu về muộn");
	w.closed = false;
	all_is_right("reopened");
	for (int i = 0; i < late.n; i++)
		to_send(w.slip[late.at[i]].json, late.at[i],
			w.slip[late.at[i]].agent);
	comes_in();
	all_is_right("the late ones");
	assert_int_equal(
		DID(desk_ledger, office, "close", "reason", "đủ").moved, 0);
	record_close();
	all_is_right("closed");
	ends();
}

/* ---- phúc tra -------------------------------------------------------------
 */

/* A person for every sheet that was brought, of its cell; nobody knows which
 * is whose. */
static void persons_are_drawn(void)
{
	struct buf b = BUF_INIT(4 << 20);
	const char *args[4] = { NULL, "so", "analyst", NULL };
	struct err e = { 0 };
	struct res *r;
	char id[16];
	int n = 0;

	(void)snprintf(id, sizeof id, "%d", (int)w.wave->id);
	buf_adds(&b, "[");
	for (int i = 0; i < w.n_slips; i++) {
		const struct slip *p = &w.slip[i];

		if (!is_one_of(p->status, "locked"))
			continue;
		buf_addf(&b,
			 "%s{\"row\":%d,\"code\":\"N%d\",\"name\":\"Người %d\","
			 "\"group\":\"%s\",\"unit\":\"%s\",\"agent\":\"%s\","
			 "\"visited\":true}",
			 n ? "," : "", n + 2, n, n,
			 w.wave->plan->groups[p->group].code,
			 unit_code(p->home), agents[p->agent][0]);
		n++;
	}
	buf_adds(&b, "]");
	args[0] = id;
	args[3] = buf_cstr(&b);
	r = db_run(w.roster, Q_ROSTER_IMPORT, args, &e);
	if (!r)
		fail_msg("%s", e.msg);
	assert_int_equal(number(r, 0, "made"), n);
	res_free(r);
	buf_free(&b);
	assert_int_equal(DID(desk_recheck, front, "draw", "body", "MTTQ tỉnh",
			     "share", "20", "strata", "none", "seed", "7-7-7")
				 .moved,
			 (n + 4) / 5);
	all_is_right("persons drawn");
}

static void the_front_visits(void)
{
	long n = pg_long(w.raw, "SELECT count(*) FROM roster.drawn");
	char lines[40];

	(void)DID(desk_recheck, front, "result", "draw", "1", "lines", "1-4",
		  "result", "differs");
	(void)DID(desk_recheck, front, "result", "draw", "1", "lines", "5-7",
		  "result", "not-found");
	(void)snprintf(lines, sizeof lines, "8-%ld", n);
	(void)DID(desk_recheck, front, "result", "draw", "1", "lines", lines,
		  "result", "confirmed");
	(void)DID(desk_recheck, front, "close", "draw", "1");
	all_is_right("visited");
}

/* Ten of the largest cell show their stubs: they say what they said, but the
 * first question of the first three. */
static void stubs_are_compared(void)
{
	size_t g = plan_group(w.wave->plan, "lanh-dao-xa");
	size_t u = plan_unit(w.wave->plan, "sin-ho");
	int64_t asked = 0, same = 0;
	struct res *r;
	int n = 0;

	for (int i = 0; i < w.n_slips && n < 10; i++) {
		const struct slip *p = &w.slip[i];
		const char *from = strstr(p->json, "\"ratings\":") + 10;
		const char *end = strstr(from, "}}]");
		char said[2000], *first;

		if (p->group != g || p->home != u || counting(i) < 0 ||
		    strcmp(w.sub[counting(i)].status, "corrected") == 0 ||
		    p->drawn)
			continue;
		(void)snprintf(said, sizeof said, "sin-ho:");
		for (const char *q = strstr(from, "\"Q1\":"); q && q < end;
		     q = strstr(q + 1, "\"Q")) {
			const char *v = strchr(q, ':') + 1;
			bool option = *v == '"';
			size_t at = strlen(said);

			(void)snprintf(said + at, sizeof said - at, " %c",
				       option	   ? v[1]
				       : *v == '{' ? '?'
						   : '_');
			asked++;
			same++;
		}
		first = strchr(said, ':') + 2;
		if (n < 3) {
			*first = *first == 'A' ? 'B' : 'A';
			same--;
		}
		(void)DID(desk_recheck, front, "compare", "sheet", p->no,
			  "answers", said);
		n++;
	}
	assert_int_equal(n, 10);
	r = list_of(&desk_recheck, "compared", &front, NULL);
	assert_int_equal(res_rows(r), 10);
	for (size_t i = 0; i < 10; i++) {
		asked -= number(r, i, "asked");
		same -= number(r, i, "same");
	}
	assert_int_equal(asked, 0);
	assert_int_equal(same, 0);
	res_free(r);
	all_is_right("stubs compared");
}

static void a_resurvey_is_drawn_visited_and_compared(void **state)
{
	(void)state;
	chapter(12);
	persons_are_drawn();
	the_front_visits();
	stubs_are_compared();
	ends();
}

/* A decision rejects, another takes it back; both while the ledger is open. */
static void decisions_are_made_and_undone(void **state)
{
	struct some s = some_slips(2, "locked", is_accepted);
	struct some more = some_slips(2, "locked", counts_plainly);
	const char *was[4];
	char *list;

	(void)state;
	chapter(13);
	s.at[s.n++] = more.at[0];
	s.at[s.n++] = more.at[1];
	list = numbers_of(&s);
	REFUSED(desk_recheck, office, "decide", "reopen it first", "number",
		"15/QĐ", "sheets", list, "reason", "sai khác");
	all_is_right("not while it is closed");
	(void)DID(desk_ledger, office, "reopen", "reason", "QĐ 15");
	w.closed = false;
	assert_int_equal(DID(desk_recheck, office, "decide", "number", "15/QĐ",
			     "sheets", list, "reason", "sai khác")
				 .moved,
			 4);
	for (int i = 0; i < 4; i++) {
		was[i] = w.sub[counting(s.at[i])].status;
		w.slip[s.at[i]].status = "checked"; /* unlocked first */
		if (strcmp(was[i], "accepted") == 0)
			record_review(s.at[i], "undo", NULL);
		record_review(s.at[i], "reject", "V12");
	}
	all_is_right("decided");
	assert_int_equal(open_of("out"), 0);
	(void)DID(desk_ledger, office, "close", "reason", "QĐ 15");
	record_close();
	all_is_right("closed after the decision");
	(void)DID(desk_ledger, office, "reopen", "reason", "QĐ 18");
	w.closed = false;
	(void)DID(desk_recheck, office, "undo", "decision", "1", "number",
		  "18/QĐ", "reason", "khiếu nại đúng");
	for (int i = 0; i < 4; i++) {
		struct slip *p = &w.slip[s.at[i]];

		p->status = "checked"; /* unlocked first */
		record_review(s.at[i], "undo", NULL);
		if (strcmp(was[i], "accepted") == 0)
			record_review(s.at[i], "accept", NULL);
		assert_string_equal(w.sub[counting(s.at[i])].status, was[i]);
	}
	all_is_right("undone");
	(void)DID(desk_ledger, office, "close", "reason", "QĐ 18");
	record_close();
	all_is_right("closed at last");
	free(list);
	ends();
}

/* ---- the freeze -----------------------------------------------------------
 */

/* What progress goes on with once the fieldwork side is destroyed. */
static void aggregates_are_right(void)
{
	for (int32_t g = 1; g <= w.wave->last_group; g++)
		for (int32_t u = 1; u <= w.wave->last_unit; u++) {
			size_t group = wave_group(w.wave, g);
			size_t home = wave_unit(w.wave, u);
			int64_t n[CAME];
			char sql[300];

			if (w.quota[group][home] == 0 &&
			    strcmp(unit_code(home), "so-ngoai-vu") != 0)
				continue;
			came_to(group, home, false, false, n);
			(void)snprintf(sql, sizeof sql,
				       "SELECT coalesce(sum(n), 0) FROM "
				       "frozen.aggregate, jsonb_to_recordset("
				       "content) AS c (grp integer, home "
				       "integer, keying integer, n integer) "
				       "WHERE name = 'responses' AND keying = "
				       "1 AND grp = %d AND home = %d",
				       (int)g, (int)u);
			same_number("frozen", "responses", unit_code(home),
				    pg_long(w.raw, sql), n[0]);
		}
}

static void what_counts_is_what_is_frozen(void **state)
{
	struct freeze f;
	struct err e = { 0 };
	int64_t n = 0, valid = 0;

	(void)state;
	chapter(14);
	for (int i = 0; i < w.n_subs; i++)
		n += w.sub[i].keying == 1 && w.sub[i].counts;
	for (int i = 0; i < w.n_slips; i++)
		valid += strcmp(w.slip[i].status, "locked") == 0 &&
			 !w.slip[i].code;
	assert_int_equal(n, valid);
	if (!store_freeze_make(w.owner, w.wave, "đợt 1", "me", &f, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(f.n_responses, n);
	assert_int_equal(pg_long(w.raw, "SELECT count(*) FROM frozen.response"),
			 n);
	aggregates_are_right();
	sheets_are_right("frozen");
	print_message("N=%d sheets, %d submissions, %u steps, %d drawn twice "
		      "(%d otherwise), %lld frozen\n",
		      w.n_slips, w.n_subs, w.checks, n_drawn, n_otherwise,
		      (long long)n);
	ends();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_plan_becomes_1193_numbered_sheets),
		cmocka_unit_test(sheets_are_handed_out),
		cmocka_unit_test(what_became_of_them_is_told),
		cmocka_unit_test(sheets_come_in),
		cmocka_unit_test(what_should_not_count_does_not),
		cmocka_unit_test(it_is_reviewed),
		cmocka_unit_test(decisions_move_the_ledger),
		cmocka_unit_test(some_are_keyed_twice),
		cmocka_unit_test(quotas_are_amended),
		cmocka_unit_test(a_unit_merges),
		cmocka_unit_test(it_does_not_close_before_it_balances),
		cmocka_unit_test(late_ones_come_in_by_reopening_alone),
		cmocka_unit_test(a_resurvey_is_drawn_visited_and_compared),
		cmocka_unit_test(decisions_are_made_and_undone),
		cmocka_unit_test(what_counts_is_what_is_frozen),
	};

	return cmocka_run_group_tests(tests, wave_up, wave_down);
}
