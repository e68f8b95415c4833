"""Drives the review of a simulated wave through the collector, the office's
service and the command line; R6: all of them count the same.  usage: review_check.py BIN DIR"""
import atexit
import csv
import html
import http.client
import io
import json
import os
import re
import subprocess
import sys
import threading
import urllib.parse

BIN, DIR = sys.argv[1:3]
WAVE = "lai-chau-2020"
SHEETS = [json.loads(line) for line in open(f"{DIR}/sheets.ndjson", encoding="utf-8")]
checks = 0


def check(good, what):
    global checks
    checks += 1
    if not good:
        print("review_check:", what)
        sys.exit(1)


def sql(text):
    return subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", os.environ["PHIEU_TEST_DB"],
                           "-c", text], check=True, capture_output=True, text=True).stdout.strip()


def run(*args, code=0):
    r = subprocess.run([f"{BIN}/phieu", *args], capture_output=True, text=True)
    check(r.returncode == code, f"{' '.join(args)}: exit {r.returncode}: {r.stderr}")
    return r.stdout if code == 0 else r.stderr


def review(*args, code=0):
    return run("review", args[0], "--wave", WAVE, *args[1:], code=code)


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

    def json(self, method, path, status=200, body=None):
        got, text, _ = self.ask(method, path, body)
        check(got == status, f"{method} {path} {body}: {got}, not {status}: {text[:400]}")
        return json.loads(text)

    def list(self, name, query="", status=200):
        r = self.json("GET", f"/v1/waves/{WAVE}/review/{name}{query}", status)
        return r["rows"] if status == 200 else r

    def act(self, name, sheets, status=200, **params):
        return self.json("POST", f"/v1/waves/{WAVE}/review/{name}", status, dict(params, sheets=sheets))

    def look(self, what, sheet, status=200, **params):
        return self.json("POST", f"/v1/waves/{WAVE}/sheets/{urllib.parse.quote(sheet, '')}/{what}",
                         status, params)

    def page(self, query="", status=200):
        got, text, _ = self.ask("GET", f"/review/{WAVE}{query}")
        check(got == status, f"page {query}: {got}")
        return text.decode()

    def form(self, name, fields, status=303):
        body = urllib.parse.urlencode(fields).encode()
        got, text, r = self.ask("POST", f"/review/{WAVE}/{name}", body, "application/x-www-form-urlencoded",
                                Origin=f"http://127.0.0.1:{self.port}", Host=f"127.0.0.1:{self.port}")
        check(got == status, f"form {name} {fields}: {got}, not {status}: {text[:300]}")
        return r.getheader("Location") if got == 303 else text.decode()


def person(login, role, unit=None):
    with open(f"{DIR}/password", "w", encoding="utf-8") as f:
        f.write("mot mat khau du dai 7\n")
    if not sql(f"SELECT 1 FROM people.account WHERE login = '{login}'"):
        run("user", "add", login, "--name", login, "--password-file", f"{DIR}/password")
    run("user", "role", login, "--give", role, "--wave", WAVE, *(["--unit", unit] if unit else []))
    sql(f"UPDATE people.account SET must_change = false WHERE login = '{login}'")


def send(sheets, key, status=200):
    body = "\n".join(json.dumps(s, ensure_ascii=False) for s in sheets).encode()
    kind = "application/x-ndjson" if len(sheets) > 1 else "application/json"
    got, text, _ = Person(collector.port, key=key).ask("POST", "/v1/submissions", body, kind)
    check(got == status, f"{sheets[0]['sheet']}: {got}, not {status}: {text[:400]}")
    return text.decode()


