#include "phieu/conf.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/limits.h"
#include "phieu/utf8.h"

#define ENV_PREFIX "PHIEU_"
#define ENV_CONFIG "PHIEU_CONFIG"
#define FILES_MAX  4 /* a machine's, the environment's, an option's */

/* Variables of ours that are no settings: what belongs to one program, and
 * what the tests tell each other. */
static const char *const not_settings[] = { "PHIEU_AGENT_KEY=", "PHIEU_BIN=",
					    "PHIEU_TEST_", "PHIEU_TRIAL=" };

/* Rank decides, not the order of the calls: a file named on the command line
 * is read after the environment and still gives way to it. */
enum source { FROM_DEFAULT, FROM_FILE, FROM_ENV, FROM_OPTION };

struct value {
	enum source source;
	char *text; /* NULL: not set */
	/* Of INT, SIZE and BOOL.  Threads read while SIGHUP writes. */
	_Atomic int64_t number;
};

struct conf {
	struct value *values;	/* conf_table_n */
	char *paths[FILES_MAX]; /* read so far, for conf_reload */
	size_t n_paths;
};

static bool find(const char *name, size_t n, size_t *out)
{
	size_t i;

	for (i = 0; i < conf_table_n; i++) {
		if (strlen(conf_table[i].name) == n &&
		    memcmp(conf_table[i].name, name, n) == 0) {
			*out = i;
			return true;
		}
	}
	return false;
}

/* Digits only; *end is where they stop. */
static bool parse_digits(const char *s, const char **end, int64_t *out)
{
	int64_t v = 0;

	if (*s < '0' || *s > '9')
		return false;
	for (; *s >= '0' && *s <= '9'; s++) {
		if (__builtin_mul_overflow(v, INT64_C(10), &v) ||
		    __builtin_add_overflow(v, (int64_t)(*s - '0'), &v))
			return false;
	}
	*end = s;
	*out = v;
	return true;
}

static bool parse_int(const char *s, int64_t *out)
{
	bool negative = *s == '-';

	if (!parse_digits(s + (negative ? 1 : 0), &s, out) || *s)
		return false;
	if (negative)
		*out = -*out;
	return true;
}

/* 1048576, 1024K, 1M: powers of 1024. */
static bool parse_size(const char *s, int64_t *out)
{
	int64_t unit = 1;

	if (!parse_digits(s, &s, out))
		return false;
	switch (*s) {
	case 'k':
	case 'K': unit = INT64_C(1) << 10; break;
	case 'm':
	case 'M': unit = INT64_C(1) << 20; break;
	case 'g':
	case 'G': unit = INT64_C(1) << 30; break;
	default: break;
	}
	if (unit > 1)
		s++;
	return !*s && !__builtin_mul_overflow(*out, unit, out);
}

static bool parse_bool(const char *s, int64_t *out)
{
	static const struct {
		const char *word;
		int64_t is;
	} words[] = { { "true", 1 }, { "false", 0 }, { "yes", 1 }, { "no", 0 },
		      { "on", 1 },   { "off", 0 },   { "1", 1 },   { "0", 0 } };
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strcmp(s, words[i].word) == 0) {
			*out = words[i].is;
			return true;
		}
	}
	return false;
}

static bool parse_text(const char *s)
{
	size_t bad;

	if (!utf8_valid(s, strlen(s), &bad))
		return false;
	for (; *s; s++) {
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return false;
	}
	return true;
}

