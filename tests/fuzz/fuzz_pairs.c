/* What follows what, of two small years: a list that is taken compares them
 * both ways and is written; one that is refused says why. */
#include "fuzz.h"

#include <string.h>

#include "phieu/index_change.h"
#include "phieu/index_file.h"
#include "phieu/json.h"

#define OUTPUT ((size_t)4 << 20)
#define RULES                                                               \
	"{\"format\":\"phieu-index/1\",\"example\":true,\"rules\":{"        \
	"\"rescale\":\"total\",\"missing\":{\"assessed\":\"incomplete\","   \
	"\"survey\":\"leave-out\",\"satisfaction\":\"zero\",\"external\":"  \
	"\"zero\"},\"digits\":2,\"round\":\"half-up\",\"order\":"           \
	"\"sum-first\",\"ties\":\"shared\"},\"kinds\":[{\"code\":\"so\","   \
	"\"name\":\"S\",\"total\":\"10\"}],\"criteria\":[{\"code\":\"1\","  \
	"\"name\":\"a\",\"maximum\":\"6\",\"children\":[{\"code\":\"1.1\"," \
	"\"name\":\"b\",\"maximum\":\"4\",\"source\":\"assessed\"},{"       \
	"\"code\":\"1.2\",\"name\":\"c\",\"maximum\":\"2\",\"source\":"     \
	"\"survey\"}]},{\"code\":\"2\",\"name\":\"d\",\"maximum\":\"4\","   \
	"\"source\":\"assessed\"}],\"units\":["
#define UNIT(code, a, b)                                         \
	"{\"code\":\"" code "\",\"name\":\"u\",\"kind\":\"so\"," \
	"\"values\":{\"1.1\":\"" a "\",\"1.2\":{\"value\":\"" b  \
	"\",\"se\":0.2},\"2\":\"" a "\"}}"

static const char *const years[2] = {
	RULES UNIT("A", "3", "1.5") "," UNIT("B", "2", "1") "]}",
	RULES UNIT("A", "1", "0.5") "," UNIT("C", "4", "2") "]}"
};

static void compare(const struct index *now, const struct index *before,
		    const struct index_pairs *p, struct arena *a)
{
	const struct index_change_head head = { { NULL, NULL },
						{ NULL, NULL },
						{ NULL, NULL } };
	struct buf b = BUF_INIT(OUTPUT);
	struct index_change c;
	struct err e = { 0 };
	cJSON *tree;

	MUST(index_change(now, before, p, 0.05, a, &c, &e));
	index_change_json(&c, INDEX_NONE, &head, &b);
	MUST(buf_cstr(&b));
	tree = json_parse(b.data, b.len, &json_plan_limits, &e);
	MUST(tree);
	cJSON_Delete(tree);
	b.len = 0;
	index_change_csv(&c, INDEX_NONE, &b);
	MUST(buf_cstr(&b));
	buf_free(&b);
	index_change_free(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new((size_t)32 << 20);
	struct index_set set[2];
	struct index *ix[2];
	struct index_pairs p;
	struct faults f;
	struct err e = { 0 };

	faults_init(&f, a);
	for (size_t i = 0; i < 2; i++) {
		MUST(index_read(years[i], strlen(years[i]), a, &set[i], &f));
		ix[i] = index_new(&set[i], a, &e);
		MUST(ix[i]);
	}
	if (!index_pairs_read((const char *)data, n, &set[0], &set[1], a, &p,
			      &f)) {
		MUST(f.n > 0);
	} else {
		compare(ix[0], ix[1], &p, a);
		compare(ix[1], ix[0], &p, a); /* codes it has not are passed */
	}
	index_free(ix[0]);
	index_free(ix[1]);
	arena_free(a);
	return 0;
}
