#!/usr/bin/env python3
"""Agents behind a bad line.  usage: badline_check.py BIN DIR
Exit 1 at the first thing that is not as promised; lines N=... say how much
was tried."""
import csv
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request

from badline import Line
from trial import TRIAL, count

BIN, DIR = sys.argv[1:3]
SOCKET = os.environ["PHIEU_TEST_SOCKET"]
PHONES, EACH = count(6, 50), 24 if TRIAL else 6
PHOTO = 300000 if TRIAL else 3000
LINES = count(400, 1100)
SLOW = 24  # sheets
with open(f"{DIR}/sheets.ndjson", "rb") as f:
    SHEETS = f.read().splitlines()
with open(f"{DIR}/sheets.xml", encoding="utf-8") as f:
    FORMS = f.read().splitlines()


def fail(what):
    print("badline_check:", what)
    sys.stdout.flush()
    os._exit(1)  # from any thread


def check(good, what):
    if not good:
        fail(what)


def sql(text):
    return subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1",
                           os.environ["PHIEU_TEST_DB"], "-c", text],
                          check=True, capture_output=True,
                          text=True).stdout.strip()


class Collector:
    def __init__(self):
        self.port = 0
        self.start()

    def start(self):
        env = dict(os.environ, PHIEU_DATABASE_URL_COLLECTOR=(
            f"host={SOCKET} dbname=phieu user=phieu_collector"))
        with open(f"{DIR}/log", "ab") as log:
            self.proc = subprocess.Popen(
                [f"{BIN}/phieu-collector", "--collector-port",
                 str(self.port)], stdout=subprocess.PIPE, stderr=log, env=env)
        line = self.proc.stdout.readline()
        check(line, "the collector starts")
        self.port = int(json.loads(line)["listening"].rsplit(":", 1)[1])

    def killed(self, after, away):
        time.sleep(after)
        self.proc.kill()
        self.proc.wait()
        time.sleep(away)
        self.start()


