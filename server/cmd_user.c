/* cmd_user.c - accounts of people from the command line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/rows.h"
#include "phieu/secret.h"
#include "phieu/store_account.h"

#define RESET_MINUTES 30

struct doing {
	struct db *db;
	struct people_rules rules;
	char actor[64];
};

static bool begin(struct doing *d, void *app, struct err *e)
{
	const struct conf *c = ((struct app *)app)->conf;

	people_rules_read(c, &d->rules);
	actor_name(d->actor, sizeof d->actor);
	d->db = connect_ready(c, WHO_SERVER, e);
	return d->db != NULL;
}

static int finish(struct doing *d, bool ok, const struct err *e)
{
	db_close(d->db);
	return ok ? EXIT_DONE : cli_fail("phieu user", e);
}

/* argv[1] is a login, and nothing follows it. */
static bool one_login(int argc, char **argv, struct err *e)
{
	return argc == 2 ||
	       err_set(e, ERR_INPUT, "%s takes one login, see --help", argv[0]);
}

/* Long enough for any rule, with all kinds of characters. */
static void first_password(char out[TOKEN_TEXT_MAX + 4])
{
	char token[TOKEN_TEXT_MAX];

	token_new("Aa1", token);
	(void)snprintf(out, TOKEN_TEXT_MAX + 4, "%.24s-z", token);
}

static bool add(struct doing *d, const char *login, const char *name,
		const char *role, const char *file, struct err *e)
{
	char made[TOKEN_TEXT_MAX + 4];
	enum role r = ROLE_ANALYST;
	char *given = NULL;
	bool ok = false;

	if (role && !role_parse(role, &r, e))
		return false;
	first_password(made);
	if (file) {
		given = secret_read(file, "password", false, e);
		if (!given)
			return false;
	}
	ok = store_account_add(d->db, &d->rules, d->actor, login, name,
			       given ? given : made, e) &&
	     (!role ||
	      store_role_give(d->db, d->actor, login, r, NULL, NULL, e));
	if (ok)
		printf("đã tạo tài khoản, phải đổi mật khẩu khi đăng nhập lần "
		       "đầu (account %s made; the password must be changed at "
		       "the first sign-in)\n",
		       login);
	if (ok && !given)
		printf("mật khẩu đầu tiên, chỉ hiện một lần (first password, "
		       "shown once): %s\n",
		       made);
	explicit_bzero(made, sizeof made);
	secret_free(given);
	return ok;
}

static int run_add(int argc, char **argv, void *app)
{
	const char *name = NULL, *role = NULL, *file = NULL;
	const struct cli_opt opts[] = { { "--name", NULL, &name },
					{ "--role", NULL, &role },
					{ "--password-file", NULL, &file } };
	struct doing d = { 0 };
	struct err e;
	bool ok;

	ok = cli_options(opts, 3, &argc, argv, &e) && one_login(argc, argv, &e);
	if (ok && !name)
		ok = err_set(&e, ERR_INPUT, "whose account? give --name");
	ok = ok && begin(&d, app, &e) && add(&d, argv[1], name, role, file, &e);
	return finish(&d, ok, &e);
}

static int run_list(int argc, char **argv, void *app)
{
	static const char *const heads[] = { "login", "name", "roles", "state",
					     "since" };
	struct doing d = { 0 };
	struct res *r = NULL;
	struct err e;
	bool ok;

	ok = cli_options(NULL, 0, &argc, argv, &e) && begin(&d, app, &e);
	if (ok)
		r = store_account_list(d.db, &e);
	ok = r &&
	     rows_print(r, heads, sizeof heads / sizeof heads[0], "none", &e);
	res_free(r);
	return finish(&d, ok, &e);
}

/* A unit bounds these alone: with another role it would look like a bound and
 * be none. */
static bool takes_unit(enum role r)
{
	return r == ROLE_UNIT || r == ROLE_APPRAISER ||
	       r == ROLE_POST_SUPERVISOR || r == ROLE_SUPERVISOR ||
	       r == ROLE_AGENT;
}

static int run_role(int argc, char **argv, void *app)
{
	const char *give = NULL, *take = NULL, *wave = NULL, *unit = NULL;
	const struct cli_opt opts[] = { { "--give", NULL, &give },
					{ "--take", NULL, &take },
					{ "--wave", NULL, &wave },
					{ "--unit", NULL, &unit } };
	struct doing d = { 0 };
	enum role role;
	struct err e;
	bool ok;

	ok = cli_options(opts, 4, &argc, argv, &e) && one_login(argc, argv, &e);
	if (ok && !give == !take)
		ok = err_set(&e, ERR_INPUT, "give either --give or --take");
	ok = ok && role_parse(give ? give : take, &role, &e);
	if (ok && give && unit && !takes_unit(role))
		ok = err_set(&e, ERR_INPUT,
			     "vai trò %s không gắn với đơn vị nào: bỏ --unit "
			     "(this role is not bound to a unit)",
			     give);
	ok = ok && begin(&d, app, &e);
	if (ok)
		ok = (give ? store_role_give : store_role_take)(d.db, d.actor,
								argv[1], role,
								wave, unit, &e);
	return finish(&d, ok, &e);
}

