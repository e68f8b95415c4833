"""Drives the ledger of a simulated wave through the collector, the office's
service and the command line.  usage: ledger_check.py BIN DIR"""
import atexit
import csv
import http.client
import io
import json
import os
import random
import subprocess
import sys
import threading
import time

BIN, DIR = sys.argv[1:3]
WAVE = "lai-chau-2020"
SHEETS = [json.loads(line) for line in open(f"{DIR}/sheets.ndjson", encoding="utf-8")]
LEVELS = ("total", "form", "group", "unit", "area", "office", "agent", "cell")
dice = random.Random(20211)
steps = 0


def fail(what):
    print("ledger_check:", what)
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


def ledger(*args, code=0):
    return run("ledger", args[0], "--wave", WAVE, *args[1:], code=code)


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

    def list(self, name, query="", status=200):
        got, text, _ = self.ask("GET", f"/v1/waves/{WAVE}/ledger/{name}{query}")
        check(got == status, f"{name}{query}: {got} {text[:300]}")
        return json.loads(text)["rows"] if got == 200 else text

    def act(self, name, status=200, **params):
        got, text, _ = self.ask("POST", f"/v1/waves/{WAVE}/ledger/{name}", params)
        check(got == status, f"{name} {params}: {got}, not {status}: {text[:400]}")
        return json.loads(text)


def person(login, role, unit=None):
    with open(f"{DIR}/password", "w", encoding="utf-8") as f:
        f.write("mot mat khau du dai 7\n")
    run("user", "add", login, "--name", login, "--password-file", f"{DIR}/password")
    run("user", "role", login, "--give", role, "--wave", WAVE, *(["--unit", unit] if unit else []))
    sql(f"UPDATE people.account SET must_change = false WHERE login = '{login}'")


def balanced(who, waiting=True):
    """Every row adds up, at every level, and to the total; the history leads to
    what stands, and the log agrees."""
    global steps
    steps += 1
    total = who.list("balance", "?by=total")[0]
    for level in LEVELS:
        rows = who.list("balance", f"?by={level}")
        for r in rows:
            check(r["issued"] == r["collected"] + r["refused"] + r["not_met"] + r["lost"]
                  + r["cancelled"] + r["still_out"], f"{level}: {r}")
            check(r["missing"] in (0, None), f"{level}: {r}")
            check(r["valid"] + r["invalid"] == r["keyed"], f"{level}: {r}")
        for name in total:
            if isinstance(total[name], int) and rows[0][name] is not None:
                check(sum(r[name] for r in rows) == total[name], f"{level}: {name} does not re-add")
    check(who.list("verify") == [], "history and log differ")
    return total


collector = Service("phieu-collector", "--collector-port")
server = Service("phieu-server", "--server-port")
for login, role, unit in (("sep", "post-supervisor", None), ("sep-td", "post-supervisor", "tam-duong"),
                          ("so", "analyst", None), ("mt", "supervisor", None)):
    person(login, role, unit)
post, area = Person(server.port, "sep"), Person(server.port, "sep-td")
office = Person(server.port, "so")

# ---- no ledger yet
check(json.loads(post.list("balance", "", 409))["error"]["code"], "no code")
post.act("plan", 403)
check(office.act("plan", reason="theo kế hoạch")["sheets"] == 1193, "1,193 sheets")
check(office.act("plan").get("sheets") is None, "again: nothing")
forms = {r["code"]: r["planned"] for r in post.list("balance", "?by=form")}
check(forms["CT-01"] + forms["CT-02"] + forms["CT-03"] == 533, "533")
check(forms["CH-01"] + forms["CH-02"] + forms["CH-03"] == 660, "660")
planned = {r["sheet"]: r for r in post.list("sheets")}
for s in SHEETS:
    check((planned[s["sheet"]]["group"], planned[s["sheet"]]["unit"]) == (s["group"], s["home"]),
          f"{s['sheet']} is of another cell than the simulation's")
balanced(office)

for r in post.list("balance", "?by=area"):
    if r["code"]:
        check(post.list("balance", f"?by=total&area={r['code']}")[0]["slots"] == r["slots"]
              == len(post.list("sheets", f"?area={r['code']}")), f"from area {r['code']} down")

