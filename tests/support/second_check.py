"""Drives second keying through the collector, the office's service, the command
line and the browser.  usage: second_check.py BIN DIR"""
import atexit
import copy
import hashlib
import http.client
import json
import math
import os
import random
import subprocess
import sys

from tables import as_xlsx, table

BIN, DIR = sys.argv[1:3]
WAVE = "lai-chau-2020"
ALL = [json.loads(line) for line in open(f"{DIR}/sheets.ndjson", encoding="utf-8")]
PLAN = json.load(open("collector/plans/lai-chau-2020.json", encoding="utf-8"))
OPTIONS = {}  # form, question: codes
SCALES = {s["code"]: [o["code"] for o in s["options"]] for s in PLAN["scales"]}
for form in PLAN["forms"]:
    for q in form["questions"]:
        if q["type"] in ("scale", "single"):
            OPTIONS[form["code"], q["code"]] = SCALES.get(q.get("scale")) or [
                o["code"] for o in q["options"]]
dice = random.Random(7)


def fail(what):
    print("second_check:", what)
    sys.exit(1)


def check(good, what):
    if not good:
        fail(what)


def sql(text, db="PHIEU_TEST_DB"):
    return subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", os.environ[db],
                           "-c", text], check=True, capture_output=True, text=True).stdout.strip()


def run(*args, code=0):
    r = subprocess.run([f"{BIN}/phieu", *args], capture_output=True, text=True)
    check(r.returncode == code, f"{' '.join(args)}: exit {r.returncode}: {r.stderr}")
    return r.stdout if code == 0 else r.stderr


def second(*args, code=0):
    return run("second", args[0], "--wave", WAVE, *args[1:], code=code)


class Service:
    def __init__(self, program, option):
        self.log = open(f"{DIR}/{program}.log", "ab")
        self.proc = subprocess.Popen([f"{BIN}/{program}", option, "0"], stdout=subprocess.PIPE,
                                     stderr=self.log)
        atexit.register(self.stop)  # also when a check fails
        line = self.proc.stdout.readline()
        check(line, f"{program} did not start")
        self.port = int(json.loads(line)["listening"].rsplit(":", 1)[1])

    def stop(self):
        self.proc.terminate()
        self.proc.wait()


class Person:
    """A session; without a login a key."""

    def __init__(self, port, login=None, key=None):
        self.port, self.head = port, {}
        if key:
            self.head = {"Authorization": f"Bearer {key}"}
        if login:
            status, body, reply = self.ask("POST", "/v1/session", {
                "login": login, "password": "mot mat khau du dai 7"})
            check(status == 200, f"{login} signs in: {status} {body}")
            self.head = {"Cookie": reply.getheader("Set-Cookie").split(";")[0],
                         "X-CSRF-Token": json.loads(body)["csrf"]}

    def ask(self, method, path, body=None, kind="application/json", **head):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = dict(self.head, **head)
        if body is not None:
            sent["Content-Type"] = kind
            if not isinstance(body, bytes):
                body = json.dumps(body).encode()
        c.request(method, path, body, sent)
        r = c.getresponse()
        text = r.read()
        c.close()
        return r.status, text, r

    def list(self, name, query="", status=200, desk="second"):
        got, text, _ = self.ask("GET", f"/v1/waves/{WAVE}/{desk}/{name}{query}")
        check(got == status, f"{name}{query}: {got} {text[:300]}")
        return json.loads(text)["rows"] if got == 200 else text

    def act(self, name, status=200, desk="second", **params):
        got, text, _ = self.ask("POST", f"/v1/waves/{WAVE}/{desk}/{name}", params)
        check(got == status, f"{name} {params}: {got}, not {status}: {text[:400]}")
        return json.loads(text)


def person(login, role, unit=None):
    with open(f"{DIR}/password", "w", encoding="utf-8") as f:
        f.write("mot mat khau du dai 7\n")
    run("user", "add", login, "--name", login, "--password-file", f"{DIR}/password")
    run("user", "role", login, "--give", role, "--wave", WAVE, *(["--unit", unit] if unit else []))
    sql(f"UPDATE people.account SET must_change = false WHERE login = '{login}'")


collector = Service("phieu-collector", "--collector-port")
server = Service("phieu-server", "--server-port")
ROLES = ("administrator", "analyst", "post-supervisor", "agent", "unit", "appraiser",
         "secretariat", "council", "supervisor", "auditor")
