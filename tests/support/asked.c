#include "support/asked.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/estimate_weights.h"
#include "phieu/file.h"
#include "phieu/limits.h"
#include "support/test.h"

#define PIECE 777

static void push_file(struct frame *f, const char *name)
{
	struct err e = { 0 };
	struct frame_csv c;
	char path[200];
	size_t n;
	char *text;

	(void)snprintf(path, sizeof path, "tests/data/oracle/%s", name);
	text = file_read(path, (size_t)64 << 20, &n, &e);
	if (!text)
		fail_msg("%s", e.msg);
	frame_csv_init(&c, f);
	for (size_t i = 0; i < n; i += PIECE)
		if (!frame_csv_push(&c, text + i, n - i < PIECE ? n - i : PIECE,
				    &e))
			fail_msg("%s: %s", path, e.msg);
	assert_true(frame_csv_end(&c, &e));
	frame_csv_clear(&c);
	free(text);
}

/* The file of "replicates": its columns are what its header says. */
static void give_replicates(struct asked *q)
{
	const char *name = spec_replicates_file(&q->s);
	char path[200], head[8192] = { 0 };
	struct err e = { 0 };
	char *text, *at = head;
	size_t n;

	if (!name)
		return;
	(void)snprintf(path, sizeof path, "tests/data/oracle/%s", name);
	text = file_read(path, (size_t)64 << 20, &n, &e);
	if (!text)
		fail_msg("%s", e.msg);
	(void)snprintf(head, sizeof head, "%.*s", (int)strcspn(text, "\r\n"),
		       text);
	free(text);
	assert_true(frame_init(&q->table, LIMIT_FRAME_ROWS, &e));
	q->has_table = true;
	for (unsigned i = 0; at; i++) {
		char *comma = strchr(at, ',');

		if (comma)
			*comma = '\0';
		(void)frame_want(&q->table, arena_strdup(q->a, at),
				 i == 0 ? FRAME_CODE : FRAME_NUMBER);
		at = comma ? comma + 1 : NULL;
	}
	push_file(&q->table, name);
	assert_true(frame_done(&q->table, &e));
	spec_replicates_give(&q->s, &q->table);
}

void ask_any(struct asked *q, const char *json)
{
	struct err e = { 0 };
	struct faults faults;

	*q = (struct asked){ .a = arena_new((size_t)256 << 20) };
	faults_init(&faults, q->a);
	assert_true(frame_init(&q->f, LIMIT_FRAME_ROWS, &e));
	if (!spec_read(json, strlen(json), q->a, &q->f, &q->s, &faults))
		fail_msg("%s: %s", faults.list[0].path, faults.list[0].message);
	for (size_t i = 0; i < q->s.data.n; i++)
		push_file(&q->f, q->s.data.name[i]);
	assert_true(frame_done(&q->f, &e));
	give_replicates(q);
	if (!spec_run(&q->s, &q->f, q->a, &q->out, &e))
		fail_msg("%s", e.msg);
}

void ask(struct asked *q, const char *json)
{
	ask_any(q, json);
	for (size_t i = 0; i < q->out.n_warnings; i++)
		if (q->out.warning[i].code[1] == '1')
			fail_msg("%s: %s", q->out.warning[i].path,
				 q->out.warning[i].message);
}

void asked_clear(struct asked *q)
{
	if (q->has_table)
		frame_clear(&q->table);
	frame_clear(&q->f);
	arena_free(q->a);
}

double extra(const struct est_cell *c, const char *name)
{
	for (size_t i = 0; i < c->n_extra; i++)
		if (strcmp(c->extra[i].name, name) == 0)
			return c->extra[i].value;
	fail_msg("no %s", name);
	return 0;
}
