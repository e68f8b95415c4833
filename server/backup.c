#include "phieu/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "phieu/address.h"
#include "phieu/cluster.h"
#include "phieu/connect.h"
#include "phieu/file.h"
#include "phieu/hash.h"
#include "phieu/json.h"
#include "phieu/migrate.h"
#include "phieu/run_as.h"
#include "phieu/store_audit.h"
#include "phieu/store_care.h"

#define MANIFEST_MAX ((size_t)1 << 20)

static const struct json_limits manifest_limits = { 8, 10000, 4096,
						    MANIFEST_MAX };

static char *beside(const char *path, const char *suffix, struct err *e)
{
	char *p;

	if (asprintf(&p, "%s%s", path, suffix) < 0) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	return p;
}

static bool digest_fd(int fd, char hex[65], int64_t *bytes, struct err *e)
{
	uint8_t sum[SHA256_BYTES], room[16384];
	struct sha256_run run;
	ssize_t n;

	*bytes = 0;
	sha256_begin(&run);
	while ((n = pread(fd, room, sizeof room, *bytes)) > 0) {
		sha256_add(&run, room, (size_t)n);
		*bytes += n;
	}
	if (n < 0)
		return err_set(e, ERR_IO, "reading the copy: %s",
			       strerror(errno));
	sha256_end(&run, sum);
	hex_text(sum, sizeof sum, hex);
	return true;
}

/* One of PostgreSQL's programs on the database of `who`. */
static bool pg_tool(const struct conf *c, enum who who, const char *name,
		    const char *const *options, const struct run_io *files,
		    struct err *e)
{
	struct run_io io = *files;
	struct address a = { 0 };
	const char *argv[16];
	struct run_as as;
	char *program = NULL, *text = NULL;
	bool ok = false;
	size_t n = 0;

	text = connect_address(c, who, e);
	if (!text || !address_split(text, &a, e) || !run_as_init(&as, c, e))
		goto out;
	program = cluster_program(c, name, e);
	if (!program)
		goto out;
	argv[n++] = program;
	argv[n++] = "--no-password";
	argv[n++] = "-d";
	argv[n++] = a.open;
	while (*options && n < sizeof argv / sizeof argv[0] - 1)
		argv[n++] = *options++;
	argv[n] = NULL;
	io.password = a.password;
	ok = run_as_with(&as, argv, &io, NULL, e);
out:
	free(program);
	address_clear(&a);
	free(text);
	return ok;
}

/* Heads are read before the dump begins, so the copy holds every entry that
 * they cover. */
static bool manifest_open(struct db *db, struct jw *w, struct err *e)
{
	struct audit_head *heads;
	char hex[65];
	size_t n;

	if (!store_audit_heads(db, &heads, &n, e))
		return false;
	jw_object(w);
	jw_kv(w, "format", "phieu-backup-1");
	jw_key(w, "heads");
	jw_array(w);
	for (size_t i = 0; i < n; i++) {
		hex_text(heads[i].hash, heads[i].hash_n, hex);
		jw_object(w);
		jw_ki(w, "lane", heads[i].lane);
		jw_ki(w, "seq", heads[i].seq);
		jw_kv(w, "hash", hex);
		jw_object_end(w);
	}
	jw_array_end(w);
	free(heads);
	return true;
}

static bool manifest_close(const char *path, struct jw *w, const char *hex,
			   int64_t bytes, struct err *e)
{
	char *name = beside(path, ".manifest.json", e);
	bool ok;

	if (!name)
		return false;
	jw_kv(w, "migration", migrations[migrations_n - 1].name);
	jw_ki(w, "bytes", bytes);
	jw_kv(w, "sha256", hex);
	jw_object_end(w);
	buf_adds(w->out, "\n");
	ok = w->out->broken
		     ? err_set(e, ERR_NOMEM, "manifest too large")
		     : file_write(name, w->out->data, w->out->len, 0600, e);
	free(name);
	return ok;
}

/* The dump, whole and on the disk, under a passing name. */
static bool dump_to(const struct conf *c, const char *tmp, char hex[65],
		    int64_t *bytes, struct err *e)
{
	/* pg_dump refuses tables with row security unless told to read them
	 * through their policies; store_care_sees_all was asked before */
	static const char *const options[] = { "-Fc", "--no-owner",
					       "--enable-row-security", NULL };
	struct run_io io = { .in = -1 };
	bool ok;

	io.out = open(tmp, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
		      0600);
	if (io.out < 0)
		return err_set(e, ERR_INPUT, "%s: %s", tmp, strerror(errno));
	ok = pg_tool(c, WHO_BACKUP, "pg_dump", options, &io, e) &&
	     digest_fd(io.out, hex, bytes, e);
	if (ok && fsync(io.out) != 0)
		ok = err_set(e, ERR_IO, "%s: %s", tmp, strerror(errno));
	(void)close(io.out);
	return ok;
}

