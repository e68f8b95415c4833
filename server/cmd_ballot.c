/* `phieu ballot keygen|letters|mix|check`: what of a campaign is no act of a
 * desk: it makes files, or takes the key of another body. */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "phieu/archive.h"
#include "phieu/ballot.h"
#include "phieu/commands.h"
#include "phieu/connect.h"
#include "phieu/file.h"
#include "phieu/secret.h"
#include "phieu/store_waves.h"

#define ARENA_BYTES   ((size_t)64 << 20)
#define LETTERS_BYTES ((size_t)1 << 30)
#define KEY_FILE_MAX  ((size_t)4096)
#define LIST_BYTES    ((size_t)64 << 20)
#define N(a)	      (sizeof(a) / sizeof((a)[0]))

enum { PATH_MAX_BYTES = 1000 };

/* The i-th of "A,B,C"; false: there is none. */
static bool nth(const char *list, size_t i, char out[PATH_MAX_BYTES])
{
	size_t n;

	for (; list && i > 0; i--) {
		list = strchr(list, ',');
		list = list ? list + 1 : NULL;
	}
	n = list ? strcspn(list, ",") : 0;
	if (n == 0 || n >= PATH_MAX_BYTES)
		return false;
	memcpy(out, list, n);
	out[n] = '\0';
	return true;
}

static char *phrase_of(const char *files, size_t i, const char *of, bool twice,
		       struct err *e)
{
	char path[PATH_MAX_BYTES], prompt[PATH_MAX_BYTES + 40];
	char *s;

	(void)snprintf(prompt, sizeof prompt, "Cụm mật khẩu của %s: ", of);
	if (files && !nth(files, i, path)) {
		(void)err_set(e, ERR_INPUT,
			      "--passphrase-file: mỗi phần một tệp (a file for "
			      "each part: A,B)");
		return NULL;
	}
	s = secret_read(files ? path : NULL, prompt, twice, e);
	if (s && strlen(s) < ARCHIVE_PASSPHRASE_MIN) {
		secret_free(s);
		(void)err_set(e, ERR_INPUT,
			      "a passphrase has at least %d characters",
			      ARCHIVE_PASSPHRASE_MIN);
		return NULL;
	}
	return s;
}

/* ---- keygen -------------------------------------------------------------- */

static bool write_part(const struct ballot_part *p, const char *path,
		       const char *phrases, struct err *e)
{
	struct buf text = BUF_INIT(KEY_FILE_MAX), box = BUF_INIT(KEY_FILE_MAX);
	char *phrase = phrase_of(phrases, p->part - 1, path, true, e);
	struct archive_secret secret = { .passphrase = phrase };
	bool ok = phrase != NULL;

	if (ok) {
		ballot_part_text(p, &text);
		ok = archive_seal(&text, &secret, &box, e) &&
		     file_write(path, box.data, box.len, 0600, e);
	}
	if (text.data)
		sodium_memzero(text.data, text.len);
	buf_free(&text);
	buf_free(&box);
	secret_free(phrase);
	return ok;
}

static bool write_key(const char *out, unsigned parts, const char *phrases,
		      struct ballot_part *p, struct err *e)
{
	char path[PATH_MAX_BYTES + 4];
	bool ok = ballot_key_new(parts, p, e);

	for (unsigned i = 0; ok && i < parts; i++) {
		(void)snprintf(path, sizeof path, parts > 1 ? "%s.%u" : "%s",
			       out, i + 1);
		if (access(path, F_OK) == 0)
			ok = err_set(e, ERR_CONFLICT,
				     "%.150s có rồi; tệp khóa không bao giờ bị "
				     "ghi đè (a key is never written over)",
				     path);
		ok = ok && write_part(&p[i], path, phrases, e);
	}
	return ok;
}

static bool take_number(const char *text, unsigned most, unsigned *out,
			struct err *e)
{
	char *end = NULL;
	unsigned long v = text ? strtoul(text, &end, 10) : *out;

	if (text && (end == text || *end || *text == '-' || v > most))
		return err_set(e, ERR_INPUT, "\"%.40s\": 0 - %u", text, most);
	*out = (unsigned)v;
	return true;
}

