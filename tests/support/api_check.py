"""Asks both services of a running `phieu up` and holds every answer to
docs/api/openapi.yaml: the status must be described for that route, the
content type too, JSON must fit its schema and errors have both languages.

usage: api_check.py READY_JSON SIMULATED_NDJSON before|after [LOGIN PASSWORD
ONE_INSTANCE_XML]
Prints what differs; exit 1 when anything does.
"""
import gzip
import hashlib
import http.client
import json
import pathlib
import re
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lint"))
import jsonschema  # noqa: E402
import openapi  # noqa: E402

API = openapi.load()
faults = []
asked = set()
count = 0
validators = {}


def valid(schema, value):
    """ValidationError when value is not what schema (a part of API) says.
    Each schema is made plain and itself checked once."""
    v = validators.get(id(schema))
    if v is None:
        plain = openapi.plain_schema(API, schema)
        kind = jsonschema.validators.validator_for(plain)
        kind.check_schema(plain)
        v = validators[id(schema)] = kind(plain)
    worst = jsonschema.exceptions.best_match(v.iter_errors(value))
    if worst is not None:
        raise worst


def say(text):
    faults.append(text)


def pattern_of(path):
    for pattern in API["paths"]:
        if re.fullmatch(re.sub(r"{\w+}", "[^/]+", pattern), path):
            return pattern
    return None


def hold(name, op, status, headers, body):
    """One answer against its description."""
    reply = op["responses"].get(str(status))
    if reply is None:
        say(f"{name}: {status} is not described: {body[:200]!r}")
        return
    reply = openapi.resolved(API, reply)
    kinds = reply.get("content", {})
    kind = headers.get("Content-Type", "").split(";")[0]
    if not body:
        return
    if kind not in kinds:
        say(f"{name}: {status} comes as {kind}, described: {list(kinds)}")
        return
    if kind != "application/json":
        return
    try:
        valid(kinds[kind]["schema"], json.loads(body))
    except (jsonschema.ValidationError, ValueError) as e:
        say(f"{name}: {status}: {str(e).splitlines()[0]}: {body[:200]!r}")


class Client:
    def __init__(self, base, key=None):
        self.base = urllib.parse.urlsplit(base)
        self.key = key
        self.line = None

    def exchange(self, method, path, body, headers):
        """One connection serves as long as it is left open."""
        fresh = self.line is None
        if fresh:
            self.line = http.client.HTTPConnection(
                self.base.hostname, self.base.port, timeout=60)
        try:
            self.line.request(method, path, body=body, headers=headers)
            r = self.line.getresponse()
            data = r.read()
        except (http.client.RemoteDisconnected, ConnectionResetError,
                BrokenPipeError):
            self.line.close()
            self.line = None
            if fresh:
                raise
            return self.exchange(method, path, body, headers)
        if r.will_close:
            self.line.close()
            self.line = None
        return r, data

    def ask(self, method, path, want, body=None, **headers):
        """Sends, checks the description and the status; (headers, body)."""
        global count
        count += 1
        headers = {k.replace("_", "-"): v for k, v in headers.items()}
        if self.key:
            headers.setdefault("Authorization", f"Bearer {self.key}")
        r, data = self.exchange(method, path, body, headers)
        got = {k: v for k, v in r.getheaders()}
        if got.get("Content-Encoding") == "gzip":
            data = gzip.decompress(data)
        name = f"{method} {path}"
        pattern = pattern_of(path.split("?")[0])
        verb = "get" if method == "HEAD" else method.lower()
        op = API["paths"].get(pattern, {}).get(verb) if pattern else None
        if r.status != want:
            say(f"{name}: {r.status}, not {want}: {data[:300]!r}")
        for always in ("X-Request-Id", "X-Content-Type-Options",
                       "Content-Security-Policy", "Cache-Control"):
            if always not in got:
                say(f"{name}: no {always}")
        if op:
            asked.add((verb.upper(), pattern))
            hold(name, op, r.status, got, data)
        return got, data

    def json(self, method, path, want, body=None, **headers):
        _, data = self.ask(method, path, want, body, **headers)
        try:
            return json.loads(data)
        except ValueError:
            return {}


def need(what, truth):
    if not truth:
        say(f"not so: {what}")


def health(client):
    for path in ("/healthz", "/readyz", "/metrics"):
        client.ask("GET", path, 200)
        client.ask("HEAD", path, 200)
    client.ask("GET", "/nowhere", 404)
    client.ask("POST", "/healthz", 405)


