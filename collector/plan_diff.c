#include "phieu/json.h"
#include "phieu/json_diff.h"
#include "plan_in.h"

bool plan_diff(const struct plan *a, const struct plan *b, struct buf *out)
{
	struct err e;
	cJSON *x = json_parse(a->text, a->text_n, &json_plan_limits, &e);
	cJSON *y = json_parse(b->text, b->text_n, &json_plan_limits, &e);
	bool differ = false;

	out->broken = out->broken || !x || !y;
	if (!out->broken)
		differ = json_diff_lines(x, y, out);
	cJSON_Delete(x);
	cJSON_Delete(y);
	return differ;
}
