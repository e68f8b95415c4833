/* cmd_device.c - phones: settings as a QR picture, names and passwords. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "phieu/base64.h"
#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/file.h"
#include "phieu/json.h"
#include "phieu/key_words.h"
#include "phieu/qr.h"
#include "phieu/secret.h"
#include "phieu/store_agent.h"

/* What the three commands that make a key are told. */
struct asked {
	const char *wave, *agent, *forms, *homes, *days;
};

struct made {
	struct wave *wave;
	size_t *forms, *homes;
	struct agent_key_want want;
};

static void made_free(struct made *m)
{
	free(m->forms);
	free(m->homes);
	if (m->wave)
		wave_free(m->wave);
}

static bool make_want(struct db *db, const struct asked *a, struct made *m,
		      struct err *e)
{
	struct agent_key_want *w = &m->want;

	w->agent = a->agent;
	w->days = AGENT_DAYS;
	if (!key_number(a->days, 1, KEY_DAYS_MAX, &w->days, "--days", e))
		return false;
	m->wave = store_wave_get(db, a->wave, e);
	if (!m->wave ||
	    !key_codes(m->wave->plan, a->forms, true, &m->forms, &w->n_forms,
		       e) ||
	    !key_codes(m->wave->plan, a->homes, false, &m->homes, &w->n_homes,
		       e))
		return false;
	w->wave = m->wave;
	w->forms = m->forms;
	w->homes = m->homes;
	return true;
}

/* ---- the picture ---- */

/* Settings of ODK Collect and KoboCollect; what is left out gets their
 * default on scanning. */
static void write_settings(const struct plan *p, const char *url,
			   const char *token, struct buf *out)
{
	struct buf server = BUF_INIT(8192);
	struct jw w;

	buf_addf(&server, "%s/v1/key/%s", url, token);
	jw_init(&w, out);
	jw_object(&w);
	jw_key(&w, "general");
	jw_object(&w);
	jw_kv(&w, "protocol", "odk_default");
	jw_kv(&w, "server_url", buf_cstr(&server));
	jw_kv(&w, "form_update_mode", "match_exactly");
	jw_kv(&w, "autosend", "wifi_and_cellular");
	jw_kv(&w, "app_language", "vi");
	jw_kv(&w, "constraint_behavior", "on_finalize");
	jw_object_end(&w);
	jw_key(&w, "admin");
	jw_object(&w);
	jw_key(&w, "change_server");
	jw_bool(&w, false);
	jw_object_end(&w);
	jw_key(&w, "project");
	jw_object(&w);
	jw_kv(&w, "name", p->name);
	jw_kv(&w, "icon", "P");
	jw_kv(&w, "color", "#b00020");
	jw_object_end(&w);
	jw_object_end(&w);
	if (server.data)
		explicit_bzero(server.data, server.len);
	out->broken = out->broken || server.broken;
	buf_free(&server);
}

/* base64(zlib(JSON)), as the client reads it. */
static bool pack_settings(const struct buf *json, struct buf *out,
			  struct err *e)
{
	uLongf n = compressBound(json->len);
	Bytef *packed = malloc(n);
	bool ok = !json->broken && packed &&
		  compress2(packed, &n, (const Bytef *)json->data, json->len,
			    9) == Z_OK;

	if (ok)
		base64_add(out, packed, n);
	free(packed);
	return (ok && !out->broken) || err_set(e, ERR_NOMEM, "out of memory");
}

struct picture {
	const char *url, *png, *svg;
};

/* Only its owner reads it: it holds the key. */
static bool show(const struct picture *to, const struct buf *code,
		 struct err *e)
{
	const char *file = to->png ? to->png : to->svg;
	struct buf out = BUF_INIT((size_t)16 << 20);
	bool ok = qr_draw(code->data,
			  to->png   ? QR_PNG
			  : to->svg ? QR_SVG
				    : QR_TERMINAL,
			  &out, e);

	if (ok && file)
		ok = file_write(file, out.data, out.len, 0600, e);
	else if (ok)
		(void)fwrite(out.data, 1, out.len, stdout);
	buf_free(&out);
	return ok;
}

