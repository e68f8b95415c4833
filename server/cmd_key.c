/* cmd_key.c - keys of agents, engines and analysts from the command line. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/key_words.h"
#include "phieu/rows.h"
#include "phieu/secret.h"
#include "phieu/store_account.h"
#include "phieu/store_agent.h"

#define PROGRAM_DAYS 365

static int done(struct db *db, bool ok, const struct err *e)
{
	db_close(db);
	return ok ? EXIT_DONE : cli_fail("phieu key", e);
}

static struct db *open_as(void *app, enum who who, struct err *e)
{
	return connect_ready(((struct app *)app)->conf, who, e);
}

bool key_number(const char *s, int min, int max, int *out, const char *what,
		struct err *e)
{
	char *end;
	long v;

	if (!s)
		return true;
	errno = 0;
	v = strtol(s, &end, 10);
	if (errno || end == s || *end || v < min || v > max)
		return err_set(e, ERR_INPUT, "%s is a number from %d to %d",
			       what, min, max);
	*out = (int)v;
	return true;
}

static bool no_words(int argc, char **argv, int want, struct err *e)
{
	return argc == want + 1 ||
	       err_set(e, ERR_INPUT,
		       "wrong number of words, see phieu %s "
		       "--help",
		       argv[0]);
}

/* ---- agents ---- */

bool key_codes(const struct plan *p, const char *text, bool forms, size_t **out,
	       size_t *n_out, struct err *e)
{
	size_t max = forms ? p->n_forms : p->n_units;
	char code[LIMIT_CODE_BYTES + 1];

	*out = NULL;
	*n_out = 0;
	if (!text)
		return true;
	*out = calloc(max ? max : 1, sizeof **out);
	if (!*out)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (const char *s = text; *s;) {
		size_t n = strcspn(s, ","), before = *n_out;

		if (n == 0 || n >= sizeof code)
			return err_set(e, ERR_INPUT,
				       "'%.80s' is no list of "
				       "codes",
				       text);
		memcpy(code, s, n);
		code[n] = '\0';
		for (size_t i = 0; i < max && *n_out < max; i++)
			if (strcmp(forms ? p->forms[i].code : p->units[i].code,
				   code) == 0)
				(*out)[(*n_out)++] = i;
		if (*n_out == before)
			return err_set(e, ERR_INPUT,
				       "the plan has no %s '%.64s'",
				       forms ? "form" : "unit", code);
		s += n + (s[n] == ',');
	}
	return true;
}

struct agent_want {
	const char *wave, *code, *name, *office, *forms, *homes, *days;
};

static bool add_agent(struct db *db, const struct agent_want *want,
		      const char *actor, struct err *e)
{
	size_t *forms = NULL, *homes = NULL, n_forms = 0, n_homes = 0;
	char token[TOKEN_TEXT_MAX];
	struct wave *w = NULL;
	int days = AGENT_DAYS;
	int32_t key;
	bool ok = false;

	if (!key_number(want->days, 1, KEY_DAYS_MAX, &days, "--days", e))
		return false;
	w = store_wave_get(db, want->wave, e);
	if (!w || !key_codes(w->plan, want->forms, true, &forms, &n_forms, e) ||
	    !key_codes(w->plan, want->homes, false, &homes, &n_homes, e))
		goto out;
	/* without a name: one more key for an agent who is there */
	if (want->name &&
	    !store_agent_add(db, want->code, want->name,
			     want->office ? want->office : want->name, actor,
			     e))
		goto out;
	ok = store_agent_key_add(db, want->code, w, forms, n_forms, homes,
				 n_homes, days, actor, token, &key, e);
	if (ok)
		printf("khóa chỉ hiện một lần (key %d of %s for %s, good for "
		       "%d days, shown once):\n"
		       "%s\n",
		       (int)key, want->code, want->wave, days, token);
	explicit_bzero(token, sizeof token);
out:
	free(forms);
	free(homes);
	if (w)
		wave_free(w);
	return ok;
}

