/* web_round.h - rounds of assessment over HTTP: handlers are thin, and pages
 * and programs go through the same functions.
 *
 * Everything a person does or sees in a round is asked of round_may first; the
 * database's functions check right, step and version once more, with the login
 * given.  What fails is told with its code, its place, the rule, and what to
 * do, in both languages. */
#ifndef PHIEU_WEB_ROUND_H
#define PHIEU_WEB_ROUND_H

#include "phieu/fault.h"
#include "phieu/round_may.h"
#include "phieu/store_round.h"
#include "web_impl.h"

/* Who has to do with rounds at all. */
#define WEB_ROUNDS WEB_READS

/* A refusal, more closely than an err tells.  Words that are NULL come from
 * the code's row in web_round_error.c, or from the err. */
struct round_no {
	const char *code;	     /* "own-unit"; NULL: by the err */
	const char *place;	     /* "/unit", "/items/1.2"; NULL: none */
	const struct faults *faults; /* NULL: none */
};

/* A round that is asked about, and who asks. */
struct web_room {
	struct db *db;
	struct http_request *rq;
	struct http_reply *rp;
	struct web *w;
	const struct identity *id;
	struct round_head head;
	struct round_asker who;
	const char *login;  /* for the log; NULL: a program */
	struct round_no no; /* of what failed last */
};

/* Who asks, in the round of {round}: *found false when there is none such, or
 * none for him. */
bool web_room_open(struct web_room *m, const char *round, bool *found,
		   struct err *e) MUST_USE;

/* A connection and the round of rq->param[0], for the length of `fn`.  What
 * `fn` returns false for becomes the reply, by web_round_say. */
typedef bool (*web_room_fn)(struct web_room *m, struct err *e);
enum http_done web_run_round(struct http_request *rq, struct http_reply *rp,
			     void *app, web_room_fn fn);

/* May he?  Then *unit and *office (may be NULL pointers) become what they are
 * to be.  ERR_DENIED, with m->no filled in. */
bool web_room_may(struct web_room *m, const struct round_ask *ask,
		  const char **unit, const char **office,
		  struct err *e) MUST_USE;
bool web_room_door(struct web_room *m, enum round_door d, const char **unit,
		   const char **office, struct err *e) MUST_USE;

/* Does an act for him.  `values`: as many as act_params, NULL where not given;
 * what he is bound to is put in. */
bool web_room_act(struct web_room *m, const struct act *a, const char **values,
		  const char **made, struct err *e) MUST_USE;
/* A list, narrowed to what is his. */
struct res *web_room_list(struct web_room *m, const struct act_list *l,
			  const char **values, struct err *e) MUST_USE;

/* What an err and m->no are, as a refusal of the API: status, code, words of
 * both languages, place, rule, what to do.  For pages too. */
struct round_words {
	int status;
	const char *code, *message, *message_vi, *place;
	const char *rule, *rule_vi, *todo, *todo_vi; /* "" where none */
};
void web_round_words(const struct web_room *m, const struct err *e,
		     struct round_words *out);
void web_round_say(struct web_room *m, const struct err *e);

/* web_round.c: rounds, documents, calendars. */
enum http_done web_rounds(struct http_request *rq, struct http_reply *rp,
			  void *app);
enum http_done web_round_get(struct http_request *rq, struct http_reply *rp,
			     void *app);
enum http_done web_round_calendar(struct http_request *rq,
				  struct http_reply *rp, void *app);
/* web_round_act.c */
enum http_done web_round_act(struct http_request *rq, struct http_reply *rp,
			     void *app);
enum http_done web_round_list(struct http_request *rq, struct http_reply *rp,
			      void *app);
/* web_round_self.c */
enum http_done web_self_get(struct http_request *rq, struct http_reply *rp,
			    void *app);
enum http_done web_self_item(struct http_request *rq, struct http_reply *rp,
			     void *app);
enum http_done web_self_template(struct http_request *rq, struct http_reply *rp,
				 void *app);
enum http_done web_self_import(struct http_request *rq, struct http_reply *rp,
			       void *app);
/* web_round_evidence.c */
enum http_done web_evidence_add(struct http_request *rq, struct http_reply *rp,
				void *app);
/* A scanner may take a minute of a worker: more than some at once get 429.
 * False: replied.  What began ends, by web_scan_end. */
bool web_scan_begin(struct http_request *rq, struct http_reply *rp,
		    struct web *w) MUST_USE;
void web_scan_end(struct web *w);
enum http_done web_evidence_open(struct http_request *rq, struct http_reply *rp,
				 void *app);
enum http_done web_evidence_remove(struct http_request *rq,
				   struct http_reply *rp, void *app);
/* web_round_result.c */
enum http_done web_round_result(struct http_request *rq, struct http_reply *rp,
				void *app);
enum http_done web_round_compute(struct http_request *rq, struct http_reply *rp,
				 void *app);
enum http_done web_round_verify(struct http_request *rq, struct http_reply *rp,
				void *app);
/* web_round_paper.c */
enum http_done web_round_report(struct http_request *rq, struct http_reply *rp,
				void *app);
enum http_done web_round_compare(struct http_request *rq, struct http_reply *rp,
				 void *app);
enum http_done web_round_components(struct http_request *rq,
				    struct http_reply *rp, void *app);

#endif