static bool parse_value(const struct conf_key *k, const char *s, int64_t *out,
			struct err *e)
{
	*out = 0;
	switch (k->type) {
	case CONF_TEXT:
		if (parse_text(s))
			return true;
		return err_set(e, ERR_INPUT,
			       "%s: control characters or invalid UTF-8",
			       k->name);
	case CONF_BOOL:
		if (parse_bool(s, out))
			return true;
		return err_set(e, ERR_INPUT, "%s: true or false is wanted",
			       k->name);
	case CONF_INT:
		if (parse_int(s, out) && *out >= k->min && *out <= k->max)
			return true;
		return err_set(e, ERR_INPUT,
			       "%s: a whole number from %lld to %lld is wanted",
			       k->name, k->min, k->max);
	case CONF_SIZE:
		if (parse_size(s, out) && *out >= k->min && *out <= k->max)
			return true;
		return err_set(e, ERR_INPUT,
			       "%s: a size as 512K or 48M, from %lld to %lld "
			       "bytes, is wanted",
			       k->name, k->min, k->max);
	}
	return err_set(e, ERR_BUG, "%s: setting of unknown type", k->name);
}

/* Value `s` for key i; an empty text stands for the default.  Always checked,
 * but kept only if nothing of a higher rank was there before. */
static bool put(struct conf *c, size_t i, const char *s, enum source from,
		struct err *e)
{
	struct value *v = &c->values[i];
	char *own = NULL;
	int64_t number;

	if (!parse_value(&conf_table[i], s, &number, e))
		return false;
	if (from < v->source)
		return true;
	if (!*s && conf_table[i].def)
		s = conf_table[i].def;
	if (*s) {
		own = strdup(s);
		if (!own)
			return err_set(e, ERR_NOMEM, "out of memory");
	}
	free(v->text);
	v->source = from;
	v->text = own;
	v->number = number;
	return true;
}

void conf_free(struct conf *c)
{
	size_t i;

	if (!c)
		return;
	for (i = 0; c->values && i < conf_table_n; i++)
		free(c->values[i].text);
	free(c->values);
	while (c->n_paths > 0)
		free(c->paths[--c->n_paths]);
	free(c);
}

struct conf *conf_new(struct err *e)
{
	struct conf *c = calloc(1, sizeof *c);
	size_t i;

	if (c)
		c->values = calloc(conf_table_n, sizeof *c->values);
	if (!c || !c->values) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	for (i = 0; i < conf_table_n; i++) {
		if (conf_table[i].def &&
		    !put(c, i, conf_table[i].def, FROM_DEFAULT, e))
			goto out;
	}
	return c;
out:
	conf_free(c);
	return NULL;
}

static bool is_blank(char ch)
{
	return ch == ' ' || ch == '\t' || ch == '\r';
}

static void trim(const char **s, size_t *n)
{
	while (*n && is_blank(**s)) {
		++*s;
		--*n;
	}
	while (*n && is_blank((*s)[*n - 1]))
		--*n;
}

/* What a person typed, fit for a message: short, no control characters. */
static const char *shown(const char *s, size_t n, char buf[48])
{
	size_t i;

	for (i = 0; i < n && i < 40; i++) {
		buf[i] = s[i];
		if (s[i] < ' ' || s[i] > '~')
			buf[i] = '?';
	}
	buf[i] = '\0';
	return buf;
}

/* One line of a file.  seen[i] is the line that set key i before, or 0. */
static bool parse_line(struct conf *c, const char *s, size_t n, size_t line,
		       size_t *seen, struct err *e)
{
	const char *eq, *value;
	size_t i, key_n, value_n;
	char word[48], *own;
	bool ok;

	trim(&s, &n);
	if (n == 0 || *s == '#')
		return true;
	eq = memchr(s, '=', n);
	if (!eq)
		return err_set(e, ERR_INPUT, "no = in '%s'", shown(s, n, word));
	key_n = (size_t)(eq - s);
	value = eq + 1;
	value_n = n - key_n - 1;
	trim(&s, &key_n);
	trim(&value, &value_n);
	/* Quotes keep outer spaces; inside nothing is special. */
	if (value_n >= 2 && value[0] == '"' && value[value_n - 1] == '"') {
		value++;
		value_n -= 2;
	}
	if (!find(s, key_n, &i))
		return err_set(e, ERR_INPUT, "unknown setting '%s'",
			       shown(s, key_n, word));
	if (seen[i])
		return err_set(e, ERR_INPUT, "%s was set on line %zu already",
			       conf_table[i].name, seen[i]);
	seen[i] = line;
	if (memchr(value, '\0', value_n))
		return err_set(e, ERR_INPUT, "%s: a NUL byte in the value",
			       conf_table[i].name);
	own = strndup(value, value_n);
	if (!own)
		return err_set(e, ERR_NOMEM, "out of memory");
	ok = put(c, i, own, FROM_FILE, e);
	free(own);
	return ok;
}

