"""A2: one letter, one answer.  300 letters, each used many times at once with
two different ballots, while the collector and the database are killed; forged
codes; then the way to results: close, list, check, mix (killed too), freeze,
score.  usage: ballot_once.py BIN DIR"""
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time

from ballots import Programs, WAVE, ballot_of, check, receipt, rows, seal, sql
from trial import count

BIN, DIR = sys.argv[1:3]
TRIES, THREADS, KILLS = 50, 8, 3
FORGED = count(100000, 1000000)
GROUP = "cong-chuc-so"
SHEETS = [json.loads(x) for x in open(f"{DIR}/sheets.ndjson", encoding="utf-8")]
MINE = [s for s in SHEETS if s["group"] == GROUP]
PLAN = json.load(open("collector/plans/lai-chau-2020.json", encoding="utf-8"))
NAMES = {u["name"]: u["code"] for u in PLAN["units"]}
p = Programs(BIN, DIR)


def worlds():
    key = p.keygen()
    public = bytes.fromhex(key)
    tokens = p.make(GROUP, key)
    size = int(sql("SELECT size FROM ballot.campaign"))
    homes = {}
    for s in MINE:
        homes.setdefault(s["home"], []).append(s)
    out = []
    for home, codes in tokens.items():
        check(len(codes) == 15, f"{home}: {len(codes)} letters")
        for code, sheet in zip(codes, homes[NAMES[home]]):
            doc = ballot_of(sheet)
            out.append((code, [seal(doc, size, public), seal(doc, size, public)]))
    check(len(out) == 300, "300 letters")
    return out, size, public


def hammer(letters):
    """Every letter TRIES times, in a random order, its two ballots by turns;
    what does not answer is asked again."""
    work = [(i, n % 2) for i in range(len(letters)) for n in range(TRIES)]
    random.shuffle(work)
    told = [dict() for _ in letters]  # receipt or status -> how often
    lock = threading.Lock()
    left = list(work)

    def one():
        line = None
        while True:
            with lock:
                if not left:
                    return
                i, n = left.pop()
            token, sealed = letters[i]
            while True:
                try:
                    line = line or http.client.HTTPConnection("127.0.0.1", p.port, timeout=20)
                    status, said = p.put(token, sealed[n], line)
                except (OSError, http.client.HTTPException, json.JSONDecodeError):
                    line = None
                    time.sleep(0.05)
                    continue
                if status == 503:
                    time.sleep(0.05)
                    continue
                break
            mark = said.get("receipt", status)
            check(mark in (receipt(sealed[n]), 409), f"{status} {said}")
            with lock:
                told[i][mark] = told[i].get(mark, 0) + 1

    threads = [threading.Thread(target=one) for _ in range(THREADS)]
    for t in threads:
        t.start()
    for n in range(KILLS):
        time.sleep(1.5)
        if n % 2:  # the database: a backend of the collector
            pid = sql("SELECT pid FROM pg_stat_activity WHERE usename = 'phieu_collector' LIMIT 1",
                      "PHIEU_TEST_SUPER")
            if pid:
                os.kill(int(pid), signal.SIGKILL)
            for _ in range(200):
                r = subprocess.run(["psql", "-qXAt", os.environ["PHIEU_TEST_SUPER"], "-c",
                                    "SELECT 1"], capture_output=True, check=False)
                if r.returncode == 0:
                    break
                time.sleep(0.1)
        else:
            p.proc.kill()
            p.proc.wait()
            p.collector()
    for t in threads:
        t.join()
    return told


