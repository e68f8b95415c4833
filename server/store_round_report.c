#include "phieu/store_round_report.h"

#include <inttypes.h>
#include <stdio.h>

static const char *keep(struct arena *a, const struct res *r, int col)
{
	const char *s = res_text(r, 0, col);

	return arena_strdup(a, s ? s : "");
}

static bool read_facts(const struct res *r, struct arena *a,
		       struct report_facts *f, struct err *e)
{
	f->round = keep(a, r, 0);
	f->name = keep(a, r, 1);
	f->decision = keep(a, r, 6);
	f->superseded = res_bool(r, 0, 7);
	f->trial = res_bool(r, 0, 8);
	f->sha256 = keep(a, r, 9);
	f->method = keep(a, r, 10);
	f->wave = keep(a, r, 11);
	f->frozen_on = keep(a, r, 13);
	f->superior = f->body = f->place = "";
	return res_i64(r, 0, 2, &f->year, e) &&
	       res_i64(r, 0, 3, &f->version, e) &&
	       res_i64(r, 0, 4, &f->result, e) &&
	       res_i64(r, 0, 5, &f->release, e) &&
	       res_i64(r, 0, 12, &f->wave_release, e) &&
	       res_i64(r, 0, 14, &f->issued, e) &&
	       res_i64(r, 0, 15, &f->returned, e) &&
	       res_i64(r, 0, 16, &f->valid, e);
}

bool store_round_facts(struct db *db, int32_t round, const char *result,
		       struct arena *a, struct report_facts *out,
		       const char **document, const char **input, struct err *e)
{
	char id[16];
	const char *args[] = { id, result };
	struct res *r;
	bool ok;

	*out = (struct report_facts){ 0 };
	(void)snprintf(id, sizeof id, "%" PRId32, round);
	r = db_run(db, Q_ROUND_REPORT_FACTS, args, e);
	ok = r && (res_rows(r) == 1 ||
		   err_set(e, ERR_INPUT,
			   "chưa có kết quả này (there is no such result)"));
	ok = ok && read_facts(r, a, out, e);
	if (ok) {
		*document = keep(a, r, 17);
		*input = keep(a, r, 18);
		ok = !arena_broken(a) || err_set(e, ERR_NOMEM, "out of memory");
	}
	res_free(r);
	return ok;
}