def submissions(ready, sheets):
    field = Client(ready["collector"], ready["agent_key"])
    js = {"Content_Type": "application/json"}
    path = "/v1/submissions"
    nobody = Client(ready["collector"])
    nobody.ask("POST", path, 401, sheets[0], **js)
    Client(ready["collector"], "pa_NOBODY").ask("POST", path, 401, sheets[0],
                                                **js)
    first = field.json("POST", path, 201, sheets[0], **js)
    again = field.json("POST", path, 200, sheets[0], **js)
    need("the same bytes get the same answer", first == again)
    need("a line end more is other bytes, and refused",
         "error" in field.json("POST", path, 409, sheets[0] + b"\n", **js))
    one = json.loads(sheets[0])
    receipt = field.json("GET", "/v1/receipts/" +
                         urllib.parse.quote(one["instanceID"], safe=""), 200)
    need("the receipt can be asked for",
         receipt.get("receipt") == first.get("receipt"))
    field.ask("GET", "/v1/receipts/uuid%3Anone", 404)
    file = b"sheet,group,home,collected,unit,Q1\nx,y,z,1/1/2021,u,A\n"
    nobody.ask("POST", "/v1/imports?form=CT-01", 401, file)
    seen = field.json("POST", "/v1/imports?form=CT-01&preview=1", 200, file)
    need("a preview names cells", any("cell" in f for f in seen["faults"]))
    field.ask("POST", "/v1/imports?form=CT-01&marked=1", 200, file)
    field.json("POST", "/v1/imports?form=CT-01", 422, file)
    field.ask("POST", "/v1/imports?form=CT-01&encoding=none", 400, file)
    nobody.ask("GET", "/v1/templates/CT-01.xlsx", 401)
    field.ask("GET", "/v1/templates/CT-01.xlsx?sheets=2", 200)
    field.ask("GET", "/v1/templates/none.xlsx", 404)
    field.ask("GET", "/v1/templates/CT-01.xlsx?sheets=x", 400)
    wrong = dict(one, instanceID="uuid:api-422", sheet="CT01-00012-2")
    bad = field.json("POST", path, 422, json.dumps(wrong).encode(), **js)
    need("faults have codes and paths", bad.get("errors", [{}])[0].get("path"))
    for text in (b"{", b"", b"[]", b'{"a":1,"a":2}', b"\xef\xbb\xbf{}",
                 b'{"instanceID":"\\ud800"}', b'{"wave":"w"}'):
        odd = field.json("POST", path, 400, text, **js)
        need("quarantine has a receipt", odd.get("receipt"))
    other = dict(one, instanceID="uuid:api-403", wave="another")
    field.ask("POST", path, 403, json.dumps(other).encode(), **js)
    field.ask("POST", path, 413, b'"' + b"a" * (257 << 10) + b'"', **js)
    field.ask("POST", path, 413, b" " * ((16 << 20) + 1), **js)
    field.ask("POST", path, 415, sheets[0], Content_Type="text/plain")
    field.ask("POST", path, 415, sheets[0], Content_Encoding="br", **js)
    packed = gzip.compress(sheets[1])
    field.ask("POST", path, 201, packed, Content_Encoding="gzip", **js)
    batches(field, sheets)
    got, plan = field.ask("GET", "/v1/plan", 200)
    need("the plan's ETag is its hash", got.get("ETag", "").strip('"') ==
         hashlib.sha256(plan).hexdigest())
    field.ask("GET", "/v1/plan", 304, If_None_Match=got.get("ETag", ""))


def sent_files(ready, sheets):
    """Scans of sheets: what the collector says of each."""
    field = Client(ready["collector"], ready["agent_key"])
    # one that does not count: the rest of the wave is sent later
    one = dict(json.loads(sheets[0]), instanceID="uuid:api-files",
               sheet="CT01-00012-2", files=["a.jpg", "b.pdf"])
    said = field.json("POST", "/v1/submissions", 422,
                      json.dumps(one).encode(),
                      Content_Type="application/json")
    need("a sheet's files are counted",
         (said.get("files"), said.get("missing")) == (2, 2))
    path = ("/v1/submissions/" + urllib.parse.quote(one["instanceID"], safe="")
            + "/attachments")
    jpeg = (b"\xff\xd8\xff\xc0\0\x05\x08\x01\x01\xff\xda\0\x04\x01\x01ab"
            b"\xff\xd9")
    kept = field.json("PUT", path + "/a.jpg", 201, jpeg)
    need("one is missing", kept.get("missing") == 1)
    need("the same again", field.json("PUT", path + "/a.jpg", 200, jpeg)
         == kept)
    field.ask("PUT", path + "/a.jpg", 409, jpeg + b"x")
    field.ask("PUT", path + "/b.pdf", 201, b"%PDF-1.7")
    field.ask("PUT", path + "/c.jpg", 201, jpeg[:-1])
    field.ask("PUT", path + "/d", 201, b"?")
    field.ask("PUT", path + "/e", 400, b"")
    field.ask("PUT", path + "/e%2Ff", 400, jpeg)
    field.ask("PUT", path + "/e", 413, bytes((10 << 20) + 1))
    field.ask("PUT", path + "/e", 415, jpeg, Content_Encoding="br")
    field.ask("PUT", "/v1/submissions/uuid%3Anone/attachments/a", 404, jpeg)
    field.ask("GET", "/v1/submissions/uuid%3Anone/attachments", 404)
    listed = field.json("GET", path, 200)
    need("states of files", [f.get("state") for f in listed["files"]]
         == ["cleaned", "metadata-kept", "damaged", "unknown"])
    nobody = Client(ready["collector"])
    nobody.ask("PUT", path + "/a.jpg", 401, jpeg)
    nobody.ask("GET", path, 401)


