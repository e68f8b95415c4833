#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/archive.h"
#include "phieu/file.h"
#include "phieu/hash.h"
#include "phieu/index.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/result.h"
#include "phieu/round_result.h"
#include "support/test.h"

#define PLAN "collector/plans/lai-chau-2020.json"

/* Ratings of provincial councillors, who have no home: the same in each run,
 * with some that are blank. */
struct made {
	const struct plan *plan;
	size_t group, i, n;
	uint8_t answers[LIMIT_QUESTIONS];
};

static int next_made(void *ctx, struct source_rating *out, struct err *e)
{
	struct made *m = ctx;
	const struct group *g = &m->plan->groups[m->group];
	size_t slots = m->plan->forms[g->form].n_slots, unit = 0, k = 0;

	(void)e;
	if (m->i == m->n)
		return 0;
	while (m->plan->units[unit].kind != g->rated_kind || k++ < m->i % 3)
		unit++;
	for (size_t s = 0; s < slots; s++)
		m->answers[s] = (m->i + s) % 7 == 6
					? 255
					: (uint8_t)(1 + (m->i * 5 + s) % 4);
	m->i++;
	*out = (struct source_rating){ .unit = unit,
				       .form = g->form,
				       .group = m->group,
				       .home = NONE,
				       .answers = m->answers,
				       .n_answers = slots };
	return 1;
}

struct world {
	struct arena *a;
	struct plan *plan;
	struct buf answers, snapshot, input, result, content;
	char *round;
	struct archive x;
};

static const char round_text[] =
	"{\"assignments\":[{\"office\":\"o\",\"role\":\"lead\"}],\"calendar\":["
	"{\"code\":\"1\",\"due\":\"2023-12-31\",\"lead\":[\"o\"],\"title\":"
	"\"t\"}],\"index\":{\"criteria\":[{\"code\":\"1\",\"maximum\":\"97\","
	"\"name\":\"a\",\"source\":\"external\"},{\"code\":\"LV1.2.so\","
	"\"maximum\":\"3\",\"name\":\"b\",\"source\":\"survey\"}],\"example\":"
	"true,\"format\":\"phieu-index/1\",\"kinds\":[{\"code\":\"so\","
	"\"name\":\"S\",\"total\":\"100\"}],\"rules\":{\"digits\":2,"
	"\"missing\":{\"assessed\":\"zero\",\"external\":\"zero\","
	"\"satisfaction\":\"zero\",\"survey\":\"zero\"},\"order\":"
	"\"sum-first\",\"rescale\":\"none\",\"round\":\"half-up\",\"ties\":"
	"\"shared\"},\"title\":\"mẫu thử, không phải phiếu chính thức\","
	"\"units\":[{\"code\":\"%s\",\"kind\":\"so\",\"name\":\"A\"}]},"
	"\"offices\":[{\"code\":\"o\",\"name\":\"O\"}],\"round\":{\"basis\":"
	"\"example\",\"code\":\"ky-mau\",\"name\":\"n\",\"opinion_days\":5,"
	"\"year\":2023}}";

static void part(struct world *w, enum archive_part p, const char *s, size_t n)
{
	w->x.part[p].p = s;
	w->x.part[p].n = n;
}

static const char *unit_code; /* of the first rated unit */

