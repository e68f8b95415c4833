#!/usr/bin/env python3
"""Drives a live collector: R1, R2, R3, R8 and R9 of tests/README.md.  usage:
collector_check.py BIN DIR PLAN
Exit 1 at the first thing that is not as promised; lines N=... say how much
was tried."""
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import socket
import struct
import threading
import time

from trial import count

BIN, DIR, PLAN = sys.argv[1:4]
SOCKET = os.environ["PHIEU_TEST_SOCKET"]
SHEETS = open(f"{DIR}/sheets.ndjson", "rb").read().splitlines()
SPOILT = open(f"{DIR}/spoilt.ndjson", "rb").read().splitlines()
JSON, NDJSON = "application/json", "application/x-ndjson"


def fail(what):
    print("collector_check:", what)
    sys.exit(1)


def check(good, what):
    if not good:
        fail(what)


def sql(text):
    out = subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1",
                          os.environ["PHIEU_TEST_DB"], "-c", text],
                         check=True, capture_output=True, text=True)
    return out.stdout.strip()


def phieu(*args):
    return subprocess.run([f"{BIN}/phieu", *args], check=True,
                          capture_output=True, text=True).stdout


class Collector:
    """One process; the port stays the same over restarts."""

    def __init__(self, address=None):
        self.port = 0
        self.address = address or (
            f"host={SOCKET} dbname=phieu user=phieu_collector")
        self.start()

    def start(self):
        env = dict(os.environ, PHIEU_DATABASE_URL_COLLECTOR=self.address)
        self.log = open(f"{DIR}/log", "ab")
        self.proc = subprocess.Popen(
            [f"{BIN}/phieu-collector", "--collector-port", str(self.port)],
            stdout=subprocess.PIPE, stderr=self.log, env=env)
        line = self.proc.stdout.readline()
        if not line:
            self.code = self.proc.wait()
            return
        self.port = int(json.loads(line)["listening"].rsplit(":", 1)[1])

    def stop(self, sig):
        self.proc.send_signal(sig)
        return self.proc.wait()


class Client:
    def __init__(self, port, key):
        self.port, self.key, self.http = port, key, None

    def ask(self, method, path, body=None, kind=JSON, key=None):
        if not self.http:
            self.http = http.client.HTTPConnection("127.0.0.1", self.port,
                                                   timeout=30)
        head = {"Authorization": f"Bearer {key or self.key}"}
        if body is not None:
            head["Content-Type"] = kind
        try:
            self.http.request(method, path, body, head)
            r = self.http.getresponse()
            return r.status, r.read(), r
        except (OSError, http.client.HTTPException):
            self.http.close()
            self.http = None
            return 0, b"", None

    def post(self, body, kind=JSON, key=None, query=""):
        status, text, r = self.ask("POST", "/v1/submissions" + query, body,
                                   kind, key)
        if status and kind == JSON:
            text = json.loads(text)
        return status, text, r


def change(of, /, **members):
    d = json.loads(of)
    d.update(members)
    return json.dumps(d, ensure_ascii=False).encode()


def new_key(*args):
    code = f"a{random.randrange(10**9)}"
    out = phieu("key", "agent", "add", "--wave", "lai-chau-2020", "--code",
                code, "--name", code, *args)
    return next(w for w in out.split() if w.startswith("pa_"))


