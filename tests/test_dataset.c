/* Data sets: names that statistical programs take, values and reasons, and
 * the forms they are written in, none of which a spreadsheet runs (S11). */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/dataset.h"
#include "phieu/grid.h"
#include "phieu/submission.h"

enum { S_02 = 1 };

static struct plan *ways(void)
{
	struct err e = { 0 };
	struct plan *p = plan_file_read("tests/data/plan/ways.json", &e);

	assert_non_null(p);
	return p;
}

static struct dataset *set_of(const struct plan *p, size_t form)
{
	struct err e = { 0 };
	struct dataset *d = dataset_new(p, form, &e);

	assert_non_null(d);
	return d;
}

static const struct dataset_var *var(const struct dataset *d, const char *name)
{
	for (size_t i = 0; i < d->n; i++)
		if (strcmp(d->vars[i].name, name) == 0)
			return &d->vars[i];
	fail_msg("no variable %s", name);
	return NULL;
}

static size_t place(const struct dataset *d, const char *name)
{
	return (size_t)(var(d, name) - d->vars);
}

static void names_are_taken_by_spss_and_stata(void **state)
{
	struct plan *p = ways();

	(void)state;
	for (size_t f = 0; f < p->n_forms; f++) {
		struct dataset *d = set_of(p, f);

		for (size_t i = 0; i < d->n; i++) {
			const char *s = d->vars[i].name;

			assert_in_range(strlen(s), 1, DATASET_NAME_MAX);
			assert_true((*s >= 'A' && *s <= 'Z') ||
				    (*s >= 'a' && *s <= 'z'));
			assert_int_equal(strspn(s, "abcdefghijklmnopqrstuvwxyz"
						   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
						   "0123456789_"),
					 strlen(s));
			for (size_t k = 0; k < i; k++)
				assert_int_not_equal(
					strcasecmp(s, d->vars[k].name), 0);
		}
		dataset_free(d);
	}
	plan_free(p);
}

static void a_code_that_is_no_name_gets_one(void **state)
{
	struct plan *p = ways();
	struct dataset *d = set_of(p, S_02);

	(void)state;
	assert_string_equal(d->name, "S_02");
	assert_string_equal(var(d, "Q1a")->code, "1a");
	assert_string_equal(var(d, "unit_2")->code, "unit"); /* ours is unit */
	assert_string_equal(var(d, "unit")->code, "");
	assert_int_equal(var(d, "KENH_a")->kind, DATASET_CODED);
	assert_int_equal(var(d, "SO")->kind, DATASET_NUMBER);
	assert_true(var(d, "weight")->weight);
	/* texts lie apart */
	for (size_t i = 0; i < d->n; i++)
		assert_string_not_equal(d->vars[i].code, "GY");
	dataset_free(d);
	plan_free(p);
}

/* A small plan around one list of options. */
static struct plan *with_codes(struct question *q, struct form *f,
			       struct plan *p)
{
	static const struct unit_kind kind = { .code = "k", .name = "Loại" };
	static const struct unit unit = { .code = "u", .name = "Đơn vị" };
	static const struct group group = { .code = "g", .name = "Nhóm" };

	*f = (struct form){ .code = "if",
			    .version = "1",
			    .name = "Mẫu",
			    .questions = q,
			    .n_questions = 1,
			    .n_slots = 1 };
	*p = (struct plan){ .wave = "w",
			    .name = "Đợt",
			    .province = "Tỉnh",
			    .kinds = &kind,
			    .n_kinds = 1,
			    .units = &unit,
			    .n_units = 1,
			    .groups = &group,
			    .n_groups = 1,
			    .forms = f,
			    .n_forms = 1 };
	return p;
}

static void codes_that_are_numbers_keep_their_value(void **state)
{
	struct option o[] = { { .code = "5", .label = "năm", .ordinal = 1 },
			      { .code = "1", .label = "một", .ordinal = 2 } };
	struct question q = { .code = "with",
			      .text = "Câu",
			      .asked = true,
			      .type = QUESTION_SCALE,
			      .options = o,
			      .n_options = 2 };
	struct form f;
	struct plan p;
	struct dataset *d = set_of(with_codes(&q, &f, &p), 0);
	const struct dataset_set *s;

	(void)state;
	assert_string_equal(d->name, "if_"); /* Stata's word */
	s = var(d, "with_")->set;
	assert_int_equal(s->n, 5);
	assert_near(s->values[0].value, 5, 0);
	assert_near(s->values[1].value, 1, 0);
	assert_near(s->values[2].value, DATASET_BLANK, 0);
	dataset_free(d);
	o[1].code = "01"; /* zeros would be lost: the stored bytes instead */
	d = set_of(&p, 0);
	s = var(d, "with_")->set;
	assert_near(s->values[0].value, 1, 0);
	assert_string_equal(s->values[1].code, "01");
	dataset_free(d);
}