static void make_survey(struct world *w, const char **exact)
{
	struct made m = { .n = 40 };
	struct rating_source src = { next_made, &m };
	struct archive_cell cell = { .home = NONE, .n = 40 };
	struct component *rows;
	struct release_cell *cells;
	struct err e = { 0 };
	struct score_plan *sp;
	struct result_input in = { .content_sha256 = "00" };
	struct result *r;
	size_t n, n_cells;

	m.plan = w->plan;
	while (w->plan->groups[m.group].has_home)
		m.group++;
	cell.group = m.group;
	assert_true(
		archive_answers_write(&cell, 1, &src, w->a, &w->answers, &e));
	sp = score_plan_new(w->plan, &e);
	assert_non_null(sp);
	sp->strata[score_plan_stratum(sp, m.group, NONE)].n = 40;
	m.i = 0;
	in.sp = sp;
	in.score = score_run(sp, &src, &e);
	assert_non_null(in.score);
	r = result_new(&in, &e);
	assert_non_null(r);
	assert_true(result_json(r, &w->snapshot, &e));
	assert_true(
		result_components(r, w->a, &rows, &n, &cells, &n_cells, &e));
	*exact = NULL;
	for (size_t i = 0; i < n && !*exact; i++)
		if (strcmp(rows[i].criterion, "LV1.2.so") == 0 &&
		    rows[i].points_exact) {
			*exact = arena_strdup(w->a, rows[i].points_exact);
			unit_code = arena_strdup(w->a, rows[i].unit);
		}
	assert_non_null(*exact);
	result_free(r);
	score_free((struct score *)(uintptr_t)in.score);
	score_plan_free(sp);
}

static void make_index(struct world *w, const char *exact)
{
	struct round_value v[2] = { { .node = "1", .value = "80.25" },
				    { .node = "LV1.2.so" } };
	struct buf text = BUF_INIT(1 << 20);
	struct round_result r;
	struct faults f;
	struct err e = { 0 };
	struct round round;

	faults_init(&f, w->a);
	if (asprintf(&w->round, round_text, unit_code) < 0)
		fail();
	if (!round_read(w->round, strlen(w->round), w->a, &round, &f))
		fail_msg("%s %s", f.list[0].path, f.list[0].message);
	v[0].unit = v[1].unit = unit_code;
	v[1].value = exact;
	assert_true(round_input(&round, v, 2, NULL, 0, &text, &e));
	assert_true(round_compute(text.data, text.len, w->a, &r, &f, &e));
	round_result_json(&r, &w->result);
	buf_add(&w->input, r.input.data, r.input.len);
	buf_free(&text);
	round_result_free(&r);
}

static void begin(struct world *w)
{
	struct err e = { 0 };
	const char *exact;

	*w = (struct world){ .a = arena_new((size_t)256 << 20),
			     .answers = BUF_INIT(1 << 24),
			     .snapshot = BUF_INIT(1 << 24),
			     .input = BUF_INIT(1 << 24),
			     .result = BUF_INIT(1 << 24),
			     .content = BUF_INIT(1 << 26) };
	assert_true(hash_start(&e));
	w->plan = plan_file_read(PLAN, &e);
	if (!w->plan)
		fail_msg("%s", e.msg);
	make_survey(w, &exact);
	make_index(w, exact);
	w->x.facts = (struct archive_facts){ .round = "ky-mau",
					     .kind = "trial",
					     .decision = "QĐ",
					     .released_at = "2023-12-31",
					     .result = 1,
					     .release = 1,
					     .version = 1,
					     .index_method = INDEX_METHOD,
					     .wave = "lai-chau-2020",
					     .wave_release = 1,
					     .snapshot = 1,
					     .freeze = 1,
					     .score_method = METHOD_VERSION,
					     .content_sha256 = "00" };
	part(w, ARCHIVE_ROUND, w->round, strlen(w->round));
	part(w, ARCHIVE_INPUT, w->input.data, w->input.len);
	part(w, ARCHIVE_RESULT, w->result.data, w->result.len);
	part(w, ARCHIVE_PLAN, w->plan->text, w->plan->text_n);
	part(w, ARCHIVE_SNAPSHOT, w->snapshot.data, w->snapshot.len);
	part(w, ARCHIVE_ANSWERS, w->answers.data, w->answers.len);
	archive_write(&w->x, &w->content);
	assert_non_null(buf_cstr(&w->content));
}

