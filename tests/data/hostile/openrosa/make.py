#!/usr/bin/env python3
"""Writes the files of this folder and answers.tsv anew.
usage: make.py PHIEU  (a built phieu; the plan of Lai Chau 2020)

*.xml are filled forms, posted as xml_submission_file; *.http are whole
requests, sent as they are but for @KEY@ in the path.  answers.tsv says what a
correct service answers: the status, and what is then stored under the file's
instanceID: `valid`, `queried`, `invalid`, or `-` for nothing.  Honest files
are here as well: refusing them is as wrong as taking the others."""
import gzip
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[3]
out = subprocess.run(
    [sys.argv[1], "simulate", "--plan",
     str(ROOT / "collector/plans/lai-chau-2020.json"), "--seed", "hostile",
     "--n", "400", "--openrosa"], check=True, capture_output=True)
sheets = [re.sub("<comment>[^<]*</comment>", "<comment/>", s)
          for s in out.stdout.decode().splitlines()
          if re.search("~(CT-02|CT-03|CH-03)~", s)
          and len(set(re.findall(r"<Q\d+>(\w)<", s))) > 1]
answers = []
for old in list(HERE.glob("*.xml")) + list(HERE.glob("*.http")):
    old.unlink()


def sheet(name):
    return re.sub("<instanceID>[^<]*",
                  f"<instanceID>uuid:hostile-{name}", sheets.pop())


def keep(name, data, status, state, why):
    path = HERE / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    answers.append((name, status, state, why))


def xml(name, change, status, state, why):
    one = sheet(name)
    keep(name + ".xml", change(one), status, state, why)


def good(name, change, why):
    xml(name, change, 201, "valid", why)


def bad(name, change, why):
    xml(name, change, 400, "-", why)


def said(text):
    return lambda x: x.replace("<comment/>", f"<comment>{text}</comment>")


def before(text):
    return lambda x: text + x


def inside(text):
    """Before the end of the root."""
    return lambda x: x.replace("</data>", text + "</data>")


# ---- forms: honest ----------------------------------------------------------
DECL = '<?xml version="1.0" encoding="UTF-8"?>\n'
good("ok-one-line", lambda x: x, "as ODK's engine writes it")
good("ok-declared", before(DECL), "with a declaration")
good("ok-lower-case-encoding",
     before("<?xml version='1.0' encoding='utf-8' standalone='yes'?>\r\n"),
     "the same in other spelling")
good("ok-pretty", lambda x: DECL + x.replace("><", ">\n\t  <") + "\n\n",
     "as Enketo writes it, white space between")
good("ok-crlf", lambda x: (DECL + x.replace("><", ">\n<")).replace(
    "\n", "\r\n"), "line ends of Windows")
good("ok-bom", lambda x: b"\xef\xbb\xbf" + x.encode(), "a byte order mark")
good("ok-cdata", said("<![CDATA[a < b & c]]>"), "CDATA")
good("ok-comments", lambda x: "<!-- a -->" + x.replace(
    "<meta>", "<!-- -> --><?pi x?><meta>") + "<!-- z -->",
     "comments and instructions")
good("ok-stylesheet", before('<?xml-stylesheet href="file:///etc/passwd"?>'),
     "an instruction that is not followed")
good("ok-single-quotes", lambda x: x.replace('"', "'"), "single quotes")
good("ok-default-namespace", lambda x: x.replace(
    "<data ", '<data xmlns="http://opendatakit.org/submissions" '),
     "a default namespace")
good("ok-prefixed-meta", lambda x: x.replace(
    "<data ", '<data xmlns:orx="http://openrosa.org/xforms" ')
     .replace("<meta>", "<orx:meta>").replace("</meta>", "</orx:meta>")
     .replace("instanceID>", "orx:instanceID>"), "meta in its namespace")
good("ok-namespace-of-jr", lambda x: x.replace(
    "<data ", '<data xmlns:jr="http://openrosa.org/javarosa" '
    'xmlns:ev="http://www.w3.org/2001/xml-events" '), "unused namespaces")
good("ok-entities", said("R&amp;D &lt;1&gt; &quot;x&apos; &#7843; &#x1EA3;"),
     "entities of XML itself")
good("ok-nfd", said("a\u0309nh hươ\u0309ng, Đă\u0301k Lă\u0301k"),
     "decomposed Vietnamese")