bool conf_parse(struct conf *c, const char *text, size_t n, const char *what,
		struct err *e)
{
	const char *at = text, *end = text + n, *stop;
	size_t line = 1, *seen;
	bool ok = true;

	if (n > LIMIT_CONF_BYTES)
		return err_set(e, ERR_INPUT, "%s: larger than %zu bytes", what,
			       LIMIT_CONF_BYTES);
	seen = calloc(conf_table_n, sizeof *seen);
	if (!seen)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (n >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
		at += 3;
	for (; ok && at < end; line++) {
		stop = memchr(at, '\n', (size_t)(end - at));
		if (!stop)
			stop = end;
		ok = parse_line(c, at, (size_t)(stop - at), line, seen, e);
		if (!ok)
			(void)err_wrap(e, "%s line %zu", what, line);
		at = stop < end ? stop + 1 : end;
	}
	free(seen);
	return ok;
}

static bool remember(struct conf *c, const char *path, struct err *e)
{
	char *own;

	if (c->n_paths == FILES_MAX)
		return err_set(e, ERR_INPUT, "more than %d files of settings",
			       FILES_MAX);
	own = strdup(path);
	if (!own)
		return err_set(e, ERR_NOMEM, "out of memory");
	c->paths[c->n_paths++] = own;
	return true;
}

bool conf_file(struct conf *c, const char *path, struct err *e)
{
	FILE *f = fopen(path, "rb");
	char *text = NULL;
	bool ok = false;
	size_t n;

	if (!f)
		return err_set(e, ERR_IO, "cannot open %s: %s", path,
			       strerror(errno));
	text = malloc(LIMIT_CONF_BYTES + 1);
	if (!text) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	n = fread(text, 1, LIMIT_CONF_BYTES + 1, f);
	if (ferror(f)) {
		(void)err_set(e, ERR_IO, "cannot read %s: %s", path,
			      strerror(errno));
		goto out;
	}
	ok = remember(c, path, e) && conf_parse(c, text, n, path, e);
out:
	free(text);
	(void)fclose(f);
	return ok;
}

bool conf_reload(struct conf *c, struct err *e)
{
	struct conf *fresh = conf_new(e);
	bool ok = fresh;
	size_t i;

	for (i = 0; ok && i < c->n_paths; i++)
		ok = conf_file(fresh, c->paths[i], e);
	if (!ok) {
		conf_free(fresh);
		return false;
	}
	for (i = 0; i < conf_table_n; i++) {
		struct value *now = &c->values[i], *then = &fresh->values[i];
		char *text = now->text;

		if (!conf_table[i].reloadable || now->source > FROM_FILE)
			continue;
		now->source = then->source;
		now->text = then->text;
		now->number = then->number;
		then->text = text; /* freed with the rest of `fresh` */
	}
	conf_free(fresh);
	return true;
}

static bool is_setting(const char *entry)
{
	size_t i;

	for (i = 0; i < sizeof not_settings / sizeof not_settings[0]; i++) {
		if (strncmp(entry, not_settings[i], strlen(not_settings[i])) ==
		    0)
			return false;
	}
	return strncmp(entry, ENV_PREFIX, strlen(ENV_PREFIX)) == 0 &&
	       strchr(entry, '=');
}

/* PHIEU_LOG_LEVEL=debug: the key log-level. */
static bool env_one(struct conf *c, const char *entry, struct err *e)
{
	char name[64], word[48];
	size_t n, i, k, prefix = strlen(ENV_PREFIX);
	const char *eq;

	if (!is_setting(entry))
		return true;
	eq = strchr(entry, '=');
	n = (size_t)(eq - entry);
	if (n == strlen(ENV_CONFIG) && memcmp(entry, ENV_CONFIG, n) == 0)
		return !eq[1] || conf_file(c, eq + 1, e);
	for (k = prefix; k < n && k - prefix < sizeof name - 1; k++) {
		char ch = entry[k];

		if (ch >= 'A' && ch <= 'Z')
			ch = "abcdefghijklmnopqrstuvwxyz"[ch - 'A'];
		else if (ch == '_')
			ch = '-';
		else
			ch = '?'; /* lower case is no key of ours */
		name[k - prefix] = ch;
	}
	if (k < n || !find(name, n - prefix, &i))
		return err_set(e, ERR_INPUT,
			       "unknown setting %s in the environment",
			       shown(entry, n, word));
	return put(c, i, eq + 1, FROM_ENV, e) ||
	       err_wrap(e, "environment variable %s", shown(entry, n, word));
}

bool conf_env(struct conf *c, char *const *envp, struct err *e)
{
	for (; envp && *envp; envp++) {
		if (!env_one(c, *envp, e))
			return false;
	}
	return true;
}

bool conf_set(struct conf *c, const char *key, const char *value, struct err *e)
{
	char word[48];
	size_t i;

	if (!find(key, strlen(key), &i))
		return err_set(e, ERR_INPUT, "unknown setting '%s'",
			       shown(key, strlen(key), word));
	return put(c, i, value, FROM_OPTION, e);
}

/* Takes the option at argv[*at] if it is one of the table's; *at moves past
 * it, *taken says so. */
static bool arg_one(struct conf *c, int argc, char **argv, int *at, bool *taken,
		    struct err *e)
{
	const char *name = argv[*at] + 2, *eq, *value = NULL;
	bool is_config;
	size_t n, i = 0;