for role in ROLES:
    person(f"l-{role}", role)
person("sep-td", "post-supervisor", "tam-duong")
post, office = Person(server.port, "l-post-supervisor"), Person(server.port, "l-analyst")
area = Person(server.port, "sep-td")

# ---- a wave without a ledger has none of it
post.list("progress", "", 409)
office.act("plan", desk="ledger", reason="theo kế hoạch")
check(post.list("progress") == [], "nothing drawn yet")

# ---- first keyings, each marked so that a leak would be seen
keys = {}
for code in ("an", "binh", "chi"):
    out = run("key", "agent", "add", "--wave", WAVE, "--code", code, "--name", code,
              "--office", "Bưu điện " + code)
    keys[code] = next(w for w in out.split() if w.startswith("pa_"))
field = {code: Person(collector.port, key=key) for code, key in keys.items()}
SHEETS = [s for s in ALL if s["form"] == "CT-01"][:2] + [s for s in ALL if s["form"] == "CT-02"][:38] \
    + [s for s in ALL if s["home"] and s["home"].startswith("tam-duong")][:10]
first, owner = {}, {}
for i, s in enumerate(SHEETS):
    s = copy.deepcopy(s)
    s["comment"] = f"DẤU RIÊNG {i:03}"
    s.pop("simulated", None)
    first[s["sheet"]] = s
    owner[s["sheet"]] = "an" if i % 2 else "binh"
check(len(first) == 50, "50 sheets")
for code in ("an", "binh"):
    mine = [n for n in first if owner[n] == code]
    post.act("issue", desk="ledger", agent=code, sheets=",".join(mine))
    status, body, _ = field[code].ask("POST", "/v1/submissions", "\n".join(
        json.dumps(first[n]) for n in mine).encode(), "application/x-ndjson")
    done = json.loads(body.splitlines()[-1])
    check(status == 200 and done["stored"] - done["invalid"] == len(mine), f"{code}: {done}")

# ---- drawn on the command line, made again from the frame and sha256 alone
second("draw", "--number", "10", "--share", "5", code=2)
second("draw", "--by", "agent", "--number", "10", "--seed", "hội nghị 12/3", "--reason", "lần một")
draw = post.list("draws")[0]
check((draw["drawn"], draw["frame"], draw["seed"]) == (20, 50, "hội nghị 12/3"), f"drawn: {draw}")
check(draw["program"].startswith("075_second") or draw["program"] > "075", "program version")
frame = post.list("frame", "?draw=1")
digest = hashlib.sha256("".join(r["line"] + "\n" for r in frame).encode()).hexdigest()
check(digest == draw["frame_sha256"], "the frame's hash")
by = {}
for i, r in enumerate(frame):
    key = hashlib.sha256(draw["seed"].encode() + b"\0second " + digest.encode() + b"\0"
                         + i.to_bytes(8, "little")).hexdigest()
    check(key == r["key"], f"key of line {i}")
    by.setdefault(r["line"].split("|")[0], []).append((key, r["line"].split("|")[1]))
again = sorted(n for lines in by.values() for _, n in sorted(lines)[:10])
drawn = sorted(r["sheet"] for r in post.list("sheets"))
check(again == drawn, "drawn anew from what is kept")
check([json.loads(x) for x in second("frame", "--draw", "1", "--jsonl").splitlines()] == frame,
      "the command line says the same")
check(post.list("frame", "", 400), "a frame of what draw")

# ---- given out; never to whom keyed it first
one = next(n for n in drawn if owner[n] == "an")
check("keyed first" in post.act("assign", 400, agent="an", sheets=one)["error"]["message"], "own sheet")
for code in ("an", "binh"):
    check(post.act("assign", agent=code, draw=1)["sheets"] == 10, "ten each")
moved = [n for n in drawn if owner[n] == "binh"][-3:]
check(moved[2].startswith("CT02"), "a sheet that the browser can key")
post.act("assign", 400, agent="chi", sheets=",".join(moved))  # a reason, for it is another's
post.act("assign", agent="chi", sheets=",".join(moved), reason="an nghỉ ốm")
asked = {c: json.loads(field[c].ask("GET", "/v1/second")[1])["sheets"] for c in field}
check({c: len(x) for c, x in asked.items()} == {"an": 7, "binh": 10, "chi": 3}, "lists of agents")
check(all(set(s) == {"sheet", "form", "group", "home", "done"} for x in asked.values() for s in x),
      "numbers only")
