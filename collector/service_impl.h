/* service_impl.h - what the files of the collector share. */
#ifndef PHIEU_SERVICE_IMPL_H
#define PHIEU_SERVICE_IMPL_H

#include "phieu/conf.h"
#include "phieu/http.h"
#include "phieu/store_attachment.h"
#include "phieu/store_import.h"
#include "phieu/store_intake.h"
#include "phieu/xform.h"

enum {
	PERM_AGENT = 2,
	PERM_KEY,    /* an agent's key in the path */
	PERM_DEVICE, /* a device's name and password */
	MAX_WRITERS = 8,
	BATCH_LINES = 512,  /* in one transaction */
	CHUNK_LINES = 200,  /* of an NDJSON body, at a time */
	ANOTHER_LINES = 48, /* waiting: worth a second connection */
	KEY_SLOTS = 1024,
	CHILDREN = 2,	 /* files worked on at a time */
	KEY_SECONDS = 2, /* that a key is believed without asking */
	DIAL_SECONDS = 5,
	LOOK_MS = 3000, /* for a look-up, which nothing else goes on beside */
	SLACK_SECONDS = 2
};
#define BATCH_BYTES ((size_t)4 << 20)
#define CHUNK_BYTES ((size_t)1 << 20)
/* A run that takes longer is held up by something. */
#define ANOTHER_US	INT64_C(3000)
#define RETRY_FIRST_US	INT64_C(50000)
#define RETRY_LAST_US	INT64_C(1000000)
#define LATENCY_BUCKETS 12
#define BATCH_BUCKETS	11

/* A wave's plan with what has been counted; kept while a request uses it. */
struct wave_ref {
	struct wave *wave;
	unsigned refs;
	size_t *first;	  /* of each group in `counted` */
	int64_t *counted; /* by group x cell, with what is on its way */
	struct arena *forms_arena; /* XForms, made when first asked for */
	struct xform *forms;	   /* one a form of the plan; NULL: not yet */
	struct wave_ref *next;
};

enum line_kind { LINE_ITEM, LINE_QUARANTINE, LINE_REFUSAL, LINE_FILES };
enum line_end {
	END_OPEN,
	END_ANSWERED,
	END_DOWN,  /* outcome unknown, or not tried: send it again */
	END_FAILED /* the store will not take it; logged */
};

/* One submission on its way through. */
struct line {
	enum line_kind kind;
	enum line_end end;
	struct submission sub;
	struct intake_item item;
	struct intake_answer answer;
	struct intake_odd odd;
	const char *why_vi; /* beside odd.words */
	size_t cell;	    /* index in wave_ref.counted, NONE */
	unsigned tries;
	bool hashed;	  /* item.sha and odd.sha are known */
	bool dropped;	  /* with its atomic batch: no receipt for it */
	bool names_files; /* that are sent beside it */
	const struct xform_meta *meta; /* of XML: where its faults are */
	struct sent_files *files;      /* of LINE_FILES, or named by a sheet */
	const struct line *behind;     /* of a sheet that names files: them */
	struct arena *arena;	       /* of the request or chunk */
};

/* Files of a sheet, stored by a statement behind its own. */
struct sent_files {
	struct attachment_set set;
	struct attachment_answer answer;
};

struct service;

/* What one request, or a chunk of its body, asks of the store. */
struct job {
	struct job *next;
	struct wave_ref *wave;
	struct line *lines;
	size_t n, n_items, bytes;
	bool alone;	  /* shares no transaction (replaces, atomic) */
	bool atomic;	  /* all or nothing */
	bool rolled_back; /* of atomic: nothing is kept */
	bool dry;	  /* of atomic: nothing is to be kept */
	const struct import_file *file; /* kept in the same transaction */
	void (*done)(struct service *s, struct job *j);
	void *owner;
};

/* A connection being made. */
struct dial {
	struct db *db; /* NULL: none */
	int64_t until_us;
};

