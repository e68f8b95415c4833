/* The plan to improve, printed: tasks, agencies, what is late, what no task
 * stands for, what was gained.  Columns stand as the lists have them. */
#include <string.h>

#include "phieu/improve.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

const char *const improve_lists[IMPROVE_LISTS] = {
	"improve list", "improve agencies", "improve late", "improve untasked",
	"improve gained"
};

enum look { WORDS, NUMBER, DAY, STATE };

struct column {
	struct paper_head head;
	int from; /* of the list */
	enum look look;
};

static const struct column tasks[] = {
	{ { NULL, "Số", 5, false }, 0, NUMBER },
	{ { NULL, "Nhiệm vụ", 34, false }, 6, WORDS },
	{ { NULL, "Đơn vị", 14, false }, 4, WORDS },
	{ { NULL, "Tiêu chí", 8, false }, 5, WORDS },
	{ { NULL, "Chủ trì", 14, false }, 2, WORDS },
	{ { NULL, "Phối hợp", 14, false }, 7, WORDS },
	{ { NULL, "Hạn", 12, false }, 8, DAY },
	{ { NULL, "Điểm bị mất", 8, false }, 10, NUMBER },
	{ { NULL, "Dự kiến tăng", 8, false }, 11, NUMBER },
	{ { NULL, "Trạng thái", 10, false }, 9, STATE },
	{ { NULL, "Báo cáo gần nhất", 12, false }, 12, DAY },
};
static const struct column agencies[] = {
	{ { NULL, "Cơ quan chủ trì", 34, false }, 1, WORDS },
	{ { NULL, "Nhiệm vụ", 9, false }, 2, NUMBER },
	{ { NULL, "Chưa làm", 9, false }, 3, NUMBER },
	{ { NULL, "Đang làm", 9, false }, 4, NUMBER },
	{ { NULL, "Quá hạn", 9, false }, 5, NUMBER },
	{ { NULL, "Xong", 9, false }, 6, NUMBER },
	{ { NULL, "Hủy", 9, false }, 7, NUMBER },
	{ { NULL, "Dự kiến tăng", 10, false }, 8, NUMBER },
};
static const struct column late[] = {
	{ { NULL, "Cơ quan chủ trì", 28, false }, 1, WORDS },
	{ { NULL, "Số", 5, false }, 2, NUMBER },
	{ { NULL, "Nhiệm vụ", 34, false }, 5, WORDS },
	{ { NULL, "Hạn", 12, false }, 6, DAY },
	{ { NULL, "Trễ (ngày)", 8, false }, 7, NUMBER },
	{ { NULL, "Hạn báo cáo", 12, false }, 8, DAY },
	{ { NULL, "Trễ báo cáo (ngày)", 10, false }, 9, NUMBER },
};
static const struct column untasked[] = {
	{ { NULL, "Đơn vị", 20, false }, 0, WORDS },
	{ { NULL, "Mã", 8, false }, 1, WORDS },
	{ { NULL, "Tiêu chí", 50, false }, 2, WORDS },
	{ { NULL, "Điểm bị mất", 10, false }, 3, NUMBER },
};
static const struct column gained[] = {
	{ { NULL, "Số", 5, false }, 0, NUMBER },
	{ { NULL, "Nhiệm vụ", 34, false }, 5, WORDS },
	{ { NULL, "Tiêu chí", 8, false }, 4, WORDS },
	{ { NULL, "Chủ trì", 14, false }, 2, WORDS },
	{ { NULL, "Dự kiến tăng", 9, false }, 6, NUMBER },
	{ { NULL, "Điểm", 9, false }, 7, NUMBER },
	{ { NULL, "Điểm kỳ sau", 9, false }, 8, NUMBER },
	{ { NULL, "Thay đổi", 9, false }, 9, NUMBER },
	{ { NULL, "Kết quả", 16, false }, 10, STATE },
};

static const struct {
	const char *caption;
	const struct column *columns;
	size_t n;
} shapes[IMPROVE_LISTS] = {
	{ "Nhiệm vụ theo cơ quan chủ trì", tasks, N(tasks) },
	{ "Tổng hợp theo cơ quan chủ trì", agencies, N(agencies) },
	{ "Nhiệm vụ, báo cáo quá hạn", late, N(late) },
	{ "Điểm bị mất chưa có nhiệm vụ", untasked, N(untasked) },
	{ "Kết quả của kỳ sau", gained, N(gained) },
};

