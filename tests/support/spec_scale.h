/* spec_scale.h - cases of scale quality through a specification. */
#ifndef TESTS_SPEC_SCALE_H
#define TESTS_SPEC_SCALE_H

#include "support/test.h"

#define ITEMS4 "[\"Q01\",\"Q02\",\"Q03\",\"Q04\"]"
#define DESIGN                                                  \
	"\"data\":\"x\",\"design\":{\"strata\":[\"strat_uc\"]," \
	"\"clusters\":[\"psu_uc\"],\"weights\":\"w\"},"

#define ONE(rest) "{\"data\":\"x\",\"estimates\":[{\"name\":\"e\"," rest "}]}"

static const char four[] = "a,b,c,d,g,t\n"
			   "1,2,3,7,x,10\n"
			   "2,2,3,7,x,20\n"
			   "3,1,3,7,y,30\n"
			   "4,5,3,7,y,40\n"
			   "5,4,,7,z,50\n";

#endif