static void a_shared_list_is_kept_once(void **state)
{
	struct plan *p = ways();
	struct dataset *d = set_of(p, S_02);

	(void)state;
	assert_ptr_equal(var(d, "Q4")->set, var(d, "Q5")->set);
	assert_ptr_equal(var(d, "SO_status")->set, var(d, "KENH_status")->set);
	assert_ptr_equal(var(d, "home")->set, var(d, "unit")->set);
	for (size_t i = 0; i < d->n_sets; i++)
		for (size_t k = 0; k < i; k++)
			assert_ptr_not_equal(d->sets[i], d->sets[k]);
	dataset_free(d);
	plan_free(p);
}

/* ---- rows ---------------------------------------------------------------- */

struct world {
	struct plan *p;
	struct dataset *d;
	uint8_t answers[64];
	struct dataset_rating r;
	struct dataset_cell *cells;
};

static void begin(struct world *w)
{
	w->p = ways();
	w->d = set_of(w->p, S_02);
	w->cells = calloc(w->d->n, sizeof *w->cells);
	assert_non_null(w->cells);
	memset(w->answers, ANSWER_BLANK, sizeof w->answers);
	w->r = (struct dataset_rating){
		.respondent = "17",
		.stratum = "cong-chuc-so|so-1",
		.frame = 40,
		.sample = 8,
		.weight = 5,
		.group = plan_group(w->p, "cong-chuc-so"),
		.home = plan_unit(w->p, "so-1"),
		.unit = plan_unit(w->p, "so-2"),
		.answers = w->answers,
		.n_answers = w->p->forms[S_02].n_slots,
		.profile = "{\"gioi-tinh\":\"nu\"}",
		.extra = "{\"SO\":\"12\",\"SOMAX\":{\"mark\":\"unreadable\"},"
			 "\"KENH\":[\"c\"]}",
	};
}

static void end(struct world *w)
{
	free(w->cells);
	dataset_free(w->d);
	plan_free(w->p);
}

static const struct dataset_cell *cell(const struct world *w, const char *name)
{
	return &w->cells[place(w->d, name)];
}

static uint8_t *byte_of(struct world *w, const char *code)
{
	const struct form *f = &w->p->forms[S_02];

	return &w->answers[f->questions[form_question(f, code)].slot];
}

static void fill(struct world *w)
{
	struct err e = { 0 };

	assert_true(dataset_fill(w->d, &w->r, w->cells, &e));
}

static void every_reason_for_no_answer_is_told_apart(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	*byte_of(&w, "Q1") = ANSWER_UNREADABLE;
	*byte_of(&w, "Q4") = ANSWER_DONT_KNOW;
	*byte_of(&w, "Q5") = ANSWER_NOT_ASKED;
	*byte_of(&w, "Q6") = w.p->forms[S_02].questions[0].options[1].ordinal;
	fill(&w);
	assert_near(cell(&w, "Q1")->x, -7, 0);
	assert_near(cell(&w, "Q4")->x, -8, 0);
	assert_near(cell(&w, "Q7")->x, -9, 0);
	assert_true(isnan(cell(&w, "Q5")->x));
	assert_null(cell(&w, "Q5")->value);
	assert_non_null(cell(&w, "Q6")->value);
	assert_string_equal(cell(&w, "Q6")->value->code,
			    w.p->forms[S_02].questions[0].options[1].code);
	assert_near(cell(&w, "SO")->x, 12, 0);
	assert_near(cell(&w, "SO_status")->x, 1, 0);
	assert_true(isnan(cell(&w, "SOMAX")->x));
	assert_near(cell(&w, "SOMAX_status")->x, -7, 0);
	assert_near(cell(&w, "SOKHONG_status")->x, -9, 0);
	assert_near(cell(&w, "KENH_a")->x, 0, 0);
	assert_near(cell(&w, "KENH_c")->x, 1, 0);
	assert_near(cell(&w, "KENH_status")->x, 1, 0);
	assert_near(cell(&w, "frame_count")->x, 40, 0);
	assert_string_equal(cell(&w, "home")->value->code, "so-1");
	assert_string_equal(cell(&w, "unit")->value->code, "so-2");
	w.r.extra = "{\"KENH\":{\"mark\":\"dont-know\"}}";
	w.r.home = NONE;
	w.r.profile = NULL;
	fill(&w);
	assert_true(isnan(cell(&w, "KENH_c")->x));
	assert_near(cell(&w, "KENH_status")->x, -8, 0);
	assert_null(cell(&w, "home")->value);
	end(&w);
}

