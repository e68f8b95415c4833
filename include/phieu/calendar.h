/* calendar.h - a round's tasks as JSON and as iCalendar (RFC 5545). */
#ifndef PHIEU_CALENDAR_H
#define PHIEU_CALENDAR_H

#include "phieu/buf.h"
#include "phieu/store_round.h"

/* A day-long VEVENT on each task's last day, with an alarm at eight in
 * the morning `days_before` (1 or more) days before it; done tasks are left
 * out.  `stamp_us` is when the list was made.  A task keeps its UID, so that
 * reading the file again moves it and doubles nothing. */
void calendar_ics(const char *round, const char *name,
		  const struct task_row *tasks, size_t n, int days_before,
		  int64_t stamp_us, struct buf *out);

void calendar_json(const struct round_head *h, const struct task_row *tasks,
		   size_t n, const struct step_row steps[4], struct buf *out);

#endif
