/* Keys of campaigns and what lies in a sealed ballot. */
#include <sodium.h>
#include <string.h>

#include "phieu/ballot.h"
#include "support/test.h"

#define SIZE ((size_t)4096)

static struct plan *plan;
static struct ballot_part pair;

static void a_key_in_parts_is_whole_again_in_any_order(void **state)
{
	struct ballot_part p[BALLOT_PARTS_MAX], q[BALLOT_PARTS_MAX];
	uint8_t key[BALLOT_KEY_BYTES], proof[BALLOT_KEY_BYTES];
	struct err e = { 0 };

	(void)state;
	for (unsigned n = 1; n <= BALLOT_PARTS_MAX; n++) {
		assert_true(ballot_key_new(n, p, &e));
		for (unsigned i = 0; i < n; i++)
			q[i] = p[n - 1 - i];
		assert_true(ballot_key_join(q, n, key, &e));
		assert_int_equal(crypto_scalarmult_base(proof, key), 0);
		assert_memory_equal(proof, p[0].public_key, sizeof proof);
		if (n == 1)
			continue;
		assert_false(ballot_key_join(p, n - 1, key, &e));
		assert_int_equal(e.kind, ERR_INPUT);
		q[0] = q[1];
		assert_false(ballot_key_join(q, n, key, &e));
		assert_true(sodium_is_zero(key, sizeof key));
	}
	assert_false(ballot_key_join(p, 0, key, &e));
}

static void parts_of_two_keys_are_no_key(void **state)
{
	struct ballot_part a[2], b[2];
	uint8_t key[BALLOT_KEY_BYTES];
	struct err e = { 0 };

	(void)state;
	assert_true(ballot_key_new(2, a, &e) && ballot_key_new(2, b, &e));
	a[1] = b[1];
	assert_false(ballot_key_join(a, 2, key, &e));
	/* a share that was changed */
	memcpy(a[1].public_key, a[0].public_key, sizeof a[1].public_key);
	assert_false(ballot_key_join(a, 2, key, &e));
}

static void a_key_has_one_to_eight_parts(void **state)
{
	struct ballot_part p[BALLOT_PARTS_MAX];
	struct err e = { 0 };

	(void)state;
	assert_false(ballot_key_new(0, p, &e));
	assert_false(ballot_key_new(BALLOT_PARTS_MAX + 1, p, &e));
	assert_int_equal(e.kind, ERR_INPUT);
}

static void the_text_of_a_part_reads_back_and_nothing_else_does(void **state)
{
	struct buf text = BUF_INIT(4096);
	struct ballot_part got;
	struct err e = { 0 };

	(void)state;
	ballot_part_text(&pair, &text);
	assert_true(ballot_part_parse(text.data, text.len, &got, &e));
	assert_memory_equal(&got, &pair, sizeof got);
	/* cut anywhere, longer, a character changed to what it may not be */
	for (size_t n = 0; n < text.len; n++) {
		assert_false(ballot_part_parse(text.data, n, &got, &e));
		assert_int_equal(e.kind, ERR_INPUT);
	}
	buf_adds(&text, "\n");
	assert_false(ballot_part_parse(text.data, text.len, &got, &e));
	text.len--;
	for (size_t i = 0; i < text.len; i++) {
		char was = text.data[i];

		text.data[i] = '~';
		assert_false(ballot_part_parse(text.data, text.len, &got, &e));
		text.data[i] = was;
	}
	buf_free(&text);
}

static void a_part_is_not_past_the_last(void **state)
{
	struct buf text = BUF_INIT(4096);
	struct ballot_part p = pair, got;
	struct err e = { 0 };

	(void)state;
	p.part = 3;
	p.parts = 2;
	ballot_part_text(&p, &text);
	assert_false(ballot_part_parse(text.data, text.len, &got, &e));
	buf_free(&text);
}

static void a_fingerprint_is_twenty_digits_in_fours(void **state)
{
	static const uint8_t key[BALLOT_KEY_BYTES] = { 9 };
	char text[BALLOT_FINGERPRINT_MAX];

	(void)state;
	ballot_fingerprint(key, text);
	assert_int_equal(strlen(text), 24);
	/* SHA-256 of 09 00 … 00, by sha256sum */
	assert_string_equal(text, "34EC-81DB-DAF9-1485-67DC");
}

static void codes_are_thirty_two_letters_and_never_the_same(void **state)
{
	char a[BALLOT_TOKEN_MAX], b[BALLOT_TOKEN_MAX];

	(void)state;
	ballot_token_new(a);
	ballot_token_new(b);
	assert_int_equal(strlen(a), 32);
	assert_int_equal(strspn(a, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), 32);
	assert_string_not_equal(a, b);
}

/* ---- sealed ------------------------------------------------------------- */

/* Padded by hand: `end` is the byte behind the text. */
static void sealed_of(const char *text, unsigned char end, unsigned char *out)
{
	unsigned char plain[SIZE] = { 0 };
	size_t n = strlen(text);

	memcpy(plain, text, n);
	plain[n] = end;
	assert_int_equal(crypto_box_seal(out, plain, SIZE, pair.public_key), 0);
}

static void what_was_sealed_opens(void **state)
{
	unsigned char box[SIZE + BALLOT_SEAL_BYTES];
	struct buf got = BUF_INIT(SIZE + 1);
	struct err e = { 0 };

	(void)state;
	sealed_of("{\"a\":1}", 0x80, box);
	assert_true(ballot_unseal(box, sizeof box, SIZE, pair.public_key,
				  pair.share, &got, &e));
	assert_string_equal(buf_cstr(&got), "{\"a\":1}");
	buf_free(&got);
}

