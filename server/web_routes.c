#include "page_desk.h"
#include "page_round.h"
#include "web_impl.h"
#include "web_round.h"

#define WATCHES	      WEB_WATCHES
#define READS_RESULTS WEB_READS

/* Whoever answers queries about sheets; an analyst sees no sheet. */
#define OPENS_FILES ROLE_BIT(ROLE_POST_SUPERVISOR)

/* Frozen answers: whoever computes. */
#define TAKES_ANSWERS ROLE_BIT(ROLE_ANALYST)

/* Whoever follows a wave sees its balance; lists of numbers narrow further, as
 * each row of desk.h says, and so do acts. */
#define SEES_LEDGER WEB_WATCHES
#define SEES_SHEETS                                                \
	(ROLE_BIT(ROLE_POST_SUPERVISOR) | ROLE_BIT(ROLE_ANALYST) | \
	 ROLE_BIT(ROLE_SUPERVISOR) | ROLE_BIT(ROLE_AUDITOR))
#define KEEPS_BALLOTS ROLE_BIT(ROLE_ANALYST)
#define SEES_BALLOTS                                          \
	(ROLE_BIT(ROLE_ANALYST) | ROLE_BIT(ROLE_SUPERVISOR) | \
	 ROLE_BIT(ROLE_AUDITOR))
#define ACTS_ON_SHEETS (ROLE_BIT(ROLE_POST_SUPERVISOR) | ROLE_BIT(ROLE_ANALYST))
#define SEES_QUALITY                                               \
	(ROLE_BIT(ROLE_POST_SUPERVISOR) | ROLE_BIT(ROLE_ANALYST) | \
	 ROLE_BIT(ROLE_SUPERVISOR))
#define ACTS_ON_QUALITY ACTS_ON_SHEETS

/* Phúc tra: the supervising body, and who may know how it went. */
#define SEES_RECHECK                                          \
	(ROLE_BIT(ROLE_SUPERVISOR) | ROLE_BIT(ROLE_ANALYST) | \
	 ROLE_BIT(ROLE_POST_SUPERVISOR) | ROLE_BIT(ROLE_AUDITOR))
#define ACTS_ON_RECHECK (ROLE_BIT(ROLE_SUPERVISOR) | ROLE_BIT(ROLE_ANALYST))
/* Persons by code, never by name. */
#define SEES_ROSTER (ROLE_BIT(ROLE_SUPERVISOR) | ROLE_BIT(ROLE_POST_SUPERVISOR))

enum {
	SMALL_BODY = 4096,
	FORM_BODY = 16384,
	LEDGER_BODY = 262144,
	ACT_BODY = 512 << 10,
	ITEM_BODY = 65536
};

