#!/usr/bin/env python3
"""Sends filled Excel and CSV files to a live collector.
usage: import_check.py BIN DIR PLAN.  Exit 1 at the first thing that is not as
promised; the last line says how much was tried."""
import hashlib
import http.client
import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
import zipfile

import tables
import trial
from tables import as_csv, as_xlsx

BIN, DIR, PLAN = sys.argv[1:4]
SOCKET = os.environ["PHIEU_TEST_SOCKET"]
WAVE = "lai-chau-2020"
count = 0


def check(good, what):
    global count
    count += 1
    if not good:
        print("import_check:", what)
        sys.exit(1)


def sql(text):
    out = subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1",
                          os.environ["PHIEU_TEST_DB"], "-c", text],
                         check=True, capture_output=True, text=True)
    return out.stdout.strip()


def phieu(*args):
    return subprocess.run([f"{BIN}/phieu", *args], check=True,
                          capture_output=True, text=True).stdout


class Collector:
    def __init__(self):
        self.port = 0

    def start(self):
        env = dict(os.environ, PHIEU_DATABASE_URL_COLLECTOR=(
            f"host={SOCKET} dbname=phieu user=phieu_collector"))
        self.log = open(f"{DIR}/log", "ab")
        self.proc = subprocess.Popen(
            [f"{BIN}/phieu-collector", "--collector-port", str(self.port)],
            stdout=subprocess.PIPE, stderr=self.log, env=env)
        line = self.proc.stdout.readline()
        check(line, "the collector starts")
        self.port = int(json.loads(line)["listening"].rsplit(":", 1)[1])

    def stop(self):
        self.proc.send_signal(signal.SIGTERM)
        self.proc.wait()
        self.log.close()


def ask(method, path, body=b"", key=None, want=None):
    h = http.client.HTTPConnection("127.0.0.1", c.port, timeout=60)
    h.request(method, path, body,
              {"Authorization": f"Bearer {key or KEY}"})
    r = h.getresponse()
    data = r.read()
    h.close()
    if want is not None:
        check(r.status == want, f"{method} {path}: {r.status}, wanted {want}: "
              f"{data[:600].decode('utf-8', 'replace')}")
    kind = r.getheader("Content-Type", "")
    return r.status, json.loads(data) if "json" in kind else data, kind


def post(body, query="form=CT-02", want=None, key=None):
    return ask("POST", f"/v1/imports?{query}", body, key, want)[1]


def responses():
    return sql("SELECT count(*) FROM field.response"), sql(
        "SELECT count(*) FROM field.response WHERE counted")


def table(sheets, form):
    return tables.table(plan, sheets, form)


def sheet_xml(xlsx):
    with zipfile.ZipFile(io.BytesIO(xlsx)) as z:
        names = z.namelist()
        text = "".join(z.read(n).decode() for n in names if n.endswith(".xml"))
    return names, text


plan = json.load(open(PLAN, encoding="utf-8"))
every = [json.loads(x) for x in open(f"{DIR}/sheets.ndjson", encoding="utf-8")]
one = [s for s in every if s["form"] == "CT-02"]
many = [s for s in every if s["form"] == "CT-01"][:12]
check(len(one) > 40 and len(many) == 12, "sheets to send")
KEY = phieu("key", "agent", "add", "--wave", WAVE, "--code", "bd", "--name",
            "Bưu điện").split()[-1]
c = Collector()
c.start()

# ---- templates
_, file, kind = ask("GET", "/v1/templates/CT-01.xlsx?sheets=3", want=200)
check("spreadsheetml" in kind, f"a template is a workbook: {kind}")
names, text = sheet_xml(file)
check("xl/workbook.xml" in names and "PHIEU_FORM" in text and "CT-01" in text
      and "<dataValidation " in text and "Hướng dẫn" in text,
      "a template has names, lists and a guide")