# ---- agents by area; sheets issued cell by cell, five never started
units = {s["home"] for s in SHEETS}
districts = sorted(r["code"] for r in post.list("balance", "?by=area") if r["code"] not in ("", "tinh-lai-chau"))
check(len(districts) == 8, f"districts: {districts}")
agents, keys = {}, {}
for i, place in enumerate(["tinh"] + districts):
    code = f"dtv-{i:02}"
    # a name that a spreadsheet would run
    out = run("key", "agent", "add", "--wave", WAVE, "--code", code, "--name", f"=HYPERLINK({i})",
              "--office", f"+Bưu điện {place}")
    agents[place] = code
    keys[code] = next(w for w in out.split() if w.startswith("pa_"))
papers = 0
for cell in post.list("balance", "?by=cell"):
    group, unit = cell["code"].split("/")
    params = {"agent": agents.get(unit, agents["tinh"]), "group": group, "count": cell["planned"]}
    if unit:
        params["unit"] = unit
    if group == "lanh-dao-so" and unit == "so-y-te":
        continue
    if group == "hdnd-tinh":
        params["count"] -= 3
    papers += 1
    check(post.act("issue", **params)["paper"] == papers, "papers are numbered without gaps")
t = balanced(office)
check((t["issued"], t["waiting"]) == (1188, 5), f"issued: {t}")
waits = [r["sheet"] for r in post.list("sheets") if r["status"] == "planned"]
check(len(waits) == 5, f"waiting: {waits}")
last = [w for w in waits if w[:5] == waits[-1][:5]]
for wrong in (f"{last[-1]}..{last[0]}", f"{waits[0]}..{waits[-1]}"):
    got = post.act("issue", 400, agent=agents["tinh"], sheets=wrong)
    check("range" in got["error"]["message"], f"{wrong}: {got}")
holder = {r["sheet"]: r["agent"] for r in post.list("sheets") if r["agent"]}

# ---- who may: an area, other roles
check(area.list("sheets", "?unit=sin-ho") == [], "another district shows")
check({r["unit_now"] for r in area.list("sheets")} == {"tam-duong"}, "more than the district")
other = next(s["sheet"] for s in SHEETS if s["home"] == "sin-ho")
area.act("lose", 400, sheets=other, reason="x")
area.act("amend", 403, group="lanh-dao-huyen", unit="tam-duong", planned=3, reason="x")
check(area.ask("GET", f"/handover/{WAVE}/1")[0] == 404, "a record of another area")
roles = ("administrator", "analyst", "post-supervisor", "agent", "unit", "appraiser", "secretariat",
         "council", "supervisor", "auditor")
sees = {"balance": {"administrator", "analyst", "post-supervisor", "secretariat", "supervisor", "auditor"}}
lists = ("open", "sheets", "history", "events", "paper", "verify")
acts = {"plan": {"analyst"}, "amend": {"analyst"}, "merge": {"analyst"}, "close": {"analyst"},
        "reopen": {"analyst"}, "unlock": {"analyst"}, "check": {"analyst", "post-supervisor"}}
for name in ("issue", "return", "transfer", "leave", "collect", "refuse", "miss", "move", "lose", "cancel",
             "restore", "replace"):
    acts[name] = {"post-supervisor"}
cells = 0
for role in roles:
    person("r-" + role, role, "so-tu-phap" if role == "unit" else None)
    p = Person(server.port, "r-" + role)
    for name in ("balance",) + lists:
        may = role in sees.get(name, {"analyst", "post-supervisor", "supervisor", "auditor"})
        got = p.ask("GET", f"/v1/waves/{WAVE}/ledger/{name}?number=1")[0]
        check(got == (200 if may else 403), f"{role} {name}: {got}")
        cells += 1
    for name, who in acts.items():
        # a name that no act takes: a 400 shows that the role was let in
        got = p.ask("POST", f"/v1/waves/{WAVE}/ledger/{name}", {"khong-co": "x"})[0]
        check(got == (400 if role in who else 403), f"{role} {name}: {got}")
        cells += 1
    got = p.ask("GET", f"/handover/{WAVE}/1")[0]
    check(got == (200 if role in sees["balance"] - {"administrator", "secretariat"} else 403), f"{role}: {got}")
    check(p.ask("GET", f"/v1/waves/{WAVE}/ledger/none")[0] in (403, 404), "a list that is none")
print(f"N={cells} role x list or act")