def upload(line, outbox, *args):
    return subprocess.Popen(
        [f"{BIN}/phieu-upload", "--to", f"http://127.0.0.1:{line.port}",
         "--outbox", f"{DIR}/{outbox}", "--receipts", f"{DIR}/{outbox}.csv",
         "--give-up", "600", *args],
        env=dict(os.environ, PHIEU_AGENT_KEY=KEY),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(proc, what, want=0):
    out, said = proc.communicate()
    check(proc.returncode == want, f"{what}: {proc.returncode} {out} {said}")
    return said


def receipts(outbox):
    with open(f"{DIR}/{outbox}.csv", encoding="utf-8-sig") as f:
        rows = list(csv.reader(f))
    return {r[0]: r[5] for r in rows if r[2] == "received"}


def held(instance):
    """The receipt that the collector has."""
    ask = urllib.request.Request(
        f"http://127.0.0.1:{c.port}/v1/receipts/"
        + urllib.parse.quote(instance, safe=""),
        headers={"Authorization": f"Bearer {KEY}"})
    with urllib.request.urlopen(ask, timeout=30) as r:
        return json.load(r)["receipt"]


def as_promised(got, sheets, what):
    """Once each, byte for byte, with the receipt that the sender has."""
    check(len(got) == len(sheets), f"{what}: {len(got)} of {len(sheets)}")
    stored = dict(r.split("|") for r in sql(
        "SELECT r.instance, encode(sha256(w.bytes), 'hex') FROM "
        "field.response r JOIN field.raw w USING (wave, response)"
    ).splitlines())
    rows = sql("SELECT count(*) FROM field.response")
    check(int(rows) == len(stored), f"{what}: {rows} rows, some twice")
    for name, data in sheets.items():
        check(stored.get(name) == hashlib.sha256(data).hexdigest(),
              f"{what}: {name} is not as it was sent")
        check(got[name] == held(name), f"{what}: another receipt of {name}")
    for t in "quarantine", "conflict", "refusal", "incomplete":
        check(sql(f"SELECT count(*) FROM field.{t}") == "0",
              f"{what}: something in field.{t}")


def posted(line, xml, photo, patience):
    """One try of a phone; the receipt, or None."""
    name = re.search("<instanceID>([^<]*)", xml).group(1)
    at = f"{DIR}/{threading.get_ident()}"
    with open(at, "w", encoding="utf-8") as f:
        f.write(xml)
    with open(at + ".jpg", "wb") as f:
        f.write(photo)
    out = subprocess.run(
        ["curl", "-s", "-w", "\n%{http_code}", "--max-time", str(patience),
         "-H", "X-OpenRosa-Version: 1.0",
         "-F", f"xml_submission_file=@{at};type=text/xml",
         "-F", f"a.jpg=@{at}.jpg;filename=a.jpg",
         f"http://127.0.0.1:{line.port}/v1/key/{KEY}/submission"],
        capture_output=True, check=False)
    text, _, status = out.stdout.decode("utf-8", "replace").rpartition("\n")
    if out.returncode or status in ("000", "503"):
        return None
    check(status == "201", f"a phone, {name}: {status} {text}")
    return re.search(r"Biên nhận: ([0-9A-Z-]+)\.", text).group(1)


def phone(line, mine, got, tries):
    for xml, photo in mine:
        for k in range(200):
            tries.append(1)
            receipt = posted(line, xml, photo, 120)
            if receipt:
                break
            time.sleep(min(0.05 * (k + 1), 1))
        name = re.search("<instanceID>([^<]*)", xml).group(1)
        check(receipt, f"a phone gave up {name}")
        got[name] = receipt


def names(lines):
    return {json.loads(x)["instanceID"]: x for x in lines}


def write(name, lines):
    with open(f"{DIR}/{name}", "wb") as f:
        f.write(b"\n".join(lines) + b"\n")
    return f"{DIR}/{name}"


def office_pc():
    """Stories 5 and 24: two outboxes with the same sheets, one started twice,
    over a line that cuts; the collector goes away and comes back."""
    line = Line(c.port, 11, good=5, cut_request=2, cut_answer=2,
                lost_answer=2, twice=2, delay=2)
    mine = SHEETS[:LINES]
    path = write("office.ndjson", mine)
    one, two = upload(line, "one", path), upload(line, "two", path)
    time.sleep(0.1)
    third = upload(line, "one", path)  # its own timer starts it once more
    c.killed(0.3, 1.5)
    code = third.wait()
    check(code in (0, 1), f"started twice: {code} {third.stderr.read()}")
    ended(one, "phieu-upload behind a bad line")
    ended(two, "the same sheets from another outbox")
    ended(upload(line, "one"), "nothing is left")
    line.close()
    everything.update(names(mine))
    as_promised(receipts("one"), everything, "an office PC")
    check(receipts("one") == receipts("two"), "two senders, one receipt")
    met = sum(n for f, n in line.count.items() if f != "good")
    check(met >= 5, f"the line was too good: {line.count}")
    print(f"N={LINES} sheets from two outboxes, {met} of "
          f"{sum(line.count.values())} requests met with something, 0 lost, "
          "0 twice")


def slow_line():
    """20 kbit/s and nothing else: no total time ends it."""
    line = Line(c.port, 12, slow=1)
    mine = SHEETS[LINES:LINES + SLOW]
    began = time.monotonic()
    ended(upload(line, "slow", write("slow.ndjson", mine)), "20 kbit/s")
    line.close()
    slow = names(mine)
    everything.update(slow)
    got = dict(receipts("one"), **receipts("slow"))
    as_promised(got, everything, "20 kbit/s")
    print(f"N={len(mine)} sheets at 20 kbit/s in "
          f"{time.monotonic() - began:.1f} s, {line.bytes} bytes")


def phones():
    """Phones that send again by hand what got no answer, with a photo; the
    collector is killed on the way."""
    line = Line(c.port, 13, bits=64000, good=6, cut_request=2, cut_answer=1,
                lost_answer=1, twice=1, delay=1, slow=1)
    got, tries, photos, jobs = {}, [], {}, []
    for k in range(PHONES):
        mine = [(x.replace("</end-page>",
                           "<photo-1>a.jpg</photo-1></end-page>"),
                 b"\xff\xd8\xff" + os.urandom(PHOTO))
                for x in FORMS[EACH * k:EACH * (k + 1)]]
        for xml, photo in mine:
            photos[re.search("<instanceID>([^<]*)", xml).group(1)] = (
                xml.encode(), photo)
        jobs.append(threading.Thread(target=phone,
                                     args=(line, mine, got, tries)))
    for j in jobs:
        j.start()
    c.killed(0.5, 1)
    for j in jobs:
        j.join()
    line.close()
    before = dict(receipts("one"), **receipts("slow"))
    everything.update({n: x for n, (x, _) in photos.items()})
    as_promised(dict(before, **got), everything, "phones")
    whole = int(sql("SELECT count(*) FROM field.attachment WHERE sha256 IS "
                    "NOT NULL"))
    check(whole == len(photos), f"{whole} photos of {len(photos)}")
    met = sum(n for f, n in line.count.items() if f != "good")
    check(met >= 10 and len(tries) > len(photos),
          f"the line was too good: {line.count}")
    kept = sum(len(x) + len(p) for x, p in photos.values())
    print(f"N={len(photos)} sheets with photos from {PHONES} phones, "
          f"{len(tries)} tries, {met} met with something, 0 lost, 0 twice; "
          f"{line.bytes / kept:.2f} times their bytes were sent")


c = Collector()
KEY = subprocess.run(
    [f"{BIN}/phieu", "key", "agent", "add", "--wave", "lai-chau-2020",
     "--code", "an", "--name", "An"], check=True, capture_output=True,
    text=True).stdout.splitlines()[-1]
everything = {}
office_pc()
slow_line()
phones()
c.proc.send_signal(signal.SIGTERM)
check(c.proc.wait() == 0, "the collector ends well")
with open(f"{DIR}/log", encoding="utf-8", errors="replace") as f:
    said = f.read()
check(KEY not in said, "the key stands in the log")
check("Sanitizer" not in said and "runtime error" not in said, said[-2000:])