/* Forms with long texts in them, escaped; with a file. */
#define TEXT_BODY (4 * LIMIT_EXPLANATION_BYTES)
/* a little more, so that who chose too large a file is told by a page */
#define FILE_BODY (LIMIT_FORM_FILE_BYTES + ((size_t)4 << 20))
#define BOOK_BODY (LIMIT_XLSX_BYTES + ((size_t)64 << 10))
/* Pages of a round: each asks round_may who it is. */
#define ROUNDS MAY(WEB_READS &MAY_PEOPLE)

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
	{ HTTP_GET, "/v1/waves/{wave}/units/{unit}/criteria/{criterion}",
	  MAY(READS_RESULTS), 0, web_wave_explain },
	{ HTTP_GET,
	  "/v1/rounds/{round}/results/{result}/units/{unit}/criteria/"
	  "{criterion}",
	  MAY(READS_RESULTS), 0, web_round_explain },
	{ HTTP_GET, "/v1/waves/{wave}/releases", MAY(READS_RESULTS), 0,
	  web_releases },
	{ HTTP_GET, "/v1/waves/{wave}/sheets/{sheet}/files", MAY(OPENS_FILES),
	  0, web_files },
	{ HTTP_POST, "/v1/waves/{wave}/sheets/{sheet}/files/{name}",
	  MAY(OPENS_FILES), SMALL_BODY, web_file_open },
	{ HTTP_GET, "/v1/rounds/{round}/releases", MAY(READS_RESULTS), 0,
	  web_round_releases },
	{ HTTP_GET, "/v1/rounds/{round}/releases/{release}", MAY(READS_RESULTS),
	  0, web_round_release },
	{ HTTP_GET, "/v1/waves/{wave}/odata", MAY(TAKES_ANSWERS), 0,
	  web_odata },
	/* as the service's own address ends */
	{ HTTP_GET, "/v1/waves/{wave}/odata/", MAY(TAKES_ANSWERS), 0,
	  web_odata },
	{ HTTP_GET, "/v1/waves/{wave}/odata/{set}", MAY(TAKES_ANSWERS), 0,
	  web_odata },
	{ HTTP_GET, "/v1/waves/{wave}/ledger/{name}", MAY(SEES_LEDGER), 0,
	  web_desk_get },
	{ HTTP_POST, "/v1/waves/{wave}/ledger/{name}", MAY(ACTS_ON_SHEETS),
	  LEDGER_BODY, web_desk_act },
	{ HTTP_GET, "/ledger/{wave}", MAY(SEES_LEDGER), 0, web_ledger_page },
	{ HTTP_POST, "/ledger/{wave}/{act}", MAY(ACTS_ON_SHEETS), LEDGER_BODY,
	  page_desk_do },
	{ HTTP_GET, "/ledger/{wave}/print/{what}", MAY(SEES_SHEETS), 0,
	  web_ledger_print },
	{ HTTP_GET, "/v1/waves/{wave}/ballot/{name}", MAY(SEES_BALLOTS), 0,
	  web_desk_get },
	{ HTTP_POST, "/v1/waves/{wave}/ballot/{name}", MAY(KEEPS_BALLOTS),
	  SMALL_BODY, web_desk_act },
	{ HTTP_GET, "/ballot/{wave}", MAY(SEES_BALLOTS), 0, page_desk },
	{ HTTP_POST, "/ballot/{wave}/{act}", MAY(KEEPS_BALLOTS), SMALL_BODY,
	  page_desk_do },
	{ HTTP_GET, "/v1/waves/{wave}/second/{name}", MAY(SEES_LEDGER), 0,
	  web_desk_get },
	{ HTTP_POST, "/v1/waves/{wave}/second/{name}", MAY(ACTS_ON_SHEETS),
	  LEDGER_BODY, web_desk_act },
	{ HTTP_GET, "/second/{wave}", MAY(SEES_LEDGER), 0, page_second },
	{ HTTP_POST, "/second/{wave}/{act}", MAY(ACTS_ON_SHEETS), LEDGER_BODY,
	  page_desk_do },
	{ HTTP_GET, "/v1/waves/{wave}/review/{name}", MAY(SEES_SHEETS), 0,
	  web_desk_get },
	{ HTTP_POST, "/v1/waves/{wave}/review/{name}", MAY(ACTS_ON_SHEETS),
	  LEDGER_BODY, web_desk_act },
	{ HTTP_POST, "/v1/waves/{wave}/sheets/{sheet}/open",
	  MAY(ACTS_ON_SHEETS), SMALL_BODY, web_review_open },
	{ HTTP_POST, "/v1/waves/{wave}/sheets/{sheet}/diff",
	  MAY(ACTS_ON_SHEETS), SMALL_BODY, web_review_diff },
	{ HTTP_GET, "/review/{wave}", MAY(SEES_SHEETS), 0, page_review },
	{ HTTP_POST, "/review/{wave}/{act}", MAY(ACTS_ON_SHEETS), LEDGER_BODY,
	  page_review_do },
	{ HTTP_GET, "/handover/{wave}/{number}", MAY(SEES_LEDGER), 0,
	  web_ledger_paper },
	{ HTTP_GET, "/v1/waves/{wave}/quality/{name}", MAY(SEES_QUALITY), 0,
	  web_desk_get },
	{ HTTP_POST, "/v1/waves/{wave}/quality/{name}", MAY(ACTS_ON_QUALITY),
	  LEDGER_BODY, web_desk_act },
	{ HTTP_GET, "/quality/{wave}", MAY(SEES_QUALITY), 0, web_quality_page },
	{ HTTP_GET, "/quality-paper/{wave}/{paper}", MAY(SEES_QUALITY), 0,
	  web_quality_paper },
	{ HTTP_POST, "/quality/{wave}/{act}", MAY(ACTS_ON_QUALITY), LEDGER_BODY,
	  page_desk_do },
	{ HTTP_GET, "/v1/waves/{wave}/recheck/{name}", MAY(SEES_RECHECK), 0,
	  web_desk_get },
	{ HTTP_POST, "/v1/waves/{wave}/recheck/{name}", MAY(ACTS_ON_RECHECK),
	  LEDGER_BODY, web_desk_act },
	{ HTTP_GET, "/recheck/{wave}", MAY(SEES_RECHECK), 0, page_recheck },
	{ HTTP_POST, "/recheck/{wave}/{act}", MAY(ACTS_ON_RECHECK), LEDGER_BODY,
	  page_desk_do },
	{ HTTP_GET, "/recheck/{wave}/list/{draw}",
	  MAY(ROLE_BIT(ROLE_SUPERVISOR)), 0, page_recheck_paper },
	{ HTTP_POST, "/v1/waves/{wave}/roster", MAY(ROLE_BIT(ROLE_ANALYST)),
	  BOOK_BODY, web_roster_import },
	{ HTTP_GET, "/v1/waves/{wave}/roster/{name}", MAY(SEES_ROSTER), 0,
	  web_desk_get },
	{ HTTP_POST, "/v1/waves/{wave}/roster/{name}", MAY(ACTS_ON_SHEETS),
	  LEDGER_BODY, web_desk_act },
	{ HTTP_GET, "/roster/{wave}", MAY(SEES_ROSTER), 0, page_desk },
	{ HTTP_POST, "/roster/{wave}/{act}", MAY(ACTS_ON_SHEETS), LEDGER_BODY,
	  page_desk_do },
	{ HTTP_GET, "/v1/rounds", MAY(WEB_ROUNDS), 0, web_rounds },
	{ HTTP_GET, "/v1/rounds/{round}", MAY(WEB_ROUNDS), 0, web_round_get },
	{ HTTP_GET, "/v1/rounds/{round}/calendar", MAY(WEB_ROUNDS), 0,
	  web_round_calendar },
	{ HTTP_POST, "/v1/rounds/{round}/acts/{act}", MAY(WEB_ROUNDS), ACT_BODY,
	  web_round_act },
	{ HTTP_GET, "/v1/rounds/{round}/lists/{list}", MAY(WEB_ROUNDS), 0,
	  web_round_list },
	{ HTTP_GET, "/v1/rounds/{round}/units/{unit}/self", MAY(WEB_ROUNDS), 0,
	  web_self_get },
	{ HTTP_PUT, "/v1/rounds/{round}/units/{unit}/self/{criterion}",
	  MAY(WEB_ROUNDS), ITEM_BODY, web_self_item },
	{ HTTP_GET, "/v1/rounds/{round}/units/{unit}/workbook", MAY(WEB_ROUNDS),
	  0, web_self_template },
	{ HTTP_POST, "/v1/rounds/{round}/units/{unit}/workbook",
	  MAY(WEB_ROUNDS), LIMIT_XLSX_BYTES, web_self_import },
	{ HTTP_POST, "/v1/rounds/{round}/units/{unit}/evidence",
	  MAY(WEB_ROUNDS), LIMIT_FORM_FILE_BYTES, web_evidence_add },
	{ HTTP_GET, "/v1/rounds/{round}/units/{unit}/evidence/{number}",
	  MAY(WEB_ROUNDS), 0, web_evidence_open },
	{ HTTP_DELETE, "/v1/rounds/{round}/units/{unit}/evidence/{number}",
	  MAY(WEB_ROUNDS), SMALL_BODY, web_evidence_remove },
	{ HTTP_POST, "/v1/rounds/{round}/results", MAY(WEB_ROUNDS), SMALL_BODY,
	  web_round_compute },
	{ HTTP_GET, "/v1/rounds/{round}/results/{result}", MAY(WEB_ROUNDS), 0,
	  web_round_result },
	{ HTTP_GET, "/v1/rounds/{round}/results/{result}/verify",
	  MAY(WEB_ROUNDS), 0, web_round_verify },
	{ HTTP_GET, "/v1/rounds/{round}/reports/{shape}", MAY(WEB_ROUNDS), 0,
	  web_round_report },
	{ HTTP_GET, "/v1/rounds/{round}/compare", MAY(WEB_ROUNDS), 0,
	  web_round_compare },
	{ HTTP_GET, "/v1/rounds/{round}/components", MAY(WEB_ROUNDS), 0,
	  web_round_components },
	{ HTTP_GET, "/progress/{wave}", MAY(WATCHES), 0, web_progress_page },
	{ HTTP_GET, "/results/{wave}", MAY(READS_RESULTS), 0,
	  web_results_page },
	{ HTTP_GET, "/results/{wave}/{unit}/{criterion}", MAY(READS_RESULTS), 0,
	  page_wave_why },
	{ HTTP_GET, "/rounds", ROUNDS, 0, page_rounds },
	{ HTTP_GET, "/rounds/{round}", ROUNDS, 0, page_overview },
	{ HTTP_GET, "/rounds/{round}/calendar.ics", ROUNDS, 0, page_calendar },
	{ HTTP_POST, "/rounds/{round}/acts/{act}", ROUNDS, TEXT_BODY,
	  page_act },
	{ HTTP_GET, "/rounds/{round}/units/{unit}", ROUNDS, 0, page_unit },
	{ HTTP_GET, "/rounds/{round}/units/{unit}/items/{criterion}", ROUNDS, 0,
	  page_item },
	{ HTTP_POST, "/rounds/{round}/units/{unit}/items/{criterion}", ROUNDS,
	  TEXT_BODY, page_item_save },
	{ HTTP_GET, "/rounds/{round}/units/{unit}/template.xlsx", ROUNDS, 0,
	  page_template },
	{ HTTP_POST, "/rounds/{round}/units/{unit}/workbook", ROUNDS, BOOK_BODY,
	  page_workbook },
	{ HTTP_POST, "/rounds/{round}/units/{unit}/evidence", ROUNDS, FILE_BODY,
	  page_evidence_add },
	{ HTTP_GET, "/rounds/{round}/units/{unit}/evidence/{evidence}", ROUNDS,
	  0, page_evidence_get },
	{ HTTP_POST, "/rounds/{round}/units/{unit}/evidence/{evidence}/remove",
	  ROUNDS, FORM_BODY, page_evidence_remove },
	{ HTTP_GET, "/rounds/{round}/appraise", ROUNDS, 0, page_appraise },
	{ HTTP_GET, "/rounds/{round}/council", ROUNDS, 0, page_council },
	{ HTTP_GET, "/rounds/{round}/work/{area}", ROUNDS, 0, page_area },
	{ HTTP_GET, "/rounds/{round}/work/{area}/{act}", ROUNDS, 0,
	  page_area_form },
	{ HTTP_GET, "/rounds/{round}/results", ROUNDS, 0, page_results },
	{ HTTP_POST, "/rounds/{round}/compute", ROUNDS, FORM_BODY,
	  page_compute },
	{ HTTP_GET, "/rounds/{round}/publish", ROUNDS, 0, page_publish },
	{ HTTP_GET, "/rounds/{round}/results/{result}", ROUNDS, 0,
	  page_result },
	{ HTTP_GET, "/rounds/{round}/results/{result}/{unit}", ROUNDS, 0,
	  page_result_unit },
	{ HTTP_GET, "/rounds/{round}/results/{result}/{unit}/{criterion}",
	  ROUNDS, 0, page_why },
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
