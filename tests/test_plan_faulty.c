/* Plans with one thing wrong each: what is told, and where. */
#include <stdlib.h>
#include <string.h>

#include "phieu/buf.h"
#include "phieu/hash.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/plan.h"
#include "support/plan_small.h"
#include "support/test.h"

static const struct bad shapes[] = {
	{ { { "/format", "\"phieu-plan/2\"" } }, "P01 /format" },
	{ { { "/format", NULL } }, "P02 /format" },
	{ { { "/total", NULL } }, "P02 /total" },
	{ { { "/wave/province", NULL } }, "P02 /wave/province" },
	{ { { "/wave/province", "null" } }, "P02 /wave/province" },
	{ { { "/decisions", NULL } }, "P02 /decisions" },
	{ { { "/criteria", NULL } }, "P02 /criteria" },
	{ { { "/wave", "[]" } }, "P03 /wave" },
	{ { { "/scales", "{}" } }, "P03 /scales" },
	{ { { U "/1/name", "7" } }, "P03 /units/1/name" },
	{ { { U "/1", "7" } },
	  "P07 /groups/2/rates/table/0/unit; P03 /units/1" },
	{ { { "/total", "100" } }, "P03 /total" },
	{ { { "/total", "true" } }, "P03 /total" },
	{ { { "/total", "\"1e2\"" } }, "P09 /total" },
	{ { { "/total", "\"0\"" } }, "P09 /total" },
	{ { { "/total", "\"100.0000001\"" } }, "P09 /total" },
	{ { { "/unit_kinds/1/rated", "\"yes\"" } },
	  "P25 /criteria/0/children/1/applies/0; P17 /groups/0/rates/kind; P17 "
	  "/groups/1/rates/kind; P17 /groups/2/rates/kind; P03 "
	  "/unit_kinds/1/rated" },
	{ { { F "/questions/0/required", "1" } },
	  "P03 /forms/0/questions/0/required" },
	{ { { "/wave/extra", "1" } }, "P04 /wave/extra" },
	{ { { "/a~1b~0c", "1" } }, "P04 /a~1b~0c" },
	{ { { D "/D13", "{}" } }, "P04 /decisions/D13" },
	{ { { U "/1/code", "\"S 1\"" } },
	  "P07 /groups/2/rates/table/0/unit; P05 /units/1/code" },
	{ { { "/wave/code", "\"Small\"" } }, "P05 /wave/code" },
	{ { { "/wave/code", "\"-small\"" } }, "P05 /wave/code" },
	{ { { "/bases/1/id", "\"qd-1\"" } },
	  "P06 /bases/1/id; P07 /criteria/1/basis" },
	{ { { "/wave/name", "\"\"" } }, "P11 /wave/name" },
	{ { { "/wave/name", "\"a\\u0007\"" } }, "P11 /wave/name" },
	{ { { "/wave/name", "\"a\\nb\"" } }, "P11 /wave/name" },
	{ { { "/wave/name", "\"a\\u007f\"" } }, "P11 /wave/name" },
	{ { { "/wave/from", "\"01/02/2025\"" } }, "P10 /wave/from" },
	{ { { "/wave/from", "20250201" } }, "P03 /wave/from" },
	{ { { "/wave/from", "\"2025-02-30\"" } }, "P10 /wave/from" },
	{ { { "/wave/to", "\"2025-01-31\"" } }, "P10 /wave/to" },
	{ { { "/bases/0/date", "\"2025-13\"" } }, "P10 /bases/0/date" },
	{ { { "/bases/0/date", "\"tháng 1\"" } }, "P10 /bases/0/date" },
	{ { { "/bases/0/kind", "\"rumour\"" } }, "P08 /bases/0/kind" },
	{ { { "/bases/0/kind", "1" } }, "P03 /bases/0/kind" },
	{ { { "/wave/basis", "\"qd-9\"" } }, "P07 /wave/basis" },
	{ { { "/wave/basis", "{}" } }, "P03 /wave/basis" },
	{ { { "/bases", "[]" } }, "P32 /bases" },
};

