/* The decisions that shaped the numbers, in words, from the plan alone. */
#include <stdio.h>

#include "result_parts.h"

static void blank_words(struct words *w, const char *id, const char *en,
			const char *vi, enum blank_rule rule, struct dec c)
{
	char number[DEC_TEXT_MAX];

	w->id = id;
	w->en = en;
	if (rule == BLANK_COEFFICIENT)
		(void)snprintf(w->text, sizeof w->text, "%s: tính hệ số %s %%",
			       vi, dec_text(c, number));
	else if (rule == BLANK_INVALID)
		(void)snprintf(w->text, sizeof w->text,
			       "%s: phiếu không hợp lệ", vi);
	else
		(void)snprintf(w->text, sizeof w->text, "%s: không tính", vi);
}

static void say(struct words *w, const char *id, const char *en,
		const char *text)
{
	w->id = id;
	w->en = en;
	(void)snprintf(w->text, sizeof w->text, "%s", text);
}

static size_t pooling(const struct decisions *d, struct words *w)
{
	static const char *const missing[] = {
		[GROUP_RENORMALISE] = "nhóm không trả lời: chia lại trọng số",
		[GROUP_NOT_SCORED] = "nhóm không trả lời: không chấm câu hỏi",
		[GROUP_ZERO] = "nhóm không trả lời: tính 0"
	};

	if (d->pool == POOL_ALL) {
		say(w, "D4", "pooled over groups",
		    "gộp chung mọi nhóm đối tượng");
		return 1;
	}
	say(w, "D4", "weighted by group", "theo trọng số nhóm đối tượng");
	say(w + 1, "D4", "missing groups", missing[d->missing_group]);
	return 2;
}

static void lonely(const struct decisions *d, struct words *w)
{
	static const char *const rule[] = {
		[LONELY_FAIL] = "không tính sai số",
		[LONELY_CERTAINTY] = "coi như điều tra toàn bộ",
		[LONELY_REMOVE] = "bỏ khỏi phương sai",
		[LONELY_ADJUST] = "so với trung bình chung",
		[LONELY_AVERAGE] = "lấy trung bình các tầng khác",
		[LONELY_COLLAPSE] = "ghép với tầng kế tiếp cùng nhóm"
	};

	w->id = "sai số";
	w->en = "strata with one respondent";
	(void)snprintf(w->text, sizeof w->text, "tầng chỉ có một người: %s",
		       rule[d->lonely]);
}

size_t result_words(const struct plan *p, struct words out[WORDS_MAX])
{
	static const char *const empty[] = {
		[EMPTY_RESCALE] = "tiêu chí không có trả lời: bỏ ra và quy đổi",
		[EMPTY_ZERO] = "tiêu chí không có trả lời: 0 điểm",
		[EMPTY_MANUAL] = "tiêu chí không có trả lời: quyết định riêng"
	};
	const struct decisions *d = &p->decisions;
	size_t n = 0;

	blank_words(&out[n++], "D3", "blank answers", "để trống", d->blank,
		    d->blank_coefficient);
	blank_words(&out[n++], "D3", "don't know", "không biết", d->dont_know,
		    d->dont_know_coefficient);
	n += pooling(d, &out[n]);
	say(&out[n++], "D5", "no answers", empty[d->empty]);
	say(&out[n++], "D6", "question weights",
	    d->question_weights ? "câu hỏi theo trọng số"
				: "các câu hỏi ngang nhau");
	say(&out[n++], "D7", "satisfaction to points",
	    d->n_sipas_bands > 0 ? "tỷ lệ hài lòng quy điểm theo bậc"
				 : "tỷ lệ hài lòng quy điểm theo tỷ lệ");
	out[n] = (struct words){ .id = "D8", .en = "rounding" };
	(void)snprintf(out[n].text, sizeof out[n].text,
		       "làm tròn %d chữ số, %s, %s", d->digits,
		       d->round == ROUND_HALF_EVEN ? "nửa về số chẵn"
						   : "nửa làm tròn lên",
		       d->order == ITEM_FIRST
			       ? "làm tròn từng tiêu chí rồi cộng"
			       : "cộng rồi làm tròn");
	n++;
	out[n] = (struct words){ .id = "D12", .en = "smallest cell shown" };
	(void)snprintf(out[n].text, sizeof out[n].text,
		       "không nêu số liệu dưới %d người trả lời", d->min_unit);
	n++;
	lonely(d, &out[n++]);
	return n;
}
