/* A number as pictures and tables have it; for programs without cairo too. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/chart.h"

const char *chart_number(double v, int digits, char out[CHART_NUMBER])
{
	char *point;

	if (!isfinite(v))
		return "–";
	(void)snprintf(out, CHART_NUMBER, "%.*f", digits, v);
	if (strtod(out, NULL) == 0 && out[0] == '-')
		memmove(out, out + 1, strlen(out));
	point = strchr(out, '.');
	if (point)
		*point = ',';
	return out;
}
