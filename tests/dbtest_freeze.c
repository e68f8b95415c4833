/* The frozen side: closed waves, answers that lead nowhere, results that
 * verify.  One wave of simulated sheets goes through it all, in order. */
#include "phieu/store_freeze.h"

#include <string.h>
#include <unistd.h>

#include "phieu/file.h"
#include "phieu/hash.h"
#include "phieu/json.h"
#include "phieu/score_job.h"
#include "phieu/simulate.h"
#include "phieu/store_intake.h"
#include "support/pg.h"
#include "support/test.h"

#define PLAN "collector/plans/lai-chau-2020.json"
#define WAVE "lai-chau-2020"

struct room {
	struct db *db; /* owner */
	PGconn *raw, *super;
	struct wave *wave;
	struct intake_work *work;
	char path[64]; /* the sheets as a file */
	FILE *file;
	struct arena *a;
	size_t sent;
};

/* ---- sheets ---------------------------------------------------------- */

static enum intake_outcome send_sheet(struct room *r, const char *json,
				      size_t n)
{
	const struct intake_item *items[1];
	struct intake_item item = { .wave = r->wave,
				    .bytes = json,
				    .n_bytes = n,
				    .key = 1,
				    .way = WAY_NDJSON };
	struct intake_answer answer;
	struct submission s;
	struct faults f;
	struct err e = { 0 };
	struct res *keep = NULL;
	unsigned flags = 0;

	arena_reset(r->a);
	faults_init(&f, r->a);
	if (!submission_read(json, n, r->wave->plan, r->a, &s, &f, &e))
		return INTAKE_DENIED; /* quarantine */
	submission_check(r->wave->plan, &s, r->wave->plan->to, &f, &flags);
	sha256(json, n, item.sha);
	item.s = &s;
	item.flags = flags;
	item.state = f.n > 0 ? STATE_INVALID : STATE_VALID;
	items[0] = &item;
	if (!store_intake_add(r->db, r->work, 1, 1, "[]", items, 1, &answer,
			      &keep, &e))
		fail_msg("intake: %s", e.msg);
	res_free(keep);
	return answer.outcome;
}

static bool take_line(const char *json, size_t n, void *ctx, struct err *e)
{
	struct room *r = ctx;

	(void)e;
	assert_int_equal(fwrite(json, 1, n, r->file), n);
	assert_int_equal(fputc('\n', r->file), '\n');
	(void)send_sheet(r, json, n);
	r->sent++;
	return true;
}

static void fill(struct room *r)
{
	struct simulate how = { .seed = "freeze", .n = 700, .spoil = true };
	struct simulate_count count;
	struct err e = { 0 };
	int fd;

	(void)snprintf(r->path, sizeof r->path, "/tmp/phieu-freeze-XXXXXX");
	fd = mkstemp(r->path);
	assert_true(fd >= 0);
	r->file = fdopen(fd, "w");
	assert_non_null(r->file);
	if (!simulate(r->wave->plan, &how, take_line, r, &count, &e))
		fail_msg("simulate: %s", e.msg);
	assert_int_equal(fclose(r->file), 0);
	assert_true(count.valid == 700 && count.invalid > 0 &&
		    count.duplicate > 0 && count.reused > 0);
}

static struct plan *plan_from(const char *path)
{
	struct err e = { 0 };
	struct plan *p = plan_file_read(path, &e);

	assert_non_null(p);
	return p;
}