def contract(port, key):
    """Every status, once and again."""
    c = Client(port, key)
    one = SHEETS.pop()
    status, first, r = c.post(one)
    check(status == 201, f"a good sheet: {status} {first}")
    check(set(first) == {"instanceID", "status", "receipt", "flags"},
          f"members of a 201: {first}")
    check(r.getheader("X-Content-Type-Options") == "nosniff", "no nosniff")
    status, again, _ = c.post(one)
    check((status, again) == (200, first), f"again: {status} {again}")
    status, other, _ = c.post(one + b" ")
    check(status == 409 and "Mã phiếu" in other["error"]["message_vi"],
          f"other bytes: {status} {other}")
    status, bad, _ = c.post(change(SHEETS.pop(), group="nowhere"))
    check(status == 422 and bad["status"] == "invalid" and bad["receipt"]
          and bad["errors"][0]["code"] == "V03", f"invalid: {status} {bad}")
    sheet = change(SHEETS.pop(), sheet=json.loads(one)["sheet"],
                   form=json.loads(one)["form"],
                   group=json.loads(one)["group"],
                   home=json.loads(one)["home"],
                   ratings=json.loads(one)["ratings"],
                   profile=json.loads(one)["profile"])
    status, reused, _ = c.post(sheet)
    check(status == 422 and reused["errors"][0]["code"] == "V01",
          f"a sheet number again: {status} {reused}")
    status, repeated, _ = c.post(sheet)
    check(status == 422 and repeated == reused,
          f"a sheet number a third time: {status} {repeated}")
    mended = change(sheet, instanceID="uuid:mended",
                    replaces=json.loads(one)["instanceID"])
    status, text, _ = c.post(mended)
    check(status == 201, f"a mended sheet: {status} {text}")
    for junk in b"{", b"\xff", b"[]", b'{"instanceID":1}', b"":
        status, text, _ = c.post(junk)
        check(status == 400 and text["receipt"],
              f"unreadable {junk}: {status} {text}")
    status, text, _ = c.post(b" " * (256 * 1024 + 1) + one)
    check(status == 413, f"too large: {status}")
    status, text, r = c.post(one, key="pa_nobody")
    check(status == 401 and r.getheader("WWW-Authenticate"),
          f"unknown key: {status}")
    status, text, _ = c.post(change(SHEETS.pop(), wave="another"))
    check(status == 403 and text["error"]["code"] == "wrong-wave",
          f"another wave: {status} {text}")
    check(sql("SELECT count(*) FROM field.refusal") == "2",
          "a refusal was not kept")
    status, text, _ = c.post(one, kind="text/plain")
    check(status == 415, f"wrong type: {status}")
    status, text, _ = c.ask("GET", "/v1/receipts/"
                            + first["instanceID"])
    got = json.loads(text)
    check(status == 200 and got["receipt"] == first["receipt"]
          and got["status"] == "replaced", f"receipt: {status} {text}")
    check(c.ask("GET", "/v1/receipts/uuid:none")[0] == 404, "no receipt")
    status, text, r = c.ask("GET", "/v1/plan")
    check(status == 200 and json.loads(text)["wave"]
          and r.getheader("ETag"), f"plan: {status}")
    for path in "/healthz", "/readyz":
        check(c.ask("GET", path)[0] == 200, path)
    check(b"phieu_submissions_total{outcome=\"stored\"}"
          in c.ask("GET", "/metrics")[1], "metrics")
    check(c.ask("GET", "/nothing")[0] == 404, "404")
    check(c.ask("PUT", "/v1/submissions")[0] == 405, "405")


def scopes(port):
    form = next(s for s in SHEETS if b'"form":"CT-02"' in s)
    other = next(s for s in SHEETS if b'"form":"CH-03"' in s)
    SHEETS.remove(form)
    SHEETS.remove(other)
    key = new_key("--forms", "CT-02")
    c = Client(port, key)
    check(c.post(form)[0] == 201, "a form of the key")
    status, text, _ = c.post(other)
    check(status == 403 and text["error"]["code"] == "wrong-form",
          f"another form: {status} {text}")
    near = next(s for s in SHEETS if b'"home":"tam-duong"' in s)
    far = next(s for s in SHEETS if b'"home":"sin-ho"' in s)
    nowhere = next(s for s in SHEETS if b'"group":"hdnd-tinh"' in s)
    for s in near, far, nowhere:
        SHEETS.remove(s)
    c = Client(port, new_key("--homes", "tam-duong"))
    check(c.post(near)[0] == 201, "a home of the key")
    for s in far, nowhere:
        status, text, _ = c.post(s)
        check(status == 422 and text["receipt"] and
              [f["code"] for f in text["errors"]] == ["V02"],
              f"not of the key's area, kept as V02: {status} {text}")
    key = new_key()
    c = Client(port, key)
    number = sql("SELECT max(key) FROM field.agent_key")
    sheet = SHEETS.pop()
    phieu("key", "agent", "revoke", number)
    status, text, _ = c.post(sheet)
    check(status in (401, 403), f"revoked at once: {status} {text}")
    key = new_key()
    c = Client(port, key)
    check(c.post(sheet)[0] == 201, "a fresh key")
    number = sql("SELECT max(key) FROM field.agent_key")
    phieu("key", "agent", "revoke", number)
    status, text, _ = c.post(SHEETS[-1])
    check(status == 401, f"revoked though cached: {status} {text}")
    key = new_key()
    sql("UPDATE field.agent_key SET expires_at = now() WHERE key ="
        " (SELECT max(key) FROM field.agent_key)")
    c = Client(port, key)
    for path in ("/v1/plan", "/v1/receipts/uuid:x"):
        status, text, _ = c.ask("GET", path)
        check(status == 401 and "key-expired" in str(text),
              f"expired, {path}: {status} {text}")


