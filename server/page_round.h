/* page_round.h - what the files server/page_*.c share: the pages of a round
 * of assessment, for people with a browser.
 *
 * Everything that is written comes through page_put, which escapes; what may be
 * seen and done is asked of struct page_me alone.  Forms need no script: they
 * are posted to this host, run the acts of act.h and lead back. */
#ifndef PHIEU_PAGE_ROUND_H
#define PHIEU_PAGE_ROUND_H

#include "phieu/act.h"
#include "phieu/round.h"
#include "phieu/store_result.h"
#include "phieu/store_round.h"
#include "phieu/store_self.h"
#include "web_impl.h"
#include "web_round.h"

/* Who looks, in this round: what round_may says, asked once. */
struct page_me {
	bool all;    /* every unit */
	bool drafts; /* results before they are published */
	bool computes;
	bool *unit;   /* [n_units]: of this unit */
	bool *office; /* [n_offices]: of this office */
	bool has_unit, has_office;
};

struct page {
	struct db *db;
	struct http_request *rq;
	struct http_reply *rp;
	struct web *w;
	const struct identity *id;
	struct buf *b; /* the reply's body */
	struct arena *a;
	struct round_head head;
	struct round round;
	struct step_row steps[4];
	struct web_room room; /* who asks, what he may */
	struct page_me me;
	const struct web_fields *form; /* of a post, else NULL */
};

typedef bool (*page_fn)(struct page *p, struct err *e);
/* A connection and the round of {round} for the length of `fn`; 404 when it is
 * not there or not for this person. */
enum http_done page_run(struct http_request *rq, struct http_reply *rp,
			void *app, page_fn fn);
/* The same for a posted form of this host, read into p->form. */
enum http_done page_run_form(struct http_request *rq, struct http_reply *rp,
			     void *app, page_fn fn);

/* A form with a file; the handler calls page_read_upload. */
enum http_done page_run_upload(struct http_request *rq, struct http_reply *rp,
			       void *app, page_fn fn);
struct page_upload {
	const char *name, *bytes; /* of the part "file", borrowed */
	size_t n;
};
/* Fills p->form too; false after saying what is wrong with the body. */
bool page_read_upload(struct page *p, struct page_upload *out);

/* ---- page_put.c ---------------------------------------------------------- */

/* A template: %s text, escaped; %r markup of ours; %u text as a part of an
 * address; %p points ("1.5" as 1,5; none as –); %d a day or an instant
 * as it is written here; %i a long long; %%.  The rest goes out as it is. */
void page_put(struct buf *b, const char *form, ...);
/* A choice of a list; the one that is `now` (NULL: none) is chosen. */
void page_option(struct buf *b, const char *value, const char *label,
		 const char *now);

/* ---- page_round.c -------------------------------------------------------- */

/* The frame: navigation, heading, marks of the round, what was just done. */
void page_begin(struct page *p, const char *title);
void page_end(struct page *p);
/* A box with what went wrong; status of the reply. */
void page_wrong(struct page *p, int status, const char *words);
/* Words for `e` as people read them, what to do included; its status; is it one
 * that a page tells, with what was typed, rather than the service? */
const char *page_words(struct page *p, const struct err *e);
int page_status(struct page *p, const struct err *e);
bool page_is_refusal(const struct err *e);
bool page_refuse(struct page *p);  /* 403 */
bool page_missing(struct page *p); /* 404 */
/* 303 to "/rounds/{round}" and `path`, which says what was done. */
bool page_go(struct page *p, const char *path, const char *done);
/* The step's state as stored ("open", "before" …). */
const char *page_step_state(const struct page *p, enum round_step step);
bool page_step_open(const struct page *p, enum round_step step);
const char *page_state_words(const char *state); /* of a step */

/* By code; INDEX_NONE. */
size_t page_unit_of(const struct page *p, const char *code);
size_t page_node_of(const struct page *p, const char *code);
bool page_applies(const struct page *p, size_t unit, size_t node);
/* An office of this person's that appraises the leaf for this unit; *lead.
 * INDEX_NONE: none. */
size_t page_office_for(const struct page *p, size_t unit, size_t node,
		       bool *lead);
/* May this person look at the unit's item, at anything of the unit? */
bool page_sees_item(const struct page *p, size_t unit, size_t node);
bool page_sees_unit(const struct page *p, size_t unit);
/* May this person do the act, for this unit and office (NULL: any)? */
bool page_may(const struct page *p, const char *act, const char *unit,
	      const char *office);

/* ---- page_round_read.c --------------------------------------------------- */

/* An item as it stands; texts as the list "appraise list" has them. */
struct page_standing {
	const char *unit, *criterion, *maximum, *self, *state, *appraised;
	const char *reason, *opinion, *opinion_text, *points, *ruling;
	const char *inspection; /* what inspections found, in words */
	int64_t version;
};
/* Of `unit` (NULL: all), whoever may see it: the caller asks page_sees_item. */
bool page_standing(struct page *p, const char *unit, struct page_standing **out,
		   size_t *n, struct err *e) MUST_USE;
/* A list of act.h by name, of a unit and criterion (NULL: all); whose it is
 * is asked of page_sees_item. */
struct res *page_list(struct page *p, const char *name, const char *unit,
		      const char *criterion, struct err *e) MUST_USE;
