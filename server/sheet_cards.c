/* Cards with the number of a sheet and its QR picture: one is put on the
 * sheet, its stub is torn off for the respondent. */
#include <string.h>

#include "phieu/ledger.h"
#include "phieu/qr.h"

#define QR_BYTES ((size_t)1 << 16)

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
	"'none'; style-src 'unsafe-inline'\">\n"
	"<title>Số phiếu</title><style>\n"
	"@page{size:A4;margin:10mm}"
	"body{font:10pt/1.2 \"Times New Roman\",\"Liberation Serif\",serif;"
	"color:#000;margin:0}"
	".c{display:inline-grid;grid-template-columns:26mm 1fr;gap:0 2mm;"
	"width:62mm;height:32mm;border:.3pt dashed #888;padding:2mm;"
	"box-sizing:border-box;overflow:hidden;break-inside:avoid;"
	"vertical-align:top}"
	".c svg{width:26mm;height:26mm;grid-row:1/4}"
	".c b{font:bold 11pt \"Liberation Mono\",monospace;white-space:nowrap}"
	".c span{font-size:8pt;overflow-wrap:anywhere}"
	".t{font-size:7pt}</style></head><body>\n";

static bool card(const struct res *r, size_t row, const struct wave_head *wave,
		 struct buf *out, struct err *e)
{
	const char *sheet = res_word(r, row, "sheet");
	const char *unit = res_word(r, row, "unit_now_name");
	struct buf qr = BUF_INIT(QR_BYTES);
	bool ok = qr_draw(sheet, QR_SVG, &qr, e);

	if (ok) {
		buf_adds(out, "<div class=\"c\">");
		buf_adds(out, buf_cstr(&qr));
		buf_adds(out, "<b>");
		buf_html(out, sheet);
		buf_adds(out, "</b><span>");
		buf_html(out, res_word(r, row, "group_name"));
		buf_adds(out, *unit ? "<br>" : "");
		buf_html(out, unit);
		buf_adds(out, "</span><span class=\"t\">");
		buf_html(out, wave->code);
		buf_adds(out, wave->trial ? " · MẪU THỬ" : "");
		buf_adds(out, "</span></div>\n");
	}
	buf_free(&qr);
	return ok;
}

bool ledger_cards(const struct res *r, const struct wave_head *wave,
		  struct buf *out, struct err *e)
{
	buf_adds(out, head);
	for (size_t i = 0; i < res_rows(r); i++)
		if (!card(r, i, wave, out, e))
			return false;
	buf_adds(out, "</body></html>\n");
	return buf_cstr(out) || err_set(e, ERR_NOMEM, "out of memory");
}
