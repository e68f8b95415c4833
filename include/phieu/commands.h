/* commands.h - the sub-commands of `phieu`, a table a file.
 *
 * server/phieu.c strings the tables together; each server/cmd_*.c owns one.
 * A command gets struct app as its third argument. */
#ifndef PHIEU_COMMANDS_H
#define PHIEU_COMMANDS_H

#include "phieu/cli.h"
#include "phieu/conf.h"

struct app {
	struct conf *conf;
	const struct cmd *cmds; /* all of them, for `phieu batch` */
	size_t n_cmds;
};

struct cmd_set {
	const struct cmd *cmds;
	size_t n;
};

extern const struct cmd_set cmd_db, cmd_user, cmd_key, cmd_plan, cmd_simulate,
	cmd_score, cmd_retention, cmd_up, cmd_pull, cmd_audit, cmd_progress,
	cmd_sheet, cmd_estimate, cmd_form, cmd_device, cmd_quality,
	cmd_pull_forms, cmd_hook, cmd_index, cmd_round, cmd_self, cmd_result,
	cmd_report, cmd_export, cmd_inspect, cmd_change, cmd_improve,
	cmd_round_explain;

extern const struct cmd_set cmd_ledger, cmd_review, cmd_criteria, cmd_archive;
extern const struct cmd_set cmd_roster;

extern const struct cmd_set cmd_batch; /* many commands in one process */

extern const struct cmd_set cmd_ballot; /* sealed ballots */

extern const struct cmd_set cmd_year; /* targets, commendation */

/* Acts and lists of rounds (act.h): a command for each row that has none of
 * its own.  How many; the words live in `a`.  For argv[0] the name of a row. */
struct arena;
size_t act_commands(struct arena *a, struct cmd *out, size_t most);
int cmd_act_run(int argc, char **argv, void *app);
int cmd_list_run(int argc, char **argv, void *app);
/* The same of desks (desk.h). */
size_t desk_commands(struct arena *a, struct cmd *out, size_t most);

#endif