def agree(n_counted=None):
    """Counts by API, SQL, command line, progress and page are one; history and
    log are as they stand."""
    by = {r["status"]: r["n"] for r in office.list("counts")}
    rows = office.list("list")
    counts = sum(by[s] for s in ("received", "flagged", "corrected", "accepted"))
    check(sum(by.values()) == len(rows) == int(sql("SELECT count(*) FROM field.response WHERE keying = 1")),
          f"{by} and {len(rows)} rows")
    check(counts == int(sql("SELECT count(*) FROM field.response WHERE counted AND keying = 1")), "counted")
    lines = list(csv.DictReader(io.StringIO(review("list", "--csv").removeprefix("\ufeff"))))
    check([(r["item"], r["status"]) for r in lines] == [(r["item"], r["status"]) for r in rows],
          "command line and API")
    progress = json.loads(run("progress", "--wave", WAVE, "--json"))
    total = progress.get("total", progress)
    check(total["received"] == len(rows), f"progress: {total}")
    check(total["queried"] == by["queried"] + by["answered"] + int(sql(
        "SELECT count(*) FROM field.response WHERE state = 2 AND counted AND keying = 1")), "progress, queried")
    check(total["set_aside" if "set_aside" in total else "setAside"]
          == by["rejected"] + by["withdrawn"] + by["replaced"], "progress, set aside")
    tabs = dict(re.findall(r"status=([a-z]+)\">[^<]+</a>: (\d+)", office.page()))
    check({k: int(v) for k, v in tabs.items()} == by, f"page: {tabs}, not {by}")
    check(office.list("verify") == [], "history and log differ")
    if n_counted is not None:
        check(counts == n_counted, f"{counts} count, not {n_counted}")
    return by


collector = Service("phieu-collector", "--collector-port")
server = Service("phieu-server", "--server-port")
for login, role, unit in (("sep", "post-supervisor", None), ("sep-td", "post-supervisor", "tam-duong"),
                          ("so", "analyst", None), ("mt", "supervisor", None),
                          ("kt", "auditor", None), ("qt", "administrator", None), ("dv", "unit", "so-noi-vu"),
                          ("hai", "unit", "tam-duong"), ("hai", "analyst", None)):
    person(login, role, unit)
post, area, office = (Person(server.port, n) for n in ("sep", "sep-td", "so"))
watcher, auditor = (Person(server.port, n) for n in ("mt", "kt"))
admin, unit, both = (Person(server.port, n) for n in ("qt", "dv", "hai"))
keys = {}
for code in ("bd-1", "bd-2"):
    out = run("key", "agent", "add", "--wave", WAVE, "--code", code, "--name", f"Người {code}", "--office", "Bưu điện")
    keys[code] = next(w for w in out.split() if w.startswith("pa_"))

mine = SHEETS[:200]
td = [s for s in mine if s["home"] == "tam-duong"]
others = [s for s in mine if s["home"] != "tam-duong"]
check(len(td) > 5, "too few sheets of the district")
send([s for i, s in enumerate(mine) if i % 2 == 0], keys["bd-1"])
send([s for i, s in enumerate(mine) if i % 2], keys["bd-2"])
holder = {s["sheet"]: keys["bd-1" if i % 2 == 0 else "bd-2"] for i, s in enumerate(mine)}
by = agree(200)

# ---- roles and routes: who sees, who acts, who opens
one = others[0]["sheet"]
for who, sees, queries, decides in ((post, 1, 1, 0), (office, 1, 1, 1), (watcher, 1, 0, 0), (auditor, 1, 0, 0),
                                    (admin, 0, 0, 0), (unit, 0, 0, 0)):
    for name in ("list", "counts", "queries", f"history?sheet={one}", f"show?sheet={one}", "reasons", "verify"):
        got, text, _ = who.ask("GET", f"/v1/waves/{WAVE}/review/{name}")
        check(got == (200 if sees else 403), f"{name}: {got}")
        check(not re.search(r'"Q1"|"answers"|received_at|[0-9]T[0-9][0-9]:', text.decode()),
              f"{name}: an answer or a time: {text[:300]}")
    for name, may in (("query", queries), ("undo", queries), ("answer", queries and not decides),
                      ("accept", queries), ("reject", decides), ("withdraw", decides), ("require", decides),
                      ("reason", decides)):
        got, text, _ = who.ask("POST", f"/v1/waves/{WAVE}/review/{name}", {"sheets": "none", "reason": "x"}
                               if name not in ("require", "reason") else {})
        check(got == (400 if may else 403), f"{name}: {got} {text[:200]}")
    for name in ("open", "diff"):
        got, text, _ = who.ask("POST", f"/v1/waves/{WAVE}/sheets/{one}/{name}", {})
        check(got == (400 if queries else 403), f"{name}: {got} {text[:200]}")
    got, text, _ = who.ask("GET", f"/review/{WAVE}")
    check(got == (200 if sees else 403), f"page: {got}")
    check(("checkbox" in text.decode()) == bool(queries), "boxes for those who act")