static void a_changed_cut_or_unpadded_ballot_does_not_open(void **state)
{
	unsigned char box[SIZE + BALLOT_SEAL_BYTES];
	struct buf got = BUF_INIT(SIZE + 1);
	struct ballot_part other;
	struct err e = { 0 };

	(void)state;
	sealed_of("x", 0x80, box);
	assert_false(ballot_unseal(box, sizeof box - 1, SIZE, pair.public_key,
				   pair.share, &got, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_true(ballot_key_new(1, &other, &e));
	assert_false(ballot_unseal(box, sizeof box, SIZE, other.public_key,
				   other.share, &got, &e));
	box[77] ^= 1;
	assert_false(ballot_unseal(box, sizeof box, SIZE, pair.public_key,
				   pair.share, &got, &e));
	sealed_of("x", 0x81, box);
	assert_false(ballot_unseal(box, sizeof box, SIZE, pair.public_key,
				   pair.share, &got, &e));
	assert_int_equal(got.len, 0);
	buf_free(&got);
}

/* ---- read --------------------------------------------------------------- */

#define GROUP "cong-chuc"
#define HEAD                                                        \
	"\"wave\":\"thu-2021\",\"form\":\"T-1\",\"version\":\"1\"," \
	"\"group\":\"" GROUP "\",\"home\":\"so-a\",\"profile\":"    \
	"{\"gioi-tinh\":\"nu\"}"
#define ANSWERS "\"ratings\":[{\"unit\":\"so-a\",\"answers\":{\"Q1\":\"A\"}}]"

/* The code said of this text, "" when it is valid. */
static const char *said(const char *text, const char *home, char out[8])
{
	struct arena *a = arena_new((size_t)1 << 22);
	struct submission s;
	const char *code = NULL;
	struct err e = { 0 };
	unsigned flags = 0;

	assert_non_null(a);
	if (ballot_read(text, strlen(text), plan, plan_group(plan, GROUP),
			plan_unit(plan, home), a, &s, &flags, &code, &e))
		code = "";
	assert_int_equal(e.kind, ERR_NONE);
	(void)snprintf(out, 8, "%s", code);
	arena_free(a);
	return out;
}

static void a_ballot_says_what_and_nothing_of_who_or_when(void **state)
{
	static const struct {
		const char *text, *home, *code;
	} t[] = {
		{ "{" HEAD "," ANSWERS "}", "so-a", "" },
		{ "{" HEAD "," ANSWERS ",\"comment\":\"tốt\"}", "so-a", "" },
		{ "{" HEAD "," ANSWERS "}", "so-b", "V03" },
		{ "{" HEAD "," ANSWERS ",\"device\":\"x\"}", "so-a", "V00" },
		{ "{" HEAD "," ANSWERS ",\"start\":\"2021-01-02T03:04:05Z\"}",
		  "so-a", "V00" },
		{ "{" HEAD "," ANSWERS ",\"end\":\"2021-01-02T03:04:05Z\"}",
		  "so-a", "V00" },
		{ "{" HEAD "," ANSWERS ",\"keying\":2}", "so-a", "V00" },
		{ "{" HEAD "," ANSWERS ",\"simulated\":true}", "so-a", "V00" },
		{ "{" HEAD "," ANSWERS ",\"replaces\":\"uuid:x\"}", "so-a",
		  "V00" },
		/* members that the mixer adds: twice, and so refused */
		{ "{" HEAD "," ANSWERS ",\"sheet\":\"T1-00002-0\"}", "so-a",
		  "V00" },
		{ "{" HEAD "," ANSWERS ",\"instanceID\":\"uuid:x\"}", "so-a",
		  "V00" },
		{ "{" HEAD "," ANSWERS ",\"collected\":\"2021-01-02\"}", "so-a",
		  "V00" },
		{ "{" HEAD ",\"ratings\":[]}", "so-a", "V04" },
		{ "{" HEAD ",\"ratings\":[{\"unit\":\"so-a\",\"answers\":"
		  "{\"Q2\":\"A\"}}]}",
		  "so-a", "V05" },
		{ "{}", "so-a", "V00" },
		{ "{", "so-a", "V00" },
		{ "", "so-a", "V00" },
		{ "[]", "so-a", "V00" },
		{ "xin chào", "so-a", "V00" },
		{ "{" HEAD "," ANSWERS "} ", "so-a", "" },
		{ "{" HEAD "," ANSWERS "}}", "so-a", "V00" },
	};
	char code[8];

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		if (strcmp(said(t[i].text, t[i].home, code), t[i].code) != 0)
			fail_msg("%s: \"%s\", not \"%s\"", t[i].text, code,
				 t[i].code);
}

static int begin(void **state)
{
	struct err e = { 0 };

	(void)state;
	plan = plan_file_read("tests/data/sheet_plan.json", &e);
	return !hash_start(&e) || !plan || !ballot_key_new(1, &pair, &e);
}

static int end(void **state)
{
	(void)state;
	plan_free(plan);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_in_parts_is_whole_again_in_any_order),
		cmocka_unit_test(parts_of_two_keys_are_no_key),
		cmocka_unit_test(a_key_has_one_to_eight_parts),
		cmocka_unit_test(
			the_text_of_a_part_reads_back_and_nothing_else_does),
		cmocka_unit_test(a_part_is_not_past_the_last),
		cmocka_unit_test(a_fingerprint_is_twenty_digits_in_fours),
		cmocka_unit_test(
			codes_are_thirty_two_letters_and_never_the_same),
		cmocka_unit_test(what_was_sealed_opens),
		cmocka_unit_test(
			a_changed_cut_or_unpadded_ballot_does_not_open),
		cmocka_unit_test(a_ballot_says_what_and_nothing_of_who_or_when),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
