/* A round's result against an earlier round's: what the command line and the
 * service both do. */
#include "change_rounds.h"

#include <string.h>

#define ALPHA 0.05

void change_job_clear(struct change_job *j)
{
	index_change_free(&j->c);
	result_desk_clear(&j->desk[NOW]);
	result_desk_clear(&j->desk[BEFORE]);
}

/* ---- a stored result ---------------------------------------------------- */

/* Of the newest release, else the newest draft; what it is into head.note. */
static bool find_result(struct change_job *j, size_t i,
			const struct round_head *h, struct stored_result *x,
			struct err *e)
{
	struct res *r = store_round_releases(j->db, h->id, NULL, e);
	const char *number = NULL;

	if (!r)
		return false;
	j->head.note[i] = "Dự thảo";
	if (res_rows(r) == 0)
		j->letter.draft = true;
	else {
		number = res_dup(j->a, r, 0, 6);
		j->head.note[i] =
			arena_printf(j->a, "công bố lần %s, %s",
				     res_text(r, 0, 0), res_text(r, 0, 3));
	}
	res_free(r);
	return store_result_get(j->db, h->id, number, j->a, x, e);
}

/* Recomputed, and the same bytes: else the comparison would be of other numbers
 * than were published. */
static bool take_round(struct change_job *j, size_t i,
		       const struct round_head *h, struct err *e)
{
	struct stored_result x = { 0 };

	if (!find_result(j, i, h, &x, e))
		return false;
	if (i == NOW)
		j->version = x.version;
	result_desk_init(&j->desk[i], j->db, j->a, h);
	j->head.name[i] = h->name;
	if (!result_desk_verify(&j->desk[i], &x, e))
		return err_wrap(e, "%.64s", h->code);
	j->head.sha256[i] = j->desk[i].result.sha256;
	return true;
}

static bool take_merged(struct change_job *j, const struct round *r,
			struct err *e)
{
	struct index_pair *p = arena_array(j->a, r->n_merged + 1, sizeof *p);

	if (!p)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < r->n_merged; i++)
		p[i] = (struct index_pair){
			r->merged[i].from, r->set.units[r->merged[i].to].code
		};
	j->pairs.units = p;
	j->pairs.n_units = r->n_merged;
	return true;
}

/* Criteria that this round's document says it replaced, units that it says
 * were merged: the document that the result was made by, not a later one. */
static bool take_replaced(struct change_job *j, int32_t round, struct err *e)
{
	struct index_pair *p;
	struct round r;
	const char *text;

	faults_init(&j->f, j->a);
	if (!store_round_text_at(j->db, round, j->version, j->a, &text, e))
		return false;
	if (!round_read(text, strlen(text), j->a, &r, &j->f))
		return err_set(e, ERR_BUG, "the stored document has a fault");
	p = arena_array(j->a, r.n_replaced + 1, sizeof *p);
	if (!p) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	for (size_t i = 0; i < r.n_replaced; i++)
		p[i] = (struct index_pair){
			r.replaced[i].from,
			r.replaced[i].to == INDEX_NONE
				? NULL
				: r.set.nodes[r.replaced[i].to].code
		};
	j->pairs.criteria = p;
	j->pairs.n_criteria = r.n_replaced;
	j->letter.superior = r.superior;
	j->letter.body = r.body;
	j->letter.place = r.place;
	return take_merged(j, &r, e);
}

/* The other way round every rise would be told as a fall. */
static bool in_order(const struct change_job *j, struct err *e)
{
	const struct round_head *now = &j->desk[NOW].head;
	const struct round_head *before = &j->desk[BEFORE].head;

	return before->year < now->year ||
	       err_set(e, ERR_INPUT,
		       "%.64s không phải kỳ của năm trước %.64s (not of an "
		       "earlier year)",
		       before->code, now->code);
}

bool change_rounds(struct change_job *j, const struct round_head head[2],
		   struct err *e)
{
	return take_round(j, NOW, &head[NOW], e) &&
	       take_round(j, BEFORE, &head[BEFORE], e) && in_order(j, e) &&
	       take_replaced(j, head[NOW].id, e);
}

bool change_made(struct change_job *j, struct err *e)
{
	return index_change(j->desk[NOW].result.ix, j->desk[BEFORE].result.ix,
			    &j->pairs, ALPHA, j->a, &j->c, e);
}

bool change_unit(const struct change_job *j, const char *code, size_t *unit,
		 struct err *e)
{
	const struct index_set *s = &j->desk[NOW].result.set;

	*unit = INDEX_NONE;
	for (size_t i = 0; code && i < s->n_units; i++)
		if (strcmp(s->units[i].code, code) == 0)
			*unit = i;
	return !code || *unit != INDEX_NONE ||
	       err_set(e, ERR_INPUT, "năm nay không có đơn vị (no unit) %.64s",
		       code);
}

bool change_page(const struct change_job *j, size_t unit, struct buf *b,
		 struct err *e)
{
	struct paper d;

	return change_paper(&j->c, unit, &j->head, &j->letter, j->a, &d, e) &&
	       paper_html(&d, b, e);
}
