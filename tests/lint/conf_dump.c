/* Prints the settings as the rows of docs/CONFIG.md. */
#include <ctype.h>
#include <stdio.h>

#include "phieu/conf.h"

static void type(const struct conf_key *k)
{
	switch (k->type) {
	case CONF_TEXT:
		printf("%s", k->secret ? "text, secret" : "text");
		break;
	case CONF_BOOL: printf("true, false"); break;
	case CONF_INT: printf("%lld to %lld", k->min, k->max); break;
	case CONF_SIZE:
		printf("size, %lldM to %lldM", k->min >> 20, k->max >> 20);
		break;
	}
}

int main(void)
{
	puts("| key | type | default | environment | SIGHUP | meaning |");
	puts("| --- | --- | --- | --- | --- | --- |");
	for (size_t i = 0; i < conf_table_n; i++) {
		const struct conf_key *k = &conf_table[i];

		printf("| `%s` | ", k->name);
		type(k);
		printf(" | %s | `PHIEU_", k->def ? k->def : "none");
		for (const char *s = k->name; *s; s++)
			putchar(*s == '-' ? '_' : toupper((unsigned char)*s));
		printf("` | %s | %s |\n", k->reloadable ? "yes" : "no",
		       k->help);
	}
	return 0;
}
