#!/usr/bin/env python3
"""Posts the hostile corpus to a live collector.
usage: hostile_openrosa.py BIN DIR
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

BIN, DIR = sys.argv[1:3]
CORPUS = pathlib.Path("tests/data/hostile/openrosa")
STATES = {"1": "valid", "2": "queried", "3": "invalid", "": "-"}
wrong = []


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


def try_one(row):
    status, head, body = answer(as_request(row["file"]))
    name = "uuid:hostile-" + row["file"].rsplit(".", 1)[0]
    state = STATES.get(sql("SELECT max(state) FROM field.response WHERE "
                           f"instance = '{name}'"), "?")
    if str(status) != row["status"] or state != row["stored"]:
        wrong.append(f"{row['file']} ({row['why']}): {status} {state}, not "
                     f"{row['status']} {row['stored']}: {body[:300]!r}")
    if status >= 500:
        wrong.append(f"{row['file']}: {status}")
    openrosa = b"X-OpenRosa-Version: 1.0" in head
    if openrosa and status not in (204, 304) and body \
            and b"<OpenRosaResponse" not in body:
        wrong.append(f"{row['file']}: {status} without an envelope")
    if b"root:" in body or b"/etc/" in body:
        wrong.append(f"{row['file']}: something of this machine in the reply")


KEY = subprocess.run(
    [f"{BIN}/phieu", "key", "agent", "add", "--wave", "lai-chau-2020",
     "--code", "an", "--name", "An"], check=True, capture_output=True,
    text=True).stdout.splitlines()[-1]
with open(CORPUS / "answers.tsv", encoding="utf-8") as f:
    rows = list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))
files = {p.name for p in CORPUS.iterdir() if p.suffix in (".xml", ".http")}
if files != {r["file"] for r in rows}:
    wrong.append(f"not in both: {files ^ {r['file'] for r in rows}}")
proc, port = start()
answer(as_request("ok-one-line.xml"))  # the plan is in memory from here on
before = resident(proc.pid)
for r in rows:
    try_one(r)
grown = resident(proc.pid) - before
if grown > 64 and "asan" not in BIN:
    wrong.append(f"the collector grew by {grown} MB")
if proc.poll() is not None:
    wrong.append("the collector is gone")
proc.send_signal(signal.SIGTERM)
if proc.wait() != 0:
    wrong.append(f"the collector ended with {proc.returncode}")
stored = {r["file"] for r in rows if r["stored"] != "-"}
kept = int(sql("SELECT count(*) FROM field.response"))
if kept != len(stored):
    wrong.append(f"{kept} rows of {len(stored)}")
if KEY in open(f"{DIR}/log", encoding="utf-8", errors="replace").read():
    wrong.append("the key stands in the log")
for w in wrong:
    print(w)
print(f"N={len(rows)} files, {len(stored)} of them stored, {grown} MB more")
sys.exit(1 if wrong else 0)
