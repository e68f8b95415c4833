#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#include "phieu/commands.h"
#include "phieu/pull_forms.h"
#include "phieu/secret.h"

#define NAME "phieu pull-forms"

static int report(const struct pull_forms_counts *n, bool json)
{
	if (json)
		printf("{\"seen\":%zu,\"taken\":%zu,\"refused\":%zu,"
		       "\"files\":%zu,\"pages\":%zu}\n",
		       n->seen, n->taken, n->refused, n->files, n->pages);
	else
		printf("%zu phiếu trên máy chủ kia, %zu bản đã ở bộ thu, %zu "
		       "không nhận, %zu tệp kèm (forms there, versions here "
		       "now, refused, files)\n",
		       n->seen, n->taken, n->refused, n->files);
	return n->refused ? EXIT_PARTLY : EXIT_DONE;
}

static bool asked_enough(const struct pull_forms *p, const char *kind,
			 const char *secret, const char *key)
{
	bool kobo = strcmp(kind, "kobo") == 0;

	if (!kobo && strcmp(kind, "central") != 0)
		return false;
	return p->from && p->form && p->to && p->state && key && secret &&
	       (kobo || p->project);
}

/* Secrets in, forms here, secrets wiped. */
static bool go(struct pull_forms *p, const char *secret_file,
	       const char *key_file, struct pull_forms_counts *n, struct err *e)
{
	char *secret = secret_read(secret_file, "", false, e);
	char *key = secret ? secret_read(key_file, "", false, e) : NULL;
	bool ok = key != NULL;

	p->secret = secret;
	p->key = key;
	if (ok && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		ok = err_set(e, ERR_NOMEM, "libcurl does not start");
	ok = ok && pull_forms(p, n, e);
	curl_global_cleanup();
	secret_free(secret);
	secret_free(key);
	return ok;
}

static int run_pull_forms(int argc, char **argv, void *app)
{
	struct pull_forms p = { .say = stderr };
	const char *kind = "central", *secret = NULL, *key = NULL;
	bool json = false;
	const struct cli_opt opts[] = {
		{ "--kind", NULL, &kind },
		{ "--from", NULL, &p.from },
		{ "--project", NULL, &p.project },
		{ "--form", NULL, &p.form },
		{ "--email", NULL, &p.email },
		{ "--secret-file", NULL, &secret },
		{ "--to", NULL, &p.to },
		{ "--key-file", NULL, &key },
		{ "--state", NULL, &p.state },
		{ "--all", &p.all, NULL },
		{ "--json", &json, NULL },
	};
	struct pull_forms_counts n = { 0 };
	struct err e = { 0 };

	(void)app;
	if (!cli_options(opts, sizeof opts / sizeof opts[0], &argc, argv, &e))
		return cli_fail(NAME, &e);
	p.kind = strcmp(kind, "kobo") == 0 ? PULL_KOBO : PULL_CENTRAL;
	if (argc > 1 || !asked_enough(&p, kind, secret, key)) {
		(void)err_set(&e, ERR_INPUT,
			      "thiếu tùy chọn (options are missing); see: " NAME
			      " --help");
		return cli_fail(NAME, &e);
	}
	if (go(&p, secret, key, &n, &e))
		return report(&n, json);
	if (n.seen)
		(void)report(&n, json);
	return cli_fail(NAME, &e);
}

static const struct cmd cmds[] = {
	{ "pull-forms",
	  "lấy phiếu từ ODK Central hoặc Kobo (forms of another server)",
	  NAME
	  " --kind central|kobo --from URL [--project N] --form ID\n"
	  "      [--email E] --secret-file FILE --to URL --key-file FILE\n"
	  "      --state FILE [--all] [--json]\n"
	  "\n"
	  "Brings forms that people sent to ODK Central (form: xmlFormId of "
	  "project N) or\n"
	  "KoboToolbox (form: the asset's uid) to our collector at --to, each "
	  "as the bytes\n"
	  "it was sent with, all versions of an edited one, with its files.  "
	  "--secret-file\n"
	  "holds the password of --email, or else a token; --key-file an "
	  "agent's key.  The\n"
	  "state file keeps how far it came: run it again, also after a "
	  "failure, and it goes\n"
	  "on from there; forms that came before count once.  --all begins "
	  "anew (Kobo does\n"
	  "not tell when a form was edited).  Redirects and other hosts are "
	  "not followed.\n"
	  "Exit code 3: some forms were refused; each is named.\n",
	  run_pull_forms },
};
const struct cmd_set cmd_pull_forms = { cmds, sizeof cmds / sizeof cmds[0] };