check(all(s["home"] == first[s["sheet"]]["home"] and s["group"] == first[s["sheet"]]["group"]
          for x in asked.values() for s in x), "where the paper is")
check(sorted(r["sheet"] for r in area.list("sheets"))
      == [n for n in drawn if (first[n]["home"] or "").startswith("tam-duong")], "his area only")

# ---- blind: nothing that the second agent may ask tells of the first reading
def blind():
    paths = ["/v1/plan", "/v1/agent", "/v1/second", "/v1/receipts?limit=200", "/v1/templates/CT-02.xlsx",
             "/formList", f"/v1/key/{keys['chi']}/formList"]
    for n in moved:
        i = first[n]["instanceID"].replace(":", "%3A")
        paths += [f"/v1/receipts/{i}", f"/v1/submissions/{i}/attachments"]
    answers = [json.dumps(r["answers"], sort_keys=True) for n in moved for r in first[n]["ratings"]]
    for path in paths:
        status, body, _ = field["chi"].ask("GET", path)
        check("DẤU RIÊNG".encode() not in body, f"{path} tells a comment")
        check(not any(a.encode() in body for a in answers), f"{path} tells answers")
        if "uuid" in path:
            check(status == 404, f"{path}: {status}")
    for login in ("l-agent",):
        p = Person(server.port, login)
        for name in ("progress", "sheets", "differences", "rates", "draws", "frame?draw=1", "opened"):
            p.list(name, "", 403)


blind()

# ---- keyed again, with errors that are planted
planted = {}


def keyed_again(n, wrong):
    s = copy.deepcopy(first[n])
    s["instanceID"] = f"uuid:{dice.getrandbits(128):032x}"
    s["keying"] = 2
    cells = [(r, q) for r in s["ratings"] for q in r["answers"] if (s["form"], q) in OPTIONS
             and isinstance(r["answers"][q], str)]
    planted[n] = {}
    for r, q in dice.sample(cells, wrong):
        old = r["answers"][q]
        r["answers"][q] = dice.choice([o for o in OPTIONS[s["form"], q] if o != old])
        planted[n][f"{r['unit']}/{q}"] = (old, r["answers"][q])
    s["comment"] = "  " + s["comment"].lower().replace(" ", "\n ") + " "  # the same words
    return s


wrong = keyed_again(moved[0], 0)
for code, words in (("binh", "keyed this sheet first"), ("an", "not given to you")):
    status, body, _ = field[code].ask("POST", "/v1/submissions", dict(
        wrong, instanceID=f"uuid:{code}"))
    said = json.loads(body)["errors"][0]
    check((status, said["code"], said["path"]) == (422, "V02", "/keying") and words in said["message"],
          f"{code}: {status} {body}")
holder = {s["sheet"]: c for c, x in asked.items() for s in x}
browser_sheet = moved[2]
# three of them come in a workbook, as whoever keys at a PC sends them
booked = [n for n in drawn if holder[n] == "binh" and n.startswith("CT02") and n != browser_sheet][:3]
check(len(booked) == 3, "three for a workbook")
book = [keyed_again(n, k + 1) for k, n in enumerate(booked)]
status, body, _ = field["binh"].ask("POST", "/v1/imports?form=CT-02", as_xlsx(table(
    PLAN, book, "CT-02", keying=2)), "application/octet-stream")
check(status == 200 and json.loads(body)["counts"]["new"] == 3, f"a workbook of second keyings: {body[:500]}")
for i, n in enumerate(drawn):
    if n in (browser_sheet, *booked):
        continue
    status, body, _ = field[holder[n]].ask("POST", "/v1/submissions", keyed_again(n, i % 4))
    check(status == 201 and set(json.loads(body)) == {"instanceID", "status", "receipt", "flags"},
          f"{n}: {body}")
blind()

# ---- exactly what was planted
told = {}
for r in post.list("differences"):
    told.setdefault(r["sheet"], {})[r["field"]] = (r["first"], r["second"])
check(told == {n: x for n, x in planted.items() if x}, "differences are those planted")
check({r["status"] for r in post.list("sheets")} == {"same", "differs", "assigned"}, "states")
check({r["sheet"] for r in area.list("differences")}
      == {n for n in told if (first[n]["home"] or "").startswith("tam-duong")}, "of his area only")
check(len(office.list("opened")) >= 1 and office.list("opened")[0]["by"] == "l-post-supervisor",
      "who opened is told")
