/* What is refused in a round: which rule, what to do. */
#include <stdio.h>
#include <string.h>

#include "phieu/json.h"
#include "phieu/log.h"
#include "web_round.h"

static const struct {
	const char *code;
	int status;
	const char *message, *message_vi; /* NULL: what the err says */
	const char *rule, *rule_vi, *todo, *todo_vi;
} rows[] = {
	{ "role", 403, "not allowed", "Không có quyền",
	  "each act and list names the roles that may",
	  "mỗi việc, mỗi danh sách nêu rõ vai trò được làm, được xem",
	  "ask somebody who has the role, or the administrator for it",
	  "nhờ người có vai trò, hoặc đề nghị quản trị viên cấp quyền" },
	{ "person", 403, "acts are done by people who signed in",
	  "Việc này chỉ người đã đăng nhập được làm",
	  "a program's key reads and does no acts",
	  "khóa của chương trình chỉ đọc, không làm thay người",
	  "sign in with an account", "hãy đăng nhập bằng tài khoản" },
	{ "unbound", 403, "the role was given for no unit or office",
	  "Vai trò chưa gắn với đơn vị hoặc cơ quan nào",
	  "a unit's or appraiser's role counts for its own unit or office",
	  "vai trò đơn vị, thẩm định chỉ có hiệu lực với đơn vị, cơ quan mình",
	  "ask the administrator to give the role for a unit of the round",
	  "đề nghị quản trị viên gắn vai trò với đơn vị trong kỳ" },
	{ "not-own", 403, "of another unit or office",
	  "Thuộc đơn vị hoặc cơ quan khác",
	  "a unit's or appraiser's role counts for its own unit or office",
	  "vai trò đơn vị, thẩm định chỉ có hiệu lực với đơn vị, cơ quan mình",
	  "leave the unit or office out, or name your own",
	  "bỏ tên đơn vị, cơ quan, hoặc ghi của mình" },
	{ "which", 400, "you have several units or offices: say which",
	  "Bạn có nhiều đơn vị hoặc cơ quan, hãy nêu rõ",
	  "what is asked is of one unit or office",
	  "mỗi lần chỉ với một đơn vị hoặc cơ quan",
	  "name the unit or the office", "hãy nêu đơn vị hoặc cơ quan" },
	{ "unknown-act", 404, "there is no such act", "Không có việc này",
	  "acts have names", "việc có tên",
	  "GET /v1/rounds/{round} says which there are",
	  "GET /v1/rounds/{round} có danh sách" },
	{ "unknown-list", 404, "there is no such list",
	  "Không có danh sách này", "lists have names", "danh sách có tên",
	  "GET /v1/rounds/{round} says which there are",
	  "GET /v1/rounds/{round} có danh sách" },
	{ "unknown-parameter", 400, "there is no such parameter",
	  "Không có tham số này", "only parameters of the row are taken",
	  "chỉ nhận các tham số của việc hoặc danh sách",
	  "leave it out, or mend its name", "bỏ đi, hoặc sửa tên" },
	{ "missing-parameter", 400, "a parameter is missing",
	  "Còn thiếu tham số", "what is needed must be given",
	  "tham số bắt buộc phải có", "give it", "hãy ghi thêm" },
	{ "missing-version", 400, "the version that was seen is missing",
	  "Còn thiếu phiên bản đã xem",
	  "a change names the version it was made from",
	  "mỗi lần sửa phải nêu phiên bản đã xem",
	  "read the item and send its version",
	  "đọc lại mục rồi gửi phiên bản của nó" },
	{ "bad-value", 400, NULL, NULL, "values have the form of their kind",
	  "giá trị phải đúng dạng", "mend the value and send again",
	  "sửa giá trị rồi gửi lại" },
	{ "not-there", 404, NULL, NULL,
	  "what is named is in the round and in force",
	  "đơn vị, tiêu chí, số phải có trong kỳ và còn hiệu lực",
	  "look at the codes in the round's document",
	  "xem lại mã trong tài liệu của kỳ" },
	{ "version", 409, NULL, NULL,
	  "nothing is overwritten that was not seen",
	  "không ghi đè điều chưa xem",
	  "read the item again, then send with its version",
	  "đọc lại mục, rồi gửi với phiên bản mới" },
	{ "step-closed", 409, NULL, NULL,
	  "acts of a step are taken while it is open",
	  "việc của bước nào làm khi bước đó mở",
	  "ask the secretariat to open the step, with a reason",
	  "đề nghị Tổ Thư ký mở bước, có lý do" },
	{ "state", 409, NULL, NULL, "the state allows only what comes next",
	  "trạng thái chỉ cho phép việc tiếp theo",
	  "look at what stands, and whether it is still wanted",
	  "xem lại hiện trạng, có còn cần làm không" },
	{ "name-taken", 409, NULL, NULL, "one name, one content",
	  "một tên chỉ một nội dung", "give it another name", "đặt tên khác" },
	{ "refused", 403, NULL, NULL,
	  "who appraises what stands in the round's document",
	  "ai thẩm định gì đã ghi trong tài liệu của kỳ",
	  "look at the assignments of the round",
	  "xem phân công trong tài liệu của kỳ" },
	{ "faults", 422, "there are faults, nothing was stored",
	  "Có lỗi, chưa ghi gì", "all or nothing", "tất cả hoặc không gì",
	  "mend the faults and send again", "sửa các lỗi rồi gửi lại" },
	{ "infected", 422, NULL, NULL, "evidence is scanned before it is kept",
	  "tài liệu được quét trước khi lưu", "send a clean file",
	  "gửi tệp sạch" },
	{ "not-published", 404, "nothing is published yet",
	  "Chưa công bố kết quả", "units see what is published",
	  "đơn vị xem kết quả đã công bố", "wait for the publication",
	  "chờ công bố" },
	{ "differs", 409, NULL, NULL, "a result is recomputed exactly",
	  "kết quả phải tính lại đúng từng chữ số",
	  "tell the administrator, with the request's number",
	  "báo quản trị viên kèm mã yêu cầu" },
};

