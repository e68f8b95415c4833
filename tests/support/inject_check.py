"""Puts what would be code elsewhere into every place where both services take
words: parts of paths, questions, members of bodies, headers (S6).

usage: inject_check.py READY_JSON LOGIN PASSWORD ROUND CANARY_FILE
Prints what it finds; exit 1 when anything is wrong.  What it looks for:
an answer of 500 or none, words of a database or a shell in an answer, another
answer to a condition that is true than to one that is false, the words
themselves unescaped in a page, a file that a shell would have made.  The
caller compares the tables before and after.
"""
import http.client
import json
import pathlib
import re
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lint"))
import openapi  # noqa: E402

API = openapi.load()
READY = json.loads(pathlib.Path(sys.argv[1]).read_text("utf-8"))
LOGIN, PASSWORD, ROUND, CANARY = sys.argv[2:6]
faults = []
count = 0

# what stands in the other places while one is tried
PLAIN = {"wave": READY["wave"], "round": ROUND, "unit": "so-mot",
         "criterion": "1", "sheet": "CT01-00001-4", "name": "balance",
         "instance": "uuid:none", "form": "CT-01", "key": READY["agent_key"],
         "act": "opinion-give", "list": "late", "result": "1", "release": "1",
         "set": "ratings", "number": "1", "evidence": "1", "file": "app.css"}
CODE = [
    "'; CREATE TABLE public.canary (); --",
    "1; CREATE TABLE public.canary (); --",
    "') UNION SELECT version() --",
    "\"; CREATE TABLE public.canary (); --",
    "$1", "{1,2}", "\\", "a\0b", "%s%n%s%n", "\ufeff\u202e",
    f"$(touch {CANARY})", f"`touch {CANARY}`", f"; touch {CANARY} #",
    f"| touch {CANARY}", "../../../../etc/passwd", "..%2f..%2fetc/passwd",
    "file:///etc/passwd", "*)(uid=*))(|(uid=*", "' or '1'='1",
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>",
    "\r\nX-Canary: 1", "${jndi:ldap://127.0.0.1/x}", "9" * 400,
]
# pairs that differ only where somebody runs them as SQL
PAIRS = [("{}' AND '1'='1", "{}' AND '1'='2"), ("{} AND 1=1", "{} AND 1=2"),
         ("{}') AND ('1'='1", "{}') AND ('1'='2")]
TELLS = re.compile(
    rb"syntax error|SQLSTATE|PostgreSQL|unterminated|relation \"|pg_catalog|"
    rb"PL/pgSQL|libpq|root:[x*]:0|sh: |not found in libc|\bcolumn \"")


def say(text):
    if len(faults) < 60:
        faults.append(text)


def tells(body):
    """Words that only a database or a shell would say."""
    found = TELLS.search(body)
    return found.group(0).decode() if found else None


class Client:
    def __init__(self, base, headers):
        self.at = urllib.parse.urlsplit(base)
        self.headers = headers
        self.line = None

    def ask(self, method, path, body=None, **headers):
        """(status, headers, body); status 0: no answer."""
        global count
        count += 1
        for again in (True, False):
            if self.line is None:
                self.line = http.client.HTTPConnection(
                    self.at.hostname, self.at.port, timeout=60)
            try:
                self.line.request(method, path, body=body,
                                  headers={**self.headers, **headers})
                r = self.line.getresponse()
                return r.status, dict(r.getheaders()), r.read()
            except (http.client.HTTPException, OSError) as e:
                self.line.close()
                self.line = None
                if not again:
                    return 0, {}, str(e).encode()


def judge(name, code, status, headers, body):
    if status == 0 or status >= 500 and status != 503:
        say(f"{name} {code!r}: {status} {body[:200]!r}")
    # what was sent may come back in words of refusal; a tell may not be ours
    if tells(body) and not tells(code.encode()):
        say(f"{name} {code!r}: says {tells(body)}: {body[:200]!r}")
    if "X-Canary" in headers:
        say(f"{name} {code!r}: a header of ours")
    kind = headers.get("Content-Type", "")
    if "html" in kind and "<" in code and code.encode() in body:
        say(f"{name} {code!r}: stands unescaped in the page")


def quoted(text):
    return urllib.parse.quote(text, safe="")


def told(answer, code):
    """An answer without the words that were sent and what is never twice."""
    status, _, body = answer
    text = body.decode("utf-8", "replace")
    for form in (code, quoted(code), json.dumps(code)[1:-1],
                 code.replace("'", "&#39;"), code.replace("'", "&#x27;")):
        text = text.replace(form, "?")
    # numbers of requests, hashes and receipts of what was sent
    return status, re.sub(r"[0-9a-f]{8}-[0-9a-f]{8}|[0-9a-f]{16,}|"
                          r"uuid:\d+|\d-(?:[A-Z2-7]{4}-){6}[A-Z2-7]{2}", "", text)


def attack(name, plain, send):
    """send(code) gives an answer, whatever place it is put in."""
    for code in CODE:
        judge(name, code, *send(code))
    for yes, no in PAIRS:
        yes, no = yes.format(plain), no.format(plain)
        if told(send(yes), yes) != told(send(no), no):
            say(f"{name}: answers {yes!r} and {no!r} differently: "
                f"{told(send(yes), yes)} {told(send(no), no)}")


def path_of(pattern, where=None, code=""):
    return re.sub(r"{(\w+)}", lambda m: quoted(
        code if m.group(1) == where else PLAIN.get(m.group(1), "1")), pattern)


def parameters(item, op):
    for p in item.get("parameters", []) + op.get("parameters", []):
        yield openapi.resolved(API, p)


