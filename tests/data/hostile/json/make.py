#!/usr/bin/env python3
"""Writes the files of this folder and answers.tsv anew.
usage: make.py PHIEU  (a built phieu; the plan of Lai Chau 2020)

*.json and *.ndjson are bodies of POST /v1/submissions; *.http are whole
requests to the routes beside OpenRosa, sent as they are but for @KEY@.
answers.tsv says what a correct service answers: the status (of NDJSON: those
of the lines), and what is then stored under the file's instanceID: `valid`,
`queried`, `invalid`, or `-`.  Honest files are here as well: refusing them is
as wrong as taking the others."""
import gzip
import json
import pathlib
import subprocess
import sys
import unicodedata

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[3]
out = subprocess.run(
    [sys.argv[1], "simulate", "--plan",
     str(ROOT / "collector/plans/lai-chau-2020.json"), "--seed", "hostile",
     "--n", "900"], check=True, capture_output=True)
sheets = [s for s in map(json.loads, out.stdout.decode().splitlines())
          if s["form"] == "CT-02"
          and len({str(v) for v in s["ratings"][0]["answers"].values()}) > 2]
answers = []
for kind in "json", "ndjson", "http":
    for old in HERE.glob("*." + kind):
        old.unlink()


def sheet(name):
    s = sheets.pop()
    s["instanceID"] = f"uuid:hostile-{name}"
    s.pop("comment", None)
    return s


def text(s, **how):
    return json.dumps(s, ensure_ascii=False, separators=(",", ":"), **how)


def keep(name, data, status, state, why):
    (HERE / name).write_bytes(
        data if isinstance(data, bytes) else data.encode())
    answers.append((name, status, state, why))


def good(name, why, change=lambda s: None, dress=lambda t: t, state="valid"):
    s = sheet(name)
    change(s)
    keep(name + ".json", dress(text(s)), 201, state, why)


def bad(name, why, dress, status=400):
    keep(name + ".json", dress(text(sheet(name))), status, "-", why)


def invalid(name, why, change):
    s = sheet(name)
    change(s)
    keep(name + ".json", text(s), 422, "invalid", why)


def first(s):
    return s["ratings"][0]["answers"]


def question(s):
    return next(iter(first(s)))


def member(text_):
    """One more member at the front."""
    return lambda t: "{" + text_ + "," + t[1:]


# ---- honest ----------------------------------------------------------------
good("ok-plain", "as our own tools write it")
good("ok-pretty", "indented", dress=lambda t: json.dumps(
    json.loads(t), ensure_ascii=False, indent=2))
good("ok-escaped", "every letter beyond ASCII escaped", lambda s: s.update(
    comment="Cán bộ niềm nở ở Phong Thổ"), lambda t: json.dumps(json.loads(t)))
good("ok-pairs", "an emoji as a surrogate pair",
     lambda s: s.update(comment="tốt 👍"), lambda t: json.dumps(json.loads(t)))
good("ok-emoji", "four bytes", lambda s: s.update(comment="tốt 👍🏽"))
good("ok-nfd", "marks as letters of their own", lambda s: s.update(
    comment=unicodedata.normalize("NFD", "Thủ tục còn rườm rà")))
good("ok-line-ends", "CR LF and tabs around", dress=lambda t: "\r\n\t" + t
     + "\r\n")
good("ok-order", "the members backwards", dress=lambda t: text(
    dict(reversed(list(json.loads(t).items())))))
good("ok-markup", "markup in a comment is text",
     lambda s: s.update(comment="<script>alert(1)</script>"))
good("ok-formula", "a formula in a comment is text",
     lambda s: s.update(comment="=cmd|' /C calc'!A0"))
good("ok-quote", "quotes, backslashes and a line end in a comment",
     lambda s: s.update(comment="\"a\" \\ 'b'\nc"))
good("ok-sql", "SQL in a comment is text",
     lambda s: s.update(comment="'); DROP TABLE field.response; --"))
good("ok-slash", "escaped slashes", lambda s: s.update(comment="a/b"),
     lambda t: t.replace("a/b", "a\\/b"))
good("ok-nbsp", "a no-break space and a soft hyphen",
     lambda s: s.update(comment="a\u00a0b\u00adc"))
good("ok-line-separator", "U+2028 unescaped",
     lambda s: s.update(comment="a\u2028b"))
