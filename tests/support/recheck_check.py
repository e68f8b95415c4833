"""Phúc tra of a simulated wave through the collector, the office's service and
the command line.  usage: recheck_check.py BIN DIR"""
import atexit
import csv
import hashlib
import http.client
import io
import json
import os
import random
import subprocess
import sys
import urllib.parse

BIN, DIR = sys.argv[1:3]
WAVE = "lai-chau-2020"
SHEETS = [json.loads(line) for line in open(f"{DIR}/sheets.ndjson", encoding="utf-8")]
dice = random.Random(2026)
PASSWORD = "mot mat khau du dai 7"
ROLES = ("administrator", "analyst", "post-supervisor", "agent", "unit", "appraiser", "secretariat",
         "council", "supervisor", "auditor")


def check(good, what):
    if not good:
        print("recheck_check:", what)
        sys.exit(1)


def sql(text, db="PHIEU_TEST_DB"):
    return subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", os.environ[db],
                           "-c", text], check=True, capture_output=True, text=True).stdout.strip()


def run(*args, code=0, env=None):
    r = subprocess.run([f"{BIN}/phieu", *args], capture_output=True, text=True, env=env)
    check(r.returncode == code, f"{' '.join(args)}: exit {r.returncode}: {r.stdout}{r.stderr}")
    return r.stdout if code == 0 else r.stderr


class Service:
    def __init__(self, program, option, env=None):
        self.log = open(f"{DIR}/{program}.log", "ab")
        self.proc = subprocess.Popen([f"{BIN}/{program}", option, "0"], stdout=subprocess.PIPE,
                                     stderr=self.log, env=env)
        atexit.register(self.stop)
        line = self.proc.stdout.readline()
        check(line, f"{program} did not start: " + open(self.log.name, encoding="utf-8").read()[-400:])
        self.port = int(json.loads(line)["listening"].rsplit(":", 1)[1])

    def stop(self):
        self.proc.terminate()
        self.proc.wait()


class Person:
    def __init__(self, port, login=None, key=None):
        self.port, self.head = port, {}
        if key:
            self.head = {"Authorization": f"Bearer {key}"}
        if login:
            status, body, reply = self.ask("POST", "/v1/session", {"login": login, "password": PASSWORD})
            check(status == 200, f"{login} signs in: {status} {body}")
            self.head = {"Cookie": reply.getheader("Set-Cookie").split(";")[0],
                         "X-CSRF-Token": json.loads(body)["csrf"]}

    def ask(self, method, path, body=None, kind="application/json", **head):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = dict(self.head, **{k.replace("_", "-"): v for k, v in head.items()})
        if body is not None:
            sent["Content-Type"] = kind
            if not isinstance(body, bytes):
                body = json.dumps(body).encode()
        c.request(method, path, body, sent)
        r = c.getresponse()
        text = r.read()
        c.close()
        return r.status, text, r

    def list(self, name, status=200, desk="recheck", **query):
        q = "?" + urllib.parse.urlencode(query) if query else ""
        got, text, _ = self.ask("GET", f"/v1/waves/{WAVE}/{desk}/{name}{q}")
        check(got == status, f"{name}{q}: {got} {text[:300]}")
        return json.loads(text)["rows"] if got == 200 else json.loads(text)["error"]

    def act(self, name, status=200, desk="recheck", **params):
        params = {k.replace("_", "-"): v for k, v in params.items()}
        got, text, _ = self.ask("POST", f"/v1/waves/{WAVE}/{desk}/{name}", params)
        check(got == status, f"{name} {params}: {got}, not {status}: {text[:400]}")
        return json.loads(text)

    def form(self, act, **fields):
        body = urllib.parse.urlencode({k.replace("_", "-"): v for k, v in fields.items()}).encode()
        return self.ask("POST", f"/recheck/{WAVE}/{act}", body, "application/x-www-form-urlencoded",
                        Origin=f"http://127.0.0.1:{self.port}", Host=f"127.0.0.1:{self.port}")


