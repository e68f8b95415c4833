#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/commands.h"
#include "phieu/file.h"
#include "phieu/json.h"
#include "phieu/pull.h"

#define NAME "phieu pull-components"

static const char *text_of(const cJSON *o, const char *key)
{
	const char *s = json_get_text(o, key);

	return s ? s : "-";
}

static double number_of(const cJSON *o)
{
	return cJSON_IsNumber(o) ? o->valuedouble : -1;
}

/* The table is for people: a decimal comma, as the country writes. */
static const char *comma(char *s)
{
	for (char *p = s; *p; p++)
		if (*p == '.')
			*p = ',';
	return s;
}

static void cell_number(struct table *t, const cJSON *o, int digits)
{
	char s[32];

	if (!cJSON_IsNumber(o)) {
		table_cell(t, "-");
		return;
	}
	(void)snprintf(s, sizeof s, "%.*f", digits, o->valuedouble);
	table_cell(t, comma(s));
}

static void row(struct table *t, const cJSON *c)
{
	const cJSON *interval = json_get(c, "interval");
	const cJSON *criterion = json_get(c, "criterion");
	const char *code =
		cJSON_IsString(criterion) ? criterion->valuestring : "";
	char s[80] = "-";

	table_cell(t, text_of(c, "unit"));
	table_cell(t, *code ? code : "=");
	(void)snprintf(s, sizeof s, "%s", text_of(c, "points"));
	table_cell(t, comma(s));
	(void)snprintf(s, sizeof s, "%s", text_of(c, "maximum"));
	table_cell(t, comma(s));
	(void)snprintf(s, sizeof s, "-");
	cell_number(t, json_get(c, "n_valid"), 0);
	cell_number(t, json_get(c, "standard_error"), 4);
	if (cJSON_GetArraySize(interval) == 2)
		(void)snprintf(s, sizeof s, "%.4f – %.4f",
			       number_of(cJSON_GetArrayItem(interval, 0)),
			       number_of(cJSON_GetArrayItem(interval, 1)));
	table_cell(t, comma(s));
}

static bool print_table(const struct buf *body, struct err *e)
{
	static const char *const heads[] = {
		"đơn vị", "tiêu chí", "điểm",	       "tối đa",
		"n",	  "sai số",   "khoảng tin cậy"
	};
	const size_t columns = sizeof heads / sizeof heads[0];
	cJSON *o = json_parse(buf_cstr(body) ? buf_cstr(body) : "", body->len,
			      &json_plan_limits, e);
	const cJSON *list = json_get(o, "components"), *c;
	struct table *t = NULL;
	bool ok = false;

	if (!o)
		return err_wrap(e, "what the server sent");
	if (!cJSON_IsArray(list)) {
		(void)err_set(e, ERR_IO, "the server sent no components");
		goto out;
	}
	t = table_headed(heads, columns, 2);
	if (!t) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	printf("%s: %s%s%s\nsnapshot %s\n", text_of(o, "wave"),
	       text_of(o, "name"),
	       cJSON_IsTrue(json_get(o, "trial"))
		       ? " [mẫu thử, không phải số liệu chính thức; "
			 "trial]"
		       : "",
	       cJSON_IsTrue(json_get(o, "simulated")) ? " [mô phỏng, simulated]"
						      : "",
	       text_of(json_get(o, "snapshot"), "sha256"));
	cJSON_ArrayForEach(c, list)
	{
		row(t, c);
	}
	table_print(t, stdout);
	ok = true;
out:
	table_free(t);
	cJSON_Delete(o);
	return ok;
}

static bool read_key(const char *path, char **out, struct err *e)
{
	size_t n;

	*out = file_read(path, 4096, &n, e);
	if (!*out)
		return false;
	(*out)[strcspn(*out, " \t\r\n")] = '\0';
	return true;
}