/* Work in a process of its own, see service_child.c. */
struct child_run {
	struct child_run *next;
	int pid, pidfd, out; /* -1: none */
	void (*done)(struct service *s, struct child_run *c);
};

enum phase {
	W_DOWN,
	W_IDLE,
	W_BEGIN,
	W_FILE,
	W_BATCH,
	W_COMMIT,
	W_ROLLBACK,
	W_SOLO
};

struct writer {
	struct db *db;
	int lane;
	enum phase phase;
	struct intake_work *work;
	struct job *jobs; /* of this run */
	const struct intake_item **items;
	struct line **lines; /* of `items`, by position */
	struct intake_answer *answers;
	size_t n_items;
	struct line **solo; /* one by one, after the batch */
	size_t n_solo, at_solo;
	struct sha256_in *in; /* to be hashed, and what came of it */
	uint8_t (*sha)[SHA256_BYTES];
	uint64_t *met; /* hashes of instances and sheets of this run */
	size_t room_items;
	int64_t retry_us, wait_us;
	int64_t until_us; /* when an answer is overdue */
	int64_t begun_us; /* of this run */
	struct dial dial;
};

struct key_slot {
	uint8_t hash[32];
	int64_t until_us; /* 0: empty */
	struct agent_scope scope;
	struct arena *arena;
};

enum count {
	COUNT_STORED,
	COUNT_DUPLICATE,
	COUNT_INVALID,
	COUNT_CONFLICT,
	COUNT_QUARANTINED,
	COUNT_REFUSED,
	COUNT_CLOSED,
	COUNT_UNAVAILABLE,
	COUNT_FAILED,
	COUNT_KINDS
};

struct metrics {
	uint64_t outcome[COUNT_KINDS];
	uint64_t batches, batch_lines, batch_size[BATCH_BUCKETS + 1];
	uint64_t latency[LATENCY_BUCKETS + 1], latency_n;
	double latency_sum;
	uint64_t reconnects;
};

struct service {
	struct conf *conf; /* read anew on SIGHUP */
	char *address;	   /* of the database */
	char url[80];
	struct http_server *http;
	bool tls;
	int epoll, signal_fd;
	struct db *look; /* keys, receipts, plans, notifications */
	int64_t look_retry_us, look_wait_us;
	struct dial look_dial;
	struct writer writers[MAX_WRITERS];
	size_t n_writers;
	struct job *first, **last; /* waiting */
	size_t queued;
	struct wave_ref *waves;
	struct digest_seen *seen;
	struct key_slot *keys;
	struct receipt_key *receipt_keys;
	size_t n_receipt_keys;
	char *reused; /* the fault V01 of a sheet that counted before */
	struct metrics metrics;
	struct child_run *children;
	unsigned imports; /* files being worked on */
	bool stopping;
	int64_t full_until_us; /* the store has no room, or had not */
};

/* service_dial.c */
/* Goes on with a connection, or begins it.  DB_READY: *out is settled and
 * watched, the caller's. */
enum db_poll dial_go_on(struct service *s, struct dial *d, void *tag,
			struct db **out, struct err *e);
void dial_give_up(struct dial *d);
/* Milliseconds for a statement, fewer for one of the look-ups. */
int service_timeout(const struct service *s, bool look);
bool watch(struct service *s, struct db *db, void *tag, struct err *e) MUST_USE;
/* The next moment to try again: *wait doubles up to a second. */
int64_t retry_after(int64_t *wait_us);

/* service_child.c */
/* `work` in a process that can open files only when `files`; it writes to fd
 * and returns whether all went well.  The loop calls c->done, which takes
 * what was written (NULL: it failed; caller frees). */
bool child_start(struct service *s, struct child_run *c, bool files,
		 bool (*work)(int fd, void *ctx), void *ctx,
		 struct err *e) MUST_USE;