ask("GET", "/v1/templates/CT-99.xlsx", want=404)
ask("GET", "/v1/templates/CT-01.xlsx?sheets=0", want=400)
ask("GET", "/v1/templates/CT-01.xlsx?sheets=99999", want=400)
h = http.client.HTTPConnection("127.0.0.1", c.port)
h.request("GET", "/v1/templates/CT-01.xlsx")
check(h.getresponse().status == 401, "a template wants a key")
h.close()

# ---- preview, then all
rows = table(one[:30], "CT-02")
file = as_csv(rows)
said = post(file, "form=CT-02&preview=1", 200)
check(said["preview"] and not said["stored"] and said["faults"] == []
      and said["counts"]["new"] == 30 and said["sheets"] == 30
      and "receipt" not in said, f"a clean preview: {said}")
check(responses() == ("0", "0"), "a preview keeps nothing")
check(sql("SELECT count(*) FROM field.import") == "0", "nor the file")
said = post(file, "form=CT-02", 200)
check(said["stored"] and said["counts"]["new"] == 30
      and len(said["results"]) == 30 and said["receipt"]
      and said["sha256"] == hashlib.sha256(file).hexdigest(),
      f"all are stored: {said}")
check(responses() == ("30", "30"), "30 sheets are counted")
check(sql("SELECT encode(sha256(bytes), 'hex') = encode(sha256, 'hex') "
          "AND sheets = 30 FROM field.import") == "t", "the file is kept")
check(sql("SELECT DISTINCT way FROM field.response") == "4", "way is file")
check(sql("SELECT count(*) FROM field.raw") == "30", "raw is the row's JSON")
first = said

# ---- the same again, in every way of writing it, counts once
for what, again in [("the same", file),
                    ("UTF-16", as_csv(rows, ";", "utf-16")),
                    ("BOM and tabs", as_csv(rows, "\t", "utf-8-sig")),
                    ("Excel", as_xlsx(rows))]:
    said = post(again, "form=CT-02", 200)
    check(said["counts"]["duplicates"] == 30 and said["counts"]["new"] == 0,
          f"{what}: {said['counts']}")
    check([r["receipt"] for r in said["results"]]
          == [r["receipt"] for r in first["results"]],
          f"{what}: the same receipts")
check(responses() == ("30", "30"), "nothing counts twice")
check(sql("SELECT count(*) FROM field.import") == "4", "four files, kept once")
said = post(file, "form=CT-02&preview=1", 200)
check(said["counts"]["duplicates"] == 30, "a preview knows them too")

# ---- a mended row is a new version of its sheet
col = rows[0].index("Q1")
rows[5][col] = "B" if rows[5][col] == "A" else "A"
said = post(as_csv(rows), "form=CT-02&preview=1", 200)
check(said["counts"]["replacing"] == 1 and said["counts"]["duplicates"] == 29,
      f"a preview of a mended file: {said['counts']}")
said = post(as_csv(rows), "form=CT-02", 200)
check(said["counts"]["replacing"] == 1 and said["counts"]["new"] == 1,
      f"the mended row replaces: {said['counts']}")
check(responses() == ("31", "30"), "30 count, one is replaced")
said = post(as_csv(rows), "form=CT-02", 200)
check(said["counts"]["duplicates"] == 30, "the mended file again: once")
rows[5][col] = "C"
post(as_csv(rows), "form=CT-02", 200)
rows[5][col] = "D"
post(as_csv(rows), "form=CT-02", 200)
check(responses() == ("33", "30"), "a chain of versions, 30 count")
said = post(file, "form=CT-02", 200)
check(said["counts"]["superseded"] == 1 and said["counts"]["new"] == 0
      and responses() == ("33", "30"),
      f"the first file once more undoes nothing: {said['counts']}")
check(sql("SELECT r.state FROM field.response r WHERE r.counted AND r.sheet = "
          f"'{rows[5][0]}'") in ("1", "2"), "the latest version counts")