def person(login, role, unit=None):
    with open(f"{DIR}/password", "w", encoding="utf-8") as f:
        f.write(PASSWORD + "\n")
    run("user", "add", login, "--name", login, "--password-file", f"{DIR}/password")
    run("user", "role", login, "--give", role, "--wave", WAVE, *(["--unit", unit] if unit else []))
    sql(f"UPDATE people.account SET must_change = false WHERE login = '{login}'")


collector = Service("phieu-collector", "--collector-port")
server = Service("phieu-server", "--server-port")
for login, role, unit in (("so", "analyst", None), ("sep", "post-supervisor", None), ("mt", "supervisor", None),
                          ("mt-td", "supervisor", "tam-duong")):
    person(login, role, unit)
office, post, body, district = (Person(server.port, who) for who in ("so", "sep", "mt", "mt-td"))

# ---- agents and sheets
agents, keys = ["dtv-a", "dtv-b", "dtv-c"], {}
for code in agents:
    out = run("key", "agent", "add", "--wave", WAVE, "--code", code, "--name", f"=Tên {code}", "--office", "Bưu điện")
    keys[code] = next(w for w in out.split() if w.startswith("pa_"))
PLACES = sorted({s["home"] or "" for s in SHEETS})
agent_of = {s["sheet"]: agents[PLACES.index(s["home"] or "") % 3] for s in SHEETS}
for code in agents:
    lines = "\n".join(json.dumps(s, ensure_ascii=False) for s in SHEETS if agent_of[s["sheet"]] == code)
    status, text, _ = Person(collector.port, key=keys[code]).ask("POST", "/v1/submissions", lines.encode(),
                                                                  "application/x-ndjson")
    check(status == 200, f"sheets of {code}: {status}")

# ---- the roster: somebody's list, in no order of the sheets
people = [dict(group=s["group"], unit=s["home"] or "", agent=agent_of[s["sheet"]]) for s in SHEETS]
dice.shuffle(people)
for i, p in enumerate(people):
    p.update(code=f"N{i:04}", name=f"Người {i}", contact=f"ấp {i % 7}, 09{i:08}")


def write_roster(path, rows, heads="mã,họ tên,nhóm,đơn vị,liên hệ,điều tra viên,đã đến"):
    with open(path, "w", encoding="utf-8") as f:
        f.write(heads + "\n")
        w = csv.writer(f, lineterminator="\n")
        for p in rows:
            w.writerow([p["code"], p["name"], p["group"], p["unit"], p["contact"], p["agent"], ""])


bad = [dict(p) for p in people[:5]]
bad[1]["code"], bad[2]["group"], bad[3]["agent"], bad[4]["code"] = "CT01-00012-7", "la", "ma", bad[0]["code"]
write_roster(f"{DIR}/bad.csv", bad)
said = run("roster", "import", f"{DIR}/bad.csv", "--wave", WAVE, code=2)
for code in ("N01", "N03", "N05", "N06"):
    check(code in said, f"{code} is not said: {said}")
check(sql("SELECT count(*) FROM roster.person") == "0", "some of a bad list came in")
write_roster(f"{DIR}/none.csv", [], heads="a,b,c")
check("N07" in run("roster", "import", f"{DIR}/none.csv", "--wave", WAVE, code=2), "heads")
status, text, _ = office.ask("POST", f"/v1/waves/{WAVE}/roster", open(f"{DIR}/bad.csv", "rb").read(), "text/csv")
faults = json.loads(text)["faults"]
check(status == 422 and {f["code"] for f in faults} == {"N01", "N03", "N05", "N06"}, f"a bad list: {status} {text}")
check(all(f["path"].startswith("/") and f["message"] and f["message_vi"] for f in faults) and b"Ng" not in text,
      f"faults with their rows and no name: {text}")
