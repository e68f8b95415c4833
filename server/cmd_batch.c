/* `phieu batch`: many commands in one process, over connections that stay. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/json.h"

#define LINE_BYTES   ((size_t)1 << 20)
#define OUTPUT_BYTES ((size_t)64 << 20)
#define ANSWER_BYTES ((size_t)512 << 20)

enum { WORDS_MAX = 256, OUT = 0, ERR = 1 };

static const struct json_limits line_limits = { .depth = 1,
						.nodes = WORDS_MAX + 1,
						.string_bytes = LINE_BYTES,
						.bytes = LINE_BYTES };

/* Where the program's output goes, and a file each that takes a command's. */
struct batch {
	FILE *in;
	int real[2], taken[2];
	long line, failed;
	struct app *app;
};

/* ---- output ------------------------------------------------------------ */

static bool open_files(struct batch *b, struct err *e)
{
	for (int i = OUT; i <= ERR; i++) {
		b->real[i] = fcntl(i + 1, F_DUPFD_CLOEXEC, 3);
		b->taken[i] = memfd_create("output", MFD_CLOEXEC);
		if (b->real[i] < 0 || b->taken[i] < 0)
			return err_set(e, ERR_IO, "cannot take output: %s",
				       strerror(errno));
	}
	return true;
}

static void close_files(struct batch *b)
{
	for (int i = OUT; i <= ERR; i++) {
		if (b->real[i] >= 0)
			(void)close(b->real[i]);
		if (b->taken[i] >= 0)
			(void)close(b->taken[i]);
	}
	if (b->in)
		(void)fclose(b->in);
}

/* Standard output and error are now `to`. */
static bool turn(const int to[2])
{
	bool ok = fflush(stdout) == 0;

	ok = fflush(stderr) == 0 && ok;
	for (int i = OUT; i <= ERR; i++)
		ok = dup2(to[i], i + 1) >= 0 && ok;
	return ok;
}

/* What a command wrote, and the file is empty for the next. */
static bool taken(int fd, struct buf *out)
{
	char part[8192];
	ssize_t n;
	off_t at = 0;

	while ((n = pread(fd, part, sizeof part, at)) > 0) {
		buf_add(out, part, (size_t)n);
		at += n;
	}
	return n == 0 && ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0;
}

/* Commands must not read the lines that are to follow. */
static bool open_input(struct batch *b, const char *path, struct err *e)
{
	int own = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	int none = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (path && strcmp(path, "-") != 0)
		b->in = fopen(path, "re");
	else if (own >= 0 && (b->in = fdopen(own, "r")))
		own = -1;
	if (!b->in || none < 0 || dup2(none, STDIN_FILENO) < 0)
		err_set(e, ERR_IO, "%s: %s", path ? path : "-",
			strerror(errno));
	if (own >= 0)
		(void)close(own);
	if (none >= 0)
		(void)close(none);
	return b->in && none >= 0;
}

/* ---- a command --------------------------------------------------------- */

/* The words of a line after the program's; they live in `list`. */
static bool words(const cJSON *list, char *argv[WORDS_MAX + 2], int *argc,
		  struct err *e)
{
	const cJSON *word;

	if (!cJSON_IsArray(list) || cJSON_GetArraySize(list) > WORDS_MAX)
		return err_set(e, ERR_INPUT,
			       "a line is a list of at most %d texts",
			       WORDS_MAX);
	*argc = 0;
	argv[(*argc)++] = (char *)"phieu";
	cJSON_ArrayForEach(word, list)
	{
		if (!cJSON_IsString(word))
			return err_set(e, ERR_INPUT,
				       "a line is a list of texts");
		argv[(*argc)++] = word->valuestring;
	}
	argv[*argc] = NULL;
	if (*argc > 1 && strcmp(argv[*argc - 1], "--help") != 0 &&
	    (strcmp(argv[1], "batch") == 0 || strcmp(argv[1], "up") == 0))
		return err_set(e, ERR_INPUT, "phieu %s: not in a batch",
			       argv[1]);
	return true;
}

static int run_line(struct batch *b, const char *line, size_t n)
{
	struct err e = { 0 };
	cJSON *list = json_parse(line, n, &line_limits, &e);
	char *argv[WORDS_MAX + 2];
	int argc = 0, code;

	if (!list || !words(list, argv, &argc, &e)) {
		code = cli_fail("phieu batch", &e);
	} else {
		/* what moves or mends the database wants it to itself */
		if (argc > 1 && strcmp(argv[1], "db") == 0)
			connect_done();
		connect_keep(true);
		code = cli_run("phieu", b->app->cmds, b->app->n_cmds, argc,
			       argv, b->app);
	}
	cJSON_Delete(list);
	return code;
}

