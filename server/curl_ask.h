/* curl_ask.h - what every request of ours to another server is set up with. */
#ifndef PHIEU_SERVER_CURL_ASK_H
#define PHIEU_SERVER_CURL_ASK_H

#include <curl/curl.h>
#include <stdbool.h>

/* Adds "name: value"; false when memory ends. */
bool curl_add_header(struct curl_slist **list, const char *name,
		     const char *value);
/* `phieu pull` and `phieu pull-forms`: where to, no redirects, how long it may
 * take and below how many bytes a second it is given up. */
bool curl_set_pull(CURL *c, const char *url, long seconds, long slow_bytes);

#endif
