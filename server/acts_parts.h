/* acts_parts.h - what the tables of acts (acts_*.c) are written with. */
#ifndef PHIEU_SERVER_ACTS_PARTS_H
#define PHIEU_SERVER_ACTS_PARTS_H

#include "act_params.h"
#include "phieu/store_people.h"

/* Who may.  Units and appraisers are bound (act_binding). */
#define UNITS	   ROLE_BIT(ROLE_UNIT)
#define APPRAISERS (ROLE_BIT(ROLE_APPRAISER) | ROLE_BIT(ROLE_SECRETARIAT))
#define OFFICE	   (ROLE_BIT(ROLE_SECRETARIAT) | ROLE_BIT(ROLE_ANALYST))
#define COUNCIL	   (ROLE_BIT(ROLE_SECRETARIAT) | ROLE_BIT(ROLE_COUNCIL))
/* Who makes results. */
#define MAKERS                                                 \
	(ROLE_BIT(ROLE_ANALYST) | ROLE_BIT(ROLE_SECRETARIAT) | \
	 ROLE_BIT(ROLE_COUNCIL))
/* Beside READERS, who hold the secretariat already. */
#define APPRAISER ROLE_BIT(ROLE_APPRAISER)
/* Who reads everything of a round, whole. */
#define READERS                                                \
	(ROLE_BIT(ROLE_ANALYST) | ROLE_BIT(ROLE_SECRETARIAT) | \
	 ROLE_BIT(ROLE_COUNCIL) | ROLE_BIT(ROLE_AUDITOR))

#endif