static const struct bad units[] = {
	{ { { U "/2/code", "\"S1\"" } },
	  "P07 /groups/2/rates/table/1/unit; P06 /units/2/code" },
	{ { { U "/1/kind", "\"ban\"" } }, "P07 /units/1/kind" },
	{ { { U "/1/parent", "\"T9\"" } }, "P07 /units/1/parent" },
	{ { { U "/1/parent", "\"S1\"" } }, "P12 /units/1/parent" },
	{ { { U "/0/parent", "\"S1\"" } }, "P12 /units/0/parent" },
	{ { { U "/5/merged_into", "\"X0\"" } }, "P12 /units/5/merged_into" },
	{ { { U "/4/to", "\"2025-03-01\"" }, { U "/4/merged_into", "\"X0\"" } },
	  "P12 /units/4/merged_into; P13 /units/4/merged_into" },
	{ { { U "/4/to", "\"2024-12-01\"" } },
	  "P13 /groups/2/quota/cells/1/home; P21 /groups/3/quota/each; "
	  "P10 /units/4/to; P13 /units/5/merged_into" },
	{ { { U "/5/merged_into", NULL } }, "P13 /units/5" },
	{ { { U "/5/to", NULL } },
	  "P22 /groups/2/quota/cells; P21 /groups/3/quota/each; "
	  "P13 /units/5/to" },
	{ { { U "/0/to", "\"2024-12-31\"" } },
	  "P13 /units/0; P13 /units/1/parent; P13 /units/2/parent; P13 "
	  "/units/3/parent; P13 /units/4/parent" },
};

static const struct bad forms[] = {
	{ { { "/scales/1/code", "\"bon\"" } },
	  "P07 /forms/0/questions/1/scale; P07 /forms/1/questions/1/scale; P06 "
	  "/scales/1/code" },
	{ { { "/scales/0/options/1/code", "\"A\"" } },
	  "P06 /scales/0/options/1/code" },
	{ { { "/scales/0/options/1/ordinal", "1" } },
	  "P15 /scales/0/options/1/ordinal" },
	{ { { "/scales/0/options/1/ordinal", "201" } },
	  "P09 /scales/0/options/1/ordinal" },
	{ { { "/scales/0/options/1/ordinal", "1.5" } },
	  "P09 /scales/0/options/1/ordinal" },
	{ { { "/scales/0/options/1/ordinal", "\"2\"" } },
	  "P03 /scales/0/options/1/ordinal" },
	{ { { "/scales/0/options/3/satisfied", "true" } },
	  "P15 /scales/0/options/3/satisfied" },
	{ { { "/scales/0/options/0/coefficient", "\"100.5\"" } },
	  "P14 /scales/0/options/0/coefficient" },
	{ { { "/scales/0/options/0/coefficient", "\"-1\"" } },
	  "P14 /scales/0/options/0/coefficient" },
	{ { { "/scales/0/options/0/coefficient", "100" } },
	  "P03 /scales/0/options/0/coefficient" },
	{ { { "/scales/0/options/0/coefficient", NULL } },
	  "P14 /forms/0/questions/0/scale" },
	{ { { "/scales/0/options/3/coefficient", "\"20\"" } },
	  "P14 /forms/0/questions/0/scale" },
	{ { { "/scales/0/options", "[]" } }, "P32 /scales/0/options" },
	{ { { "/forms/1/code", "\"F1\"" } },
	  "P07 /criteria/0/children/1/questions/1/form; P07 "
	  "/criteria/0/children/2/questions/0/form; P07 "
	  "/criteria/1/questions/0/form; P06 /forms/1/code; P07 "
	  "/groups/2/form; P07 /groups/3/form" },
	{ { { "/forms/2",
	      "{\"code\":\"F2\",\"version\":\"2\",\"name\":\"n\",\"basis\":"
	      "\"qd-1\",\"questions\":[{\"code\":\"Q1\",\"text\":\"t\","
	      "\"type\":\"text\"}]}" },
	    { G "/2/form", "\"F2/2\"" } },
	  "P07 /criteria/0/children/1/questions/1/form; P07 "
	  "/criteria/0/children/2/questions/0/form; P07 "
	  "/criteria/1/questions/0/form; P07 /groups/3/form" },
	{ { { F "/version", NULL } },
	  "P07 /criteria/0/children/1/questions/0/form; P07 "
	  "/criteria/0/children/1/questions/2/form; P02 "
	  "/forms/0/version; P07 /groups/0/form; P07 /groups/1/form" },
	{ { { Q "/1/code", "\"Q1\"" } },
	  "P07 /criteria/0/children/1/questions/2/question; P06 "
	  "/forms/0/questions/1/code" },
	{ { { Q "/1/scale", "\"nam\"" } }, "P07 /forms/0/questions/1/scale" },
	{ { { Q "/2/type", "\"choice\"" } }, "P08 /forms/0/questions/2/type" },
	{ { { Q "/2/options", NULL } }, "P16 /forms/0/questions/2" },
	{ { { Q "/2/scale", "\"bon\"" } }, "P16 /forms/0/questions/2" },
	{ { { Q "/2/options", "[{\"code\":\"a\",\"label\":\"a\"}]" } },
	  "P32 /forms/0/questions/2/options" },
	{ { { Q "/2/options/0/coefficient", "\"50\"" } },
	  "P14 /forms/0/questions/2/options" },
	{ { { Q "/3/options/0/coefficient", "\"50\"" } },
	  "P14 /forms/0/questions/3/options" },
	{ { { Q "/3/options/0", "\"a\"" } },
	  "P03 /forms/0/questions/3/options/0" },
	{ { { Q "/4/options", "[]" } }, "P16 /forms/0/questions/4/options" },
	{ { { Q "/4/scale", "\"bon\"" } }, "P16 /forms/0/questions/4/scale" },
	{ { { Q "/4/max_bytes", "5" } }, "P16 /forms/0/questions/4/max_bytes" },
	{ { { Q "/4/min", "\"11\"" } }, "P16 /forms/0/questions/4/max" },
	{ { { Q "/4/decimals", "0" } }, "P16 /forms/0/questions/4/max" },
	{ { { Q "/4/decimals", "1" }, { Q "/4/min", "\"0.25\"" } },
	  "P16 /forms/0/questions/4/min" },
	{ { { Q "/4/decimals", "7" } }, "P09 /forms/0/questions/4/decimals" },
	{ { { Q "/4/decimals", "-1" } }, "P09 /forms/0/questions/4/decimals" },
	{ { { Q "/4/decimals", "\"1\"" } },
	  "P03 /forms/0/questions/4/decimals" },
	{ { { Q "/5/decimals", "0" } }, "P16 /forms/0/questions/5/decimals" },
	{ { { Q "/0/decimals", "0" } }, "P16 /forms/0/questions/0/decimals" },
	{ { { Q "/4/min", "0" } }, "P03 /forms/0/questions/4/min" },
	{ { { Q "/5/min", "\"0\"" } }, "P16 /forms/0/questions/5/min" },
	{ { { Q "/5/max", "\"0\"" } }, "P16 /forms/0/questions/5/max" },
	{ { { Q "/5/max_bytes", "8193" } },
	  "P09 /forms/0/questions/5/max_bytes" },
	{ { { Q "/5", "null" } }, "P03 /forms/0/questions/5" },
	{ { { F "/questions", "[]" } },
	  "P07 /criteria/0/children/1/questions/0/question; P07 "
	  "/criteria/0/children/1/questions/2/question; P32 "
	  "/forms/0/questions" },
	{ { { F "/profile/-", "{\"code\":\"sex\",\"label\":\"l\",\"options\":"
			      "[{\"code\":\"a\",\"label\":\"a\"},{\"code\":"
			      "\"b\",\"label\":\"b\"}]}" } },
	  "P06 /forms/0/profile/1/code" },
	{ { { F "/profile/0/options/0/coefficient", "\"1\"" } },
	  "P14 /forms/0/profile/0/options" },
	{ { { F "/profile/0", "1" } },
	  "P07 /decisions/D12/profile_kept/0; P03 /forms/0/profile/0" },
	{ { { "/forms", "[]" } },
	  "P07 /decisions/D12/profile_kept/0; P32 /forms" },
	{ { { "/forms/-", "{\"code\":\"F3\",\"version\":\"1\",\"name\":\"n\","
			  "\"basis\":\"qd-1\",\"questions\":[{\"code\":\"Q\","
			  "\"text\":\"t\",\"type\":\"text\"}]}" } },
	  "P28 /forms/2" },
	{ { { "/forms/0", "3" } },
	  "P07 /criteria/0/children/1/questions/0/form; P07 "
	  "/criteria/0/children/1/questions/2/form; P07 "
	  "/decisions/D12/profile_kept/0; P03 /forms/0; P07 "
	  "/groups/0/form; P07 /groups/1/form" },
};