def members(schema):
    """Names of texts in a body's description, at any depth."""
    schema = openapi.resolved(API, schema)
    for name, part in schema.get("properties", {}).items():
        yield name
        yield from members(part)
    for part in schema.get("allOf", []) + schema.get("anyOf", []):
        yield from members(part)


def filled(example, member, code):
    """The description's own example with other words in one member."""
    if isinstance(example, list):
        return [filled(e, member, code) for e in example]
    if not isinstance(example, dict):
        return example
    out = {k: code if k == member else filled(v, member, code)
           for k, v in example.items()}
    if "instanceID" in out and member != "instanceID":
        out["instanceID"] = f"uuid:{count:012d}"
    return out


def params_of_acts():
    """Names of acts and of what they take, as the tables of the source say."""
    for path in sorted((openapi.ROOT / "server").glob("*act*.c")):
        text = path.read_text("utf-8")
        for row in re.finditer(r'\{ "([a-z -]+)",\s*\n\s*"(.*?)\n\t\{ "|'
                               r'\{ "([a-z -]+)",\s*\n\s*"(.*)', text, re.S):
            name, rest = row.group(1) or row.group(3), row.group(2) or row.group(4)
            yield name.replace(" ", "-"), re.findall(
                r'(?:NEED|MAYBE|FLAG)\("(\w+)"\)', rest[:1200])


def places(client, method, pattern, op, item):
    """Every place of one route, one after the other."""
    name = f"{method} {pattern}"
    js = {"Content-Type": "application/json"}
    body = b"{}" if method in ("POST", "PUT", "DELETE") else None

    for where in re.findall(r"{(\w+)}", pattern):
        attack(f"{name} {{{where}}}", PLAIN.get(where, "1"),
               lambda c, w=where: client.ask(
                   method, path_of(pattern, w, c), body, **(js if body else {})))
    for p in parameters(item, op):
        if p["in"] == "query":
            attack(f"{name} ?{p['name']}", "1", lambda c, p=p: client.ask(
                method, f"{path_of(pattern)}?{p['name']}={quoted(c)}", body,
                **(js if body else {})))
    content = openapi.resolved(API, op.get("requestBody", {})).get("content", {})
    for kind, described in content.items():
        example = described.get("example", {})
        for m in sorted(set(members(described.get("schema", {})))):
            if kind == "application/json":
                attack(f"{name} {m}", "1", lambda c, m=m, e=example: client.ask(
                    method, path_of(pattern),
                    json.dumps({m: c} | filled(e, m, c)), **js))
            elif kind == "application/x-www-form-urlencoded":
                attack(f"{name} {m}", "1", lambda c, m=m: client.ask(
                    method, path_of(pattern), urllib.parse.urlencode({m: c}),
                    **{"Content-Type": kind}))


def acts(client):
    for act, names in params_of_acts():
        for path in (f"/v1/rounds/{ROUND}/acts/{act}",
                     f"/v1/waves/{READY['wave']}/ledger/{act}"):
            for m in names:
                for code in (CODE[0], CODE[4], CODE[7], "' or '1'='1"):
                    body = {n: "1" for n in names} | {m: code}
                    judge(f"{path} {m}", code, *client.ask(
                        "POST", path, json.dumps(body),
                        **{"Content-Type": "application/json"}))


def signed_in(base):
    """Everything that a person of all roles may, and no key could."""
    c = Client(base, {})
    status, headers, body = c.ask(
        "POST", "/v1/session", json.dumps({"login": LOGIN, "password": PASSWORD}),
        **{"Content-Type": "application/json"})
    if status != 200:
        sys.exit(f"no session: {status} {body!r}")
    return Client(base, {"Cookie": headers["Set-Cookie"].split(";")[0],
                         "Origin": base,
                         "X-CSRF-Token": json.loads(body)["csrf"]})


def self_test():
    """What looks must see: else nothing found says nothing."""
    fake = {"a' AND '1'='1": (200, {}, b"row"), "a' AND '1'='2": (200, {}, b"")}
    seen = (told(fake["a' AND '1'='1"], "a' AND '1'='1")
            != told(fake["a' AND '1'='2"], "a' AND '1'='2")
            and tells(b'ERROR:  syntax error at or near "x"')
            and tells(b"root:x:0:0:root") and not tells(b'{"code":"not-found"}'))
    if not seen:
        sys.exit("inject_check.py does not see what it looks for")


def main():
    self_test()
    web = signed_in(READY["server"])
    field = Client(READY["collector"],
                   {"Authorization": f"Bearer {READY['agent_key']}"})
    for pattern, item in API["paths"].items():
        for verb in openapi.METHODS:
            op = item.get(verb)
            # these end the session, or change its password
            if op is None or pattern in ("/sign-out", "/v1/password") \
                    or (verb, pattern) == ("delete", "/v1/session"):
                continue
            places(field if "collector" in op["tags"] else web, verb.upper(),
                   pattern, op, item)
    acts(web)
    for client in (field, web):
        for header in ("Accept", "Accept-Encoding", "If-None-Match", "Cookie",
                       "User-Agent", "X-Request-Id", "Accept-Language"):
            for code in CODE:
                if "\r" not in code and "\0" not in code and code.isascii():
                    judge(header, code, *client.ask("GET", "/", None,
                                                    **{header: code}))
    status, _, body = web.ask("GET", "/v1/me")
    if status != 200:
        say(f"the session did not last: {status} {body!r}")
    if pathlib.Path(CANARY).exists():
        say("a shell ran what was sent")
    print("\n".join(faults))
    print(f"N={count} requests with code in them")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