check(sql("SELECT count(*) FROM audit.entry WHERE kind = 'second.open'") != "0", "in the log too")
check(Person(server.port, "l-auditor").list("differences", "", 403), "an auditor opens none")

# ---- every role and every list and act
WATCH = {"administrator", "analyst", "post-supervisor", "secretariat", "supervisor", "auditor"}
SEES = {"analyst", "post-supervisor", "supervisor", "auditor"}
LISTS = {"progress": WATCH, "rates": WATCH, "rules": WATCH, "sheets": SEES, "draws": SEES,
         "frame?draw=1": SEES, "decisions": SEES, "differences": {"post-supervisor", "analyst"},
         "opened": {"analyst", "supervisor", "auditor"}}
ACTS = {"draw": {"post-supervisor", "analyst"}, "assign": {"post-supervisor", "analyst"},
        "withdraw": {"post-supervisor", "analyst"}, "resolve": {"post-supervisor"},
        "reopen": {"post-supervisor"}, "rule": {"analyst"}, "decide": {"analyst"},
        "lift": {"analyst"}, "keep": {"analyst"}}
for role in ROLES:
    p = Person(server.port, f"l-{role}")
    for name, may in LISTS.items():
        p.list(name, "", 200 if role in may else 403)
    for name, may in ACTS.items():
        got, text, _ = p.ask("POST", f"/v1/waves/{WAVE}/second/{name}", {"reason": ""})
        check(got in (400, 409) if role in may else got == 403, f"{role} {name}: {got} {text[:200]}")
    for page in (f"/second/{WAVE}", f"/second/{WAVE}?show=rates"):
        got, text, _ = p.ask("GET", page)
        check(got == (200 if role in WATCH else 403), f"{role} {page}: {got}")
    got, text, _ = p.ask("GET", f"/second/{WAVE}?sheet={moved[0]}")
    check(got == (200 if role in SEES else 403), f"{role} a sheet: {got}")
    if role not in ("post-supervisor", "analyst"):
        check(b"settle" not in text and b"/resolve" not in text, f"{role} sees answers")
nobody = Person(server.port)
check(nobody.ask("GET", f"/v1/waves/{WAVE}/second/progress")[0] == 401, "without a session")
check(nobody.ask("POST", f"/v1/waves/{WAVE}/second/draw", {})[0] == 401, "without a session")
check(nobody.ask("GET", "/v1/second")[0] in (401, 404), "the collector's route")
check(Person(collector.port).ask("GET", "/v1/second")[0] == 401, "without a key")

# ---- settled: half by HTTP, one on the command line
left = [n for n in drawn if planted.get(n)]
page_sheet, cli_sheet = left[0], left[1]
errors = {"an": 0, "binh": 0}
for n in left[2:]:
    for at, (one_said, two_said) in planted[n].items():
        row = next(r for r in post.list("differences", f"?sheet={n}") if r["field"] == at)
        other = [o for o in OPTIONS[first[n]["form"], at.split("/")[1]]
                 if o not in (one_said, two_said)]
        take = dice.choice(["first", "second", "typed"] if other else ["first", "second"])
        got = post.act("resolve", sheet=n, field=at, take=take, reason="xem giấy",
                       version=row["version"], **({"value": other[0]} if take == "typed" else {}))
        check(got["fields"] == 1, f"one field: {got}")
        errors[owner[n]] += take != "first"
    check(post.act("resolve", 409, sheet=n, field=at, take="first", reason="x"), "settled already")
out = second("resolve", "--sheet", cli_sheet, "--field", "@all", "--take", "second", "--reason",
             "giấy ghi như lần hai")
check(str(len(planted[cli_sheet])) in out, f"says how many: {out}")
errors[owner[cli_sheet]] += len(planted[cli_sheet])
raw = sql("SELECT count(*) FROM field.response_version")
check(int(raw) > 0, "versions are kept")

# ---- in the browser: one sheet keyed again, one settled by keyboard
env = dict(os.environ, AGENT=keys["chi"], PASSWORD="mot mat khau du dai 7")
truth = planted[page_sheet]
plan_of = json.dumps({"again": browser_sheet, "page": page_sheet, "wave": WAVE,
                      "typed": {k: v[1] for k, v in truth.items()}})
r = subprocess.run(["node", "tests/web/secondpage.mjs", f"http://127.0.0.1:{collector.port}",
                    f"http://127.0.0.1:{server.port}", f"{DIR}/profile", plan_of,
                    *([os.environ["PICTURES"]] if "PICTURES" in os.environ else [])], env=env)