good("ok-emoji", said("tốt \U0001f44d\u200d\U0001f9d1 \u4e2d\u6587"),
     "text past the first plane")
good("ok-formula", said("=cmd|' /C calc'!A0"), "a formula is a text")
good("ok-script", said("&lt;script&gt;alert(1)&lt;/script&gt;"),
     "markup is a text")
good("ok-sql", said("'); DROP TABLE field.response; --"), "SQL is a text")
good("ok-template", said("{{7*7}} ${jndi:ldap://x} %s%n $(id)"),
     "templates are text")
good("ok-long-comment", said("dài " * 1600), "a long comment, below the limit")
good("ok-times", lambda x: x.replace(
    "<start/>", "<start>2021-01-30T08:00:00.123-00:00</start>").replace(
    "<end/>", "<end>2021-01-30T08:10:00.000+07:00</end>"),
     "minus zero, milliseconds")
good("ok-names", lambda x: x.replace(
    "</meta>", "<instanceName>Phiếu 1</instanceName></meta>").replace(
    "<deviceid/>", "<deviceid>collect:Ab_9-</deviceid><username/>"
    "<phonenumber>0912</phonenumber><email/>"), "what clients add")
good("ok-meta-first", lambda x: re.sub(
    "(<data[^>]*>)(.*)(<meta>.*</meta>)", r"\1\3\2", x), "meta before all")
good("ok-empty-closed", lambda x: re.sub(r"<(\w+)/>", r"<\1></\1>", x),
     "empty elements in two tags")
good("ok-space-in-values", lambda x: re.sub(
    "<keying>1</keying>", "<keying> 1 </keying>", x), "space around a value")

# ---- forms: kept, not valid -------------------------------------------------
def invalid(name, change, why):
    xml(name, change, 201, "invalid", why)


invalid("state-given", inside("<state>5</state><counted>true</counted>"),
        "nobody sets the state of a sheet from outside")
good("ok-xinclude", inside('<xi:include xmlns:xi="http://www.w3.org/2001/'
                           'XInclude" href="file:///etc/passwd"/>'),
     "an include includes nothing; an empty element says nothing")
invalid("unknown-answer", lambda x: re.sub("<Q1>.*?</Q1>", "<Q1>Z</Q1>", x),
        "no such option")
invalid("answer-twice", lambda x: re.sub("(<Q1>.*?</Q1>)", r"\1<Q1>B</Q1>", x),
        "one question twice")
invalid("unit-unknown", lambda x: re.sub("<unit>[^<]*", "<unit>../../x", x),
        "no such unit")
invalid("sheet-check-digit", lambda x: re.sub(
    r"(<sheet>[^<]*-)(\d)", lambda m: m[1] + str((int(m[2]) + 1) % 10), x),
        "a wrong check digit")
invalid("sheet-sql", lambda x: re.sub("<sheet>[^<]*", "<sheet>' OR 1=1 --", x),
        "no sheet number")
invalid("group-of-others", lambda x: re.sub("<group>[^<]*", "<group>hdnd-tinh",
                                            x), "a group of another form")
invalid("keying-9", lambda x: x.replace("<keying>1", "<keying>9"),
        "a third keying")
invalid("far-future", lambda x: re.sub("<collected>[^<]*",
                                       "<collected>2999-12-31", x),
        "collected after to-day")
invalid("no-such-day", lambda x: re.sub("<collected>[^<]*",
                                        "<collected>2021-02-29", x),
        "29/2 of no leap year")
invalid("elements-in-value", lambda x: re.sub(
    "<Q1>.*?</Q1>", "<Q1><a>A</a></Q1>", x), "elements where a value belongs")
invalid("comment-too-long", said("x" * 9000), "past the limit of a comment")

# ---- forms: not readable ----------------------------------------------------
bad("doctype", before("<!DOCTYPE data>"), "a DOCTYPE, even an empty one")
bad("doctype-case", before(DECL + "<!DOCTYPE data [ ]>"), "with a subset")
bad("xxe-file", lambda x: '<!DOCTYPE d [<!ENTITY x SYSTEM '
    '"file:///etc/passwd">]>' + said("&x;")(x), "an external entity")
bad("xxe-http", lambda x: '<!DOCTYPE d [<!ENTITY x SYSTEM '
    '"http://127.0.0.1:1/">]>' + said("&x;")(x), "one by the network")
