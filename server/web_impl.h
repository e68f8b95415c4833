/* web_impl.h - what the files server/web_*.c and the service's main share.
 *
 * A permission is a set of roles, one bit each; PERM_PUBLIC is bit 0.  A
 * route names who may, the auth hook finds out who it is, and a handler gets
 * only waves that this person or key may see. */
#ifndef PHIEU_WEB_IMPL_H
#define PHIEU_WEB_IMPL_H

#include <stdatomic.h>

#include <cjson/cJSON.h>

#include "phieu/conf.h"
#include "phieu/db.h"
#include "phieu/http.h"
#include "phieu/store_people.h"
#include "phieu/store_waves.h"

enum {
	WEB_DB_WAIT_MS = 2000,
	WEB_PAGE_MAX = 1000, /* items of one page of a list */
	WEB_SIGN_INS = 2     /* passwords checked at a time; more get 429 */
};

#define MAY(bits)  ((int)((bits) << 1))
#define MAY_PEOPLE (ROLE_BIT(ROLE_PEOPLE) - 1)
#define MAY_ANYONE (ROLE_BIT(ROLE_COUNT) - 1)

/* Who follows how sheets come in. */
#define WEB_WATCHES                                                \
	(ROLE_BIT(ROLE_ADMINISTRATOR) | ROLE_BIT(ROLE_ANALYST) |   \
	 ROLE_BIT(ROLE_POST_SUPERVISOR) | ROLE_BIT(ROLE_AUDITOR) | \
	 ROLE_BIT(ROLE_SECRETARIAT) | ROLE_BIT(ROLE_SUPERVISOR))

/* Who reads what was published.  Programs have ROLE_ENGINE and
 * ROLE_ANALYST. */
#define WEB_READS                                                \
	(ROLE_BIT(ROLE_ANALYST) | ROLE_BIT(ROLE_UNIT) |          \
	 ROLE_BIT(ROLE_APPRAISER) | ROLE_BIT(ROLE_SECRETARIAT) | \
	 ROLE_BIT(ROLE_COUNCIL) | ROLE_BIT(ROLE_AUDITOR) |       \
	 ROLE_BIT(ROLE_ENGINE))

struct web {
	const struct conf *conf;
	struct db_pool *db;
	struct db_pool *roster; /* NULL: no persons are told here */
	struct http_server *http;
	struct people_rules rules;
	bool tls;
	int64_t started_us;
	atomic_int sign_ins, feeds, scans;
};

struct identity {
	bool is_person;
	struct person person;
	struct api_key key;
	unsigned roles;
	const char *token; /* of a person's session */
	const struct web *web;
};

extern const struct http_route web_routes[];
extern const size_t web_routes_n;
void web_permission_name(int permission, struct buf *out);

/* web_auth.c */
bool web_auth(struct http_request *rq, int permission, struct http_reply *rp,
	      void *app);
enum http_done web_sign_in(struct http_request *rq, struct http_reply *rp,
			   void *app);
enum http_done web_sign_out(struct http_request *rq, struct http_reply *rp,
			    void *app);
enum http_done web_me(struct http_request *rq, struct http_reply *rp,
		      void *app);
enum http_done web_password(struct http_request *rq, struct http_reply *rp,
			    void *app);

/* The object that was sent; NULL: replied why not (415, 400).  Caller frees. */
cJSON *web_read_object(struct http_request *rq, struct http_reply *rp);
/* The person behind the cookie, if any, as rq->identity: for public routes,
 * where the hook is not asked. */
bool web_person(struct db *db, struct http_request *rq, const struct web *w,
		bool *found, struct err *e);
/* `token` for as many seconds; 0 takes it back.  False: out of memory. */
bool web_set_cookie(struct http_request *rq, struct http_reply *rp,
		    const struct web *w, const char *token, int seconds);

/* web_forms.c: what people do with a browser and without script.  A form
 * carries no token: a post counts only when it comes from this host. */
bool web_is_own_form(const struct http_request *rq, bool tls);
enum { WEB_FIELDS_MAX = 160 }; /* a list with a box a row */
struct web_fields {
	struct http_pair pair[WEB_FIELDS_MAX];
	size_t n;
};
/* The fields of a form that this host's own page sent; false after saying what
 * is wrong: our own pages never come to that. */
