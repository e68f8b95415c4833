#include "phieu/progress.h"

#include <string.h>

#include "phieu/csv.h"

static const char *const level_names[] = {
	[PROGRESS_CELL] = "cell",   [PROGRESS_GROUP] = "group",
	[PROGRESS_FORM] = "form",   [PROGRESS_HOME] = "home",
	[PROGRESS_TOTAL] = "total",
};

const char *progress_level_name(enum progress_level l)
{
	return level_names[l];
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static void add(struct progress_counts *to, const struct progress_counts *n)
{
	to->planned += n->planned;
	to->received += n->received;
	to->valid += n->valid;
	to->queried += n->queried;
	to->invalid += n->invalid;
	to->set_aside += n->set_aside;
	to->missing += n->missing;
	to->over += n->over;
}

static void close_cell(struct progress_counts *n)
{
	int64_t gap = n->planned - n->valid - n->queried;

	n->missing = gap > 0 ? gap : 0;
	n->over = gap < 0 ? -gap : 0;
}

/* Homes in the order of their first cell. */
static size_t add_homes(struct progress_row *homes,
			const struct progress_row *cells, size_t n)
{
	size_t i, j, k = 0;

	for (i = 0; i < n; i++) {
		for (j = 0; j < k; j++)
			if (same(homes[j].home, cells[i].home))
				break;
		if (j == k) {
			homes[k] = (struct progress_row){
				.level = PROGRESS_HOME,
				.home = cells[i].home,
				.home_name = cells[i].home_name,
			};
			k++;
		}
		add(&homes[j].n, &cells[i].n);
	}
	return k;
}

struct progress_row *progress_add_up(struct arena *a,
				     struct progress_row *cells, size_t n,
				     size_t *n_rows)
{
	/* at most a group and a form beside each cell, a home, a total */
	struct progress_row *out = arena_array(a, 4 * n + 1, sizeof *out);
	struct progress_row total = { .level = PROGRESS_TOTAL };
	struct progress_row form = { 0 }, grp = { 0 };
	size_t i, k = 0;

	if (!out)
		return NULL;
	for (i = 0; i < n; i++) {
		const struct progress_row *c = &cells[i];
		bool last_form, last_group;

		close_cell(&cells[i].n);
		out[k] = *c;
		out[k++].level = PROGRESS_CELL;
		add(&grp.n, &c->n);
		add(&form.n, &c->n);
		add(&total.n, &c->n);
		last_form = i + 1 == n || !same(c->form, c[1].form);
		last_group = last_form || !same(c->group, c[1].group);
		if (last_group) {
			grp.level = PROGRESS_GROUP;
			grp.form = c->form;
			grp.form_name = c->form_name;
			grp.group = c->group;
			grp.group_name = c->group_name;
			out[k++] = grp;
			grp = (struct progress_row){ 0 };
		}
		if (last_form) {
			form.level = PROGRESS_FORM;
			form.form = c->form;
			form.form_name = c->form_name;
			out[k++] = form;
			form = (struct progress_row){ 0 };
		}
	}
	k += add_homes(out + k, cells, n);
	out[k++] = total;
	*n_rows = k;
	return out;
}

static const struct column {
	const char *name;
	size_t at;
} text_columns[] = {
	{ "form", offsetof(struct progress_row, form) },
	{ "form_name", offsetof(struct progress_row, form_name) },
	{ "group", offsetof(struct progress_row, group) },
	{ "group_name", offsetof(struct progress_row, group_name) },
	{ "home", offsetof(struct progress_row, home) },
	{ "home_name", offsetof(struct progress_row, home_name) },
}, count_columns[] = {
	{ "planned", offsetof(struct progress_counts, planned) },
	{ "received", offsetof(struct progress_counts, received) },
	{ "valid", offsetof(struct progress_counts, valid) },
	{ "queried", offsetof(struct progress_counts, queried) },
	{ "invalid", offsetof(struct progress_counts, invalid) },
	{ "set_aside", offsetof(struct progress_counts, set_aside) },
	{ "missing", offsetof(struct progress_counts, missing) },
	{ "over", offsetof(struct progress_counts, over) },
};
enum {
	N_TEXTS = sizeof text_columns / sizeof text_columns[0],
	N_COUNTS = sizeof count_columns / sizeof count_columns[0]
};

static const char *text_at(const struct progress_row *r, size_t column)
{
	const char *s;

	memcpy(&s, (const char *)r + text_columns[column].at, sizeof s);
	return s;
}

static int64_t count_at(const struct progress_row *r, size_t column)
{
	int64_t n;

	memcpy(&n, (const char *)&r->n + count_columns[column].at, sizeof n);
	return n;
}

static void put_counts(const struct progress_row *r, struct jw *w)
{
	for (size_t j = 0; j < N_COUNTS; j++)
		jw_ki(w, count_columns[j].name, count_at(r, j));
}

void progress_total_json(const struct progress_row *rows, size_t n,
			 struct jw *w)
{
	jw_object(w);
	for (size_t i = 0; i < n; i++)
		if (rows[i].level == PROGRESS_TOTAL)
			put_counts(&rows[i], w);
	jw_object_end(w);
}

void progress_json(const struct progress_row *rows, size_t n, struct jw *w)
{
	size_t i, j;

	jw_array(w);
	for (i = 0; i < n; i++) {
		jw_object(w);
		jw_kv(w, "level", progress_level_name(rows[i].level));
		for (j = 0; j < N_TEXTS; j++)
			jw_kv(w, text_columns[j].name, text_at(&rows[i], j));
		put_counts(&rows[i], w);
		jw_object_end(w);
	}
	jw_array_end(w);
}

static void cell(struct buf *out, const char *s)
{
	csv_write(out, s ? s : "", s ? strlen(s) : 0);
}

void progress_csv(const struct progress_row *rows, size_t n, struct buf *out)
{
	size_t i, j;

	buf_adds(out, "level");
	for (j = 0; j < N_TEXTS; j++)
		buf_addf(out, ",%s", text_columns[j].name);
	for (j = 0; j < N_COUNTS; j++)
		buf_addf(out, ",%s", count_columns[j].name);
	csv_end_row(out);
	for (i = 0; i < n; i++) {
		cell(out, progress_level_name(rows[i].level));
		for (j = 0; j < N_TEXTS; j++) {
			csv_sep(out);
			cell(out, text_at(&rows[i], j));
		}
		for (j = 0; j < N_COUNTS; j++)
			buf_addf(out, ",%lld",
				 (long long)count_at(&rows[i], j));
		csv_end_row(out);
	}
}