static bool answer(struct batch *b, int code, struct err *e)
{
	struct buf said[2] = { BUF_INIT(OUTPUT_BYTES), BUF_INIT(OUTPUT_BYTES) };
	struct buf out = BUF_INIT(ANSWER_BYTES);
	struct jw w;
	bool ok;

	ok = taken(b->taken[OUT], &said[OUT]) &&
	     taken(b->taken[ERR], &said[ERR]);
	jw_init(&w, &out);
	jw_object(&w);
	jw_ki(&w, "line", b->line);
	jw_ki(&w, "exit", code);
	jw_key(&w, "out");
	jw_textn(&w, said[OUT].len ? said[OUT].data : "", said[OUT].len);
	jw_key(&w, "err");
	jw_textn(&w, said[ERR].len ? said[ERR].data : "", said[ERR].len);
	jw_object_end(&w);
	buf_adds(&out, "\n");
	if (!ok || said[OUT].broken || said[ERR].broken)
		err_set(e, ERR_IO, "line %ld: more output than is kept",
			b->line);
	else
		ok = cli_put(&out, stdout, e);
	buf_free(&said[OUT]);
	buf_free(&said[ERR]);
	buf_free(&out);
	return ok && e->kind == ERR_NONE;
}

/* Line after line; `code` is that of the last. */
static bool all_lines(struct batch *b, bool keep_going, int *code,
		      struct err *e)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n = 0;
	bool ok = true;

	while (ok && (keep_going || *code == EXIT_DONE) &&
	       (n = getline(&line, &cap, b->in)) >= 0) {
		b->line++;
		if (strspn(line, " \t\r\n") == (size_t)n)
			continue;
		ok = turn(b->taken) || err_set(e, ERR_IO, "cannot take output");
		if (ok)
			*code = run_line(b, line, (size_t)n);
		ok = (turn(b->real) ||
		      err_set(e, ERR_IO, "cannot give output back")) &&
		     ok && answer(b, *code, e);
		b->failed += *code != EXIT_DONE;
	}
	if (ok && n < 0 && ferror(b->in))
		ok = err_set(e, ERR_IO, "cannot read: %s", strerror(errno));
	free(line);
	return ok;
}

static int run_batch(int argc, char **argv, void *app)
{
	struct batch b = { .real = { -1, -1 },
			   .taken = { -1, -1 },
			   .app = app };
	bool keep_going = false, ok;
	const struct cli_opt opts[] = { { "--keep-going", &keep_going, NULL } };
	struct err e = { 0 };
	int code = EXIT_DONE;

	ok = cli_options(opts, 1, &argc, argv, &e) &&
	     (argc <= 2 ||
	      err_set(&e, ERR_INPUT,
		      "usage: phieu batch [FILE] [--keep-going]")) &&
	     open_input(&b, argc == 2 ? argv[1] : NULL, &e) &&
	     open_files(&b, &e) && all_lines(&b, keep_going, &code, &e);
	connect_keep(false);
	close_files(&b);
	if (!ok)
		return cli_fail("phieu batch", &e);
	if (keep_going && b.failed)
		return EXIT_PARTLY;
	return code;
}

static const struct cmd cmds[] = {
	{ "batch",
	  "nhiều lệnh một lượt (many commands in one go, as programs give "
	  "them)",
	  "phieu batch [FILE] [--keep-going]\n"
	  "  Each line of FILE (or standard input) is a command: a JSON list\n"
	  "  of its words, [\"round\", \"compute\", \"ha-nam-2023\"].  Each "
	  "is\n"
	  "  answered by a line: {\"line\": N, \"exit\": CODE, \"out\": what "
	  "it\n"
	  "  says, \"err\": what it says of errors}.  Hundreds of acts take a\n"
	  "  fraction of the time, for the process and its connections stay.\n"
	  "  Settings are those of the batch; standard input of a command is\n"
	  "  empty; `up` is not for a batch.\n"
	  "  The first command that fails ends it with that command's exit\n"
	  "  code; with --keep-going the rest runs, and the exit code is 3.",
	  run_batch },
};
const struct cmd_set cmd_batch = { cmds, sizeof cmds / sizeof cmds[0] };
