#include "support/test.h"

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "phieu/cluster.h"
#include "phieu/run_as.h"

/* whoever we are, as children of ours run */
static struct run_as self(void)
{
	return (struct run_as){ .uid = geteuid(), .gid = getegid() };
}

static struct conf *conf_with_user(const char *user)
{
	struct err e = { 0 };
	struct conf *c = conf_new(&e);

	if (!c || !conf_set(c, "user", user, &e))
		fail_msg("%s", e.msg);
	return c;
}

static bool run(const char *script, const struct run_io *io, struct buf *out,
		struct err *e)
{
	const char *argv[] = { "/bin/sh", "-c", script, NULL };
	const struct run_as me = self();

	return io ? run_as_with(&me, argv, io, out, e)
		  : run_as_program(&me, argv, out, e);
}

static void a_child_gets_a_bare_environment(void **state)
{
	struct buf out = BUF_INIT(4096);
	struct err e = { 0 };

	(void)state;
	assert_int_equal(setenv("PGOPTIONS", "-c fsync=off", 1), 0);
	assert_int_equal(setenv("PGPASSFILE", "/home/x/.pgpass", 1), 0);
	assert_true(run("echo \"[$PGOPTIONS][$PGPASSFILE][$PGPASSWORD]"
			"[$LC_ALL][$TZ]\"; pwd",
			NULL, &out, &e));
	assert_string_equal(out.data, "[][/home/x/.pgpass][][C.UTF-8][UTC]\n"
				      "/\n");
	assert_int_equal(unsetenv("PGOPTIONS"), 0);
	assert_int_equal(unsetenv("PGPASSFILE"), 0);
	buf_free(&out);
}

static void a_password_goes_by_the_environment(void **state)
{
	const struct run_io io = { .in = -1, .out = -1, .password = "mật" };
	struct buf out = BUF_INIT(4096);
	struct err e = { 0 };

	(void)state;
	assert_true(run("printf %s \"$PGPASSWORD\"", &io, &out, &e));
	assert_string_equal(out.data, "mật");
	buf_free(&out);
}

static void files_become_its_input_and_output(void **state)
{
	char in[] = "/tmp/phieu-run-in.XXXXXX",
	     to[] = "/tmp/phieu-run-to.XXXXXX", room[16] = "";
	struct run_io io = { .in = mkstemp(in), .out = mkstemp(to) };
	struct buf said = BUF_INIT(4096);
	struct err e = { 0 };

	(void)state;
	assert_true(io.in >= 0 && io.out >= 0);
	assert_int_equal(write(io.in, "phiếu", 7), 7);
	assert_int_equal(lseek(io.in, 0, SEEK_SET), 0);
	assert_true(run("cat; echo aside >&2", &io, &said, &e));
	assert_int_equal(pread(io.out, room, sizeof room, 0), 7);
	assert_string_equal(room, "phiếu");
	assert_string_equal(said.data, "aside\n");
	(void)close(io.in);
	(void)close(io.out);
	(void)unlink(in);
	(void)unlink(to);
	buf_free(&said);
}

static void nothing_to_read_is_an_empty_file(void **state)
{
	struct buf out = BUF_INIT(4096);
	struct err e = { 0 };

	(void)state;
	assert_true(run("wc -c", NULL, &out, &e));
	assert_string_equal(out.data, "0\n");
	buf_free(&out);
}