char *child_take(struct service *s, struct child_run *c, size_t *n);
void child_drop(struct service *s, struct child_run *c);
bool child_event(struct service *s, void *tag); /* false: not a child's */

/* service_wave.c */
struct wave_ref *service_wave(struct service *s, const char *code,
			      struct err *e) MUST_USE;
void wave_ref_drop(struct wave_ref *w);
void service_waves_forget(struct service *s, const char *code); /* NULL: all */
/* Takes a place in the quota cell of a line; true past the quota. */
bool quota_take(struct wave_ref *w, struct line *l);
/* Gives the place back unless the line was stored and `kept`. */
void quota_settle(struct wave_ref *w, const struct line *l, bool kept);

/* service_auth.c */
bool service_auth(struct http_request *rq, int permission,
		  struct http_reply *rp, void *app);
bool no_key(struct http_request *rq, struct http_reply *rp, const char *code,
	    const char *message, const char *vi); /* 401; false */

/* service_device.c: names and passwords of devices, Basic and Digest */
bool device_auth(struct service *s, struct http_request *rq,
		 struct http_reply *rp, struct agent_scope **out);

/* service_form.c, service_openrosa.c: OpenRosa */
enum http_done openrosa_list(struct http_request *rq, struct http_reply *rp,
			     void *app);
enum http_done openrosa_form(struct http_request *rq, struct http_reply *rp,
			     void *app);
enum http_done openrosa_manifest(struct http_request *rq, struct http_reply *rp,
				 void *app);
enum http_done openrosa_media(struct http_request *rq, struct http_reply *rp,
			      void *app);
enum http_done openrosa_head(struct http_request *rq, struct http_reply *rp,
			     void *app);
enum http_done openrosa_submit(struct http_request *rq, struct http_reply *rp,
			       void *app);
/* Their headers, and errors as an envelope, on every reply of their paths. */
void openrosa_dress(struct http_request *rq, struct http_reply *rp, void *app);
void openrosa_envelope(struct http_request *rq, struct http_reply *rp,
		       int status, const char *vi, const char *en);
bool openrosa_version_ok(struct http_request *rq, struct http_reply *rp);
/* "https://host", as the client reached us, and with the key when it stands
 * in the path; on the request's arena, NULL: out of memory. */
const char *openrosa_base(const struct service *s, struct http_request *rq);
void service_keys_forget(struct service *s);
void reply_down(struct http_request *rq, struct http_reply *rp);

/* service_write.c */
bool writer_open(struct service *s, struct writer *w, struct err *e) MUST_USE;
void writer_close(struct writer *w);
void writer_free(struct writer *w);
void writer_event(struct service *s, struct writer *w);
void writer_tend(struct service *s, struct writer *w, int64_t now);
void service_enqueue(struct service *s, struct job *j);
void service_kick(struct service *s);
/* When what waits is given to another connection; INT64_MAX: never. */
int64_t service_kick_due(const struct service *s);
bool service_can_write(const struct service *s);

/* service_line.c: one submission in, its result out */
bool key_lists(const int32_t *ids, size_t n, int32_t id);
/* Is this home, or one above it, of the key's area? */
bool key_serves(const struct wave_ref *w, const struct agent_scope *key,
		size_t home);
/* Reads, checks and takes quota; `sha` of the bytes, NULL: not known yet, the
 * writer hashes what shares a transaction together.  False when out of
 * memory. */
bool line_read(struct wave_ref *w, const struct agent_scope *key,
	       enum intake_way way, const char *bytes, size_t n,
	       const uint8_t *sha, struct arena *a, struct line *l);
/* The two halves of it, for other formats: what is known before reading, and
 * what is checked after it (`faults` found so far).  False: out of memory. */
void line_begin(const struct wave_ref *w, const struct agent_scope *key,
		enum intake_way way, const char *bytes, size_t n,
		const uint8_t *sha, struct arena *a, struct line *l);
