/* Letters to respondents: one A4 page each, folded in three, with the QR
 * picture of its link, the code in fours and what is promised.  A letter
 * carries no name, no number and no order: tokens are drawn at random, and
 * what the database keeps of them is sorted by hash. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/ballot.h"
#include "phieu/qr.h"

#define QR_BYTES     ((size_t)1 << 16)
#define LETTERS_MOST ((size_t)200000)
#define LINK_MAX     500
#define HOME_SPARE   1000

static const char style[] =
	"<!DOCTYPE html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
	"'none'; style-src 'unsafe-inline'\">\n"
	"<meta name=\"referrer\" content=\"no-referrer\">\n"
	"<title>Thư mời trả lời điện tử</title><style>\n"
	"@page{size:A4;margin:0}"
	"body{font:12pt/1.35 \"Times New Roman\",\"Liberation Serif\",serif;"
	"color:#000;margin:0}"
	".l{position:relative;width:210mm;height:296mm;padding:18mm 20mm;"
	"box-sizing:border-box;overflow:hidden;break-after:page}"
	".l:before,.l:after{content:\"\";position:absolute;left:4mm;width:5mm;"
	"border-top:.4pt solid #000}.l:before{top:99mm}.l:after{top:198mm}"
	".h{font-size:10pt}h1{font-size:15pt;text-align:center;margin:6mm 0 "
	"4mm}"
	".c{display:grid;grid-template-columns:44mm 1fr;gap:6mm;"
	"align-items:center;margin:4mm 0}.c svg{width:44mm;height:44mm}"
	"b.k{font:bold 13pt \"Liberation Mono\",monospace;"
	"overflow-wrap:anywhere}ul{margin:2mm 0;padding-left:6mm}"
	"li{margin:1mm 0}.t{font-weight:bold;text-align:center}"
	"</style></head><body>\n";

static void in_fours(struct buf *b, const char *token)
{
	for (size_t i = 0; token[i]; i++) {
		if (i > 0 && i % 4 == 0)
			buf_adds(b, "-");
		buf_add(b, &token[i], 1);
	}
}

static void top(const struct ballot_head *h, const struct ballot_home *home,
		struct buf *out)
{
	buf_adds(out, "<section class=\"l\"><p class=\"h\">");
	buf_html(out, h->province);
	buf_adds(out, "<br>Kính gửi: ");
	buf_html(out, h->group_name);
	if (home->name[0]) {
		buf_adds(out, "<br>");
		buf_html(out, home->name);
	}
	buf_adds(out, "</p>");
	if (h->trial)
		buf_adds(out, "<p class=\"t\">MẪU THỬ, không phải thư chính "
			      "thức</p>");
	buf_adds(out, "<h1>");
	buf_html(out, h->wave_name);
	buf_adds(out, "</h1>");
}

static void promises(const struct ballot_head *h, struct buf *out)
{
	buf_adds(out,
		 "<ul><li>Thư này bỏ trong phong bì giống nhau, đã xáo trộn; "
		 "không ai ghi lại ai nhận thư nào. Mỗi thư trả lời một lần."
		 "</li><li>Câu trả lời được mã hóa ngay trên máy của ông/bà. "
		 "Khóa mở do cơ quan khác giữ: <b>");
	buf_html(out, h->holder);
	buf_adds(out, "</b>. Dấu của khóa, phải giống trên trang trả lời: "
		      "<b class=\"k\">");
	buf_html(out, h->fingerprint);
	buf_adds(
		out,
		"</b></li><li>Sau khi đóng hòm phiếu, câu trả lời mới được mở, "
		"xáo trộn và tách khỏi mã trên thư; đơn vị nào dưới 10 phiếu "
		"thì không "
		"giữ lại. Cùng câu trả lời không lưu giờ, địa chỉ mạng, loại "
		"máy.</li><li>Giữ "
		"kín "
		"mã này; dùng xong thì hủy thư. Giữ biên nhận để tìm trong "
		"danh sách công bố.</li></ul>");
	if (h->until && *h->until) {
		buf_adds(out, "<p>Xin trả lời trước hết ngày <b>");
		buf_html(out, h->until);
		buf_adds(out, "</b>.</p>");
	}
}

static bool letter(const struct ballot_head *h, const struct ballot_home *home,
		   const struct ballot_letter *l, struct buf *out,
		   struct err *e)
{
	struct buf link = BUF_INIT(LINK_MAX + 64), qr = BUF_INIT(QR_BYTES);
	bool ok;

	buf_addf(&link, "%s/answer/#%s", h->link, l->token);
	ok = buf_cstr(&link) ? qr_draw(link.data, QR_SVG, &qr, e)
			     : err_set(e, ERR_INPUT, "the link is too long");
	if (ok) {
		top(h, home, out);
		buf_adds(out, "<p>Xin ông/bà trả lời phiếu điều tra. Quét mã "
			      "QR bằng điện thoại, hoặc mở trang và gõ mã:</p>"
			      "<div class=\"c\">");
		buf_add(out, qr.data, qr.len);
		buf_adds(out, "<div><p><b class=\"k\">");
		buf_html(out, h->link);
		buf_adds(out, "/answer/</b></p><p><b class=\"k\">");
		in_fours(out, l->token);
		buf_adds(out, "</b></p></div></div>");
		promises(h, out);
		buf_adds(out, "</section>\n");
	}
	if (link.data)
		sodium_memzero(link.data, link.len);
	if (qr.data)
		sodium_memzero(qr.data, qr.len);
	buf_free(&link);
	buf_free(&qr);
	return ok;
}

static bool end_of(struct buf *out, struct err *e)
{
	buf_adds(out, "</body></html>\n");
	return buf_cstr(out) || err_set(e, ERR_NOMEM, "out of memory");
}

bool ballot_letters_new(const struct ballot_home *homes, size_t n, size_t spare,
			struct ballot_letter **out, size_t *n_out,
			struct err *e)
{
	struct ballot_letter *l;
	size_t all = 0, at = 0;

	if (spare > HOME_SPARE)
		return err_set(e, ERR_INPUT,
			       "nhiều nhất %d thư dự phòng mỗi đơn vị (spare "
			       "letters a home)",
			       HOME_SPARE);
	for (size_t i = 0; i < n && all <= LETTERS_MOST; i++)
		all += (size_t)homes[i].planned + spare;
	if (all == 0 || all > LETTERS_MOST)
		return err_set(e, ERR_INPUT,
			       "không có chỉ tiêu, hoặc quá nhiều thư (%zu "
			       "letters)",
			       all);
	l = calloc(all, sizeof *l);
	if (!l)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < (size_t)homes[i].planned + spare; k++) {
			ballot_token_new(l[at].token);
			l[at++].home = i;
		}
	*out = l;
	*n_out = at;
	return true;
}

bool ballot_letters_html(const struct ballot_head *h,
			 const struct ballot_home *homes,
			 const struct ballot_letter *l, size_t n,
			 struct buf *out, struct err *e)
{
	if (strlen(h->link) > LINK_MAX ||
	    (strncmp(h->link, "https://", 8) != 0 &&
	     strncmp(h->link, "http://127.0.0.1", 16) != 0))
		return err_set(e, ERR_INPUT,
			       "đường dẫn phải là https://… (the link of "
			       "letters is https)");
	buf_adds(out, style);
	for (size_t i = 0; i < n; i++)
		if (!letter(h, &homes[l[i].home], &l[i], out, e))
			return false;
	return end_of(out, e);
}

bool ballot_reminder_html(const struct ballot_head *h,
			  const struct ballot_home *homes, size_t n_homes,
			  struct buf *out, struct err *e)
{
	buf_adds(out, style);
	for (size_t i = 0; i < n_homes; i++)
		for (int64_t k = 0; k < homes[i].planned; k++) {
			top(h, &homes[i], out);
			buf_adds(out,
				 "<p>Thư nhắc này gửi cho tất cả mọi người, vì "
				 "không ai biết ai đã trả lời. <b>Nếu đã trả "
				 "lời, xin bỏ qua thư này.</b> Nếu chưa, xin "
				 "dùng mã trong thư thứ nhất.</p>");
			promises(h, out);
			buf_adds(out, "</section>\n");
		}
	return end_of(out, e);
}
