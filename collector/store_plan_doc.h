/* store_plan_doc.h - a plan as the rows its tables want, in one JSON
 * document that the statements of store_plan.c take apart. */
#ifndef STORE_PLAN_DOC_H
#define STORE_PLAN_DOC_H

#include "phieu/buf.h"
#include "phieu/plan.h"

void store_plan_doc(const struct plan *p, struct buf *out);

#endif
