/* cmd_desk.h - what the commands of desks share (cmd_desk.c); the ledger's own
 * are in cmd_ledger.c. */
#ifndef PHIEU_CMD_DESK_H
#define PHIEU_CMD_DESK_H

#include "phieu/commands.h"
#include "phieu/desk.h"
#include "phieu/store_waves.h"

/* Options of a row: its parameters, --wave, and what a command adds. */
struct given {
	const char *values[DESK_PARAMS_MAX], *wave, *as;
	bool flags[DESK_PARAMS_MAX], json, csv, jsonl;
	struct cli_opt opts[DESK_PARAMS_MAX + 5];
	size_t n;
	char names[DESK_PARAMS_MAX][32];
};
void desk_take_params(const struct desk_param *params, struct given *g);
bool desk_take_options(const char *name, const struct desk_param *params,
		       struct given *g, int *argc, char **argv,
		       struct err *e) MUST_USE;

struct desk_room {
	struct arena *arena;
	struct db *db;
	struct wave_head wave;
	struct desk_who who;
	char by[64];
};
/* desk_leave it, also when this failed. */
bool desk_enter(struct desk_room *m, const struct app *app, const char *wave,
		struct err *e) MUST_USE;
/* The same on the roster's connection, and on no other. */
bool desk_enter_persons(struct desk_room *m, const struct app *app,
			const char *wave, struct err *e) MUST_USE;
void desk_leave(struct desk_room *m);

/* Runs the act with what was given, and says what came of it. */
bool desk_act_on(const struct desk_act *a, const struct given *g,
		 const struct app *app, struct err *e) MUST_USE;
/* Commands: argv[0] is "DESK NAME". */
int desk_run_act(int argc, char **argv, void *app);
int desk_run_list(int argc, char **argv, void *app);
/* lines: CSV unless said otherwise */
int desk_run_list_of(const struct desk *d, const struct desk_list *l,
		     bool lines, int argc, char **argv, void *app);

#endif