static bool add_qr(struct db *db, const struct asked *a,
		   const struct picture *to, const char *actor, struct err *e)
{
	struct buf json = BUF_INIT(16384), code = BUF_INIT(16384);
	char token[TOKEN_TEXT_MAX];
	struct made m = { 0 };
	int32_t key;
	bool ok;

	ok = make_want(db, a, &m, e) &&
	     store_agent_key_qr(db, &m.want, actor, token, &key, e);
	if (!ok)
		goto out;
	write_settings(m.wave->plan, to->url, token, &json);
	ok = pack_settings(&json, &code, e) && show(to, &code, e);
	if (ok)
		printf("khóa %d của %s: quét bằng ODK Collect hoặc KoboCollect "
		       "trong %d phút; khóa chỉ dùng được trên máy quét đầu "
		       "tiên\n"
		       "(key %d of %s: to be used first within %d minutes, "
		       "then "
		       "only on that device, for %d days; withdraw it with "
		       "phieu key agent revoke %d)\n",
		       (int)key, a->agent, QR_SECONDS / 60, (int)key, a->agent,
		       QR_SECONDS / 60, m.want.days, (int)key);
out:
	if (json.data)
		explicit_bzero(json.data, json.len);
	explicit_bzero(token, sizeof token);
	buf_free(&json);
	buf_free(&code);
	made_free(&m);
	return ok;
}

/* "https://host[:port][/path]" without a slash at its end. */
static bool url_ok(const char *url, struct err *e)
{
	size_t n = strlen(url);

	if ((strncmp(url, "https://", 8) == 0 ||
	     strncmp(url, "http://", 7) == 0) &&
	    n <= 500 && url[n - 1] != '/' && !strpbrk(url, " \t\"<>@?#"))
		return true;
	return err_set(e, ERR_INPUT,
		       "--url is the address by which phones reach the "
		       "collector, like https://khaosat.tinh.example, without "
		       "a slash at its end");
}

static int done(struct db *db, bool ok, const struct err *e)
{
	db_close(db);
	return ok ? EXIT_DONE : cli_fail("phieu key", e);
}

static int run_qr(int argc, char **argv, void *app)
{
	struct picture to = { 0 };
	struct asked a = { 0 };
	const struct cli_opt opts[] = {
		{ "--agent", NULL, &a.agent }, { "--wave", NULL, &a.wave },
		{ "--url", NULL, &to.url },    { "--forms", NULL, &a.forms },
		{ "--homes", NULL, &a.homes }, { "--days", NULL, &a.days },
		{ "--png", NULL, &to.png },    { "--svg", NULL, &to.svg }
	};
	struct db *db = NULL;
	char actor[64];
	struct err e;
	bool ok;

	ok = cli_options(opts, sizeof opts / sizeof opts[0], &argc, argv, &e);
	if (ok &&
	    (argc != 1 || !a.agent || !a.wave || !to.url || (to.png && to.svg)))
		ok = err_set(&e, ERR_INPUT,
			     "give --agent, --wave and --url, and at most one "
			     "of --png and --svg");
	ok = ok && to.url && url_ok(to.url, &e);
	actor_name(actor, sizeof actor);
	if (ok)
		db = connect_ready(((struct app *)app)->conf, WHO_OWNER, &e);
	ok = db && add_qr(db, &a, &to, actor, &e);
	return done(db, ok, &e);
}

/* ---- names and passwords ---- */