/* link, unlike rename, never replaces: an older copy stays what it is. */
static bool put_in_place(const char *tmp, const char *path, struct err *e)
{
	if (link(tmp, path) != 0)
		return err_set(e, errno == EEXIST ? ERR_CONFLICT : ERR_IO,
			       "%s: %s", path, strerror(errno));
	return file_sync_folder(path, e);
}

bool backup_write(const struct conf *c, const char *path, int64_t *bytes,
		  struct err *e)
{
	struct buf text = BUF_INIT(MANIFEST_MAX);
	struct db *db = NULL;
	char *tmp = NULL, hex[65];
	bool ok = false;
	struct jw w;

	if (access(path, F_OK) == 0)
		return err_set(e, ERR_CONFLICT,
			       "%s is there already; a copy never replaces "
			       "another",
			       path);
	jw_init(&w, &text);
	w.pretty = true;
	tmp = beside(path, ".part", e);
	if (!tmp)
		return false;
	db = connect_as(c, WHO_BACKUP, e);
	ok = db && migrate_check(db, e) && store_care_sees_all(db, e) &&
	     store_care_hold(db, e) && manifest_open(db, &w, e) &&
	     dump_to(c, tmp, hex, bytes, e) &&
	     manifest_close(path, &w, hex, *bytes, e) &&
	     put_in_place(tmp, path, e);
	(void)unlink(tmp);
	db_close(db);
	free(tmp);
	buf_free(&text);
	return ok;
}

static bool verify_fd(int fd, const char *path, struct err *e)
{
	char *name = NULL, *text = NULL, hex[65];
	const cJSON *size, *sum;
	cJSON *tree = NULL;
	int64_t bytes;
	bool ok = false;
	size_t n;

	name = beside(path, ".manifest.json", e);
	if (!name)
		return false;
	text = file_read(name, MANIFEST_MAX, &n, e);
	if (!text)
		goto out;
	tree = json_parse(text, n, &manifest_limits, e);
	if (!tree)
		goto out;
	size = json_get(tree, "bytes");
	sum = json_get(tree, "sha256");
	if (!cJSON_IsNumber(size) || !cJSON_IsString(sum)) {
		err_set(e, ERR_INPUT, "%s is no manifest of a copy", name);
		goto out;
	}
	if (!digest_fd(fd, hex, &bytes, e))
		goto out;
	if ((double)bytes != size->valuedouble)
		err_set(e, ERR_INPUT,
			"%s is damaged: %lld bytes, the manifest says %.0f",
			path, (long long)bytes, size->valuedouble);
	else if (strcmp(hex, sum->valuestring) != 0)
		err_set(e, ERR_INPUT,
			"%s is damaged: its SHA-256 is not the manifest's",
			path);
	else
		ok = true;
out:
	cJSON_Delete(tree);
	free(text);
	free(name);
	return ok;
}

static int open_copy(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		err_set(e, ERR_INPUT, "%s: %s", path, strerror(errno));
	return fd;
}

bool backup_verify(const char *path, struct err *e)
{
	int fd = open_copy(path, e);
	bool ok;

	if (fd < 0)
		return false;
	ok = verify_fd(fd, path, e);
	(void)close(fd);
	return ok;
}

static bool is_empty(struct db *db, struct err *e)
{
	bool empty;

	if (!store_care_is_empty(db, &empty, e))
		return false;
	return empty || err_set(e, ERR_CONFLICT,
				"the database is not empty; a copy is only "
				"taken back into an empty one");
}

bool backup_restore(const struct conf *c, const char *path, struct err *e)
{
	static const char *const options[] = { "--no-owner", "--exit-on-error",
					       "--single-transaction", NULL };
	struct run_io io = { .out = -1 };
	struct db *owner = NULL;
	bool ok = false;

	io.in = open_copy(path, e);
	if (io.in < 0)
		return false;
	if (!verify_fd(io.in, path, e))
		goto out;
	owner = connect_as(c, WHO_OWNER, e);
	/* the fd we verified is the fd that is read */
	ok = owner && is_empty(owner, e) && store_care_roles(owner, e) &&
	     pg_tool(c, WHO_OWNER, "pg_restore", options, &io, e) &&
	     store_care_grants(owner, e) && migrate_check(owner, e);
	db_close(owner);
out:
	(void)close(io.in);
	return ok;
}
