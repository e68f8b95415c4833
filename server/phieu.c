/* phieu - the command line: every job of the system that can be scripted. */
#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "phieu/arena.h"
#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/hash.h"
#include "phieu/log.h"

#define COMMANDS_MAX 512
#define WORDS_BYTES  ((size_t)1 << 18)
#define CONF_FILE    "/etc/phieu/phieu.conf"

static const struct cmd_set *const sets[] = {
	&cmd_ledger,		    /* numbers of sheets */
	&cmd_ballot,		    /* sealed ballots */
	&cmd_review,   &cmd_roster, /* persons, and who of them is asked again
				     */
	&cmd_year,		    /* targets, commendation */
	&cmd_archive,  &cmd_criteria,	   &cmd_db,	 &cmd_plan,
	&cmd_user,     &cmd_key,	   &cmd_audit,	 &cmd_progress,
	&cmd_sheet,    &cmd_form,	   &cmd_score,	 &cmd_retention,
	&cmd_simulate, &cmd_pull,	   &cmd_up,	 &cmd_estimate,
	&cmd_device,   &cmd_pull_forms,	   &cmd_quality, &cmd_hook,
	&cmd_index,    &cmd_round,	   &cmd_self,	 &cmd_result,
	&cmd_report,   &cmd_export,	   &cmd_inspect, &cmd_change,
	&cmd_improve,  &cmd_round_explain, &cmd_batch,
};

/* file < environment < arguments; conf.c keeps the order whatever comes
 * first. */
static bool read_conf(struct conf *c, int *argc, char **argv, struct err *e)
{
	enum log_level level;

	if (access(CONF_FILE, R_OK) == 0 && !conf_file(c, CONF_FILE, e))
		return false;
	if (!conf_env(c, environ, e) || !conf_args(c, argc, argv, e) ||
	    !log_level_parse(conf_text(c, "log-level"), &level, e))
		return false;
	log_set_level(level);
	return true;
}

static size_t string_together(struct cmd *all, struct arena *words)
{
	size_t n = 0;

	for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
		for (size_t j = 0; j < sets[i]->n && n < COMMANDS_MAX; j++)
			all[n++] = sets[i]->cmds[j];
	n += desk_commands(words, all + n, COMMANDS_MAX - n);
	return n + act_commands(words, all + n, COMMANDS_MAX - n);
}

int main(int argc, char **argv)
{
	struct cmd all[COMMANDS_MAX];
	struct arena *words = arena_new(WORDS_BYTES);
	struct app app = { 0 };
	struct err e = { 0 };
	int code;

	gsl_set_error_handler_off();
	if (!words)
		(void)err_set(&e, ERR_NOMEM, "out of memory");
	else
		app.conf = conf_new(&e);
	if (!app.conf || !hash_start(&e) ||
	    !read_conf(app.conf, &argc, argv, &e)) {
		code = cli_fail("phieu", &e);
	} else {
		app.cmds = all;
		app.n_cmds = string_together(all, words);
		code = cli_run("phieu", all, app.n_cmds, argc, argv, &app);
	}
	connect_done();
	conf_free(app.conf);
	arena_free(words);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		(void)fputs("phieu: output could not be written\n", stderr);
		code = code ? code : EXIT_FAILED;
	}
	return code;
}
