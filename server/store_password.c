#include <ctype.h>
#include <string.h>

#include "phieu/conf.h"
#include "phieu/store_account.h"

#define PASSWORD_MAX 256 /* bytes; longer ones only burn time */

/* The core of passwords that everybody tries first: compared without case,
 * and without what people hang on at either end (digits and signs). */
static const char *const common[] = {
	"password",
	"passw0rd",
	"p@ssword",
	"p@ssw0rd",
	"pass",
	"admin",
	"administrator",
	"root",
	"qwerty",
	"qwertyuiop",
	"asdfgh",
	"asdfghjkl",
	"zxcvbnm",
	"letmein",
	"welcome",
	"iloveyou",
	"anhyeuem",
	"emyeuanh",
	"yeuem",
	"matkhau",
	"mậtkhẩu",
	"matkhaumoi",
	"khongbiet",
	"khongcomatkhau",
	"taikhoan",
	"nguoidung",
	"quantri",
	"vietnam",
	"vietnamvodich",
	"hanoi",
	"saigon",
	"hochiminh",
	"buudien",
	"sonoivu",
	"ubnd",
	"ubndtinh",
	"vnpt",
	"viettel",
	"phieu",
	"dieutra",
	"caicachhanhchinh",
	"cchc",
	"test",
	"testtest",
	"user",
	"guest",
	"default",
	"changeme",
	"secret",
	"abc",
	"abcabc",
	"abcd",
	"abcdef",
	"abcdefgh",
	"monkey",
	"dragon",
	"football",
	"sunshine",
	"princess",
	"superman",
	"batman",
	"trustno",
	"master",
	"login",
	"qazwsx",
	"qazwsxedc",
	"aaa",
	"google",
	"",
};

static size_t characters(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static bool composed(const char *s)
{
	bool upper = false, lower = false, digit = false, other = false;

	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		upper |= isupper(c) != 0;
		lower |= islower(c) != 0;
		digit |= isdigit(c) != 0;
		other |= !isalnum(c);
	}
	return upper && lower && digit && other;
}

static bool is_letter(char c)
{
	return isalpha((unsigned char)c) || ((unsigned char)c & 0x80) ||
	       c == '@';
}

/* Only digits, or a common word with hangings-on. */
static bool is_common(const char *s)
{
	char low[PASSWORD_MAX + 1];
	size_t from = 0, n = strlen(s);

	for (size_t i = 0; i <= n; i++)
		low[i] = (char)tolower((unsigned char)s[i]);
	while (from < n && !is_letter(low[from]))
		from++;
	while (n > from && (!is_letter(low[n - 1]) || low[n - 1] == '@'))
		low[--n] = '\0';
	for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
		if (strcmp(low + from, common[i]) == 0)
			return true;
	return false;
}

static bool is_monotonous(const char *s)
{
	bool seen[256] = { false };
	int n = 0;

	for (; *s; s++) {
		n += !seen[(unsigned char)*s];
		seen[(unsigned char)*s] = true;
	}
	return n < 5;
}

static bool holds_login(const char *s, const char *login)
{
	return strlen(login) >= 4 && strcasestr(s, login) != NULL;
}

const char *password_fault(const struct people_rules *r, const char *login,
			   const char *password, const char **vi)
{
	if (characters(password) < (size_t)r->min_length) {
		*vi = "mật khẩu quá ngắn";
		return "the password is too short";
	}
	if (strlen(password) > PASSWORD_MAX) {
		*vi = "mật khẩu quá dài";
		return "the password is too long";
	}
	if (r->composition && !composed(password)) {
		*vi = "mật khẩu phải có chữ hoa, chữ thường, chữ số và ký tự "
		      "đặc biệt";
		return "the password needs upper and lower case, a digit and "
		       "a special character";
	}
	if (holds_login(password, login)) {
		*vi = "mật khẩu không được chứa tên đăng nhập";
		return "the password holds the login";
	}
	if (is_common(password) || is_monotonous(password)) {
		*vi = "mật khẩu quá dễ đoán";
		return "the password is one that everybody tries first";
	}
	*vi = NULL;
	return NULL;
}

void people_rules_read(const struct conf *c, struct people_rules *out)
{
	out->min_length = (int)conf_int(c, "password-min-length");
	out->composition = conf_bool(c, "password-composition");
	out->failures = (int)conf_int(c, "login-failures");
	out->lock_minutes = (int)conf_int(c, "login-lock-minutes");
	out->session_hours = (int)conf_int(c, "session-hours");
}
