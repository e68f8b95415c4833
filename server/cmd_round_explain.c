/* `phieu round explain`: why a number of a round's index is what it is. */
#include <stdio.h>
#include <string.h>

#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/json.h"
#include "phieu/round_explain.h"

#define ARENA_BYTES ((size_t)1 << 30)
#define TEXT_BYTES  ((size_t)64 << 20)
#define USAGE                                                      \
	"phieu round explain ROUND UNIT[/CRITERION] [--result N] " \
	"[--json]"

struct asked {
	const char *round, *what, *result;
	bool json;
};

static bool put(const struct buf *b, bool json, struct err *e)
{
	cJSON *doc;
	bool ok;

	if (json)
		return puts(b->data) >= 0 || err_set(e, ERR_IO, "cannot write");
	doc = json_parse(b->data, b->len, &json_plan_limits, e);
	ok = doc && round_explain_print(doc, stdout, e);
	cJSON_Delete(doc);
	return ok;
}

static bool explain(const struct app *app, const struct asked *q,
		    struct arena *a, struct buf *out, struct err *e)
{
	struct db *db = connect_ready(app->conf, WHO_SERVER, e);
	size_t n = strcspn(q->what, "/");
	struct explained_result result;
	struct round_explain ask = { .result = &result,
				     .decisions = true,
				     .all = true };
	struct round_head head;
	bool found = false, ok;

	ask.head = &head;
	ask.unit = arena_printf(a, "%.*s", (int)n, q->what);
	ask.criterion = q->what[n] ? q->what + n + 1 : NULL;
	ok = db && store_round_head(db, q->round, a, &head, e) &&
	     store_explained_result(db, head.id, q->result, a, &result, &found,
				    e) &&
	     (found ||
	      err_set(e, ERR_INPUT,
		      "chưa có kết quả này (there is no such result)")) &&
	     round_explain(db, &ask, a, out, e);
	db_close(db);
	return ok;
}

static int run_explain(int argc, char **argv, void *app)
{
	struct asked q = { 0 };
	const struct cli_opt opts[] = { { "--result", NULL, &q.result },
					{ "--json", &q.json, NULL } };
	struct arena *a = arena_new(ARENA_BYTES);
	struct buf b = BUF_INIT(TEXT_BYTES);
	struct err e = { 0 };
	bool ok;

	ok = (a || err_set(&e, ERR_NOMEM, "out of memory")) &&
	     cli_options(opts, 2, &argc, argv, &e) &&
	     (argc == 3 || err_set(&e, ERR_INPUT, "usage: " USAGE));
	if (ok) {
		q.round = argv[1];
		q.what = argv[2];
		ok = explain(app, &q, a, &b, &e) && put(&b, q.json, &e);
	}
	buf_free(&b);
	arena_free(a);
	return ok ? EXIT_DONE : cli_fail("phieu round explain", &e);
}

static const struct cmd cmds[] = {
	{ "round explain",
	  "giải trình một con số qua ba bước (why a number is what it is, in "
	  "three steps)",
	  USAGE
	  "\n"
	  "  The unit's total, the criterion, and what is behind it: the\n"
	  "  counts of the wave's answers, or who decided what and when.\n"
	  "  Without a criterion: the total, with every criterion to go on\n"
	  "  to.  --result: the newest when not given.  Groups too small to\n"
	  "  be shown are left out (D12).",
	  run_explain },
};
const struct cmd_set cmd_round_explain = { cmds, sizeof cmds / sizeof cmds[0] };