static int run_keygen(int argc, char **argv, void *app)
{
	struct ballot_part p[BALLOT_PARTS_MAX];
	char hex[2 * BALLOT_KEY_BYTES + 1], finger[BALLOT_FINGERPRINT_MAX];
	const char *out = NULL, *parts = NULL, *phrases = NULL;
	const struct cli_opt opts[] = { { "--out", NULL, &out },
					{ "--parts", NULL, &parts },
					{ "--passphrase-file", NULL,
					  &phrases } };
	struct err e = { 0 };
	unsigned n = 1;
	bool ok;

	(void)app;
	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     ((argc == 1 && out && strlen(out) < PATH_MAX_BYTES) ||
	      err_set(&e, ERR_INPUT,
		      "usage: phieu ballot keygen --out FILE")) &&
	     take_number(parts, BALLOT_PARTS_MAX, &n, &e) &&
	     write_key(out, n, phrases, p, &e);
	if (ok) {
		hex_text(p[0].public_key, sizeof p[0].public_key, hex);
		ballot_fingerprint(p[0].public_key, finger);
		printf("Khóa công khai (public key): %s\n"
		       "Dấu của khóa (fingerprint): %s\n"
		       "%s: giữ ở cơ quan này; mất khóa là mất câu trả lời (it "
		       "stays here; without it the answers are lost)\n",
		       hex, finger, out);
	}
	sodium_memzero(p, sizeof p);
	return ok ? EXIT_DONE : cli_fail("phieu ballot keygen", &e);
}

/* ---- letters ------------------------------------------------------------- */

struct lettering {
	const char *wave, *group, *out, *link, *spare;
	bool reminder;
	struct arena *a;
	struct db *db;
	struct wave *w;
	struct ballot_home *homes;
	size_t n_homes;
	struct ballot_about about;
	struct buf html;
};

static bool head_of(struct lettering *l, struct ballot_head *h, char *until,
		    struct err *e)
{
	size_t g = plan_group(l->w->plan, l->group);

	if (g == NONE)
		return err_set(e, ERR_INPUT, "no group \"%.64s\"", l->group);
	if (!store_ballot_about(l->db, l->wave, l->group, l->a, &l->about, e))
		return false;
	if (!l->about.state[0])
		return err_set(e, ERR_CONFLICT,
			       "nhóm này chưa có đợt trả lời điện tử (no "
			       "campaign: phieu ballot make)");
	*h = (struct ballot_head){
		.wave_name = l->w->plan->name,
		.province = l->w->plan->province,
		.group_name = l->w->plan->groups[g].name,
		.holder = l->about.holder,
		.fingerprint = l->about.fingerprint,
		.link = l->link,
		.until = date_text_vi(l->w->plan->to, until),
		.trial = l->w->plan->is_trial,
	};
	return true;
}

/* Hashes are kept only when the letters are on the disk: hashes without
 * letters would be letters nobody has. */
static bool new_letters(struct lettering *l, const struct ballot_head *h,
			size_t *n, struct err *e)
{
	struct ballot_letter *letters = NULL;
	unsigned spare = 0;
	char by[64];
	bool ok;

	actor_name(by, sizeof by);
	ok = take_number(l->spare, 1000, &spare, e) &&
	     ballot_letters_new(l->homes, l->n_homes, spare, &letters, n, e) &&
	     ballot_letters_html(h, l->homes, letters, *n, &l->html, e) &&
	     db_begin(l->db, e) &&
	     store_ballot_letters(l->db, l->w->id, by, "owner", l->group,
				  l->homes, letters, *n, e) &&
	     file_write(l->out, l->html.data, l->html.len, 0600, e);
	if (ok && !db_commit(l->db, e)) {
		(void)unlink(l->out);
		ok = false;
	}
	db_rollback(l->db);
	if (letters)
		sodium_memzero(letters, *n * sizeof *letters);
	free(letters);
	return ok;
}