static int set_up(void **state)
{
	static struct room r;
	struct err e = { 0 };
	struct plan *p;
	int32_t version;
	bool changed;

	assert_true(hash_start(&e));
	r.db = db_open(getenv("PHIEU_TEST_DB"), "dbtest", DB_ANY_ROLE, 0, &e);
	assert_non_null(r.db);
	r.raw = pg_as("owner", NULL);
	r.super = pg_as("super", NULL);
	p = plan_from(PLAN);
	if (!store_plan_load(r.db, p, "thử", "thử", &version, &changed, &e))
		fail_msg("%s", e.msg);
	plan_free(p);
	r.wave = store_wave_get(r.db, WAVE, &e);
	assert_non_null(r.wave);
	pg_do(r.raw, "INSERT INTO field.agent (code, name, office) "
		     "VALUES ('bd-1', 'Người thử', 'Bưu điện')");
	pg_do(r.raw, "INSERT INTO field.agent_key (agent, wave, hash, "
		     "expires_at) SELECT a.agent, w.wave, sha256('x'), "
		     "now() + interval '1 day' FROM field.agent AS a, "
		     "plan.wave AS w");
	r.work = intake_work_new(&e);
	r.a = arena_new((size_t)16 << 20);
	assert_true(r.work != NULL && r.a != NULL);
	*state = &r;
	return 0;
}

static int tear_down(void **state)
{
	struct room *r = *state;

	(void)unlink(r->path);
	wave_free(r->wave);
	intake_work_free(r->work);
	arena_free(r->a);
	db_close(r->db);
	PQfinish(r->raw);
	PQfinish(r->super);
	return 0;
}

static void make_freeze(struct room *r, int want)
{
	struct score_job j = { 0 };
	struct err e = { 0 };
	int32_t snapshot;

	if (!score_job_freeze(&j, r->db, WAVE, "thử khóa", "thử", &snapshot,
			      &e))
		fail_msg("freeze: %s", e.msg);
	assert_int_equal(j.freeze.freeze, want);
	assert_int_equal(snapshot, want);
	assert_true(j.freeze.simulated);
	score_job_end(&j);
}

/* ---- tests, in order ------------------------------------------------- */