def batches(port, key):
    c = Client(port, key)
    body = b"\n".join(SPOILT) + b"\n"
    status, text, _ = c.post(body, NDJSON)
    lines = [json.loads(x) for x in text.splitlines()]
    last = lines.pop()
    check(status == 200 and len(lines) == len(SPOILT) == last["lines"],
          f"a batch: {status} {last}")
    check([x["line"] for x in lines] == list(range(1, len(lines) + 1)),
          "lines are out of order")
    codes = [x["code"] for x in lines]
    for name, code in (("stored", 201), ("duplicates", 200),
                       ("invalid", 422)):
        check(codes.count(code) == last[name], f"{name}: {last}")
    check(last["stored"] + last["duplicates"] + last["invalid"]
          + last["refused"] == last["lines"], f"no balance: {last}")
    status, text, _ = c.post(body, NDJSON)
    again = [json.loads(x) for x in text.splitlines()][:-1]
    for a, b in zip(lines, again):
        want = 200 if a["code"] == 201 else a["code"]
        check(b["code"] == want and b.get("receipt") == a.get("receipt"),
              f"again: {a} {b}")
    before = sql("SELECT count(*) FROM field.response")
    good = [SHEETS.pop() for _ in range(20)]
    status, text, _ = c.post(b"\n".join(good + [b"{"]), NDJSON,
                             query="?atomic=1")
    check(status == 422 and b'"line":21' in text, f"atomic: {status} {text}")
    conflict = good + [SPOILT[0] + b" "]
    status, text, _ = c.post(b"\n".join(conflict), NDJSON,
                             query="?atomic=1")
    check(status == 422 and b'"code":409' in text,
          f"atomic conflict: {status} {text}")
    check(sql("SELECT count(*) FROM field.response") == before,
          "a refused batch left something")
    status, text, _ = c.post(b"\n".join(good), NDJSON, query="?atomic=1")
    check(status == 200 and b'"stored":20' in text,
          f"atomic good: {status} {text}")
    # a sheet, its mending and the mending of that, in one body
    a = good[0]
    b = change(a, instanceID="uuid:b", replaces=json.loads(a)["instanceID"])
    d = change(a, instanceID="uuid:d", replaces="uuid:b")
    status, text, _ = c.post(b"\n".join([SHEETS.pop(), b, d, SHEETS.pop()]),
                             NDJSON)
    check(b'"stored":4' in text, f"mended in a batch: {text}")
    check(sql("SELECT count(*) FROM field.response WHERE counted AND sheet ="
              f" '{json.loads(a)['sheet']}'") == "1", "mended counts twice")
    check(c.post(b"", NDJSON)[1].startswith(b'{"lines":0'), "empty batch")


def first_wins(port, key):
    """Of two lines with one number the first counts, whatever their names."""
    c = Client(port, key)
    for k, body in enumerate((SHEETS.pop(), SHEETS.pop(), SHEETS.pop())):
        first = change(body, instanceID=f"uuid:z-first-{k}")
        second = change(body, instanceID=f"uuid:a-second-{k}")
        status, text, _ = c.post(b"\n".join([first, second]), NDJSON)
        got = [json.loads(x) for x in text.splitlines()][:-1]
        check([x["code"] for x in got] == [201, 422]
              and got[1]["errors"][0]["code"] == "V01",
              f"one number twice in a body: {status} {text}")
        other = change(first, comment="sửa")
        status, text, _ = c.post(b"\n".join([other, first]), NDJSON)
        check([json.loads(x)["code"] for x in text.splitlines()[:-1]]
              == [409, 200], f"one name twice in a body: {status} {text}")