/* With a reset token the person acts, without one an administrator. */
static bool password(struct doing *d, const char *login, const char *file,
		     const char *token_file, struct err *e)
{
	char *token = NULL, *text = NULL;
	bool ok = false;

	if (token_file) {
		token = secret_read(token_file, "reset token", false, e);
		if (!token)
			return false;
	}
	text = secret_read(file, "new password", true, e);
	if (text)
		ok = token ? store_reset_use(d->db, &d->rules, token, text, e)
			   : store_password_give(d->db, &d->rules, d->actor,
						 login, text, true, e);
	secret_free(text);
	secret_free(token);
	return ok;
}

static int run_password(int argc, char **argv, void *app)
{
	const char *file = NULL, *token = NULL;
	const struct cli_opt opts[] = { { "--password-file", NULL, &file },
					{ "--token-file", NULL, &token } };
	struct doing d = { 0 };
	struct err e;
	bool ok;

	ok = cli_options(opts, 2, &argc, argv, &e) &&
	     one_login(argc, argv, &e) && begin(&d, app, &e) &&
	     password(&d, argv[1], file, token, &e);
	if (ok)
		printf("password of %s set, all sessions ended\n", argv[1]);
	return finish(&d, ok, &e);
}

static int run_reset(int argc, char **argv, void *app)
{
	char token[TOKEN_TEXT_MAX];
	struct doing d = { 0 };
	struct err e;
	bool ok;

	ok = cli_options(NULL, 0, &argc, argv, &e) &&
	     one_login(argc, argv, &e) && begin(&d, app, &e) &&
	     store_reset_new(d.db, d.actor, argv[1], RESET_MINUTES, token, &e);
	if (ok)
		printf("mã đặt lại, chỉ hiện một lần, dùng một lần (reset "
		       "token, shown once, good once within %d "
		       "minutes): %s\n",
		       RESET_MINUTES, token);
	explicit_bzero(token, sizeof token);
	return finish(&d, ok, &e);
}

static int disable(int argc, char **argv, void *app, bool yes)
{
	struct doing d = { 0 };
	struct err e;
	bool ok;

	ok = cli_options(NULL, 0, &argc, argv, &e) &&
	     one_login(argc, argv, &e) && begin(&d, app, &e) &&
	     store_account_disable(d.db, d.actor, argv[1], yes, &e);
	return finish(&d, ok, &e);
}

static int run_disable(int argc, char **argv, void *app)
{
	return disable(argc, argv, app, true);
}

static int run_enable(int argc, char **argv, void *app)
{
	return disable(argc, argv, app, false);
}

static int run_unlock(int argc, char **argv, void *app)
{
	struct doing d = { 0 };
	struct err e;
	bool ok;

	ok = cli_options(NULL, 0, &argc, argv, &e) &&
	     one_login(argc, argv, &e) && begin(&d, app, &e) &&
	     store_account_unlock(d.db, d.actor, argv[1], &e);
	return finish(&d, ok, &e);
}

static const struct cmd cmds[] = {
	{ "user add", "tạo tài khoản (make an account)",
	  "phieu user add LOGIN --name NAME [--role ROLE] "
	  "[--password-file FILE]\n"
	  "\n"
	  "Without a file a first password is made and shown once.\n"
	  "Roles: administrator, analyst, post-supervisor, agent, unit,\n"
	  "appraiser, secretariat, council, supervisor, auditor.\n",
	  run_add },
	{ "user list", "danh sách tài khoản (accounts, roles, states)",
	  "phieu user list\n", run_list },
	{ "user role", "giao, rút vai trò (give or take a role)",
	  "phieu user role LOGIN --give ROLE|--take ROLE [--wave W] "
	  "[--unit U]\n",
	  run_role },
	{ "user password", "đặt mật khẩu (set a password)",
	  "phieu user password LOGIN [--password-file FILE] "
	  "[--token-file FILE]\n"
	  "\n"
	  "Set by an administrator it must be changed at the next sign-in; "
	  "with a\n"
	  "reset token the person sets it.\n",
	  run_password },
	{ "user reset", "mã đặt lại, dùng một lần (a reset token, good once)",
	  "phieu user reset LOGIN\n", run_reset },
	{ "user disable", "đóng tài khoản (close it, end its sessions)",
	  "phieu user disable LOGIN\n", run_disable },
	{ "user enable", "mở lại tài khoản (open it again)",
	  "phieu user enable LOGIN\n", run_enable },
	{ "user unlock", "mở khóa do sai mật khẩu (end a lock-out)",
	  "phieu user unlock LOGIN\n", run_unlock },
};
const struct cmd_set cmd_user = { cmds, sizeof cmds / sizeof cmds[0] };
