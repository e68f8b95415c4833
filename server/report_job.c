/* The reports of a round's result: what the command line and the service both
 * do. */
#include "report_job.h"

#include <string.h>

#include "phieu/store_round_report.h"

static bool recompute(struct report_job *j, const char *document,
		      const char *input, struct err *e)
{
	struct faults f;

	faults_init(&f, j->a);
	if (!round_read(document, strlen(document), j->a, &j->round, &f)) {
		(void)err_set(e, ERR_BUG, "the stored document has a fault");
		return false;
	}
	if (!round_compute(input, strlen(input), j->a, &j->result, &f, e))
		return false;
	/* codes of the result, in its order */
	j->round.set = j->result.set;
	if (j->round.superior)
		j->facts.superior = j->round.superior;
	if (j->round.body)
		j->facts.body = j->round.body;
	if (j->round.place)
		j->facts.place = j->round.place;
	return true;
}

/* By whole codes: SO1 is not SO10. */
static bool find(struct report_job *j, const struct report_asked *q,
		 struct err *e)
{
	j->ask.unit = j->ask.node = INDEX_NONE;
	if (q->unit)
		j->ask.unit = round_unit(&j->round, q->unit);
	if (q->unit && j->ask.unit == INDEX_NONE) {
		(void)err_set(e, ERR_INPUT,
			      "không có đơn vị này trong kết quả (no unit "
			      "\"%.64s\")",
			      q->unit);
		return false;
	}
	if (q->node)
		j->ask.node = round_node(&j->round, q->node);
	if (q->node && j->ask.node == INDEX_NONE) {
		(void)err_set(e, ERR_INPUT,
			      "không có tiêu chí này trong kết quả (no "
			      "criterion \"%.64s\")",
			      q->node);
		return false;
	}
	return true;
}

bool report_asked_check(const struct report_asked *q, enum report_shape *shape,
			struct err *e)
{
	bool by_unit;

	if (!q->shape || !report_shape_parse(q->shape, shape)) {
		(void)err_set(e, ERR_INPUT,
			      "--shape summary|unit|field|criteria|result|"
			      "special");
		return false;
	}
	by_unit = *shape == REPORT_UNIT || *shape == REPORT_CRITERIA;
	if (by_unit != (q->unit || q->all) || (q->unit && q->all)) {
		(void)err_set(e, ERR_INPUT,
			      by_unit ? "--shape %s takes --unit U or "
					"--all-units"
				      : "--shape %s takes no unit",
			      q->shape);
		return false;
	}
	if (q->node && *shape != REPORT_FIELD) {
		(void)err_set(e, ERR_INPUT, "--node goes with --shape field");
		return false;
	}
	return true;
}

bool report_job_find(struct report_job *j, int32_t round,
		     const struct report_asked *q, struct err *e)
{
	return store_round_facts(j->db, round, q->result, j->a, &j->facts,
				 &j->document, &j->input, e);
}

bool report_job_make(struct report_job *j, const struct report_asked *q,
		     struct err *e)
{
	return recompute(j, j->document, j->input, e) && find(j, q, e) &&
	       round_report(j->result.ix, &j->facts, &j->ask, j->a, &j->paper,
			    e);
}

void report_job_clear(struct report_job *j)
{
	round_result_free(&j->result);
}
