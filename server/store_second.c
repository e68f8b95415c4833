#include "phieu/second.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "phieu/dec.h"
#include "phieu/json.h"
#include "phieu/proportion.h"

#define ROWS_BYTES ((size_t)16 << 20)

/* What is counted stands as it came, figures as JSON numbers. */
static const char *const counted[] = { "sheets", "fields", "differ",
				       "unresolved" };

struct rule { /* of the wave; the same in every row */
	bool by_share, by_number;
	double maximum, level;
	uint64_t accept, least;
};

static bool percent(const struct res *r, size_t row, const char *name,
		    double *out, struct err *e)
{
	int col = res_column(r, name);
	struct dec d;

	if (col < 0 || !res_dec(r, row, col, &d, e))
		return false;
	*out = (double)d.micro / DEC_ONE / 100;
	return true;
}

static bool whole(const struct res *r, size_t row, const char *name,
		  uint64_t *out, struct err *e)
{
	int64_t n;

	if (!res_i64(r, row, res_column(r, name), &n, e))
		return false;
	*out = (uint64_t)n;
	return true;
}

static bool read_rule(const struct res *r, size_t row, struct rule *out,
		      struct err *e)
{
	*out = (struct rule){
		.by_share = *res_word(r, row, "maximum") != '\0',
		.by_number = *res_word(r, row, "accept") != '\0',
	};
	if (!percent(r, row, "level", &out->level, e) ||
	    (out->by_share && !percent(r, row, "maximum", &out->maximum, e)) ||
	    (out->by_number && !whole(r, row, "accept", &out->accept, e)))
		return false;
	return !(out->by_share || out->by_number) ||
	       whole(r, row, "least", &out->least, e);
}

static const char *verdict(const struct rule *u, const struct proportion *p,
			   uint64_t errors, uint64_t judged)
{
	enum proportion_verdict v = PROPORTION_MORE;

	if (u->by_number)
		v = proportion_by_number(errors, judged, u->least, u->accept);
	else if (u->by_share && judged > 0)
		v = proportion_by_interval(p, judged, u->least, u->maximum);
	else if (!u->by_share)
		return "";
	return v == PROPORTION_ACCEPT	? "accept"
	       : v == PROPORTION_REJECT ? "reject"
					: "more";
}

static void put_share(struct jw *j, const char *name, bool known, double share)
{
	char text[32];

	(void)snprintf(text, sizeof text, "%.3f", 100 * share);
	jw_kv(j, name, known ? text : "");
}

static bool put_row(const struct res *r, size_t row, struct jw *j,
		    struct err *e)
{
	uint64_t judged, errors;
	struct proportion p = { 0 };
	struct rule u;

	if (!whole(r, row, "judged", &judged, e) ||
	    !whole(r, row, "errors", &errors, e) || !read_rule(r, row, &u, e) ||
	    (judged > 0 && !proportion_of(errors, judged, u.level, &p, e)))
		return false;
	jw_object(j);
	jw_kv(j, "code", res_word(r, row, "code"));
	jw_kv(j, "name", res_word(r, row, "name"));
	for (size_t i = 0; i < sizeof counted / sizeof counted[0]; i++)
		jw_kv(j, counted[i], res_word(r, row, counted[i]));
	jw_ki(j, "judged", (int64_t)judged);
	jw_ki(j, "errors", (int64_t)errors);
	put_share(j, "share", judged > 0, p.share);
	put_share(j, "low", judged > 0, p.low);
	put_share(j, "high", judged > 0, p.high);
	put_share(j, "wilson_low", judged > 0, p.wilson_low);
	put_share(j, "wilson_high", judged > 0, p.wilson_high);
	jw_kv(j, "verdict", verdict(&u, &p, errors, judged));
	jw_object_end(j);
	return true;
}

struct res *store_second_shares(struct db *db, struct res *rows, struct err *e)
{
	struct buf b = BUF_INIT(ROWS_BYTES);
	const char *args[1];
	struct res *out = NULL;
	bool ok = true;
	struct jw j;

	jw_init(&j, &b);
	jw_array(&j);
	for (size_t i = 0; ok && i < res_rows(rows); i++)
		ok = put_row(rows, i, &j, e);
	jw_array_end(&j);
	args[0] = buf_cstr(&b);
	if (ok && !args[0])
		ok = err_set(e, ERR_NOMEM, "out of memory");
	if (ok)
		out = db_run(db, Q_SECOND_RATES_SHOWN, args, e);
	res_free(rows);
	buf_free(&b);
	return out;
}