def unstorable(port, key):
    """What the store cannot take is kept in quarantine, alone and in a batch,
    and nothing beside it is lost."""
    c = Client(port, key)
    sql("ALTER TABLE field.raw ADD CONSTRAINT test_refuses CHECK"
        " (position('unstorable'::bytea IN bytes) = 0) NOT VALID")
    counted = "SELECT count(*) FROM field.quarantine WHERE code = 'not-stored'"
    bad = [change(SHEETS.pop(), comment=f"unstorable {k}") for k in range(2)]
    good = [SHEETS.pop() for _ in range(3)]
    status, text, _ = c.post(bad[0])
    check(status == 400 and text["error"]["code"] == "not-stored"
          and text["receipt"], f"unstorable alone: {status} {text}")
    status, text, _ = c.post(b"\n".join([good[0], bad[1], *good[1:]]), NDJSON)
    got = [json.loads(x) for x in text.splitlines()]
    check([x["code"] for x in got[:-1]] == [201, 400, 201, 201]
          and got[-1]["refused"] == 1, f"in a batch: {status} {text}")
    check(sql(counted) == "2", "quarantine holds " + sql(counted))
    sql("ALTER TABLE field.raw DROP CONSTRAINT test_refuses")
    status, text, _ = c.post(bad[0])
    check(status == 201, f"storable again: {status} {text}")


def full(port, key):
    """Story 28, as far as a collector sees it: a store without room: 503,
    nothing half stored, not ready, and well again when there is room."""
    c = Client(port, key)
    sql("CREATE FUNCTION public.full_disk() RETURNS trigger LANGUAGE plpgsql "
        "AS $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = "
        "'53100'; END $$; CREATE TRIGGER full_disk BEFORE INSERT ON field.raw "
        "FOR EACH ROW EXECUTE FUNCTION public.full_disk()")
    sheets = [SHEETS.pop() for _ in range(3)]
    rows = "SELECT count(*) FROM field.response"
    before = sql(rows)
    status, text, r = c.post(sheets[0])
    check(status == 503 and r.getheader("Retry-After"),
          f"a full disk: {status} {text}")
    status, text, _ = c.ask("GET", "/readyz")
    check(status == 503 and b"store-full" in text,
          f"ready on a full disk: {status} {text}")
    check(c.ask("GET", "/healthz")[0] == 200, "alive on a full disk")
    status, text, _ = c.post(b"\n".join(sheets), NDJSON)
    check(text.count(b'"code":503') == 3, f"a full disk, a batch: {text}")
    check(sql(rows) == before, "a full disk, and something is stored")
    sql("DROP TRIGGER full_disk ON field.raw; DROP FUNCTION full_disk")
    for s in sheets:
        status, text, _ = c.post(s)
        check(status == 201, f"room again: {status} {text}")
    until = time.time() + 30
    while c.ask("GET", "/readyz")[0] != 200:
        check(time.time() < until, "not ready though there is room")
        time.sleep(0.1)