static const char *code_of(const struct err *e)
{
	bool from_db = e->sqlstate[0] != '\0';

	switch (e->kind) {
	case ERR_CONFLICT:
		if (strcmp(e->sqlstate, "23505") == 0)
			return "name-taken";
		if (!from_db)
			return "version";
		return strstr(e->msg, "the step is not open") ? "step-closed"
							      : "state";
	case ERR_DENIED: return from_db ? "refused" : "role";
	case ERR_INPUT: return from_db ? "bad-value" : "not-there";
	default: return NULL;
	}
}

/* "vi (en) more" in its two languages; words without brackets are English. */
static void part(const char *msg, struct arena *a, struct round_words *out)
{
	const char *open = strstr(msg, " ("), *close = strrchr(msg, ')');

	if (!open || !close || close < open) {
		out->message = arena_strdup(a, msg);
		out->message_vi = "Không nhận được, xem giải thích";
		return;
	}
	out->message_vi =
		arena_printf(a, "%.*s%s", (int)(open - msg), msg, close + 1);
	out->message = arena_printf(a, "%.*s%s", (int)(close - open - 2),
				    open + 2, close + 1);
}

void web_round_words(const struct web_room *m, const struct err *e,
		     struct round_words *out)
{
	const char *code = m->no.code ? m->no.code : code_of(e);

	*out = (struct round_words){ .status = err_http_status(e->kind),
				     .place = m->no.place ? m->no.place : "",
				     .rule = "",
				     .rule_vi = "",
				     .todo = "",
				     .todo_vi = "" };
	for (size_t i = 0; code && i < sizeof rows / sizeof rows[0]; i++) {
		if (strcmp(rows[i].code, code) != 0)
			continue;
		out->status = rows[i].status;
		out->code = rows[i].code;
		out->message = rows[i].message;
		out->message_vi = rows[i].message_vi;
		out->rule = rows[i].rule;
		out->rule_vi = rows[i].rule_vi;
		out->todo = rows[i].todo;
		out->todo_vi = rows[i].todo_vi;
	}
	if (out->code && !out->message)
		part(e->msg, m->rq->arena, out);
}

void web_round_say(struct web_room *m, const struct err *e)
{
	struct http_reply *rp = m->rp;
	struct round_words x;
	struct jw j;

	web_round_words(m, e, &x);
	if (!x.code || !x.message || !x.message_vi) {
		http_error_of(m->rq, rp, e);
		return;
	}
	rp->status = x.status;
	rp->content_type = "application/json; charset=utf-8";
	rp->body.len = 0;
	rp->body.broken = false;
	jw_init(&j, &rp->body);
	jw_object(&j);
	jw_key(&j, "error");
	jw_object(&j);
	jw_kv(&j, "code", x.code);
	jw_kv(&j, "message", x.message);
	jw_kv(&j, "message_vi", x.message_vi);
	jw_kv(&j, "place", x.place);
	jw_kv(&j, "rule", x.rule);
	jw_kv(&j, "rule_vi", x.rule_vi);
	jw_kv(&j, "todo", x.todo);
	jw_kv(&j, "todo_vi", x.todo_vi);
	jw_kv(&j, "request", m->rq->id);
	jw_object_end(&j);
	if (m->no.faults) {
		jw_key(&j, "faults");
		/* its own writer: an array as it is */
		jw_raw(&j, "");
		faults_json(m->no.faults, &rp->body);
	}
	jw_object_end(&j);
	buf_adds(&rp->body, "\n");
}
