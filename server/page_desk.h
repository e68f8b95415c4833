/* page_desk.h - pages of the desks of a wave (desk.h): /DESK/{wave} shows a
 * list (?show=NAME), what may be done with one thing (?KEY=VALUE) or the form
 * of an act (?do=NAME); a form is posted to /DESK/{wave}/{act}.  No script; a
 * post counts only when it comes from this host.
 *
 * A new desk needs two route rows, page_desk and page_desk_do.  One with a
 * first page of its own writes a handler with desk_page_run and calls
 * desk_page_body for all else. */
#ifndef PHIEU_PAGE_DESK_H
#define PHIEU_PAGE_DESK_H

#include "phieu/desk.h"
#include "web_impl.h"

struct desk_name {
	const char *kind, *code, *name;
};

struct desk_page {
	struct db *db;
	struct http_request *rq;
	struct http_reply *rp;
	struct buf *b; /* the reply's body */
	struct arena *a;
	const struct wave_head *v;
	const struct desk *desk;
	const struct web_fields *form; /* of a post, else NULL */
	struct res *choices;	       /* desk_choices.sql, on demand */
	const struct desk_name *names; /* of them, sorted, on demand */
	size_t n_names;
	/* What stands above the rows of a list, of the desk's own; NULL:
	 * nothing
	 */
	void (*above)(struct desk_page *p, const struct desk_list *l);
};
typedef bool (*desk_page_fn)(struct desk_page *p, struct err *e);

/* A connection, the wave of {wave} and the desk that the pattern names; form:
 * of a post, else NULL. */
enum http_done desk_page_run(struct http_request *rq, struct http_reply *rp,
			     void *app, const struct web_fields *form,
			     desk_page_fn fn);
/* The frame, with links to the lists this person may see; what was just done
 * (after a post) below its heading.  End it with web_page_end. */
void desk_page_begin(struct desk_page *p, const char *title);
/* May this person do it in this wave? */
bool desk_page_may(struct desk_page *p, const struct desk_act *a);
/* Links to the forms of the acts he may do; nothing when there are none. */
void desk_page_acts(struct desk_page *p);
/* The page of ?do=, ?KEY= or ?show= (else of `show`), whole. */
bool desk_page_body(struct desk_page *p, const char *show, struct err *e);
/* Does the request ask for one of them? */
bool desk_page_asks(const struct desk_page *p);

/* Rows as a table with the list's heads; `none` when there are none. */
void desk_page_rows(struct desk_page *p, const struct desk_list *l,
		    const struct res *r, const char *none);
/* The form of an act; preset: name, value pairs, NULL-ended. */
bool desk_page_form(struct desk_page *p, const struct desk_act *a,
		    const char *const *preset, struct err *e);
/* p->choices, asked once. */
bool desk_page_choices(struct desk_page *p, struct err *e);
/* The code of an agent, a group or a unit (kind "agent", "group", "unit") with
 * its name before it, where this person is offered it. */
void desk_page_named(struct desk_page *p, const char *kind, const char *code);
/* "Q01 late" in words of the desk, with commas. */
void desk_page_words(struct desk_page *p, const char *codes);
/* "/ledger/W", for an address; `more` are our own words. */
void desk_page_path(struct desk_page *p, const char *more);

/* page_recheck.c: the first page of phúc tra; the printed list of a draw */
enum http_done page_recheck(struct http_request *rq, struct http_reply *rp,
			    void *app);
enum http_done page_recheck_paper(struct http_request *rq,
				  struct http_reply *rp, void *app);

enum http_done page_desk(struct http_request *rq, struct http_reply *rp,
			 void *app);
/* page_second.c */
enum http_done page_second(struct http_request *rq, struct http_reply *rp,
			   void *app);
enum http_done page_desk_do(struct http_request *rq, struct http_reply *rp,
			    void *app);
/* page_review.c */
enum http_done page_review(struct http_request *rq, struct http_reply *rp,
			   void *app);
enum http_done page_review_do(struct http_request *rq, struct http_reply *rp,
			      void *app);

#endif