for file, want in (("none.csv", 422), ("sheets.ndjson", 422)):
    status, text, _ = office.ask("POST", f"/v1/waves/{WAVE}/roster", open(f"{DIR}/{file}", "rb").read(), "text/csv")
    check(status == want, f"{file}: {status} {text[:200]}")
check(sql("SELECT count(*) FROM roster.person") == "0", "some of a bad list came in")
write_roster(f"{DIR}/roster.csv", people)
write_roster(f"{DIR}/half.csv", people[:700])
status, text, _ = office.ask("POST", f"/v1/waves/{WAVE}/roster", open(f"{DIR}/half.csv", "rb").read(), "text/csv")
check(status == 200 and json.loads(text) == {"wave": WAVE, "made": 700, "changed": 0}, f"over HTTP: {status} {text}")
check(office.ask("POST", "/v1/waves/none/roster", b"x", "text/csv")[0] == 404, "no such wave")
check("493 người mới, 700 người sửa" in run("roster", "import", f"{DIR}/roster.csv", "--wave", WAVE), "1,193 persons")
check("1193 người sửa" in run("roster", "import", f"{DIR}/roster.csv", "--wave", WAVE), "again: nobody new")
# without the server's address: the roster's own role is all it needs
alone = {k: v for k, v in os.environ.items() if k != "PHIEU_DATABASE_URL_SERVER"}
check(run("roster", "persons", "--wave", WAVE, "--csv", env=alone).count("\n") == 1194, "by the roster's role alone")
check("database-url-roster" in run("roster", "persons", "--wave", WAVE, code=2, env={
    k: v for k, v in os.environ.items() if k != "PHIEU_DATABASE_URL_ROSTER"}), "and by no other")

# ---- marks
check("nobody" in body.act("draw", 409, body="MTTQ", share="10")["error"]["message"], "nobody was visited yet")
by_agent = {a: [p["code"] for p in people if p["agent"] == a] for a in agents}
for a in agents:
    check(post.act("mark", desk="roster", codes="\n".join(by_agent[a]), agent=a)["persons"] == len(by_agent[a]), a)
post.act("mark", desk="roster", codes=by_agent["dtv-a"][0], collected=True)
check(post.act("mark", 400, desk="roster", codes="N9999"), "nobody of this code")
check(all(r["visited"] == "t" or r["visited"] is True for r in post.list("persons", desk="roster")), "all visited")

# ---- the draw, by the body alone
office.act("draw", 403, body="Sở", share="10")
check(body.act("draw", 400, share="10"), "without a body")
made = body.act("draw", body="Mặt trận Tổ quốc tỉnh", count=300, strata="agent", seed="xổ số 21-11", hide=2)
check(made["persons"] == 300 and made["event"] == 1, f"{made}")
draws = body.list("draws")
frame = run("recheck", "frame", "--wave", WAVE, "--draw", "1", "--csv").removeprefix("\ufeff")
rows = list(csv.DictReader(io.StringIO(frame)))
text = "".join(",".join(r) + "\n" for r in [list(rows[0])] + [list(r.values()) for r in rows])
check(hashlib.sha256(text.encode()).hexdigest() == made["made"] == draws[0]["frame_sha256"], "hash of the frame")
check(draws[0]["frame_n"] == 1193 and "Người" not in frame, "a frame without names")


