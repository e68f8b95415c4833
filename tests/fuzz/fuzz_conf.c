/* Settings from a file, the environment and the command line.  The first line
 * of the input goes to the environment, the second to the arguments (split at
 * blanks), the rest is the file.  Whatever comes, every setting stays within
 * its bounds, an error has words, and what was refused for a bad value or an
 * unknown key is refused again. */
#include "fuzz.h"

#include <string.h>

#include "phieu/conf.h"
#include "phieu/utf8.h"

#define WORDS 16

static void in_bounds(const struct conf *c)
{
	size_t i, bad;

	for (i = 0; i < conf_table_n; i++) {
		const struct conf_key *k = &conf_table[i];
		const char *text = conf_text(c, k->name);
		int64_t v = conf_int(c, k->name);

		switch (k->type) {
		case CONF_TEXT:
			MUST(!text || utf8_valid(text, strlen(text), &bad));
			MUST(!text || (*text && !strpbrk(text, "\n\r\x1b")));
			break;
		case CONF_BOOL: MUST(v == 0 || v == 1); break;
		case CONF_INT:
		case CONF_SIZE: MUST(v >= k->min && v <= k->max); break;
		}
	}
}

static void said(const struct err *e)
{
	const char *s;

	MUST(e->kind == ERR_INPUT || e->kind == ERR_IO);
	MUST(e->msg[0]);
	for (s = e->msg; *s; s++)
		MUST((unsigned char)*s >= 0x20 && *s != 0x7f);
}

/* A NUL-ended copy of the bytes up to the next line end. */
static char *line(const char **at, const char *end)
{
	const char *stop = memchr(*at, '\n', (size_t)(end - *at));
	char *own;

	if (!stop)
		stop = end;
	own = strndup(*at, (size_t)(stop - *at));
	MUST(own);
	*at = stop < end ? stop + 1 : end;
	return own;
}

/* Files of the machine are no part of the input. */
static int names_a_file(const char *s)
{
	return strstr(s, "config") || strstr(s, "PHIEU_CONFIG");
}

static void arguments(struct conf *c, char *words)
{
	char program[] = "phieu", *argv[WORDS + 2] = { program }, *word;
	int argc = 1, before, i;
	struct err e = { 0 };

	while ((word = strsep(&words, " ")) && argc <= WORDS)
		argv[argc++] = word;
	before = argc;
	if (!conf_args(c, &argc, argv, &e)) {
		said(&e);
		return;
	}
	MUST(argc >= 1 && argc <= before && argv[argc] == NULL);
	before = argc;
	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		MUST(strncmp(argv[i], "--user", 7) != 0);
	/* What was left is left again. */
	MUST(conf_args(c, &argc, argv, &e) && argc == before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *at = (const char *)data, *end = at + n;
	char *env = line(&at, end), *args = line(&at, end);
	char *const envp[] = { env, NULL };
	struct err e = { 0 }, again = { 0 };
	struct conf *c = conf_new(&e);

	MUST(c);
	if (!names_a_file(env) && !conf_env(c, envp, &e))
		said(&e);
	in_bounds(c);
	if (!names_a_file(args))
		arguments(c, args);
	in_bounds(c);
	if (!conf_parse(c, at, (size_t)(end - at), "file", &e)) {
		said(&e);
		MUST(!conf_parse(c, at, (size_t)(end - at), "file", &again));
		MUST(strcmp(e.msg, again.msg) == 0);
	}
	in_bounds(c);
	conf_free(c);
	free(env);
	free(args);
	return 0;
}