# ---- one fault: nothing of the file is kept
bad = table(one[30:40], "CT-02")
bad[3][col] = "Z"
bad[4][0] = "CT02-00001-0"
bad[5][bad[0].index("Ngày thu phiếu")] = "32/13/2021"
said = post(as_csv(bad), "form=CT-02", 422)
cells = sorted((f["cell"], f["code"]) for f in said["faults"])
check(not said["stored"] and ("A5", "V01") in cells
      and any(code == "V07" for _, code in cells)
      and any(code == "I08" for _, code in cells) and len(cells) == 3,
      f"three faults in their cells: {cells}")
check(all(f["message"] and f["message_vi"] and "value" in f
          for f in said["faults"]), "each with words and value")
check(responses() == ("33", "30"), "nothing of a file with faults")
check(sql("SELECT count(*) FROM field.quarantine") == "0", "nor aside")
_, marked, kind = ask("POST", "/v1/imports?form=CT-02&marked=1", as_csv(bad),
                      want=200)
names, text = sheet_xml(marked)
check("spreadsheetml" in kind and any("comment" in n for n in names)
      and "Lỗi" in text and "V07" in text, "the marked file says why")
said = post(marked, "preview=1", 200)
check(sorted((f["cell"], f["code"]) for f in said["faults"]) == cells,
      f"the marked file has the same faults in the same cells: "
      f"{said['faults']}")

# ---- sheets that rate many units, one of them counted by another way
blocks = table(many, "CT-01")
said = post(as_xlsx(blocks), "form=CT-01", 200)
check(said["counts"]["new"] == 12 and said["rows"] == 240,
      f"blocks of 20 rows: {said['counts']}")
h = http.client.HTTPConnection("127.0.0.1", c.port)
h.request("POST", "/v1/submissions", json.dumps(one[40]).encode(),
          {"Authorization": f"Bearer {KEY}",
           "Content-Type": "application/json"})
check(h.getresponse().status == 201, "a sheet by JSON")
h.close()
said = post(as_csv(table(one[40:42], "CT-02")), "form=CT-02", 422)
check([(f["cell"], f["code"]) for f in said["faults"]] == [("A2", "V01")],
      f"counted by another way: {said['faults']}")
check(sql("SELECT count(*) FROM field.response WHERE sheet = '%s'"
          % one[41]["sheet"]) == "0", "and its neighbour is not kept")

# ---- keys
area = phieu("key", "agent", "add", "--wave", WAVE, "--code", "bd",
             "--forms", "CT-01").split()[-1]
said = post(as_csv(table(one[42:44], "CT-02")), "form=CT-02&preview=1", 200,
            key=area)
check([f["code"] for f in said["faults"]] == ["C02", "C02"],
      f"a key for another form: {said['faults']}")
check(said["counts"]["refused"] == 2, "refused, not kept")

# ---- files that nobody should send; the service goes on
def bomb(n):
    rows = "<row><c><v>1</v></c></row>" * n
    xml = f"<worksheet><sheetData>{rows}</sheetData></worksheet>"
    good = as_xlsx([["Số phiếu", "Q1"]])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as src, \
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name in src.namelist():
            z.writestr(name, xml if "sheet1.xml" in name and "work" in name
                       else src.read(name))
    return out.getvalue()


odd = [(b"", "F01"), (b"PK\3\4 no", "F06"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a"
       b"\xe1" + "EncryptedPackage".encode("utf-16-le"), "F03"),
       (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "F04"),
       (b"<html><table>", "F05"), (b"a,b\nS\xeb,x\n", "F09"),
       (b'a,"b\n', "F11"), (bomb(3000000), "F07"),
       (as_csv([["a", "b"], ["1", "2"]]), "I14")]
for body, code in odd:
    said = post(body, "form=CT-02&preview=1", 200)
    check([f["code"] for f in said["faults"]] == [code],
          f"{body[:20]}: {said['faults']}")
    said = post(body, "form=CT-02", 422)
    check(not said["stored"], "nothing is stored of it")
ask("POST", "/v1/imports?form=CT-02&encoding=latin9", b"a,b", want=400)
ask("POST", "/v1/imports?form=CT-02", bytes(17 << 20), want=413)
said = post(as_csv(table(one[44:46], "CT-02")), "form=CT-99&preview=1", 200)
check([f["code"] for f in said["faults"]] == ["I01"], "no such form")

