"""Explanations over HTTP in the dry run: the same document as the command
gives, a page of it, and who may see what."""
import http.client
import json
import os
import re
import subprocess
import urllib.parse

import dry_steps as steps
from dry_steps import fail, ok, same

PEOPLE = {  # login: (role, what it is bound to)
    "phan-tich": ("analyst", None), "tam-duong-1": ("unit", "tam-duong"),
    "sin-ho-1": ("unit", "sin-ho"), "buu-dien": ("post-supervisor", None)}
PASSWORD = "mật khẩu rất dài 1"


class Server:
    def __enter__(self):
        self.log = open(steps.DIR / "server.log", "ab")
        self.proc = subprocess.Popen(
            [f"{steps.BIN}/phieu-server", "--server-port", "0"],
            stdout=subprocess.PIPE, stderr=self.log)
        at = json.loads(self.proc.stdout.readline())["listening"]
        self.port = int(at.rsplit(":", 1)[1])
        return self

    def __exit__(self, *_):
        self.proc.terminate()
        self.proc.wait()

    def ask(self, path, want, head, method="GET", body=None):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        c.request(method, urllib.parse.quote(path), body, head)
        r = c.getresponse()
        data = r.read()
        if r.status != want:
            fail(f"{method} {path}: {r.status}, not {want}: {data[:300]!r}")
        return r, data

    def sign_in(self, login):
        js = {"Content-Type": "application/json"}
        r, data = self.ask("/v1/session", 200, js, "POST", json.dumps(
            {"login": login, "password": PASSWORD}).encode())
        who = {"Cookie": (r.getheader("Set-Cookie") or "").split(";")[0]}
        self.ask("/v1/password", 204, {
            "X-CSRF-Token": json.loads(data)["csrf"], **who, **js}, "POST",
            json.dumps({"old": PASSWORD, "new": PASSWORD + "2"}).encode())
        return who


def people():
    file = steps.DIR / "password"
    file.touch(0o600)
    file.write_text(PASSWORD + "\n", "utf-8")
    for login, (role, unit) in PEOPLE.items():
        ok("user", "add", login, "--name", "Mẫu thử", "--password-file", file)
        ok("user", "role", login, "--give", role,
           *(["--unit", unit] if unit else []))
    return next(w for w in ok("key", "engine", "add", "--name",
                              "mau").split() if w.startswith("pe_"))


def who_sees(s, base, page, who, engine):
    """Published: all readers; decisions: the unit's own and those who follow
    every unit; nobody else, nothing."""
    for login, want in (("phan-tich", True), ("tam-duong-1", True),
                        ("sin-ho-1", False)):
        _, data = s.ask(base, 200, who[login])
        doc = json.loads(data)
        same(f"{login} sees decisions", doc["decisions_shown"], want)
        same(f"{login} is told who", b'"by":' in data, want)
        _, data = s.ask(page, 200, who[login])
        same(f"{login} reads who", "Ai quyết định</h2>".encode() in data,
             want)
    _, data = s.ask(base, 200, {"Authorization": f"Bearer {engine}"})
    same("an engine is told who", b'"by":' in data, False)
    s.ask(base, 403, who["buu-dien"])
    s.ask(page, 403, who["buu-dien"])
    s.ask(base, 401, {})


def fractions(data):
    """Numbers of a document of a round finer than two digits; what the
    criteria's maxima and the wave's open groups say is decided, or open."""
    found = []

    def walk(o):
        for key, v in o.items() if isinstance(o, dict) else enumerate(o):
            if isinstance(v, (dict, list)):
                walk(v)
            elif key in ("value", "before", "after", "exact") and isinstance(
                    v, str) and re.fullmatch(r"-?\d+(/\d+|\.\d{3,})", v):
                found.append(v)

    walk([s["records"] for s in json.loads(data)["steps"] if "records" in s])
    return found