static int run_agent_add(int argc, char **argv, void *app)
{
	struct agent_want want = { 0 };
	const struct cli_opt opts[] = { { "--wave", NULL, &want.wave },
					{ "--code", NULL, &want.code },
					{ "--name", NULL, &want.name },
					{ "--office", NULL, &want.office },
					{ "--forms", NULL, &want.forms },
					{ "--homes", NULL, &want.homes },
					{ "--days", NULL, &want.days } };
	struct db *db = NULL;
	char actor[64];
	struct err e;
	bool ok;

	ok = cli_options(opts, sizeof opts / sizeof opts[0], &argc, argv, &e) &&
	     no_words(argc, argv, 0, &e);
	if (ok && (!want.wave || !want.code))
		ok = err_set(&e, ERR_INPUT, "give --wave and --code");
	actor_name(actor, sizeof actor);
	if (ok)
		db = open_as(app, WHO_OWNER, &e);
	ok = db && add_agent(db, &want, actor, &e);
	return done(db, ok, &e);
}

static void agent_row(const struct agent_key_row *r, void *arg)
{
	struct table *t = arg;
	char key[16];

	(void)snprintf(key, sizeof key, "%d", (int)r->key);
	table_cell(t, key);
	table_cell(t, r->agent);
	table_cell(t, r->wave);
	table_cell(t, r->forms ? r->forms : "all");
	table_cell(t, r->homes ? r->homes : "all");
	table_cell(t, r->issued);
	table_cell(t, r->expires);
	table_cell(t, r->state);
	table_cell(t, r->use);
}

static int run_agent_list(int argc, char **argv, void *app)
{
	static const char *const heads[] = { "key",   "agent", "wave",
					     "forms", "homes", "issued",
					     "until", "state", "use" };
	const size_t columns = sizeof heads / sizeof heads[0];
	const char *wave = NULL;
	const struct cli_opt opts[] = { { "--wave", NULL, &wave } };
	struct table *t = NULL;
	struct db *db = NULL;
	struct err e;
	bool ok;

	ok = cli_options(opts, 1, &argc, argv, &e) &&
	     no_words(argc, argv, 0, &e);
	if (ok)
		db = open_as(app, WHO_OWNER, &e);
	if (db) {
		t = table_headed(heads, columns, columns);
		if (!t)
			(void)err_set(&e, ERR_NOMEM, "out of memory");
	}
	ok = t && store_agent_key_list(db, wave, agent_row, t, &e);
	if (ok)
		table_print(t, stdout);
	table_free(t);
	return done(db, ok, &e);
}

static int run_agent_revoke(int argc, char **argv, void *app)
{
	struct db *db = NULL;
	char actor[64];
	struct err e;
	int key = 0;
	bool ok;

	ok = cli_options(NULL, 0, &argc, argv, &e) &&
	     no_words(argc, argv, 1, &e) &&
	     key_number(argv[1], 1, INT32_MAX, &key, "KEY", &e);
	actor_name(actor, sizeof actor);
	if (ok)
		db = open_as(app, WHO_OWNER, &e);
	ok = db && store_agent_key_revoke(db, key, actor, &e);
	return done(db, ok, &e);
}

/* ---- programs ---- */

static int program_add(int argc, char **argv, void *app, enum role role)
{
	const char *name = NULL, *wave = NULL, *days_text = NULL;
	const struct cli_opt opts[] = { { "--name", NULL, &name },
					{ "--wave", NULL, &wave },
					{ "--days", NULL, &days_text } };
	char actor[64], token[TOKEN_TEXT_MAX] = "";
	struct db *db = NULL;
	int days = PROGRAM_DAYS;
	struct err e;
	bool ok;

	ok = cli_options(opts, 3, &argc, argv, &e) &&
	     no_words(argc, argv, 0, &e) &&
	     key_number(days_text, 1, KEY_DAYS_MAX, &days, "--days", &e);
	if (ok && !name)
		ok = err_set(&e, ERR_INPUT, "what is it for? give --name");
	actor_name(actor, sizeof actor);
	if (ok)
		db = open_as(app, WHO_SERVER, &e);
	ok = db &&
	     store_api_key_add(db, actor, name, role, wave, days, token, &e);
	if (ok)
		printf("khóa chỉ hiện một lần (key of %s '%s' for %s, good for "
		       "%d days, shown once):\n"
		       "%s\n",
		       role_name(role), name, wave ? wave : "all waves", days,
		       token);
	explicit_bzero(token, sizeof token);
	return done(db, ok, &e);
}

