/* What an opened ballot says, judged by the rules of intake. */
#include <string.h>

#include "phieu/ballot.h"
#include "phieu/sheet.h"

/* The lowest serial: no sheet is meant, and none is kept. */
#define NO_SHEET 1

/* The object with what a submission has besides: an instance and a sheet that
 * mean nothing, the wave's first day.  A ballot that brings its own has a
 * member twice, which no submission may. */
static const char *complete(const char *json, size_t n, const struct plan *p,
			    size_t form, struct arena *a, size_t *len,
			    struct err *e)
{
	struct buf b = BUF_INIT(LIMIT_SUBMISSION_BYTES * 2);
	char day[DATE_TEXT_MAX], text[SHEET_TEXT_MAX];
	struct sheet_no no;
	const char *s = NULL;

	if (!sheet_make(p->forms[form].code, NO_SHEET, &no, e))
		return NULL;
	(void)date_text(p->from, day);
	buf_addf(&b,
		 "{\"instanceID\":\"uuid:ballot\",\"sheet\":\"%s\","
		 "\"collected\":\"%s\",",
		 sheet_text(&no, text), day);
	buf_add(&b, json + 1, n - 1);
	*len = b.len;
	if (buf_cstr(&b))
		s = arena_strdup(a, b.data);
	buf_free(&b);
	if (!s)
		(void)err_set(e, ERR_NOMEM, "out of memory");
	return s;
}

/* Says when, where or with what: nothing of this is wanted, nor kept. */
static bool says_too_much(const struct submission *s)
{
	return s->replaces || s->has_start || s->has_end || s->device ||
	       s->simulated || s->keying != 1 || s->n_files > 0;
}

static bool judged(const struct submission *s, const struct plan *p,
		   size_t group, size_t home, struct faults *f, unsigned *flags,
		   const char **code)
{
	submission_check(p, s, p->to, f, flags);
	*flags &= FLAG_STRAIGHT;
	*code = NULL;
	if (says_too_much(s)) {
		*code = "V00";
	} else if (s->group != group || s->home != home) {
		*code = "V03";
	} else if (f->n > 0) {
		faults_sort(f);
		*code = f->list[0].code;
	}
	return *code == NULL;
}

bool ballot_read(const char *json, size_t n, const struct plan *p, size_t group,
		 size_t home, struct arena *a, struct submission *out,
		 unsigned *flags, const char **code, struct err *e)
{
	struct err odd = { 0 };
	struct faults f;
	const char *text;
	size_t len = 0;

	*code = "V00";
	*flags = 0;
	if (n < 2 || *json != '{' || memchr(json, 0, n))
		return false;
	text = complete(json, n, p, p->groups[group].form, a, &len, e);
	if (!text)
		return false;
	faults_init(&f, a);
	if (submission_read(text, len, p, a, out, &f, &odd))
		return judged(out, p, group, home, &f, flags, code);
	if (odd.kind != ERR_INPUT)
		*e = odd;
	return false;
}
