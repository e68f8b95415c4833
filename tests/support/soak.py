#!/usr/bin/env python3
"""Soaks a live collector.  usage: soak.py PORT PID KEY FILE ROUNDS

FILE holds distinct valid sheets, a line each; every round sends its share,
half one by one on eight connections, half as NDJSON, each sheet twice, with
junk, unknown keys and look-ups in between.  Memory, open files and threads
are read after the first round and may not have grown at the end; the books
must balance after each.  Exit 1 at the first thing that is not so."""
import http.client
import json
import os
import subprocess
import sys
import threading

PORT, PID, KEY, FILE, ROUNDS = (int(sys.argv[1]), sys.argv[2], sys.argv[3],
                                sys.argv[4], int(sys.argv[5]))
JSON, NDJSON = "application/json", "application/x-ndjson"
MIB = 1 << 20
GROWTH_MIB = 8  # of resident memory, over all rounds after the first


def check(good, what):
    if not good:
        print("soak:", what)
        os._exit(1)


def sql(text):
    out = subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1",
                          os.environ["PHIEU_TEST_DB"], "-c", text],
                         check=True, capture_output=True, text=True)
    return out.stdout.strip()


def ask(c, method, path, body=None, kind=JSON, key=KEY):
    head = {"Authorization": f"Bearer {key}", "Content-Type": kind}
    c.request(method, path, body, head)
    r = c.getresponse()
    return r.status, r.read()


def connect():
    return http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)


def one_by_one(sheets):
    c = connect()
    for i, s in enumerate(sheets):
        status, first = ask(c, "POST", "/v1/submissions", s)
        check(status == 201, f"a sheet: {status} {first}")
        status, again = ask(c, "POST", "/v1/submissions", s)
        check((status, again) == (200, first), f"again: {status} {again}")
        if i % 50 == 0:
            instance = json.loads(first)["instanceID"]
            status, got = ask(c, "GET", "/v1/receipts/" + instance)
            check(status == 200 and json.loads(got)["receipt"]
                  == json.loads(first)["receipt"], f"receipt: {got}")
            check(ask(c, "GET", "/v1/plan")[0] == 200, "plan")
            check(ask(c, "GET", "/metrics")[0] == 200, "metrics")
            check(ask(c, "POST", "/v1/submissions", s, key="pa_x")[0] == 401,
                  "a key nobody has")
        if i % 200 == 0:
            check(ask(c, "POST", "/v1/submissions", b"{" + s)[0] == 400,
                  "junk")
            c.close()
            c = connect()
    c.close()


def in_batches(sheets):
    c = connect()
    for at in range(0, len(sheets), 300):
        some = sheets[at:at + 300]
        for name in "stored", "duplicates":
            status, text = ask(c, "POST", "/v1/submissions",
                               b"\n".join(some), NDJSON)
            last = json.loads(text.splitlines()[-1])
            check(status == 200 and last[name] == len(some),
                  f"a batch: {status} {last}")
    c.close()


def measure():
    with open(f"/proc/{PID}/status", encoding="ascii") as f:
        at = dict(line.split(":", 1) for line in f)
    return {"rss": int(at["VmRSS"].split()[0]) * 1024,
            "threads": int(at["Threads"]),
            "files": len(os.listdir(f"/proc/{PID}/fd"))}


def settled_files(limit):
    """Connections just closed leave the table when the loop sees it."""
    c = connect()
    for _ in range(2000):
        n = measure()["files"]
        if n <= limit:
            break
        ask(c, "GET", "/healthz")
    c.close()
    return n


def main():
    with open(FILE, "rb") as f:
        sheets = f.read().splitlines()
    share = len(sheets) // ROUNDS
    first = None
    for r in range(ROUNDS):
        mine = sheets[r * share:(r + 1) * share]
        half = len(mine) // 2
        threads = [threading.Thread(target=one_by_one,
                                    args=(mine[k:half:8],)) for k in range(8)]
        threads.append(threading.Thread(target=in_batches,
                                        args=(mine[half:],)))
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        got = sql("SELECT count(*) || ' ' || count(*) FILTER (WHERE counted)"
                  " FROM field.response")
        want = (r + 1) * share
        check(got == f"{want} {want}", f"round {r}: {got}, not {want}")
        if first is None:
            first = measure()
    last = measure()
    grown = (last["rss"] - first["rss"]) / MIB
    check(grown <= GROWTH_MIB, f"memory grew by {grown:.1f} MiB")
    check(last["threads"] == first["threads"], f"threads: {first} {last}")
    files = settled_files(first["files"])
    check(files <= first["files"], f"open files: {files}, {first}")
    print(f"N={ROUNDS * share} sheets sent twice in {ROUNDS} rounds: 0 lost, "
          f"0 doubled; resident {last['rss'] / MIB:.1f} MiB, grown by "
          f"{grown:.1f} after the first round; {files} files open")


main()