static bool is_loopback(const char *from)
{
	return strncmp(from, "https://", 8) == 0 ||
	       strncmp(from, "http://127.", 11) == 0 ||
	       strncmp(from, "http://localhost", 16) == 0 ||
	       strncmp(from, "http://[::1]", 12) == 0;
}

static bool hand_on(const struct buf *body, bool raw, struct err *e)
{
	if (raw && fwrite(body->data ? body->data : "", 1, body->len, stdout) !=
			   body->len)
		return err_set(e, ERR_IO, "output could not be written");
	if (!raw && !print_table(body, e))
		return false;
	return fflush(stdout) == 0 ||
	       err_set(e, ERR_IO, "output could not be written");
}

static bool pull_and_print(struct pull *p, const char *state, bool raw,
			   struct err *e)
{
	struct pulled got = { 0 };
	bool ok;

	if (!is_loopback(p->from))
		(void)fputs(NAME ": warning: the key travels without TLS\n",
			    stderr);
	if (state && !pull_state_read(state, p, e))
		return false;
	ok = pull_get(p, &got, e);
	if (!ok && e->kind == ERR_DENIED && strncmp(p->key, "pa_", 3) == 0)
		(void)err_set(e, ERR_DENIED,
			      "đây là khóa của điều tra viên (pa_…), cần khóa "
			      "của phần mềm tính chỉ số (this is an agent's "
			      "key; an engine's, pe_…, is needed)");
	if (ok && got.unchanged) {
		(void)fputs("không có gì mới (nothing new)\n", stderr);
		goto out;
	}
	/* remembered only once it has been handed on */
	ok = ok && hand_on(&got.body, raw, e);
	if (ok && state && got.etag[0])
		ok = pull_state_write(state, p, got.etag, e);
out:
	buf_free(&got.body);
	return ok;
}

static int run_pull(int argc, char **argv, void *app)
{
	struct pull p = { 0 };
	const char *state = NULL, *key_file = NULL;
	char *key = NULL;
	bool json = false, ok;
	const struct cli_opt opts[] = {
		{ "--from", NULL, &p.from },	   { "--wave", NULL, &p.wave },
		{ "--key", NULL, &p.key },	   { "--state", NULL, &state },
		{ "--key-file", NULL, &key_file }, { "--csv", &p.csv, NULL },
		{ "--json", &json, NULL },
	};
	struct err e = { 0 };

	(void)app;
	if (!cli_options(opts, sizeof opts / sizeof opts[0], &argc, argv, &e))
		return cli_fail(NAME, &e);
	if (key_file && !read_key(key_file, &key, &e))
		return cli_fail(NAME, &e);
	if (key)
		p.key = key;
	if (!p.from || !p.wave || !p.key || argc > 1 || (json && p.csv))
		ok = err_set(&e, ERR_INPUT,
			     "cần --from, --wave và --key (they are needed); "
			     "see: " NAME " --help");
	else if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		ok = err_set(&e, ERR_NOMEM, "libcurl does not start");
	else
		ok = pull_and_print(&p, state, json || p.csv, &e);
	curl_global_cleanup();
	free(key);
	return ok ? EXIT_DONE : cli_fail(NAME, &e);
}

static const struct cmd cmds[] = {
	{ "pull-components",
	  "lấy điểm thành phần đã công bố (as an index engine)",
	  NAME
	  " --from URL --wave W --key K\n"
	  "      [--key-file FILE] [--state FILE] [--csv|--json]\n"
	  "\n"
	  "Asks URL for the newest release of wave W.  With --state, the "
	  "answer's tag is\n"
	  "kept there and an unchanged release is not sent again (exit code "
	  "0, nothing\n"
	  "on standard output).  --key-file keeps the key out of the list of "
	  "processes.\n"
	  "Redirects are not followed; at most 64 MiB and ten minutes.\n",
	  run_pull },
};
const struct cmd_set cmd_pull = { cmds, sizeof cmds / sizeof cmds[0] };