static void a_wave_without_answers_or_reason_is_not_frozen(void **state)
{
	struct room *r = *state;
	struct freeze f;
	struct err e = { 0 };

	assert_false(store_freeze_make(r->db, r->wave, "", "thử", &f, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	e = (struct err){ 0 };
	assert_false(store_freeze_make(r->db, r->wave, "vì", "thử", &f, &e));
	assert_int_equal(e.kind, ERR_CONFLICT);
	e = (struct err){ 0 };
	assert_false(store_freeze_latest(r->db, r->wave, &f, &e));
	assert_int_equal(e.kind, ERR_CONFLICT);
	assert_int_equal(pg_long(r->raw, "SELECT count(*) FROM plan.wave "
					 "WHERE state = 'frozen'"),
			 0);
}

static void a_freeze_waits_for_intake_that_is_under_way(void **state)
{
	struct room *r = *state;
	struct err e = { 0 };
	struct freeze f;
	struct db *hasty =
		db_open(getenv("PHIEU_TEST_DB"), "hasty", DB_ANY_ROLE, 300, &e);

	fill(r);
	assert_non_null(hasty);
	pg_do(r->raw, "BEGIN");
	pg_do(r->raw, "SELECT pg_advisory_xact_lock_shared(7001, wave) "
		      "FROM plan.wave");
	assert_false(store_freeze_make(hasty, r->wave, "vội", "thử", &f, &e));
	assert_string_equal(e.sqlstate, "57014"); /* timed out waiting */
	pg_do(r->raw, "COMMIT");
	db_close(hasty);
	assert_int_equal(pg_long(r->raw,
				 "SELECT count(*) FROM frozen.response"),
			 0);
}

static void database_and_file_give_one_hash_and_the_same_bytes(void **state)
{
	struct room *r = *state;
	struct score_job db = { 0 }, file = { 0 };
	struct buf a = BUF_INIT((size_t)64 << 20), b = a, canonical = a;
	struct err e = { 0 };
	cJSON *tree;

	make_freeze(r, 1);
	if (!score_job_wave(&db, r->db, WAVE, &e) ||
	    !score_job_files(&file, PLAN, r->path, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(file.count.lines, r->sent);
	assert_int_equal(file.count.counted, db.freeze.n_responses);
	assert_true(file.count.invalid > 0 && file.count.again > 0 &&
		    file.count.broken > 0);
	assert_true(result_json(db.result, &a, &e));
	assert_true(result_json(file.result, &b, &e));
	assert_string_equal(buf_cstr(&a), buf_cstr(&b));
	tree = json_parse(a.data, a.len, &json_plan_limits, &e);
	assert_non_null(tree);
	assert_true(json_canonical(tree, &canonical, &e));
	assert_string_equal(buf_cstr(&canonical), buf_cstr(&a));
	assert_string_equal(json_get_text(tree, "content_sha256"),
			    db.freeze.sha256);
	cJSON_Delete(tree);
	a.len = b.len = 0;
	assert_true(result_csv(db.result, &a, &e));
	assert_true(result_csv(file.result, &b, &e));
	assert_string_equal(buf_cstr(&a), buf_cstr(&b));
	buf_free(&a);
	buf_free(&b);
	buf_free(&canonical);
	score_job_end(&db);
	score_job_end(&file);
}

static void a_frozen_wave_takes_no_more(void **state)
{
	struct room *r = *state;
	struct plan *p = plan_from(PLAN);
	struct err e = { 0 };
	char *line = NULL;
	size_t n = 0;
	FILE *f = fopen(r->path, "r");
	ssize_t got = getline(&line, &n, f);

	assert_true(got > 10 && line[got - 1] == '\n');
	assert_int_equal(fclose(f), 0);
	/* what it has is known by its receipt, what is new is refused */
	assert_int_equal(send_sheet(r, line, (size_t)got - 1),
			 INTAKE_DUPLICATE);
	line[got - 1] = ' ';
	assert_int_equal(send_sheet(r, line, (size_t)got), INTAKE_CLOSED);
	/* and whose key is no more learns nothing */
	pg_do(r->raw, "UPDATE field.agent_key SET revoked_at = now()");
	assert_int_equal(send_sheet(r, line, (size_t)got - 1), INTAKE_CLOSED);
	pg_do(r->raw, "UPDATE field.agent_key SET revoked_at = NULL");
	free(line);
	/* nor another plan */
	p->name = "Tên khác";
	{
		int32_t version;
		bool changed = false;
		bool ok = store_plan_load(r->db, p, "sửa", "thử", &version,
					  &changed, &e);

		assert_true(!ok ? e.kind == ERR_CONFLICT : !changed);
	}
	plan_free(p);
	assert_int_equal(pg_long(r->raw, "SELECT count(*) FROM plan.wave "
					 "WHERE state = 'frozen' "
					 "AND simulated"),
			 1);
}

/* The truth that an attacker looks for: answers that occur once on either
 * side tell which response became which respondent. */
static const char truth[] =
	"CREATE TEMP TABLE truth AS "
	"WITH f AS (SELECT grp, home, answers, unit, min(respondent) AS x "
	"  FROM frozen.rating GROUP BY 1, 2, 3, 4 HAVING count(*) = 1), "
	"g AS (SELECT r.grp, r.home, a.answers, a.unit, "
	"    min(a.response) AS y "
	"  FROM field.rating AS a JOIN field.response AS r "
	"  ON r.wave = a.wave AND r.response = a.response AND r.counted "
	"  GROUP BY 1, 2, 3, 4 HAVING count(*) = 1), "
	"m AS (SELECT DISTINCT f.x, g.y FROM f JOIN g "
	"  USING (grp, home, answers, unit)) "
	"SELECT m.x, m.y, p.ctid AS place, q.ctid AS came "
	"FROM m JOIN frozen.response AS p ON p.respondent = m.x "
	"JOIN field.response AS q ON q.response = m.y";

/* Rank correlation of two orders over the truth, in thousandths. */
static long follows(struct room *r, const char *a, const char *b)
{
	char sql[512];

	(void)snprintf(sql, sizeof sql,
		       "SELECT (1000 * corr(i, j))::integer FROM (SELECT "
		       "rank() OVER (ORDER BY %s) AS i, rank() OVER "
		       "(ORDER BY %s) AS j FROM truth) AS t",
		       a, b);
	return labs(pg_long(r->raw, sql));
}

static void order_and_numbers_lead_nowhere(void **state)
{
	struct room *r = *state;
	long n;

	pg_do(r->raw, truth);
	n = pg_long(r->raw, "SELECT count(*) FROM truth");
	assert_true(n > 400);
	/* the attack works where order is kept: by arrival itself */
	assert_true(follows(r, "came", "y") > 990);
	/* a random order of 400 has a correlation of 0.05; 5 times that */
	assert_true(follows(r, "x", "y") < 250);
	assert_true(follows(r, "place", "came") < 250);
	assert_true(follows(r, "place", "y") < 250);
	/* chance leaves about one number where it was */
	assert_true(pg_long(r->raw, "SELECT count(*) FROM truth WHERE x = y") <
		    15);
	/* ratings lie in the same random order */
	assert_int_equal(pg_long(r->raw,
				 "SELECT count(*) FROM (SELECT respondent < "
				 "lag(respondent) OVER (ORDER BY ctid) AS back "
				 "FROM frozen.rating) AS t WHERE back"),
			 0);
}

static void transactions_lead_nowhere(void **state)
{
	struct room *r = *state;

	assert_int_equal(
		pg_long(r->raw,
			"SELECT count(DISTINCT x) FROM (SELECT xmin::text AS "
			"x FROM frozen.response UNION ALL SELECT xmin::text "
			"FROM frozen.rating UNION ALL SELECT xmin::text FROM "
			"frozen.comment) AS t"),
		1);
	assert_int_equal(pg_long(r->raw,
				 "SELECT count(*) FROM field.response AS f "
				 "JOIN frozen.response AS z ON z.xmin::text = "
				 "f.xmin::text OR z.xmin::text = f.xmax::text"),
			 0);
	/* the attack works on the fieldwork side */
	assert_true(pg_long(r->raw, "SELECT count(*) FROM field.response AS f "
				    "JOIN field.raw AS w ON w.response = "
				    "f.response AND w.xmin::text = "
				    "f.xmin::text") > 600);
}

static void columns_and_sizes_lead_nowhere(void **state)
{
	struct room *r = *state;
	char *columns = pg_text(
		r->raw,
		"SELECT string_agg(table_name || '.' || column_name, ' ' "
		"ORDER BY table_name, ordinal_position) FROM "
		"information_schema.columns WHERE table_schema = 'frozen' "
		"AND table_name IN ('response', 'rating', 'comment')");

	assert_string_equal(
		columns,
		"comment.wave comment.freeze_no comment.comment_no "
		"comment.form comment.comment comment.question comment.unit "
		"rating.wave rating.freeze_no rating.respondent rating.unit "
		"rating.form rating.grp rating.home rating.answers "
		"rating.extra response.wave response.freeze_no "
		"response.respondent response.form response.grp "
		"response.home response.profile\n");
	free(columns);
	/* only what D12 keeps of the profile */
	assert_int_equal(
		pg_long(r->raw,
			"SELECT count(*) FROM frozen.response, "
			"jsonb_object_keys(profile) AS k WHERE NOT k = ANY ("
			"SELECT jsonb_array_elements_text(content::jsonb "
			"#> '{decisions,D12,profile_kept}') FROM "
			"plan.version)"),
		0);
	/* text answers left their ratings */
	assert_int_equal(
		pg_long(r->raw,
			"SELECT count(*) FROM frozen.rating AS a JOIN "
			"plan.question AS q ON q.form = a.form AND q.type = "
			"'text' WHERE a.extra ? q.code"),
		0);
	/* a sheet's length says nothing of its respondent's number */
	assert_true(
		labs(pg_long(r->raw,
			     "SELECT (1000 * corr(t.x, length(w.bytes)))"
			     "::integer FROM truth AS t JOIN field.raw AS w "
			     "ON w.response = t.y JOIN field.response AS q "
			     "ON q.response = t.y WHERE q.form = 2")) < 400);
}

static void comments_lie_in_an_order_of_their_own(void **state)
{
	struct room *r = *state;
	long n;

	pg_do(r->raw,
	      "CREATE TEMP TABLE said AS SELECT c.comment_no AS i, "
	      "f.response AS j FROM (SELECT comment, min(comment_no) AS "
	      "comment_no FROM frozen.comment GROUP BY 1 HAVING count(*) = "
	      "1) AS c JOIN (SELECT comment, min(response) AS response FROM "
	      "field.comment GROUP BY 1 HAVING count(*) = 1) AS f "
	      "USING (comment)");
	assert_int_equal(pg_long(r->raw, "SELECT count(*) FROM frozen.comment "
					 "WHERE question = ''"),
			 pg_long(r->raw,
				 "SELECT count(*) FROM field.comment AS c "
				 "JOIN field.response AS r USING (wave, "
				 "response) WHERE r.counted AND r.keying = 1"));
	n = pg_long(r->raw, "SELECT count(*) FROM said");
	if (n >= 100)
		assert_true(labs(pg_long(r->raw,
					 "SELECT (1000 * corr(i, j))::integer "
					 "FROM said")) < 500);
}

static void counts_of_the_field_are_kept_as_aggregates(void **state)
{
	struct room *r = *state;

	assert_int_equal(
		pg_long(r->raw,
			"SELECT sum((c ->> 'n')::integer) FROM "
			"frozen.aggregate, jsonb_array_elements(content) AS c "
			"WHERE name = 'responses'"),
		pg_long(r->raw, "SELECT count(*) FROM field.response"));
	assert_int_equal(pg_long(r->raw,
				 "SELECT count(*) FROM frozen.aggregate"),
			 3);
	assert_int_equal(
		pg_long(r->raw,
			"SELECT sum((c ->> 'n')::integer) FROM "
			"frozen.aggregate, jsonb_array_elements(content) AS c "
			"WHERE name = 'respondents'"),
		pg_long(r->raw, "SELECT count(*) FROM frozen.response"));
}

static void two_freezes_share_no_number(void **state)
{
	struct room *r = *state;
	char *before = pg_text(r->raw, "SELECT encode(content_sha256, 'hex') "
				       "FROM frozen.freeze");
	char *after;

	pg_do(r->raw, "CREATE TEMP TABLE earlier AS SELECT respondent "
		      "FROM frozen.response");
	make_freeze(r, 2);
	assert_int_equal(pg_long(r->raw, "SELECT count(*) FROM earlier JOIN "
					 "frozen.response USING (respondent)"),
			 0);
	assert_int_equal(pg_long(r->raw, "SELECT count(*) FROM earlier"),
			 pg_long(r->raw,
				 "SELECT count(*) FROM frozen.response"));
	/* the answers of the first are gone, its hash and counts are not */
	assert_int_equal(pg_long(r->raw, "SELECT count(*) FROM frozen.response "
					 "WHERE freeze_no = 1"),
			 0);
	assert_int_equal(pg_long(r->raw,
				 "SELECT count(*) FROM frozen.aggregate"),
			 6);
	/* the same sheets: the same hash */
	after = pg_text(r->raw, "SELECT DISTINCT encode(content_sha256, 'hex') "
				"FROM frozen.freeze");
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static struct score_check check(struct room *r)
{
	struct score_job j = { 0 };
	struct score_check c;
	struct err e = { 0 };
	struct arena *a = arena_new((size_t)64 << 20);

	if (!score_job_wave(&j, r->db, WAVE, &e) ||
	    !score_job_check(&j, a, &c, &e))
		fail_msg("check: %s", e.msg);
	score_job_end(&j);
	arena_free(a);
	c.snapshot.content = NULL;
	return c;
}

static void verifying_finds_a_changed_answer(void **state)
{
	struct room *r = *state;
	struct score_check c = check(r);

	assert_true(c.same_answers && c.same_result);
	pg_do(r->raw, "CREATE TEMP TABLE kept AS SELECT * FROM frozen.rating "
		      "ORDER BY respondent LIMIT 1");
	pg_do(r->raw,
	      "UPDATE frozen.rating AS a SET answers = set_byte(a.answers, 0, "
	      "CASE get_byte(a.answers, 0) WHEN 1 THEN 2 ELSE 1 END) FROM "
	      "kept AS k WHERE k.respondent = a.respondent AND "
	      "k.unit = a.unit");
	c = check(r);
	assert_false(c.same_answers);
	assert_false(c.same_result);
	pg_do(r->raw, "UPDATE frozen.rating AS a SET answers = k.answers FROM "
		      "kept AS k WHERE k.respondent = a.respondent AND "
		      "k.unit = a.unit");
	c = check(r);
	assert_true(c.same_answers && c.same_result);
	/* a comment, which no number rests on */
	pg_do(r->raw, "INSERT INTO frozen.comment (wave, freeze_no, "
		      "comment_no, form, comment) SELECT wave, freeze_no, "
		      "99999, 1, 'thêm' FROM frozen.freeze WHERE "
		      "freeze_no = 2");
	c = check(r);
	assert_false(c.same_answers);
	assert_true(c.same_result);
	pg_do(r->raw, "DELETE FROM frozen.comment WHERE comment_no = 99999");
}

static void verifying_finds_a_changed_snapshot(void **state)
{
	struct room *r = *state;
	struct score_check c;
	char code[6];

	/* nobody may, the owner neither */
	assert_string_equal(pg_state(r->raw,
				     "UPDATE publish.snapshot SET made_by = "
				     "'ai đó'",
				     code),
			    "42501");
	assert_string_equal(pg_state(r->raw, "DELETE FROM publish.snapshot",
				     code),
			    "42501");
	pg_do(r->super, "SET session_replication_role = replica");
	pg_do(r->super,
	      "UPDATE publish.snapshot AS s SET content = t.c, sha256 = "
	      "sha256(convert_to(t.c, 'UTF8')) FROM (SELECT wave, snapshot, "
	      "replace(content, '\"rank\":1}', '\"rank\":2}') AS c FROM "
	      "publish.snapshot) AS t WHERE t.wave = s.wave AND "
	      "t.snapshot = s.snapshot AND s.snapshot = 2");
	c = check(r);
	assert_true(c.same_answers);
	assert_false(c.same_result);
	pg_do(r->super,
	      "UPDATE publish.snapshot AS s SET content = o.content, sha256 = "
	      "o.sha256 FROM publish.snapshot AS o WHERE o.snapshot = 1 AND "
	      "s.snapshot = 2");
	pg_do(r->super, "SET session_replication_role = origin");
	c = check(r);
	assert_true(c.same_answers && c.same_result);
}

static void publish(struct room *r, int want)
{
	struct score_job j = { 0 };
	struct err e = { 0 };
	struct arena *a = arena_new((size_t)64 << 20);
	struct release_cell *cells;
	struct component *rows, *back;
	size_t n, n_cells, n_back, total;
	struct release rel;
	int32_t number;
	char address[256];
	struct db *as;
	bool found;

	pg_conninfo(address, sizeof address, "publish", NULL);
	as = db_open(address, "publish", DB_SERVICE_ROLE, 0, &e);
	assert_non_null(as);
	if (!score_job_wave(&j, r->db, WAVE, &e) ||
	    !result_components(j.result, a, &rows, &n, &cells, &n_cells, &e) ||
	    !store_release_make(as, j.wave, 2, true, "công bố thử", "thử", rows,
				n, cells, n_cells, &number, &e))
		fail_msg("publish: %s", e.msg);
	assert_int_equal(number, want);
	assert_true(store_release_get(r->db, j.wave->id, 0, &rel, &found, &e));
	assert_true(found && rel.trial);
	assert_int_equal(rel.release, want);
	assert_int_equal(rel.supersedes, want - 1);
	assert_int_equal(rel.snapshot, 2);
	assert_int_equal(rel.freeze, 2);
	assert_true(store_components(r->db, j.wave, number, -1, 0, 0, a, &back,
				     &n_back, &total, &e));
	assert_int_equal(n_back, n);
	assert_int_equal(total, n);
	assert_true(n > 28 * 3);
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(back[i].criterion == NULL ? "?"
							      : back[i].maximum,
				    back[i].maximum);
		assert_int_equal(back[i].n_valid < 0, back[i].points == NULL);
	}
	assert_true(store_components(r->db, j.wave, number, COMPONENT_TOTAL, 1,
				     5, a, &back, &n_back, &total, &e));
	assert_int_equal(n_back, 5);
	assert_int_equal(total, 28);
	assert_string_equal(back[0].criterion, "");
	db_close(as);
	score_job_end(&j);
	arena_free(a);
}

static void a_release_is_numbered_and_stays(void **state)
{
	struct room *r = *state;
	char code[6];

	publish(r, 1);
	publish(r, 2);
	assert_int_equal(pg_long(r->raw, "SELECT count(*) FROM plan.wave "
					 "WHERE state = 'published'"),
			 1);
	assert_true(pg_long(r->raw, "SELECT count(*) FROM "
				    "publish.released_cell WHERE release = 2 "
				    "AND n >= 10") > 28);
	assert_int_equal(pg_long(r->raw, "SELECT count(*) FROM "
					 "publish.released_cell WHERE n < 10"),
			 0);
	assert_string_equal(pg_state(r->raw,
				     "UPDATE publish.component SET points = "
				     "'30.00'",
				     code),
			    "42501");
	assert_string_equal(pg_state(r->raw, "DELETE FROM publish.release",
				     code),
			    "42501");
	assert_int_equal(pg_long(r->raw, "SELECT count(*) FROM audit.entry "
					 "WHERE kind IN ('freeze', "
					 "'publish')"),
			 4);
}

static size_t wrong_rows(struct room *r)
{
	struct arena *a = arena_new((size_t)64 << 20);
	struct score_job j = { 0 };
	struct err e = { 0 };
	int32_t releases;
	size_t wrong;

	if (!score_job_wave(&j, r->db, WAVE, &e) ||
	    !score_job_released(&j, 2, a, &releases, &wrong, &e))
		fail_msg("released: %s", e.msg);
	assert_int_equal(releases, 2);
	score_job_end(&j);
	arena_free(a);
	return wrong;
}

static void verifying_finds_a_changed_component(void **state)
{
	static const char *const spoil[] = {
		"UPDATE publish.component SET points = '29.99' WHERE release = "
		"2 AND kind = 'total' AND unit = (SELECT min(unit) FROM kept)",
		"UPDATE publish.component SET n_valid = n_valid + 1 WHERE "
		"release = 1 AND kind = 'total' AND unit = (SELECT min(unit) "
		"FROM kept)",
		"UPDATE publish.component SET standard_error = 0 WHERE release "
		"= 2 AND kind = 'total' AND unit = (SELECT min(unit) FROM "
		"kept)",
		"DELETE FROM publish.component WHERE release = 2 AND kind = "
		"'total' AND unit = (SELECT min(unit) FROM kept)",
		"INSERT INTO publish.component SELECT wave, release, unit, "
		"'thêm', points, points_exact, maximum, n_asked, n_valid, "
		"standard_error, low, high, kind, position FROM "
		"publish.component WHERE release = 2 AND kind = 'total' LIMIT "
		"1",
	};
	struct room *r = *state;

	assert_int_equal(wrong_rows(r), 0);
	pg_do(r->super, "SET session_replication_role = replica");
	pg_do(r->super, "CREATE TEMP TABLE kept AS SELECT * FROM "
			"publish.component");
	for (size_t i = 0; i < sizeof spoil / sizeof spoil[0]; i++) {
		pg_do(r->super, spoil[i]);
		assert_int_equal(wrong_rows(r), 1);
		pg_do(r->super, "DELETE FROM publish.component");
		pg_do(r->super, "INSERT INTO publish.component SELECT * FROM "
				"kept");
	}
	pg_do(r->super, "SET session_replication_role = origin");
	assert_int_equal(wrong_rows(r), 0);
}

/* ---- two releases beside each other (A4) -------------------------------- */

/* How many cells the result shows otherwise than a release by fewer than k
 * people; each of a unit that `rated` names, where it is given.  *shown: cells
 * with a number. */
static size_t differences(struct room *r, const char *rated, size_t *shown)
{
	struct arena *a = arena_new((size_t)64 << 20);
	struct released_difference *d;
	struct release_cell *cells;
	struct component *rows;
	struct score_job j = { 0 };
	struct err e = { 0 };
	size_t n, n_rows;

	if (!score_job_wave(&j, r->db, WAVE, &e) ||
	    !score_job_differences(&j, a, &d, &n, &e) ||
	    !result_components(j.result, a, &rows, &n_rows, &cells, shown, &e))
		fail_msg("differences: %s", e.msg);
	for (size_t i = 0; i < n; i++) {
		assert_in_range(d[i].release, 1, 2);
		assert_true(llabs(d[i].was - d[i].is) <
			    j.wave->plan->decisions.min_unit);
		assert_true(d[i].is >= j.wave->plan->decisions.min_unit);
		if (rated)
			assert_non_null(strstr(rated, d[i].unit));
	}
	score_job_end(&j);
	arena_free(a);
	return n;
}

static void take_out(struct room *r, const char *which)
{
	char sql[400];

	(void)snprintf(sql, sizeof sql,
		       "UPDATE field.response AS r SET state = 6, counted = "
		       "false WHERE r.counted AND r.keying = 1 AND %s",
		       which);
	pg_do(r->raw, sql);
}

static void a_release_that_few_people_part_from_another_is_seen(void **state)
{
	struct room *r = *state;
	size_t shown, few;
	char *rated;

	/* the same answers frozen again tell nothing */
	make_freeze(r, 3);
	assert_int_equal(differences(r, NULL, &shown), 0);
	/* one person less: units that he rated, and no others */
	pg_do(r->raw,
	      "CREATE TEMP TABLE one AS SELECT r.wave, r.response FROM "
	      "field.response AS r WHERE r.counted AND r.keying = 1 ORDER BY "
	      "(SELECT count(*) FROM field.rating AS t WHERE t.wave = r.wave "
	      "AND t.response = r.response) DESC, r.response LIMIT 1");
	rated = pg_text(r->raw, "SELECT string_agg(u.code, ' ') FROM one AS o "
				"JOIN field.rating AS t USING (wave, response) "
				"JOIN plan.unit AS u ON u.wave = t.wave AND "
				"u.unit = t.unit");
	take_out(r, "r.response = (SELECT response FROM one)");
	make_freeze(r, 4);
	few = differences(r, rated, &shown);
	assert_true(few > 0);
	free(rated);
	/* half of them less: where k or more went, nothing is told of few */
	take_out(r, "r.response % 2 = 0");
	make_freeze(r, 5);
	assert_true(differences(r, NULL, &shown) < shown * 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_wave_without_answers_or_reason_is_not_frozen),
		cmocka_unit_test(a_freeze_waits_for_intake_that_is_under_way),
		cmocka_unit_test(
			database_and_file_give_one_hash_and_the_same_bytes),
		cmocka_unit_test(a_frozen_wave_takes_no_more),
		cmocka_unit_test(order_and_numbers_lead_nowhere),
		cmocka_unit_test(transactions_lead_nowhere),
		cmocka_unit_test(columns_and_sizes_lead_nowhere),
		cmocka_unit_test(comments_lie_in_an_order_of_their_own),
		cmocka_unit_test(counts_of_the_field_are_kept_as_aggregates),
		cmocka_unit_test(two_freezes_share_no_number),
		cmocka_unit_test(verifying_finds_a_changed_answer),
		cmocka_unit_test(verifying_finds_a_changed_snapshot),
		cmocka_unit_test(a_release_is_numbered_and_stays),
		cmocka_unit_test(verifying_finds_a_changed_component),
		cmocka_unit_test(
			a_release_that_few_people_part_from_another_is_seen),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