static void end(struct world *w)
{
	buf_free(&w->answers);
	buf_free(&w->snapshot);
	buf_free(&w->input);
	buf_free(&w->result);
	buf_free(&w->content);
	free(w->round);
	plan_free(w->plan);
	arena_free(w->a);
}

/* "same same differs same", or the error. */
static const char *verdicts(struct world *w, const struct archive *x)
{
	static const char *const words[] = { "same", "differs", "unchecked" };
	struct archive_report r;
	struct err e = { 0 };
	const char *s = "";

	if (!archive_check(x, w->a, &r, &e))
		return arena_strdup(w->a, e.msg);
	for (size_t i = 0; i < r.n; i++) {
		s = arena_printf(w->a, "%s%s%s", s, i ? " " : "",
				 words[r.line[i].verdict]);
		assert_true(*r.line[i].what && *r.line[i].what_vi);
	}
	assert_int_equal(r.same, strstr(s, "differs") == NULL);
	assert_int_equal(r.whole, r.same && strstr(s, "unchecked") == NULL);
	return s;
}

static void everything_is_recomputed_from_the_archive_alone(void **state)
{
	struct archive back;
	struct err e = { 0 };
	struct buf again = BUF_INIT(1 << 26);
	struct world w;

	(void)state;
	begin(&w);
	assert_true(
		archive_read(w.content.data, w.content.len, w.a, &back, &e));
	assert_string_equal(verdicts(&w, &back), "same same same same");
	assert_string_equal(back.facts.round, "ky-mau");
	assert_string_equal(back.facts.decision, "QĐ");
	assert_int_equal(back.facts.wave_release, 1);
	/* the same content gives the same bytes */
	archive_write(&back, &again);
	assert_int_equal(again.len, w.content.len);
	assert_memory_equal(again.data, w.content.data, again.len);
	buf_free(&again);
	end(&w);
}

/* The other way round, as the database may give them. */
struct backwards {
	struct source_rating list[40];
	uint8_t answers[40][LIMIT_QUESTIONS];
	size_t left;
};

static int next_backwards(void *ctx, struct source_rating *out, struct err *e)
{
	struct backwards *b = ctx;

	(void)e;
	if (b->left == 0)
		return 0;
	*out = b->list[--b->left];
	return 1;
}

static void answers_have_one_form_in_any_order(void **state)
{
	struct backwards *back = calloc(1, sizeof *back);
	struct rating_source src = { next_backwards, back };
	struct archive_cell cell = { .home = NONE, .n = 40 };
	struct buf other = BUF_INIT(1 << 24);
	struct made m = { .n = 40 };
	struct err e = { 0 };
	struct source_rating r;
	struct world w;

	(void)state;
	assert_non_null(back);
	begin(&w);
	m.plan = w.plan;
	while (w.plan->groups[m.group].has_home)
		m.group++;
	cell.group = m.group;
	for (size_t i = 0; next_made(&m, &r, &e) > 0; i++) {
		memcpy(back->answers[i], r.answers, r.n_answers);
		back->list[i] = r;
		back->list[i].answers = back->answers[i];
		back->left++;
	}
	assert_true(archive_answers_write(&cell, 1, &src, w.a, &other, &e));
	assert_string_equal(buf_cstr(&other), buf_cstr(&w.answers));
	buf_free(&other);
	free(back);
	end(&w);
}

/* A text of the part with one piece of it changed, in the arena. */
static void change(struct world *w, struct archive *x, enum archive_part p,
		   const char *from, const char *to)
{
	char *s = arena_strndup(w->a, x->part[p].p, x->part[p].n), *at;

	assert_non_null(s);
	assert_int_equal(strlen(from), strlen(to));
	at = strstr(s, from);
	if (!at)
		fail_msg("no %s in part %d", from, (int)p);
	memcpy(at, to, strlen(to));
	x->part[p].p = s;
}