def agent_page(ready):
    """What the page of the agent asks, and the page itself."""
    field = Client(ready["collector"], ready["agent_key"])
    nobody = Client(ready["collector"])
    me = field.json("GET", "/v1/agent", 200)
    need("all cells of the plan", len(me.get("cells", [])) > 50)
    need("own sheets are counted",
         sum(c["mine"] for c in me.get("cells", [])) >= 1)
    nobody.ask("GET", "/v1/agent", 401)
    told_sheets(field, nobody)
    field.ask("GET", "/v1/agent/queries", 200)
    nobody.ask("GET", "/v1/agent/queries", 401)
    field.ask("POST", "/v1/agent/queries/1", 400, b'{"note": "x"}')
    field.ask("POST", "/v1/agent/queries/1", 400, b"x")
    nobody.ask("POST", "/v1/agent/queries/1", 401, b'{"note": "x"}')
    assert field.json("GET", "/v1/second", 200)["sheets"] == []
    nobody.ask("GET", "/v1/second", 401)
    nobody.ask("GET", "/v1/receipts", 401)
    page = field.json("GET", "/v1/receipts?limit=2", 200)
    seen = [r["instanceID"] for r in page["receipts"]]
    while page["next"]:
        page = field.json("GET", "/v1/receipts?limit=2&before=" +
                          urllib.parse.quote(page["next"], safe=""), 200)
        seen += [r["instanceID"] for r in page["receipts"]]
    whole = field.json("GET", "/v1/receipts?limit=200", 200)["receipts"]
    need("pages hold each sheet once",
         seen == [r["instanceID"] for r in whole] and len(set(seen)) == len(seen))
    for one in whole:
        alone = field.json("GET", "/v1/receipts/" + urllib.parse.quote(
            one["instanceID"], safe=""), 200)
        need("list and receipt agree", alone["receipt"] == one["receipt"])
        need("no answers in a list", "ratings" not in json.dumps(one))
    bad = field.json("GET", "/v1/receipts?status=invalid", 200)["receipts"]
    need("only the invalid ones", bad and all(
        r["status"] == "invalid" and r["errors"] for r in bad))
    for query in ("limit=0", "limit=201", "limit=x", "status=odd",
                  "before=x", "before=2021-02-03T01:15:00Z"):
        field.ask("GET", "/v1/receipts?" + query, 400)
    nobody.ask("GET", "/", 303)
    nobody.ask("GET", "/agent", 303)
    got, html = nobody.ask("GET", "/agent/", 200)
    policy = got.get("Content-Security-Policy", "")
    need("a strict policy", "unsafe" not in policy and "default-src 'none'" in
         policy and "script-src 'self'" in policy)
    nobody.ask("GET", "/agent/", 304, If_None_Match=got.get("ETag", ""))
    for name in re.findall(r'(?:href|src)="([^"]+)"', html.decode()):
        nobody.ask("GET", "/agent/" + name, 200)
        nobody.ask("GET", "/agent/" + name, 200, Accept_Encoding="gzip")
    nobody.ask("GET", "/agent/sw.js", 200)
    nobody.ask("GET", "/agent/nothing.js", 404)
    nobody.ask("GET", "/agent/..%2fservice.c", 404)


def batch_line(line):
    """An NDJSON line by its code, as a single answer would be described."""
    code, op = line.get("code"), API["paths"]["/v1/submissions"]["post"]
    alone = {k: v for k, v in line.items() if k not in ("line", "code")}
    if alone.get("status") and "receipt" not in alone:
        alone["receipt"] = ""  # of an atomic batch that was not kept
    if code == 400 and "status" not in alone:
        alone.update(status="quarantined", receipt="")
    hold(f"NDJSON line {line.get('line')}", op, code,
         {"Content-Type": "application/json"}, json.dumps(alone).encode())


def batches(field, sheets):
    nd = {"Content_Type": "application/x-ndjson"}
    body = b"\n".join([sheets[0], b"", b"{", sheets[2]]) + b"\r\n"
    _, data = field.ask("POST", "/v1/submissions", 200, body, **nd)
    lines = [json.loads(x) for x in data.splitlines()]
    need("a line each and one of counts", len(lines) == 4)
    need("codes in order", [x.get("code") for x in lines[:3]] ==
         [200, 400, 201])
    for line in lines[:-1]:
        batch_line(line)
    valid(API["components"]["schemas"]["BatchEnd"], lines[-1])
    need("the body's hash", lines[-1].get("sha256") ==
         hashlib.sha256(body).hexdigest())
    body = b"\n".join([sheets[3], b"{", sheets[4]])
    _, data = field.ask("POST", "/v1/submissions?atomic=1", 422, body, **nd)
    lines = [json.loads(x) for x in data.splitlines()]
    need("only the bad line is told", [x.get("line") for x in lines[:-1]] == [2])
    need("no receipt where nothing is kept", b"receipt" not in data)
    for line in lines[:-1]:
        batch_line(line)
    body = b"\n".join([sheets[3], sheets[4]])
    _, data = field.ask("POST", "/v1/submissions?atomic=1", 200, body, **nd)
    lines = [json.loads(x) for x in data.splitlines()]
    need("nothing of it had been kept",
         [x.get("code") for x in lines[:-1]] == [201, 201])


def form_data(*parts):
    """multipart/form-data of (name, bytes); (body, headers)."""
    body = b"".join(b"--api\r\nContent-Disposition: form-data; name=\"%s\"; "
                    b"filename=\"%s\"\r\n\r\n%s\r\n" % (n, n, data)
                    for n, data in parts) + b"--api--\r\n"
    return body, {"Content_Type": "multipart/form-data; boundary=api"}


def openrosa_of(field, base, key_ok):
    """Every path; what a phone is told without right or sense."""
    v = {"X_OpenRosa_Version": "1.0"}
    ok = 200 if key_ok else 404
    _, data = field.ask("GET", base + "/formList", ok, **v)
    ids = re.findall(rb"/forms/([^/<]*)/manifest", data) or [b"a~b~1"]
    form = base + "/forms/" + ids[-1].decode()
    got, _ = field.ask("GET", form + ".xml", ok)
    if key_ok:
        field.ask("GET", base + "/formList", 400)
        field.ask("GET", form + ".xml", 304,
                  If_None_Match=got.get("ETag", ""))
        field.ask("GET", base + "/forms/x.xml", 404)
    _, data = field.ask("GET", form + "/manifest", ok, **v)
    names = re.findall(rb"<filename>([^<]*)", data) or [b"units.csv"]
    field.ask("GET", form + "/media/" + names[0].decode(), ok)
    for verb in ("GET", "HEAD"):
        field.ask(verb, base + "/submission", 204 if key_ok else 404, **v)
    body, head = form_data((b"a", b"1"))
    field.ask("POST", base + "/submission", 400 if key_ok else 404, body, **v,
              **head)