def repeat(rows, seed, count):
    """docs/RECHECK.md, by hand: largest remainders, then the smallest hashes."""
    strata = {}
    for r in rows:
        strata.setdefault(r["stratum"], []).append(r["code"])
    n = len(rows)
    take = {s: len(c) * count // n for s, c in strata.items()}
    rest = sorted(strata, key=lambda s: (-(len(strata[s]) * count % n), s))
    for s in rest[:count - sum(take.values())]:
        take[s] += 1
    return {c for s, codes in strata.items() for c in sorted(
        codes, key=lambda c: hashlib.sha256(f"{seed}|{c}".encode()).digest())[:take[s]]}


drawn = body.list("list", draw=1)
check({r["code"] for r in drawn} == repeat(rows, "xổ số 21-11", 300), "the draw is not repeated from its frame")
check([r["place"] for r in drawn] == list(range(1, 301)) and drawn[0]["name"].startswith("Người"), "the list")
check(body.list("verify") == [], "verify")
check(district.list("list", draw=1) and {r["unit"] for r in district.list("list", draw=1)} == {"tam-duong"}, "an area")
own = district.act("draw", body="MTTQ huyện", share="7.5", seed="td")
check(own["event"] == 2 and {r["unit"] for r in district.list("list", draw=2)} == {"tam-duong"}, "its own draw")
check([r["draw"] for r in district.list("draws")] == [2], "a district sees its own draw")
check(body.act("draw", body="CCB")["persons"] > 59, "by decision D11 when nothing is said")

# ---- what they said
line = {r["code"]: r["place"] for r in drawn}
agent_said = {r["code"]: r["agent"] for r in drawn}
fate = {}
for r in drawn:
    fate[r["code"]] = dice.choices(("confirmed", "differs", "not-found", "refused"), (80, 8, 8, 4))[0]
for result in ("confirmed", "differs", "not-found", "refused"):
    lines = ",".join(str(line[c]) for c in fate if fate[c] == result)
    check(body.act("result", draw=1, lines=lines, result=result)["persons"]
          == sum(v == result for v in fate.values()), result)
body.act("result", 400, draw=1, lines="301", result="confirmed")
body.act("result", 400, draw=1, lines="1", result="gặp")
body.act("result", 400, draw=1, lines="một", result="confirmed")
body.act("result", 400, draw=1, lines=str(line[next(c for c in fate if fate[c] == "confirmed")]), result="confirmed",
         visitor=next(a for a in agents if a != agent_said[next(c for c in fate if fate[c] == "confirmed")]))
district.act("result", 400, draw=1, lines=str(next(r["place"] for r in drawn if r["unit"] != "tam-duong")),
             result="refused")
office.act("result", 403, draw=1, lines="1", result="confirmed")
check(body.act("close", 409, draw=2)["error"]["message"], "a draw with open lines is not closed")
body.act("close", draw=1)
body.act("result", 409, draw=1, lines="1", result="refused")
body.act("reopen", 400, draw=1)
body.act("reopen", draw=1, reason="gõ nhầm")
body.act("close", draw=1)

figures = {(r["side"], r["code"]): r for r in body.list("agreement")}
for a in agents:
    # draws 2 and 3 are waiting yet
    met = [c for c in fate if agent_said[c] == a and fate[c] in ("confirmed", "differs")]
    yes = [c for c in met if fate[c] == "confirmed"]
    got = figures[("agent", a)]
    check(got["confirmed"] == len(yes) and got["differs"] == len(met) - len(yes), f"{a}: {got}")
    check(abs(float(got["share"]) - len(yes) / len(met)) < 1e-4, f"{a}: {got}")
    check(float(got["low"]) < float(got["share"]) < float(got["high"]), f"{a}: {got}")
check(figures[("total", "")]["drawn"] == sum(r["drawn"] for r in body.list("draws")), "drawn in all")
few = [r for r in figures.values() if r["side"] == "area" and r["drawn"] < 10]
check(all(r["confirmed"] is None and r["share"] is None for r in few), f"a small cell shows: {few}")

# ---- sheets whose number was shown
OPTIONS = {}
plan = json.load(open("collector/plans/lai-chau-2020.json", encoding="utf-8"))
scales = {s["code"]: [o["code"] for o in s["options"]] for s in plan.get("scales", [])}
forms = {}
for f in plan["forms"]:
    forms[f["code"]] = {q["code"]: scales.get(q.get("scale"), [o["code"] for o in q.get("options", [])
                                                                if isinstance(o, dict)])
                        for q in f["questions"] if q["type"] in ("scale", "single")}
shown = [s for s in SHEETS if (s["group"], s["home"]) in {(r["group"], r["unit"] or None) for r in drawn}]
dice.shuffle(shown)
total = {a: [0, 0, 0] for a in agents}
pairs = {}
first_of = {}
done = 0
for s in shown:
    if done == 90:
        break
    said, asked, same = [], 0, 0
    for rating in s["ratings"][:3]:
        answers = {}
        for q, first in rating["answers"].items():
            options = forms[s["form"]].get(q)
            if not options or first not in options:
                continue
            again = first if dice.random() < 0.8 else dice.choice(options)
            answers[q] = again
            asked, same = asked + 1, same + (again == first)
            pairs.setdefault((s["form"], q), []).append((first, again))
        if answers:
            said.append({"unit": rating["unit"], "answers": answers})
    status, text, _ = body.ask("POST", f"/v1/waves/{WAVE}/recheck/compare",
                               {"sheet": s["sheet"], "answers": json.dumps(said)})
    if status == 409:  # too few drawn of its kind
        for u in said:
            for q in u["answers"]:
                pairs[(s["form"], q)].pop()
        continue
    check(status == 200, f"compare {s['sheet']}: {status} {text[:300]}")
    check(json.loads(text)["made"] == f"{same}/{asked}", f"{s['sheet']}: {text}, not {same}/{asked}")
    t = total[agent_of[s["sheet"]]]
    t[0], t[1], t[2] = t[0] + 1, t[1] + asked, t[2] + same
    first_of[s["sheet"]] = (said, asked)
    done += 1
check(done == 90, f"only {done} sheets compared")
one = next(iter(first_of))
body.act("compare", 409 if False else 400, sheet=one, answers=json.dumps(first_of[one][0]))  # again, without a reason
body.act("compare", sheet=one, answers=json.dumps(first_of[one][0]), reason="nhập lại")
body.act("compare", 400, sheet=one, answers="la: A", reason="x")
body.act("compare", 400, sheet=one, answers="[1", reason="x")
body.act("compare", 400, sheet="CT01-00001-4", answers="a: A")
office.act("compare", 403, sheet=one, answers="a: A")
figures = {(r["side"], r["code"]): r for r in body.list("agreement")}
for a, (n, asked, same) in total.items():
    got = figures[("agent", a)]
    check(got["sheets"] == n, f"{a}: {got['sheets']}, not {n}")
    if n >= 20 and got["asked"] is not None:
        check((got["asked"], got["same"]) == (asked, same), f"{a}: {got}, not {asked}, {same}")
        check(abs(float(got["agree"]) - same / asked) < 1e-4 and float(got["kappa"]) < 1, f"{a}: {got}")
po = pe = weight = 0
for both in pairs.values():
    if not both:
        continue
    n = len(both)
    po += sum(x == y for x, y in both)
    pe += sum(sum(x == c for x, _ in both) * sum(y == c for _, y in both) for c in {c for p in both for c in p}) / n
    weight += n
want = (po - pe) / (weight - pe)
check(abs(float(figures[("total", "")]["kappa"]) - want) < 1e-3, f"kappa {figures[('total', '')]['kappa']}, not {want}")
check(sum(r["n"] for r in body.list("questions")) == weight, "answers question by question")
check(len(body.list("compared")) == 90, "sheets compared")
rows = body.list("answers", sheet=one)
check(len(rows) == first_of[one][1] and set(rows[0]) == {"sheet", "unit", "question", "agrees"}, "which agree, no more")
log = sql("SELECT string_agg(content, '') FROM audit.entry WHERE kind IN ('recheck', 'roster')")
check("N00" not in log and "CT0" not in log and "CH0" not in log, "the log names somebody, or a sheet")

# ---- decisions: nothing else makes a sheet invalid
counted = "SELECT count(*) FROM field.response WHERE counted AND keying = 1"
check(sql(counted) == "1193", "results alone reject nothing")
body.act("decide", 403, number="1", sheets=one, reason="x")
office.act("decide", 400, number="1/QĐ", reason="x")
office.act("decide", 400, number="1/QĐ", sheets=one)
check(office.act("decide", number="15/QĐ-SNV ngày 1/3/2021", sheets=one, reason="không đến")["sheets"] == 1, "one sheet")
check(office.act("decide", number="16/QĐ-SNV", agent="dtv-c", reason="bịa phiếu")["sheets"]
      == sum(a == "dtv-c" and s != one for s, a in agent_of.items()), "all of an agent")
n = int(sql(counted))
check(n == sum(a != "dtv-c" and s != one for s, a in agent_of.items()), f"{n} count")
check(sql("SELECT string_agg(DISTINCT faults -> 0 ->> 'code', '') FROM field.response WHERE NOT counted") == "V12", "V12")
office.act("decide", 409, number="17/QĐ", agent="dtv-c", reason="x")
check(len(office.list("decided", decision=2)) > 300 and office.list("decided", decision=1)[0]["sheet"] == one, "decided")
office.act("undo", 400, decision=2, number="18/QĐ")
check(office.act("undo", decision=2, number="18/QĐ", reason="kiểm lại")["sheets"] > 300, "undone")
office.act("undo", 409, decision=2, number="19/QĐ", reason="hai lần")
check([r["status"] for r in body.list("decisions")] == ["decided", "undone"], "decisions")
check(int(sql(counted)) == 1192, "what was undone counts again")

# ---- houses, where there is no list
before = figures[("agent", "dtv-b")]["confirmed"]
body.act("houses", body="Hội CCB", unit="sin-ho", agent="dtv-b", confirmed=11, differs=1, not_found=2)
after = next(r for r in body.list("agreement") if r["code"] == "dtv-b")
check(after["confirmed"] == before + 11, f"houses: {after}")
body.act("houses", 400, body="Hội CCB", unit="sin-ho")

# ---- printed
for name in ("list.html", "list.csv", "list.xlsx"):
    run("recheck", "print", "--wave", WAVE, "--draw", "1", "--out", f"{DIR}/{name}", "--body", "MTTQ", env=alone)
page = open(f"{DIR}/list.html", encoding="utf-8").read()
check("DANH SÁCH PHÚC TRA" in page and "Không ghi số phiếu" in page and "NGƯỜI PHÚC TRA" in page, "the printed list")
check("CT01-" not in page and draws[0]["frame_sha256"] in page, "the printed list")
run("recheck", "print", "--wave", WAVE, "--draw", "99", "--out", f"{DIR}/x.html", code=2)

# ---- every role on every route
cells = 0
knows = {"supervisor", "analyst", "post-supervisor", "auditor"}
may_list = {"draws": knows, "agreement": knows, "questions": knows, "decisions": knows, "verify": knows,
            "list": {"supervisor"}, "frame": {"supervisor"}, "compared": {"supervisor", "analyst"},
            "answers": {"supervisor", "analyst"}, "decided": {"supervisor", "analyst"}}
may_act = {a: {"supervisor"} for a in ("draw", "result", "close", "reopen", "houses", "compare")}
may_act.update(decide={"analyst"}, undo={"analyst"})
for role in ROLES:
    person("r-" + role, role, "so-tu-phap" if role == "unit" else None)
    p = Person(server.port, "r-" + role)
    for name, who in may_list.items():
        got = p.ask("GET", f"/v1/waves/{WAVE}/recheck/{name}?draw=1&decision=1&sheet={one}")[0]
        check(got == (200 if role in who else 403), f"{role} {name}: {got}")
    for name, who in may_act.items():
        got = p.ask("POST", f"/v1/waves/{WAVE}/recheck/{name}", {"khong-co": "x"})[0]
        check(got == (400 if role in who else 403), f"{role} {name}: {got}")
    got = p.ask("POST", f"/v1/waves/{WAVE}/roster", b"la", "text/csv")[0]
    check(got == (422 if role == "analyst" else 403), f"{role} imports: {got}")
    for name, who in (("mark", "post-supervisor"), ("forget", "analyst")):
        got = p.ask("POST", f"/v1/waves/{WAVE}/roster/{name}", {"khong-co": "x"})[0]
        check(got == (400 if role == who else 403), f"{role} {name}: {got}")
    for path, who in ((f"/v1/waves/{WAVE}/roster/persons", {"supervisor", "post-supervisor"}),
                      (f"/roster/{WAVE}", {"supervisor", "post-supervisor"}), (f"/recheck/{WAVE}", knows),
                      (f"/recheck/{WAVE}?show=list&draw=1", {"supervisor"}),
                      (f"/recheck/{WAVE}?do=draw", {"supervisor"}), (f"/recheck/{WAVE}?do=decide", {"analyst"}),
                      (f"/recheck/{WAVE}/list/1", {"supervisor"})):
        got, text, _ = p.ask("GET", path)
        check(got == (200 if role in who else 403), f"{role} {path}: {got}")
        check(role == "supervisor" or "Người 1" not in text.decode(), f"{role} sees a name at {path}")
    cells += len(may_list) + len(may_act) + 10
print(f"N={cells} role x list, act or page")

# ---- pages without script
status, text, _ = body.ask("GET", f"/recheck/{WAVE}")
check(status == 200 and "Tỷ lệ xác nhận" in text.decode() and "show=list" in text.decode(), "the page")
status, text, reply = body.form("draw", body="MTTQ", count="5", strata="none", seed="trang")
check(status == 303 and "done=draw" in reply.getheader("Location"), f"a form: {status} {text[:300]}")
status, text, _ = body.form("result", draw="1", lines="1", result="confirmed")
check(status == 409 and "role=\"alert\"" in text.decode(), f"a refused form: {status}")
check(body.ask("POST", f"/recheck/{WAVE}/draw", b"body=x", "application/x-www-form-urlencoded")[0] == 403,
      "a form from elsewhere")
check(office.ask("GET", f"/recheck/{WAVE}")[0] == 200 and "show=list" not in office.ask("GET", f"/recheck/{WAVE}")[1]
      .decode(), "the office sees no persons")
check(body.ask("GET", f"/recheck/{WAVE}/list/99")[0] == 404, "no such draw")

# ---- a service that has no roster tells none, the rest goes on
bare = Service("phieu-server", "--server-port", env={k: v for k, v in os.environ.items()
                                                     if k != "PHIEU_DATABASE_URL_ROSTER"})
there = Person(bare.port, "mt")
check("no roster" in there.list("list", 409, draw=1)["message"], "persons without the roster's address")
check(Person(bare.port, "so").ask("POST", f"/v1/waves/{WAVE}/roster", open(f"{DIR}/roster.csv", "rb").read(),
                                  "text/csv")[0] == 409, "a list without the roster's address")
check(there.list("draws")[0]["draw"] == 1 and there.act("draw", 409, body="x", share="5"), "the rest goes on")

# ---- forgetting
office.act("forget", 409, desk="roster", reason="hết hạn")  # the wave is open
sql("UPDATE plan.wave SET state = 'closed'")
office.act("forget", 409, desk="roster", reason="hết hạn")  # draws are open
sql("UPDATE roster.draw SET status = 'closed'")
check(office.act("forget", desk="roster", reason="hết hạn")["persons"] == 1193, "forgotten")
check(sql("SELECT count(*) FROM roster.person WHERE name <> '' OR contact IS NOT NULL") == "0", "a name is left")
check(body.list("list", draw=1)[0]["name"] == "" and body.list("draws")[0]["confirmed"] > 200, "the results stay")
print("N=90 sheets compared, 300 persons drawn and repeated")