bool line_settle(struct wave_ref *w, const struct agent_scope *key,
		 struct faults *faults, struct arena *a, struct line *l);
/* It is no submission that can be kept as one: why, in two languages. */
void line_odd(struct line *l, enum line_kind kind, const char *code,
	      const char *words, const char *vi);
int line_status(const struct line *l);
/* The names of files that a sheet of JSON gives, as a line of its own that
 * goes behind it, in the same job.  False: it gives none. */
bool line_behind(struct line *l, struct line *out);
/* The result object and a newline; with `number` > 0 as a line of a batch. */
void line_write(struct service *s, const struct wave_ref *w,
		const struct line *l, const char *request, int64_t number,
		struct buf *out);
void line_count(struct service *s, const struct line *l);
bool receipt_text(const struct service *s, int key_id, const char *wave,
		  const char *instance, const uint8_t sha[SHA256_BYTES],
		  char out[RECEIPT_TEXT_MAX]);
void write_flags(struct buf *out, unsigned flags);
const char *state_word(int state);

/* "tiếng Việt (English)", as functions of the database refuse, in its two
 * parts; without the second, both are all of it.  Borrowed. */
struct both_words {
	const char *vi, *en;
	size_t vi_n, en_n;
};
struct both_words service_words(const char *words);
/* As http_error_of, with the reason in the words of both languages: an agent
 * reads them on his page. */
void service_refused(struct http_request *rq, struct http_reply *rp,
		     const struct err *e);

/* handlers */
enum http_done service_submit(struct http_request *rq, struct http_reply *rp,
			      void *app);
enum http_done service_batch(struct http_request *rq, struct http_reply *rp,
			     struct service *s);
enum http_done service_plan(struct http_request *rq, struct http_reply *rp,
			    void *app);
enum http_done service_receipt(struct http_request *rq, struct http_reply *rp,
			       void *app);
enum http_done service_receipts(struct http_request *rq, struct http_reply *rp,
				void *app);
enum http_done service_queries(struct http_request *rq, struct http_reply *rp,
			       void *app);
enum http_done service_query_answer(struct http_request *rq,
				    struct http_reply *rp, void *app);
enum http_done service_agent(struct http_request *rq, struct http_reply *rp,
			     void *app);
enum http_done service_sheets(struct http_request *rq, struct http_reply *rp,
			      void *app);
enum http_done service_tell(struct http_request *rq, struct http_reply *rp,
			    void *app);
enum http_done service_second(struct http_request *rq, struct http_reply *rp,
			      void *app);
enum http_done service_page(struct http_request *rq, struct http_reply *rp,
			    void *app);
enum http_done service_to_page(struct http_request *rq, struct http_reply *rp,
			       void *app);
enum http_done service_ballot_page(struct http_request *rq,
				   struct http_reply *rp, void *app);
enum http_done service_ballot_form(struct http_request *rq,
				   struct http_reply *rp, void *app);
enum http_done service_ballot_put(struct http_request *rq,
				  struct http_reply *rp, void *app);
enum http_done service_ballot_receipts(struct http_request *rq,
				       struct http_reply *rp, void *app);
enum http_done service_import(struct http_request *rq, struct http_reply *rp,
			      void *app);
enum http_done service_file_put(struct http_request *rq, struct http_reply *rp,
				void *app);
enum http_done service_files(struct http_request *rq, struct http_reply *rp,
			     void *app);
enum http_done service_template(struct http_request *rq, struct http_reply *rp,
				void *app);
enum http_done service_health(struct http_request *rq, struct http_reply *rp,
			      void *app);
enum http_done service_ready(struct http_request *rq, struct http_reply *rp,
			     void *app);
enum http_done service_metrics(struct http_request *rq, struct http_reply *rp,
			       void *app);
void metrics_latency(struct metrics *m, int64_t us);
void metrics_batch(struct metrics *m, size_t n);

#endif
