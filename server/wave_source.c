/* The latest freeze of a wave or of two, seen as the analysis role. */
#include "phieu/connect.h"
#include "phieu/estimate_load.h"

bool wave_source_open(const struct conf *c, const char *wave,
		      const char *against, struct wave_source *s, struct err *e)
{
	const char *const code[2] = { wave, against };

	size_t n = against ? 2 : 1;

	*s = (struct wave_source){ .n = n };
	s->db = connect_ready(c, WHO_ANALYSIS, e);
	if (!s->db)
		return false;
	for (size_t i = 0; i < n; i++) {
		s->wave[i] = store_wave_get(s->db, code[i], e);
		if (!s->wave[i] ||
		    !store_freeze_latest(s->db, s->wave[i], &s->freeze[i], e))
			return false;
		if (s->freeze[i].plan_version != s->wave[i]->version)
			return err_set(e, ERR_CONFLICT,
				       "the plan of %.64s is not the one that "
				       "was frozen",
				       code[i]);
	}
	return true;
}

void wave_source_close(struct wave_source *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->wave[i])
			wave_free(s->wave[i]);
	db_close(s->db);
	connect_done();
	*s = (struct wave_source){ .n = 0 };
}