bad("xxe-parameter", before('<!DOCTYPE d [<!ENTITY % p SYSTEM '
                            '"file:///dev/zero"> %p;]>'),
    "a parameter entity")
bad("dtd-external", before('<!DOCTYPE d SYSTEM "http://127.0.0.1:1/d.dtd">'),
    "an external DTD")
bad("billion-laughs", lambda x: "<!DOCTYPE d [<!ENTITY a0 \"ha\">" + "".join(
    f'<!ENTITY a{i} "{("&a%d;" % (i - 1)) * 10}">' for i in range(1, 10))
    + "]>" + said("&a9;")(x), "entities that grow")
bad("entity-undefined", said("&nbsp;"), "an entity of HTML")
bad("encoding-latin1", lambda x: ('<?xml version="1.0" encoding="ISO-8859-1"?>'
                                  + said("caf\xe9")(x)).encode("latin-1", "replace"),
    "another encoding")
bad("encoding-utf16", lambda x: ('<?xml version="1.0" encoding="UTF-16"?>'
                                 + x).encode("utf-16"), "UTF-16")
bad("utf8-broken", lambda x: said("@@")(x).encode().replace(b"@@", b"\xff\xfe"),
    "bytes that are no UTF-8")
bad("utf8-overlong", lambda x: said("@@")(x).encode().replace(
    b"@@", b"\xc0\xbcscript>"), "an overlong form")
bad("utf8-surrogate", lambda x: said("@@")(x).encode().replace(
    b"@@", b"\xed\xa0\x80"), "half a surrogate pair")
bad("nul", lambda x: said("@@")(x).encode().replace(b"@@", b"a\0b"),
    "a NUL byte")