def openrosa(ready, instance):
    key = "/v1/key/" + ready["agent_key"]
    field, v = Client(ready["collector"]), {"X_OpenRosa_Version": "1.0"}
    openrosa_of(field, key, True)
    openrosa_of(field, "", False)  # logins are off by default
    field.ask("GET", "/v1/key/pa_NOBODY/formList", 401, **v)
    form = b"xml_submission_file"
    other = instance.replace(b"<instanceID>uuid:", b"<instanceID>uuid:other-")
    for want, xml in ((201, instance), (201, instance), (201, other),
                      (409, instance + b" "), (400, b"<"),
                      (404, instance.replace(b'version="', b'version="x')),
                      (413, instance + b" " * (1 << 20))):
        body, head = form_data((form, xml))
        field.ask("POST", key + "/submission", want, body, **v, **head)
    field.ask("POST", key + "/submission", 415, instance, **v,
              Content_Type="text/xml")


def office(ready, published):
    wave = "/v1/waves/" + ready["wave"]
    analyst = Client(ready["server"], ready["analyst_key"])
    engine = Client(ready["server"], ready["engine_key"])
    nobody = Client(ready["server"])
    nobody.ask("GET", "/", 200)
    nobody.ask("GET", "/style.css", 200)
    for path in ("/v1/waves", wave, wave + "/plan", wave + "/progress",
                 wave + "/results", wave + "/components", wave + "/releases",
                 "/v1/me", "/progress/" + ready["wave"]):
        nobody.ask("GET", path, 401)
    analyst.ask("GET", "/v1/me", 200)
    analyst.ask("GET", "/v1/waves?limit=1&offset=0", 200)
    analyst.ask("GET", "/v1/waves?limit=x", 400)
    analyst.ask("GET", wave, 200)
    analyst.ask("GET", "/v1/waves/nowhere", 404)
    got, _ = analyst.ask("GET", wave + "/plan", 200)
    analyst.ask("GET", wave + "/plan", 304, If_None_Match=got.get("ETag", ""))
    analyst.ask("GET", wave + "/progress", 200)
    analyst.ask("GET", wave + "/progress", 200, Accept="text/csv")
    analyst.ask("GET", "/progress/" + ready["wave"], 200)
    if not published:
        ledger(analyst, engine, "two-level-example")
        quality(analyst, engine, "two-level-example")
        ballots(analyst, engine, "two-level-example")
        review(analyst, engine, "two-level-example")
        recheck(analyst, engine, "two-level-example")
    analyst.ask("GET", "/results/" + ready["wave"], 200)
    engine.ask("GET", wave + "/progress", 403)
    engine.ask("GET", "/v1/me", 200)
    if published:
        results(engine, wave)
    else:
        engine.ask("GET", wave + "/results", 404)
        engine.ask("GET", wave + "/components", 404)
    engine.ask("GET", wave + "/releases", 200)
    feed(nobody, engine, analyst, wave + "/odata", published)
    round_releases(nobody, engine, published)
    if not published:
        rounds_unknown(nobody, analyst)
    explained(nobody, engine, wave + "/units", "/results/" + ready["wave"],
              published)
    engine.ask("GET", wave + "/components?kind=nothing", 400)
    engine.ask("GET", wave + "/components?limit=1001", 400)


def explained(nobody, engine, path, page, published):
    """What is behind a component, for programs and as a page."""
    for at in (path + "/so-tu-phap/criteria/LV1.2.so",
               page + "/so-tu-phap/LV1.2.so"):
        nobody.ask("GET", at, 401)
        engine.ask("GET", at, 200 if published else 404)
    engine.ask("GET", path + "/so-tu-phap/criteria/XH", 404)
    engine.ask("GET", page + "/none/LV1.2.so", 404)


def feed(nobody, engine, analyst, path, published):
    for one in (path, path + "/", path + "/CT_01"):
        nobody.ask("GET", one, 401)
        engine.ask("GET", one, 403)
        if not published:
            analyst.ask("GET", one, 409)
    if not published:
        return
    named = analyst.json("GET", path, 200)["value"]
    need("root with and without its slash",
         named == analyst.json("GET", path + "/", 200)["value"])
    analyst.ask("GET", path + "/$metadata", 200)
    analyst.ask("GET", path + "/CT_99", 404)
    for query, want in (("$filter=x%20eq%201", 400), ("$expand=x", 501),
                        ("$top=-1", 400), ("$filter=year(w)%20eq%201", 501)):
        analyst.ask("GET", f"{path}/CT_01?{query}", want)
    for one in named:
        analyst.json("GET", one["url"] + "?$top=3&$count=true", 200)


def rounds_unknown(nobody, analyst):
    """Every route of a round, by nobody and where there is none: what they
    answer otherwise is asked by round_check.py."""
    need("no rounds yet", analyst.json("GET", "/v1/rounds", 200)["total"] == 0)
    analyst.ask("GET", "/v1/rounds?limit=x", 400)
    nobody.ask("GET", "/v1/rounds", 401)
    base = "/v1/rounds/khong-co"
    unit = base + "/units/so-mot"
    for verb, path in (("GET", base), ("GET", base + "/calendar"),
                       ("GET", base + "/lists/appraise-list"),
                       ("POST", base + "/acts/appraise-accept"),
                       ("GET", unit + "/self"), ("PUT", unit + "/self/1"),
                       ("GET", unit + "/workbook"),
                       ("POST", unit + "/workbook"),
                       ("POST", unit + "/evidence?name=a"),
                       ("GET", unit + "/evidence/1"),
                       ("DELETE", unit + "/evidence/1"),
                       ("POST", base + "/results"),
                       ("GET", base + "/results/1"),
                       ("GET", base + "/results/1/verify"),
                       ("GET", base + "/reports/summary"),
                       ("GET", base + "/compare?with=khong-co"),
                       ("GET", base + "/components")):
        body = None if verb in ("GET", "DELETE") else b"{}"
        nobody.ask(verb, path, 401, body)
        analyst.ask(verb, path, 404, body, Content_Type="application/json")