	*taken = false;
	if (strncmp(argv[*at], "--", 2) != 0)
		return true;
	eq = strchr(name, '=');
	n = eq ? (size_t)(eq - name) : strlen(name);
	is_config = n == strlen("config") && memcmp(name, "config", n) == 0;
	if (!is_config && !find(name, n, &i))
		return true;
	if (eq) {
		value = eq + 1;
	} else if (!is_config && conf_table[i].type == CONF_BOOL) {
		value = "true";
	} else if (*at + 1 < argc) {
		value = argv[++*at];
	} else {
		return err_set(e, ERR_INPUT, "--%s wants a value",
			       is_config ? "config" : conf_table[i].name);
	}
	++*at;
	*taken = true;
	return is_config ? conf_file(c, value, e)
			 : put(c, i, value, FROM_OPTION, e);
}

bool conf_args(struct conf *c, int *argc, char **argv, struct err *e)
{
	int at = 1, kept = 1;
	bool taken;

	while (at < *argc && strcmp(argv[at], "--") != 0) {
		if (!arg_one(c, *argc, argv, &at, &taken, e))
			return false;
		if (!taken)
			argv[kept++] = argv[at++];
	}
	while (at < *argc)
		argv[kept++] = argv[at++];
	*argc = kept;
	argv[kept] = NULL;
	return true;
}

static const struct value *get(const struct conf *c, const char *key)
{
	size_t i;

	if (!find(key, strlen(key), &i)) {
		assert(!"a setting that is not in the table");
		abort();
	}
	return &c->values[i];
}

const char *conf_text(const struct conf *c, const char *key)
{
	return get(c, key)->text;
}

int64_t conf_int(const struct conf *c, const char *key)
{
	return get(c, key)->number;
}

bool conf_bool(const struct conf *c, const char *key)
{
	return get(c, key)->number != 0;
}