# ---- an area
check({r["unit"] for r in area.list("list")} == {"tam-duong"}, "an area shows more")
area.act("query", one, 400, reason="x")
check(area.list("show", f"?sheet={one}") == [], "another district's sheet shows")
area.look("open", one, 400, reason="x")
area.act("query", td[0]["sheet"], reason="câu 3?")
check([r["sheet"] for r in area.list("queries")] == [td[0]["sheet"]], "his query")
agree(199)

# ---- one who speaks for a unit, and is an analyst by mistake
check(both.list("list", f"?unit=tam-duong") == [], "sheets of his own unit show")
about = [s["sheet"] for s in mine if s["home"] == "tam-duong"
         or any(r["unit"] == "tam-duong" for r in s["ratings"])]
check(not {r["sheet"] for r in both.list("list")} & set(about), "a sheet about his own unit shows")
both.act("accept", about[0], 400)
both.look("open", about[0], 400, reason="x")
check("Không có phiếu" in both.page(f"?sheet={about[0]}"), "its page")
hidden = sum(s["sheet"] in about for s in mine)
check(len(both.list("list")) == 200 - hidden, "the others show")

# ---- query, mend, decide
q = others[1]
office.act("query", q["sheet"], code="same", reason="đối chiếu giấy")
office.act("query", q["sheet"], 409, reason="x")
again = dict(q, instanceID="uuid:again-1")
check("V01" in send([again], holder[q["sheet"]], 422), "a queried number is free")
ratings = json.loads(json.dumps(q["ratings"]))
name = sorted(ratings[0]["answers"])[0]
was = ratings[0]["answers"][name]
ratings[0]["answers"][name] = None if was is not None else "A"
mended = dict(q, instanceID="uuid:mended-1", replaces=q["instanceID"], ratings=ratings)
send([mended], holder[q["sheet"]], 201)
rows = {r["instance"]: r for r in office.list("show", f"?sheet={q['sheet']}")}
check(rows["uuid:mended-1"]["status"] == "corrected" and rows[q["instanceID"]]["status"] == "replaced"
      and rows["uuid:again-1"]["status"] == "invalid", f"{rows}")
diff = office.look("diff", "uuid:mended-1", reason="đối chiếu")["rows"]
check(len(diff) == 1 and diff[0]["question"] == name, f"{diff}")
history = office.list("history", f"?sheet={q['sheet']}")
check([h["differs"] for h in history if h["item"] == "uuid:mended-1" and h["act"] == "send"] == [1], "one differs")
opened = office.look("open", "uuid:mended-1", reason="đối chiếu")["rows"]
check({r["unit"] for r in opened} - {""} == {r["unit"] for r in q["ratings"]}, "what it says")
office.look("open", "uuid:mended-1", 400)
office.look("open", "uuid:mended-1", 400, reason="  ")
office.look("open", "uuid:mended-1", 400, reason="x", other="y")
check([h["act"] for h in office.list("history", "?sheet=uuid:mended-1") if h["item"] == "uuid:mended-1"]
      == ["send", "open", "open"], "openings are history")
office.act("accept", "uuid:mended-1")
agree(199)
# "as on paper", by him who is asked
office.act("query", others[2]["sheet"], reason="đúng giấy?", to="post-supervisor")
post.act("answer", others[2]["sheet"], reason="đúng như phiếu giấy")
check(office.list("queries", "?to=post-supervisor")[0]["answer"] == "đúng như phiếu giấy", "the answer")
agree(198)
office.act("accept", others[2]["sheet"])
agree(199)