# ---- two writers on one sheet, five times: one wins, none is lost
for i in range(5):
    one = SHEETS[i]["sheet"]
    version = next(r["version"] for r in post.list("sheets") if r["sheet"] == one)
    answers = []

    def write(what, one=one, version=version, answers=answers):
        answers.append(post.ask("POST", f"/v1/waves/{WAVE}/ledger/{what}",
                                {"sheets": one, "reason": "vì", "version": version})[0])
    both = [threading.Thread(target=write, args=(w,)) for w in ("lose", "cancel")]
    for w in both:
        w.start()
    for w in both:
        w.join()
    check(sorted(answers) == [200, 409], f"two writers: {answers}")
balanced(office)

# ---- what the field says
mine = [s["sheet"] for s in SHEETS[5:] if s["sheet"] in holder and s["home"] != "so-tu-phap"]
dice.shuffle(mine)
took = iter(mine)
gone = set(s["sheet"] for s in SHEETS[:5])
for act, n in (("refuse", 12), ("miss", 9), ("move", 4), ("lose", 7), ("cancel", 3)):
    some = [next(took) for _ in range(n)]
    gone.update(some)
    post.act(act, sheets=",".join(some), reason="mưa lũ")
    balanced(office)
back = [next(took) for _ in range(20)]
post.act("leave", sheets=",".join(back))
post.act("collect", sheets=",".join(back[:10]))
post.act("collect", 409, sheets=",".join(back[8:12]))
post.act("replace", 400, sheet="CT01-00001-3", reason="sai số")
for _ in range(5):
    old = next(took)
    gone.add(old)
    new = post.act("replace", sheet=old, reason="rách")["made"]
    post.act("issue", agent=holder[old], sheets=new)
    s = dict(next(s for s in SHEETS if s["sheet"] == old), sheet=new, instanceID=f"uuid:{new}")
    SHEETS.append(s)
    holder[new] = holder[old]
    balanced(office)

# ---- quotas amended, a unit that merged
check(office.act("amend", group="lanh-dao-huyen", unit="sin-ho", planned=5, reason="QĐ 7")["sheets"] == 3, "3 more")
office.act("amend", 409, group="lanh-dao-huyen", unit="sin-ho", planned=1, reason="QĐ 8")
check(office.act("amend", group="lanh-dao-huyen", unit="sin-ho", planned=4, reason="QĐ 8")["sheets"] == 1, "1 less")
check(sql("SELECT string_agg(planned::text, ' ' ORDER BY revision) FROM plan.quota AS q JOIN plan.unit AS u "
          "ON u.unit = q.home JOIN plan.respondent_group AS g USING (grp) WHERE u.code = 'sin-ho' AND "
          "g.code = 'lanh-dao-huyen'") == "2 5 4", "the old quotas stay")
balanced(office)
office.act("merge", 409, unit="so-tu-phap", reason="NQ")
run("plan", "load", f"{DIR}/merged.json", "--reason", "sáp nhập")
check(sql("SELECT planned FROM plan.quota_in_force AS q JOIN plan.unit AS u ON u.unit = q.home JOIN "
          "plan.respondent_group AS g USING (grp) WHERE u.code = 'sin-ho' AND g.code = 'lanh-dao-huyen'") == "4",
      "a plan that says nothing of it took the amendment back")
check(office.act("merge", unit="so-tu-phap", reason="NQ 12")["sheets"] == 17, "17 sheets follow")
balanced(office)
check([r["planned"] for r in post.list("balance", "?by=unit") if r["code"] == "so-noi-vu"] == [34], "34")

# ---- kill whatever acts: all or nothing
some = ",".join(list(took)[:150])
killed = kept = 0
for i in range(12):
    act = "leave" if sql(f"SELECT status FROM field.sheet WHERE sheet = '{some.split(',')[0]}'") == "issued" else "transfer"
    before = sql("SELECT count(*) FROM field.sheet_move")
    p = subprocess.Popen([f"{BIN}/phieu", "ledger", *(["mark", "--as", "left"] if act == "leave" else
                          ["transfer", "--agent", agents["tinh"], "--reason", "thử"]),
                          "--wave", WAVE, "--sheets", some], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.004 * i)
    if i % 2:
        p.kill()
    else:
        sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'phieu' "
            "AND usename = 'phieu_server'", "PHIEU_TEST_SUPER")
    p.wait()
    time.sleep(0.1)
    moved = int(sql("SELECT count(*) FROM field.sheet_move")) - int(before)
    check(moved in (0, 150), f"{moved} of 150 moved")
    killed, kept = killed + (moved == 0), kept + (moved == 150)