static void what_cannot_have_been_stored_is_an_error(void **state)
{
	struct world w;
	struct err e = { 0 };

	(void)state;
	begin(&w);
	*byte_of(&w, "Q1") = 199;
	assert_false(dataset_fill(w.d, &w.r, w.cells, &e));
	assert_int_equal(e.kind, ERR_BUG);
	*byte_of(&w, "Q1") = ANSWER_BLANK;
	w.r.extra = "{";
	assert_false(dataset_fill(w.d, &w.r, w.cells, &e));
	w.r.extra = NULL;
	w.r.profile = "[";
	assert_false(dataset_fill(w.d, &w.r, w.cells, &e));
	end(&w);
}

/* ---- files --------------------------------------------------------------- */

static bool collect(void *to, const char *s, size_t n)
{
	buf_add(to, s, n);
	return !((struct buf *)to)->broken;
}

static bool refuse(void *to, const char *s, size_t n)
{
	(void)s;
	(void)n;
	return (*(int *)to)-- > 0;
}

static const struct dataset_head head = {
	.wave = "thu",
	.title = "Đợt thử — một cái tên dài hơn sáu mươi tư byte thì bị cắt",
	.plan_version = 2,
	.freeze = 3,
	.plan_sha256 = "p",
	.content_sha256 = "c",
	.day = "2021-02-28",
	.trial = true,
	.simulated = true,
	.rows = 1,
};

static size_t write_one(struct world *w, enum dataset_form form,
			struct buf *out)
{
	struct err e = { 0 };
	size_t cut;
	struct dataset_writer *x =
		dataset_write_open(w->d, &head, form, collect, out, &cut, &e);

	assert_non_null(x);
	assert_true(dataset_write_row(x, w->cells, &e));
	assert_true(dataset_write_end(x, &e));
	dataset_write_close(x);
	return cut;
}

static void text_forms_hold_codes_and_reasons(void **state)
{
	struct buf out = BUF_INIT(1 << 20);
	struct world w;

	(void)state;
	begin(&w);
	*byte_of(&w, "Q4") = ANSWER_NOT_ASKED;
	fill(&w);
	write_one(&w, DATASET_CSV, &out);
	assert_memory_equal(out.data, "\xef\xbb\xbfrespondent,group,home,", 25);
	assert_non_null(strstr(out.data, "\r\n17,cong-chuc-so,so-1,so-2,so,"));
	assert_non_null(strstr(out.data, ",40,8,5,"));
	buf_free(&out);
	out = (struct buf)BUF_INIT(1 << 20);
	write_one(&w, DATASET_JSONL, &out);
	assert_non_null(strstr(out.data, "\"Q1\":-9,"));
	assert_non_null(strstr(out.data, "\"Q4\":null,"));
	assert_non_null(strstr(out.data, "\"SO\":12,\"SO_status\":\"1\""));
	assert_non_null(strstr(out.data, "\"SOMAX\":null,\"SOMAX_status\":-7"));
	buf_free(&out);
	end(&w);
}

static void a_formula_in_a_code_is_neutralised(void **state)
{
	struct option o[] = { { .code = "=1+1", .label = "x", .ordinal = 1 } };
	struct question q = { .code = "Q",
			      .text = "Câu",
			      .asked = true,
			      .options = o,
			      .n_options = 1 };
	struct dataset_head one = head;
	struct buf out = BUF_INIT(1 << 16);
	uint8_t byte = 1;
	struct dataset_rating r = { .respondent = "1",
				    .stratum = "g|",
				    .home = NONE,
				    .answers = &byte,
				    .n_answers = 1 };
	struct dataset_cell cells[16];
	struct err e = { 0 };
	struct form f;
	struct plan p;
	struct dataset *d = set_of(with_codes(&q, &f, &p), 0);
	struct dataset_writer *w;
	size_t cut;

	(void)state;
	assert_in_range(d->n, 1, 16);
	assert_true(dataset_fill(d, &r, cells, &e));
	w = dataset_write_open(d, &one, DATASET_CSV, collect, &out, &cut, &e);
	assert_true(dataset_write_row(w, cells, &e));
	assert_true(dataset_write_end(w, &e));
	assert_non_null(strstr(out.data, "'=1+1"));
	dataset_write_close(w);
	buf_free(&out);
	dataset_free(d);
}

