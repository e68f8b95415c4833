/* A filled instance as the JSON of the same sheet, then submission_read: one
 * set of rules for both ways in. */
#include <string.h>

#include "phieu/json.h"
#include "phieu/sheet.h"
#include "submission_parts.h"
#include "xform_parts.h"

struct instance {
	const struct plan *p;
	const struct form *form; /* NULL: unknown */
	struct arena *a;
	struct faults *f;
	struct xform_meta *m;
	const struct xml_node *root;
	struct jw w;
};

/* "/data/head/sheet" */
static const char *place(const struct instance *in, const struct xml_node *n)
{
	const char *path = "";

	for (; n; n = n->parent) {
		path = arena_printf(in->f->arena, "/%s%s", n->name, path);
		if (!path)
			return "";
	}
	return path;
}

static void say(const struct instance *in, const struct xml_node *n,
		const char *en, const char *vi)
{
	if (in->f->n < LIMIT_FAULTS)
		fault_say(in->f, "V00", place(in, n), en, vi);
	else
		fault_say(in->f, "V00", "", en, vi);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* What stands in an element without the white space around, in the arena;
 * NULL when nothing does. */
static const char *value(const struct instance *in, const struct xml_node *n)
{
	const char *s;
	size_t len;

	if (!n)
		return NULL;
	s = n->text;
	len = n->text_n;
	while (len > 0 && is_space(*s)) {
		s++;
		len--;
	}
	while (len > 0 && is_space(s[len - 1]))
		len--;
	return len ? arena_strndup(in->a, s, len) : NULL;
}

static bool says_nothing(const struct instance *in, const struct xml_node *n)
{
	return !n->first && !value(in, n);
}

static void unknown(const struct instance *in, const struct xml_node *n)
{
	if (!says_nothing(in, n))
		say(in, n, "unknown element", "phần tử không có trong mẫu");
}

/* `again` looks back over all that came before: bounded here. */
#define CHILDREN_MAX ((size_t)(LIMIT_RATINGS + LIMIT_QUESTIONS))

static bool few_children(const struct xml_node *n, struct err *e)
{
	const struct xml_node *c;
	size_t k = 0;

	for (c = n->first; c; c = c->next)
		if (++k > CHILDREN_MAX)
			return err_set(e, ERR_INPUT,
				       "more than %zu elements in one",
				       CHILDREN_MAX);
	for (c = n->first; c; c = c->next)
		if (!few_children(c, e))
			return false;
	return true;
}

/* Is there one of the same name before it?  Then it is a fault. */
static bool again(const struct instance *in, const struct xml_node *n)
{
	const struct xml_node *s;

	for (s = n->parent->first; s != n; s = s->next)
		if (strcmp(s->name, n->name) == 0) {
			say(in, n, "the element is given twice",
			    "phần tử này được ghi hai lần");
			return true;
		}
	return false;
}

static bool among(const char *name, const char *const list[])
{
	for (; *list; list++)
		if (strcmp(name, *list) == 0)
			return true;
	return false;
}

/* Says what else is there.  `known` are the names
 * that somebody reads, `passed` those that nobody needs to. */
static void check_children(const struct instance *in, const struct xml_node *n,
			   const char *const known[])
{
	const struct xml_node *c;

	if (n && value(in, n))
		say(in, n, "text between elements",
		    "có chữ nằm ngoài các phần tử");
	for (c = n ? n->first : NULL; c; c = c->next) {
		if (again(in, c))
			continue;
		if (!among(c->name, known))
			unknown(in, c);
		else if (c->first)
			say(in, c, "elements where a value belongs",
			    "có phần tử con ở chỗ chỉ ghi giá trị");
	}
}

static const char *const head_names[] = { "trial",     "sheet", "group",
					  "home",      "paper", "keying",
					  "collected", NULL };
static const char *const end_names[] = { "comment", "photo-1", "photo-2",
					 NULL };
/* what clients add of themselves, and what we read elsewhere */
static const char *const root_values[] = {
	"start",	"end",	     "deviceid",    "today",
	"username",	"email",     "phonenumber", "simserial",
	"subscriberid", "simulated", NULL
};
static const char *const root_groups[] = { "head", "profile", "end-page",
					   "meta", NULL };

static bool is_ratings(const char *name)
{
	return strcmp(name, "ratings") == 0 ||
	       strncmp(name, "ratings-", 8) == 0;
}

static void check_root(const struct instance *in)
{
	const struct xml_node *c;

	for (c = in->root->first; c; c = c->next) {
		if (again(in, c))
			continue;
		if (among(c->name, root_values)) {
			if (c->first)
				say(in, c, "elements where a value belongs",
				    "có phần tử con ở chỗ chỉ ghi giá trị");
		} else if (!among(c->name, root_groups) &&
			   !is_ratings(c->name)) {
			unknown(in, c);
		}
	}
	check_children(in, xml_child(in->root, "head"), head_names);
	check_children(in, xml_child(in->root, "end-page"), end_names);
}

/* The one child of meta by this name; false (ERR_INPUT) when it is there
 * twice, in one meta or in two. */
static bool only(const struct instance *in, const char *name, const char **out,
		 struct err *e)
{
	const struct xml_node *m, *c;
	size_t n = 0;

	*out = NULL;
	for (m = in->root->first; m; m = m->next) {
		if (strcmp(m->name, "meta") != 0)
			continue;
		for (c = m->first; c; c = c->next)
			if (strcmp(c->name, name) == 0 && ++n == 1)
				*out = value(in, c);
	}
	return n <= 1 ||
	       err_set(e, ERR_INPUT, "%zu elements %s in one form", n, name);
}

static bool read_meta(struct instance *in, const char **id, struct err *e)
{
	struct xform_meta *m = in->m;
	const char *encrypted = xml_node_attr(in->root, "encrypted");

	m->form_id = xml_node_attr(in->root, "id");
	m->form_version = xml_node_attr(in->root, "version");
	m->root = in->root->name;
	if (!m->form_id)
		m->form_id = "";
	if (!m->form_version)
		m->form_version = "";
	m->device = value(in, xml_child(in->root, "deviceid"));
	if (encrypted && strcmp(encrypted, "yes") == 0) {
		m->encrypted = true;
		return err_set(e, ERR_INPUT, "an encrypted form");
	}
	if (!only(in, "instanceID", id, e) ||
	    !only(in, "deprecatedID", &m->deprecated, e) ||
	    !only(in, "instanceName", &m->instance_name, e))
		return false;
	if (arena_broken(in->a))
		return err_set(e, ERR_NOMEM, "out of memory");
	return *id || err_set(e, ERR_INPUT, "no instanceID");
}

static void read_files(struct instance *in)
{
	const struct xml_node *end = xml_child(in->root, "end-page"), *c;

	for (c = end ? end->first : NULL; c; c = c->next) {
		const char *name = NULL;

		if (strncmp(c->name, "photo-", 6) == 0)
			name = value(in, c);
		if (name && in->m->n_files < XFORM_FILES_MAX)
			in->m->files[in->m->n_files++] = name;
	}
}

/* WAVE~FORM~VERSION; an id of another shape is the code of no form. */
static void put_codes(struct instance *in)
{
	const char *id = in->m->form_id, *a, *b;
	size_t form = xform_find(in->p, id);

	if (form != NONE) {
		in->form = &in->p->forms[form];
		jw_kv(&in->w, "wave", in->p->wave);
		jw_kv(&in->w, "form", in->form->code);
		jw_kv(&in->w, "version", in->form->version);
		return;
	}
	a = strchr(id, '~');
	b = a ? strchr(a + 1, '~') : NULL;
	if (b && !strchr(b + 1, '~')) {
		jw_key(&in->w, "wave");
		jw_textn(&in->w, id, (size_t)(a - id));
		jw_key(&in->w, "form");
		jw_textn(&in->w, a + 1, (size_t)(b - a - 1));
		jw_kv(&in->w, "version", b + 1);
		return;
	}
	jw_kv(&in->w, "wave", in->p->wave);
	jw_kv(&in->w, "form", id);
	jw_kv(&in->w, "version",
	      *in->m->form_version ? in->m->form_version : "?");
}

/* Digits alone are the number of this form. */
static void put_sheet(struct instance *in, const struct xml_node *n)
{
	const char *s = value(in, n);
	char text[SHEET_TEXT_MAX];
	struct sheet_no own, no;
	struct err e = { 0 };
	const char *full;

	if (s && in->form && sheet_make(in->form->code, 1, &own, &e)) {
		full = arena_printf(in->a, "%s-%s", own.prefix, s);
		if (full && *s >= '0' && *s <= '9' &&
		    sheet_parse(full, strlen(full), &no, &e) &&
		    strcmp(no.prefix, own.prefix) == 0)
			s = sheet_text(&no, text);
	}
	jw_kv(&in->w, "sheet", s);
}

static void put_keying(struct instance *in, const struct xml_node *n)
{
	const char *s = value(in, n);

	if (!s)
		return;
	if (strcmp(s, "1") == 0 || strcmp(s, "2") == 0)
		jw_ki(&in->w, "keying", *s - '0');
	else
		jw_kv(&in->w, "keying", s);
}

/* A day; some clients put a time behind it. */
static void put_day(struct instance *in, const struct xml_node *n)
{
	const char *s = value(in, n);

	if (s && strlen(s) > 10 && s[10] == 'T')
		s = arena_strndup(in->a, s, 10);
	jw_kv(&in->w, "collected", s);
}

static void put_head(struct instance *in)
{
	const struct xml_node *head = xml_child(in->root, "head");

	if (head) {
		put_sheet(in, xml_child(head, "sheet"));
		put_keying(in, xml_child(head, "keying"));
		jw_kv(&in->w, "group", value(in, xml_child(head, "group")));
		jw_kv(&in->w, "home", value(in, xml_child(head, "home")));
		put_day(in, xml_child(head, "collected"));
	}
	jw_kv(&in->w, "start", value(in, xml_child(in->root, "start")));
	jw_kv(&in->w, "end", value(in, xml_child(in->root, "end")));
	if (value(in, xml_child(in->root, "simulated")))
		jw_kb(&in->w, "simulated",
		      strcmp(value(in, xml_child(in->root, "simulated")),
			     "true") == 0);
	/* a client's own name for itself is no reason to refuse a sheet */
	if (in->m->device && strlen(in->m->device) <= LIMIT_CODE_BYTES)
		jw_kv(&in->w, "device", in->m->device);
}

static const char *code_of(const char *name)
{
	return *name == '_' ? name + 1 : name;
}

static void put_profile(struct instance *in)
{
	const struct xml_node *profile = xml_child(in->root, "profile"), *c;

	jw_key(&in->w, "profile");
	jw_object(&in->w);
	for (c = profile ? profile->first : NULL; c; c = c->next) {
		const char *s = value(in, c);

		if (!s || again(in, c))
			continue;
		jw_kv(&in->w, code_of(c->name), s);
	}
	jw_object_end(&in->w);
}

static void put_mark(struct jw *w, const char *mark)
{
	jw_object(w);
	jw_kv(w, "mark", mark);
	jw_object_end(w);
}

static bool put_if_mark(struct jw *w, const char *s)
{
	if (strcmp(s, XNAME_UNREADABLE) == 0)
		put_mark(w, "unreadable");
	else if (strcmp(s, XNAME_DONT_KNOW) == 0)
		put_mark(w, "dont-know");
	else
		return false;
	return true;
}

/* Options are separated by white space. */
static void put_options(struct jw *w, const char *s)
{
	jw_array(w);
	while (*s) {
		size_t n = strcspn(s, " \t\r\n");

		if (n > 0)
			jw_textn(w, s, n);
		s += n;
		s += strspn(s, " \t\r\n");
	}
	jw_array_end(w);
}

static void put_answer(struct instance *in, const struct xml_node *n)
{
	const char *s = value(in, n), *code = code_of(n->name);
	size_t q = in->form ? form_question(in->form, code) : NONE;
	enum question_type type;

	if (n->first) {
		say(in, n, "elements where a value belongs",
		    "có phần tử con ở chỗ chỉ ghi giá trị");
		return;
	}
	if (!s)
		return;
	jw_key(&in->w, code);
	type = q == NONE ? QUESTION_TEXT : in->form->questions[q].type;
	if (put_if_mark(&in->w, s))
		return;
	if (type == QUESTION_MULTIPLE ||
	    (type <= QUESTION_SINGLE && strpbrk(s, " \t\r\n")))
		put_options(&in->w, s);
	else if (type == QUESTION_TEXT)
		jw_textn(&in->w, n->text, n->text_n);
	else
		jw_text(&in->w, s);
}

static void put_rating(struct instance *in, const struct xml_node *n)
{
	const struct xml_node *c;

	jw_object(&in->w);
	c = xml_child(n, "unit");
	jw_kv(&in->w, "unit", value(in, c));
	jw_key(&in->w, "answers");
	jw_object(&in->w);
	for (c = n->first; c; c = c->next)
		if (strcmp(c->name, "unit") != 0 && !again(in, c))
			put_answer(in, c);
		else if (c->first)
			say(in, c, "elements where a value belongs",
			    "có phần tử con ở chỗ chỉ ghi giá trị");
	jw_object_end(&in->w);
	jw_object_end(&in->w);
}

static size_t count_ratings(const struct instance *in)
{
	const struct xml_node *s, *c;
	size_t n = 0;

	for (s = in->root->first; s; s = s->next)
		for (c = is_ratings(s->name) ? s->first : NULL; c; c = c->next)
			n++;
	return n;
}

static bool put_ratings(struct instance *in)
{
	const struct xml_node *s, *c;
	size_t k = 0, n = count_ratings(in);
	const char **names = arena_array(in->a, n + 1, sizeof *names);

	if (!names)
		return false;
	jw_key(&in->w, "ratings");
	jw_array(&in->w);
	for (s = in->root->first; s; s = s->next) {
		if (!is_ratings(s->name))
			continue;
		for (c = s->first; c; c = c->next) {
			names[k] =
				arena_printf(in->a, "%s/%s", s->name, c->name);
			if (!names[k])
				return false;
			put_rating(in, c);
			k++;
		}
	}
	jw_array_end(&in->w);
	in->m->rating_names = names;
	in->m->n_ratings = k;
	return true;
}

static bool to_json(struct instance *in, const char *id)
{
	const struct xml_node *end = xml_child(in->root, "end-page"), *c;

	jw_object(&in->w);
	jw_kv(&in->w, "instanceID", id);
	if (in->m->deprecated)
		jw_kv(&in->w, "replaces", in->m->deprecated);
	put_codes(in);
	put_head(in);
	put_profile(in);
	if (!put_ratings(in))
		return false;
	c = end ? xml_child(end, "comment") : NULL;
	if (c && value(in, c)) {
		jw_key(&in->w, "comment");
		jw_textn(&in->w, c->text, c->text_n);
	}
	jw_object_end(&in->w);
	return true;
}

bool xform_read(const char *xml, size_t n, const struct plan *p,
		struct arena *a, struct submission *out,
		struct xform_meta *meta, struct faults *faults, struct err *e)
{
	struct buf json = BUF_INIT(LIMIT_XML_BYTES * 4);
	struct instance in = { .p = p, .a = a, .f = faults, .m = meta };
	const char *id = NULL;
	size_t from;
	bool ok = false;

	*out = (struct submission){ .form = NONE, .group = NONE, .home = NONE };
	*meta = (struct xform_meta){ .form_id = "",
				     .form_version = "",
				     .root = "data" };
	in.root = xml_parse(xml, n, &xml_submission_limits, a, e);
	if (!in.root || !read_meta(&in, &id, e) || !few_children(in.root, e))
		return false;
	read_files(&in);
	check_root(&in);
	jw_init(&in.w, &json);
	if (!to_json(&in, id) || !buf_cstr(&json) || arena_broken(a)) {
		err_set(e, ERR_NOMEM, "out of memory for a form");
		goto out;
	}
	from = faults->n;
	ok = submission_read(json.data, json.len, p, a, out, faults, e);
	if (ok)
		xform_places(meta, faults, from);
out:
	buf_free(&json);
	return ok;
}
