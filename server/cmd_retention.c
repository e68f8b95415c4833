/* `phieu retention`: how long the fieldwork side of a wave stays, and its end.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/rows.h"
#include "phieu/secret.h"
#include "phieu/store_audit.h"
#include "phieu/store_retention.h"

static int run_list(int argc, char **argv, void *app)
{
	static const char *const heads[] = { "đợt",	   "tên",
					     "trạng thái", "giữ đến",
					     "đã hủy",	   "bản nộp",
					     "phiếu gốc",  "tệp" };
	struct res *r = NULL;
	struct err e = { 0 };
	struct db *db = NULL;
	bool ok = cli_options(NULL, 0, &argc, argv, &e) &&
		  (argc == 1 || err_set(&e, ERR_INPUT, "no arguments"));

	if (ok)
		db = connect_ready(((struct app *)app)->conf, WHO_OWNER, &e);
	if (db)
		r = store_retention_waves(db, &e);
	ok = r && rows_print(r, heads, sizeof heads / sizeof heads[0], "–", &e);
	res_free(r);
	db_close(db);
	connect_done();
	return ok ? EXIT_DONE : cli_fail("phieu retention list", &e);
}

/* What destroys must not hide what was taken out before. */
static bool log_is_whole(const struct app *app, struct err *e)
{
	struct db *db = connect_ready(app->conf, WHO_AUDITOR, e);
	struct audit_report r;
	bool ok = db && store_audit_verify(db, NULL, 0, &r, e);

	db_close(db);
	if (!ok)
		return false;
	return r.faults_n == 0 ||
	       err_set(e, ERR_CONFLICT,
		       "nhật ký không nguyên vẹn, chưa hủy (the log is not "
		       "whole: phieu audit verify)");
}

static bool destroy(const struct app *app, const char *wave, const char *reason,
		    struct err *e)
{
	static const char *const heads[] = { "bảng", "số dòng" };
	struct res *r = NULL;
	struct db *db;
	char actor[64];
	bool ok;

	if (!log_is_whole(app, e))
		return false;
	db = connect_ready(app->conf, WHO_OWNER, e);
	if (!db)
		return false;
	actor_name(actor, sizeof actor);
	r = store_retention_destroy(db, wave, reason, actor, e);
	ok = r && rows_print(r, heads, 2, "", e) && store_retention_wipe(db, e);
	if (ok)
		printf("đã hủy dữ liệu thực địa của đợt %s (fieldwork side "
		       "destroyed); bản sao lưu cũ còn thì phải hủy riêng "
		       "(older backups are not reached)\n",
		       wave);
	res_free(r);
	db_close(db);
	return ok;
}

static int run_destroy(int argc, char **argv, void *app)
{
	const char *wave = NULL, *reason = NULL, *confirm = NULL;
	const struct cli_opt opts[] = { { "--wave", NULL, &wave },
					{ "--reason", NULL, &reason },
					{ "--confirm", NULL, &confirm } };
	struct err e = { 0 };
	bool ok = cli_options(opts, 3, &argc, argv, &e);

	if (ok && (argc > 1 || !wave || !reason || !*reason || !confirm ||
		   strcmp(wave, confirm) != 0))
		ok = err_set(&e, ERR_INPUT,
			     "cần --wave, --reason và --confirm là mã đợt ấy "
			     "(the wave's code once more)");
	ok = ok && destroy(app, wave, reason, &e);
	connect_done();
	return ok ? EXIT_DONE : cli_fail("phieu retention destroy", &e);
}

static const struct cmd cmds[] = {
	{ "retention list",
	  "dữ liệu thực địa còn gì, giữ đến bao giờ (what is "
	  "there, until when)",
	  "phieu retention list", run_list },
	{ "retention destroy",
	  "hủy dữ liệu thực địa khi hết hạn lưu giữ (destroy the fieldwork "
	  "side)",
	  "phieu retention destroy --wave W --reason TEXT --confirm W\n"
	  "\n"
	  "Once the retention date of the plan (D12) is reached, of a frozen "
	  "wave: raw\n"
	  "sheets, answers with their agents and sheet numbers, versions, "
	  "files, the\n"
	  "ledger, the roster.  Frozen answers, counts, results and the log "
	  "stay; no\n"
	  "correction by a new freeze is possible afterwards.  Refused while "
	  "the log\n"
	  "does not hold.  Backups taken before are not reached.\n",
	  run_destroy },
};

const struct cmd_set cmd_retention = { cmds, sizeof cmds / sizeof cmds[0] };