def storm(port, key):
    """R3, stories 1, 2, 43, 44: many posts of one sheet at once; all 2xx, one
    row each."""
    sheets = [SHEETS.pop() for _ in range(count(20, 200))]
    wrong = []

    def post(k):
        c = Client(port, key)
        for s in sheets:
            barrier.wait()
            status, text, _ = c.post(s)
            if status not in (200, 201):
                wrong.append((status, text))

    barrier = threading.Barrier(50)
    threads = [threading.Thread(target=post, args=(k,)) for k in range(50)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check(not wrong, f"identical posts: {wrong[:1]}")
    ids = ",".join("'" + json.loads(s)["instanceID"] + "'" for s in sheets)
    check(sql("SELECT count(*) FROM field.response WHERE instance IN "
              f"({ids})") == str(len(sheets)), "more rows than sheets")
    print(f"N={50 * len(sheets)} identical posts gave {len(sheets)} rows")


def nameless(port, key):
    """R3, story 3: a sheet that names no instance is not stored as one: it is
    kept aside, however often it comes."""
    c = Client(port, key)
    one = json.loads(SHEETS.pop())
    del one["instanceID"]
    body = json.dumps(one, ensure_ascii=False).encode()
    before = sql("SELECT count(*) FROM field.response")
    for _ in range(3):
        status, text, _ = c.post(body)
        check(status == 400 and text["receipt"], f"nameless: {status} {text}")
    check(sql("SELECT count(*) FROM field.response") == before, "stored")


def campaign(port, key):
    """R3, story 22: a whole campaign is sent three times more."""
    c = Client(port, key)
    sheets = [SHEETS.pop() for _ in range(count(200, 1193))]
    body = b"\n".join(sheets)
    receipts = None
    for k in range(4):
        status, text, _ = c.post(body, NDJSON)
        lines = [json.loads(x) for x in text.splitlines()][:-1]
        want = 201 if k == 0 else 200
        check(status == 200 and len(lines) == len(sheets)
              and {x["code"] for x in lines} == {want},
              f"a campaign, time {k + 1}: {status} {text[:300]}")
        mine = [x["receipt"] for x in lines]
        check(receipts in (None, mine), "other receipts")
        receipts = mine
    ids = ",".join("'" + json.loads(s)["instanceID"] + "'" for s in sheets)
    check(sql("SELECT count(*) FROM field.response WHERE instance IN "
              f"({ids})") == str(len(sheets)), "more rows than sheets")
    print(f"N={len(sheets)} sheets sent four times gave as many rows")


def lost_answers(port, key):
    """R2, stories 17, 18, 32, 33: the line goes after the body and before the
    answer, with a FIN or with a reset; the same again is answered 2xx with
    the receipt that the store has, and is there once."""
    c = Client(port, key)
    n = count(40, 1000)
    stored = 0
    for k in range(n):
        one = SHEETS.pop()
        name = json.loads(one)["instanceID"]
        with socket.create_connection(("127.0.0.1", port)) as s:
            s.sendall((f"POST /v1/submissions HTTP/1.1\r\nHost: x\r\n"
                       f"Authorization: Bearer {key}\r\nContent-Type: {JSON}"
                       f"\r\nContent-Length: {len(one)}\r\n\r\n").encode()
                      + one)
            if k % 2:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             struct.pack("ii", 1, 0))
            time.sleep(0.002 * (k % 4))
        status, first, _ = c.post(one)
        check(status in (200, 201), f"after a lost answer: {status} {first}")
        stored += status == 200
        status, again, _ = c.post(one)
        held = json.loads(c.ask("GET", f"/v1/receipts/{name}")[1])
        check(status == 200 and first["receipt"] == again["receipt"]
              == held["receipt"], f"another receipt: {first} {again} {held}")
        check(sql("SELECT count(*) FROM field.response WHERE instance = "
                  f"'{name}'") == "1", "not once")
    check(n < 20 or stored > 0, "nothing was stored before its answer went")
    print(f"N={n} answers lost, {stored} of them of stored sheets: each known "
          "when sent again")


class Load(threading.Thread):
    """Sends its sheets one by one, each until it is acknowledged, some for
    each time that something goes wrong: the last finds work to do too."""

    def __init__(self, port, key, sheets, seen, gate):
        super().__init__()
        self.c, self.sheets, self.gate = Client(port, key), sheets, gate
        self.acked, self.seen, self.gave_up = {}, seen, False

    def run(self):
        for k, s in enumerate(self.sheets):
            while (k + 1) * (self.gate["times"] + 1) > \
                    len(self.sheets) * (self.gate["done"] + 1):
                time.sleep(0.005)
            until = time.time() + 60
            while True:
                status, text, _ = self.c.post(s)
                self.seen[status] = self.seen.get(status, 0) + 1
                if status in (200, 201):
                    self.acked[text["instanceID"]] = text["receipt"]
                    break
                if status not in (0, 503) or time.time() > until:
                    self.gave_up = (status, text)
                    return
                time.sleep(0.02)


