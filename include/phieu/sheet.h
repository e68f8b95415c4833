/* sheet.h - numbers printed on sheets: FORM-NNNNN-C.
 *
 * "CT01-00012-7": form code without its hyphen, serial, check digit over
 * both (Damm's quasigroup over digits, letters as two digits from
 * A = 00), so that one wrong or two swapped digits never give another
 * sheet's number.  (ISO 7064 MOD 11-10 would miss one swap in 45.) */
#ifndef PHIEU_SHEET_H
#define PHIEU_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phieu/err.h"

#define SHEET_TEXT_MAX 48

struct sheet_no {
	char prefix[24]; /* "CT01" */
	uint32_t serial; /* 1-99999999 */
};

/* Takes what people type ("ct01 00012 7", en dash); ERR_INPUT says whether
 * the shape or the check digit is wrong. */
bool sheet_parse(const char *s, size_t n, struct sheet_no *out,
		 struct err *e) MUST_USE;
const char *sheet_text(const struct sheet_no *s, char out[SHEET_TEXT_MAX]);
bool sheet_make(const char *form_code, uint32_t serial, struct sheet_no *out,
		struct err *e) MUST_USE;

#endif