static const struct bad groups[] = {
	{ { { G "/1/code", "\"dan\"" } },
	  "P30 /decisions/D4/weights; P07 /decisions/D4/weights/cong-chuc; P06 "
	  "/groups/3/code" },
	{ { { G "/1/form", "\"F9\"" } }, "P07 /groups/1/form" },
	{ { { G "/1/form", "\"F1/2\"" } }, "P07 /groups/1/form" },
	{ { { G "/1/home", "\"huyen\"" } }, "P07 /groups/1/home" },
	{ { { G "/0/rates/mode", "\"some\"" } }, "P08 /groups/0/rates/mode" },
	{ { { G "/0/rates/kind", "\"tinh\"" } }, "P17 /groups/0/rates/kind" },
	{ { { G "/0/rates/per_sheet", "3" } }, "P17 /groups/0/rates" },
	{ { { G "/0/rates/mode", "\"own\"" } }, "P17 /groups/0/home" },
	{ { { G "/3/rates/kind", "\"so\"" } },
	  "P28 /criteria/0/children/2/questions; P28 "
	  "/criteria/0/children/2/questions/0/form; P28 /criteria/1/questions; "
	  "P17 /groups/3/rates" },
	{ { { G "/0/rates/table", "[{\"unit\":\"S1\"}]" } },
	  "P16 /groups/0/rates/table" },
	{ { { G "/2/rates/table", NULL } }, "P02 /groups/2/rates/table" },
	{ { { G "/2/rates/table/0/unit", "\"X1\"" } },
	  "P18 /groups/2/rates/table/0/unit" },
	{ { { G "/2/rates/table/0/unit", "\"S9\"" } },
	  "P07 /groups/2/rates/table/0/unit" },
	{ { { G "/2/rates/table/0/home", "\"S1\"" } },
	  "P18 /groups/2/rates/table/0/home" },
	{ { { G "/2/rates/table/1", NULL } }, "P17 /groups/2/rates" },
	{ { { G "/2/rates/table/-", "{\"home\":\"X1\",\"unit\":\"S1\"}" },
	    { G "/2/rates/per_sheet", "3" } },
	  "P17 /groups/2/rates" },
	{ { { G "/2/rates/per_sheet", "2" } }, "P17 /groups/2/rates" },
	{ { { G "/2/rates/per_sheet", "0" } },
	  "P09 /groups/2/rates/per_sheet" },
	{ { { G "/2/rates", "\"all\"" } }, "P03 /groups/2/rates" },
	{ { { G "/0/rates",
	      "{\"mode\":\"mapped\",\"kind\":\"so\",\"table\":[{\"home\":"
	      "\"X1\",\"unit\":\"S1\"},{\"unit\":\"S2\"}]}" } },
	  "P18 /groups/0/rates/table/0/home" },
	{ { { G "/3/rates",
	      "{\"mode\":\"mapped\",\"kind\":\"xa\",\"table\":[{\"unit\":"
	      "\"X0\"},{\"unit\":\"X0\"}]}" } },
	  "P13 /groups/3/rates/table/0/unit; "
	  "P13 /groups/3/rates/table/1/unit" },
	{ { { G "/1/quota/rule", "\"15 phiếu\"" } },
	  "P19 /groups/1/quota/rule" },
	{ { { G "/1/quota/rule", "\"15 × \"" } }, "P19 /groups/1/quota/rule" },
	{ { { G "/1/quota/rule", "\"1x1x1x1x1x1x1x1x30\"" } },
	  "P19 /groups/1/quota/rule" },
	{ { { G "/1/quota/rule", "\"999999999\"" } },
	  "P19 /groups/1/quota/rule" },
	{ { { G "/1/quota/rule", "\"99999 × 99999\"" } },
	  "P19 /groups/1/quota/rule" },
	{ { { G "/1/quota/rule", "\"3 × 5 × 3\"" } },
	  "P20 /groups/1/quota/rule" },
	{ { { G "/1/quota/rule", "\"5 × 6\"" } }, "P22 /groups/1/quota/rule" },
	{ { { G "/1/quota/each", "14" } }, "P21 /groups/1/quota/each" },
	{ { { G "/1/quota/total", "-1" } }, "P09 /groups/1/quota/total" },
	{ { { G "/1/quota/total", "\"30\"" } }, "P03 /groups/1/quota/total" },
	{ { { G "/1/quota/each", NULL } }, "P16 /groups/1/quota" },
	{ { { G "/2/quota/each", "5" } }, "P16 /groups/2/quota" },
	{ { { G "/2/quota/N", "9" } }, "P16 /groups/2/quota/N" },
	{ { { G "/0/quota/N", "24" } }, "P21 /groups/0/quota/N" },
	{ { { G "/2/quota/cells/0/n", "5" } },
	  "P21 /groups/2/quota/cells; P21 /groups/2/quota/cells/0/N" },
	{ { { G "/2/quota/cells/1/n", "7" } }, "P21 /groups/2/quota/cells" },
	{ { { G "/2/quota/cells/1/home", "\"X1\"" } },
	  "P06 /groups/2/quota/cells/1/home" },
	{ { { G "/2/quota/cells/1/home", "\"S1\"" } },
	  "P22 /groups/2/quota/cells/1/home" },
	{ { { G "/2/quota/cells/1/home", "\"X9\"" } },
	  "P07 /groups/2/quota/cells/1/home" },
	{ { { G "/2/quota/cells/1/home", "\"X0\"" } },
	  "P13 /groups/2/quota/cells/1/home" },
	{ { { G "/2/quota/cells/1/home", NULL } },
	  "P22 /groups/2/quota/cells/1/home" },
	{ { { G "/2/quota/cells/1", NULL },
	    { G "/2/quota/rule", "\"4\"" },
	    { G "/2/quota/total", "4" } },
	  "P22 /groups/2/quota/cells" },
	{ { { G "/0/quota/each", NULL },
	    { G "/0/quota/N", NULL },
	    { G "/0/quota/cells", "[{\"home\":\"X1\",\"n\":25}]" } },
	  "P22 /groups/0/quota/cells/0/home" },
	{ { { G "/2/quota/cells", "[]" } }, "P32 /groups/2/quota/cells" },
	{ { { G "/2/quota", "10" } }, "P03 /groups/2/quota" },
	{ { { G "/3", "\"dan\"" } },
	  "P07 /decisions/D4/weights/dan; P03 /groups/3" },
	{ { { "/groups", "[]" } }, "P32 /groups" },
};