check(killed > 0, "nothing was killed in time")
print(f"N=12 kills during an act of 150 sheets: {killed} nothing, {kept} all")
for place, code in agents.items():
    back = [s for s in some.split(",") if holder[s] == code]
    if back:
        post.act("transfer", sheets=",".join(back), agent=code, reason="trả về")
balanced(office)

# ---- what comes in
def send(sheets, key):
    body = "\n".join(json.dumps(s, ensure_ascii=False) for s in sheets).encode()
    p = Person(collector.port, key=key)
    status, text, _ = p.ask("POST", "/v1/submissions", body, "application/x-ndjson")
    check(status == 200, f"a batch: {status} {text[:300]}")
    return [json.loads(line) for line in text.splitlines()][:-1]


def one(sheet, key, status):
    got, text, _ = Person(collector.port, key=key).ask("POST", "/v1/submissions",
                                                        json.dumps(sheet, ensure_ascii=False).encode())
    check(got == status, f"{sheet['sheet']}: {got}, not {status}: {text[:400]}")
    return json.loads(text)


def codes(answer):
    return [e["code"] for e in answer.get("errors", [])]


good = [s for s in SHEETS if s["sheet"] in holder and s["sheet"] not in gone]
first = good[0]
stranger = next(c for c in keys if c != holder[first["sheet"]])
check("V02" in codes(one(dict(first, instanceID="uuid:v02"), keys[stranger], 422)), "V02: another's sheet")
planned_one = next(r["sheet"] for r in post.list("sheets", "?status=planned") if r["group"] == "hdnd-tinh")
never = next(s for s in SHEETS if s["sheet"] == planned_one)
check("V02" in codes(one(dict(never, instanceID="uuid:never"), keys[agents["tinh"]], 422)), "V02: never issued")
unknown = sql("SELECT field.sheet_number('CT01', 90001)")
check("V01" in codes(one(dict(first, sheet=unknown, instanceID="uuid:v01"), keys[stranger], 422)), "V01: unknown")
# of a group that rates the same units wherever it sits
there = next(s for s in good if s["group"] == "lanh-dao-huyen")
answer = one(dict(there, home="than-uyen" if there["home"] != "than-uyen" else "sin-ho",
                  instanceID="uuid:cell"), keys[holder[there["sheet"]]], 422)
check("V02" in codes(answer), f"V02: another unit: {answer}")
late = good[-15:]
t0 = time.monotonic()
for code, key in keys.items():
    batch = [s for s in good[:-15] if holder[s["sheet"]] == code]
    for answer in send(batch, key):
        check(answer["status"] in ("valid", "queried"), f"in a batch: {answer}")
took_s = time.monotonic() - t0
t = balanced(office)
check(t["valid"] == len(good) - 15, f"valid: {t['valid']} of {len(good) - 15}")
merged = [s for s in good if s["home"] == "so-tu-phap"]
check(len(merged) == 17 and all(s["sheet"] in holder for s in merged), "the merged unit's sheets came in")
# a mended sheet, and a second keying by another agent
bad = dict(good[1], instanceID="uuid:mended", replaces=good[1]["instanceID"])
one(bad, keys[holder[bad["sheet"]]], 201)
again = dict(good[2], instanceID="uuid:second", keying=2)
one(again, keys[next(c for c in keys if c != holder[again["sheet"]])], 201)
check(next(r["status"] for r in post.list("sheets") if r["sheet"] == again["sheet"]) == "second-keyed", "second keying")
run("sheet", "judge", "--wave", WAVE, "--sheet", good[3]["sheet"], "--state", "invalid", "--code", "V11",
    "--reason", "thiếu xác nhận")
balanced(office)

# ---- a sheet said to be lost comes in all the same
lost = next(r["sheet"] for r in post.list("sheets", "?status=lost") if not r["replaced_by"])
one(next(s for s in SHEETS if s["sheet"] == lost), keys[holder[lost]], 201)
check([r["kind"] for r in post.list("open") if r["sheet"] == lost] == ["contradiction"], "lost, and it counts")
post.act("restore", sheets=lost, reason="tìm thấy")
check(next(r["status"] for r in post.list("sheets") if r["sheet"] == lost) == "keyed", "found and keyed")
balanced(office)

# ---- closing
check("see the list" in office.act("close", 409)["error"]["message"], "it does not balance")
check("close the ledger" in run("freeze", "--wave", WAVE, "--reason", "x", code=1), "a freeze before closing")
missing = [r["sheet"] for r in post.list("open") if r["kind"] in ("out", "unkeyed")]
late_ones = {s["sheet"] for s in late}
rest = [s for s in missing if s not in late_ones]
if rest:
    post.act("miss", sheets=",".join(s for s in rest if next(
        r["status"] for r in post.list("sheets") if r["sheet"] == s) != "collected"))
