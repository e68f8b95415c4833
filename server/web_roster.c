/* A list of persons over HTTP: the whole wave's, all or nothing, on the
 * roster's own connection.  Whoever sends it sees nothing of what is there:
 * not a name comes back, only how many were new. */
#include "phieu/desk.h"
#include "phieu/store_recheck.h"
#include "web_impl.h"

#define ROWS_BYTES  ((size_t)64 << 20)
#define ARENA_BYTES ((size_t)64 << 20)
#define OFFICE	    ROLE_BIT(ROLE_ANALYST)

static void put_faults(struct http_request *rq, struct http_reply *rp,
		       struct faults *f)
{
	faults_sort(f);
	rp->status = 422;
	rp->content_type = "application/json; charset=utf-8";
	buf_adds(&rp->body, "{\"error\":");
	http_error_words(&rp->body, "faults",
			 "there are faults, nobody was taken in",
			 "Danh sách có lỗi, chưa nạp người nào", rq->id);
	buf_adds(&rp->body, ",\"faults\":");
	faults_json(f, &rp->body);
	buf_adds(&rp->body, "}\n");
}

static void put_done(struct http_reply *rp, const struct wave_head *v,
		     const struct roster_done *done)
{
	struct jw j;

	jw_init(&j, &rp->body);
	jw_object(&j);
	jw_kv(&j, "wave", v->code);
	jw_ki(&j, "made", done->made);
	jw_ki(&j, "changed", done->changed);
	jw_object_end(&j);
}

static bool store(struct http_request *rq, int32_t wave,
		  const struct desk_who *who, const char *rows,
		  struct faults *f, struct roster_done *done, struct err *e)
{
	const struct identity *id = rq->identity;
	struct db *roster = web_take_roster(rq, e);
	bool ok;

	if (!roster)
		return false;
	ok = store_roster_import(roster, wave, who->by, who->role, rows, f,
				 done, e);
	db_pool_give(id->web->roster, roster);
	return ok;
}

static bool take_list(struct http_request *rq, struct http_reply *rp,
		      const struct wave_head *v, const struct desk_who *who,
		      struct arena *a, struct err *e)
{
	struct buf rows = BUF_INIT(ROWS_BYTES);
	struct roster_done done = { 0 };
	struct faults f = { 0 };
	size_t n;
	bool ok;

	faults_init(&f, a);
	ok = roster_read(rq->body, rq->body_n, a, &rows, &n, &f, e) &&
	     store(rq, v->wave, who, buf_cstr(&rows), &f, &done, e);
	buf_free(&rows);
	if (ok) {
		put_done(rp, v, &done);
	} else if (f.n > 0 && (e->kind == ERR_NONE || e->kind == ERR_INPUT)) {
		*e = (struct err){ 0 };
		put_faults(rq, rp, &f);
		ok = true;
	}
	return ok;
}

static bool import(struct db *db, struct http_request *rq,
		   struct http_reply *rp, const struct wave_head *v,
		   struct err *e)
{
	struct desk_who who;
	struct arena *a;
	bool ok;

	(void)db;
	if (!web_desk_who(rq, OFFICE, v->wave, &who, e))
		return e->kind == ERR_NONE &&
		       err_set(e, ERR_DENIED, "không có quyền (not allowed)");
	a = arena_new(ARENA_BYTES);
	if (!a)
		return err_set(e, ERR_NOMEM, "out of memory");
	ok = take_list(rq, rp, v, &who, a, e);
	arena_free(a);
	return ok;
}

enum http_done web_roster_import(struct http_request *rq, struct http_reply *rp,
				 void *app)
{
	return web_run_wave(rq, rp, app, import);
}