static const struct bad criteria[] = {
	{ { { C "/0/children/0/maximum", "\"40\"" } },
	  "P23 /criteria/0/maximum; P23 /criteria/0/maximum" },
	{ { { C "/0/children/2/maximum", "\"19\"" } },
	  "P23 /criteria/0/maximum" },
	{ { { C "/0/children/0/maximum", "40.5" } },
	  "P03 /criteria/0/children/0/maximum" },
	{ { { "/total", "\"99.55\"" } }, "P24 /total; P24 /total" },
	{ { { C "/1/applies", "[\"so\"]" } }, "P24 /total" },
	{ { { C "/1/maximum", "\"-40\"" } }, "P09 /criteria/1/maximum" },
	{ { { C "/1/maximum", NULL } }, "P02 /criteria/1/maximum" },
	{ { { C "/1/applies", "[]" } },
	  "P32 /criteria/1/applies; P24 /total; P24 /total" },
	{ { { "/scales/1/options",
	      "[{\"code\":\"A\",\"label\":\"a\",\"coefficient\":\"100\"},{"
	      "\"code\":\"B\",\"label\":\"b\",\"coefficient\":\"61\"},{"
	      "\"code\":\"C\",\"label\":\"c\",\"coefficient\":\"0\"},{\"code\":"
	      "\"K\",\"label\":\"k\",\"no_opinion\":true}]" },
	    { C "/0/children/1/questions/1/question", "\"Q2\"" } },
	  "P26 /criteria/0/children/1/questions/1" },
	{ { { C "/1/basis", NULL } }, "P02 /criteria/1/basis" },
	{ { { C "/1/basis", "\"qd-9\"" } }, "P07 /criteria/1/basis" },
	{ { { C "/1/kind", "\"sipas\"" } }, "P08 /criteria/1/kind" },
	{ { { C "/1/kind", "\"self\"" } }, "P25 /criteria/1/questions" },
	{ { { C "/1/kind", "\"group\"" } },
	  "P25 /criteria/1/children; P25 /criteria/1/questions" },
	{ { { C "/1/questions", NULL } }, "P25 /criteria/1/questions" },
	{ { { C "/1/children", "[]" } }, "P25 /criteria/1/children" },
	{ { { C "/0/children", "[]" } }, "P32 /criteria/0/children" },
	{ { { C "/1/code", "\"L1.1\"" } }, "P06 /criteria/1/code" },
	{ { { C "/1/applies", "[\"so\",\"tinh\"]" } },
	  "P25 /criteria/1/applies/1; P24 /total" },
	{ { { C "/1/applies", "[\"so\",\"so\",\"xa\"]" } },
	  "P06 /criteria/1/applies/1" },
	{ { { C "/1/applies", "[\"so\",\"xa\",\"huyen\"]" } },
	  "P07 /criteria/1/applies/2" },
	{ { { C "/1/applies", "[\"so\",\"xa\",1]" } },
	  "P03 /criteria/1/applies/2" },
	{ { { C "/0/applies", "[\"so\"]" } },
	  "P25 /criteria/0/children/2/applies/0; P24 /total" },
	{ { { C "/1/questions/0/question", "\"Q9\"" } },
	  "P07 /criteria/1/questions/0/question" },
	{ { { C "/1/questions/0/form", "\"F9\"" } },
	  "P07 /criteria/1/questions/0/form" },
	{ { { C "/1/questions/0/item", NULL } },
	  "P02 /criteria/1/questions/0/item" },
	{ { { C "/1/questions/0/weight", "\"0\"" } },
	  "P09 /criteria/1/questions/0/weight" },
	{ { { C "/1/questions/0/weight", "1" } },
	  "P03 /criteria/1/questions/0/weight" },
	{ { { C "/1/questions/0/question", "\"Q2\"" } },
	  "P27 /criteria/1/questions/0" },
	{ { { C "/0/children/1/questions/2/question", "\"Q6\"" } },
	  "P26 /criteria/0/children/1/questions/2" },
	{ { { C "/0/children/1/questions/2/question", "\"Q3\"" } },
	  "P26 /criteria/0/children/1/questions/2" },
	{ { { C "/0/children/1/questions/2/question", "\"Q1\"" } },
	  "P26 /criteria/0/children/1/questions/2" },
	{ { { C "/0/children/1/questions/2/item", "\"i1\"" },
	    { C "/0/children/1/questions/2/weight", "\"2\"" } },
	  "P26 /criteria/0/children/1/questions/2; P26 "
	  "/criteria/0/children/1/questions/2; P26 "
	  "/criteria/0/children/1/questions/2" },
	{ { { C "/0/children/1/questions/1/question", "\"Q2\"" } },
	  "P26 /criteria/0/children/1/questions/1" },
	{ { { C "/0/children/1/questions/1/weight", "\"1\"" } },
	  "P26 /criteria/0/children/1/questions/1" },
	{ { { "/forms/1/questions/1/asked", "false" } },
	  "P26 /criteria/0/children/2/questions/0" },
	{ { { C "/0/children/2/questions/0/form", "\"F1\"" } },
	  "P28 /criteria/0/children/2/questions; "
	  "P28 /criteria/0/children/2/questions/0/form" },
	{ { { C "/1/questions/0/form", "\"F1\"" } },
	  "P28 /criteria/1/questions" },
	{ { { "/unit_kinds/0/rated", "true" },
	    { C "/0/applies", "[\"so\",\"xa\"]" },
	    { C "/1/applies", "[\"so\",\"xa\"]" } },
	  "P28 /unit_kinds/0" },
	{ { { "/unit_kinds/0/rated", "true" } },
	  "P23 /criteria/0/maximum; P28 /criteria/1/questions" },
	{ { { C "/1", "[]" } }, "P03 /criteria/1" },
	{ { { "/criteria", "[]" } }, "P32 /criteria" },
};

