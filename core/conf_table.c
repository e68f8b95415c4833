#include "phieu/conf.h"

/* One setting a line or two; `tests/lint/conf_docs.sh --write` puts this table
 * into docs/CONFIG.md, without --write it compares them.  Database addresses
 * are secret: they may hold passwords. */
/* clang-format off */
#define TEXT(name, def, help) { name, def, help, 0, 0, CONF_TEXT, false, false }
#define TEXT_LIVE(name, def, help) \
	{ name, def, help, 0, 0, CONF_TEXT, true, false }
#define SECRET(name, help) { name, NULL, help, 0, 0, CONF_TEXT, false, true }
#define BOOL(name, def, help) { name, def, help, 0, 0, CONF_BOOL, false, false }
#define INT(name, def, min, max, help) \
	{ name, def, help, min, max, CONF_INT, false, false }
#define SIZE(name, def, min, max, help) \
	{ name, def, help, min, max, CONF_SIZE, false, false }

const struct conf_key conf_table[] = {
	TEXT("state-dir", NULL,
	     "directory of the private cluster, its log and sockets"),
	TEXT("user", "postgres",
	     "unprivileged user that root becomes"),
	SECRET("database-url",
	       "owner's address, for migrations; none: private cluster"),
	SECRET("database-url-collector", "address for the collector role"),
	SECRET("database-url-server", "address for the server role"),
	SECRET("database-url-analysis", "address for the analysis role"),
	SECRET("database-url-roster", "address for the roster role"),
	SECRET("database-url-publish", "address for the publish role"),
	SECRET("database-url-auditor", "address for the auditor role"),
	SECRET("database-url-backup", "address for the backup role"),
	SECRET("database-url-mixer",
	       "address for the role that mixes sealed ballots"),
	TEXT_LIVE("log-level", "info", "error, warn, info or debug"),
	TEXT("collector-address", "127.0.0.1",
	     "address the collector listens on"),
	INT("collector-port", "8081", 0, 65535,
	    "port the collector listens on; 0: any free one"),
	INT("collector-writers", "2", 1, 8,
	    "database connections of the collector that write"),
	INT("collector-lane", "1", 1, 30000,
	    "lane of the log of its first writer; differs between collectors"),
	TEXT("collector-url", NULL,
	     "address by which phones reach the collector, https://…; none: as "
	     "each request says"),
	BOOL("openrosa-digest", "false",
	     "names and passwords of devices by HTTP Digest"),
	BOOL("openrosa-basic", "false",
	     "the same by HTTP Basic, over TLS or from a proxy on this machine"),
	TEXT("server-address", "127.0.0.1",
	     "address the server listens on"),
	INT("server-port", "8080", 0, 65535,
	    "port the server listens on; 0: any free one"),
	INT("server-threads", "4", 1, 64,
	    "threads that answer HTTP requests"),
	BOOL("data-feed", "false",
	     "OData of frozen answers for analysts; the server then needs the "
	     "address of the analysis role"),
	INT("max-connections", "1000", 1, 100000,
	    "open HTTP connections of one service"),
	INT("max-connections-per-address", "500", 1, 100000,
	    "of these, from one address; post offices share one"),
	INT("idle-seconds", "60", 1, 3600,
	    "seconds after which a silent connection is closed"),
	SIZE("max-buffered", "48M", 1LL << 20, 1LL << 36,
	     "bytes of request bodies held at the same time"),
	TEXT_LIVE("tls-certificate", NULL,
	     "PEM file with the certificate chain; none: no TLS"),
	TEXT_LIVE("tls-key", NULL,
	     "PEM file with the certificate's private key"),
	INT("statement-timeout-ms", "10000", 100, 3600000,
	    "milliseconds a database statement may take"),
	INT("stop-seconds", "10", 1, 600,
	    "seconds a stopping service finishes what it has begun"),
	INT("password-min-length", "12", 8, 64,
		 "characters a password must have"),
	BOOL("password-composition", "false",
		  "ask for upper and lower case, digit and special character"),
	INT("login-failures", "10", 3, 1000,
		 "failed sign-ins before an account is locked"),
	INT("login-lock-minutes", "15", 1, 1440,
		 "minutes an account stays locked"),
	INT("session-hours", "12", 1, 168,
		 "hours after which a session ends"),
	TEXT("evidence-scanner", NULL,
	     "program that scans evidence: its path and options; none: no scan"),
	INT("evidence-scan-seconds", "60", 1, 600,
	    "seconds the scanner has for one file"),
	TEXT("evidence-unscanned", "refuse",
	     "refuse or keep (marked) what the scanner could not scan"),
	BOOL("hook-inside", "false",
	     "webhooks may call addresses of our own network, and http://"),
	INT("hook-retry-ms", "2000", 10, 60000,
	    "milliseconds before an event is sent again, doubled each time"),
	INT("hook-timeout-seconds", "10", 1, 60,
	    "seconds a webhook's receiver has to answer"),
	INT("hook-days", "7", 0, 90,
	    "days after which an event that nobody took is given up"),
};
/* clang-format on */

const size_t conf_table_n = sizeof conf_table / sizeof conf_table[0];
