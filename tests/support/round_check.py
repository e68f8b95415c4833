"""Rounds over HTTP, asked by every role; see tests/service/round_api.sh.

usage: round_check.py SERVER DIR PASSWORD
What each role may is compared with tests/data/round_matrix.txt, so that a new
act, list or route without a decision fails (PHIEU_TEST_REWRITE=1 writes it).
Every answer is held to docs/api/openapi.yaml.  Exit 1 when anything differs.
"""
import json
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import api_check  # noqa: E402
import batch  # noqa: E402
from api_check import Client, need, say  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = ROOT / "tests/data/round_matrix.txt"
SMALL = json.loads((ROOT / "tests/data/rounds/small.json").read_text("utf-8"))
FOLDER = pathlib.Path(sys.argv[2])
phieu = batch.Batch(os.environ["PHIEU_BIN"] + "/phieu")
JS = {"Content_Type": "application/json"}
R = "/v1/rounds/ha-nam-2023"
OWN = "/v1/rounds/ky-mo"
WAVE = "/v1/rounds/ky-mau"

# who stands for a role in the matrix
ROLES = ("administrator", "analyst", "post-supervisor", "agent", "unit",
         "appraiser", "secretariat", "council", "supervisor", "auditor",
         "engine", "analyst-key")
OTHERS = ("unit2", "unit-none", "unit-wave", "appraiser2", "appraiser-none",
          "appraiser-lost", "secretariat-wave", "secretariat-other", "both",
          "gone")


class Person(Client):
    """A client with a cookie and a token instead of a key."""

    def __init__(self, base, login, password):
        super().__init__(base)
        got, data = self.ask("POST", "/v1/session", 200, json.dumps(
            {"login": login, "password": password}).encode(), **JS)
        self.mine = {"Cookie": got["Set-Cookie"].split(";")[0],
                     "X_CSRF_Token": json.loads(data)["csrf"]}

    def ask(self, method, path, want, body=None, **headers):
        return super().ask(method, path, want, body,
                           **{**getattr(self, "mine", {}), **headers})


def any_status(client, method, path, body=None, **headers):
    """(status, answer), whatever it is, held to its description."""
    seen = {}
    hold = api_check.hold

    def spy(name, op, status, got, data):
        seen["status"] = status
        hold(name, op, status, got, data)

    before = len(api_check.faults)
    api_check.hold = spy
    try:
        _, data = client.ask(method, path, None, body, **headers)
    finally:
        api_check.hold = hold
    # that the status is another than None is no fault
    api_check.faults[before:] = [f for f in api_check.faults[before:]
                                 if not re.search(r": \d+, not None", f)]
    try:
        return seen["status"], json.loads(data)
    except ValueError:
        return seen["status"], {}


def act(client, name, want, base=R, **members):
    _, data = client.ask("POST", f"{base}/acts/{name}", want,
                         json.dumps(members).encode(), **JS)
    answer = json.loads(data)
    if want >= 400:
        refused(name, answer)
    return answer


def refused(name, answer):
    """A refusal says which rule, where, what to do, in both languages."""
    error = answer.get("error", {})
    for part in ("code", "message", "message_vi", "rule", "rule_vi", "todo",
                 "todo_vi"):
        if not error.get(part):
            say(f"{name}: a refusal without {part}: {answer}")


def code_of(answer):
    return answer.get("error", {}).get("code")


def rows(client, name, want=200, base=R, **query):
    path = f"{base}/lists/{name}" + ("?" + "&".join(
        f"{k}={v}" for k, v in query.items()) if query else "")
    _, data = client.ask("GET", path, want)
    answer = json.loads(data)
    return answer["rows"] if want == 200 else answer


# ---- the matrix ------------------------------------------------------------
def routes():
    """What is neither act nor list: METHOD, path, what is asked, its body."""
    unit = R + "/units/so-tai-chinh"
    file = {"Content_Type": "application/octet-stream"}
    return (("GET", R, None, {}), ("GET", R + "/calendar", None, {}),
            ("GET", unit + "/self", None, {}),
            ("PUT", unit + "/self/1.1", b"{}", JS),
            ("GET", unit + "/workbook", None, {}),
            ("POST", unit + "/workbook", b"x", file),
            ("POST", unit + "/evidence", b"x", file),
            ("GET", unit + "/evidence/999", None, {}),
            ("DELETE", unit + "/evidence/999", None, file),
            ("POST", R + "/results", b"", file),
            ("GET", R + "/results/1", None, {}),
            ("GET", R + "/results/1/verify", None, {}),
            ("GET", R + "/results/1/units/so-tai-chinh/criteria/1.1", None, {}),
            ("GET", R + "/reports/summary", None, {}),
            ("GET", R + "/compare?with=ha-nam-2023", None, {}),
            ("GET", R + "/components", None, {}),
            ("GET", R + "/releases", None, {}))