bad("nul-reference", said("&#0;"), "the same as a reference")
bad("control", said("\x08"), "a control character")
bad("cut", lambda x: x[:len(x) // 2], "cut in the middle")
bad("cut-last-byte", lambda x: x[:-1], "one byte too few")
bad("two-roots", lambda x: x + x, "two roots")
bad("text-after", lambda x: x + "hello", "text behind the root")
bad("tags-crossed", lambda x: x.replace("</meta></data>", "</data></meta>"),
    "tags that cross")
bad("attribute-twice", lambda x: x.replace(
    'version="1"', 'version="1" version="1"'), "an attribute twice")
bad("prefix-unbound", lambda x: x.replace("<meta>", "<orx:meta>").replace(
    "</meta>", "</orx:meta>"), "a prefix that nobody bound")
bad("deep", inside("<a>" * 1000 + "</a>" * 1000), "a thousand levels")
bad("many-elements", inside("<a/>" * 51000), "fifty thousand elements")
bad("many-attributes", inside("<a " + " ".join(
    f'b{i}=""' for i in range(5000)) + "/>"), "five thousand attributes")
bad("long-tag", inside(f'<a b="{"x" * 200000}"/>'), "a long tag")
bad("encrypted", lambda x: x.replace("<data ", '<data encrypted="yes" '),
    "an encrypted form: nobody here can read it")
bad("no-instance", lambda x: re.sub("<instanceID>.*</instanceID>", "", x),
    "story 3: without an instanceID")
bad("empty-instance", lambda x: re.sub("<instanceID>[^<]*", "<instanceID>", x),
    "an empty one")
bad("two-instances", lambda x: x.replace(
    "</meta>", "<instanceID>uuid:other</instanceID></meta>"), "two of them")
bad("long-instance", lambda x: re.sub(
    "<instanceID>[^<]*", "<instanceID>uuid:" + "x" * 250, x), "a long one")
keep("empty.xml", b"", 400, "-", "no byte")
keep("json.xml", b'{"instanceID":"uuid:json"}', 400, "-", "JSON")
keep("html.xml", b"<html><body>502 Bad Gateway</body></html>", 400, "-",
     "a proxy's page")
keep("zip.xml", b"PK\x03\x04" + bytes(range(256)), 400, "-", "an archive")
xml("form-unknown", lambda x: x.replace('id="lai-chau-2020', 'id="nowhere'),
    404, "-", "a form of another wave")
xml("form-version", lambda x: x.replace('version="1"', 'version="2-0a"'),
    404, "-", "story 38: a version that we do not have")

# ---- requests ---------------------------------------------------------------
B = "zZ"
DISPOSITION = 'Content-Disposition: form-data; name="{0}"; filename="{0}"'


def part(name, data, head=None):
    head = (head or DISPOSITION.format(name)).encode()
    data = data if isinstance(data, bytes) else data.encode()
    return b"--" + B.encode() + b"\r\n" + head + b"\r\n\r\n" + data + b"\r\n"


END = f"--{B}--\r\n".encode()


def form(x, head=None):
    return part("xml_submission_file", x, head)


def request(body, *headers, line="POST /v1/key/@KEY@/submission HTTP/1.1",
            length=True, type_=f"multipart/form-data; boundary={B}",
            version="1.0", host="Host: localhost"):
    lines = [line, *([host] if host else []),
             *([f"X-OpenRosa-Version: {version}"] if version else []),
             *([f"Content-Type: {type_}"] if type_ else []),
             *([f"Content-Length: {len(body)}"] if length else []),
             "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def http(name, make, status, state, why):
    keep(name + ".http", make(sheet(name)), status, state, why)


def fine(name, make, why):
    http(name, make, 201, "valid", why)


def chunks(body, size, extra=b""):
    return b"".join(b"%x%s\r\n%s\r\n" % (len(body[i:i + size]), extra,
                                         body[i:i + size])
                    for i in range(0, len(body), size)) + b"0\r\n"


CHUNKED = "Transfer-Encoding: chunked"
fine("ok-plain", lambda x: request(form(x) + END), "as Collect posts it")
fine("ok-attachment-first", lambda x: request(
    part("a.jpg", b"\xff\xd8\xff") + form(x) + END), "the form comes last")
fine("ok-type-xml", lambda x: request(form(
    x, DISPOSITION.format("xml_submission_file")
    + "\r\nContent-Type: application/xml") + END), "another XML type")
fine("ok-headers-lower", lambda x: request(form(
    x, "content-disposition:form-data;name=xml_submission_file;filename=a")
    + END), "headers in small letters, names without quotes")
fine("ok-boundary-quoted", lambda x: request(
    form(x) + END, type_=f'multipart/form-data; charset=utf-8; boundary="{B}"'),
     "a quoted boundary")
fine("ok-preamble", lambda x: request(
    b"This is MIME.\r\n" + form(x) + END + b"bye\r\n"),
     "text around the parts")
fine("ok-padding", lambda x: request(form(x).replace(
    b"--zZ\r\n", b"--zZ \t\r\n") + END), "blanks behind a boundary")
fine("ok-lookalike", lambda x: request(form(x) + part(
    "a.jpg", b"1\r\n--zZx\r\n--z\r\n-zZ") + END),
     "content that looks like a boundary")
fine("ok-incomplete", lambda x: request(form(x) + part(
    "*isIncomplete*", "yes", 'Content-Disposition: form-data; '
    'name="*isIncomplete*"') + END), "the marker of a split submission")
fine("ok-empty-input", lambda x: request(form(x) + part(
    "f", b"", 'Content-Disposition: form-data; name="f"; filename=""')
    + END), "an empty file field of a web page")
fine("ok-star-name", lambda x: request(form(x) + part(
    "f", b"x", "Content-Disposition: form-data; name=\"f\"; "
    "filename*=utf-8''%E1%BA%A3nh.jpg") + END), "a name as Python sends it")
fine("ok-quote-in-name", lambda x: request(form(x) + part(
    "f", b"x", 'Content-Disposition: form-data; name="a%22b.jpg"; '
    'filename="a%22b.jpg"') + END), "a quote in a name, as browsers send it")
fine("ok-unknown-field", lambda x: request(form(x) + part(
    "f", b"1", 'Content-Disposition: form-data; name="csrf"') + END),
     "a field that means nothing here")
fine("ok-chunked", lambda x: request(b"", CHUNKED, length=False)
     + chunks(form(x) + END, 7) + b"\r\n", "chunks of seven bytes")
fine("ok-chunk-extension", lambda x: request(b"", CHUNKED, length=False)
     + chunks(form(x) + END, 999, b";a=b") + b"\r\n", "chunk extensions")
fine("ok-trailer", lambda x: request(b"", CHUNKED, length=False)
     + chunks(form(x) + END, 4000) + b"X-Sum: 1\r\n\r\n", "a trailer")
fine("ok-gzip", lambda x: (lambda b: request(b, "Content-Encoding: gzip"))(
    gzip.compress(form(x) + END, mtime=0)), "a packed body")
fine("ok-query", lambda x: request(
    form(x) + END, line="POST /v1/key/@KEY@/submission?deviceID=collect%3Aab"
    "&x=%C3%A9 HTTP/1.1"), "the query that Collect adds")
fine("ok-absolute", lambda x: request(
    form(x) + END, line="POST http://localhost/v1/key/@KEY@/submission "
    "HTTP/1.1"), "a whole address in the request line")
fine("ok-http10", lambda x: request(
    form(x) + END, line="POST /v1/key/@KEY@/submission HTTP/1.0"), "HTTP/1.0")
fine("ok-date", lambda x: request(
    form(x) + END, "Date: Sat, 21 Nov 2026 02:10:00 GMT+07:00",
    "User-Agent: org.odk.collect.android/v2025.2 (Dalvik/2.1.0)"),
     "a Date of Collect's making is not judged")


def odd(name, status, make, why):
    http(name, make, status, "-", why)


odd("no-form", 400, lambda x: request(part("a.jpg", b"x") + END),
    "no xml_submission_file")
odd("two-forms", 400, lambda x: request(form(x) + form(x) + END),
    "two of them")
odd("no-end", 400, lambda x: request(form(x)), "the last boundary is missing")
odd("no-parts", 400, lambda x: request(END), "no parts")
odd("empty-body", 400, lambda x: request(b""), "no body")
odd("boundary-missing", 400, lambda x: request(
    form(x) + END, type_="multipart/form-data"), "no boundary named")
odd("boundary-empty", 400, lambda x: request(
    form(x) + END, type_='multipart/form-data; boundary=""'), "an empty one")
odd("boundary-other", 400, lambda x: request(
    form(x) + END, type_="multipart/form-data; boundary=other"),
    "another than in the body")
odd("boundary-long", 400, lambda x: request(
    form(x) + END, type_="multipart/form-data; boundary=" + "b" * 300),
    "three hundred bytes of boundary")
odd("line-feeds", 400, lambda x: request((form(x) + END).replace(
    b"\r\n", b"\n")), "LF where CR LF belongs")
odd("head-open", 400, lambda x: request(b"--zZ\r\nContent-Disposition: "),
    "the head of a part does not end")
odd("head-long", 400, lambda x: request(form(x) + part(
    "a", b"x", "X-A: " + "y" * 9000) + END), "a head of nine thousand bytes")
odd("head-nul", 400, lambda x: request(form(x).replace(
    b"filename=", b"\0filename=") + END), "a NUL in a head")
odd("name-twice", 400, lambda x: request(form(
    x, 'Content-Disposition: form-data; name="xml_submission_file"; '
    'name="a"; filename="a"') + END), "two names")
odd("name-open", 400, lambda x: request(form(
    x, 'Content-Disposition: form-data; name="xml_submission_file') + END),
    "a quote that does not close")
odd("name-latin1", 400, lambda x: request(form(x) + part(
    "a", b"x", 'Content-Disposition: form-data; name="@"; filename="@"')
    .replace(b"@", b"\xe9") + END), "a name that is no UTF-8")
odd("name-none", 400, lambda x: request(form(x) + part(
    "a", b"x", "Content-Type: image/jpeg") + END), "a part without a name")
odd("name-traversal", 400, lambda x: request(form(x) + part(
    "../../../../tmp/x", b"x") + END), "a way out of the folder")
odd("name-absolute", 400, lambda x: request(form(x) + part(
    "/etc/cron.d/x", b"x") + END), "an absolute path")
odd("name-windows", 400, lambda x: request(form(x) + part(
    "f", b"x", 'Content-Disposition: form-data; name="f"; '
    'filename="..\\\\..\\\\x.exe"') + END), "the same for Windows")
odd("name-dots", 400, lambda x: request(form(x) + part("..", b"x") + END),
    "two dots")
odd("name-newline", 400, lambda x: request(form(x) + part(
    "f", b"x", 'Content-Disposition: form-data; name="f"; '
    'filename="a%0D%0AX: y"') + END), "line ends in a name")
odd("name-long", 400, lambda x: request(form(x) + part(
    "f" * 300, b"x") + END), "a name of three hundred bytes")
odd("coded", 400, lambda x: request(form(
    x, DISPOSITION.format("xml_submission_file")
    + "\r\nContent-Transfer-Encoding: base64") + END), "a coded part")
odd("attachment-part", 400, lambda x: request(form(
    x, 'Content-Disposition: attachment; name="xml_submission_file"') + END),
    "a part that is no form-data")
odd("too-many-parts", 400, lambda x: request(
    form(x) + b"".join(part(f"f{i}", b"") for i in range(260)) + END),
    "260 parts")
odd("json", 415, lambda x: request(b"{}", type_="application/json"), "JSON")
odd("mixed", 415, lambda x: request(
    form(x) + END, type_=f"multipart/mixed; boundary={B}"),
    "another multipart")
odd("type-missing", 415, lambda x: request(form(x) + END, type_=None),
    "no Content-Type")
odd("version-missing", 400, lambda x: request(form(x) + END, version=None),
    "without X-OpenRosa-Version")
odd("version-2", 400, lambda x: request(form(x) + END, version="2.0"),
    "a version that nobody knows")
odd("gzip-bomb", 413, lambda x: request(
    gzip.compress(b"\0" * (64 << 20), mtime=0), "Content-Encoding: gzip"),
    "64 MiB in 64 KiB")
odd("gzip-broken", 400, lambda x: request(b"\x1f\x8bnot", "Content-Encoding: "
                                          "gzip"), "not gzip")
odd("brotli", 415, lambda x: request(form(x) + END, "Content-Encoding: br"),
    "a packing that we do not know")
odd("length-and-chunked", 400, lambda x: request(form(x) + END, CHUNKED),
    "two ways to say where the body ends")
odd("length-twice", 400, lambda x: request(
    form(x) + END, "Content-Length: 5"), "two lengths")
odd("length-negative", 400, lambda x: request(
    form(x) + END, "Content-Length: -1", length=False), "a negative length")
odd("length-huge", 413, lambda x: request(
    form(x) + END, "Content-Length: 99999999999", length=False),
    "a length past all limits")
odd("chunk-size-bad", 400, lambda x: request(b"", CHUNKED, length=False)
    + b"zz\r\n", "a chunk of no size")
odd("encoding-twice", 400, lambda x: request(
    b"", CHUNKED, CHUNKED, length=False) + b"0\r\n\r\n", "chunked twice")
odd("encoding-unknown", 400, lambda x: request(
    form(x) + END, "Transfer-Encoding: gzip, chunked", length=False),
    "another transfer encoding")
odd("header-space", 400, lambda x: request(
    form(x) + END, "Content-Length : 5"), "a blank before the colon")
odd("headers-large", 431, lambda x: request(
    form(x) + END, "X-A: " + "y" * 17000), "seventeen thousand bytes")
odd("key-unknown", 401, lambda x: request(
    form(x) + END, line="POST /v1/key/pa_AAAA/submission HTTP/1.1"),
    "nobody's key")
odd("key-nul", 404, lambda x: request(
    form(x) + END, line="POST /v1/key/%00/submission HTTP/1.1"),
    "a NUL for a key")
odd("key-dots", 404, lambda x: request(
    form(x) + END, line="POST /v1/key/%2e%2e/submission HTTP/1.1"),
    "two dots for a key")
odd("path-traversal", 404, lambda x: request(
    b"", line="GET /v1/key/@KEY@/forms/..%2f..%2fetc/passwd HTTP/1.1"),
    "a way out of the forms")
odd("media-traversal", 404, lambda x: request(
    b"", line="GET /v1/key/@KEY@/forms/lai-chau-2020~CT-02~1/media/"
    "..%2f..%2fpasswd HTTP/1.1"), "a way out of the files")
odd("put", 405, lambda x: request(
    form(x) + END, line="PUT /v1/key/@KEY@/submission HTTP/1.1"), "PUT")
odd("options", 405, lambda x: request(
    b"", line="OPTIONS /v1/key/@KEY@/submission HTTP/1.1"), "OPTIONS")
odd("login-off", 404, lambda x: request(
    form(x) + END, line="POST /submission HTTP/1.1"), "logins are off")

with open(HERE / "answers.tsv", "w", encoding="utf-8") as f:
    f.write("file\tstatus\tstored\twhy\n")
    for row in sorted(answers):
        f.write("\t".join(map(str, row)) + "\n")
print(len(answers), "files")