static void long_labels_are_cut_between_letters_and_counted(void **state)
{
	struct buf out = BUF_INIT(1 << 20);
	struct world w;
	size_t sav, dta;
	char *long_text = malloc(900);

	(void)state;
	assert_non_null(long_text);
	for (size_t i = 0; i < 897; i += 3)
		memcpy(long_text + i, "ệ", 3);
	long_text[897] = '\0';
	begin(&w);
	((struct question *)&w.p->forms[S_02].questions[0])->text = long_text;
	dataset_free(w.d);
	w.d = set_of(w.p, S_02);
	fill(&w);
	sav = write_one(&w, DATASET_SAV, &out);
	assert_memory_equal(out.data, "$FL2", 4);
	assert_true(sav >= 1);
	assert_non_null(memmem(out.data, out.len, "ệ…", strlen("ệ…")));
	buf_free(&out);
	out = (struct buf)BUF_INIT(1 << 20);
	dta = write_one(&w, DATASET_DTA, &out);
	assert_memory_equal(out.data, "<stata_dta><header><release>118", 31);
	assert_true(dta >= 1);
	assert_non_null(memmem(out.data, out.len, "ệ…", strlen("ệ…")));
	buf_free(&out);
	end(&w);
	free(long_text);
}

static const struct grid_cell *cell_of(const struct grid *g, size_t row,
				       uint32_t column)
{
	const struct grid_cell *c =
		row < g->n_rows ? grid_at(&g->rows[row], column) : NULL;

	assert_non_null(c);
	return c;
}