def allowed(status, answer):
    """Was it let in?  What is then wrong with the request does not count."""
    if status in (401, 403):
        return False
    return not (status == 404 and code_of(answer) == "not-found")


def rights(clients):
    """{("act"|"list", name): roles that GET /v1/rounds/{round} names}"""
    out = {}
    for role in ROLES:
        status, answer = any_status(clients[role], "GET", R)
        if status != 200:
            continue
        for kind in ("acts", "lists"):
            for row in answer[kind]:
                out.setdefault((kind[:-1], row["name"]), set()).add(role)
    return out


def matrix(clients):
    told = rights(clients)
    lines, count = [], 0
    for kind, name in sorted(told):
        may = []
        for role in ROLES:
            path = f"{R}/{kind}s/{name.replace(' ', '-')}"
            if kind == "act":
                got = any_status(clients[role], "POST", path, b"{}", **JS)
            else:
                got = any_status(clients[role], "GET", path)
            count += 1
            if allowed(*got):
                may.append(role)
                if kind == "act" and got[0] not in (400, 409):
                    say(f"{name} by {role} needs nothing: {got}")
            elif (role in told[kind, name]):
                say(f"{name}: {role} is told that he may, and refused: {got}")
            if got[0] == 403 and code_of(got[1]) != "forbidden":
                refused(f"{name} by {role}", got[1])
        if set(may) != told[kind, name]:
            say(f"{name}: told {sorted(told[kind, name])}, allowed {may}")
        lines.append(f"{kind} {name}: {' '.join(may)}")
    for verb, path, body, headers in routes():
        may = []
        for role in ROLES:
            count += 1
            if allowed(*any_status(clients[role], verb, path, body,
                                   **headers)):
                may.append(role)
        pattern = api_check.pattern_of(path.split("?")[0])
        lines.append(f"route {verb} {pattern}: {' '.join(may)}")
    return lines, count


def check_matrix(clients):
    lines, count = matrix(clients)
    text = "\n".join(lines) + "\n"
    if os.environ.get("PHIEU_TEST_REWRITE"):
        TABLE.write_text(text, encoding="utf-8")
    have = TABLE.read_text(encoding="utf-8").splitlines()
    for line in sorted(set(lines) ^ set(have)):
        say(f"{'only in the table' if line in have else 'new'}: {line}")
    served = {f"route {m} {p}" for m, p in described()}
    for route in sorted(served - {x.split(":")[0] for x in lines}):
        say(f"{route} is in no matrix")
    return count


def described():
    """Routes of a round in the description, but those that rows stand for."""
    for path, item in api_check.API["paths"].items():
        if not path.startswith("/v1/rounds/{round}") or re.search(
                r"{act}|{list}|{release}", path):
            continue
        for verb in ("get", "post", "put", "delete"):
            if verb in item:
                yield verb.upper(), path


