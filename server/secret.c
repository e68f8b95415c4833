#include "phieu/secret.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define SECRET_MAX 1024

/* One line without its end; NULL at the end of the file. */
static char *line_of(FILE *from, struct err *e)
{
	char *s = calloc(1, SECRET_MAX);

	if (!s) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	if (!fgets(s, SECRET_MAX, from)) {
		err_set(e, ERR_INPUT, "no password was given");
		free(s);
		return NULL;
	}
	s[strcspn(s, "\r\n")] = '\0';
	return s;
}

static char *typed(const char *prompt, struct err *e)
{
	struct termios before, quiet;
	bool terminal = tcgetattr(STDIN_FILENO, &before) == 0;
	char *s;

	if (terminal) {
		(void)fprintf(stderr, "%s: ", prompt);
		quiet = before;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	}
	s = line_of(stdin, e);
	if (terminal) {
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		(void)fputc('\n', stderr);
	}
	return s;
}

static char *from_file(const char *file, struct err *e)
{
	FILE *f = fopen(file, "re");
	char *s;

	if (!f) {
		err_set(e, ERR_INPUT, "%s: %s", file, strerror(errno));
		return NULL;
	}
	s = line_of(f, e);
	(void)fclose(f);
	return s;
}

char *secret_read(const char *file, const char *prompt, bool twice,
		  struct err *e)
{
	char *s, *again;
	bool same;

	if (file)
		return from_file(file, e);
	s = typed(prompt, e);
	if (!s || !twice || !isatty(STDIN_FILENO))
		return s;
	again = typed("once more", e);
	same = again && strcmp(s, again) == 0;
	if (again && !same)
		err_set(e, ERR_INPUT, "the two differ");
	secret_free(again);
	if (!same) {
		secret_free(s);
		return NULL;
	}
	return s;
}

void secret_free(char *s)
{
	if (s)
		explicit_bzero(s, strlen(s));
	free(s);
}

void actor_name(char *out, size_t max)
{
	const char *name = geteuid() == 0 ? getenv("SUDO_USER") : NULL;
	struct passwd pw, *found = NULL;
	char room[4096];

	if ((!name || !*name) &&
	    getpwuid_r(getuid(), &pw, room, sizeof room, &found) == 0 && found)
		name = pw.pw_name;
	(void)snprintf(out, max, "cli:%.40s", name && *name ? name : "?");
}
