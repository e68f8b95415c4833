#include "phieu/attachment.h"

#include <string.h>

#include "phieu/utf8.h"

static bool is_dots(const char *s)
{
	return strcmp(s, ".") == 0 || strcmp(s, "..") == 0;
}

bool attachment_name(const char *s, struct arena *a, const char **out,
		     struct err *e)
{
	size_t n;
	char *name = utf8_nfc(a, s, strlen(s), &n, e);

	if (!name)
		return false;
	if (n == 0 || n > ATTACHMENT_NAME_BYTES || is_dots(name))
		return err_set(e, ERR_INPUT,
			       "a file's name is empty, too long or dots");
	for (const char *p = name; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f || *p == '/' ||
		    *p == '\\')
			return err_set(e, ERR_INPUT,
				       "a file's name holds a character that "
				       "no file has");
	*out = name;
	return true;
}

/* Signatures: bytes at an offset. */
static const struct {
	size_t at, n;
	const char *bytes, *type;
} signatures[] = {
	{ 0, 3, "\xFF\xD8\xFF", "image/jpeg" },
	{ 0, 8, "\x89PNG\r\n\x1A\n", "image/png" },
	{ 0, 5, "%PDF-", "application/pdf" },
	{ 0, 4, "GIF8", "image/gif" },
	{ 8, 4, "WEBP", "image/webp" },
	{ 0, 4, "II*\0", "image/tiff" },
	{ 0, 4, "MM\0*", "image/tiff" },
	{ 4, 8, "ftypheic", "image/heic" },
	{ 4, 8, "ftypheix", "image/heic" },
	{ 4, 8, "ftypmif1", "image/heif" },
	{ 4, 8, "ftypavif", "image/avif" },
	{ 4, 7, "ftyp3gp", "video/3gpp" },
	{ 4, 7, "ftypM4A", "audio/mp4" },
	{ 4, 4, "ftyp", "video/mp4" },
	{ 0, 5, "#!AMR", "audio/amr" },
	{ 0, 4, "OggS", "audio/ogg" },
	{ 8, 4, "WAVE", "audio/wav" },
};

const char *attachment_type(const char *bytes, size_t n)
{
	for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++)
		if (n >= signatures[i].at + signatures[i].n &&
		    memcmp(bytes + signatures[i].at, signatures[i].bytes,
			   signatures[i].n) == 0)
			return signatures[i].type;
	return ATTACHMENT_OTHER_TYPE;
}

bool attachment_take(struct attachment *out, const char *name,
		     const char *bytes, size_t n, struct arena *a,
		     struct err *e)
{
	*out = (struct attachment){ .bytes = bytes, .n = n };
	if (!attachment_name(name, a, &out->name, e))
		return false;
	if (n > LIMIT_ATTACHMENT_BYTES)
		return err_set(e, ERR_INPUT, "a file is larger than %zu MiB",
			       LIMIT_ATTACHMENT_BYTES >> 20);
	out->type = attachment_type(bytes, n);
	sha256(bytes, n, out->sha);
	return attachment_clean(out, a, e);
}