/* By somebody who has the key, and mends the hashes. */
static void a_change_of_each_part_is_told_with_its_name(void **state)
{
	static const struct {
		enum archive_part part;
		const char *from, *to, *want;
	} cases[] = {
		{ ARCHIVE_RESULT, "80.25", "81.25", "differs same same same" },
		{ ARCHIVE_INPUT, "80.25", "81.25", "differs same same same" },
		{ ARCHIVE_INPUT, "\"name\": \"a\"", "\"name\": \"x\"",
		  "differs differs same same" },
		{ ARCHIVE_ROUND, "\"name\":\"a\"", "\"name\":\"x\"",
		  "same differs same same" },
		{ ARCHIVE_ROUND, "\"round\":{", "\"rounx\":{",
		  "same differs same same" },
		{ ARCHIVE_SNAPSHOT, "\"content_sha256\"", "\"content_shaXXX\"",
		  "same same differs same" },
		{ ARCHIVE_PLAN, "\"maximum\":\"3\"", "\"maximum\":\"4\"",
		  "same same differs unchecked" },
		{ ARCHIVE_ANSWERS, " 0", " 9", "same same differs unchecked" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct buf b = BUF_INIT(1 << 26);
		struct archive x, back;
		struct err e = { 0 };
		struct world w;

		begin(&w);
		x = w.x;
		change(&w, &x, cases[i].part, cases[i].from, cases[i].to);
		archive_write(&x, &b);
		assert_true(archive_read(b.data, b.len, w.a, &back, &e));
		if (strcmp(verdicts(&w, &back), cases[i].want) != 0)
			fail_msg("%zu, part %d: %s", i, (int)cases[i].part,
				 verdicts(&w, &back));
		buf_free(&b);
		end(&w);
	}
}

/* One answer more, one option other: the snapshot shows it. */
static void one_answer_changed_shows(void **state)
{
	struct archive x;
	struct world w;
	char *s;

	(void)state;
	begin(&w);
	x = w.x;
	s = arena_strndup(w.a, x.part[ARCHIVE_ANSWERS].p,
			  x.part[ARCHIVE_ANSWERS].n);
	assert_non_null(s);
	x.part[ARCHIVE_ANSWERS].p = s;
	s = strstr(strstr(s, "\nr "), " - 0") + 4;
	*s = *s == '1' ? '2' : '1';
	assert_string_equal(verdicts(&w, &x), "same same differs differs");
	x = w.x;
	x.part[ARCHIVE_ANSWERS].n =
		(size_t)(strrchr(w.answers.data, 'r') - w.answers.data);
	assert_non_null(strstr(verdicts(&w, &x), "same same differs"));
	/* a survey value that the answers do not give */
	x = w.x;
	change(&w, &x, ARCHIVE_INPUT, "80.25", "80.20");
	assert_string_equal(verdicts(&w, &x), "differs same same same");
	end(&w);
}

static void without_answers_the_rest_is_checked(void **state)
{
	struct archive x, back;
	struct buf b = BUF_INIT(1 << 26);
	struct err e = { 0 };
	struct world w;

	(void)state;
	begin(&w);
	x = w.x;
	x.part[ARCHIVE_ANSWERS].p = NULL;
	archive_write(&x, &b);
	assert_true(archive_read(b.data, b.len, w.a, &back, &e));
	assert_string_equal(verdicts(&w, &back), "same same unchecked");
	b.len = 0;
	x.facts.wave = NULL;
	x.part[ARCHIVE_PLAN].p = x.part[ARCHIVE_SNAPSHOT].p = NULL;
	archive_write(&x, &b);
	assert_true(archive_read(b.data, b.len, w.a, &back, &e));
	assert_string_equal(verdicts(&w, &back), "same same");
	buf_free(&b);
	end(&w);
}

static void another_method_is_said(void **state)
{
	struct archive x;
	struct world w;

	(void)state;
	begin(&w);
	x = w.x;
	x.facts.index_method = "phieu-index/0";
	assert_non_null(strstr(verdicts(&w, &x), "another method"));
	x = w.x;
	x.facts.score_method = "phieu-score/0";
	assert_non_null(strstr(verdicts(&w, &x), "another method"));
	end(&w);
}

static void answers_that_cannot_be_are_told(void **state)
{
	static const char *const bad[] = {
		"",
		"answers/2\n",
		"answers/1\nx\n",
		"answers/1\nr",
		"answers/1\nr 000000 000000 000000 - 0",
		"answers/1\nr 000000 000000 000000 - 0\n",
		"answers/1\nr 000000 000000 000000 - zz\n",
		"answers/1\nr 999999 000000 000000 - 01\n",
		"answers/1\nr - 000000 000000 - 01\n",
		"answers/1\nr 000000 000000 00000\n",
		"answers/1\nr 000000 000000 000000 -01\n",
		"answers/1\nr 000000 000000 000000 000000 01\n",
		"answers/1\nc 000000 -\n",
		"answers/1\nc 000000 - x\n",
		"answers/1\nc 000000 - 99999999999\n",
		"answers/1\nc 000000 - 1x\n",
		"answers/1\nc 000000",
		"answers/1\nc 000000 - 1\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct archive x;
		struct world w;

		begin(&w);
		x = w.x;
		part(&w, ARCHIVE_ANSWERS, bad[i], strlen(bad[i]));
		x.part[ARCHIVE_ANSWERS] = w.x.part[ARCHIVE_ANSWERS];
		if (strncmp(verdicts(&w, &x), "same same differs", 17) != 0)
			fail_msg("%zu: %s", i, verdicts(&w, &x));
		end(&w);
	}
}

static void refused(struct world *w, const char *s, size_t n, const char *words)
{
	struct archive back;
	struct err e = { 0 };

	if (archive_read(s, n, w->a, &back, &e))
		fail_msg("taken: %s", words);
	assert_int_equal(e.kind, ERR_INPUT);
	if (!strstr(e.msg, words))
		fail_msg("%s: %s", words, e.msg);
}

/* Without mending the hashes: the part is named. */
static void content_that_was_changed_is_refused(void **state)
{
	static const struct {
		const char *from, *to, *words;
	} cases[] = {
		{ "phieu-archive-content/1", "phieu-archive-content/2",
		  "beginning" },
		{ "manifest.json ", "manifesT.json ", "a part's name" },
		{ "manifest.json ", "manifest.json_", "a part's name" },
		{ "round.json ", "rounds.jso ", "a part's name" },
		{ "\"round_version\": 1", "\"round_versioN\": 1",
		  "manifest.json" },
		{ "\"snapshot\": 1", "\"snapshoT\": 1", "manifest.json" },
		{ "\"phieu-archive/1\"", "\"phieu-archive/2\"",
		  "manifest.json" },
		{ "\"parts\"", "\"partZ\"", "round.json" },
		{ "\"opinion_days\"", "\"opinion_dayZ\"", "round.json" },
		{ "\"rescale\": \"none\"", "\"rescale\": \"nonE\"",
		  "input.json" },
		{ "answers/1", "answers/2", "answers.txt" },
		{ "\"name\": \"plan.json\"", "\"name\": \"plan.jsoN\"",
		  "plan.json" },
	};
	struct world w;

	(void)state;
	begin(&w);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *s = arena_strndup(w.a, w.content.data, w.content.len);
		char *at = memmem(s, w.content.len, cases[i].from,
				  strlen(cases[i].from));

		if (!at)
			fail_msg("no %s", cases[i].from);
		memcpy(at, cases[i].to, strlen(cases[i].to));
		refused(&w, s, w.content.len, cases[i].words);
	}
	/* cut anywhere */
	for (size_t n = 0; n < w.content.len; n += 1 + w.content.len / 97)
		refused(&w, w.content.data, n, "");
	refused(&w, w.content.data, w.content.len - 1, "");
	end(&w);
}

