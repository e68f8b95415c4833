/* spec_weights.h - a specification with weights on a small sample. */
#ifndef TESTS_SPEC_WEIGHTS_H
#define TESTS_SPEC_WEIGHTS_H

#include <string.h>

#include "phieu/estimate_weights.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "support/test.h"

struct asked {
	struct arena *a;
	struct frame f, table;
	struct spec s;
	struct faults faults;
	struct est_results out;
	struct err e;
	bool read, ran, has_table;
};

MAYBE static void push(struct frame *f, const char *csv)
{
	struct err e = { 0 };
	struct frame_csv c;

	frame_csv_init(&c, f);
	if (!frame_csv_push(&c, csv, strlen(csv), &e) ||
	    !frame_csv_end(&c, &e) || !frame_done(f, &e))
		fail_msg("%s", e.msg);
	frame_csv_clear(&c);
}

/* `table`: a file of replicates with the columns psu, a, b, c; or NULL. */
MAYBE static void ask(struct asked *q, const char *json, const char *csv,
		      const char *table)
{
	*q = (struct asked){ .a = arena_new((size_t)64 << 20) };
	faults_init(&q->faults, q->a);
	assert_true(frame_init(&q->f, LIMIT_FRAME_ROWS, &q->e));
	q->read = spec_read(json, strlen(json), q->a, &q->f, &q->s, &q->faults);
	if (!q->read)
		return;
	push(&q->f, csv);
	if (table != NULL) {
		static const char *const column[] = { "psu", "a", "b", "c" };

		assert_true(frame_init(&q->table, LIMIT_FRAME_ROWS, &q->e));
		q->has_table = true;
		for (unsigned i = 0; i < 4; i++)
			(void)frame_want(&q->table, column[i],
					 i == 0 ? FRAME_CODE : FRAME_NUMBER);
		push(&q->table, table);
		assert_string_equal(spec_replicates_file(&q->s), "rep.csv");
		spec_replicates_give(&q->s, &q->table);
	}
	q->ran = spec_run(&q->s, &q->f, q->a, &q->out, &q->e);
}

MAYBE static void done(struct asked *q)
{
	if (q->has_table)
		frame_clear(&q->table);
	frame_clear(&q->f);
	arena_free(q->a);
}

MAYBE static const char *warning(const struct asked *q, const char *code)
{
	for (size_t i = 0; i < q->out.n_warnings; i++)
		if (strcmp(q->out.warning[i].code, code) == 0)
			return q->out.warning[i].message;
	return NULL;
}

/* Four people of two strata, two units each. */
static const char people[] = "h,psu,sex,age,w,N,y,disp,r1,r2\n"
			     "A,1,F,20,2,6,1,I,1,0\n"
			     "A,2,M,30,2,6,2,P,0,1\n"
			     "A,2,M,40,2,6,4,R,0,1\n"
			     "B,3,F,50,3,9,3,I,1,0\n"
			     "B,4,M,60,3,9,5,NC,0,2\n"
			     "B,4,F,70,3,9,6,NE,0,2\n";

static const char mean_y[] =
	"\"estimates\":[{\"name\":\"m\",\"stat\":\"mean\",\"of\":\"y\"}]}";

#endif
