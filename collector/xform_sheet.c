/* The check digit of a sheet's number as XPath, so that a client refuses a
 * mistyped number while the paper is still at hand. */
#include <stdio.h>
#include <string.h>

#include "phieu/sheet.h"
#include "xform_parts.h"

/* Damm's table row after row (the one of sheet.c: the test compares). */
#define DAMM                                                 \
	"03175986427092154863420687135917509834266123045978" \
	"36742095815869720134894536201794386172052581436790"

/* The digits of what was typed, and its k-th of the last six. */
#define TYPED "translate(.,' -','')"

static void digit(struct buf *out, unsigned k)
{
	buf_addf(out,
		 "substr(" TYPED ",string-length(" TYPED
		 ")-%u,string-length(" TYPED ")-%u)",
		 6 - k, 5 - k);
}

/* The state after the k first digits: one character, looked up in the table
 * by ten times the state before and the digit. */
static void state(struct buf *out, unsigned k, char start)
{
	if (k == 0) {
		buf_addf(out, "%c", start);
		return;
	}
	buf_adds(out, "substr(substr('" DAMM "',10*");
	state(out, k - 1, start);
	buf_adds(out, "+");
	digit(out, k - 1);
	buf_adds(out, "),0,1)");
}

/* "CT01" as a pattern that does not mind the case. */
static void pattern(struct buf *out, const char *prefix)
{
	for (; *prefix; prefix++) {
		if (*prefix >= 'A')
			buf_addf(out, "[%c%c]", *prefix, *prefix - 'A' + 'a');
		else
			buf_addf(out, "%c", *prefix);
	}
}

/* The state of the check after the prefix: the digit that closes it. */
static char prefix_state(const struct sheet_no *no)
{
	struct sheet_no probe = *no;
	char text[SHEET_TEXT_MAX];

	/* each start leads somewhere else: the one that gives the check digit
	 * of serial 1 */
	probe.serial = 1;
	(void)sheet_text(&probe, text);
	for (unsigned s = 0; s < 10; s++) {
		char at = (char)('0' + s);

		for (const char *d = "00001"; *d; d++)
			at = DAMM[10 * (at - '0') + (*d - '0')];
		if (at == text[strlen(text) - 1])
			return (char)('0' + s);
	}
	return '0';
}

bool sheet_constraint(const char *form_code, struct buf *out, char *example,
		      size_t size)
{
	char text[SHEET_TEXT_MAX];
	struct err e = { 0 };
	struct sheet_no no;

	if (!sheet_make(form_code, 12, &no, &e))
		return false;
	if (example)
		(void)snprintf(example, size, "%s", sheet_text(&no, text));
	if (!out)
		return true;
	/* longer serials: the shape alone, the server checks the digit */
	buf_adds(out, "(regex(.,'^(");
	pattern(out, no.prefix);
	buf_addf(out,
		 "[ -]?)?[0-9]{6,8}[ -]?[0-9]$') and string-length(" TYPED
		 ")!=%zu) or (regex(.,'^(",
		 strlen(no.prefix) + 6);
	pattern(out, no.prefix);
	buf_adds(out, "[ -]?)?[0-9]{5}[ -]?[0-9]$') and ");
	state(out, 6, prefix_state(&no));
	buf_adds(out, "='0')");
	return true;
}