static void a_failure_carries_the_last_words(void **state)
{
	static const struct {
		const char *script, *words;
	} cases[] = {
		{ "echo first; echo 'no room left' >&2; exit 1",
		  "sh failed: no room left" },
		{ "printf 'the end  \\n\\n'; exit 9", "sh failed: the end" },
		{ "exit 1", "sh failed: it said nothing" },
		{ "kill -9 $$", "sh failed" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct err e = { 0 };

		assert_false(run(cases[i].script, NULL, NULL, &e));
		assert_int_equal(e.kind, ERR_IO);
		if (!strstr(e.msg, cases[i].words))
			fail_msg("%s: %s", cases[i].script, e.msg);
	}
}

static void more_than_fits_is_read_to_the_end(void **state)
{
	struct buf out = BUF_INIT(3000);
	struct err e = { 0 };

	(void)state;
	assert_true(run("head -c 300000 /dev/zero | tr '\\0' x; exit 0", NULL,
			&out, &e));
	assert_true(out.len > 1000 && out.len < 3000);
	buf_free(&out);
}

static void a_program_that_is_not_there_fails(void **state)
{
	const char *argv[] = { "/nowhere/initdb", NULL };
	const struct run_as me = self();
	struct err e = { 0 };

	(void)state;
	assert_false(run_as_program(&me, argv, NULL, &e));
	assert_non_null(strstr(e.msg, "initdb failed"));
}

static void a_directory_is_reached_or_not(void **state)
{
	const struct run_as me = self();

	(void)state;
	assert_true(run_as_reaches(&me, "/tmp"));
	assert_false(run_as_reaches(&me, "/nowhere/at/all"));
}

static void nothing_is_given_away_by_who_is_not_root(void **state)
{
	const struct run_as me = self();
	struct err e = { 0 };

	(void)state;
	assert_true(run_as_give(&me, "/nowhere/at/all", &e));
}

/* ---- as root only: `make test` in a bare Debian runs both ways ---- */
static void root_runs_programs_as_the_user_set(void **state)
{
	struct conf *c = conf_with_user("nobody");
	const char *argv[] = { "/usr/bin/id", "-un", NULL };
	char dir[] = "/tmp/phieu-run-dir.XXXXXX";
	struct buf out = BUF_INIT(256);
	struct run_as who;
	struct err e = { 0 };
	struct stat st;

	(void)state;
	assert_true(run_as_init(&who, c, &e));
	assert_int_equal(who.change, geteuid() == 0);
	assert_non_null(mkdtemp(dir));
	assert_true(run_as_program(&who, argv, &out, &e));
	assert_int_equal(out.len, strlen(who.name) + 1);
	assert_memory_equal(out.data, who.name, strlen(who.name));
	/* mode 0700: root's own until it is given */
	assert_int_equal(run_as_reaches(&who, dir), !who.change);
	assert_true(run_as_give(&who, dir, &e));
	assert_true(run_as_reaches(&who, dir));
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_uid, who.uid);
	(void)rmdir(dir);
	if (who.change) {
		assert_string_equal(who.name, "nobody");
		assert_false(run_as_give(&who, dir, &e));
		assert_non_null(strstr(e.msg, dir));
	}
	buf_free(&out);
	conf_free(c);
}

static void root_or_nobody_known_is_refused(void **state)
{
	static const struct {
		const char *user, *words;
	} cases[] = {
		{ "root", "never runs as root" },
		{ "no-such-user", "there is no user no-such-user here" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct conf *c = conf_with_user(cases[i].user);
		struct run_as who;
		struct err e = { 0 };

		/* who is not root stays himself, whatever is set */
		assert_int_equal(run_as_init(&who, c, &e), geteuid() != 0);
		if (geteuid() == 0)
			assert_non_null(strstr(e.msg, cases[i].words));
		conf_free(c);
	}
}

static void a_service_gives_root_up_for_good(void **state)
{
	struct conf *c = conf_with_user("nobody");
	pid_t pid = fork();
	int status = 0;

	(void)state;
	if (pid == 0) {
		struct err e = { 0 };
		int dies = 0;
		bool ok = prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 &&
			  drop_privileges(c, &e) && geteuid() != 0 &&
			  getuid() != 0 && setuid(0) != 0;

		/* and still ends with its parent */
		ok = ok && prctl(PR_GET_PDEATHSIG, &dies) == 0 &&
		     dies == SIGTERM;
		_exit(ok ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	conf_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_child_gets_a_bare_environment),
		cmocka_unit_test(a_password_goes_by_the_environment),
		cmocka_unit_test(files_become_its_input_and_output),
		cmocka_unit_test(nothing_to_read_is_an_empty_file),
		cmocka_unit_test(a_failure_carries_the_last_words),
		cmocka_unit_test(more_than_fits_is_read_to_the_end),
		cmocka_unit_test(a_program_that_is_not_there_fails),
		cmocka_unit_test(a_directory_is_reached_or_not),
		cmocka_unit_test(nothing_is_given_away_by_who_is_not_root),
		cmocka_unit_test(root_runs_programs_as_the_user_set),
		cmocka_unit_test(root_or_nobody_known_is_refused),
		cmocka_unit_test(a_service_gives_root_up_for_good),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