static bool letters_inside(struct lettering *l, const struct app *app,
			   size_t *n, struct err *e)
{
	char until[DATE_TEXT_MAX];
	struct ballot_head h;

	l->a = arena_new(ARENA_BYTES);
	if (!l->a)
		return err_set(e, ERR_NOMEM, "out of memory");
	l->db = connect_ready(app->conf, WHO_SERVER, e);
	l->w = l->db ? store_wave_get(l->db, l->wave, e) : NULL;
	if (!l->w || !head_of(l, &h, until, e) ||
	    !store_ballot_homes(l->db, l->w->id, l->group, l->a, &l->homes,
				&l->n_homes, e))
		return false;
	if (!l->reminder)
		return new_letters(l, &h, n, e);
	for (size_t i = 0; i < l->n_homes; i++)
		*n += (size_t)l->homes[i].planned;
	return ballot_reminder_html(&h, l->homes, l->n_homes, &l->html, e) &&
	       file_write(l->out, l->html.data, l->html.len, 0600, e);
}

static bool letters_asked(struct lettering *l, const struct app *app, int argc,
			  struct err *e)
{
	size_t n;

	if (!l->link)
		l->link = conf_text(app->conf, "collector-url");
	if (argc != 1 || !l->wave || !l->group || !l->out)
		return err_set(e, ERR_INPUT,
			       "give --wave, --group and --out (phieu ballot "
			       "letters --help)");
	if (!l->link && !l->reminder)
		return err_set(e, ERR_INPUT,
			       "give --link https://…, or set collector-url");
	n = l->link ? strlen(l->link) : 0;
	if (n > 0 && l->link[n - 1] == '/')
		return err_set(e, ERR_INPUT,
			       "the link has no \"/\" at its end");
	return access(l->out, F_OK) != 0 ||
	       err_set(e, ERR_CONFLICT,
		       "%.150s có rồi (is there; letters are never written "
		       "over)",
		       l->out);
}

static int run_letters(int argc, char **argv, void *app)
{
	struct lettering l = { .html = BUF_INIT(LETTERS_BYTES) };
	const struct cli_opt opts[] = {
		{ "--wave", NULL, &l.wave },
		{ "--group", NULL, &l.group },
		{ "--out", NULL, &l.out },
		{ "--link", NULL, &l.link },
		{ "--spare", NULL, &l.spare },
		{ "--reminder", &l.reminder, NULL },
	};
	struct err e = { 0 };
	size_t n = 0;
	bool ok = cli_options(opts, N(opts), &argc, argv, &e) &&
		  letters_asked(&l, app, argc, &e) &&
		  letters_inside(&l, app, &n, &e);

	if (ok)
		printf("%s: %zu thư%s\n", l.out, n,
		       l.reminder ? " nhắc"
				  : "; in xong thì xóa tệp (delete the file "
				    "when printed)");
	if (l.html.data)
		sodium_memzero(l.html.data, l.html.len);
	buf_free(&l.html);
	wave_free(l.w);
	db_close(l.db);
	arena_free(l.a);
	return ok ? EXIT_DONE : cli_fail("phieu ballot letters", &e);
}

/* ---- mix ----------------------------------------------------------------- */

static bool read_part(const char *path, size_t i, const char *phrases,
		      struct ballot_part *out, struct err *e)
{
	struct buf text = BUF_INIT(KEY_FILE_MAX);
	struct archive_secret secret = { .passphrase = NULL };
	size_t n = 0;
	char *file = file_read(path, KEY_FILE_MAX, &n, e);
	char *phrase = file ? phrase_of(phrases, i, path, false, e) : NULL;
	bool ok = phrase != NULL;

	secret.passphrase = phrase;
	ok = ok && archive_open(file, n, &secret, &text, e) &&
	     ballot_part_parse(text.data, text.len, out, e);
	if (text.data)
		sodium_memzero(text.data, text.len);
	buf_free(&text);
	secret_free(phrase);
	free(file);
	return ok;
}

static bool read_key(const char *files, const char *phrases,
		     uint8_t key[BALLOT_KEY_BYTES], struct err *e)
{
	struct ballot_part p[BALLOT_PARTS_MAX];
	char path[PATH_MAX_BYTES];
	size_t n = 0;
	bool ok = true;

	while (ok && n < BALLOT_PARTS_MAX && nth(files, n, path)) {
		ok = read_part(path, n, phrases, &p[n], e);
		n++;
	}
	ok = ok && ballot_key_join(p, n, key, e);
	sodium_memzero(p, sizeof p);
	return ok;
}

