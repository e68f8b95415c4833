#include "web_impl.h"

#define WATCHES	      WEB_WATCHES
#define READS_RESULTS WEB_READS

/* Whoever answers queries about sheets; an analyst sees no sheet. */
#define OPENS_FILES ROLE_BIT(ROLE_POST_SUPERVISOR)

enum { SMALL_BODY = 4096, FORM_BODY = 16384 };

const struct http_route web_routes[] = {
	{ HTTP_GET, "/", PERM_PUBLIC, 0, web_home_page },
	{ HTTP_GET, "/style.css", PERM_PUBLIC, 0, web_style },
	/* public: the forms themselves ask who it is, and answer with pages */
	{ HTTP_GET, "/sign-in", PERM_PUBLIC, 0, web_sign_in_page },
	{ HTTP_POST, "/sign-in", PERM_PUBLIC, FORM_BODY, web_sign_in_form },
	{ HTTP_POST, "/sign-out", PERM_PUBLIC, FORM_BODY, web_sign_out_form },
	{ HTTP_GET, "/password", PERM_PUBLIC, 0, web_password_page },
	{ HTTP_POST, "/password", PERM_PUBLIC, FORM_BODY, web_password_form },
	{ HTTP_GET, "/healthz", PERM_PUBLIC, 0, web_healthz },
	{ HTTP_GET, "/readyz", PERM_PUBLIC, 0, web_readyz },
	{ HTTP_GET, "/metrics", PERM_PUBLIC, 0, web_metrics },
	{ HTTP_POST, "/v1/session", PERM_PUBLIC, SMALL_BODY, web_sign_in },
	{ HTTP_DELETE, "/v1/session", MAY(MAY_PEOPLE), SMALL_BODY,
	  web_sign_out },
	{ HTTP_GET, "/v1/me", MAY(MAY_ANYONE), 0, web_me },
	{ HTTP_POST, "/v1/password", MAY(MAY_PEOPLE), SMALL_BODY,
	  web_password },
	{ HTTP_GET, "/v1/waves", MAY(MAY_ANYONE), 0, web_waves },
	{ HTTP_GET, "/v1/waves/{wave}", MAY(MAY_ANYONE), 0, web_wave_get },
	{ HTTP_GET, "/v1/waves/{wave}/plan", MAY(MAY_ANYONE), 0, web_plan },
	{ HTTP_GET, "/v1/waves/{wave}/progress", MAY(WATCHES), 0,
	  web_progress },
	{ HTTP_GET, "/v1/waves/{wave}/results", MAY(READS_RESULTS), 0,
	  web_results },
	{ HTTP_GET, "/v1/waves/{wave}/components", MAY(READS_RESULTS), 0,
	  web_components },
	{ HTTP_GET, "/v1/waves/{wave}/releases", MAY(READS_RESULTS), 0,
	  web_releases },
	{ HTTP_GET, "/v1/waves/{wave}/sheets/{sheet}/files", MAY(OPENS_FILES),
	  0, web_files },
	{ HTTP_POST, "/v1/waves/{wave}/sheets/{sheet}/files/{name}",
	  MAY(OPENS_FILES), SMALL_BODY, web_file_open },
	{ HTTP_GET, "/v1/rounds/{round}/releases", MAY(READS_RESULTS), 0,
	  web_round_releases },
	{ HTTP_GET, "/v1/rounds/{round}/releases/{release}",
	  MAY(READS_RESULTS), 0, web_round_release },
	{ HTTP_GET, "/progress/{wave}", MAY(WATCHES), 0, web_progress_page },
	{ HTTP_GET, "/results/{wave}", MAY(READS_RESULTS), 0,
	  web_results_page },
};
const size_t web_routes_n = sizeof web_routes / sizeof web_routes[0];

void web_permission_name(int permission, struct buf *out)
{
	unsigned bits = (unsigned)permission >> 1, r;
	const char *sep = "";

	if (bits == MAY_ANYONE) {
		buf_adds(out, "signed-in");
		return;
	}
	if (bits == MAY_PEOPLE) {
		buf_adds(out, "people");
		return;
	}
	for (r = 0; r < ROLE_COUNT; r++)
		if (bits & ROLE_BIT(r)) {
			buf_addf(out, "%s%s", sep, role_name((enum role)r));
			sep = ",";
		}
}