static int program_list(int argc, char **argv, void *app, enum role role)
{
	static const char *const heads[] = { "key",    "name",	"wave",
					     "issued", "until", "state" };
	struct res *r = NULL;
	struct db *db = NULL;
	struct err e;
	bool ok;

	ok = cli_options(NULL, 0, &argc, argv, &e) &&
	     no_words(argc, argv, 0, &e);
	if (ok)
		db = open_as(app, WHO_SERVER, &e);
	if (db)
		r = store_api_key_list(db, role, &e);
	ok = r &&
	     rows_print(r, heads, sizeof heads / sizeof heads[0], "all", &e);
	res_free(r);
	return done(db, ok, &e);
}

static int program_revoke(int argc, char **argv, void *app, enum role role)
{
	struct db *db = NULL;
	char actor[64];
	struct err e;
	int key = 0;
	bool ok;

	ok = cli_options(NULL, 0, &argc, argv, &e) &&
	     no_words(argc, argv, 1, &e) &&
	     key_number(argv[1], 1, INT32_MAX, &key, "KEY", &e);
	actor_name(actor, sizeof actor);
	if (ok)
		db = open_as(app, WHO_SERVER, &e);
	ok = db && store_api_key_revoke(db, actor, role, argv[1], &e);
	return done(db, ok, &e);
}

static int run_engine_add(int argc, char **argv, void *app)
{
	return program_add(argc, argv, app, ROLE_ENGINE);
}

static int run_engine_list(int argc, char **argv, void *app)
{
	return program_list(argc, argv, app, ROLE_ENGINE);
}

static int run_engine_revoke(int argc, char **argv, void *app)
{
	return program_revoke(argc, argv, app, ROLE_ENGINE);
}

static int run_analyst_add(int argc, char **argv, void *app)
{
	return program_add(argc, argv, app, ROLE_ANALYST);
}

static int run_analyst_list(int argc, char **argv, void *app)
{
	return program_list(argc, argv, app, ROLE_ANALYST);
}

static int run_analyst_revoke(int argc, char **argv, void *app)
{
	return program_revoke(argc, argv, app, ROLE_ANALYST);
}

static const struct cmd cmds[] = {
	{ "key agent add",
	  "cấp khóa cho điều tra viên (a key for a post agent)",
	  "phieu key agent add --wave W --code CODE [--name NAME] "
	  "[--office OFFICE]\n"
	  "    [--forms CT-01,…] [--homes CODE,…] [--days 90]\n"
	  "\n"
	  "With --name the agent is entered too; without, an agent who is "
	  "there\n"
	  "gets one more key.  The key is shown once.\n",
	  run_agent_add },
	{ "key agent list", "khóa của điều tra viên (keys of agents)",
	  "phieu key agent list [--wave W]\n", run_agent_list },
	{ "key agent revoke",
	  "thu hồi ngay khóa điều tra viên (withdraw at once)",
	  "phieu key agent revoke KEY\n", run_agent_revoke },
	{ "key engine add",
	  "cấp khóa cho phần mềm tính chỉ số (for an index engine)",
	  "phieu key engine add --name NAME [--wave W] [--days 365]\n",
	  run_engine_add },
	{ "key engine list", "khóa của phần mềm tính chỉ số (keys of engines)",
	  "phieu key engine list\n", run_engine_list },
	{ "key engine revoke",
	  "thu hồi khóa phần mềm (withdraw an engine's key)",
	  "phieu key engine revoke KEY\n", run_engine_revoke },
	{ "key analyst add",
	  "cấp khóa cho chương trình phân tích (for an analyst)",
	  "phieu key analyst add --name NAME [--wave W] [--days 365]\n",
	  run_analyst_add },
	{ "key analyst list",
	  "khóa của chương trình phân tích (keys of analysts)",
	  "phieu key analyst list\n", run_analyst_list },
	{ "key analyst revoke",
	  "thu hồi khóa phân tích (withdraw an analyst's key)",
	  "phieu key analyst revoke KEY\n", run_analyst_revoke },
};
const struct cmd_set cmd_key = { cmds, sizeof cmds / sizeof cmds[0] };