static const struct bad decisions[] = {
	{ { { D "/D1", NULL } }, "P29 /decisions/D1" },
	{ { { D "/D5", "null" }, { D "/D12", NULL } },
	  "P29 /decisions/D5; P29 /decisions/D12" },
	{ { { D "/D6", "true" } }, "P03 /decisions/D6" },
	{ { { D "/D1/basis", NULL } }, "P02 /decisions/D1/basis" },
	{ { { D "/D2/percent", NULL } }, "P02 /decisions/D2/percent" },
	{ { { D "/D2/percent", "\"101\"" } }, "P14 /decisions/D2/percent" },
	{ { { D "/D2/minimum", "\"all\"" } }, "P16 /decisions/D2/percent" },
	{ { { D "/D3/blank", "\"coefficient\"" } },
	  "P02 /decisions/D3/blank_coefficient" },
	{ { { D "/D3/dont_know", "\"invalid\"" } },
	  "P08 /decisions/D3/dont_know" },
	{ { { D "/D3/dont_know", "\"excluded\"" } },
	  "P16 /decisions/D3/dont_know_coefficient" },
	{ { { D "/D4/weights/dan", NULL } }, "P30 /decisions/D4/weights" },
	{ { { D "/D4/weights/ban", "\"1\"" } },
	  "P07 /decisions/D4/weights/ban" },
	{ { { D "/D4/weights/dan", "1.5" } }, "P03 /decisions/D4/weights/dan" },
	{ { { D "/D4/weights",
	      "{\"dai-bieu\":\"0\",\"cong-chuc\":\"0\",\"phong\":\"0\","
	      "\"dan\":\"0\"}" } },
	  "P30 /decisions/D4/weights" },
	{ { { D "/D4/weights", NULL } }, "P02 /decisions/D4/weights" },
	{ { { D "/D4/pool", "\"all\"" } }, "P16 /decisions/D4/weights" },
	{ { { D "/D4/pool", "\"any\"" } }, "P08 /decisions/D4/pool" },
	{ { { D "/D7/bands", NULL } }, "P02 /decisions/D7/bands" },
	{ { { D "/D7/satisfaction", "\"proportional\"" } },
	  "P16 /decisions/D7/bands" },
	{ { { D "/D7/satisfaction", "\"other\"" } },
	  "P08 /decisions/D7/satisfaction" },
	{ { { D "/D7/bands/1/from", "\"80\"" } },
	  "P31 /decisions/D7/bands/1/from" },
	{ { { D "/D7/bands/2/from", "\"1\"" } },
	  "P31 /decisions/D7/bands/2/from" },
	{ { { D "/D7/bands/1/percent", "\"100.1\"" } },
	  "P14 /decisions/D7/bands/1/percent" },
	{ { { D "/D7/bands/2/percent", "\"70\"" } },
	  "P31 /decisions/D7/bands/2/percent" },
	{ { { D "/D8/digits", "7" } }, "P09 /decisions/D8/digits" },
	{ { { D "/D8/round", "\"up\"" } }, "P08 /decisions/D8/round" },
	{ { { D "/D8/confidence", "\"100\"" } },
	  "P09 /decisions/D8/confidence" },
	{ { { D "/D9/bands/0/from", "\"101\"" } },
	  "P31 /decisions/D9/bands/0/from" },
	{ { { D "/D9/bands/1/from", "\"86\"" } },
	  "P31 /decisions/D9/bands/1/from" },
	{ { { D "/D9/bands/2", NULL } }, "P31 /decisions/D9/bands/1/from" },
	{ { { D "/D9/bands/1/name", "\"Tốt\"" } },
	  "P06 /decisions/D9/bands/1/name" },
	{ { { D "/D9/bands", "[]" } }, "P32 /decisions/D9/bands" },
	{ { { D "/D10/ties", "\"lot\"" } }, "P08 /decisions/D10/ties" },
	{ { { D "/D12/profile_kept/0", "\"age\"" } },
	  "P07 /decisions/D12/profile_kept/0" },
	{ { { D "/D12/profile_kept/0", "1" } },
	  "P03 /decisions/D12/profile_kept/0" },
	{ { { D "/D12/retention", "\"2025-03-01\"" } },
	  "P10 /decisions/D12/retention" },
	{ { { D "/D12/min_unit", "0" } }, "P09 /decisions/D12/min_unit" },
};

