#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "phieu/file.h"

static char dir[] = "/tmp/phieu-file.XXXXXX";

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	char path[64];

	(void)state;
	(void)snprintf(path, sizeof path, "%s/a", dir);
	(void)unlink(path);
	return rmdir(dir); /* fails when something was left behind */
}

static void what_is_written_is_read(void **state)
{
	char path[64];
	size_t n, big = 300000;
	char *text = malloc(big), *got;
	struct stat st;
	struct err e;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', big);
	text[7] = '\0';
	(void)snprintf(path, sizeof path, "%s/a", dir);
	assert_true(file_write(path, "old", 3, 0600, &e));
	assert_true(file_write(path, text, big, 0600, &e));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	got = file_read(path, big, &n, &e);
	assert_non_null(got);
	assert_int_equal(n, big);
	assert_memory_equal(got, text, big);
	assert_int_equal(got[big], '\0');
	free(got);
	assert_null(file_read(path, big - 1, &n, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	free(text);
}

static void a_missing_file_and_folder_are_named(void **state)
{
	struct err e;
	size_t n;

	(void)state;
	assert_null(file_read("/tmp/phieu-none/x", 10, &n, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_non_null(strstr(e.msg, "/tmp/phieu-none/x"));
	assert_false(file_write("/tmp/phieu-none/x", "a", 1, 0600, &e));
	assert_int_equal(e.kind, ERR_IO);
	/* a folder opens but does not read */
	assert_null(file_read("/tmp", 10, &n, &e));
	assert_int_equal(e.kind, ERR_IO);
}

static void a_failed_write_leaves_the_old_file(void **state)
{
	struct err e;
	char path[64];
	char *got;
	size_t n;

	(void)state;
	(void)snprintf(path, sizeof path, "%s/a", dir);
	assert_true(file_write(path, "good", 4, 0600, &e));
	/* renaming over a folder fails after the writing went well */
	assert_false(file_write(dir, "x", 1, 0600, &e));
	got = file_read(path, 10, &n, &e);
	assert_non_null(got);
	assert_string_equal(got, "good");
	free(got);
}

static void a_pipe_is_written_to_and_not_replaced(void **state)
{
	struct err e;
	char path[64], got[8] = "";
	struct stat st;
	int fd;

	(void)state;
	(void)snprintf(path, sizeof path, "%s/p", dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	assert_true(file_write(path, "hello", 5, 0600, &e));
	assert_int_equal(read(fd, got, sizeof got), 5);
	assert_string_equal(got, "hello");
	assert_int_equal(stat(path, &st), 0);
	assert_true(S_ISFIFO(st.st_mode));
	(void)close(fd);
	(void)unlink(path);
}

static char *content(const char *path)
{
	struct err e = { 0 };
	size_t n;
	char *got = file_read(path, 1000, &n, &e);

	assert_non_null(got);
	return got;
}

/* `phieu-upload --receipts /dev/stdout >file`, as root. */
static void our_own_output_is_added_to_and_its_link_stays(void **state)
{
	char link[64], path[64], *got;
	struct stat st;
	int status;
	pid_t pid;

	(void)state;
	(void)snprintf(link, sizeof link, "%s/stdout", dir);
	(void)snprintf(path, sizeof path, "%s/redirected", dir);
	assert_int_equal(symlink("/proc/self/fd/1", link), 0);
	pid = fork();
	if (pid == 0) {
		struct err e = { 0 };
		int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		bool ok = fd >= 0 && dup2(fd, STDOUT_FILENO) >= 0 &&
			  printf("before\n") > 0 &&
			  file_write(link, "receipts\n", 9, 0600, &e) &&
			  printf("after\n") > 0 && fflush(stdout) == 0;

		_exit(ok ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	got = content(path);
	assert_string_equal(got, "before\nreceipts\nafter\n");
	free(got);
	(void)unlink(link);
	(void)unlink(path);
}

static void a_link_stays_and_its_file_is_replaced_whole(void **state)
{
	char link[64], path[64], *got;
	struct stat st, before;
	struct err e = { 0 };

	(void)state;
	(void)snprintf(link, sizeof link, "%s/link", dir);
	(void)snprintf(path, sizeof path, "%s/real", dir);
	assert_int_equal(symlink("real", link), 0);
	assert_false(file_write(link, "x", 1, 0600, &e)); /* leads nowhere */
	assert_int_equal(e.kind, ERR_IO);
	assert_true(file_write(path, "older and longer", 16, 0600, &e));
	assert_int_equal(stat(path, &before), 0);
	assert_true(file_write(link, "new", 3, 0600, &e));
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_ino != before.st_ino);
	got = content(path);
	assert_string_equal(got, "new");
	free(got);
	if (geteuid() == 0) { /* nobody else can lay one for us */
		assert_int_equal(lchown(link, 65534, 65534), 0);
		e = (struct err){ 0 };
		assert_false(file_write(link, "bad", 3, 0600, &e));
		assert_int_equal(e.kind, ERR_INPUT);
		got = content(path);
		assert_string_equal(got, "new");
		free(got);
	}
	(void)unlink(link);
	(void)unlink(path);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(a_missing_file_and_folder_are_named),
		cmocka_unit_test(a_failed_write_leaves_the_old_file),
		cmocka_unit_test(a_pipe_is_written_to_and_not_replaced),
		cmocka_unit_test(our_own_output_is_added_to_and_its_link_stays),
		cmocka_unit_test(a_link_stays_and_its_file_is_replaced_whole),
	};
	return cmocka_run_group_tests_name("file", t, make_dir, remove_dir);
}
