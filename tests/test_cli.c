#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "phieu/buf.h"
#include "phieu/cli.h"

static int said_argc;
static char said_name[64], said_last[64];

static int remember(int argc, char **argv, void *app)
{
	said_argc = argc;
	(void)snprintf(said_name, sizeof said_name, "%s", argv[0]);
	(void)snprintf(said_last, sizeof said_last, "%s", argv[argc - 1]);
	assert_null(argv[argc]);
	return *(int *)app;
}

static const struct cmd cmds[] = {
	{ "up", "start everything", "phieu up [--dir D]", remember },
	{ "plan check", "check a plan", "phieu plan check FILE", remember },
	{ "plan load", "load a plan", "phieu plan load FILE", remember },
	{ "db", "database", "phieu db", remember },
	{ "db start", "start it", "phieu db start", remember },
	{ "score", "compute scores", "phieu score --wave W", remember },
};
#define N (sizeof cmds / sizeof cmds[0])

/* What a call wrote to both streams. */
struct heard {
	char out[4096], err[4096];
	int code;
};

static void slurp(FILE *f, char *to, size_t size)
{
	size_t n;

	rewind(f);
	n = fread(to, 1, size - 1, f);
	to[n] = '\0';
	(void)fclose(f);
}

/* Splits `line` at spaces and runs it with both streams turned aside. */
static struct heard run(const char *line)
{
	FILE *out = tmpfile(), *err = tmpfile();
	char *argv[16] = { 0 }, *own = strdup(line), *rest = own, *word;
	int argc = 0, app = 42, out_fd, err_fd;
	struct heard h = { .code = -1 };

	assert_true(out && err && own);
	while ((word = strsep(&rest, " ")) && argc < 15)
		argv[argc++] = word;
	said_argc = -1;
	(void)fflush(stdout);
	out_fd = dup(STDOUT_FILENO);
	err_fd = dup(STDERR_FILENO);
	(void)dup2(fileno(out), STDOUT_FILENO);
	(void)dup2(fileno(err), STDERR_FILENO);
	h.code = cli_run("phieu", cmds, N, argc, argv, &app);
	(void)fflush(stdout);
	(void)dup2(out_fd, STDOUT_FILENO);
	(void)dup2(err_fd, STDERR_FILENO);
	(void)close(out_fd);
	(void)close(err_fd);
	slurp(out, h.out, sizeof h.out);
	slurp(err, h.err, sizeof h.err);
	free(own);
	return h;
}

static void the_longest_name_wins_and_runs(void **state)
{
	static const struct {
		const char *line, *name, *last;
		int argc;
	} t[] = {
		{ "phieu up", "up", "up", 1 },
		{ "phieu plan check f.json", "plan check", "f.json", 2 },
		{ "phieu db", "db", "db", 1 },
		{ "phieu db stop", "db", "stop", 2 },
		{ "phieu db start --json", "db start", "--json", 2 },
		{ "phieu score --wave w x", "score", "x", 4 },
		{ "phieu score -- --help", "score", "--help", 3 },
	};
	struct heard h;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		h = run(t[i].line);
		assert_int_equal(h.code, 42);
		assert_int_equal(said_argc, t[i].argc);
		assert_string_equal(said_name, t[i].name);
		assert_string_equal(said_last, t[i].last);
		assert_string_equal(h.err, "");
	}
}

static void help_is_answered_on_every_level(void **state)
{
	static const struct {
		const char *line, *has, *lacks;
	} t[] = {
		{ "phieu --help", "plan check  check a plan", "?" },
		{ "phieu -h", "start everything", "?" },
		{ "phieu help", "start everything", "?" },
		{ "phieu plan --help", "plan load   load a plan", "start" },
		{ "phieu help plan", "plan check", "start" },
		{ "phieu plan check --help", "usage: phieu plan check FILE",
		  "load" },
		{ "phieu plan check x.json -h", "phieu plan check FILE",
		  "load" },
		{ "phieu help db start", "usage: phieu db start", "plan" },
	};
	struct heard h;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		h = run(t[i].line);
		assert_int_equal(h.code, EXIT_DONE);
		assert_int_equal(said_argc, -1);
		assert_non_null(strstr(h.out, t[i].has));
		assert_null(strstr(h.out, t[i].lacks));
		assert_string_equal(h.err, "");
	}
}

static void every_command_answers_help_with_its_usage(void **state)
{
	char line[128];
	struct heard h;
	size_t i;

	(void)state;
	for (i = 0; i < N; i++) {
		(void)snprintf(line, sizeof line, "phieu %s --help",
			       cmds[i].name);
		h = run(line);
		assert_int_equal(h.code, EXIT_DONE);
		assert_non_null(strstr(h.out, cmds[i].summary));
		assert_non_null(strstr(h.out, cmds[i].usage));
	}
}