def round_releases(nobody, engine, published):
    """What is pulled has the hash that the list and its tag say."""
    path = "/v1/rounds/ky-mau/releases"
    why = "/v1/rounds/ky-mau/results/1/units"
    engine.ask("GET", f"{why}/none/criteria/total", 404)
    for one in (path, path + "/1", f"{why}/none/criteria/total"):
        nobody.ask("GET", one, 401)
    engine.ask("GET", path + "/9", 404)
    engine.ask("GET", "/v1/rounds/khong-co/releases", 404)
    if not published:
        engine.ask("GET", path, 404)
        return
    index = engine.json("GET", path + "/1", 200)
    unit = index["units"][0]
    for code in ("total", unit["criteria"][0]["code"]):
        doc = engine.json("GET", f"{why}/{unit['code']}/criteria/{code}", 200)
        need("an engine is not told who decided",
             doc["decisions_shown"] is False)
    engine.ask("GET", f"{why}/{unit['code']}/criteria/none", 404)
    listed = engine.json("GET", path, 200)["releases"]
    got, data = engine.ask("GET", path + "/1", 200)
    sha = hashlib.sha256(data).hexdigest()
    need("the list has the hash of the release", listed[0]["sha256"] == sha)
    need("so has its tag", got.get("ETag") == f'"{sha}"')
    engine.ask("GET", path + "/1", 304, If_None_Match=got["ETag"])


def results(engine, wave):
    got, snapshot = engine.ask("GET", wave + "/results", 200)
    need("the results' ETag is their hash", got.get("ETag", "").strip('"') ==
         hashlib.sha256(snapshot).hexdigest())
    engine.ask("GET", wave + "/results", 304, If_None_Match=got.get("ETag", ""))
    got, data = engine.ask("GET", wave + "/components", 200,
                           Accept_Encoding="gzip")
    whole = json.loads(data)
    need("gzip where asked", got.get("Content-Encoding") == "gzip")
    need("marked as trial and simulated", whole.get("trial") and
         whole.get("simulated") and "X-Phieu-Trial" in got and
         "X-Phieu-Simulated" in got)
    need("all at once without a limit",
         len(whole["components"]) == whole["total"] and not whole["next"])
    engine.ask("GET", wave + "/components", 304,
               If_None_Match=got.get("ETag", ""))
    engine.ask("HEAD", wave + "/components", 200)
    engine.ask("GET", wave + "/components", 200, Accept="text/csv")
    pages, at = [], wave + "/components?limit=50&kind=criterion"
    while at:
        page = engine.json("GET", at, 200)
        pages += page.get("components", [])
        at = page.get("next")
    need("pages hold what the whole holds", pages ==
         [c for c in whole["components"] if c["kind"] == "criterion"])


def told_sheets(field, nobody):
    """Of an agent without numbered sheets; with some: agentsheets_check.py."""
    path, js = "/v1/agent/sheets", {"Content_Type": "application/json"}

    def told(**members):
        return json.dumps(dict({"id": "5f0c0a52-93a1-4c3e-9f6d-0d5d5c9b7a01",
                                "act": "leave", "sheets": ["CT01-00001-2"]},
                               **members)).encode()

    need("no sheets", field.json("GET", path, 200)["sheets"] == [])
    nobody.ask("GET", path, 401)
    nobody.ask("POST", path, 401, told(), **js)
    for bad in (b"", b"[]", b"{}", told(id="x"), told(act="issue"), told(act=1),
                told(sheets=[]), told(sheets=["CT01-00001-3"]), told(sheets=[7]),
                told(sheets=["CT01-00001-2"] * 2001), told(reason="x" * 2001)):
        field.ask("POST", path, 400, bad, **js)
    field.ask("POST", path, 409, told(), **js)  # no ledger
    field.ask("POST", path, 413, b" " * 70000, **js)


def ledger(analyst, engine, wave):
    """Of a wave that takes no sheets here."""
    def body(**members):
        return json.dumps(members).encode()

    js = {"Content_Type": "application/json"}
    path, page = f"/v1/waves/{wave}/ledger/", "/ledger/" + wave
    analyst.ask("GET", path + "balance", 409)
    analyst.ask("GET", page, 409)
    analyst.ask("POST", path + "plan", 200, body(reason="mở sổ"), **js)
    for name in ("balance", "balance?by=agent", "open", "sheets?status=planned",
                 "history", "events", "paper?number=1", "verify"):
        analyst.ask("GET", path + name, 200)
    analyst.ask("GET", path + "sheets", 200, Accept="text/csv")
    analyst.ask("GET", path + "sheets", 200, Accept="application/x-ndjson")
    analyst.ask("GET", path + "balance?by=x", 400)
    analyst.ask("GET", path + "none", 404)
    engine.ask("GET", path + "balance", 403)
    analyst.ask("POST", path + "none", 404, body(), **js)
    analyst.ask("POST", path + "issue", 403, body(), **js)
    analyst.ask("POST", path + "amend", 400, body(group="x"), **js)
    analyst.ask("POST", path + "close", 200, body(), **js)
    analyst.ask("POST", path + "close", 409, body(), **js)
    analyst.ask("POST", path + "reopen", 200, body(reason="thử"), **js)
    analyst.ask("POST", path + "plan", 415, b"x")
    analyst.ask("POST", path + "plan", 413, b" " * 300000, **js)
    for query in ("", "?by=agent", "?show=sheets", "?show=open", "?show=events"):
        analyst.ask("GET", page + query, 200)
    analyst.ask("GET", page + "?by=x", 400)
    for query in ("?show=history", "?show=verify", "?do=plan"):
        analyst.ask("GET", page + query, 200)
    analyst.ask("GET", page + "?sheet=none", 404)
    analyst.ask("GET", page + "/print/list?status=planned", 200)
    analyst.ask("GET", page + "/print/cards?agent=none", 200)
    analyst.ask("GET", page + "/print/none", 404)
    engine.ask("GET", page + "/print/list", 403)
    analyst.ask("GET", page + "?do=none", 404)
    analyst.ask("GET", page + "?do=issue", 403)
    analyst.ask("POST", page + "/close", 403, b"")  # not from this host
    analyst.ask("GET", f"/handover/{wave}/1", 404)
    second(analyst, engine, wave)