office.act("close", 400, override=True)
n_open = len(post.list("open"))
check(office.act("close", override=True, reason="hết hạn")["open"] == n_open, "closed with what is open")
check(any(r["act"] == "close" and r["reason"] == "hết hạn" and r["detail"] and '"override": true' in r["detail"]
          for r in post.list("events")), "who overrode and why")
got, text, _ = Person(collector.port, key=keys[holder[late[0]["sheet"]]]).ask(
    "POST", "/v1/submissions", json.dumps(late[0], ensure_ascii=False).encode())
check(got in (403, 409), f"a late sheet: {got} {text[:200]}")
post.act("lose", 409, sheets=late[0]["sheet"], reason="x")
office.act("reopen", 400)
office.act("reopen", reason="phiếu về muộn do lũ")
for s in late:
    one(s, keys[holder[s["sheet"]]], 201)
t = balanced(office)
left = post.list("open")
check(not left, f"still open: {left[:5]}")
office.act("close", reason="đủ")
t = balanced(office)
check(t["still_out"] == 0 and t["planned"] == t["slots"], f"closed: {t}")
rows = list(csv.DictReader(io.StringIO(ledger("export").removeprefix("\ufeff"))))
check(len(rows) == int(sql("SELECT count(*) FROM field.sheet")), "every slot is in the export")
check(sum(r["status"] == "planned" for r in rows) == 5 + 2, "those never started too")
check(not any(v[:1] in "=+-@\t\r" and not v.lstrip("-").isdigit() for r in rows for v in r.values() if v),
      "a formula in the export")
check([r["code"] for r in rows if r["sheet"] == good[3]["sheet"]] == ["V11"], "invalid with its code")
check(len(ledger("export", "--jsonl").splitlines()) == len(rows), "JSONL")
n_valid = sum(r["status"] == "locked" and not r["code"] for r in rows)
check(n_valid == t["valid"] == int(sql("SELECT count(*) FROM field.response WHERE counted AND keying = 1")),
      "count(API) = count(SQL) = count(export)")
run("freeze", "--wave", WAVE, "--reason", "đợt 1")
check(int(sql("SELECT count(*) FROM frozen.response")) == n_valid, "what is locked valid is what is frozen")
# nothing of the ledger on the frozen side or in the log
check(sql("SELECT count(*) FROM information_schema.columns WHERE table_schema = 'frozen' AND "
          "column_name IN ('sheet', 'agent', 'prefix', 'serial', 'slot')") == "0", "a number on the frozen side")
check(sql("SELECT count(*) FROM audit.entry WHERE kind = 'ledger' AND content ~ '[A-Z]{2}0[0-9]-[0-9]{5}'") == "0",
      "a number in the log")
ledger("plan", code=1)

# ---- prints
for name in ("list.html", "list.csv", "list.xlsx"):
    ledger("print", "--out", f"{DIR}/{name}", "--agent", agents["tinh"])
ledger("print", "--cards", "--out", f"{DIR}/cards.html", "--group", "hdnd-tinh")
cards = open(f"{DIR}/cards.html", encoding="utf-8").read()
check(cards.count("<svg") == 25 + sum(s["sheet"] not in planned and s["group"] == "hdnd-tinh" for s in SHEETS),
      "a card each")
ledger("hand-over", "--number", "1", "--out", f"{DIR}/paper.html", "--body", "Bưu điện tỉnh")
page = open(f"{DIR}/paper.html", encoding="utf-8").read()
check("BIÊN BẢN BÀN GIAO" in page and "BÊN NHẬN" in page and "Ký và ghi rõ" in page, "the record")
status, text, _ = post.ask("GET", f"/handover/{WAVE}/1")
check(status == 200 and "BÊN GIAO" in text.decode(), "the record by HTTP")
ledger("hand-over", "--number", "9999", "--out", f"{DIR}/none.html", code=2)

# ---- history that somebody changed shows
sql("DELETE FROM field.sheet_move WHERE sheet = (SELECT min(sheet) FROM field.sheet) AND version = 1")
check("not as its history" in ledger("verify", code=1), "a move taken out goes unseen")
print(f"N={steps} balances at all levels, {len(good)} sheets through the collector in {took_s:.1f} s")
