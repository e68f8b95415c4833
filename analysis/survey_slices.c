#include <pthread.h>

#include "survey_parts.h"

#define MAX_THREADS 16
#define SLICE_LEAST ((size_t)16 * SURVEY_BLOCK)

struct survey_slices survey_slices_of(size_t rows)
{
	struct survey_slices s = { .rows = rows };
	size_t step = (rows + SURVEY_SLICES - 1) / SURVEY_SLICES;

	if (step < SLICE_LEAST)
		step = SLICE_LEAST;
	s.step = (step + SURVEY_BLOCK - 1) / SURVEY_BLOCK * SURVEY_BLOCK;
	s.n = (rows + s.step - 1) / s.step;
	return s;
}

void survey_slices_limit(struct survey_slices *s, size_t most)
{
	size_t joined = (s->n + most - 1) / most;

	s->step *= joined;
	s->n = (s->n + joined - 1) / joined;
}

struct worker {
	const struct survey_slices *s;
	void (*act)(void *ctx, size_t slice);
	void *ctx;
	size_t first, every;
};

static void *work(void *arg)
{
	const struct worker *w = arg;

	for (size_t k = w->first; k < w->s->n; k += w->every)
		w->act(w->ctx, k);
	return NULL;
}

void survey_slices_run(const struct survey_slices *s, unsigned threads,
		       void (*act)(void *ctx, size_t slice), void *ctx)
{
	struct worker w[MAX_THREADS];
	pthread_t id[MAX_THREADS];
	bool runs[MAX_THREADS] = { false };
	size_t n = threads < 1 ? 1 : threads;

	if (n > MAX_THREADS)
		n = MAX_THREADS;
	if (n > s->n)
		n = s->n;
	for (size_t t = 0; t < n; t++) {
		w[t] = (struct worker){ s, act, ctx, t, n };
		/* the last share is this thread's own; a thread that cannot be
		 * had leaves its share to it too */
		if (t + 1 < n)
			runs[t] =
				pthread_create(&id[t], NULL, work, &w[t]) == 0;
	}
	for (size_t t = 0; t < n; t++)
		if (!runs[t])
			(void)work(&w[t]);
	for (size_t t = 0; t < n; t++)
		if (runs[t])
			(void)pthread_join(id[t], NULL);
}