static void a_mistyped_command_gets_its_nearest_name(void **state)
{
	static const struct {
		const char *line, *says, *lacks;
	} t[] = {
		{ "phieu scoer", "did you mean 'phieu score'?", "usage" },
		{ "phieu score2", "did you mean 'phieu score'?", "usage" },
		{ "phieu pu", "unknown command 'pu'", "usage" },
		{ "phieu plan chek f",
		  "unknown command 'plan chek f'\ndid "
		  "you mean 'phieu plan check'?",
		  "usage" },
		{ "phieu paln check f", "did you mean 'phieu plan check'?",
		  "usage" },
		{ "phieu plan", "plan load", "unknown" },
		{ "phieu plan xxxxxxxxx", "plan load", "did you mean" },
		{ "phieu xxxxxxxxx", "phieu --help lists", "did you mean" },
		{ "phieu xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx a b",
		  "phieu --help lists", "did you mean" },
		{ "phieu", "usage: phieu COMMAND", "unknown" },
		{ "phieu --json up", "a command is wanted before '--json'",
		  "did you mean" },
	};
	struct heard h;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		h = run(t[i].line);
		assert_int_equal(h.code, EXIT_USAGE);
		assert_int_equal(said_argc, -1);
		if (!strstr(h.err, t[i].says))
			fail_msg("'%s' does not say '%s'", h.err, t[i].says);
		assert_null(strstr(h.err, t[i].lacks));
		assert_string_equal(h.out, "");
	}
}

#define ARGV(...) ((char *[]){ __VA_ARGS__, NULL })

static void options_are_taken_and_the_rest_is_left(void **state)
{
	char a0[] = "score", a1[] = "--json", a2[] = "one", a3[] = "--wave",
	     a4[] = "-5", a5[] = "--plan=p=q", a6[] = "-", a7[] = "--",
	     a8[] = "--json";
	char **argv = ARGV(a0, a1, a2, a3, a4, a5, a6, a7, a8);
	bool json = false, csv = false;
	const char *wave = NULL, *plan = NULL;
	const struct cli_opt opts[] = { { "--json", &json, NULL },
					{ "--csv", &csv, NULL },
					{ "--wave", NULL, &wave },
					{ "--plan", NULL, &plan } };
	struct err e;
	int argc = 9;

	(void)state;
	assert_true(cli_options(opts, 4, &argc, argv, &e));
	assert_true(json);
	assert_false(csv);
	assert_string_equal(wave, "-5");
	assert_string_equal(plan, "p=q");
	assert_int_equal(argc, 4);
	assert_ptr_equal(argv[0], a0);
	assert_ptr_equal(argv[1], a2);
	assert_ptr_equal(argv[2], a6);
	assert_ptr_equal(argv[3], a8);
	assert_null(argv[4]);
}

static void wrong_options_are_said(void **state)
{
	char a0[] = "score", bad1[] = "--wvae", bad2[] = "--wave",
	     bad3[] = "--json=yes", bad4[] = "-x", bad5[] = "--far-away=1",
	     bad6[200];
	const struct {
		char *word;
		const char *says;
	} t[] = {
		{ bad1, "unknown option --wvae; did you mean --wave?" },
		{ bad2, "--wave wants a value" },
		{ bad3, "--json takes no value" },
		{ bad4, "unknown option -x" },
		{ bad5, "unknown option --far-away" },
		{ bad6, "unknown option --aaaa" },
	};
	const char *wave = NULL;
	bool json = false;
	const struct cli_opt opts[] = { { "--json", &json, NULL },
					{ "--wave", NULL, &wave } };
	struct err e;
	size_t i;
	int argc;

	(void)state;
	memset(bad6, 'a', sizeof bad6);
	memcpy(bad6, "--", 2);
	bad6[sizeof bad6 - 1] = '\0';
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		argc = 2;
		assert_false(
			cli_options(opts, 2, &argc, ARGV(a0, t[i].word), &e));
		assert_int_equal(e.kind, ERR_INPUT);
		if (strncmp(e.msg, t[i].says, strlen(t[i].says)) != 0)
			fail_msg("'%s' is not '%s'", e.msg, t[i].says);
	}
}

static void the_exit_code_follows_the_kind(void **state)
{
	struct err e = { .kind = ERR_INPUT, .msg = "bad" };
	FILE *err = tmpfile();
	int saved = dup(STDERR_FILENO), input, down;
	char text[64];

	(void)state;
	assert_non_null(err);
	(void)dup2(fileno(err), STDERR_FILENO);
	input = cli_fail("phieu", &e);
	e.kind = ERR_DOWN;
	down = cli_fail("phieu", &e);
	(void)dup2(saved, STDERR_FILENO);
	(void)close(saved);
	assert_int_equal(input, EXIT_USAGE);
	assert_int_equal(down, EXIT_FAILED);
	slurp(err, text, sizeof text);
	assert_string_equal(text, "phieu: bad\nphieu: bad\n");
}

static const char *printed(const struct table *t, char *out, size_t size)
{
	FILE *f = tmpfile();

	assert_non_null(f);
	table_print(t, f);
	slurp(f, out, size);
	return out;
}