static int run_mix(int argc, char **argv, void *app)
{
	const char *wave = NULL, *group = NULL, *files = NULL, *phrases = NULL;
	bool leave_out = false, ok;
	const struct cli_opt opts[] = { { "--wave", NULL, &wave },
					{ "--group", NULL, &group },
					{ "--key", NULL, &files },
					{ "--passphrase-file", NULL, &phrases },
					{ "--leave-out", &leave_out, NULL } };
	uint8_t key[BALLOT_KEY_BYTES];
	struct ballot_mixed done = { 0 };
	struct wave *w = NULL;
	struct db *db = NULL;
	struct err e = { 0 };
	char by[64];

	actor_name(by, sizeof by);
	ok = cli_options(opts, N(opts), &argc, argv, &e) &&
	     ((argc == 1 && wave && group && files) ||
	      err_set(&e, ERR_INPUT, "give --wave, --group and --key")) &&
	     read_key(files, phrases, key, &e);
	if (ok) {
		db = connect_ready(((const struct app *)app)->conf, WHO_MIXER,
				   &e);
		w = db ? store_wave_get(db, wave, &e) : NULL;
		ok = w &&
		     ballot_mix(db, w, group, key, by, leave_out, &done, &e);
	}
	sodium_memzero(key, sizeof key);
	if (ok)
		printf("Đã trộn: %" PRId64 " phiếu hợp lệ, %" PRId64
		       " không hợp lệ, %" PRId64 " bỏ ra (mixed: valid, "
		       "invalid, left out). Hãy hủy khóa (destroy the key).\n",
		       done.valid, done.invalid, done.left_out);
	wave_free(w);
	db_close(db);
	return ok ? EXIT_DONE : cli_fail("phieu ballot mix", &e);
}

/* ---- check --------------------------------------------------------------- */

struct looking {
	char wave[LIMIT_CODE_BYTES + 1], group[LIMIT_CODE_BYTES + 1];
	char hex[2 * SHA256_BYTES + 1];
};

/* "wave/group/64 hex digits", as the page gives it. */
static bool receipt_read(const char *s, struct looking *l)
{
	const char *a = s ? strchr(s, '/') : NULL;
	const char *b = a ? strchr(a + 1, '/') : NULL;
	uint8_t bytes[SHA256_BYTES];

	if (!b || (size_t)(a - s) >= sizeof l->wave ||
	    (size_t)(b - a - 1) >= sizeof l->group ||
	    strlen(b + 1) != sizeof l->hex - 1 ||
	    !hex_parse(b + 1, sizeof l->hex - 1, bytes))
		return false;
	*l = (struct looking){ .wave = "" };
	memcpy(l->wave, s, (size_t)(a - s));
	memcpy(l->group, a + 1, (size_t)(b - a - 1));
	hex_text(bytes, sizeof bytes, l->hex);
	return true;
}

/* The list's own root, made anew from its rows. */
static bool list_root(const struct res *r, char hex[65], struct err *e)
{
	size_t n = res_rows(r);
	uint8_t(*leaf)[SHA256_BYTES] = calloc(n + 1, sizeof *leaf);
	uint8_t receipt[1 + SHA256_BYTES] = { 0 }, root[SHA256_BYTES];
	bool ok = leaf || err_set(e, ERR_NOMEM, "out of memory");

	for (size_t i = 0; ok && i < n; i++) {
		const char *s = res_text(r, i, 0);

		ok = hex_parse(s, strlen(s), receipt + 1) ||
		     err_set(e, ERR_DB, "not a receipt");
		sha256(receipt, sizeof receipt, leaf[i]);
	}
	if (ok) {
		merkle_root((const uint8_t(*)[SHA256_BYTES])leaf, n, root);
		hex_text(root, sizeof root, hex);
	}
	free(leaf);
	return ok;
}

