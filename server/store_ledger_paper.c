/* What of a ledger is printed: hand-over records and lists of sheets. */
#include <stdio.h>
#include <string.h>

#include "phieu/ledger.h"

static void put_head(struct paper *d, const struct ledger_paper_head *h)
{
	*d = (struct paper){ .superior = h->superior,
			     .body = h->body,
			     .place = h->place,
			     .mark = "",
			     .warning = h->wave->trial
						? "Mẫu thử, không phải phiếu "
						  "chính thức"
						: "" };
}

static bool is_back(const char *act)
{
	return strcmp(act, "return") == 0;
}

static bool paper_facts(const struct res *r, const struct ledger_paper_head *h,
			struct arena *a, struct paper *d, struct err *e)
{
	const char *act = res_word(r, 0, "act"),
		   *reason = res_word(r, 0, "reason");
	const char *who =
		arena_printf(a, "%s (mã %s), %s", res_word(r, 0, "agent_name"),
			     res_word(r, 0, "agent"), res_word(r, 0, "office"));
	const char **facts = arena_array(a, 6, sizeof *facts);
	size_t n = 0;

	if (!facts) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	facts[n++] = arena_printf(a, "Đợt điều tra: %s", h->wave->name);
	facts[n++] = arena_printf(a, "Ngày %s",
				  paper_day(res_word(r, 0, "done_on"), a));
	facts[n++] =
		arena_printf(a, "Bên giao: %s",
			     is_back(act) ? who : res_word(r, 0, "done_by"));
	facts[n++] =
		arena_printf(a, "Bên nhận: %s",
			     is_back(act) ? res_word(r, 0, "done_by") : who);
	facts[n++] = arena_printf(a, "Số phiếu bàn giao: %zu", res_rows(r));
	if (*reason)
		facts[n++] = arena_printf(a, "Lý do: %s", reason);
	d->facts = facts;
	d->n_facts = n;
	return !arena_broken(a) || err_set(e, ERR_NOMEM, "out of memory");
}

struct shown { /* a column of a printed table */
	struct paper_head head;
	const char *name; /* of the result; NULL: the running number */
};

static bool put_table(const struct res *r, const struct shown *s, size_t n,
		      struct arena *a, struct paper *d, struct err *e)
{
	struct paper_head *heads = arena_array(a, n, sizeof *heads);
	struct paper_table *t = arena_alloc(a, sizeof *t);

	if (!heads || !t) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	for (size_t c = 0; c < n; c++)
		heads[c] = s[c].head;
	*t = paper_table(heads, n, res_rows(r), a);
	if (!t->cells)
		return err_set(e, ERR_NOMEM, "out of memory");
	t->fixed = 2;
	for (size_t i = 0; i < res_rows(r); i++)
		for (size_t c = 0; c < n; c++)
			*paper_at(t, i, c) =
				s[c].name ? paper_text(desk_word(
						    &desk_ledger,
						    res_word(r, i, s[c].name)))
					  : paper_mark(arena_printf(a, "%zu",
								    i + 1));
	d->tables = t;
	d->n_tables = 1;
	return !arena_broken(a) || err_set(e, ERR_NOMEM, "out of memory");
}

bool ledger_paper(const struct res *r, const struct ledger_paper_head *h,
		  struct arena *a, struct paper *out, struct err *e)
{
	static const struct shown shown[] = {
		{ { NULL, "STT", 5, false }, NULL },
		{ { NULL, "Số phiếu", 16, false }, "sheet" },
		{ { NULL, "Mẫu", 8, false }, "form" },
		{ { NULL, "Nhóm đối tượng", 40, false }, "group" },
		{ { NULL, "Đơn vị", 30, false }, "unit" },
		{ { NULL, "Ghi chú", 14, false }, "" },
	};
	static const char *const signers[] = { "BÊN GIAO", "BÊN NHẬN" };

	put_head(out, h);
	out->title = is_back(res_word(r, 0, "act")) ? "BIÊN BẢN THU LẠI PHIẾU"
						    : "BIÊN BẢN BÀN GIAO PHIẾU";
	out->subject = arena_printf(a, "Số %s – đợt %s",
				    res_word(r, 0, "paper"), h->wave->code);
	out->signers = signers;
	out->n_signers = 2;
	return paper_facts(r, h, a, out, e) &&
	       put_table(r, shown, sizeof shown / sizeof shown[0], a, out, e);
}

bool ledger_sheet_list(const struct res *r, const struct ledger_paper_head *h,
		       struct arena *a, struct paper *out, struct err *e)
{
	static const struct shown shown[] = {
		{ { NULL, "STT", 6, false }, NULL },
		{ { NULL, "Số phiếu", 16, false }, "sheet" },
		{ { NULL, "Mẫu", 8, false }, "form" },
		{ { NULL, "Nhóm đối tượng", 28, false }, "group_name" },
		{ { NULL, "Đơn vị", 28, false }, "unit_now_name" },
		{ { NULL, "Điều tra viên", 18, false }, "agent_name" },
		{ { NULL, "Trạng thái", 12, false }, "status" },
	};
	const char **facts = arena_array(a, 2, sizeof *facts);

	put_head(out, h);
	out->title = "DANH SÁCH PHIẾU";
	out->subject = h->wave->name;
	if (!facts) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	facts[0] = arena_printf(a, "Đợt %s, %zu phiếu", h->wave->code,
				res_rows(r));
	out->facts = facts;
	out->n_facts = 1;
	return put_table(r, shown, sizeof shown / sizeof shown[0], a, out, e);
}