static void columns_line_up_by_what_is_seen(void **state)
{
	struct table *t = table_new(3);
	char out[1024];

	(void)state;
	table_right(t, 1);
	table_cell(t, "Đơn vị");
	table_cell(t, "Điểm");
	table_cell(t, "Hạng");
	table_rule(t);
	table_cell(t, "Sở Tư pháp");
	table_cell(t, "8,25");
	table_cell(t, "1");
	/* decomposed, twice as many bytes, the same columns */
	table_cell(t, "So\xcc\x9b\xcc\x89 Y te\xcc\x82\xcc\x81");
	table_cell(t, "10,5");
	table_cell(t, "");
	table_cell(t, "x");
	table_rule(t);
	assert_string_equal(printed(t, out, sizeof out),
			    "Đơn vị      Điểm  Hạng\n"
			    "----------------------\n"
			    "Sở Tư pháp  8,25  1\n"
			    "So\xcc\x9b\xcc\x89 Y te\xcc\x82\xcc\x81     10,5\n"
			    "x\n"
			    "----------------------\n");
	table_free(t);
	table_free(NULL);
}

static void heads_stand_above_a_line_and_numbers_right(void **state)
{
	static const char *const heads[] = { "mã", "điểm" };
	struct table *t = table_headed(heads, 2, 1);
	char out[256];

	(void)state;
	table_cell(t, "1.1");
	table_cell(t, "0,5");
	assert_string_equal(printed(t, out, sizeof out), "mã   điểm\n"
							 "---------\n"
							 "1.1   0,5\n");
	table_free(t);
	assert_null(table_headed(heads, 0, 0));
}

static void a_cell_cannot_steer_the_terminal(void **state)
{
	struct table *t = table_new(2);
	char out[256];

	(void)state;
	table_cell(t, "a\x1b[2Jb\n");
	table_cell(t, "c\xc2\x9b"
		      "d\x7f");
	table_cell(t, NULL);
	table_cell(t, "e");
	assert_string_equal(printed(t, out, sizeof out), "a [2Jb   c  d \n"
							 "         e\n");
	table_free(t);
}

static void a_table_that_could_not_be_made_says_so(void **state)
{
	char out[256];

	(void)state;
	assert_null(table_new(0));
	table_cell(NULL, "x");
	table_rule(NULL);
	table_right(NULL, 1);
	assert_string_equal(printed(NULL, out, sizeof out),
			    "(no memory for the table)\n");
}

static void long_tables_keep_every_row(void **state)
{
	struct table *t = table_new(2);
	char out[16384], cell[16];
	size_t i, lines = 0;

	(void)state;
	table_right(t, 0);
	table_right(t, 99);
	for (i = 0; i < 1000; i++) {
		(void)snprintf(cell, sizeof cell, "%zu", i);
		table_cell(t, cell);
		table_cell(t, "x");
	}
	printed(t, out, sizeof out);
	for (i = 0; out[i]; i++)
		lines += out[i] == '\n';
	assert_int_equal(lines, 1000);
	assert_int_equal(strncmp(out, "  0  x\n", 7), 0);
	table_free(t);
}

static void what_cannot_be_written_is_an_error(void **state)
{
	struct buf b = BUF_INIT(8);
	char out[16] = "";
	FILE *f = fmemopen(out, sizeof out, "w");
	FILE *full = fopen("/dev/full", "w");
	struct err e = { 0 };

	(void)state;
	assert_non_null(f);
	assert_non_null(full);
	assert_true(cli_put(&b, f, &e)); /* nothing, which is no error */
	buf_adds(&b, "a\nb");
	assert_true(cli_put(&b, f, &e));
	assert_string_equal(out, "a\nb");
	assert_false(cli_put(&b, full, &e));
	assert_int_equal(e.kind, ERR_IO);
	buf_adds(&b, "more than it holds");
	assert_false(cli_put(&b, f, &e));
	assert_int_equal(e.kind, ERR_NOMEM);
	assert_string_equal(out, "a\nb");
	(void)fclose(full);
	assert_int_equal(fclose(f), 0);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(the_longest_name_wins_and_runs),
		cmocka_unit_test(help_is_answered_on_every_level),
		cmocka_unit_test(every_command_answers_help_with_its_usage),
		cmocka_unit_test(a_mistyped_command_gets_its_nearest_name),
		cmocka_unit_test(options_are_taken_and_the_rest_is_left),
		cmocka_unit_test(wrong_options_are_said),
		cmocka_unit_test(the_exit_code_follows_the_kind),
		cmocka_unit_test(columns_line_up_by_what_is_seen),
		cmocka_unit_test(heads_stand_above_a_line_and_numbers_right),
		cmocka_unit_test(a_cell_cannot_steer_the_terminal),
		cmocka_unit_test(a_table_that_could_not_be_made_says_so),
		cmocka_unit_test(long_tables_keep_every_row),
		cmocka_unit_test(what_cannot_be_written_is_an_error),
	};
	return cmocka_run_group_tests_name("cli", t, NULL, NULL);
}