static void table(const struct bad *t, size_t n)
{
	int wrong = 0;

	for (size_t i = 0; i < n; i++) {
		char *text = edited(t[i].edit, 3);
		struct buf said = BUF_INIT(1 << 20);
		struct plan *p = read_text(text, &said);

		if (!t[i].want || strcmp(buf_cstr(&said), t[i].want) != 0) {
			print_message("%s = %s\n  want %s\n  got  %s\n",
				      t[i].edit[0].path,
				      t[i].edit[0].json ? t[i].edit[0].json
							: "(gone)",
				      t[i].want ? t[i].want : "?",
				      buf_cstr(&said));
			wrong++;
		}
		plan_free(p);
		buf_free(&said);
		free(text);
	}
	assert_int_equal(wrong, 0);
}

#define TABLE_TEST(name, t)                             \
	static void name(void **state)                  \
	{                                               \
		(void)state;                            \
		table((t), sizeof(t) / sizeof((t)[0])); \
	}
TABLE_TEST(faulty_shapes_are_told, shapes)
TABLE_TEST(faulty_units_are_told, units)
TABLE_TEST(faulty_forms_are_told, forms)
TABLE_TEST(faulty_groups_are_told, groups)
TABLE_TEST(faulty_criteria_are_told, criteria)
TABLE_TEST(faulty_decisions_are_told, decisions)

