#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/calendar.h"
#include "phieu/date.h"
#include "support/test.h"

static const struct task_row tasks[] = {
	{ .code = "4",
	  .title = "Tổ chức tự đánh giá; gửi báo cáo, tài liệu kiểm chứng, báo "
		   "cáo giải trình",
	  .step = "self-assess",
	  .opens = "2023-10-01",
	  .due = "2023-10-31",
	  .lead = "Các sở\\ban,\nngành",
	  .cooperating = "",
	  .state = "open",
	  .note = "",
	  .by = "",
	  .at = "",
	  .version = 3,
	  .days_late = 2 },
	{ .code = "5",
	  .title = "Xong rồi",
	  .step = "",
	  .opens = "",
	  .due = "2023-11-01",
	  .lead = "Sở Nội vụ",
	  .cooperating = "Văn phòng",
	  .state = "done",
	  .note = "đã ký",
	  .by = "an",
	  .at = "2023-10-20T01:02:03Z",
	  .version = 2 },
};

static int64_t stamp(void)
{
	int64_t us = 0;
	struct err e;
	const char *at = "2023-10-05T06:07:08Z";

	assert_true(instant_parse(at, strlen(at), &us, &e));
	return us;
}

static char *ics(size_t n, int days)
{
	struct buf b = BUF_INIT(1 << 20);

	calendar_ics("ha-nam-2023", "Chỉ số CCHC 2023", tasks, n, days, stamp(),
		     &b);
	return buf_take(&b);
}

static void a_task_is_a_whole_day_with_a_lasting_name(void **state)
{
	char *s = ics(2, 3);

	(void)state;
	assert_non_null(s);
	assert_non_null(strstr(s, "UID:4.ha-nam-2023@phieu\r\n"));
	assert_non_null(strstr(s, "SEQUENCE:2\r\n"));
	assert_non_null(strstr(s, "DTSTAMP:20231005T060708Z\r\n"));
	assert_non_null(strstr(s, "DTSTART;VALUE=DATE:20231031\r\n"
				  "DTEND;VALUE=DATE:20231101\r\n"));
	free(s);
}

static void the_alarm_rings_at_eight_days_before(void **state)
{
	char *three = ics(1, 3), *one = ics(1, 1);

	(void)state;
	/* from midnight of the day: 2 days and 16 hours, 16 hours */
	assert_non_null(strstr(three, "TRIGGER:-P2DT16H\r\n"));
	assert_non_null(strstr(one, "TRIGGER:-P0DT16H\r\n"));
	free(three);
	free(one);
}

static void what_is_done_reminds_nobody(void **state)
{
	char *s = ics(2, 3);

	(void)state;
	assert_null(strstr(s, "UID:5."));
	assert_null(strstr(s, "Xong"));
	free(s);
}

static void marks_of_the_format_are_escaped(void **state)
{
	char *s = ics(1, 3);

	(void)state;
	assert_non_null(strstr(s, "DESCRIPTION:Các sở\\\\ban\\,\\nngành\r\n"));
	assert_non_null(strstr(s, "SUMMARY:Tổ chức tự đánh giá\\; gửi"));
	free(s);
}

/* RFC 5545, 3.1: at most 75 octets a line; a character is not cut. */
static void long_lines_are_folded_between_characters(void **state)
{
	char *s = ics(2, 3), *line, *end;
	size_t n = 0;

	(void)state;
	for (line = s; *line; line = end + 2, n++) {
		end = strstr(line, "\r\n");
		assert_non_null(end);
		assert_true(end - line <= 75);
		/* a line begins with a character, after the fold's blank */
		assert_true(((unsigned char)line[0] & 0xc0) != 0x80);
		if (line[0] == ' ')
			assert_true(((unsigned char)line[1] & 0xc0) != 0x80);
	}
	assert_true(n > 15);
	free(s);
}

static void folded_lines_are_whole_when_unfolded(void **state)
{
	char *s = ics(1, 3), *from, *to;

	(void)state;
	for (from = to = s; *from;) {
		if (strncmp(from, "\r\n ", 3) == 0)
			from += 3;
		else
			*to++ = *from++;
	}
	*to = '\0';
	assert_non_null(strstr(s, "SUMMARY:Tổ chức tự đánh giá\\; gửi báo cáo"
				  "\\, tài liệu kiểm chứng\\, báo cáo giải "
				  "trình\r\n"));
	free(s);
}

static void programs_get_nulls_for_what_is_not_there(void **state)
{
	static const struct round_head head = { .code = "ha-nam-2023",
						.name = "Hà Nam",
						.wave = "" };
	static const struct step_row steps[4] = {
		{ "self-assess", "past", "", "" },
		{ "appraise", "open", "2023-11-30", "lũ lụt" },
		{ "council", "before", "", "" },
		{ "publish", "none", "", "" },
	};
	struct buf b = BUF_INIT(1 << 16);

	(void)state;
	calendar_json(&head, tasks, 2, steps, &b);
	assert_non_null(strstr(buf_cstr(&b),
			       "{\"step\":\"self-assess\",\"state\":\"past\","
			       "\"until\":null,\"reason\":null}"));
	assert_non_null(strstr(b.data, "\"until\":\"2023-11-30\","
				       "\"reason\":\"lũ lụt\""));
	assert_non_null(strstr(b.data, "\"task\":\"5\",\"title\":\"Xong rồi\","
				       "\"step\":null,\"opens\":null"));
	assert_non_null(strstr(b.data, "\"days_late\":2"));
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_task_is_a_whole_day_with_a_lasting_name),
		cmocka_unit_test(the_alarm_rings_at_eight_days_before),
		cmocka_unit_test(what_is_done_reminds_nobody),
		cmocka_unit_test(marks_of_the_format_are_escaped),
		cmocka_unit_test(long_lines_are_folded_between_characters),
		cmocka_unit_test(folded_lines_are_whole_when_unfolded),
		cmocka_unit_test(programs_get_nulls_for_what_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