def check(year):
    engine = people()
    rounds = f"/v1/rounds/{year.code}/results"
    pages = f"/rounds/{year.code}/results"
    with Server() as s:
        who = {login: s.sign_in(login) for login in PEOPLE}
        item = f"{year.result}/units/tam-duong/criteria/LV1.1.1"
        who_sees(s, f"{rounds}/{item}",
                 f"{pages}/{year.result}/tam-duong/LV1.1.1", who, engine)
        boss = who["phan-tich"]
        for code in ("total", "LV1.1.1", "LV5.1.2", "HL.huyen", "LV2.2.so"):
            _, data = s.ask(f"{rounds}/{year.result}/units/tam-duong/criteria/"
                            f"{code}", 200, boss)
            said = ok("round", "explain", year.code, "tam-duong" + (
                "" if code == "total" else f"/{code}"), "--json")
            same(f"{code} by HTTP", json.loads(data), json.loads(said))
            # the unit's own people: no fraction that tells of a small group
            _, data = s.ask(f"{rounds}/{year.result}/units/tam-duong/criteria/"
                            f"{code}", 200, who["tam-duong-1"])
            same(f"{code}: a reader's fractions", fractions(data), [])
            same(f"{code}: his points", json.loads(data)["value"]["points"],
                 json.loads(said)["value"]["points"])
            _, data = s.ask(f"{pages}/{year.result}/tam-duong/{code}", 200,
                            boss)
            same(f"page of {code}", b"</html>" in data[-200:]
                 or b"</main>" in data, True)
        # drafts: those who make them only
        draft = "1/units/tam-duong/criteria/total"
        s.ask(f"{rounds}/{draft}", 200, boss)
        for login in ("tam-duong-1", "sin-ho-1"):
            s.ask(f"{rounds}/{draft}", 404, who[login])
            s.ask(f"{pages}/1/tam-duong/total", 404, who[login])
        s.ask(f"{rounds}/{draft}", 404, {"Authorization": f"Bearer {engine}"})
        for path in ("99/units/tam-duong/criteria/total",
                     "x/units/tam-duong/criteria/total",
                     f"{year.result}/units/x/criteria/total",
                     f"{year.result}/units/tam-duong/criteria/x",
                     f"{year.result}/units/tam-duong/criteria/' OR 1"):
            s.ask(f"{rounds}/{path}", 404, boss)
        readers_results(s, f"{rounds}/{year.result}", who)
        waves(s, year.doc["round"]["wave"], who, engine)
        if os.environ.get("DRY_RUN_STAY"):
            look(s, boss)


def readers_results(s, path, who):
    """The whole result: the same points for a reader, nothing finer."""
    whole = json.loads(s.ask(path, 200, who["phan-tich"])[1])["content"]
    read = json.loads(s.ask(path, 200, who["tam-duong-1"])[1])["content"]
    same("some results are fractions", any(
        "/" in c.get("exact", "") for u in whole["units"]
        for c in u["criteria"]), True)
    same("a reader's results", [
        c["exact"] for u in read["units"] for c in u["criteria"]
        if re.search(r"/|\.\d{3,}", c.get("exact", ""))], [])
    same("a reader's totals", [u.get("published") for u in read["units"]],
         [u.get("published") for u in whole["units"]])


def readers_components(s, wave, who, engine):
    """Engines compute with fractions; who reads gets them where nobody is
    few."""
    path = f"/v1/waves/{wave}/components"
    whole, read = (json.loads(s.ask(path, 200, head)[1])["components"]
                   for head in ({"Authorization": f"Bearer {engine}"},
                                who["sin-ho-1"]))
    same("rows of components", len(read), len(whole))
    kept_back = 0
    for a, b in zip(whole, read):
        same("points of a component", b["points"], a["points"])
        if b["points_exact"] == a["points_exact"]:
            continue
        kept_back += 1
        same("a fraction kept back", b["points_exact"], None)
        same("errors as fine as points", all(
            len(repr(x).split(".")[1]) <= 3
            for x in [b["standard_error"], *b["interval"]] if x), True)
    same("some are kept back", kept_back > 0, True)


def waves(s, wave, who, engine):
    readers_components(s, wave, who, engine)
    base = f"/v1/waves/{wave}/units/tam-duong/criteria"
    for head in (who["phan-tich"], who["sin-ho-1"],
                 {"Authorization": f"Bearer {engine}"}):
        _, data = s.ask(f"{base}/HL.huyen", 200, head)
        said = ok("explain", "--wave", wave, "--unit", "tam-duong",
                  "--criterion", "HL.huyen", "--json")
        same("a wave's value by HTTP", json.loads(data)["explanation"],
             json.loads(said))
    _, data = s.ask(f"/results/{wave}/tam-duong/HL.huyen", 200,
                    who["phan-tich"])
    same("its page has its points", "Mức độ" in data.decode() or
         "tất cả" in data.decode(), True)
    same("its page says what is kept back",
         "Có nhóm quá ít người" in data.decode(),
         json.loads(said)["guarded"])
    same("and some is", json.loads(said)["guarded"], True)
    s.ask(f"{base}/HL.so", 404, who["phan-tich"])
    s.ask(f"{base}/HL.huyen", 403, who["buu-dien"])


def look(s, boss):
    """For a person who wants to look: waits until the file goes."""
    stay = steps.DIR / "stay"
    stay.write_text(f"{s.port} {boss['Cookie']}\n")
    print(f"waiting for {stay} to go: port {s.port} {boss['Cookie']}",
          flush=True)
    import time
    while stay.exists():
        time.sleep(1)