/* All there is about a unit.  `files` is to be freed. */
struct page_desk {
	size_t unit;
	struct self_head self;
	struct self_row *rows;
	size_t n;
	struct page_standing *standing; /* what this person may see */
	size_t n_standing;
	struct round_value *values; /* also of surveys and other indices */
	size_t n_values;
	struct res *files;
};
bool page_desk_open(struct page *p, size_t unit, struct page_desk *out,
		    struct err *e) MUST_USE;
void page_desk_close(struct page_desk *d);
/* Of one criterion; NULL: nothing yet. */
const struct self_row *page_desk_row(const struct page_desk *d, size_t node);
const struct page_standing *page_desk_standing(const struct page *p,
					       const struct page_desk *d,
					       size_t node);
const struct round_value *
page_desk_value(const struct page *p, const struct page_desk *d, size_t node);
/* Points as text, "n/a", "". */
const char *page_self_text(struct page *p, const struct self_row *row);
/* May this person change the self-assessment now? */
bool page_may_fill(const struct page *p, const struct page_desk *d);
/* Evidence of a criterion ("" : the explanation) with what may be done. */
void page_files(struct page *p, const struct page_desk *d,
		const char *criterion);
/* Requests of a unit (of one criterion, or NULL: all) with forms to answer;
 * named: the heading says of which unit. */
bool page_requests(struct page *p, size_t unit, const char *criterion,
		   bool named, struct err *e) MUST_USE;

const char *page_item_state_words(const char *state); /* "accepted" … */
const char *page_opinion_words(const char *opinion);
const char *page_self_state_words(const char *state);
const char *page_request_state_words(const char *state);
const char *page_change_words(const char *what);
/* "accepted 2.750000" as people read it: "chấp nhận 2,75". */
const char *page_change_text(struct page *p, const char *stored);
const char *page_source_words(enum index_source s);
/* "/units/U/items/C" in the arena, escaped for an address. */
const char *page_item_path(struct page *p, size_t unit, size_t node);
/* A table that scrolls by itself; `heads` NULL-ended, one that begins with '<'
 * is text to the left. */
void page_table(struct page *p, const char *label, const char *const *heads);
void page_table_end(struct page *p);

/* ---- page_round_form.c --------------------------------------------------- */

/* A form for an act: `preset` are name, value pairs, NULL-ended; those that
 * say what the act is about are hidden, others are filled in.  `back`: below
 * "/rounds/{round}". */
void page_act_form(struct page *p, const char *act, const char *const *preset,
		   const char *button, const char *back);
/* The words of an act without a number that would follow: "nhiệm vụ". */
const char *page_act_words(struct page *p, const struct act *a);
/* "3,5" is what people type: "3.5". */
const char *page_number(struct page *p, const char *s);
enum http_done page_act(struct http_request *rq, struct http_reply *rp,
			void *app);

/* ---- page_round_area.c: pages that run from rows (page_area.h) ----------- */

bool page_sees_area(const struct page *p, const char *area);
/* The version of what an act of the areas is about, as it stands ("0": there is
 * none yet; NULL: the act is of no area); `told` puts what stands and what was
 * typed on the page, and who wrote last. */
bool page_area_now(struct page *p, const char *act, const char **version,
		   bool told, struct err *e) MUST_USE;
enum http_done page_area(struct http_request *rq, struct http_reply *rp,
			 void *app);
enum http_done page_area_form(struct http_request *rq, struct http_reply *rp,
			      void *app);

/* ---- pages ----------------------------------------------------------------
 */

enum http_done page_rounds(struct http_request *rq, struct http_reply *rp,
			   void *app);
enum http_done page_overview(struct http_request *rq, struct http_reply *rp,
			     void *app);
enum http_done page_calendar(struct http_request *rq, struct http_reply *rp,
			     void *app);
enum http_done page_unit(struct http_request *rq, struct http_reply *rp,
			 void *app);
enum http_done page_item(struct http_request *rq, struct http_reply *rp,
			 void *app);
enum http_done page_item_save(struct http_request *rq, struct http_reply *rp,
			      void *app);
enum http_done page_template(struct http_request *rq, struct http_reply *rp,
			     void *app);
enum http_done page_workbook(struct http_request *rq, struct http_reply *rp,
			     void *app);
enum http_done page_evidence_add(struct http_request *rq, struct http_reply *rp,
				 void *app);
enum http_done page_evidence_get(struct http_request *rq, struct http_reply *rp,
				 void *app);
enum http_done page_evidence_remove(struct http_request *rq,
				    struct http_reply *rp, void *app);
enum http_done page_appraise(struct http_request *rq, struct http_reply *rp,
			     void *app);
enum http_done page_council(struct http_request *rq, struct http_reply *rp,
			    void *app);
enum http_done page_results(struct http_request *rq, struct http_reply *rp,
			    void *app);
enum http_done page_compute(struct http_request *rq, struct http_reply *rp,
			    void *app);
enum http_done page_publish(struct http_request *rq, struct http_reply *rp,
			    void *app);
enum http_done page_result(struct http_request *rq, struct http_reply *rp,
			   void *app);
/* page_explain.c: why a number is what it is, of a round and of a wave. */
enum http_done page_why(struct http_request *rq, struct http_reply *rp,
			void *app);
enum http_done page_wave_why(struct http_request *rq, struct http_reply *rp,
			     void *app);
enum http_done page_result_unit(struct http_request *rq, struct http_reply *rp,
				void *app);

#endif