check(r.returncode == 0, "the browser found faults")
errors[owner[page_sheet]] += len(truth)
check(post.list("sheets", f"?sheet={page_sheet}")[0]["status"] == "resolved", "settled on the page")
check(post.list("sheets", f"?sheet={browser_sheet}")[0]["status"] in ("same", "differs"),
      "keyed again on the agent's page")
if post.list("sheets", f"?sheet={browser_sheet}")[0]["status"] == "differs":
    post.act("resolve", sheet=browser_sheet, field="@all", take="first", reason="thử")

# ---- rates, against a computation apart
def tail(k, n, p):  # P(X <= k)
    return sum(math.comb(n, i) * p ** i * (1 - p) ** (n - i) for i in range(k + 1))


def limit(want, f):
    low, high = 0.0, 1.0
    for _ in range(80):
        mid = (low + high) / 2
        low, high = (mid, high) if f(mid) > want else (low, mid)
    return low


rates = {r["code"]: r for r in post.list("rates")}
for code in ("an", "binh"):
    r = rates[code]
    check(r["errors"] == errors[code] and r["unresolved"] == 0, f"{code}: {r}, not {errors}")
    n, k = r["judged"], r["errors"]
    high = limit(0.025, lambda p: tail(k, n, p))
    low = 0 if k == 0 else limit(1 - 0.025, lambda p: tail(k - 1, n, p))
    check(abs(float(r["high"]) - 100 * high) < 0.0006 and abs(float(r["low"]) - 100 * low) < 0.0006,
          f"{code}: {r['low']}..{r['high']}, not {100 * low}..{100 * high}")
    check(r["verdict"] == "", "no rule, no verdict")
check({r["code"] for r in post.list("rates", "?by=form")} <= {"CT-01", "CT-02", "CH-01", "CH-02", "CH-03"},
      "by form")
question = post.list("rates", "?by=question")
check(sum(r["errors"] for r in question) == sum(errors.values()), "by question they re-add")
zero = next(r for r in question if r["errors"] == 0)
check(zero["judged"] > 0 and zero["share"] == "0.000" and float(zero["high"]) > 0, "0 of N says N")
check(len(post.list("rates", "?keying=2")) == 3, "and of those who keyed again")
post.list("rates", "?by=month", 400)

# ---- a rule says, a person decides
office.act("rule", maximum="0.01", least=50, reason="hợp đồng")
check(post.list("rates")[0]["verdict"] in ("reject", "more"), "a verdict")
office.act("rule", accept=1000, reason="hợp đồng, sửa")
check([r["verdict"] for r in post.list("rates")] == ["accept", "accept"], "by number")
office.act("decide", agent="an", verdict="stop", reason="nhập sai nhiều")
spare = next(s for s in ALL if s["form"] == "CT-02" and s["sheet"] not in first)
check("stopped" in post.act("issue", 409, desk="ledger", agent="an",
                            sheets=spare["sheet"])["error"]["message"], "no sheets")
second("lift", "--agent", "an", "--reason", "đã tập huấn")
post.act("issue", desk="ledger", agent="an", sheets=spare["sheet"])
got = office.act("decide", agent="binh", verdict="rekey", reason="quá mức")
check(got["sheets"] == 15, f"all the rest of his: {got}")
check([r["verdict"] for r in office.list("decisions")] == ["stop", "lift", "rekey"], "decisions")

# ---- against closing and the freeze
kinds = {r["kind"] for r in office.list("open", desk="ledger")}
check("second" in kinds, f"what is not keyed again is open: {kinds}")
check(office.act("close", 409, desk="ledger"), "and refuses")
office.act("keep", unresolved="first", reason="hết thời gian")
check("second" not in {r["kind"] for r in office.list("open", desk="ledger")}, "not any more")
check(office.list("verify", desk="ledger") == [], "history and log agree")
log = sql("SELECT string_agg(content, '') FROM audit.entry WHERE kind LIKE 'second%'")
check("hội nghị 12/3" in log and "nhập sai nhiều" in log, "draws and decisions stand in the log")
check(not any(n in log for n in first), "which names no sheet")
print(f"second_check: 50 sheets, {len(drawn)} keyed twice, {sum(len(x) for x in planted.values())} "
      f"errors planted and found, errors of agents {errors}")