static void a_workbook_has_texts_and_numbers_and_no_formula(void **state)
{
	struct buf out = BUF_INIT(1 << 20), again = BUF_INIT(1 << 20);
	const struct grid_options o = { .charset = CHARSET_UNKNOWN };
	struct dataset_head many = head;
	struct faults faults = { 0 };
	struct err e = { 0 };
	struct grid *g;
	struct world w;
	size_t cut;

	(void)state;
	begin(&w);
	fill(&w);
	w.cells[DATASET_STRATUM].s = "=1+1";
	w.cells[DATASET_FRAME].x = (double)NAN;
	(void)write_one(&w, DATASET_XLSX, &out);
	(void)write_one(&w, DATASET_XLSX, &again);
	assert_int_equal(out.len, again.len);
	assert_memory_equal(out.data, again.data, out.len);
	g = grid_read(out.data, out.len, &o, &faults, &e);
	assert_non_null(g);
	assert_int_equal(g->n_rows, 2);
	assert_string_equal(g->others, "Ghi chú");
	assert_string_equal(cell_of(g, 0, DATASET_GROUP)->s, "group");
	assert_string_equal(cell_of(g, 1, DATASET_STRATUM)->s, "=1+1");
	assert_int_equal(cell_of(g, 1, DATASET_STRATUM)->kind, GRID_TEXT);
	assert_int_equal(cell_of(g, 1, DATASET_RESPONDENT)->kind, GRID_NUMBER);
	assert_string_equal(cell_of(g, 1, DATASET_RESPONDENT)->s, "17");
	assert_null(grid_at(&g->rows[1], DATASET_FRAME));
	grid_free(g);
	buf_free(&out);
	buf_free(&again);
	/* one row more than Excel has below a head */
	many.rows = 1048576;
	assert_null(dataset_write_open(w.d, &many, DATASET_XLSX, collect, &out,
				       &cut, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	end(&w);
}

static void a_file_that_cannot_be_written_is_an_error(void **state)
{
	static const enum dataset_form forms[] = { DATASET_CSV, DATASET_JSONL,
						   DATASET_SAV, DATASET_DTA,
						   DATASET_XLSX };
	struct world w;

	(void)state;
	begin(&w);
	fill(&w);
	for (size_t i = 0; i < 5; i++) {
		int left = 0;
		struct err e = { 0 };
		size_t cut;
		struct dataset_writer *x =
			dataset_write_open(w.d, &head, forms[i], refuse, &left,
					   &cut, &e);
		bool ok = x && dataset_write_row(x, w.cells, &e) &&
			  dataset_write_end(x, &e);

		assert_false(ok);
		assert_int_equal(e.kind, ERR_IO);
		dataset_write_close(x);
	}
	end(&w);
}

static void as_many_rows_come_as_were_told(void **state)
{
	struct buf out = BUF_INIT(1 << 20);
	struct world w;

	(void)state;
	begin(&w);
	fill(&w);
	for (int form = DATASET_CSV; form <= DATASET_XLSX; form++) {
		struct err e = { 0 };
		size_t cut;
		struct dataset_writer *x =
			dataset_write_open(w.d, &head, (enum dataset_form)form,
					   collect, &out, &cut, &e);

		assert_non_null(x);
		assert_false(dataset_write_end(x, &e)); /* none */
		assert_int_equal(e.kind, ERR_BUG);
		dataset_write_close(x);
		x = dataset_write_open(w.d, &head, (enum dataset_form)form,
				       collect, &out, &cut, &e);
		assert_true(dataset_write_row(x, w.cells, &e));
		(void)!(dataset_write_row(x, w.cells, &e));
		assert_false(dataset_write_end(x, &e)); /* two */
		dataset_write_close(x);
	}
	buf_free(&out);
	end(&w);
}

static void the_books_name_every_variable_and_value(void **state)
{
	struct buf page = BUF_INIT(1 << 22), ddi = BUF_INIT(1 << 22);
	struct err e = { 0 };
	struct world w;

	(void)state;
	begin(&w);
	assert_true(dataset_book_html(w.d, &head, &page, &e));
	assert_true(dataset_book_ddi(w.d, &head, &ddi, &e));
	for (size_t i = 0; i < w.d->n; i++) {
		char text[80];

		(void)snprintf(text, sizeof text, "<th>%s</th>",
			       w.d->vars[i].name);
		assert_non_null(strstr(page.data, text));
		(void)snprintf(text, sizeof text, " name=\"%s\"",
			       w.d->vars[i].name);
		assert_non_null(strstr(ddi.data, text));
	}
	assert_non_null(strstr(page.data, "Mẫu thử, không phải"));
	assert_non_null(strstr(page.data, "Số liệu mô phỏng"));
	assert_non_null(strstr(ddi.data, "missing=\"Y\""));
	assert_non_null(strstr(ddi.data, "wgt=\"wgt\""));
	buf_free(&page);
	buf_free(&ddi);
	page = (struct buf)BUF_INIT(200);
	assert_false(dataset_book_html(w.d, &head, &page, &e));
	assert_false(dataset_book_ddi(w.d, &head, &page, &e));
	buf_free(&page);
	end(&w);
}

static void forms_are_named_as_people_write_them(void **state)
{
	enum dataset_form f = DATASET_CSV;

	(void)state;
	assert_true(dataset_form_parse("dta", &f));
	assert_int_equal(f, DATASET_DTA);
	assert_false(dataset_form_parse("xls", &f));
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(names_are_taken_by_spss_and_stata),
		cmocka_unit_test(a_code_that_is_no_name_gets_one),
		cmocka_unit_test(codes_that_are_numbers_keep_their_value),
		cmocka_unit_test(a_shared_list_is_kept_once),
		cmocka_unit_test(every_reason_for_no_answer_is_told_apart),
		cmocka_unit_test(what_cannot_have_been_stored_is_an_error),
		cmocka_unit_test(text_forms_hold_codes_and_reasons),
		cmocka_unit_test(a_formula_in_a_code_is_neutralised),
		cmocka_unit_test(
			long_labels_are_cut_between_letters_and_counted),
		cmocka_unit_test(
			a_workbook_has_texts_and_numbers_and_no_formula),
		cmocka_unit_test(a_file_that_cannot_be_written_is_an_error),
		cmocka_unit_test(as_many_rows_come_as_were_told),
		cmocka_unit_test(the_books_name_every_variable_and_value),
		cmocka_unit_test(forms_are_named_as_people_write_them),
	};
	return cmocka_run_group_tests_name("dataset", t, NULL, NULL);
}