def accepted_once(letters, told):
    for (token, sealed), t in zip(letters, told):
        got = [k for k in t if k != 409]
        check(len(got) == 1, f"a letter got {len(got)} receipts: {t}")
        check(t[got[0]] >= TRIES // 2 and t.get(409, 0) >= TRIES // 2, f"told otherwise: {t}")
    check(sql("SELECT count(*) FROM ballot.used") == "300", "used")
    check(sql("SELECT count(*) FROM ballot.sealed") == "300", "sealed")
    asked = sum(sum(t.values()) for t in told)
    print(f"N={asked} posts of 300 letters, {KILLS} kills: 300 accepted")


def forged():
    """Codes that no letter has: by HTTP with one letter changed, and as many as
    can be by the function itself."""
    for bad in ("", "A" * 32, "ABCD", "x'; --", "A" * 31 + "1"):
        status, _ = p.post("/v1/ballot/form", {"token": bad})
        check(status == 404, f"{bad}: {status}")
    status, _ = p.put("A" * 32, b"x" * 100)
    check(status == 404, f"forged: {status}")
    for body in ({}, [], {"token": 5, "sealed": "AA=="}, {"token": "A" * 32, "sealed": "***"}):
        status, _ = p.post("/v1/ballot", body)
        check(status in (400, 404), f"{body}: {status}")
    got = sql(f"SET ROLE NONE; SELECT count(*) FROM generate_series(1, {FORGED}) AS i, LATERAL "
              "ballot.put(sha256(int4send(i)), '\\x00') AS s WHERE s.said <> 'unknown'",
              "COLLECTOR_DB")
    check(got == "0", f"{got} forged codes were taken")
    print(f"N={FORGED} forged codes refused")


def mixing(letters, told):
    p.act("close", GROUP)
    status, said = p.put(letters[0][0], letters[0][1][0])
    check(status in (200, 409), f"after the close a used letter is told: {status}")
    mine = [k for k in told[7] if k != 409][0]
    p.run("ballot", "check", f"{WAVE}/{GROUP}/{mine}")
    p.run("ballot", "check", f"{WAVE}/{GROUP}/{'0' * 64}", code=2)
    line = http.client.HTTPConnection("127.0.0.1", p.port, timeout=20)
    line.request("GET", f"/v1/ballot/{WAVE}/{GROUP}/receipts")
    text = line.getresponse().read().decode().strip().split("\n")
    check(text[0].startswith("root ") and len(text) == 301 and mine in text and
          text[1:] == sorted(text[1:]), "the published list")
    p.keygen("sai")
    p.mix(GROUP, name="sai", code=2)
    # killed at any point: all or nothing
    for wait in (0.3, 0.45, 0.6, 0.8, 1.0):
        m = subprocess.Popen([f"{BIN}/phieu", "ballot", "mix", "--wave", WAVE, "--group", GROUP,
                              "--key", f"{DIR}/khoa", "--passphrase-file", f"{DIR}/khoa.cum"],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(wait)
        m.kill()
        m.wait()
        for _ in range(100):  # its backend may still be ending
            n, boxes, state = rows("SELECT (SELECT count(*) FROM field.response WHERE way = 5), "
                                   "(SELECT count(*) FROM ballot.sealed), state FROM "
                                   "ballot.campaign")[0]
            if (n, boxes, state) in (("0", "300", "closed"), ("300", "0", "mixed")):
                break
            time.sleep(0.1)
        else:
            check(False, f"half a mixing: {n} responses, {boxes} ballots, {state}")
    if state == "closed":
        said = p.mix(GROUP)
        check("300 phiếu hợp lệ" in said, said)
    check(sql("SELECT count(*) || ' ' || count(DISTINCT home) FROM field.response WHERE way = 5 "
              "AND counted") == "300 20", "responses")
    check(sql("SELECT count(*) FROM ballot.used") == "0", "tokens are destroyed")
    p.mix(GROUP, code=1)


def results():
    p.run("freeze", "--wave", WAVE, "--reason", "thử")
    p.run("score", "--wave", WAVE)
    n = sql("SELECT count(*) FROM frozen.comment")
    want = sum(1 for s in MINE if s.get("comment")) + sum(
        1 for s in MINE for r in s["ratings"] for a in r["answers"].items()
        if a[0] in TEXTS.get((s["form"], s["version"]), ()) and a[1])
    check(int(n) == want > 0, f"{n} words of {want}")
    p.run("progress", "--wave", WAVE)


TEXTS = {(f["code"], f["version"]): [q["code"] for q in f["questions"] if q["type"] == "text"]
         for f in PLAN["forms"]}


def main():
    p.collector()
    letters, size, public = worlds()
    p.act("open", GROUP, code=1)
    status, said = p.post("/v1/ballot/form", {"token": letters[0][0].lower()})
    check(status == 200 and said["state"] == "open" and said["plan"] and not said["used"],
          "a letter opens the form")
    status, said = p.put(letters[0][0], letters[0][1][0] + b"x")
    check(status == 422, f"another size: {status}")
    told = hammer(letters)
    accepted_once(letters, told)
    # a ballot that came with one letter does not count with another
    forged()
    mixing(letters, told)
    results()
    p.stop()


main()
