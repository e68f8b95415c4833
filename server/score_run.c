#include "phieu/score_run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "phieu/limits.h"

enum { SPILL_BYTES = 512 << 10 };

struct packed { /* before the answers of a rating */
	uint32_t unit, stratum;
	uint16_t form, group;
};

struct spill {
	int fd;
	uint8_t *data;
	size_t n, at; /* bytes in data; read up to */
};

/* A file nobody else can open and no crash leaves behind. */
static bool spill_open(struct spill *s, struct err *e)
{
	const char *dir = getenv("TMPDIR");
	char path[4096];

	if (dir == NULL || *dir != '/')
		dir = "/tmp";
	*s = (struct spill){ .fd = -1, .data = malloc(SPILL_BYTES) };
	if (s->data == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	s->fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (s->fd < 0 && snprintf(path, sizeof path, "%s/phieu-XXXXXX", dir) <
				 (int)sizeof path) {
		s->fd = mkostemp(path, O_CLOEXEC);
		if (s->fd >= 0)
			(void)unlink(path);
	}
	if (s->fd < 0)
		return err_set(e, ERR_IO, "no temporary file in %s: %s", dir,
			       strerror(errno));
	return true;
}

static void spill_close(struct spill *s)
{
	if (s->fd >= 0)
		(void)close(s->fd);
	free(s->data);
}

static bool spill_flush(struct spill *s, struct err *e)
{
	size_t at = 0;

	while (at < s->n) {
		ssize_t w = write(s->fd, s->data + at, s->n - at);

		if (w < 0 && errno != EINTR)
			return err_set(e, ERR_IO,
				       "cannot write a temporary file: %s",
				       strerror(errno));
		at += w > 0 ? (size_t)w : 0;
	}
	s->n = 0;
	return true;
}

static bool spill_put(struct spill *s, const void *p, size_t n, struct err *e)
{
	if (s->n + n > SPILL_BYTES && !spill_flush(s, e))
		return false;
	memcpy(s->data + s->n, p, n);
	s->n += n;
	return true;
}

static bool spill_rewind(struct spill *s, struct err *e)
{
	if (!spill_flush(s, e))
		return false;
	if (lseek(s->fd, 0, SEEK_SET) != 0)
		return err_set(e, ERR_IO, "cannot reread a temporary file: %s",
			       strerror(errno));
	s->at = 0;
	return true;
}

/* n bytes in one piece, borrowed until the next call; NULL at the end. */
static const uint8_t *spill_get(struct spill *s, size_t n, struct err *e)
{
	const uint8_t *p;

	if (s->n - s->at < n) {
		memmove(s->data, s->data + s->at, s->n - s->at);
		s->n -= s->at;
		s->at = 0;
		while (s->n < n) {
			ssize_t r =
				read(s->fd, s->data + s->n, SPILL_BYTES - s->n);

			if (r < 0 && errno == EINTR)
				continue;
			if (r <= 0) {
				err_set(e, ERR_IO,
					"cannot reread a temporary "
					"file: %s",
					strerror(errno));
				return NULL;
			}
			s->n += (size_t)r;
		}
	}
	p = s->data + s->at;
	s->at += n;
	return p;
}

/* ---- the passes ------------------------------------------------------ */

static bool pack(const struct score_plan *sp, const struct source_rating *r,
		 struct packed *out, uint8_t *answers, struct err *e)
{
	size_t slots = sp->spec.form_slots[r->form];
	size_t stratum = score_plan_stratum(sp, r->group, r->home);

	if (stratum == NONE) {
		err_set(e, ERR_INPUT, "a rating of group %s has a wrong home",
			sp->plan->groups[r->group].code);
		return false;
	}
	if (r->n_answers > slots) {
		err_set(e, ERR_INPUT,
			"a rating on form %s has %zu answers, not %zu",
			sp->plan->forms[r->form].code, r->n_answers, slots);
		return false;
	}
	*out = (struct packed){ .unit = (uint32_t)r->unit,
				.stratum = (uint32_t)stratum,
				.form = (uint16_t)r->form,
				.group = (uint16_t)r->group };
	memcpy(answers, r->answers, r->n_answers);
	memset(answers + r->n_answers, 0, slots - r->n_answers);
	return true;
}

static struct score_rating unpack(const struct packed *p,
				  const uint8_t *answers)
{
	return (struct score_rating){ .unit = p->unit,
				      .form = p->form,
				      .group = p->group,
				      .stratum = p->stratum,
				      .answers = answers };
}

static bool count_all(const struct score_plan *sp,
		      const struct rating_source *src, struct score *s,
		      struct spill *spill, struct err *e)
{
	uint8_t answers[LIMIT_QUESTIONS];
	struct source_rating in;
	int got;

	while ((got = src->next(src->ctx, &in, e)) > 0) {
		struct packed p;
		struct score_rating r;

		if (!pack(sp, &in, &p, answers, e))
			return false;
		r = unpack(&p, answers);
		if (!score_count(s, &r, e) ||
		    !spill_put(spill, &p, sizeof p, e) ||
		    !spill_put(spill, answers, sp->spec.form_slots[in.form], e))
			return false;
	}
	return got == 0;
}

static bool spread_all(const struct score_plan *sp, struct score *s,
		       struct spill *spill, struct err *e)
{
	int64_t left = score_ratings(s);

	if (!spill_rewind(spill, e))
		return false;
	while (left-- > 0) {
		struct packed p;
		struct score_rating r;
		const uint8_t *at = spill_get(spill, sizeof p, e);

		if (at == NULL)
			return false;
		memcpy(&p, at, sizeof p);
		at = spill_get(spill, sp->spec.form_slots[p.form], e);
		if (at == NULL)
			return false;
		r = unpack(&p, at);
		score_spread(s, &r);
	}
	return true;
}

struct score *score_run(const struct score_plan *sp,
			const struct rating_source *src, struct err *e)
{
	struct score *s = score_new(&sp->spec, e);
	struct spill spill = { .fd = -1 };
	bool ok = s != NULL && spill_open(&spill, e) &&
		  count_all(sp, src, s, &spill, e) && score_fix(s, e) &&
		  spread_all(sp, s, &spill, e) && score_finish(s, e);

	spill_close(&spill);
	if (!ok) {
		score_free(s);
		s = NULL;
	}
	return s;
}
