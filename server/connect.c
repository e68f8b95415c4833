#include "phieu/connect.h"

#include <stdlib.h>
#include <string.h>

#include "phieu/cluster.h"
#include "phieu/log.h"
#include "phieu/migrate.h"

static const struct {
	const char *role, *key;
} names[] = {
	[WHO_OWNER] = { NULL, "database-url" },
	[WHO_COLLECTOR] = { "collector", "database-url-collector" },
	[WHO_SERVER] = { "server", "database-url-server" },
	[WHO_ANALYSIS] = { "analysis", "database-url-analysis" },
	[WHO_ROSTER] = { "roster", "database-url-roster" },
	[WHO_PUBLISH] = { "publish", "database-url-publish" },
	[WHO_AUDITOR] = { "auditor", "database-url-auditor" },
	[WHO_BACKUP] = { "backup", "database-url-backup" },
	[WHO_MIXER] = { "mixer", "database-url-mixer" },
};

/* The cluster that connect_as had to start, so that a command which found the
 * machine quiet leaves it quiet.  State of the process, like the log's. */
static struct {
	char *dir;
	const struct conf *conf;
} started_here;

/* Connections that closed and stay, by name; see connect_keep. */
static struct {
	bool on;
	struct resting {
		struct db *db;
		bool ready; /* its schema was found to be ours */
	} by[sizeof names / sizeof names[0]];
} kept;

static const char *configured(const struct conf *c, enum who who)
{
	const char *url = conf_text(c, names[who].key);

	return url && *url ? url : NULL;
}

bool connect_is_private(const struct conf *c)
{
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (configured(c, (enum who)i))
			return false;
	return true;
}

static char *dup_text(const char *s, struct err *e)
{
	char *p = strdup(s);

	if (!p)
		err_set(e, ERR_NOMEM, "out of memory");
	return p;
}

static char *private_address(const struct conf *c, enum who who, bool start,
			     struct err *e)
{
	char *dir = cluster_state_dir(c, e), *address = NULL;
	bool started = false;

	if (!dir)
		return NULL;
	if (start) {
		if (!cluster_start(dir, c, &started, e))
			goto out;
	} else if (!cluster_exists(dir)) {
		err_set(e, ERR_INPUT,
			"there is no database in %s: run `phieu db start`, or "
			"set %s",
			dir, names[who].key);
		goto out;
	}
	address = cluster_address(dir, names[who].role, e);
	if (address && started) {
		free(started_here.dir);
		started_here.dir = dir;
		started_here.conf = c;
		return address;
	}
out:
	free(dir);
	return address;
}

static char *address_of(const struct conf *c, enum who who, bool start,
			struct err *e)
{
	const char *url = configured(c, who);

	if (url)
		return dup_text(url, e);
	if (!connect_is_private(c)) {
		err_set(e, ERR_INPUT,
			"other roles have an address, but %s is not set",
			names[who].key);
		return NULL;
	}
	return private_address(c, who, start, e);
}

char *connect_address(const struct conf *c, enum who who, struct err *e)
{
	return address_of(c, who, false, e);
}

/* One a name: a second that was open at the same time is ended. */
static bool keep(void *to, struct db *db)
{
	struct resting *r = to;

	if (!kept.on || r->db)
		return false;
	r->db = db;
	return true;
}

static void end(struct resting *r)
{
	if (r->db) {
		db_keep(r->db, NULL, NULL);
		db_close(r->db);
	}
	*r = (struct resting){ 0 };
}

/* What rests by this name, as new; NULL: there is none that still works. */
static struct db *wake(struct resting *r)
{
	struct db *db = r->db;
	struct err e;

	if (db && !db_again(db, 0, &e)) {
		end(r);
		return NULL;
	}
	r->db = NULL;
	return db;
}

struct db *connect_as(const struct conf *c, enum who who, struct err *e)
{
	struct resting *r = &kept.by[who];
	struct db *db = wake(r);
	char *address;

	if (db)
		return db;
	address = address_of(c, who, true, e);
	if (!address)
		return NULL;
	db = db_open(address, "phieu",
		     who == WHO_OWNER ? DB_ANY_ROLE : DB_SERVICE_ROLE, 0, e);
	free(address);
	if (db && kept.on) {
		r->ready = false;
		db_keep(db, keep, r);
	}
	return db;
}

struct db *connect_ready(const struct conf *c, enum who who, struct err *e)
{
	struct db *db = connect_as(c, who, e);

	if (db && kept.by[who].ready)
		return db;
	if (db && !migrate_check(db, e)) {
		db_close(db);
		return NULL;
	}
	kept.by[who].ready = db && kept.on;
	return db;
}

void connect_keep(bool on)
{
	kept.on = on;
	for (size_t i = 0; !on && i < sizeof kept.by / sizeof kept.by[0]; i++)
		end(&kept.by[i]);
}

void connect_done(void)
{
	struct err e;

	connect_keep(false);
	if (!started_here.dir)
		return;
	if (!cluster_stop(started_here.dir, started_here.conf, &e))
		log_err(LOG_WARN, NULL, "database-stop", &e);
	free(started_here.dir);
	started_here.dir = NULL;
}