good("ok-long-comment", "a comment of four thousand bytes",
     lambda s: s.update(comment="y" * 4000))

# ---- not JSON --------------------------------------------------------------
keep("empty.json", b"", 400, "-", "no body")
keep("blank.json", b" \r\n\t", 400, "-", "blanks")
bad("cut", "cut in the middle", lambda t: t[:len(t) // 2])
bad("cut-last", "one byte too few", lambda t: t[:-1])
bad("twice", "two texts", lambda t: t + t)
bad("trailing", "something behind the end", lambda t: t + "x")
bad("trailing-comma", "a comma before the end", lambda t: t[:-1] + ",}")
bad("trailing-nul", "a NUL behind the end", lambda t: t + "\0")
bad("no-comma", "a comma is missing", lambda t: t.replace(",", " ", 1))
bad("no-colon", "a colon is missing", lambda t: t.replace(":", " ", 1))
bad("single-quotes", "as Python prints it", lambda t: t.replace('"', "'"))
bad("bare-names", "names without quotes",
    lambda t: t.replace('"sheet"', "sheet"))
bad("comment-c", "a comment", lambda t: "/* */" + t)
bad("comment-line", "a comment of one line", lambda t: "// x\n" + t)
bad("twice-member", "a member twice: the first may not win",
    member('"sheet":"x"'))
bad("twice-escaped", "a member twice, once escaped",
    member('"\\u0073heet":"x"'))
bad("twice-inside", "an answer twice", lambda t: t.replace(
    '"answers":{', '"answers":{"Q1":1,"Q1":2,'))
bad("nan", "a number that is none", member('"a":NaN'))
bad("infinity", "another", member('"a":Infinity'))
bad("leading-zero", "01", member('"a":01'))
bad("plus", "+1", member('"a":+1'))
bad("point-first", ".5", member('"a":.5'))
bad("point-last", "5.", member('"a":5.'))
bad("hex", "0x10", member('"a":0x10'))
bad("number-long", "ten thousand digits", member('"a":' + "9" * 10000))
bad("minus", "a minus alone", member('"a":-'))
bad("true-case", "True", member('"a":True'))
bad("undefined", "undefined", member('"a":undefined'))
bad("control", "a control character in a text", member('"a":"\x01"'))
bad("tab", "a tab in a text", member('"a":"\t"'))
bad("line-end", "a line end in a text", member('"a":"\n"'))
bad("nul-escaped", "an escaped NUL", member('"a":"\\u0000"'))
bad("escape-unknown", "\\x41", member('"a":"\\x41"'))
bad("escape-short", "three digits", member('"a":"\\u12"'))
bad("escape-letter", "no digits", member('"a":"\\uZZZZ"'))
bad("surrogate-high", "half a pair", member('"a":"\\ud83d"'))
bad("surrogate-low", "the other half", member('"a":"\\udc4d"'))
bad("surrogate-order", "a pair backwards", member('"a":"\\udc4d\\ud83d"'))
bad("latin1", "a byte that is no UTF-8",
    lambda t: member('"a":"\xe9"')(t).encode("latin-1", "replace"))
bad("overlong", "a slash in two bytes", lambda t: member('"a":"@"')(t).encode()
    .replace(b"@", b"\xc0\xaf", 1))
bad("surrogate-bytes", "half a pair in UTF-8", lambda t: member('"a":"@"')(t)
    .encode().replace(b"@", b"\xed\xa0\xbd", 1))
bad("beyond", "past the last letter", lambda t: member('"a":"@"')(t).encode()
    .replace(b"@", b"\xf4\x90\x80\x80", 1))
bad("utf-16", "UTF-16", lambda t: t.encode("utf-16"))
bad("utf-16-bare", "UTF-16 without a mark", lambda t: t.encode("utf-16-le"))
bad("utf-32", "UTF-32", lambda t: t.encode("utf-32"))
bad("deep-arrays", "five thousand levels",
    member('"a":' + "[" * 5000 + "]" * 5000))
bad("deep-objects", "two thousand levels",
    member('"a":' + '{"a":' * 2000 + "1" + "}" * 2000))
bad("deep-open", "levels without an end", lambda t: "[" * 100000)
bad("string-long", "a text of a hundred thousand bytes",
    member('"a":"' + "x" * 100000 + '"'))
bad("large", "past the size of a sheet", lambda t: t + " " * 270000, 413)
keep("array.json", "[]", 400, "-", "an empty list")
keep("null.json", "null", 400, "-", "null")
keep("number.json", "1", 400, "-", "a number")
keep("word.json", '"x"', 400, "-", "a text")
keep("object.json", "{}", 400, "-", "nothing in it")
keep("xml.json", "<data/>", 400, "-", "XML")
keep("form.json", "sheet=CT02-00001-1&form=CT-02", 400, "-", "a web form")
keep("gzip.json", gzip.compress(b"{}", mtime=0), 400, "-",
     "packed without saying so")

# ---- JSON, but no sheet ----------------------------------------------------
for name, value, why in (
        ("id-number", 1, "an instanceID that is a number"),
        ("id-empty", "", "an empty one"),
        ("id-blank", "uuid: a", "a blank in it"),
        ("id-long", "u" * 250, "too long"),
        ("id-control", "uuid:\n", "a line end in it"),
        ("id-null", None, "null"),
        ("id-list", ["uuid:1"], "a list")):
    s = sheet(name)
    s["instanceID"] = value
    keep(name + ".json", text(s), 400, "-", why)
s = sheet("id-missing")
del s["instanceID"]
keep("id-missing.json", text(s), 400, "-", "none")
s = sheet("prototype")
keep("prototype.json", member('"__proto__":{"valid":true}')(text(s)), 422,
     "invalid", "a member that nobody knows")
s = sheet("wave-other")
s["wave"] = "another"
keep("wave-other.json", text(s), 403, "-", "another wave than the key's")

# ---- a sheet with faults: kept, does not count -----------------------------
invalid("form-unknown", "no such form", lambda s: s.update(form="XX-99"))
invalid("form-path", "a path for a form",
        lambda s: s.update(form="../../etc/passwd"))
invalid("group-unknown", "no such group", lambda s: s.update(group="nobody"))
invalid("unit-unknown", "no such unit",
        lambda s: s["ratings"][0].update(unit="nowhere"))
invalid("unit-sql", "SQL for a unit",
        lambda s: s["ratings"][0].update(unit="' OR 1=1 --"))
invalid("sheet-check", "a wrong check digit", lambda s: s.update(
    sheet=s["sheet"][:-1] + str((int(s["sheet"][-1]) + 1) % 10)))
invalid("sheet-number", "a number for a sheet number",
        lambda s: s.update(sheet=12))
invalid("ratings-none", "nothing rated", lambda s: s.update(ratings=[]))
invalid("ratings-word", "a text for ratings", lambda s: s.update(ratings="x"))
invalid("ratings-many", "fifteen hundred rated units",
        lambda s: s.update(ratings=[{"unit": "u", "answers": {}}] * 1500))
invalid("unit-twice", "one unit rated twice",
        lambda s: s.update(ratings=s["ratings"] * 2))
invalid("answer-missing", "an answer is missing",
        lambda s: first(s).pop(question(s)))
invalid("answer-unknown", "an option that is none",
        lambda s: first(s).update({question(s): "Z"}))
invalid("answer-number", "far from any option",
        lambda s: first(s).update({question(s): 1e300}))
invalid("answer-minus", "below any option",
        lambda s: first(s).update({question(s): -1}))
invalid("answer-true", "true for an answer",
        lambda s: first(s).update({question(s): True}))
invalid("answer-list", "a list for an answer",
        lambda s: first(s).update({question(s): [1, 2]}))
invalid("answer-object", "an object for an answer",
        lambda s: first(s).update({question(s): {"$gt": ""}}))
invalid("question-unknown", "a question that is none",
        lambda s: first(s).update({"Q999": 1}))
invalid("question-case", "q1 for Q1",
        lambda s: first(s).update({question(s).lower(): 1}))
invalid("day-none", "30 February",
        lambda s: s.update(collected="2020-02-30"))
invalid("day-word", "a day as people write it",
        lambda s: s.update(collected="ngày 5/11/2020"))
invalid("day-future", "in the future",
        lambda s: s.update(collected="2199-01-01"))
invalid("comment-long", "past the limit of a comment",
        lambda s: s.update(comment="y" * 9000))
invalid("comment-number", "a number for a comment",
        lambda s: s.update(comment=1))
invalid("member-unknown", "a member that nobody knows",
        lambda s: s.update(score=5))
invalid("profile-word", "a text for a profile",
        lambda s: s.update(profile="x"))
invalid("device-long", "a device of ten thousand bytes",
        lambda s: s.update(device="d" * 10000))

# ---- lines -----------------------------------------------------------------
pair = [sheet("lines-a"), sheet("lines-b")]
keep("ok-lines.ndjson", "".join(text(s) + "\n" for s in pair), "201 201", "-",
     "two sheets")
pair = [sheet("crlf-a"), sheet("crlf-b")]
keep("ok-crlf.ndjson", "".join(text(s) + "\r\n" for s in pair) + "\r\n",
     "201 201", "-", "line ends of Windows, a blank line")
keep("ok-no-last-end.ndjson", text(sheet("no-last-end")), "201", "-",
     "no line end behind the last")
one = text(sheet("once"))
keep("same-line.ndjson", one + "\n" + one + "\n", "201 200", "-",
     "one line twice")
s = sheet("changed")
keep("changed-line.ndjson", text(s) + "\n" + text(dict(s, comment="x")) + "\n",
     "201 409", "-", "one instanceID, two contents")
keep("bad-between.ndjson", text(sheet("around-a")) + "\n{\n"
     + text(sheet("around-b")) + "\n", "201 400 201", "-",
     "a line that is no JSON holds up nobody")
keep("long-between.ndjson", text(sheet("beside-a")) + "\n" + "x" * 270000
     + "\n" + text(sheet("beside-b")) + "\n", "201 413 201", "-",
     "nor does one that is too large")
keep("nul-between.ndjson", text(sheet("nul-a")) + "\n\0\n"
     + text(sheet("nul-b")) + "\n", "201 400 201", "-", "nor a NUL")
keep("many.ndjson", "{}\n" * 20001, 413, "-", "past the limit of lines")


# ---- requests --------------------------------------------------------------
def http(name, request, status, why, state="-"):
    if isinstance(request, str):
        request = request.encode()
    keep(name + ".http", request, status, state, why)


def head(line, *fields, key="Authorization: Bearer @KEY@"):
    return "\r\n".join([line + " HTTP/1.1", "Host: localhost",
                        "Connection: close", *([key] if key else []), *fields,
                        "", ""])


def post(body, *fields, path="/v1/submissions", kind="application/json",
         **kw):
    data = body if isinstance(body, bytes) else body.encode()
    return head(f"POST {path}", f"Content-Type: {kind}",
                f"Content-Length: {len(data)}", *fields, **kw).encode() + data


def name_of(n):
    return text(sheet(n))


http("ok-post", post(name_of("ok-post")), 201, "as a client sends it",
     "valid")
http("ok-charset", post(name_of("ok-charset"),
                        kind="application/json; charset=utf-8"), 201,
     "a charset is named", "valid")
http("ok-type-case", post(name_of("ok-type-case"), kind="Application/JSON"),
     201, "a type in capitals", "valid")
http("ok-packed", post(gzip.compress(name_of("ok-packed").encode(), mtime=0),
                       "Content-Encoding: gzip"), 201, "packed", "valid")
http("ok-bearer-case", post(name_of("ok-bearer-case"),
                            key="authorization: bearer @KEY@"), 201,
     "the scheme in small letters", "valid")
http("ok-cookies", post(name_of("ok-cookies"), "Cookie: a=b"), 201,
     "cookies that mean nothing", "valid")
http("ok-plan", head("GET /v1/plan"), 200, "the plan")
http("ok-template", head("GET /v1/templates/CT-02.xlsx"), 200, "a template")
http("ok-page", head("GET /agent/", key=None), 200, "the page, without a key")
http("ok-receipts", head("GET /v1/receipts"), 200, "what was received")
for name, path, why in (
        ("page-dots", "/agent/../phieu.conf", "a way out of the page"),
        ("page-dots-coded", "/agent/%2e%2e%2fphieu.conf", "the same, coded"),
        ("page-dots-twice", "/agent/%252e%252e%252fphieu.conf",
         "coded twice"),
        ("page-windows", "/agent/..%5c..%5cphieu.conf", "for Windows"),
        ("page-absolute", "/agent//etc/passwd", "an absolute path"),
        ("page-none", "/agent/none.js", "no such file"),
        ("template-dots", "/v1/templates/..%2f..%2fx.xlsx",
         "a way out of the templates"),
        ("template-none", "/v1/templates/XX-99.xlsx", "no such form"),
        ("template-long", "/v1/templates/" + "a" * 3000 + ".xlsx",
         "a form of three thousand letters"),
        ("receipt-none", "/v1/receipts/uuid:none", "no such receipt"),
        ("receipt-sql", "/v1/receipts/'%20OR%201=1--", "SQL for a name"),
        ("receipt-long", "/v1/receipts/" + "a" * 3000, "a long name"),
        ("double-slash", "//v1/plan", "two slashes"),
        ("dots-inside", "/v1/x/../plan", "dots inside"),
        ("debug", "/debug/pprof", "what others have"),
        ("dot-git", "/.git/config", "what some leave"),
        ("server-status", "/server-status", "another of these")):
    http(name, head(f"GET {path}"), 404, why)
http("receipt-nul", head("GET /v1/receipts/uuid%00x"), 404, "a NUL in a name")
http("receipt-latin1", head("GET /v1/receipts/%e9"), 404,
     "a name that is no UTF-8")
for name, key, why in (
        ("key-none", None, "without a key"),
        ("key-unknown", "Authorization: Bearer pa_nobody", "nobody's key"),
        ("key-empty", "Authorization: Bearer ", "an empty key"),
        ("key-long", "Authorization: Bearer " + "a" * 9000, "a long key"),
        ("key-basic", "Authorization: Basic QEtFWUA6", "logins are off"),
        ("key-digest", 'Authorization: Digest username="a", realm="b", '
         'nonce="", uri="/", response=""', "so are digests"),
        ("key-query", None, "a key in the query is none"),
        ("key-cookie", "Cookie: key=@KEY@", "nor one in a cookie")):
    path = "/v1/plan?key=@KEY@" if name == "key-query" else "/v1/plan"
    http(name, head(f"GET {path}", key=key), 401, why)
for name, kind in (("type-text", "text/plain"), ("type-none-such", "a/b"),
                   ("type-form", "application/x-www-form-urlencoded"),
                   ("type-xml", "text/xml")):
    http(name, post(name_of(name), kind=kind), 415, f"a body of type {kind}")
http("packed-bomb", post(gzip.compress(b" " * (64 << 20), 9, mtime=0),
                         "Content-Encoding: gzip"), 413, "64 MiB in 64 KiB")
http("packed-twice", post(gzip.compress(gzip.compress(b"{}", mtime=0),
                                        mtime=0), "Content-Encoding: gzip"),
     400, "packed twice")
http("packed-cut", post(gzip.compress(b"{}" * 100, mtime=0)[:-9],
                        "Content-Encoding: gzip"), 400, "cut")
http("packed-unknown", post("{}", "Content-Encoding: br"), 415,
     "a packing that we do not know")
for method in "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND":
    http("method-" + method.lower(), head(f"{method} /v1/submissions"), 405,
         method)
http("import-nothing", post(b"", path="/v1/imports?form=CT-02",
                            kind="text/csv"), 422, "an empty file")
http("import-no-form-such", post(b"a,b\n1,2\n", path="/v1/imports?form=%27"),
     422, "no such form")
http("import-encoding", post(b"a", path="/v1/imports?form=CT-02&encoding=x"),
     400, "an encoding that nobody knows")
http("import-key", post(b"a", path="/v1/imports", key=None), 401,
     "without a key")
http("length-short", head("POST /v1/submissions", "Content-Type: "
                          "application/json", "Content-Length: 1") + "{}",
     400, "more than was said")
http("smuggled", post("0\r\n\r\nGET /v1/plan HTTP/1.1\r\n\r\n",
                      "Transfer-Encoding: chunked"), 400,
     "two ways to say where the body ends")
http("no-host", "GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n", 400,
     "HTTP/1.1 without a Host")
http("version-9", "GET /healthz HTTP/9.9\r\nHost: x\r\nConnection: close\r\n"
     "\r\n", 505, "a version to come")
http("garbage", b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 0,
     "TLS to HTTP: closed without an answer")
http("many-headers", head("GET /v1/plan", *[f"X-{i}: a" for i in range(3000)]),
     431, "three thousand headers")

with open(HERE / "answers.tsv", "w", encoding="utf-8") as f:
    f.write("file\tstatus\tstored\twhy\n")
    for row in sorted(answers):
        f.write("\t".join(map(str, row)) + "\n")
print(len(answers), "files")