static bool look_for(const struct looking *l, struct db *db, struct arena *a,
		     struct err *e)
{
	struct ballot_about about;
	struct res *r = NULL;
	bool found = false, ok;
	char root[65] = "";

	ok = store_ballot_about(db, l->wave, l->group, a, &about, e) &&
	     (about.root[0] ||
	      err_set(e, ERR_CONFLICT,
		      "chưa có danh sách (there is no list before the "
		      "close)"));
	r = ok ? store_ballot_receipts(db, l->wave, l->group, e) : NULL;
	ok = r && list_root(r, root, e);
	for (size_t i = 0; ok && i < res_rows(r); i++)
		found |= strcmp(res_text(r, i, 0), l->hex) == 0;
	if (ok && strcmp(root, about.root) != 0)
		ok = err_set(e, ERR_CONFLICT,
			     "danh sách không khớp mã gốc đã ghi sổ (the list "
			     "does not fit the root in the log)");
	if (ok && !found)
		ok = err_set(e, ERR_INPUT,
			     "biên nhận không có trong danh sách (the receipt "
			     "is not in the list of %zu)",
			     res_rows(r));
	if (ok)
		printf("Có trong danh sách %zu biên nhận, mã gốc %s (it is in "
		       "the list)\n",
		       res_rows(r), root);
	res_free(r);
	return ok;
}

static int run_check(int argc, char **argv, void *app)
{
	struct arena *a = arena_new(ARENA_BYTES);
	struct looking l;
	struct err e = { 0 };
	struct db *db = NULL;
	bool ok = a || err_set(&e, ERR_NOMEM, "out of memory");

	ok = ok && ((argc == 2 && receipt_read(argv[1], &l)) ||
		    err_set(&e, ERR_INPUT,
			    "biên nhận có dạng đợt/nhóm/64 chữ số hex (phieu "
			    "ballot check WAVE/GROUP/HEX)"));
	if (ok) {
		db = connect_ready(((const struct app *)app)->conf, WHO_SERVER,
				   &e);
		ok = db && look_for(&l, db, a, &e);
	}
	db_close(db);
	arena_free(a);
	return ok ? EXIT_DONE : cli_fail("phieu ballot check", &e);
}

static const struct cmd cmds[] = {
	{ "ballot keygen",
	  "tạo khóa hòm phiếu, ở cơ quan khác (a key, at another body)",
	  "phieu ballot keygen --out FILE [--parts N] [--passphrase-file A,B]\n"
	  "  Needs no database.  The file holds the private key under a\n"
	  "  passphrase; only the public key it prints goes to `phieu ballot "
	  "make`.\n"
	  "  --parts N  FILE.1 to FILE.N: all of them together are the key",
	  run_keygen },
	{ "ballot letters",
	  "in thư có mã một lần (letters with one-time codes)",
	  "phieu ballot letters --wave W --group G --out FILE.html\n"
	  "    [--link https://HOST] [--spare N] [--reminder]\n"
	  "  One A4 page each, in random order within a unit.  The codes are\n"
	  "  nowhere else: print, delete the file.  Again: all letters before\n"
	  "  are worth nothing.  Only before answering begins.\n"
	  "  --link      address of the collector (collector-url)\n"
	  "  --spare N   more letters for each unit\n"
	  "  --reminder  a second letter for everybody, without a code",
	  run_letters },
	{ "ballot mix", "mở và trộn hòm phiếu (open and mix the ballots)",
	  "phieu ballot mix --wave W --group G --key FILE[,FILE]\n"
	  "    [--passphrase-file A,B] [--leave-out]\n"
	  "  As the mixer's role, with the key of the other body, of a closed\n"
	  "  campaign: all ballots become responses in random order and are\n"
	  "  destroyed, both or neither.\n"
	  "  --leave-out  units with fewer than 10 valid ballots stay out; "
	  "without\n"
	  "               it they stop the mixing",
	  run_mix },
	{ "ballot check", "tìm biên nhận trong danh sách (look for a receipt)",
	  "phieu ballot check WAVE/GROUP/HEX\n"
	  "  In the published list, whose Merkle root is made anew.",
	  run_check },
};
const struct cmd_set cmd_ballot = { cmds, N(cmds) };