static bool login_ok(const char *s, struct err *e)
{
	size_t n = strlen(s);

	if (n >= 3 && n <= 32 && s[0] != '.' && s[0] != '_' && s[0] != '-' &&
	    strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789._-") == n)
		return true;
	return err_set(e, ERR_INPUT,
		       "--login is 3 to 32 small letters, digits, '.', '_' or "
		       "'-'");
}

static bool add_device(struct db *db, const struct asked *a, const char *login,
		       const char *actor, struct err *e)
{
	char password[DEVICE_PASSWORD_MAX];
	struct made m = { 0 };
	int32_t key;
	bool ok;

	ok = make_want(db, a, &m, e) &&
	     store_device_add(db, &m.want, login, actor, password, &key, e);
	if (ok)
		printf("tên và mật khẩu thiết bị, mật khẩu chỉ hiện một lần "
		       "(device of %s for %s, good for %d days, shown once):\n"
		       "%s\n%s\n",
		       a->agent, a->wave, m.want.days, login, password);
	explicit_bzero(password, sizeof password);
	made_free(&m);
	return ok;
}

static int run_device_add(int argc, char **argv, void *app)
{
	const char *login = NULL;
	struct asked a = { 0 };
	const struct cli_opt opts[] = {
		{ "--agent", NULL, &a.agent }, { "--wave", NULL, &a.wave },
		{ "--login", NULL, &login },   { "--forms", NULL, &a.forms },
		{ "--homes", NULL, &a.homes }, { "--days", NULL, &a.days }
	};
	struct db *db = NULL;
	char actor[64];
	struct err e;
	bool ok;

	ok = cli_options(opts, sizeof opts / sizeof opts[0], &argc, argv, &e);
	if (ok && (argc != 1 || !a.agent || !a.wave || !login))
		ok = err_set(&e, ERR_INPUT, "give --agent, --wave and --login");
	ok = ok && login && login_ok(login, &e);
	actor_name(actor, sizeof actor);
	if (ok)
		db = connect_ready(((struct app *)app)->conf, WHO_OWNER, &e);
	ok = db && add_device(db, &a, login, actor, &e);
	return done(db, ok, &e);
}

static void device_row(const struct device_row *r, void *arg)
{
	struct table *t = arg;

	table_cell(t, r->login);
	table_cell(t, r->key);
	table_cell(t, r->agent);
	table_cell(t, r->wave);
	table_cell(t, r->forms ? r->forms : "all");
	table_cell(t, r->homes ? r->homes : "all");
	table_cell(t, r->expires);
	table_cell(t, r->state);
}

static int run_device_list(int argc, char **argv, void *app)
{
	static const char *const heads[] = {
		"login", "key",	  "agent", "wave",
		"forms", "homes", "until", "state"
	};
	const size_t columns = sizeof heads / sizeof heads[0];
	const char *wave = NULL;
	const struct cli_opt opts[] = { { "--wave", NULL, &wave } };
	struct table *t = table_headed(heads, columns, columns);
	struct db *db = NULL;
	struct err e;
	bool ok;

	ok = t || err_set(&e, ERR_NOMEM, "out of memory");
	ok = ok && cli_options(opts, 1, &argc, argv, &e);
	if (ok && argc != 1)
		ok = err_set(&e, ERR_INPUT, "it takes no words");
	if (ok)
		db = connect_ready(((struct app *)app)->conf, WHO_OWNER, &e);
	ok = db && store_device_list(db, wave, device_row, t, &e);
	if (ok)
		table_print(t, stdout);
	table_free(t);
	return done(db, ok, &e);
}

static int run_device_revoke(int argc, char **argv, void *app)
{
	struct db *db = NULL;
	char actor[64];
	struct err e;
	bool ok;

	ok = cli_options(NULL, 0, &argc, argv, &e);
	if (ok && argc != 2)
		ok = err_set(&e, ERR_INPUT, "give the device's name");
	actor_name(actor, sizeof actor);
	if (ok)
		db = connect_ready(((struct app *)app)->conf, WHO_OWNER, &e);
	ok = db && store_device_revoke(db, argv[1], actor, &e);
	return done(db, ok, &e);
}

static const struct cmd cmds[] = {
	{ "key qr",
	  "mã QR cài đặt cho ODK Collect (settings picture for a phone)",
	  "phieu key qr --agent A --wave W --url https://HOST "
	  "[--png FILE | --svg FILE]\n"
	  "    [--forms CT-01,…] [--homes CODE,…] [--days 90]\n"
	  "\n"
	  "Makes a key for one phone and shows it with the settings of ODK "
	  "Collect or\n"
	  "KoboCollect as a QR picture, on the terminal or in a file that only "
	  "you\n"
	  "may read.  The key must be used first within 10 minutes and then "
	  "works on\n"
	  "that phone alone: who photographs the picture later gets 401.  A "
	  "phone's\n"
	  "deviceID can be forged by someone who has both the key and the id; "
	  "withdraw\n"
	  "a key that got away with phieu key agent revoke.\n",
	  run_qr },
	{ "key device add",
	  "tên và mật khẩu cho thiết bị (name and password of a device)",
	  "phieu key device add --agent A --wave W --login NAME\n"
	  "    [--forms CT-01,…] [--homes CODE,…] [--days 90]\n"
	  "\n"
	  "For clients that cannot have a key in their address (HTTP Digest or "
	  "Basic,\n"
	  "off unless openrosa-digest or openrosa-basic is set).  The password "
	  "is\n"
	  "shown once.\n",
	  run_device_add },
	{ "key device list", "tên thiết bị đã cấp (names of devices)",
	  "phieu key device list [--wave W]\n", run_device_list },
	{ "key device revoke", "thu hồi ngay một thiết bị (withdraw at once)",
	  "phieu key device revoke NAME\n", run_device_revoke },
};
const struct cmd_set cmd_device = { cmds, sizeof cmds / sizeof cmds[0] };
