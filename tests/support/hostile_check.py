#!/usr/bin/env python3
"""Posts the hostile corpus to a live collector.
usage: hostile_check.py BIN DIR openrosa|json
Prints each file that is not answered or stored as answers.tsv says."""
import csv
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import threading

BIN, DIR, KIND = sys.argv[1:4]
CORPUS = pathlib.Path("tests/data/hostile") / KIND
BODIES = {".json": "application/json", ".ndjson": "application/x-ndjson"}
STATES = {"1": "valid", "2": "queried", "3": "invalid", "": "-"}
wrong, by_lines = [], []


def sql(text):
    return subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1",
                           os.environ["PHIEU_TEST_DB"], "-c", text],
                          check=True, capture_output=True,
                          text=True).stdout.strip()


def start():
    env = dict(os.environ, PHIEU_DATABASE_URL_COLLECTOR=(
        f"host={os.environ['PHIEU_TEST_SOCKET']} dbname=phieu "
        "user=phieu_collector"))
    proc = subprocess.Popen([f"{BIN}/phieu-collector", "--collector-port",
                             "0"], stdout=subprocess.PIPE,
                            stderr=open(f"{DIR}/log", "wb"), env=env)
    line = json.loads(proc.stdout.readline())
    return proc, int(line["listening"].rsplit(":", 1)[1])


def resident(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", text).group(1)) // 1024


def as_request(name):
    """The bytes on the wire."""
    data = (CORPUS / name).read_bytes()
    if name.endswith(".http"):
        return data.replace(b"@KEY@", KEY.encode())
    if KIND == "json":
        return (f"POST /v1/submissions HTTP/1.1\r\nHost: localhost\r\n"
                f"Authorization: Bearer {KEY}\r\nConnection: close\r\n"
                f"Content-Type: {BODIES[pathlib.Path(name).suffix]}\r\n"
                f"Content-Length: {len(data)}\r\n\r\n").encode() + data
    body = (b"--xX\r\nContent-Disposition: form-data; "
            b'name="xml_submission_file"; filename="a.xml"\r\n'
            b"Content-Type: text/xml\r\n\r\n" + data + b"\r\n--xX--\r\n")
    return (f"POST /v1/key/{KEY}/submission HTTP/1.1\r\nHost: localhost\r\n"
            "X-OpenRosa-Version: 1.0\r\nConnection: close\r\nContent-Type: "
            f"multipart/form-data; boundary=xX\r\nContent-Length: {len(body)}"
            "\r\n\r\n").encode() + body


def answer(data):
    """Status and body of the one reply, by a socket of our own."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as s:
        try:
            s.sendall(data)
        except OSError:
            pass  # refused before the end
        got = b""
        while True:
            try:
                d = s.recv(1 << 16)
            except ConnectionResetError:
                break
            if not d:
                break
            got += d
    head, _, body = got.partition(b"\r\n\r\n")
    return (int(head.split()[1]) if head else 0), head, body


def codes(status, body):
    """Of NDJSON, the statuses of its lines."""
    if status != 200:
        return str(status)
    lines = [json.loads(x) for x in body.splitlines()]
    return " ".join(str(x["code"]) for x in lines if "code" in x)


def try_one(row):
    status, head, body = answer(as_request(row["file"]))
    if row["file"].endswith(".ndjson"):
        if status >= 500:
            wrong.append(f"{row['file']}: {status}")
            return
        if codes(status, body) != row["status"]:
            wrong.append(f"{row['file']} ({row['why']}): "
                         f"{codes(status, body)}, not {row['status']}")
        by_lines.append(len(re.findall("201", row["status"])))
        return
    name = "uuid:hostile-" + row["file"].rsplit(".", 1)[0]
    state = STATES.get(sql("SELECT max(state) FROM field.response WHERE "
                           f"instance = '{name}'"), "?")
    if str(status) != row["status"] or state != row["stored"]:
        wrong.append(f"{row['file']} ({row['why']}): {status} {state}, not "
                     f"{row['status']} {row['stored']}: {body[:300]!r}")
    if status >= 500 and status != 505:
        wrong.append(f"{row['file']}: {status}")
    openrosa = b"X-OpenRosa-Version: 1.0" in head
    if openrosa and status not in (204, 304) and body \
            and b"<OpenRosaResponse" not in body:
        wrong.append(f"{row['file']}: {status} without an envelope")
    if b"root:" in body or b"/etc/" in body:
        wrong.append(f"{row['file']}: something of this machine in the reply")


def crowd():
    """S12: thirty files of 15 MiB at once, with a key and without: those that
    find no room are told so, and memory stays bounded."""
    for key, want in (KEY, {200, 422, 503}), ("pa_nobody", {401}):
        data = ("POST /v1/imports?form=CT-02&preview=1 HTTP/1.1\r\nHost: x\r\n"
                f"Authorization: Bearer {key}\r\nConnection: close\r\n"
                f"Content-Length: {15 << 20}\r\n\r\n").encode() \
            + b"a,b\n" * (15 << 18)
        got = []
        jobs = [threading.Thread(target=lambda d=data: got.append(
            answer(d)[0])) for _ in range(30)]
        for j in jobs:
            j.start()
        for j in jobs:
            j.join()
        # 0: closed before the body was through, as the answer said
        if len(got) != 30 or not set(got) <= want | {0} or set(got) == {0}:
            wrong.append(f"thirty files at once: {sorted(got)}")
    if answer(as_request("ok-plan.http"))[0] != 200:
        wrong.append("after thirty files at once: no answer")
    much = resident(proc.pid) - before
    if much > 256 and "asan" not in BIN:
        wrong.append(f"thirty files at once: {much} MB")
    print(f"N=60 files of 15 MiB, 30 at once, {much} MB more")


KEY = subprocess.run(
    [f"{BIN}/phieu", "key", "agent", "add", "--wave", "lai-chau-2020",
     "--code", "an", "--name", "An"], check=True, capture_output=True,
    text=True).stdout.splitlines()[-1]
with open(CORPUS / "answers.tsv", encoding="utf-8") as f:
    rows = list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))
files = {p.name for p in CORPUS.iterdir() if p.suffix in (".xml", ".http", *BODIES)}
if files != {r["file"] for r in rows}:
    wrong.append(f"not in both: {files ^ {r['file'] for r in rows}}")
proc, port = start()
answer(as_request("ok-one-line.xml" if KIND == "openrosa" else
                  "ok-plan.http"))  # the plan is in memory from here on
before = resident(proc.pid)
for r in rows:
    try_one(r)
grown = resident(proc.pid) - before
if grown > 64 and "asan" not in BIN:
    wrong.append(f"the collector grew by {grown} MB")
if KIND == "json":
    crowd()
if proc.poll() is not None:
    wrong.append("the collector is gone")
proc.send_signal(signal.SIGTERM)
if proc.wait() != 0:
    wrong.append(f"the collector ended with {proc.returncode}")
stored = {r["file"] for r in rows if r["stored"] != "-"}
kept = int(sql("SELECT count(*) FROM field.response"))
if kept != len(stored) + sum(by_lines):
    wrong.append(f"{kept} rows of {len(stored)}")
if KEY in open(f"{DIR}/log", encoding="utf-8", errors="replace").read():
    wrong.append("the key stands in the log")
for w in wrong:
    print(w)
print(f"N={len(rows)} files, {len(stored)} of them stored, {grown} MB more")
sys.exit(1 if wrong else 0)