static const char *in_words(const char *state)
{
	static const char *const words[][2] = {
		{ "planned", "chưa làm" },
		{ "doing", "đang làm" },
		{ "overdue", "QUÁ HẠN" },
		{ "done", "xong" },
		{ "cancelled", "đã hủy" },
		{ "pending", "chưa công bố" },
		{ "gone", "không còn tiêu chí" },
		{ "changed", "tiêu chí đã thay đổi" },
		{ "gained", "đạt" },
		{ "partly", "tăng, chưa đạt" },
		{ "not", "không tăng" },
	};

	for (size_t i = 0; i < N(words); i++)
		if (strcmp(words[i][0], state) == 0)
			return words[i][1];
	return state;
}

static struct paper_cell cell(const char *s, enum look look, struct arena *a)
{
	char text[DATE_TEXT_MAX];
	struct err e = { 0 };
	struct date d;

	if (look == NUMBER)
		return paper_decimal(arena_strdup(a, s));
	if (look == DAY && date_parse(s, strlen(s), &d, &e))
		return paper_mark(arena_strdup(a, date_text_vi(d, text)));
	if (look == STATE)
		return paper_text(in_words(s));
	return paper_text(arena_strdup(a, s));
}

static bool table(size_t shape, size_t place, const struct res *r,
		  struct arena *a, struct paper_table *out)
{
	size_t n = shapes[shape].n;
	struct paper_head *heads = arena_array(a, n, sizeof *heads);
	struct paper_table t;

	if (!heads)
		return false;
	for (size_t i = 0; i < n; i++)
		heads[i] = shapes[shape].columns[i].head;
	t = paper_table(heads, n, res_rows(r), a);
	if (!t.cells)
		return false;
	t.fixed = 1;
	t.caption = arena_printf(a, "%zu. %s", place, shapes[shape].caption);
	for (size_t i = 0; i < res_rows(r); i++)
		for (size_t k = 0; k < n; k++) {
			const struct column *c = &shapes[shape].columns[k];
			const char *s = res_text(r, i, c->from);

			*paper_at(&t, i, k) = cell(s ? s : "", c->look, a);
		}
	*out = t;
	return true;
}

static bool facts(const struct improve_head *h, struct arena *a,
		  struct paper *out)
{
	const char **f = arena_array(a, 4, sizeof *f);
	size_t n = 0;

	if (!f)
		return false;
	f[n++] = arena_printf(a, "Căn cứ kết quả: %s.", h->round);
	f[n++] = arena_printf(a, "Kế hoạch: %s.", h->basis);
	if (*h->days)
		f[n++] =
			arena_printf(a,
				     "Cơ quan chủ trì báo cáo %s ngày một lần.",
				     h->days);
	if (*h->next)
		f[n++] = arena_printf(a, "Kỳ sau: %s.", h->next);
	out->facts = f;
	out->n_facts = n;
	return true;
}

bool improve_paper(const struct improve_head *h, struct res *const *lists,
		   struct arena *a, struct paper *out, struct err *e)
{
	struct paper_table *t = arena_array(a, IMPROVE_LISTS, sizeof *t);
	size_t n = 0;
	bool ok;

	*out = (struct paper){ .superior = h->superior ? h->superior : "",
			       .body = h->body ? h->body : "",
			       .place = h->place ? h->place : "",
			       .mark = "Dự thảo",
			       .warning = h->trial ? "Mẫu thử, không phải kế "
						     "hoạch chính thức"
						   : "",
			       .title = "TIẾN ĐỘ THỰC HIỆN",
			       .subject = h->title,
			       .landscape = true };
	ok = t && facts(h, a, out);
	for (size_t i = 0; ok && i < IMPROVE_LISTS; i++)
		if (lists[i] && res_rows(lists[i]) > 0) {
			ok = table(i, n + 1, lists[i], a, &t[n]);
			n++;
		}
	out->tables = t;
	out->n_tables = n;
	if (ok && !arena_broken(a))
		return true;
	(void)err_set(e, ERR_NOMEM, "out of memory for the page");
	return false;
}