/* `n` times an element in a list of the small plan. */
static char *many(const char *path, const char *element, size_t n)
{
	struct buf b = BUF_INIT(LIMIT_PLAN_BYTES);
	struct edit e = { path, NULL };
	char *out;

	buf_adds(&b, "[");
	for (size_t i = 0; i < n; i++)
		buf_addf(&b, "%s%s", i ? "," : "", element);
	buf_adds(&b, "]");
	e.json = buf_cstr(&b);
	assert_non_null(e.json);
	out = edited(&e, 1);
	buf_free(&b);
	return out;
}

static void too_long_lists_are_told_once(void **state)
{
	static const struct {
		const char *path, *element;
		size_t n;
		const char *want;
	} t[] = {
		{ "/bases", "{}", LIMIT_BASES + 1, "P32 /bases" },
		{ "/units", "{}", LIMIT_UNITS + 1, "P32 /units" },
		{ "/scales", "{}", LIMIT_SCALES + 1, "P32 /scales" },
		{ "/groups", "{}", LIMIT_GROUPS + 1, "P32 /groups" },
		{ "/criteria", "{}", LIMIT_CRITERIA + 1, "P32 /criteria" },
		{ F "/questions/3/options", "{}", LIMIT_OPTIONS + 1,
		  "P32 /forms/0/questions/3/options" },
		{ D "/D9/bands", "{}", LIMIT_BANDS + 1,
		  "P32 /decisions/D9/bands" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		char *text = many(t[i].path, t[i].element, t[i].n);
		struct buf said = BUF_INIT(1 << 20);

		assert_null(read_text(text, &said));
		assert_string_equal(buf_cstr(&said), t[i].want);
		buf_free(&said);
		free(text);
	}
}

static void a_criteria_tree_has_a_depth(void **state)
{
	struct buf b = BUF_INIT(1 << 16), said = BUF_INIT(1 << 16);
	struct edit e = { "/criteria", NULL };
	char *text;

	(void)state;
	buf_adds(&b, "[");
	for (int i = 0; i <= LIMIT_CRITERIA_DEPTH; i++)
		buf_addf(&b,
			 "{\"code\":\"c%d\",\"name\":\"n\",\"kind\":\"group\","
			 "\"maximum\":\"100\",\"basis\":\"qd-1\","
			 "\"children\":[",
			 i);
	for (int i = 0; i <= LIMIT_CRITERIA_DEPTH; i++)
		buf_adds(&b, "]}");
	buf_adds(&b, "]");
	e.json = buf_cstr(&b);
	text = edited(&e, 1);
	assert_null(read_text(text, &said));
	assert_non_null(strstr(buf_cstr(&said), "P32 /criteria/0/children/0/"));
	buf_free(&b);
	buf_free(&said);
	free(text);
}

static void long_texts_are_refused(void **state)
{
	char name[LIMIT_NAME_BYTES + 8], code[LIMIT_CODE_BYTES + 8];
	const struct edit edits[] = { { "/wave/name", name },
				      { G "/3/code", code } };
	struct buf said = BUF_INIT(1 << 16);
	char *text;

	(void)state;
	memset(name, 'a', sizeof name);
	memset(code, 'a', sizeof code);
	name[0] = code[0] = '"';
	memcpy(name + LIMIT_NAME_BYTES + 2, "\"", 2);
	memcpy(code + LIMIT_CODE_BYTES + 2, "\"", 2);
	text = edited(edits, 2);
	assert_null(read_text(text, &said));
	assert_string_equal(buf_cstr(&said),
			    "P07 /decisions/D4/weights/dan; "
			    "P05 /groups/3/code; P11 /wave/name");
	buf_free(&said);
	free(text);
}

static void past_a_thousand_faults_are_counted(void **state)
{
	char *text = many("/units", "{}", LIMIT_FAULTS);
	struct err e = { 0 };
	struct arena *a = arena_new(LIMIT_PLAN_ARENA);
	struct faults f;

	(void)state;
	faults_init(&f, a);
	assert_null(plan_read(text, strlen(text), &f, &e));
	assert_int_equal(f.n, LIMIT_FAULTS);
	assert_true(f.more > 3000);
	arena_free(a);
	free(text);
}

static void a_plan_past_its_memory_is_refused(void **state)
{
	struct buf b = BUF_INIT(LIMIT_PLAN_BYTES);
	struct err e = { 0 };
	struct arena *a = arena_new(LIMIT_PLAN_ARENA);
	struct faults f;

	/* the least text for the most memory: empty options */
	(void)state;
	buf_adds(&b, "{\"forms\":[");
	for (int form = 0; form < LIMIT_FORMS; form++) {
		buf_addf(&b,
			 "%s{\"code\":\"F%d\",\"version\":\"1\","
			 "\"questions\":[",
			 form ? "," : "", form);
		for (int q = 0; q < 46; q++) {
			buf_adds(&b,
				 q ? ",{\"type\":\"multiple\","
				     "\"options\":["
				   : "{\"type\":\"multiple\",\"options\":[");
			for (int o = 0; o < LIMIT_OPTIONS; o++)
				buf_adds(&b, o ? ",{}" : "{}");
			buf_adds(&b, "]}");
		}
		buf_adds(&b, "]}");
	}
	buf_adds(&b, "]}");
	assert_non_null(buf_cstr(&b));
	faults_init(&f, a);
	assert_null(plan_read(buf_cstr(&b), b.len, &f, &e));
	assert_int_equal(e.kind, ERR_NOMEM);
	buf_free(&b);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(faulty_shapes_are_told),
		cmocka_unit_test(faulty_units_are_told),
		cmocka_unit_test(faulty_forms_are_told),
		cmocka_unit_test(faulty_groups_are_told),
		cmocka_unit_test(faulty_criteria_are_told),
		cmocka_unit_test(faulty_decisions_are_told),
		cmocka_unit_test(too_long_lists_are_told_once),
		cmocka_unit_test(a_criteria_tree_has_a_depth),
		cmocka_unit_test(long_texts_are_refused),
		cmocka_unit_test(past_a_thousand_faults_are_counted),
		cmocka_unit_test(a_plan_past_its_memory_is_refused),
	};
	return cmocka_run_group_tests_name("plan", t, NULL, NULL);
}
