/* `phieu review open|diff`: the two that show answers.  All other commands of
 * review are rows of desk.h. */
#include "cmd_desk.h"
#include "phieu/review.h"

static int run(const struct desk_list *l, int argc, char **argv, void *app)
{
	return desk_run_list_of(&desk_review, l, false, argc, argv, app);
}

static int run_open(int argc, char **argv, void *app)
{
	return run(&review_open, argc, argv, app);
}

static int run_diff(int argc, char **argv, void *app)
{
	return run(&review_diff, argc, argv, app);
}

static const struct cmd cmds[] = {
	{ "review open", "mở xem nội dung một phiếu (open a sheet)",
	  "phieu review open --wave W --sheet SHEET --reason REASON\n"
	  "    [--json | --csv | --jsonl]\n"
	  "\n"
	  "Its answers, field by field.  Who opened it and why stands in the "
	  "history and,\n"
	  "by day and digest, in the log before one is shown.\n",
	  run_open },
	{ "review diff", "so hai bản của một phiếu (compare two versions)",
	  "phieu review diff --wave W --sheet SHEET --reason REASON [--with "
	  "INSTANCE]\n"
	  "    [--json | --csv | --jsonl]\n"
	  "\n"
	  "Fields that are not the same in the version before (or in "
	  "INSTANCE); logged as\n"
	  "an opening.\n",
	  run_diff },
};
const struct cmd_set cmd_review = { cmds, sizeof cmds / sizeof cmds[0] };