bool web_read_form(struct http_request *rq, struct http_reply *rp,
		   const struct web *w, struct web_fields *f);
/* "" when it is not there. */
const char *web_field(const struct web_fields *f, const char *name);
enum http_done web_sign_in_page(struct http_request *rq, struct http_reply *rp,
				void *app);
enum http_done web_sign_in_form(struct http_request *rq, struct http_reply *rp,
				void *app);
enum http_done web_sign_out_form(struct http_request *rq, struct http_reply *rp,
				 void *app);
enum http_done web_password_page(struct http_request *rq, struct http_reply *rp,
				 void *app);
enum http_done web_password_form(struct http_request *rq, struct http_reply *rp,
				 void *app);

/* web_error.c: is it a browser that asks for a page?  Then errors become
 * pages too, also those that no handler wrote. */
bool web_is_page(const struct http_request *rq);
void web_dress(struct http_request *rq, struct http_reply *rp, void *app);

/* web_run.c: a connection for the length of `fn`; what fails becomes the
 * reply.  A GET whose connection turns out dead is tried once more. */
typedef bool (*web_fn)(struct db *db, struct http_request *rq,
		       struct http_reply *rp, struct web *w, struct err *e);
enum http_done web_run(struct http_request *rq, struct http_reply *rp,
		       void *app, web_fn fn);
/* The same for the wave of {wave}; 404 when there is none such, or none for
 * this person or key. */
typedef bool (*web_wave_fn)(struct db *db, struct http_request *rq,
			    struct http_reply *rp, const struct wave_head *v,
			    struct err *e);
enum http_done web_run_wave(struct http_request *rq, struct http_reply *rp,
			    void *app, web_wave_fn fn);
/* What is behind the value of unit and criterion that the path names, in a
 * wave's last release; *found false: answered with 404. */
struct explanation;
bool web_explanation(struct db *db, struct http_request *rq,
		     struct http_reply *rp, const struct wave_head *v,
		     struct explanation *x, bool *found, struct err *e);
/* ?offset= and ?limit=; false with a 400. */
bool web_page(struct http_request *rq, struct http_reply *rp, size_t *offset,
	      size_t *limit);
bool web_wants_csv(const struct http_request *rq, struct http_reply *rp);
void web_not_found(struct http_request *rq, struct http_reply *rp);
/* Has one of `roles` in this wave: a role given for one wave counts in that
 * wave only. */
bool web_sees_wave(const struct identity *id, unsigned roles, int32_t wave);
/* May he have fractions and errors of cells with a small group? */
bool web_computes(const struct identity *id, int32_t wave);
/* *out: he gets the round's numbers to the published digits only. */
bool web_round_guarded(struct db *db, const struct identity *id, int32_t wave,
		       int32_t round, bool *out, struct err *e) MUST_USE;
/* The waves this identity may see: 0 all, else one; -1 none at all. */
int32_t web_only_wave(const struct http_request *rq);

/* web_waves.c, web_results.c, web_pages.c, web_progress.c, web_health.c */
enum http_done web_waves(struct http_request *rq, struct http_reply *rp,
			 void *app);
enum http_done web_wave_get(struct http_request *rq, struct http_reply *rp,
			    void *app);
enum http_done web_plan(struct http_request *rq, struct http_reply *rp,
			void *app);
enum http_done web_progress(struct http_request *rq, struct http_reply *rp,
			    void *app);
enum http_done web_releases(struct http_request *rq, struct http_reply *rp,
			    void *app);
enum http_done web_results(struct http_request *rq, struct http_reply *rp,
			   void *app);
enum http_done web_components(struct http_request *rq, struct http_reply *rp,
			      void *app);
/* web_published.c: what was published of a round */
enum http_done web_round_releases(struct http_request *rq,
				  struct http_reply *rp, void *app);
enum http_done web_round_release(struct http_request *rq, struct http_reply *rp,
				 void *app);
/* The round of {round} and its wave (0: none); *out NULL with a 404. */
struct round_head;
bool web_published_round(struct db *db, struct http_request *rq,
			 struct http_reply *rp, struct round_head **out,
			 int32_t *wave, struct err *e) MUST_USE;
/* web_explain.c */
enum http_done web_round_explain(struct http_request *rq, struct http_reply *rp,
				 void *app);