static void parts_must_be_those_of_the_archive(void **state)
{
	static const char *const texts[] = {
		"phieu-archive-content/1\n",
		"phieu-archive-content/1\nx",
		"phieu-archive-content/1\nmanifest.json \n",
		"phieu-archive-content/1\nmanifest.json 01\nx\n",
		"phieu-archive-content/1\nmanifest.json 1x\nx\n",
		"phieu-archive-content/1\nmanifest.json 99999999999\nx\n",
		"phieu-archive-content/1\nmanifest.json 2\n{}\n",
		"phieu-archive-content/1\nround.json 2\n{}\n",
		"phieu-archive-content/1\nround.json 2\n{}\nmanifest.json "
		"2\n{}\n",
		"phieu-archive-content/1\nmanifest.json 1\n{\n",
	};
	struct buf b = BUF_INIT(1 << 26);
	struct archive x;
	struct world w;

	(void)state;
	begin(&w);
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		refused(&w, texts[i], strlen(texts[i]), "");
	x = w.x;
	x.part[ARCHIVE_PLAN].p = NULL;
	archive_write(&x, &b);
	refused(&w, b.data, b.len, "plan.json");
	b.len = 0;
	x = w.x;
	x.facts.wave = NULL;
	archive_write(&x, &b);
	refused(&w, b.data, b.len, "plan.json");
	buf_free(&b);
	end(&w);
}