# ---- others do not wait while a file is read, and two files at once do
big = as_csv(table(one[:30], "CT-02") * 60)  # repeats its numbers: faults
times, ends = [], []


def import_big():
    t = time.monotonic()
    status, _, _ = ask("POST", "/v1/imports?form=CT-02&preview=1", big)
    ends.append((status, time.monotonic() - t))


jobs = [threading.Thread(target=import_big) for _ in range(4)]
for j in jobs:
    j.start()
for _ in range(40):
    t = time.monotonic()
    ask("GET", "/healthz", want=200)
    times.append(time.monotonic() - t)
    time.sleep(0.01)
for j in jobs:
    j.join()
check({s for s, _ in ends} <= {200, 503} and any(s == 200 for s, _ in ends),
      f"files at once: {ends}")

# ---- R24, story 16: killed while it imports, again and again: all or nothing
# each time, and sent again all of it once
kills, whole, took = trial.count(5, 50), 0, 0.1
per = (len(one) - 46) // (kills + 1)
check(per >= 10, f"{len(one)} sheets are too few for {kills} kills")
for k in range(kills + 1):
    fresh = as_csv(table(one[46 + per * k:46 + per * (k + 1)], "CT-02"))
    before = int(responses()[1])
    begun = time.monotonic()
    if k == 0:  # undisturbed: how long it takes
        post(fresh, "form=CT-02", 200)
        took = time.monotonic() - begun
        check(int(responses()[1]) - before == per, "undisturbed: all")
        continue
    worker = threading.Timer(random.uniform(0, 1.2 * took), c.proc.kill)
    worker.start()
    try:
        post(fresh, "form=CT-02")
    except (OSError, http.client.HTTPException):
        pass
    worker.join()
    c.proc.wait()
    # what was sent before the kill may still be stored
    until = time.monotonic() + 30
    while sql("SELECT count(*) FROM pg_stat_activity WHERE usename = "
              "'phieu_collector'") != "0":
        check(time.monotonic() < until, "the store goes on after a kill")
        time.sleep(0.01)
    got = int(responses()[1]) - before
    check(got in (0, per), f"all or nothing after a kill: {got} of {per}")
    check(sql("SELECT count(*) FROM field.import WHERE sha256 = decode('"
              + hashlib.sha256(fresh).hexdigest() + "', 'hex')")
          == ("1" if got else "0"), "the file goes with its sheets")
    whole += got == per
    c.log.close()
    c.start()
    said = post(fresh, "form=CT-02", 200)
    check(int(responses()[1]) - before == per, "sent again: all, once")
    check(said["counts"]["new"] + said["counts"]["duplicates"] == per,
          f"and each has its answer: {said['counts']}")
print(f"N={kills} kills while {per} sheets were imported: all {whole} times, "
      f"nothing {kills - whole} times")

# ---- phieu-upload: the same code, checked without a network, then sent
def upload(path, *args, want):
    out = subprocess.run([f"{BIN}/phieu-upload", path, *args],
                         capture_output=True, text=True,
                         env=dict(os.environ, PHIEU_AGENT_KEY=KEY))
    check(out.returncode == want, f"phieu-upload {path} {args}: "
          f"{out.returncode}\n{out.stdout}\n{out.stderr}")
    return out.stdout + out.stderr


def save(name, data):
    with open(f"{DIR}/{name}", "wb") as f:
        f.write(data)
    return f"{DIR}/{name}"


phieu("form", "template", PLAN, "CT-01", "-o", f"{DIR}/template.xlsx",
      "--sheets", "2")
said = upload(f"{DIR}/template.xlsx", "--check", "--plan", PLAN, want=1)
check("I05" in said, f"an empty template holds no sheet: {said}")
more = [json.loads(x) for x in subprocess.run(
    [f"{BIN}/phieu", "simulate", "--plan", PLAN, "--seed", "more", "--n",
     str(2 * len(every))], capture_output=True, text=True, check=True).stdout.splitlines()]