def ledger(collector, key, name, n, times, disturb, allowed):
    sheets = [SHEETS.pop() for _ in range(n)]
    seen = {}
    gate = {"times": times, "done": 0}
    loads = [Load(collector.port, key, sheets[i::8], seen, gate)
             for i in range(8)]
    for x in loads:
        x.start()
    slowest = 0
    done = 0
    for _ in range(times):
        time.sleep(random.uniform(0.05, 0.3))
        if not any(x.is_alive() for x in loads):
            break
        disturb()
        begun = time.time()
        while Client(collector.port, key).ask("GET", "/readyz")[0] != 200:
            check(time.time() < begun + 20, f"{name}: not ready again")
            time.sleep(0.01)
        slowest = max(slowest, time.time() - begun)
        done += 1
        gate["done"] = done
    gate["done"] = times  # also when it ended early
    for x in loads:
        x.join()
        check(not x.gave_up, f"{name}: gave up: {x.gave_up}")
    check(done == times, f"{name}: {done} times, not {times}")
    check(set(seen) <= allowed, f"{name}: unexpected answers {seen}")
    acked = {k: v for x in loads for k, v in x.acked.items()}
    check(len(acked) == n, f"{name}: {len(acked)} of {n} acknowledged")
    rows = sql("SELECT string_agg(instance, ',') FROM field.response")
    rows = rows.split(",")
    check(len(rows) == len(set(rows)), f"{name}: doubled")
    lost = set(acked) - set(rows)
    check(not lost, f"{name}: {len(lost)} lost")
    c = Client(collector.port, key)
    for s in sheets[::37]:
        status, text, _ = c.post(s)
        check(status == 200 and acked[text["instanceID"]] == text["receipt"],
              f"{name}: another receipt: {status} {text}")
    print(f"N={n} acknowledged over {done} times {name}: 0 lost, 0 doubled; "
          f"ready again in at most {slowest:.2f} s; answers {seen}")


def pg_ctl(*args):
    bindir = subprocess.run(["pg_config", "--bindir"], capture_output=True,
                            text=True).stdout.strip()
    cmd = [f"{bindir}/pg_ctl", "-D", f"{SOCKET}/data", "-w", "-s", *args]
    if os.geteuid() == 0:
        cmd = ["runuser", "-u", "postgres", "--"] + cmd
    subprocess.run(cmd, check=True, cwd="/", stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def kill_postgres():
    """The whole cluster without a word: its processes end with the first."""
    with open(f"{SOCKET}/data/postmaster.pid", encoding="ascii") as f:
        pid = int(f.readline())
    os.kill(pid, signal.SIGKILL)
    until = time.time() + 30
    while subprocess.run(["pgrep", "-P", str(pid)], capture_output=True,
                         check=False).returncode == 0 \
            or os.path.exists(f"/proc/{pid}"):
        check(time.time() < until, "PostgreSQL does not die")
        time.sleep(0.01)
    for _ in range(100):  # until the last has let the shared memory go
        try:
            pg_ctl("restart")  # as it was started; none is running
            return
        except subprocess.CalledProcessError:
            time.sleep(0.1)
    fail("PostgreSQL does not come back")


def refuses_to_start():
    for who in "phieu_owner", "phieu_super":
        c = Collector(f"host={SOCKET} dbname=phieu user={who}")
        check(getattr(c, "code", None) == 1, f"started as {who}")


def main():
    refuses_to_start()
    collector = Collector()
    key = new_key()
    contract(collector.port, key)
    scopes(collector.port)
    batches(collector.port, key)
    first_wins(collector.port, key)
    unstorable(collector.port, key)
    full(collector.port, key)
    storm(collector.port, key)
    nameless(collector.port, key)
    campaign(collector.port, key)
    lost_answers(collector.port, key)

    def kill():
        collector.stop(signal.SIGKILL)
        collector.start()

    def term():
        code = collector.stop(signal.SIGTERM)
        check(code == 0, f"SIGTERM: exit {code}")
        collector.start()

    ledger(collector, key, "kill -9 of the collector", count(1200, 3000),
           count(6, 200), kill, {200, 201, 503, 0})
    ledger(collector, key, "SIGTERM", count(800, 1000), count(4, 100), term,
           {200, 201, 503, 0})
    ledger(collector, key, "immediate restart of PostgreSQL",
           count(800, 1000), count(3, 50),
           lambda: pg_ctl("-m", "immediate", "restart"), {200, 201, 503})
    ledger(collector, key, "fast restart of PostgreSQL", count(500, 500),
           count(2, 20), lambda: pg_ctl("-m", "fast", "restart"),
           {200, 201, 503})
    # R2, stories 32, 33
    ledger(collector, key, "kill -9 of PostgreSQL", count(500, 3000),
           count(2, 100), kill_postgres, {200, 201, 503})
    check(sql("SELECT count(*) FROM field.response AS r FULL JOIN field.raw "
              "AS b USING (wave, response) WHERE r.response IS NULL OR "
              "b.response IS NULL") == "0", "half a submission")
    check(collector.stop(signal.SIGTERM) == 0, "does not stop cleanly")


main()
