#include "phieu/cli.h"

#include <string.h>

#include "phieu/buf.h"

#define NAME_MAX_BYTES 64
#define WORDS_MAX      4

/* Optimal string alignment: insertions, deletions, changes and swaps of
 * neighbours each count one.  Names longer than NAME_MAX_BYTES are not
 * compared. */
static size_t distance(const char *a, const char *b)
{
	size_t na = strlen(a), nb = strlen(b), i, k, best;
	size_t d[3][NAME_MAX_BYTES + 1] = { { 0 } };

	if (na > NAME_MAX_BYTES || nb > NAME_MAX_BYTES)
		return NAME_MAX_BYTES;
	for (k = 0; k <= nb; k++)
		d[0][k] = k;
	for (i = 1; i <= na; i++) {
		size_t *row = d[i % 3], *up = d[(i - 1) % 3];
		const size_t *upper = d[(i + 1) % 3];

		row[0] = i;
		for (k = 1; k <= nb; k++) {
			best = up[k - 1] + (a[i - 1] != b[k - 1]);
			if (up[k] + 1 < best)
				best = up[k] + 1;
			if (row[k - 1] + 1 < best)
				best = row[k - 1] + 1;
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] &&
			    a[i - 2] == b[k - 1] && upper[k - 2] + 1 < best)
				best = upper[k - 2] + 1;
			row[k] = best;
		}
	}
	return d[na % 3][nb];
}

/* A proposal must be likely: a third of the name at most may differ. */
static bool is_near(size_t dist, const char *name)
{
	size_t third = strlen(name) / 3;

	return dist <= (third ? third : 1);
}

static size_t words_in(const char *name)
{
	size_t n = 1;

	for (; *name; name++)
		n += *name == ' ';
	return n;
}

/* The first `words` arguments joined by spaces, cut where they do not fit. */
static void join(char *const *args, size_t words, char out[NAME_MAX_BYTES + 1])
{
	size_t i, k, at = 0;

	for (i = 0; i < words; i++) {
		if (i && at < NAME_MAX_BYTES)
			out[at++] = ' ';
		for (k = 0; args[i][k] && at < NAME_MAX_BYTES; k++)
			out[at++] = args[i][k];
	}
	out[at] = '\0';
}

/* What was typed after the program's name. */
struct typed {
	char **args;
	size_t n;
	size_t words; /* leading ones that are no option */
	bool help;    /* --help before "--", or the word help first */
};

static struct typed look(int argc, char **argv)
{
	struct typed t = { .args = argv + 1 };
	size_t i;

	t.n = argc > 1 ? (size_t)argc - 1 : 0;
	if (t.n && strcmp(t.args[0], "help") == 0) {
		t.help = true;
		t.args++;
		t.n--;
	}
	while (t.words < t.n && t.words < WORDS_MAX &&
	       t.args[t.words][0] != '-')
		t.words++;
	for (i = 0; i < t.n && strcmp(t.args[i], "--") != 0; i++) {
		if (strcmp(t.args[i], "--help") == 0 ||
		    strcmp(t.args[i], "-h") == 0)
			t.help = true;
	}
	return t;
}

static const struct cmd *find(const struct cmd *cmds, size_t n,
			      const struct typed *t)
{
	const struct cmd *best = NULL;
	char name[NAME_MAX_BYTES + 1];
	size_t i, w, longest = 0;

	for (i = 0; i < n; i++) {
		w = words_in(cmds[i].name);
		if (w > t->words || w <= longest)
			continue;
		join(t->args, w, name);
		if (strcmp(name, cmds[i].name) == 0) {
			best = &cmds[i];
			longest = w;
		}
	}
	return best;
}

/* NULL when nothing is near. */
static const struct cmd *nearest(const struct cmd *cmds, size_t n,
				 const struct typed *t)
{
	const struct cmd *best = NULL;
	char name[NAME_MAX_BYTES + 1];
	size_t i, w, d, least = NAME_MAX_BYTES;

	for (i = 0; i < n; i++) {
		w = words_in(cmds[i].name);
		if (w > t->words)
			continue;
		join(t->args, w, name);
		d = distance(name, cmds[i].name);
		if (d < least && is_near(d, cmds[i].name)) {
			least = d;
			best = &cmds[i];
		}
	}
	return best;
}

/* `group` is one word or more; NULL takes every command. */
static bool is_in_group(const char *name, const char *group)
{
	size_t n = group ? strlen(group) : 0;

	return !group || (strncmp(name, group, n) == 0 && name[n] == ' ');
}

static bool is_group(const struct cmd *cmds, size_t n, const char *word)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (is_in_group(cmds[i].name, word))
			return true;
	}
	return false;
}

static void list(const char *program, const struct cmd *cmds, size_t n,
		 const char *group, FILE *to)
{
	struct table *t = table_new(3);
	size_t i;

	(void)fprintf(to, "usage: %s %s%sCOMMAND [OPTION...] [ARGUMENT...]\n\n",
		      program, group ? group : "", group ? " " : "");
	for (i = 0; i < n; i++) {
		if (!is_in_group(cmds[i].name, group))
			continue;
		table_cell(t, "");
		table_cell(t, cmds[i].name);
		table_cell(t, cmds[i].summary);
	}
	table_print(t, to);
	table_free(t);
	(void)fprintf(to, "\n%s COMMAND --help says more of one command.\n",
		      program);
}