# the agent, by his own route
asked_of = others[4]
mine_key = holder[asked_of["sheet"]]
his = Person(collector.port, key=mine_key)
other = Person(collector.port, key=next(k for k in keys.values() if k != mine_key))
office.act("query", asked_of["sheet"], reason="câu 2 đánh gì?")
got = [x for x in his.json("GET", "/v1/agent/queries")["queries"] if x["sheet"] == asked_of["sheet"]]
check(len(got) == 1 and got[0]["words"] == "câu 2 đánh gì?" and got[0]["status"] == "queried"
      and got[0]["form"] == asked_of["form"] and got[0]["instanceID"] == asked_of["instanceID"], f"{got}")
check(not [x for x in other.json("GET", "/v1/agent/queries")["queries"] if x["sheet"] == asked_of["sheet"]],
      "another agent's query shows")
at = f"/v1/agent/queries/{got[0]['query']}"
told = other.json("POST", at, 400, {"note": "x"})["error"]
check((told["message_vi"], told["message"]) == ("không có câu hỏi này", "no such query"), f"why, in his words: {told}")
his.json("POST", at, 400, {"note": " "})
his.json("POST", at, 400, {})
his.json("POST", at, 409, {"note": "x", "version": 1})
for _ in range(2):  # the line broke before he heard
    check(his.json("POST", at, 200, {"note": "đúng như phiếu giấy", "version": 2})["status"] == "answered", "answer")
his.json("POST", at, 409, {"note": "khác"})
his.json("POST", "/v1/agent/queries/999999", 400, {"note": "x"})
his.json("POST", "/v1/agent/queries/x", 400, {"note": "x"})
office.act("accept", asked_of["sheet"])
agree(199)

# ---- many at once, all or nothing; versions
many = [s["sheet"] for s in others[10:60]]
version = {r["sheet"]: r["version"] for r in office.list("list") if r["status"] != "replaced"}
office.act("reject", many[0], 400, reason="không có mã")
office.act("reject", ",".join(many + [others[2]["sheet"]]), 409, code="V09")
agree(199)
check(office.act("reject", ",".join(f"{s}@{version[s]}" for s in many), code="V09")["sheets"] == 50, "50 at once")
agree(149)
office.act("undo", f"{many[0]}@{version[many[0]]}", 409, reason="x")
check("V01" in send([dict(others[10], instanceID="uuid:evade")], holder[many[0]], 422), "a rejected sheet sent again")
office.act("reject", td[1]["sheet"], code="V11")
area.act("undo", td[1]["sheet"], 403, reason="x")
office.act("undo", td[1]["sheet"], reason="đã bổ sung xác nhận")
office.act("undo", ",".join(many[:10]), reason="nhầm danh sách")
agree(159)

# ---- two supervisors at one sheet
for i in range(5):
    s = others[70 + i]["sheet"]
    got = []
    both_at = [threading.Thread(target=lambda w=w: got.append(w.ask(
        "POST", f"/v1/waves/{WAVE}/review/query", {"sheets": f"{s}@{version[s]}", "reason": "?"})[0]))
        for w in (post, office)]
    for t in both_at:
        t.start()
    for t in both_at:
        t.join()
    check(sorted(got) == [200, 409], f"two at {s}: {got}")
agree(154)

