/* act_params.h - parameters in tables of acts and lists, of rounds and of the
 * ledger. */
#ifndef PHIEU_SERVER_ACT_PARAMS_H
#define PHIEU_SERVER_ACT_PARAMS_H

#include "phieu/act.h"

#define NEED(n)                        \
	{                              \
		n, ACT_REQUIRED, false \
	}
#define MAYBE(n)                       \
	{                              \
		n, ACT_OPTIONAL, false \
	}
#define FLAG(n)                       \
	{                             \
		n, ACT_OPTIONAL, true \
	}

#endif