/* Words that start no command: a group is listed, a near name proposed. */
static int no_command(const char *program, const struct cmd *cmds, size_t n,
		      const struct typed *t)
{
	char all[NAME_MAX_BYTES + 1], first[NAME_MAX_BYTES + 1];
	const struct cmd *near;

	join(t->args, t->words, all);
	if (is_group(cmds, n, all)) {
		list(program, cmds, n, all, t->help ? stdout : stderr);
		return t->help ? EXIT_DONE : EXIT_USAGE;
	}
	join(t->args, 1, first);
	(void)fprintf(stderr, "%s: unknown command '%s'\n", program,
		      is_group(cmds, n, first) ? all : first);
	near = nearest(cmds, n, t);
	if (near)
		(void)fprintf(stderr, "did you mean '%s %s'?\n", program,
			      near->name);
	else if (is_group(cmds, n, first))
		list(program, cmds, n, first, stderr);
	else
		(void)fprintf(stderr, "%s --help lists the commands\n",
			      program);
	return EXIT_USAGE;
}

int cli_run(const char *program, const struct cmd *cmds, size_t n, int argc,
	    char **argv, void *app)
{
	struct typed t = look(argc, argv);
	const struct cmd *cmd;
	size_t skip;

	if (t.words == 0 && t.n > 0 && !t.help) {
		(void)fprintf(stderr,
			      "%s: a command is wanted before '%s'\n"
			      "%s --help lists the commands\n",
			      program, t.args[0], program);
		return EXIT_USAGE;
	}
	if (t.words == 0) {
		list(program, cmds, n, NULL, t.help ? stdout : stderr);
		return t.help ? EXIT_DONE : EXIT_USAGE;
	}
	cmd = find(cmds, n, &t);
	if (!cmd)
		return no_command(program, cmds, n, &t);
	if (t.help) {
		(void)printf("%s\n\nusage: %s\n", cmd->summary, cmd->usage);
		return EXIT_DONE;
	}
	/* The command's name stands where a program's would; nobody writes
	 * into it. */
	skip = words_in(cmd->name) - 1;
	t.args[skip] = (char *)cmd->name;
	return cmd->run((int)(t.n - skip), t.args + skip, app);
}

static const struct cli_opt *find_opt(const struct cli_opt *opts, size_t n,
				      const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (strlen(opts[i].name) == len &&
		    memcmp(opts[i].name, name, len) == 0)
			return &opts[i];
	}
	return NULL;
}

static bool unknown(const struct cli_opt *opts, size_t n, const char *typed,
		    size_t len, struct err *e)
{
	char word[NAME_MAX_BYTES + 1];
	size_t i, d, least = NAME_MAX_BYTES;
	const char *near = NULL;

	if (len > NAME_MAX_BYTES)
		len = NAME_MAX_BYTES;
	memcpy(word, typed, len);
	word[len] = '\0';
	for (i = 0; i < n; i++) {
		d = distance(word, opts[i].name);
		if (d < least && is_near(d, opts[i].name)) {
			least = d;
			near = opts[i].name;
		}
	}
	return err_set(e, ERR_INPUT, "unknown option %s%s%s%s", word,
		       near ? "; did you mean " : "", near ? near : "",
		       near ? "?" : "");
}

/* The option at argv[*at]; *at moves to its last word. */
static bool take(const struct cli_opt *opts, size_t n, int argc, char **argv,
		 int *at, struct err *e)
{
	const char *word = argv[*at], *eq = strchr(word, '=');
	size_t len = eq ? (size_t)(eq - word) : strlen(word);
	const struct cli_opt *o = find_opt(opts, n, word, len);

	if (!o)
		return unknown(opts, n, word, len, e);
	if (o->flag) {
		if (eq)
			return err_set(e, ERR_INPUT, "%s takes no value",
				       o->name);
		*o->flag = true;
		return true;
	}
	if (!eq && *at + 1 >= argc)
		return err_set(e, ERR_INPUT, "%s wants a value", o->name);
	*o->text = eq ? eq + 1 : argv[++*at];
	return true;
}

bool cli_options(const struct cli_opt *opts, size_t n, int *argc, char **argv,
		 struct err *e)
{
	int at, kept = 1;

	for (at = 1; at < *argc; at++) {
		if (strcmp(argv[at], "--") == 0) {
			at++;
			break;
		}
		/* A lone - is standard input, a name like any other. */
		if (argv[at][0] != '-' || argv[at][1] == '\0')
			argv[kept++] = argv[at];
		else if (!take(opts, n, *argc, argv, &at, e))
			return false;
	}
	while (at < *argc)
		argv[kept++] = argv[at++];
	*argc = kept;
	argv[kept] = NULL;
	return true;
}

int cli_fail(const char *program, const struct err *e)
{
	(void)fprintf(stderr, "%s: %s\n", program, e->msg);
	return e->kind == ERR_INPUT ? EXIT_USAGE : EXIT_FAILED;
}

bool cli_put(const struct buf *b, FILE *to, struct err *e)
{
	if (b->broken)
		return err_set(e, ERR_NOMEM, "out of memory");
	return ((b->len == 0 || fwrite(b->data, 1, b->len, to) == b->len) &&
		fflush(to) == 0) ||
	       err_set(e, ERR_IO, "cannot write");
}