enum http_done web_wave_explain(struct http_request *rq, struct http_reply *rp,
				void *app);
/* web_results_page.c */
enum http_done web_results_page(struct http_request *rq, struct http_reply *rp,
				void *app);
/* web_odata.c */
enum http_done web_odata(struct http_request *rq, struct http_reply *rp,
			 void *app);
/* web_desk.c: every desk of desk.h under /v1/waves/{wave}/DESK/{name}; which
 * one stands in the route's pattern. */
enum http_done web_desk_get(struct http_request *rq, struct http_reply *rp,
			    void *app);
enum http_done web_desk_act(struct http_request *rq, struct http_reply *rp,
			    void *app);
struct desk;
struct desk_act;
struct desk_list;
struct desk_who;
struct desk_done;
/* Looking: the areas of all of `roles` that he has in this wave, in the name of
 * the widest.  False: he has none of them, or e. */
bool web_desk_who(struct http_request *rq, unsigned roles, int32_t wave,
		  struct desk_who *who, struct err *e);
/* Acting: in one role at a time, the widest first; another when the one is
 * refused what it names.  ERR_DENIED: in no role. */
bool web_desk_do(struct db *db, struct http_request *rq,
		 const struct desk_act *a, int32_t wave,
		 const char *const *values, struct desk_done *done,
		 struct err *e) MUST_USE;
/* Runs a list within the areas of who asks; values NULL: from the request's
 * query.  NULL: e; ERR_DENIED: not for his roles. */
struct res *web_desk_list(struct db *db, struct http_request *rq,
			  const struct wave_head *v, const struct desk *d,
			  const struct desk_list *l, const char *const *values,
			  struct err *e);
/* The roster's own connection, to be given back to web->roster.  NULL: e; a
 * service without its address is ERR_CONFLICT. */
struct db *web_take_roster(struct http_request *rq, struct err *e);
/* web_roster.c: a list of persons comes in */
enum http_done web_roster_import(struct http_request *rq, struct http_reply *rp,
				 void *app);
/* web_review.c: opening a sheet, comparing two versions */
enum http_done web_review_open(struct http_request *rq, struct http_reply *rp,
			       void *app);
enum http_done web_review_diff(struct http_request *rq, struct http_reply *rp,
			       void *app);
/* web_ledger.c, web_ledger_page.c */
enum http_done web_ledger_paper(struct http_request *rq, struct http_reply *rp,
				void *app);
enum http_done web_ledger_print(struct http_request *rq, struct http_reply *rp,
				void *app);
enum http_done web_ledger_page(struct http_request *rq, struct http_reply *rp,
			       void *app);
/* web_quality.c */
enum http_done web_quality_page(struct http_request *rq, struct http_reply *rp,
				void *app);
enum http_done web_quality_paper(struct http_request *rq, struct http_reply *rp,
				 void *app);
/* web_files.c */
enum http_done web_files(struct http_request *rq, struct http_reply *rp,
			 void *app);
/* A file from outside as a download: saved, never shown by the browser. */
bool web_give_file(struct http_request *rq, struct http_reply *rp,
		   const char *name, const char *type, const void *bytes,
		   size_t n, struct err *e) MUST_USE;
enum http_done web_file_open(struct http_request *rq, struct http_reply *rp,
			     void *app);
/* What stands beside a wave's name: trial, simulated; its days. */
void web_put_marks(struct buf *b, const struct wave_head *v);
void web_put_days(struct buf *b, const struct wave_head *v);
/* The frame of every page: all text but `title`'s own escaping is the
 * caller's. */
void web_page_begin(struct http_reply *rp, const char *title);
void web_page_end(struct http_reply *rp);
void web_put_escaped(struct buf *b, const char *s);
enum http_done web_home_page(struct http_request *rq, struct http_reply *rp,
			     void *app);
enum http_done web_style(struct http_request *rq, struct http_reply *rp,
			 void *app);
enum http_done web_progress_page(struct http_request *rq, struct http_reply *rp,
				 void *app);
enum http_done web_healthz(struct http_request *rq, struct http_reply *rp,
			   void *app);
enum http_done web_readyz(struct http_request *rq, struct http_reply *rp,
			  void *app);
enum http_done web_metrics(struct http_request *rq, struct http_reply *rp,
			   void *app);

#endif
