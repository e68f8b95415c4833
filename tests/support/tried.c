#include "support/tried.h"

#include <string.h>

#include "phieu/limits.h"
#include "support/test.h"

/* Twelve rows: two strata, six persons, a wave of two. */
const char tried_data[] = "id,s,psu,w,N,u,g,year,y,x,b,q1,q2,q3,t\n"
			  "1,a,1,2,9,A,g1,1,1,2,1,4,5,,z\n"
			  "2,a,1,2,9,B,g1,1,2,2,0,4,4,4,z\n"
			  "3,a,2,3,9,A,g2,1,4,1,1,2,5,4,z\n"
			  "4,a,2,3,9,B,g2,2,3,5,1,5,5,5,z\n"
			  "5,a,3,1,9,A,g1,2,5,1,0,3,1,2,z\n"
			  "6,a,3,1,9,B,g1,2,2,1,,1,1,1,z\n"
			  "7,b,4,2,8,A,g2,1,6,3,1,5,4,,z\n"
			  "8,b,4,2,8,B,g2,1,1,2,0,4,4,5,z\n"
			  "9,b,5,4,8,A,g1,2,7,1,1,,,,z\n"
			  "10,b,5,4,8,B,g1,2,2,4,0,2,4,4,z\n"
			  "11,b,6,1,8,A,g2,1,3,1,1,4,5,5,z\n"
			  "12,b,6,1,8,,g2,2,,1,1,5,5,5,z\n";

void try_on(struct tried *t, const char *json, const char *csv)
{
	struct frame_csv c;

	*t = (struct tried){ .a = arena_new((size_t)64 << 20) };
	faults_init(&t->faults, t->a);
	assert_true(frame_init(&t->f, LIMIT_FRAME_ROWS, &t->e));
	t->read = spec_read(json, strlen(json), t->a, &t->f, &t->s, &t->faults);
	if (!t->read)
		return;
	frame_csv_init(&c, &t->f);
	t->ran = frame_csv_push(&c, csv, strlen(csv), &t->e) &&
		 frame_csv_end(&c, &t->e) && frame_done(&t->f, &t->e) &&
		 spec_run(&t->s, &t->f, t->a, &t->out, &t->e);
	frame_csv_clear(&c);
}

void tried_clear(struct tried *t)
{
	frame_clear(&t->f);
	arena_free(t->a);
}

/* "estimates" and other keys on the data above, with their design. */
void try_rest(struct tried *t, const char *rest)
{
	struct buf b = BUF_INIT(20000);

	buf_adds(&b,
		 "{\"data\":\"d\",\"design\":{\"strata\":\"s\",\"clusters\":"
		 "\"psu\",\"weights\":\"w\"},");
	buf_adds(&b, rest);
	buf_adds(&b, "}");
	try_on(t, buf_cstr(&b), tried_data);
	buf_free(&b);
	if (!t->read)
		fail_msg("%s: %s", t->faults.list[0].path,
			 t->faults.list[0].message);
	if (!t->ran)
		fail_msg("%s", t->e.msg);
}