taken = {s["sheet"] for s in every}
more = [s for s in more if s["form"] == "CT-03" and s["sheet"] not in taken]
check(len(more) >= 15, "more sheets")
rows = table(more[:10], "CT-03")
was = [row[:] for row in rows]
good = save("tốt.xlsx", as_xlsx(rows))
upload(good, "--check", "--plan", PLAN, "--form", "CT-03", want=0)
rows[4][rows[0].index("Q2")] = "Y"
bad = save("xấu.csv", as_csv(rows, ";", "utf-16"))
said = upload(bad, "--check", "--plan", PLAN, "--form", "CT-03", "--marked",
              f"{DIR}/marked.xlsx", want=1)
check("V07" in said and os.path.getsize(f"{DIR}/marked.xlsx") > 2000,
      f"faults are listed and marked: {said}")
said = upload(bad, "--check", "--plan", PLAN, "--form", "CT-03", "--json",
              want=1)
check(json.loads(said.splitlines()[0])["faults"][0]["code"] == "V07",
      "and as JSON")
send = ["--to", f"http://127.0.0.1:{c.port}", "--form", "CT-03", "--outbox",
        f"{DIR}/outbox"]
before = int(responses()[1])
upload(bad, *send, want=1)
check(int(responses()[1]) == before, "of a file with faults nothing is sent")
upload(good, *send, want=0)
check(int(responses()[1]) == before + 10, "ten are sent")
upload(good, *send, want=0)
check(int(responses()[1]) == before + 10, "and once only")
for at, col in [(4, "Q2"), (6, "Q3")]:
    col = rows[0].index(col)
    rows[at][col] = "B" if was[at][col] == "A" else "A"
mended = save("tốt.csv", as_csv(rows, "\t", "utf-8-sig"))
upload(mended, *send, want=0)
upload(mended, *send, want=0)
upload(good, "--again", *send, want=0)
check(int(responses()[1]) == before + 10, "mended ones replace, ten count")
check(sql("SELECT count(*) FROM field.response WHERE replaces IS NOT NULL AND "
          "sheet LIKE 'CT03%'") == "2", "two were mended, none undone")
upload(bad, "--encoding", "klingon", *send, want=2)

# a file that phieu-upload took sheet by sheet, handed in whole: nothing counts
# again, and now its bytes are kept; and the other way round
whole = open(mended, "rb").read()
kept = ("SELECT count(*) FROM field.import WHERE sha256 = "
        f"'\\x{hashlib.sha256(whole).hexdigest()}' AND bytes = "
        f"'\\x{whole.hex()}'")
check(sql(kept) == "0", "phieu-upload sends sheets, not files")
said = post(whole, "form=CT-03", 200)
check(said["counts"]["duplicates"] == 10 and said["counts"]["new"] == 0,
      f"the same sheets as a file: {said['counts']}")
check(sql(kept) == "1", "the file is kept, byte for byte")
check(int(responses()[1]) == before + 10, "and ten count, as before")
by_page = save("trang.xlsx", as_xlsx(table(more[10:15], "CT-03")))
said = post(open(by_page, "rb").read(), "form=CT-03", 200)
receipts = {r["receipt"] for r in said["results"]}
check(said["counts"]["new"] == 5 and len(receipts) == 5, "five by the page")
upload(by_page, *send, "--receipts", f"{DIR}/receipts.csv", want=0)
check(int(responses()[1]) == before + 15, "and by phieu-upload: nothing new")
told = open(f"{DIR}/receipts.csv", encoding="utf-8-sig").read()
check(all(r in told for r in receipts), "with the same receipts")

c.stop()
left = subprocess.run(["pgrep", "-P", str(os.getpid()), "phieu-collector"],
                      capture_output=True, text=True).stdout
check(left == "", "no process is left behind")
log = open(f"{DIR}/log", encoding="utf-8").read()
check(KEY not in log, "no key in the log")
print(f"import_check: N={count}")