def commands():
    """Every act and list is a command too, and takes the same."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    for line in lines:
        kind, name = line.split(":")[0].split(" ", 1)
        if kind == "route":
            continue
        code, out, err = phieu(*name.split(), "--help")
        if code != 0 or f"phieu {name}" not in out:
            say(f"there is no command phieu {name}: {err}")


def command_options(secretariat):
    """Own commands name the parameters of their rows, and nothing else."""
    told = secretariat.json("GET", R, 200)
    for row in told["acts"] + told["lists"]:
        usage = phieu(*row["name"].split(), "--help")[1].split("\n\n")[-1]
        options = set(re.findall(r"--([a-z-]+)", usage)) - {"round"}
        if row in told["lists"]:
            options -= {"csv"}  # the form, which HTTP asks for by Accept
        wanted = {p["name"] for p in row["parameters"]}
        positional = {w.lower() for w in re.findall(
            r"\b([A-Z]{2,})\b", usage.replace("--", " --"))}
        for name in sorted(wanted - options - positional):
            # seen by `phieu round task` itself: the newest
            if name != "version":
                say(f"phieu {row['name']} does not take {name}: {usage}")
        for name in sorted(options - wanted):
            say(f"phieu {row['name']} takes {name}, its row does not")


# ---- what is bound ---------------------------------------------------------
def bound_units(c):
    mine, other = "so-tai-chinh", "so-tu-phap"
    unit = c["unit"]
    shown = unit.json("GET", f"{R}/units/{mine}/self", 200)
    item = next(i for i in shown["items"] if i["criterion"] == "1.1")
    need("nothing stands yet", item["version"] == 0 and item["typed_by_unit"])
    for path in (f"{R}/units/{other}/self", f"{R}/units/{other}/workbook"):
        refused(path, unit.json("GET", path, 403))
    body = json.dumps({"points": "1", "version": 0}).encode()
    for who in ("unit2", "unit-none", "secretariat", "council", "analyst"):
        answer = c[who].json("PUT", f"{R}/units/{mine}/self/1.1", 403, body,
                             **JS)
        need(f"{who} is told why", code_of(answer) in
             {"unit2": {"not-own"}, "unit-none": {"unbound"}}.get(
                 who, {"role"}))
    # narrowed by the server, whatever is asked
    units = {r["unit"] for r in rows(unit, "self-list")}
    need("a unit's list has its own row alone", units == {mine})
    refused("other's list", rows(unit, "self-list", 403, unit=other))
    need("the list for another form too", b"so-tu-phap" not in unit.ask(
        "GET", R + "/lists/self-list", 200, Accept="text/csv")[1])
    refused("no unit", rows(c["unit-none"], "self-list", 403))
    for name in ("appraise-list", "request-list", "deduct-list",
                 "round-history", "self-evidence-list"):
        rows(unit, name, 403, unit=other)
        need(f"{name} is its own", all(
            r["unit"] in ("", mine) for r in rows(unit, name)))
    need("who reads all reads all", len(rows(c["auditor"], "self-list")) > 5)
    refused("unknown unit", c["auditor"].json(
        "GET", R + "/units/khong-co/self", 404))
    # another wave's person does not even see the round
    for who in ("unit-wave", "secretariat-wave", "secretariat-other", "agent"):
        want = 403 if who == "agent" else 404
        c[who].ask("GET", R, want)
        c[who].ask("GET", R + "/lists/self-list", want)
    need("rounds of his wave", [r["round"] for r in c["unit-wave"].json(
        "GET", "/v1/rounds", 200)["rounds"]] == ["ky-mau"])
    c["secretariat-wave"].ask("GET", WAVE + "/lists/self-list", 200)
    c["secretariat-other"].ask("GET", WAVE + "/lists/self-list", 404)
    c["unit-wave"].ask("GET", WAVE + "/units/so-mot/self", 200)
    c["unit-wave"].ask("GET", WAVE + "/units/so-hai/self", 403)


def put(client, criterion, want, base=R, unit="so-tai-chinh", **members):
    _, data = client.ask("PUT", f"{base}/units/{unit}/self/{criterion}", want,
                         json.dumps(members).encode(), **JS)
    answer = json.loads(data)
    if want >= 400:
        refused(criterion, answer)
    return answer


def self_assessment(c):
    unit, path = c["unit"], R + "/units/so-tai-chinh"
    need("a new item has version 1", put(unit, "1.1", 200, points="3.5",
                                         version=0)["version"] == 1)
    # two people at one item see each other
    stale = put(unit, "1.1", 409, points="2", version=0)
    need("the stale one is told", code_of(stale) == "version" and
         stale["faults"][0]["code"] == "S16")
    need("nothing was overwritten", [
        i["points"] for i in unit.json("GET", path + "/self", 200)["items"]
        if i["criterion"] == "1.1"] == ["3.5"])
    need("with the version it is taken", put(
        unit, "1.1", 200, points="3", note="lại", version=1)["version"] == 2)
    need("no version", code_of(put(unit, "1.1", 400, points="2")) ==
         "missing-version")
    need("too many", put(unit, "1.1", 422, points="99", version=2)
         ["faults"][0]["code"] == "S06")
    need("no number", put(unit, "1.1", 422, points="ba", version=2)
         ["faults"][0]["code"] == "S03")
    put(unit, "77", 404, points="1", version=0)
    put(unit, "1.1", 400, points=3, version=2)
    put(unit, "1.1", 400, diem="3", version=2)
    unit.ask("PUT", path + "/self/1.1", 415, b"{}", Content_Type="text/csv")
    unit.ask("PUT", path + "/self/1.1", 413, b" " * 70000, **JS)
    unit.ask("PUT", path + "/self/1.1", 403, b"{}", X_CSRF_Token="x", **JS)
    put(unit, "2.1", 200, points="4", version=0)
    put(unit, "2.2", 200, not_applicable=True, version=0)
    workbook(c, path)
    evidence(c, path)
    whole = unit.json("GET", path + "/self", 200)
    act(unit, "self-explanation", 200, text="Báo cáo giải trình",
        version=whole["version"])
    stale = act(unit, "self-submit", 409, version=whole["version"])
    need("the whole has a version too", code_of(stale) == "version")
    whole = unit.json("GET", path + "/self", 200)
    act(unit, "self-submit", 200, version=whole["version"])
    answer = put(unit, "1.1", 409, points="1", version=2)
    need("handed in is closed", code_of(answer) == "state")
    act(unit, "self-reopen", 403, reason="nhầm", version=9)
    whole = unit.json("GET", path + "/self", 200)
    need("handed in by his login", whole["submitted_by"] == "unit" and
         whole["state"] == "submitted")
    act(c["secretariat"], "self-reopen", 200, unit="so-tai-chinh",
        reason="nhầm", version=whole["version"])
    act(unit, "self-submit", 200, version=whole["version"] + 1)
    put(c["unit2"], "2.1", 200, unit="so-tu-phap", points="4", version=0)
    act(c["unit2"], "self-submit", 200, version=2)


def workbook(c, path):
    unit = c["unit"]
    sheet = {"Content_Type": "application/vnd.openxmlformats-officedocument."
             "spreadsheetml.sheet"}
    got, book = unit.ask("GET", path + "/workbook", 200)
    need("a workbook, saved", book[:2] == b"PK" and
         "attachment" in got["Content-Disposition"])
    answer = unit.json("POST", path + "/workbook?dry-run=true", 200, book,
                       **sheet)
    need("a dry run stores nothing", answer["stored"] is False and
         answer["rows"] > 0)
    need("read back", unit.json("POST", path + "/workbook", 200, book,
                                **sheet)["stored"])
    stale = unit.json("POST", path + "/workbook", 409, book, **sheet)
    need("a stale workbook is refused", code_of(stale) == "version")
    answer = unit.json("POST", path + "/workbook", 422, b"khong phai",
                       **sheet)
    refused("no table", answer)
    need("with its faults", answer.get("faults"))
    answer = c["unit2"].json("POST", R + "/units/so-tu-phap/workbook", 422,
                             book, **sheet)
    need("another unit's workbook", {"S13"} & {
        f["code"] for f in answer["faults"]})
    unit.ask("POST", path + "/workbook?dry-run=maybe", 400, book, **sheet)
    unit.ask("POST", path + "/workbook", 413, b"x" * ((16 << 20) + 1), **sheet)


def evidence(c, path):
    unit, pdf = c["unit"], {"Content_Type": "application/pdf"}
    add = path + "/evidence?criterion=1.1&name=k%E1%BA%BF%20ho%E1%BA%A1ch.pdf"
    file = "%PDF-1.4 mẫu".encode()
    made = unit.json("POST", add, 201, file, **pdf)
    need("its type is found", made["type"] == "application/pdf")
    need("twice is once", not unit.json("POST", add, 200, file,
                                        **pdf)["added"])
    answer = unit.json("POST", add, 409, b"another", **pdf)
    need("another content of the name", code_of(answer) == "name-taken")
    refused("evidence", answer)
    unit.json("POST", path + "/evidence?name=a.txt&criterion=2.1", 201,
              b"second", **pdf)
    unit.json("POST", path + "/evidence?name=b.txt", 201, b"explained", **pdf)
    for query in ("?name=a%2fb&criterion=1.1", "?criterion=1.1",
                  "?name=..&criterion=1.1"):
        refused(query, unit.json("POST", path + "/evidence" + query, 400, file,
                                 **pdf))
    unit.json("POST", path + "/evidence?name=c&criterion=77", 404, file, **pdf)
    unit.json("POST", path + "/evidence?name=c", 400, b"", **pdf)
    unit.json("POST", path + "/evidence?name=c", 403, file,
              Content_Type="text/plain")
    mine = rows(unit, "self-evidence-list")
    need("three files", [m["name"] for m in mine] ==
         ["b.txt", "kế hoạch.pdf", "a.txt"])
    number = {m["name"]: m["evidence"] for m in mine}
    got, data = unit.ask("GET", f"{path}/evidence/{number['kế hoạch.pdf']}",
                         200)
    need("the bytes come back", data == file and "sandbox" in
         got["Content-Security-Policy"])
    # the office that appraises 1.1 opens its file and no other
    for who, name, want in (("appraiser", "kế hoạch.pdf", 200),
                            ("appraiser", "a.txt", 404),
                            ("appraiser2", "kế hoạch.pdf", 404),
                            ("appraiser2", "a.txt", 200),
                            ("appraiser-none", "a.txt", 403),
                            ("appraiser-lost", "a.txt", 403),
                            ("unit2", "a.txt", 403), ("auditor", "a.txt", 200)):
        c[who].ask("GET", f"{path}/evidence/{number[name]}", want)
    unit.ask("GET", R + f"/units/so-tu-phap/evidence/{number['a.txt']}", 403)
    c["auditor"].ask("GET", R + f"/units/so-tu-phap/evidence/"
                     f"{number['a.txt']}", 404)
    need("an office's list", [m["name"] for m in rows(
        c["appraiser"], "self-evidence-list")] == ["kế hoạch.pdf"])
    c["unit2"].ask("DELETE", R + "/units/so-tu-phap/evidence/"
                   f"{number['a.txt']}", 404, **pdf)
    unit.ask("DELETE", f"{path}/evidence/{number['b.txt']}", 204, **pdf)
    unit.ask("DELETE", f"{path}/evidence/{number['b.txt']}", 404, **pdf)


def appraisal(c):
    a, b = c["appraiser"], c["appraiser2"]
    # an appraiser sees what his office appraises, never his own unit
    listed = rows(b, "appraise-list")
    need("his criteria alone", listed and all(
        r["criterion"].startswith("2.") for r in listed))
    need("never his own unit", "so-tu-phap" not in
         {r["unit"] for r in listed})
    need("not when he names it either",
         rows(b, "appraise-list", unit="so-tu-phap") == [])
    rows(b, "appraise-list", 403, office="so-noi-vu")
    for name in ("round-history", "self-evidence-list", "request-list"):
        need(f"{name} does not show it", all(
            r["unit"] != "so-tu-phap" for r in rows(b, name)))
        _, csv = b.ask("GET", f"{R}/lists/{name}", 200, Accept="text/csv")
        need(f"nor as CSV: {name}", b"so-tu-phap," not in csv)
        rows(c["appraiser-none"], name, 403)
        rows(c["appraiser-lost"], name, 403)
    b.ask("GET", R + "/units/so-tu-phap/self", 403)
    b.ask("GET", R + "/units/so-tai-chinh/self", 403)
    need("where the round says so he sees it", "so-tu-phap" in
         {r["unit"] for r in rows(b, "appraise-list", base=OWN)})
    # his own office, put in or named; no other
    item = {"unit": "so-tai-chinh", "criterion": "1.1"}
    made = act(a, "appraise-accept", 200, **item, version=0)
    need("the new version", made["made"] == 1)
    need("the stale one", code_of(act(a, "appraise-correct", 409, **item,
         points="1", reason="x", version=0)) == "version")
    need("another office's name", code_of(act(
        b, "appraise-accept", 403, **item, office="so-noi-vu",
        version=1)) == "not-own")
    need("not led", code_of(act(b, "appraise-accept", 403, **item,
                                version=1)) == "refused")
    need("his own unit", code_of(act(
        b, "appraise-accept", 403, unit="so-tu-phap", criterion="2.1",
        version=0)) == "refused")
    need("no version is no act", code_of(act(
        a, "appraise-accept", 400, **item)) == "missing-version")
    bad = act(a, "appraise-correct", 400, **item, points="x", reason="x",
              version=1)
    need("no number", code_of(bad) == "bad-value")
    act(a, "appraise-correct", 400, **item, points=1.5, reason="x", version=1)
    act(a, "appraise-correct", 400, **item, points="99", reason="x", version=1)
    act(a, "appraise-correct", 400, **item, diem="1", version=1)
    act(a, "appraise-accept", 404, unit="khong-co", criterion="1.1", version=0)
    act(a, "no-such-act", 404)
    rows(a, "no-such-list", 404)
    rows(a, "appraise-list", 400, khong="1")
    a.ask("GET", R + "/lists/appraise-list?limit=1001", 400)
    a.ask("POST", R + "/acts/appraise-accept", 415, b"{}",
          Content_Type="application/pdf")
    requests(c, item)


def requests(c, item):
    a, b, unit = c["appraiser"], c["appraiser2"], c["unit"]
    act(unit, "opinion-object", 200, criterion="1.1", text="chưa đúng",
        version=1)
    act(c["unit2"], "opinion-object", 403, unit="so-tai-chinh",
        criterion="1.1", text="chưa đúng", version=1)
    made = act(unit, "request-evaluation", 200, criterion="1.1",
               text="xem lại", due="2099-01-01")["made"]
    answer = {"request": made, "outcome": "granted", "text": "được"}
    act(b, "request-answer", 403, **answer)
    act(a, "request-answer", 200, **answer)
    need("once", code_of(act(c["secretariat"], "request-answer", 409,
                             **answer)) == "state")
    need("who answered", rows(unit, "request-list")[0]["answered_by"] ==
         "appraiser")
    # somebody with two hats says which
    need("say which", code_of(rows(c["both"], "appraise-list", 400)) ==
         "which")
    need("as a unit", {r["unit"] for r in rows(
        c["both"], "self-list")} == {"so-tu-phap"})
    # what the unit explains is read by who appraises it
    need("an explanation report", [(r["unit"], r["explanation"]) for r in rows(
        a, "self-explanations")] == [("so-tai-chinh", "Báo cáo giải trình")])
    need("of his own unit none", not rows(c["unit2"], "self-explanations"))
    rows(c["appraiser-none"], "self-explanations", 403)
    rows(c["unit2"], "self-explanations", 403, unit="so-tai-chinh")
    # pages of a list
    whole = rows(c["auditor"], "appraise-list")
    seen, at = [], R + "/lists/appraise-list?limit=7&unit=so-tai-chinh"
    while at:
        page = c["auditor"].json("GET", at, 200)
        seen += page["rows"]
        at = page["next"]
    need("pages hold the whole", seen == [
        r for r in whole if r["unit"] == "so-tai-chinh"])


def calendar_and_results(c):
    office, council = c["secretariat"], c["council"]
    plan = office.json("GET", R + "/calendar", 200)
    task = plan["tasks"][0]
    act(office, "round-task", 200, task=task["task"], state="done",
        version=task["version"])
    need("somebody was quicker", code_of(act(
        office, "round-task", 409, task=task["task"], state="doing",
        version=task["version"])) == "version")
    act(c["unit"], "round-task", 403, task=task["task"], state="open",
        version=2)
    got, ics = office.ask("GET", R + "/calendar?format=ics", 200)
    need("iCalendar", ics.startswith(b"BEGIN:VCALENDAR") and
         got["Content-Type"].startswith("text/calendar"))
    office.ask("GET", R + "/calendar", 200, Accept="text/calendar")
    office.ask("GET", R + "/calendar?format=xml", 400)
    late = office.json("GET", R + "/calendar?late=true", 200)["tasks"]
    need("late ones alone", late and all(t["days_late"] > 0 for t in late))
    act(office, "round-step", 400, step="appraise", reason="thiếu ngày")
    act(office, "round-step", 200, step="appraise", reason="xong", close=True)
    closed = act(c["appraiser"], "appraise-accept", 409, unit="so-tai-chinh",
                 criterion="1.1", version=1)
    need("the step is closed", code_of(closed) == "step-closed")
    made = office.json("POST", R + "/results", 200, b"", **JS)
    need("a draft", made["mark"] == "Dự thảo" and not made["complete"])
    one = f"{R}/results/{made['result']}"
    got, data = council.ask("GET", one, 200)
    need("marked", json.loads(data)["mark"] == "Dự thảo" and
         "X-Phieu-Draft" in got)
    council.ask("GET", one, 304, If_None_Match=got["ETag"])
    for who in ("unit", "appraiser", "auditor", "engine"):
        refused(who, c[who].json("GET", one, 403))
    c["auditor"].ask("GET", one + "/verify", 200)
    office.ask("GET", R + "/results/999", 404)
    office.ask("GET", R + "/results/x", 404)
    office.ask("GET", R + "/components", 404)
    need("incomplete is not published", code_of(act(
        council, "round-publish", 409, result=made["result"], decision="QĐ",
        reason="x")) == "state")
    act(c["analyst"], "round-publish", 403, result=1, decision="QĐ",
        reason="x")
    published(c)


def published(c):
    """The small round, of a wave, from values to what engines pull."""
    office = c["secretariat"]
    for unit, value in (("so-mot", "80.5"), ("so-hai", "79.5")):
        act(office, "external-put", 200, WAVE, unit=unit, criterion="1",
            value=value, source="mẫu", version=0)
    act(c["unit-wave"], "external-put", 403, WAVE, unit="so-mot",
        criterion="1", value="99", source="x", version=1)
    for step in ("appraise", "publish"):
        act(office, "round-step", 200, WAVE, step=step, until="2099-01-01",
            reason="thử")
    made = office.json("POST", WAVE + "/results", 200, b"", **JS)
    need("complete", made["complete"])
    out = act(c["council"], "round-publish", 200, WAVE, result=made["result"],
              decision="QĐ thử", reason="công bố")
    need("the first release", out["made"] == 1)
    one = f"{WAVE}/results/{made['result']}"
    for who in ("unit-wave", "engine", "auditor", "secretariat-wave"):
        need("published, no draft", not c[who].json("GET", one, 200)["draft"])
        got, data = c[who].ask("GET", WAVE + "/components", 200)
        c[who].ask("GET", WAVE + "/components", 304,
                   If_None_Match=got["ETag"])
    total = [r for r in json.loads(data)["components"] if not r["criterion"]]
    need("totals, grades, ranks", [(r["unit"], r["points"], r["grade"],
         r["rank"]) for r in total] == [("so-mot", "80.50", "Tốt", 1),
                                        ("so-hai", "79.50", "Yếu", 2)])
    _, csv = c["engine"].ask("GET", WAVE + "/components", 200,
                             Accept="text/csv")
    need("the same as CSV", b"so-mot,S\xe1\xbb\x9f M\xe1\xbb\x99t,so,,,,80.50"
         in csv)
    c["secretariat-other"].ask("GET", WAVE + "/components", 404)
    papers(c)


def papers(c):
    """Reports and the comparison: what the command line makes, by its roles;
    drafts for those who make them."""
    office = c["secretariat"]
    for shape, more in (("summary", ""), ("unit", "&unit=so-mot"),
                        ("field", ""), ("field", "&node=1"),
                        ("criteria", "&all-units=true"), ("result", ""),
                        ("special", "")):
        for form, kind in (("html", b"<!DOCTYPE"), ("csv", b""),
                           ("xlsx", b"PK")):
            _, data = office.ask(
                "GET", f"{WAVE}/reports/{shape}?format={form}{more}", 200)
            need(f"{shape} as {form}", data[:len(kind)].upper() == kind and
                 len(data) > 100)
    code, out, _ = phieu("round", "report", "ky-mau", "--shape", "summary")
    got, data = c["auditor"].ask(
        "GET", WAVE + "/reports/summary?format=csv", 200)
    need("as the command line has it", code == 0 and data.decode() == out)
    need("published", "X-Phieu-Draft" not in got and b"80.50" in data)
    c["auditor"].ask("GET", WAVE + "/reports/summary?format=csv", 304,
                     If_None_Match=got["ETag"])
    for path, want in (("reports/all", 404), ("reports/unit", 400),
                       ("reports/unit?unit=x", 404),
                       ("reports/summary?unit=so-mot", 400),
                       ("reports/summary?node=1", 400),
                       ("reports/field?node=77", 404),
                       ("reports/summary?format=pdf", 400),
                       ("reports/summary?result=x", 400),
                       ("reports/summary?result=99", 404),
                       ("compare", 400), ("compare?with=khong-co", 404),
                       ("compare?with=ky-mau&format=xlsx", 400)):
        refused(path, office.json("GET", f"{WAVE}/{path}", want))
    # the newest of the other round is a draft
    got, _ = office.ask("GET", R + "/reports/summary", 200)
    need("a draft says so", "X-Phieu-Draft" in got)
    refused("a draft", c["auditor"].json("GET", R + "/reports/summary", 403))
    for who in ("unit", "appraiser", "engine"):
        for path in ("/reports/summary", "/compare?with=ky-mau"):
            refused(who, c[who].json("GET", R + path, 403))
    compared(c, office)


def compared(c, office):
    """Two years of the small round."""
    later = dict(SMALL, round=dict(SMALL["round"], code="ky-sau",
                                   year=SMALL["round"]["year"] + 1))
    path = FOLDER / "later.json"
    path.write_text(json.dumps(later), "utf-8")
    need("loaded", phieu("round", "load", path, "--reason", "thử")[0] == 0)
    one = "/v1/rounds/ky-sau"
    for unit, value in (("so-mot", "81.5"), ("so-hai", "79.5")):
        act(office, "external-put", 200, one, unit=unit, criterion="1",
            value=value, source="mẫu", version=0)
    office.json("POST", one + "/results", 200, b"", **JS)
    ask = one + "/compare?with=ky-mau"
    got, data = office.ask("GET", ask, 200)
    out = phieu("round", "compare", "ky-sau", "--with", "ky-mau", "--json")[1]
    need("as the command line has it", json.loads(data) == json.loads(out))
    need("a draft", "X-Phieu-Draft" in got)
    need("what changed", {u["unit"]["code"]: u["total"]["change"] for u in
                          json.loads(data)["units"]} ==
         {"so-mot": "1", "so-hai": "0"})
    office.ask("GET", ask, 304, If_None_Match=got["ETag"])
    office.ask("GET", ask + "&format=csv&unit=so-mot", 200)
    _, page = office.ask("GET", ask + "&format=html", 200)
    need("a page", "Dự thảo" in page.decode())
    refused("no unit", office.json("GET", ask + "&unit=khong-co", 404))
    refused("a draft", c["auditor"].json("GET", ask, 403))
    c["secretariat-other"].ask("GET", ask, 404)
    # the other way round every rise would be told as a fall
    refused("later than itself", office.json(
        "GET", WAVE + "/compare?with=ky-sau", 404))


# ---- what stands behind it -------------------------------------------------
def psql(text, conninfo=None):
    run = subprocess.run(
        ["psql", "-qXAt", conninfo or os.environ["PHIEU_TEST_DB"], "-c", text],
        capture_output=True, text=True, check=False)
    return run.returncode, run.stdout.strip() + run.stderr


def database(c):
    """Whoever speaks to the database as the service does no more than by its
    routes: the login that is given must have the right."""
    server = os.environ["PHIEU_DATABASE_URL_SERVER"]
    unit = "(SELECT unit FROM assess.unit WHERE round = 1 AND code = '%s')"
    node = "(SELECT node FROM assess.node WHERE round = 1 AND code = '1.1')"
    calls = (
        ("visit", "assess.visit_add(1, %s, '2023-01-01', 'x', 'x', '%%s')",
         {"secretariat": 1, "analyst": 1, "unit": 0, "council": 0,
          "appraiser": 0, "nobody": 0, "gone": 0, "secretariat-other": 0}),
        ("ask", f"assess.ask(1, %s, {node}, 're-evaluation', 'x', "
         "'2099-01-01', '%%s')",
         {"unit": 1, "unit2": 0, "unit-none": 0, "appraiser": 1,
          "appraiser2": 0, "council": 0, "root": 0}),
        ("deduct", "assess.deduct(1, %s, NULL, 1, 'x', 'x', '%%s')",
         {"council": 1, "secretariat": 1, "unit": 0, "analyst": 0}))
    for name, call, who in calls:
        for login, may in who.items():
            text = (call % (unit % "so-tai-chinh")) % login
            code, said = psql(f"BEGIN; SELECT {text}; ROLLBACK", server)
            need(f"{name} as {login} in the database: {said}",
                 (code == 0) == bool(may))
            need(f"{name} as {login} is refused by right",
                 may or "no right" in said)
    code, said = psql("INSERT INTO assess.item (round, unit, node) "
                      "VALUES (1, 1, 1)", server)
    need("no table is written past the functions", "denied" in said)


def log_of_acts(c):
    actors = psql("SELECT DISTINCT actor FROM audit.entry "
                  "WHERE kind LIKE 'assess.%' ORDER BY actor")[1].split()
    need(f"logins stand in the log: {actors}",
         {"unit", "appraiser", "secretariat", "council"} <= set(actors))
    need("nobody who was refused did", not {
        "appraiser2", "unit-none", "gone", "auditor"} & set(actors))
    kinds = psql("SELECT DISTINCT kind FROM audit.entry")[1].split()
    for kind in ("self", "submit", "reopen", "explain", "evidence",
                 "evidence.removed", "appraise", "opinion", "request",
                 "answer", "task", "step", "compute", "publish", "external"):
        need(f"an entry assess.{kind}", "assess." + kind in kinds)

    def verified():
        return phieu("audit", "verify")[0] == 0

    need("the log is whole", verified())
    entry = "lane = 0 AND kind = 'assess.appraise'"
    last = f"{entry} AND seq = (SELECT min(seq) FROM audit.entry WHERE {entry})"
    keep = "CREATE TABLE kept AS SELECT * FROM audit.entry"
    back = ("TRUNCATE audit.entry; "
            "INSERT INTO audit.entry SELECT * FROM kept")
    boss = os.environ["PHIEU_TEST_SUPER"]
    free = "SET session_replication_role = replica; "
    need("kept", psql(keep, boss)[0] == 0)
    for what, change in (
            ("altered", "UPDATE audit.entry SET content = replace(content, "
             f"'accepted', 'corrected') WHERE {last}"),
            ("another's", f"UPDATE audit.entry SET actor = 'x' WHERE {last}"),
            ("removed", f"DELETE FROM audit.entry WHERE {last}"),
            ("inserted", "INSERT INTO audit.entry SELECT lane, (SELECT "
             "max(seq) + 1 FROM audit.entry WHERE lane = 0), at, kind, "
             f"actor, content, prev, hash FROM audit.entry WHERE {last}")):
        code, said = psql(free + change, boss)
        need(f"an entry {what}: {said}", code == 0)
        need(f"an entry {what} is found", not verified())
        code, said = psql(free + back, boss)
        need(f"and mended: {said}", code == 0 and verified())


def main():
    server, folder, password = sys.argv[1:4]
    c = {}
    for login in ROLES + OTHERS:
        if login in ("engine", "analyst-key"):
            name = "engine" if login == "engine" else "analyst"
            key = pathlib.Path(folder, name).read_text("utf-8").split()[-1]
            c[login] = Client(server, key)
        else:
            c[login] = Person(server, login, password)
    need("an account is closed", phieu("user", "disable", "gone")[0] == 0)
    c["gone"].ask("GET", R, 401)
    phieu("round", "compute", "ha-nam-2023")
    count = check_matrix(c)
    commands()
    command_options(c["secretariat"])
    bound_units(c)
    self_assessment(c)
    appraisal(c)
    calendar_and_results(c)
    database(c)
    log_of_acts(c)
    need("commands end well", not phieu.close())
    for fault in api_check.faults:
        print(fault)
    print(f"N={count} questions of the matrix, {api_check.count} requests "
          "held to the description")
    return 1 if api_check.faults else 0


if __name__ == "__main__":
    sys.exit(main())