def second(analyst, engine, wave):
    """Of a ledger where nothing was keyed."""
    def body(**members):
        return json.dumps(members).encode()

    js = {"Content_Type": "application/json"}
    path, page = f"/v1/waves/{wave}/second/", "/second/" + wave
    for name in ("progress", "sheets?status=drawn", "differences", "rates?by=form",
                 "draws", "frame?draw=1", "rules", "decisions", "opened"):
        analyst.ask("GET", path + name, 200)
    analyst.ask("GET", path + "sheets", 200, Accept="text/csv")
    analyst.ask("GET", path + "draws", 200, Accept="application/x-ndjson")
    analyst.ask("GET", path + "rates?by=x", 400)
    analyst.ask("GET", path + "none", 404)
    engine.ask("GET", path + "progress", 403)
    analyst.ask("POST", path + "none", 404, body(), **js)
    analyst.ask("POST", path + "draw", 400, body(), **js)
    analyst.ask("POST", path + "draw", 409, body(share="5"), **js)
    analyst.ask("POST", path + "resolve", 403, body(), **js)
    analyst.ask("POST", path + "rule", 200, body(accept=3, least=100, reason="thử"), **js)
    analyst.ask("POST", path + "keep", 200, body(unresolved="refuse", reason="thử"), **js)
    analyst.ask("POST", path + "draw", 415, b"x")
    analyst.ask("POST", path + "draw", 413, b" " * 300000, **js)
    for query in ("", "?show=rates", "?show=rules", "?do=draw", "?do=decide"):
        analyst.ask("GET", page + query, 200)
    analyst.ask("GET", page + "?sheet=none", 400)
    analyst.ask("GET", page + "?do=none", 404)
    analyst.ask("GET", page + "?do=resolve", 403)
    analyst.ask("POST", page + "/draw", 403, b"")  # not from this host


def quality(analyst, engine, wave):
    """Flags, faults and payment of a wave that takes no sheets here."""
    def body(**members):
        return json.dumps(members).encode()

    js = {"Content_Type": "application/json"}
    path, page = f"/v1/waves/{wave}/quality/", "/quality/" + wave
    paper = f"/quality-paper/{wave}/"
    for name in ("agents", "flags?flag=Q01&open=true", "faults", "outcomes",
                 "faults?day=2021-02-03&office=x", "days", "codes", "payment",
                 "payments", "rates", "rules", "assignments"):
        analyst.ask("GET", path + name, 200)
    analyst.ask("GET", path + "rules", 200, Accept="text/csv")
    analyst.ask("GET", path + "rules", 200, Accept="application/x-ndjson")
    analyst.ask("GET", path + "payment?freeze=9", 400)
    analyst.ask("GET", path + "faults?day=x", 400)
    analyst.ask("GET", path + "none", 404)
    engine.ask("GET", path + "agents", 403)
    analyst.ask("POST", path + "rule", 200, body(
        rule="q04-sheets", value="40", reason="thử"), **js)
    analyst.ask("POST", path + "rule", 400, body(
        rule="q04-sheets", value="0", reason="thử"), **js)
    analyst.ask("POST", path + "rate", 400, body(form="x"), **js)
    analyst.ask("POST", path + "none", 404, body(), **js)
    analyst.ask("POST", path + "rule", 415, b"x")
    analyst.ask("POST", path + "rule", 413, b" " * 300000, **js)
    for query in ("", "?show=flags", "?show=faults", "?do=rule", "?do=assign"):
        analyst.ask("GET", page + query, 200)
    analyst.ask("GET", page + "?do=none", 404)
    analyst.ask("POST", page + "/rule", 403, b"")  # not from this host
    for name in ("faults", "faults.xlsx", "payment", "payment.xlsx"):
        analyst.ask("GET", paper + name, 200)
    analyst.ask("GET", paper + "none", 404)
    analyst.ask("GET", paper + "faults.csv", 404)
    analyst.ask("GET", paper + "payment?freeze=9", 400)


def ballots(analyst, engine, wave):
    """Campaigns of the office; letters are a command, so none opens here."""
    js = {"Content_Type": "application/json"}
    path, page = f"/v1/waves/{wave}/ballot/", "/ballot/" + wave
    group = {"group": "none"}
    analyst.ask("GET", path + "campaigns", 200)
    analyst.ask("GET", path + "campaigns", 200, Accept="text/csv")
    analyst.ask("GET", path + "returns?group=none", 400)
    analyst.ask("GET", path + "receipts", 400)
    analyst.ask("GET", path + "none", 404)
    engine.ask("GET", path + "campaigns", 403)
    analyst.ask("POST", path + "make", 400, json.dumps(group).encode(), **js)
    analyst.ask("POST", path + "open", 400, json.dumps(group).encode(), **js)
    analyst.ask("POST", path + "none", 404, b"{}", **js)
    analyst.ask("POST", path + "open", 415, b"x")
    engine.ask("POST", path + "open", 403, b"{}", **js)
    for query in ("", "?show=campaigns", "?do=make", "?do=close"):
        analyst.ask("GET", page + query, 200)
    analyst.ask("GET", page + "?do=none", 404)
    analyst.ask("POST", page + "/close", 403, b"")  # not from this host