/* ---- sealing ----------------------------------------------------------- */

static void key_secret(struct archive_secret *out)
{
	struct err e = { 0 };
	char text[128];

	archive_key_new(text);
	assert_true(archive_key_parse(text, out, &e));
}

static void seal(const struct buf *content, const struct archive_secret *s,
		 struct buf *out)
{
	struct err e = { 0 };

	if (!archive_seal(content, s, out, &e))
		fail_msg("%s", e.msg);
}

static void opens(const struct buf *sealed, const struct archive_secret *s,
		  const struct buf *want)
{
	struct buf back = BUF_INIT(1 << 26);
	struct err e = { 0 };

	if (!archive_open(sealed->data, sealed->len, s, &back, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(back.len, want->len);
	assert_memory_equal(back.data, want->data, want->len);
	buf_free(&back);
}

static void does_not_open(const void *p, size_t n,
			  const struct archive_secret *s, const char *words)
{
	struct buf back = BUF_INIT(1 << 26);
	struct err e = { 0 };

	assert_false(archive_open(p, n, s, &back, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	if (!strstr(e.msg, words))
		fail_msg("%s, not %s", e.msg, words);
	buf_free(&back);
}

static void what_is_sealed_opens_with_its_key_alone(void **state)
{
	static const size_t sizes[] = { 1, 100, 65535, 65536, 65537, 200000 };
	struct archive_secret key, other;

	(void)state;
	key_secret(&key);
	key_secret(&other);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct buf content = BUF_INIT(1 << 20), b = BUF_INIT(1 << 20);

		while (content.len < sizes[i])
			buf_adds(&content, "x");
		seal(&content, &key, &b);
		opens(&b, &key, &content);
		does_not_open(b.data, b.len, &other, "sai khóa");
		buf_free(&content);
		buf_free(&b);
	}
}

static void a_passphrase_opens_and_another_does_not(void **state)
{
	struct archive_secret phrase = { .passphrase = "cụm mật khẩu dài" };
	struct archive_secret other = { .passphrase = "cụm mật khẩu khác" };
	struct archive_secret key;
	struct buf content = BUF_INIT(1000), b = BUF_INIT(2000);

	(void)state;
	key_secret(&key);
	buf_adds(&content, "nội dung");
	seal(&content, &phrase, &b);
	opens(&b, &phrase, &content);
	does_not_open(b.data, b.len, &other, "sai khóa");
	does_not_open(b.data, b.len, &key, "cụm mật khẩu");
	b.len = 0;
	seal(&content, &key, &b);
	does_not_open(b.data, b.len, &phrase, "tệp khóa");
	buf_free(&content);
	buf_free(&b);
}

/* Every byte of a small file, and places in every piece of a large one. */
static void a_changed_cut_or_prolonged_file_does_not_open(void **state)
{
	struct buf content = BUF_INIT(1 << 20), b = BUF_INIT(1 << 20);
	struct archive_secret key;

	(void)state;
	key_secret(&key);
	buf_adds(&content, "nội dung");
	seal(&content, &key, &b);
	for (size_t i = 0; i < b.len; i++) {
		b.data[i] = (char)(b.data[i] ^ 1);
		does_not_open(b.data, b.len, &key, "");
		b.data[i] = (char)(b.data[i] ^ 1);
		does_not_open(b.data, i, &key, "");
	}
	while (content.len < 200000)
		buf_adds(&content, "0123456789");
	b.len = 0;
	seal(&content, &key, &b);
	for (size_t i = 60; i < b.len; i += 7919) {
		b.data[i] = (char)(b.data[i] ^ 0x40);
		does_not_open(b.data, b.len, &key, "");
		b.data[i] = (char)(b.data[i] ^ 0x40);
	}
	/* whole pieces taken off, or put in another order */
	does_not_open(b.data, 57 + 65536 + 17, &key, "cắt cụt");
	does_not_open(b.data, 57, &key, "cắt cụt");
	buf_adds(&b, "x");
	does_not_open(b.data, b.len, &key, "");
	opens(&(struct buf){ .data = b.data, .len = b.len - 1 }, &key,
	      &content);
	does_not_open("x", 1, &key, "không phải tệp lưu trữ");
	buf_free(&content);
	buf_free(&b);
}

static void a_key_file_is_what_we_made(void **state)
{
	static const char *const bad[] = { "", "phieu-archive-key/1 ",
					   "phieu-archive-key/1 00\n", "x" };
	struct archive_secret s;
	struct err e = { 0 };
	char text[128];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(archive_key_parse(bad[i], &s, &e));
	archive_key_new(text);
	text[25] = 'g';
	assert_false(archive_key_parse(text, &s, &e));
}

static void an_empty_or_broken_content_is_not_sealed(void **state)
{
	struct buf nothing = BUF_INIT(10), b = BUF_INIT(1000),
		   tiny = BUF_INIT(4);
	struct archive_secret key;
	struct err e = { 0 };

	(void)state;
	key_secret(&key);
	assert_false(archive_seal(&nothing, &key, &b, &e));
	buf_adds(&nothing, "x");
	e = (struct err){ 0 };
	assert_false(archive_seal(&nothing, &key, &tiny, &e));
	assert_int_equal(e.kind, ERR_NOMEM);
	buf_free(&nothing);
	buf_free(&b);
	buf_free(&tiny);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			everything_is_recomputed_from_the_archive_alone),
		cmocka_unit_test(answers_have_one_form_in_any_order),
		cmocka_unit_test(a_change_of_each_part_is_told_with_its_name),
		cmocka_unit_test(one_answer_changed_shows),
		cmocka_unit_test(without_answers_the_rest_is_checked),
		cmocka_unit_test(another_method_is_said),
		cmocka_unit_test(answers_that_cannot_be_are_told),
		cmocka_unit_test(content_that_was_changed_is_refused),
		cmocka_unit_test(parts_must_be_those_of_the_archive),
		cmocka_unit_test(what_is_sealed_opens_with_its_key_alone),
		cmocka_unit_test(a_passphrase_opens_and_another_does_not),
		cmocka_unit_test(a_changed_cut_or_prolonged_file_does_not_open),
		cmocka_unit_test(a_key_file_is_what_we_made),
		cmocka_unit_test(an_empty_or_broken_content_is_not_sealed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