# ---- the page: boxes, buttons, refusals, opening
page = office.page("?status=received&agent=bd-1")
boxes = re.findall(r'name="sheets" value="([^"]+)"', page)
version = {r["item"]: r["version"] for r in office.list("list", "?agent=bd-1")}
check(len(boxes) > 2 and all(str(version[b.split("@")[0]]) == b.split("@")[1] for b in boxes), f"boxes: {boxes[:9]}")
where = office.form("accept", [("sheets", boxes[0]), ("sheets", boxes[1]), ("reason", ""), ("code", "")])
check("n=2" in where and "chấp nhận phiếu – 2" in html.unescape(office.page("?" + where.split("?")[1])), where)
again = office.form("accept", [("sheets", boxes[0]), ("sheets", boxes[2])], 409)
check("look again" in again and "Chưa ghi được" in again, "refused on the page")
check("chưa chọn phiếu" in office.form("accept", [("reason", "x")], 400), "nothing chosen")
check("danh mục" in office.form("reject", [("sheets", boxes[2])], 400), "a rejection without a reason")
office.form("reject", [("sheets", boxes[2]), ("code", "V11"), ("sheet", boxes[2].split("@")[0])])
page = office.page(f"?sheet={boxes[2].split('@')[0]}")
check("bị loại" in page and "V11" in page and 'action="/review/' in page, "the sheet's page")
check("accept\">" not in page.split("<h2>Các bản")[0].replace("formaction", ""), "no button that would be refused")
shown = office.form("open", [("sheet", boxes[2].split("@")[0]), ("reason", "xem trang 2")], 200)
check("<td>Số phiếu</td>" in shown and "(sheet)" not in shown and "nhật ký" in shown, "opened on the page")
check("còn thiếu" in office.form("open", [("sheet", boxes[2].split("@")[0]), ("reason", "")], 400), "no reason")
got, text, _ = office.ask("POST", f"/review/{WAVE}/accept", b"sheets=x", "application/x-www-form-urlencoded",
                          Origin="http://elsewhere.example")
check(got == 403, "from another site")
check("uuid:mended-1" in office.page(f"?sheet={q['sheet']}"), "all versions of one number")
for query in ("?show=queries", "?show=reasons", "?show=list", "?do=reason", "?do=require", "?status=none&from=x",
              "?from=101", f"?show=history&sheet={one}"):
    office.page(query)
office.form("require", [("reason", "QĐ 9")])
office.form("require", [("off", "true"), ("reason", "QĐ 10")])

# ---- the command line, the old names too
check("mẫu thử" in review("reasons") or "example" in review("reasons"), "reasons")
review("reason", "--for", "reject", "--code", "uot", "--words", "Phiếu ướt", "--v-code", "V11", "--reason", "QĐ 7")
review("reject", "--sheets", others[80]["sheet"], "--code", "uot")
review("undo", "--sheets", others[80]["sheet"], "--reason", "khô rồi")
review("reject", "--sheets", others[80]["sheet"], code=2)
check("Q" in review("open", "--sheet", others[80]["sheet"], "--reason", "xem"), "opened")
review("diff", "--sheet", others[80]["sheet"], "--reason", "xem", code=2)
run("sheet", "judge", "--wave", WAVE, "--sheet", others[81]["sheet"], "--state", "invalid", "--code", "V11",
    "--reason", "thiếu xác nhận")
check(office.list("show", f"?sheet={others[81]['sheet']}")[0]["status"] == "rejected", "judged")
run("sheet", "judge", "--wave", WAVE, "--sheet", others[81]["sheet"], "--state", "valid", "--reason", "có rồi")
check(office.list("show", f"?sheet={others[81]['sheet']}")[0]["status"] == "received", "taken back")
final = agree()

# ---- frozen: what is out stays out, and no more acts
counts = sum(final[s] for s in ("received", "flagged", "corrected", "accepted"))
run("freeze", "--wave", WAVE, "--reason", "khóa số liệu")
check(int(sql("SELECT count(*) FROM frozen.response")) == counts, "what counts is what is frozen")
run("score", "--wave", WAVE)
asked = sql("SELECT sum((c ->> 'n')::integer) FROM frozen.aggregate, jsonb_array_elements(content) AS c "
            "WHERE name = 'respondents'")
check(int(asked) == counts, "and what is scored")
office.act("accept", others[3]["sheet"], 409)
office.act("undo", many[20], 409, reason="x")
office.look("open", others[3]["sheet"], 409, reason="x")
check(sql("SELECT count(*) FROM audit.entry WHERE kind = 'review' AND content ~ "
          "'(uuid:|[A-Z]{2}0[0-9]-[0-9]{5})'") == "0", "a number in the log")
print(f"N={checks} checks; {counts} of {sum(final.values())} submissions frozen")
