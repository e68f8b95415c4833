/* review.h - review of what came in: queries, corrections, decisions.
 *
 * desk_review (desk.h) is what people do and read; a sheet's answers are in
 * none of its lists.  The two rows here show them: each run is an event of
 * field.review_event and stands in the log before an answer is seen, so that
 * they are never behind a link. */
#ifndef PHIEU_REVIEW_H
#define PHIEU_REVIEW_H

#include "phieu/desk.h"

extern const struct desk desk_review;
/* parameters: sheet, reason; and of the second with which version */
extern const struct desk_list review_open, review_diff;

#endif
