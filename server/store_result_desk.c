#include "phieu/result_desk.h"

#include <inttypes.h>
#include <string.h>

#include "phieu/limits.h"

#define OUTPUT_BYTES ((size_t)256 << 20)

void result_desk_init(struct result_desk *d, struct db *db, struct arena *a,
		      const struct round_head *h)
{
	*d = (struct result_desk){
		.db = db, .a = a, .head = *h, .content = BUF_INIT(OUTPUT_BYTES)
	};
	faults_init(&d->f, a);
}

void result_desk_clear(struct result_desk *d)
{
	round_result_free(&d->result);
	buf_free(&d->content);
}

static bool read_round(struct result_desk *d, struct err *e)
{
	const char *text;

	return store_round_text(d->db, d->head.id, d->a, &text, e) &&
	       (round_read(text, strlen(text), d->a, &d->round, &d->f) ||
		err_set(e, ERR_BUG, "the stored document has a fault"));
}

static bool compute_text(struct result_desk *d, const char *text, size_t n,
			 struct err *e)
{
	if (!round_compute(text, n, d->a, &d->result, &d->f, e))
		return false;
	round_result_json(&d->result, &d->content);
	return buf_cstr(&d->content) || err_set(e, ERR_NOMEM, "out of memory");
}

bool result_desk_now(struct result_desk *d, struct err *e)
{
	struct buf text = BUF_INIT(LIMIT_INDEX_BYTES);
	bool ok;

	ok = read_round(d, e) &&
	     store_round_values(d->db, d->head.id, d->a, &d->values, e) &&
	     round_input(&d->round, d->values.v, d->values.n, d->values.d,
			 d->values.n_d, &text, e) &&
	     compute_text(d, text.data, text.len, e);
	buf_free(&text);
	return ok;
}

bool result_desk_verify(struct result_desk *d, const struct stored_result *x,
			struct err *e)
{
	if (strcmp(x->method, INDEX_METHOD) != 0)
		return err_set(
			e, ERR_CONFLICT,
			"kết quả tính bằng %.40s, chương trình này là %s "
			"(another method)",
			x->method, INDEX_METHOD);
	if (!compute_text(d, x->input, strlen(x->input), e))
		return false;
	if (strcmp(d->result.input.data, x->input) != 0)
		return err_set(e, ERR_CONFLICT,
			       "dữ liệu vào đã bị sửa (the input is not in its "
			       "one form)");
	return strcmp(d->content.data, x->content) == 0 ||
	       err_set(e, ERR_CONFLICT,
		       "kết quả số %" PRId64
		       " không khớp khi tính lại (differs "
		       "when recomputed)",
		       x->number);
}
