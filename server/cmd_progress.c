#include <inttypes.h>
#include <stdio.h>

#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/json.h"
#include "phieu/store_progress.h"
#include "phieu/store_waves.h"

#define OUTPUT_BYTES ((size_t)64 << 20)

struct report {
	struct wave_head wave;
	struct progress_row *rows;
	size_t n;
};

static bool fetch(const struct conf *c, const char *wave, struct arena *a,
		  struct report *r, struct err *e)
{
	struct db *db = connect_ready(c, WHO_SERVER, e);
	bool found = false, ok;

	if (!db)
		return false;
	ok = store_wave_head(db, wave, 0, a, &r->wave, &found, e);
	if (ok && !found)
		ok = err_set(e, ERR_INPUT,
			     "không có đợt điều tra này (no wave \"%.64s\")",
			     wave);
	ok = ok && store_progress(db, r->wave.wave, a, &r->rows, &r->n, e);
	db_close(db);
	return ok;
}

static void cell_int(struct table *t, int64_t v)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%" PRId64, v);
	table_cell(t, text);
}

/* Groups with their forms, then the total; cells only when asked for: a
 * province has hundreds. */
static bool shown(const struct progress_row *r, bool cells)
{
	return r->level == PROGRESS_GROUP || r->level == PROGRESS_FORM ||
	       r->level == PROGRESS_TOTAL ||
	       (cells && r->level == PROGRESS_CELL);
}

static bool print_table(const struct report *r, bool cells, struct err *e)
{
	static const char *const heads[] = {
		"mẫu phiếu", "đối tượng", "kế hoạch", "thu về",	   "hợp lệ",
		"chờ xem",   "không HL",  "để riêng", "còn thiếu", "vượt"
	};
	const size_t columns = sizeof heads / sizeof heads[0];
	struct table *t = table_headed(heads, columns, 2);

	if (!t)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < r->n; i++) {
		const struct progress_row *p = &r->rows[i];

		if (!shown(p, cells))
			continue;
		if (p->level == PROGRESS_TOTAL)
			table_rule(t);
		table_cell(t, p->level == PROGRESS_TOTAL ? "TỔNG"
			      : p->form			 ? p->form
							 : "?");
		table_cell(t, p->level == PROGRESS_CELL && p->home_name
				      ? p->home_name
			      : p->level == PROGRESS_FORM ? "cộng"
			      : p->group_name		  ? p->group_name
							  : "");
		cell_int(t, p->n.planned);
		cell_int(t, p->n.received);
		cell_int(t, p->n.valid);
		cell_int(t, p->n.queried);
		cell_int(t, p->n.invalid);
		cell_int(t, p->n.set_aside);
		cell_int(t, p->n.missing);
		cell_int(t, p->n.over);
	}
	printf("%s%s%s\n", r->wave.name,
	       r->wave.trial ? " — mẫu thử, không phải phiếu chính thức" : "",
	       r->wave.simulated ? " — SỐ LIỆU MÔ PHỎNG (simulated)" : "");
	table_print(t, stdout);
	table_free(t);
	return true;
}

static bool print_json(const struct report *r, struct err *e)
{
	struct buf b = BUF_INIT(OUTPUT_BYTES);
	struct jw w;
	bool ok;

	jw_init(&w, &b);
	jw_object(&w);
	jw_kv(&w, "wave", r->wave.code);
	jw_kv(&w, "state", r->wave.state);
	jw_kb(&w, "trial", r->wave.trial);
	jw_kb(&w, "simulated", r->wave.simulated);
	jw_key(&w, "total");
	progress_total_json(r->rows, r->n, &w);
	jw_key(&w, "rows");
	progress_json(r->rows, r->n, &w);
	jw_object_end(&w);
	ok = buf_cstr(&b) != NULL;
	if (ok)
		puts(buf_cstr(&b));
	buf_free(&b);
	return ok || err_set(e, ERR_NOMEM, "out of memory");
}

static bool print_csv(const struct report *r, struct err *e)
{
	struct buf b = BUF_INIT(OUTPUT_BYTES);
	bool ok;

	progress_csv(r->rows, r->n, &b);
	ok = buf_cstr(&b) != NULL;
	if (ok)
		(void)fputs(buf_cstr(&b), stdout);
	buf_free(&b);
	return ok || err_set(e, ERR_NOMEM, "out of memory");
}

static int run_progress(int argc, char **argv, void *app)
{
	const char *wave = NULL;
	bool json = false, csv = false, cells = false, ok;
	const struct cli_opt opts[] = { { "--wave", NULL, &wave },
					{ "--json", &json, NULL },
					{ "--csv", &csv, NULL },
					{ "--cells", &cells, NULL } };
	struct report r = { 0 };
	struct err e = { 0 };
	struct arena *a;

	if (!cli_options(opts, sizeof opts / sizeof opts[0], &argc, argv, &e))
		return cli_fail("phieu progress", &e);
	if (!wave || argc > 1 || (json && csv)) {
		(void)err_set(&e, ERR_INPUT,
			      "usage: phieu progress --wave W [--json|--csv]");
		return cli_fail("phieu progress", &e);
	}
	a = arena_new(OUTPUT_BYTES);
	ok = a ? fetch(((struct app *)app)->conf, wave, a, &r, &e)
	       : err_set(&e, ERR_NOMEM, "out of memory");
	ok = ok && (json  ? print_json(&r, &e)
		    : csv ? print_csv(&r, &e)
			  : print_table(&r, cells, &e));
	arena_free(a);
	return ok ? EXIT_DONE : cli_fail("phieu progress", &e);
}

static const struct cmd cmds[] = {
	{ "progress", "tiến độ: kế hoạch, thu về, còn thiếu (progress)",
	  "phieu progress --wave W [--cells] [--json|--csv]\n"
	  "\n"
	  "One line a respondent group and form, the total below; --cells adds "
	  "every\n"
	  "home.  received = valid + queried + invalid + set aside;\n"
	  "planned + over = valid + queried + missing.\n",
	  run_progress },
};
const struct cmd_set cmd_progress = { cmds, sizeof cmds / sizeof cmds[0] };
