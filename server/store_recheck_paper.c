/* The printed list of a draw. */
#include <string.h>

#include "phieu/store_recheck.h"

static const char *result_vi(const char *s)
{
	static const char *const words[][2] = {
		{ "confirmed", "xác nhận" },
		{ "differs", "sai khác" },
		{ "not-found", "không gặp" },
		{ "refused", "từ chối" },
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i][0], s) == 0)
			return words[i][1];
	return s;
}

static const char *day_vi(const char *iso, struct arena *a)
{
	return strlen(iso) == 10 ? arena_printf(a, "%.2s/%.2s/%.4s", iso + 8,
						iso + 5, iso)
				 : iso;
}

static bool put_facts(const struct recheck_paper *h, size_t persons,
		      struct arena *a, struct paper *d, struct err *e)
{
	const char **facts = arena_array(a, 6, sizeof *facts);
	const struct res *r = h->draws;
	const char *share = res_word(r, h->draw, "share");

	if (!facts)
		return err_set(e, ERR_NOMEM, "out of memory");
	facts[0] = arena_printf(a, "Đợt điều tra: %s", h->wave->name);
	facts[1] = arena_printf(a, "Cơ quan phúc tra: %s",
				res_word(r, h->draw, "body"));
	facts[2] =
		arena_printf(a,
			     "Rút ngày %s, %s%s trong %s người, được %zu người",
			     day_vi(res_word(r, h->draw, "drawn_on"), a),
			     *share ? share : res_word(r, h->draw, "count"),
			     *share ? "%" : " người",
			     res_word(r, h->draw, "frame_n"), persons);
	facts[3] = arena_printf(a, "Hạt giống: %s; cách rút: %s",
				res_word(r, h->draw, "seed"),
				res_word(r, h->draw, "method"));
	facts[4] = arena_printf(a, "SHA-256 của khung: %s",
				res_word(r, h->draw, "frame_sha256"));
	d->facts = facts;
	d->n_facts = 5;
	return !arena_broken(a) || err_set(e, ERR_NOMEM, "out of memory");
}

static const struct {
	struct paper_head head;
	const char *name; /* of the result; "": room to write */
} shown[] = {
	{ { NULL, "STT", 5, false }, "place" },
	{ { NULL, "Mã", 8, false }, "code" },
	{ { NULL, "Họ và tên", 22, false }, "name" },
	{ { NULL, "Liên hệ", 22, false }, "contact" },
	{ { NULL, "Nhóm", 18, false }, "group_name" },
	{ { NULL, "Đơn vị", 18, false }, "unit_name" },
	{ { NULL, "Mã ĐTV", 8, false }, "agent" },
	{ { NULL, "Kết quả", 14, false }, "result" },
	{ { NULL, "Người đã đến", 14, false }, "visitor" },
	{ { NULL, "Ký tên", 12, false }, "" },
};
enum { SHOWN = sizeof shown / sizeof shown[0] };

static bool put_table(const struct res *r, struct arena *a, struct paper *d,
		      struct err *e)
{
	static const char *const notes[] = {
		"Kết quả: xác nhận, sai khác, không gặp hoặc từ chối.",
		"Không ghi số phiếu vào danh sách này. Người có cuống phiếu "
		"thì hỏi lại trên một tờ riêng chỉ ghi số phiếu, không ghi "
		"tên.",
	};
	struct paper_head *heads = arena_array(a, SHOWN, sizeof *heads);
	struct paper_table *t = arena_alloc(a, sizeof *t);

	if (!heads || !t)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t c = 0; c < SHOWN; c++)
		heads[c] = shown[c].head;
	*t = paper_table(heads, SHOWN, res_rows(r), a);
	if (!t->cells)
		return err_set(e, ERR_NOMEM, "out of memory");
	t->fixed = 3;
	t->notes = notes;
	t->n_notes = 2;
	for (size_t i = 0; i < res_rows(r); i++)
		for (size_t c = 0; c < SHOWN; c++) {
			const char *s = res_word(r, i, shown[c].name);

			*paper_at(t, i, c) = c == 0 ? paper_mark(s)
						    : paper_text(result_vi(s));
		}
	d->tables = t;
	d->n_tables = 1;
	return !arena_broken(a) || err_set(e, ERR_NOMEM, "out of memory");
}

bool recheck_paper(const struct res *list, const struct recheck_paper *h,
		   struct arena *a, struct paper *out, struct err *e)
{
	static const char *const signers[] = { "NGƯỜI PHÚC TRA",
					       "ĐẠI DIỆN CƠ QUAN PHÚC TRA" };

	*out = (struct paper){
		.superior = h->superior,
		.body = h->body,
		.place = h->place,
		.mark = "",
		.warning = h->wave->trial
				   ? "Mẫu thử, không phải phiếu chính thức"
				   : "",
		.title = "DANH SÁCH PHÚC TRA",
		.subject = arena_printf(a, "Lần rút số %s – đợt %s",
					res_word(h->draws, h->draw, "draw"),
					h->wave->code),
		.signers = signers,
		.n_signers = 2,
		.landscape = true,
	};
	return put_facts(h, res_rows(list), a, out, e) &&
	       put_table(list, a, out, e);
}