def answering(ready):
    """The respondents' page and what it asks, without a letter."""
    js = {"Content_Type": "application/json"}
    nobody = Client(ready["collector"])
    for name in ("", "ballot.js", "ballot.css", "icon.svg"):
        nobody.ask("GET", "/answer/" + name, 200)
    nobody.ask("GET", "/answer/app.js", 404)
    nobody.ask("GET", "/agent/ballot.js", 404)
    form, put = "/v1/ballot/form", "/v1/ballot"
    nobody.ask("POST", form, 404, json.dumps({"token": "A" * 32}).encode(), **js)
    nobody.ask("POST", form, 400, b"x", **js)
    nobody.ask("POST", form, 413, b" " * 300000, **js)
    nobody.ask("POST", put, 404, json.dumps({"token": "A" * 32, "sealed": "AAAA"}).encode(), **js)
    nobody.ask("POST", put, 400, b"{}", **js)
    nobody.ask("POST", put, 413, b" " * 300000, **js)
    nobody.ask("GET", "/v1/ballot/none/none/receipts", 404)


def review(analyst, engine, wave):
    """Of a wave that takes no sheets here; service/review.sh has one that does."""
    def body(**members):
        return json.dumps(members).encode()

    js = {"Content_Type": "application/json"}
    path, page = f"/v1/waves/{wave}/review/", "/review/" + wave
    for name in ("list", "list?status=queried&agent=x&flag=Q01", "counts", "queries?all=true",
                 "history?sheet=none", "show?sheet=none", "reasons", "verify"):
        analyst.ask("GET", path + name, 200)
    analyst.ask("GET", path + "list", 200, Accept="text/csv")
    analyst.ask("GET", path + "list", 200, Accept="application/x-ndjson")
    analyst.ask("GET", path + "history", 400)
    analyst.ask("GET", path + "none", 404)
    engine.ask("GET", path + "list", 403)
    analyst.ask("POST", path + "none", 404, body(), **js)
    analyst.ask("POST", path + "answer", 403, body(), **js)
    analyst.ask("POST", path + "accept", 400, body(sheets="CT01-00001-2"), **js)
    analyst.ask("POST", path + "reject", 400, body(sheets="CT01-00001-2"), **js)
    analyst.ask("POST", path + "require", 200, body(reason="thử"), **js)
    analyst.ask("POST", path + "require", 200, body(off=True, reason="thử"), **js)
    analyst.ask("POST", path + "reason", 200, body(**{
        "for": "query", "code": "thu", "words": "Thử", "reason": "thử"}), **js)
    analyst.ask("POST", path + "reason", 409, body(**{
        "for": "query", "code": "thu", "words": "Thử", "reason": "thử"}), **js)
    analyst.ask("POST", path + "accept", 415, b"x")
    analyst.ask("POST", path + "accept", 413, b" " * 300000, **js)
    for name in ("open", "diff"):  # a program opens none
        at = f"/v1/waves/{wave}/sheets/none/{name}"
        analyst.ask("POST", at, 404, body(reason="x"), **js)
        engine.ask("POST", at, 403, body(reason="x"), **js)
    for query in ("", "?status=queried", "?sheet=none", "?show=queries", "?do=require"):
        analyst.ask("GET", page + query, 200)
    analyst.ask("GET", page + "?do=none", 404)
    analyst.ask("POST", page + "/accept", 403, b"")  # not from this host


def recheck(analyst, engine, wave):
    """As the office sees it: what the supervising body may is recheck_check.py's."""
    def body(**members):
        return json.dumps(members).encode()

    js = {"Content_Type": "application/json"}
    for desk in ("recheck", "roster"):
        path, page = f"/v1/waves/{wave}/{desk}/", f"/{desk}/{wave}"
        engine.ask("GET", path + "none", 403)
        engine.ask("GET", page, 403)
        analyst.ask("POST", path + "none", 404, body(), **js)
        analyst.ask("POST", path + "none", 404, b"x")
        analyst.ask("POST", path + "draw", 413, b" " * 300000, **js)
        analyst.ask("POST", page + "/none", 403, b"")  # not from this host
    path, page = f"/v1/waves/{wave}/recheck/", f"/recheck/{wave}"
    for name in ("draws", "agreement", "questions", "compared", "decisions", "verify",
                 "answers?sheet=CT01-00001-2", "decided?decision=1"):
        analyst.ask("GET", path + name, 200)
    analyst.ask("GET", path + "draws", 200, Accept="text/csv")
    analyst.ask("GET", path + "draws", 200, Accept="application/x-ndjson")
    analyst.ask("GET", path + "decided", 400)
    analyst.ask("GET", path + "none", 404)
    analyst.ask("GET", path + "list?draw=1", 403)
    analyst.ask("POST", path + "draw", 403, body(body="x"), **js)
    analyst.ask("POST", path + "decide", 400, body(number="1"), **js)
    analyst.ask("POST", path + "undo", 409, body(decision=1, number="1", reason="x"), **js)
    analyst.ask("GET", page, 200)
    analyst.ask("GET", page + "?show=draws", 200)
    analyst.ask("GET", page + "?do=decide", 200)
    analyst.ask("GET", page + "/list/1", 403)
    analyst.ask("GET", f"/v1/waves/{wave}/roster/persons", 403)
    csv = {"Content_Type": "text/csv"}
    analyst.ask("POST", f"/v1/waves/{wave}/roster", 422, b"code,name,group\nN1,A,g\n", **csv)
    analyst.ask("POST", f"/v1/waves/{wave}/roster", 422, b"a,b\n1,2\n", **csv)
    engine.ask("POST", f"/v1/waves/{wave}/roster", 403, b"x", **csv)
    analyst.ask("POST", f"/v1/waves/{wave}/roster/forget", 409, body(reason="x"), **js)
    analyst.ask("GET", f"/roster/{wave}", 403)


def opened_files(web, sheets, cookie, mine):
    """What sent_files() sent, as the office opens it."""
    here = sheets + "uuid%3Aapi-files/files"
    files = web.json("GET", here, 200, **cookie).get("files", [])
    need("states of files, in the office", [f.get("state") for f in files]
         == ["cleaned", "metadata-kept", "damaged", "unknown"])
    web.ask("GET", sheets + "none/files", 404, **cookie)
    web.ask("GET", here, 401)
    why = json.dumps({"reason": "đối chiếu"}).encode()
    for f in files:
        web.ask("POST", here + "/" + f["name"], 200, why, **mine)
    web.ask("POST", here + "/a.jpg", 400, b"{}", **mine)
    web.ask("POST", here + "/a.jpg", 403, why, **cookie)
    web.ask("POST", here + "/a.jpg", 401, why)
    web.ask("POST", here + "/none", 404, why, **mine)
    web.ask("POST", here + "/a.jpg", 413, why + b" " * 5000, **mine)


def round_pages(ready):
    """What these pages do stands in pages_check.py; here nobody has a round."""
    key = Client(ready["server"], ready["analyst_key"])
    key.ask("GET", "/rounds", 200)
    for path, item in API["paths"].items():
        for verb in ("get", "post"):
            if path.startswith("/rounds/") and verb in item:
                at = re.sub(r"{\w+}", "none", path)
                key.ask(verb.upper(), at, 404 if verb == "get" else 403,
                        b"" if verb == "post" else None)


def people(ready, login, password):
    web = Client(ready["server"])
    js = {"Content_Type": "application/json"}

    def body(**members):
        return json.dumps(members).encode()

    web.ask("POST", "/v1/session", 401, body(login=login, password="no"), **js)
    web.ask("POST", "/v1/session", 400, b"{", **js)
    web.ask("POST", "/v1/session", 415, b"{}", Content_Type="text/plain")
    got, data = web.ask("POST", "/v1/session", 200,
                        body(login=login, password=password), **js)
    csrf = json.loads(data).get("csrf", "")
    cookie = {"Cookie": got.get("Set-Cookie", "").split(";")[0]}
    web.ask("GET", "/v1/me", 200, **cookie)
    change = body(old=password, new="mật khẩu mới rất dài 2")
    web.ask("POST", "/v1/password", 403, change, **cookie, **js)
    mine = {"X_CSRF_Token": csrf, **cookie, **js}
    web.ask("POST", "/v1/password", 422, body(old=password, new="x"), **mine)
    web.ask("POST", "/v1/password", 400, body(old=password), **mine)
    web.ask("POST", "/v1/password", 204, change, **mine)
    web.ask("GET", "/v1/waves", 200, **cookie)
    opened_files(web, f"/v1/waves/{ready['wave']}/sheets/", cookie, mine)
    web.ask("DELETE", "/v1/session", 204, **mine)
    web.ask("GET", "/v1/me", 401, **cookie)
    pages(web, ready["server"], login, "mật khẩu mới rất dài 2")


def pages(web, base, login, password):
    """The same by forms, as a browser sends them."""
    here = {"Origin": base, "Content_Type": "application/x-www-form-urlencoded"}

    def form(**members):
        return urllib.parse.urlencode(members).encode()

    web.ask("GET", "/sign-in", 200)
    web.ask("GET", "/password", 303)
    good = form(login=login, password=password)
    web.ask("POST", "/sign-in", 403, good,
            **{**here, "Origin": "http://elsewhere.example"})
    web.ask("POST", "/sign-in", 401, form(login=login, password="no"), **here)
    got, _ = web.ask("POST", "/sign-in", 303, good, **here)
    mine = {**here, "Cookie": got.get("Set-Cookie", "").split(";")[0]}
    web.ask("GET", "/", 200, **mine)
    web.ask("GET", "/password", 200, **mine)
    web.ask("POST", "/password", 422,
            form(old=password, new="x", again="x"), **mine)
    web.ask("POST", "/sign-out", 303, b"", **mine)
    web.ask("GET", "/password", 303, **mine)


def main():
    ready = json.loads(pathlib.Path(sys.argv[1]).read_text("utf-8"))
    sheets = pathlib.Path(sys.argv[2]).read_bytes().splitlines()
    if sys.argv[3] == "before":
        health(Client(ready["collector"]))
        health(Client(ready["server"]))
        submissions(ready, sheets)
        sent_files(ready, sheets)
        agent_page(ready)
        answering(ready)
        openrosa(ready, pathlib.Path(sys.argv[6]).read_bytes().strip())
        office(ready, published=False)
        round_pages(ready)
        people(ready, sys.argv[4], sys.argv[5])
        for path, item in API["paths"].items():
            for verb in openapi.METHODS:
                if verb in item and (verb.upper(), path) not in asked:
                    say(f"{verb.upper()} {path} was never asked")
    else:
        office(ready, published=True)
    for fault in faults:
        print(fault)
    print(f"N={count} requests held to the description")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
