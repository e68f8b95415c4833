#!/usr/bin/env python3
"""A collector that behaves as badly as a line in the mountains.

Speaks the contract of POST /v1/submissions and GET /v1/plan, and on request
cuts connections in the middle of a request or an answer, says 503 with
Retry-After, or is slow.  What it stored is in memory and told at GET /ledger:
a sheet is stored once, whatever is sent.
"""
import argparse
import base64
import hashlib
import json
import os
import random
import socket
import struct
import threading
import time

ap = argparse.ArgumentParser()
ap.add_argument("--port-file", required=True)
ap.add_argument("--key", default="pa_TEST")
ap.add_argument("--seed", type=int, default=1)
ap.add_argument("--plan")
for name in ("cut-request", "cut-answer", "busy", "line-busy", "slow"):
    ap.add_argument("--" + name, type=float, default=0)
ap.add_argument("--retry-after", type=int, default=1)
ap.add_argument("--first-busy", type=int, default=0, help="503 for the first N")
ap.add_argument("--poison", default="", help="500 for batches holding this")
ap.add_argument("--wrong-answers", type=int, default=0,
                help="the first N answers are about other sheets")
ap.add_argument("--largest", type=int, default=1 << 24)
opt = ap.parse_args()

lock = threading.Lock()
dice = random.Random(opt.seed)
stored = {}      # instance -> sha of the line
count = {"requests": 0, "lines": 0, "repeats": 0, "cut_requests": 0,
         "cut_answers": 0, "busy": 0, "after_503_too_soon": 0, "log": []}
last_503 = [0.0]


def receipt(*parts):
    sha = hashlib.sha256("\0".join(parts).encode()).digest()[:15]
    text = base64.b32encode(sha).decode()
    return "1-" + "-".join(text[i:i + 4] for i in range(0, 24, 4))


def one(line):
    count["lines"] += 1
    sha = hashlib.sha256(line).hexdigest()
    try:
        sheet = json.loads(line)
        instance = sheet["instanceID"]
    except Exception:
        return {"code": 400, "status": "quarantined",
                "receipt": receipt("quarantine", sha),
                "error": {"code": "quarantine", "message": "not a sheet",
                          "message_vi": "Không đọc được phiếu"}}
    if opt.line_busy and dice.random() < opt.line_busy:
        return {"code": 503, "instanceID": instance,
                "error": {"code": "unavailable", "message": "not now"}}
    if instance in stored and stored[instance] != sha:
        return {"code": 409, "instanceID": instance,
                "error": {"code": "conflict", "message": "other content",
                          "message_vi": "Nội dung khác"}}
    if sheet.get("forbidden"):
        return {"code": 403, "instanceID": instance,
                "error": {"code": "form", "message": "not with this key"}}
    known = instance in stored
    count["repeats"] += known
    stored[instance] = sha
    out = {"instanceID": instance, "receipt": receipt(instance, sha)}
    if sheet.get("invalid"):
        return dict(out, code=422, status="invalid", errors=[
            {"code": "V07", "path": "/ratings/0/answers/Q1",
             "message": "no such option", "message_vi": "không có phương án"}])
    return dict(out, code=200 if known else 201, status="valid", flags=[])


def answer(body):
    lines = [l for l in body.split(b"\n") if l.strip()]
    out = []
    for n, line in enumerate(lines):
        out.append(json.dumps(dict(one(line), line=n + 1), ensure_ascii=False))
    sha = hashlib.sha256(body).hexdigest()
    if opt.wrong_answers > 0:
        opt.wrong_answers -= 1
        out.reverse()
    out.append(json.dumps({"lines": len(lines), "sha256": sha,
                           "receipt": receipt("batch", sha)}))
    return ("\n".join(out) + "\n").encode()


class Cut(Exception):
    pass


def slam(c):
    """Gone without good-bye: the client sees a reset."""
    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    c.close()
    raise Cut


def head(status, n, extra=""):
    words = {200: "OK", 401: "Unauthorized", 404: "Not Found",
             413: "Too Large", 500: "Error", 503: "Busy"}
    return ("HTTP/1.1 %d %s\r\nContent-Length: %d\r\n%s\r\n"
            % (status, words[status], n, extra)).encode()


def serve_one(c, f):
    request = f.readline().decode()
    if not request:
        return False
    length, key = 0, ""
    while True:
        h = f.readline().decode()
        if h in ("\r\n", ""):
            break
        name, _, value = h.partition(":")
        if name.lower() == "content-length":
            length = int(value)
        if name.lower() == "authorization":
            key = value.strip()
    method, path = request.split()[:2]
    with lock:
        cut_at = None
        if length and dice.random() < opt.cut_request:
            cut_at = dice.randrange(length)
        slow = dice.random() < opt.slow
    if cut_at is not None:
        f.read(cut_at)
        with lock:
            count["cut_requests"] += 1
        slam(c)
    body = f.read(length)
    if len(body) < length:
        return False
    if slow:
        time.sleep(0.2)
    with lock:
        count["requests"] += method == "POST"
        if method == "GET" and path == "/ledger":
            # the number of stored sheets, and what came of it
            text = json.dumps(dict(count, stored=len(stored),
                                   sheets=stored)).encode()
            c.sendall(head(200, len(text)) + text)
            return True
        if key != "Bearer " + opt.key:
            c.sendall(head(401, 2) + b"{}")
            return True
        if method == "GET" and path == "/v1/plan" and opt.plan:
            text = open(opt.plan, "rb").read()
            c.sendall(head(200, len(text)) + text)
            return True
        if method != "POST" or path != "/v1/submissions":
            c.sendall(head(404, 2) + b"{}")
            return True
        now = time.monotonic()
        if now < last_503[0] + opt.retry_after - 0.05:
            count["after_503_too_soon"] += 1
        if opt.first_busy > 0 or dice.random() < opt.busy:
            opt.first_busy -= 1
            count["busy"] += 1
            last_503[0] = now
            c.sendall(head(503, 2, "Retry-After: %d\r\n" % opt.retry_after)
                      + b"{}")
            return True
        if len(body) > opt.largest:
            c.sendall(head(413, 2) + b"{}")
            return True
        if opt.poison and opt.poison.encode() in body:
            c.sendall(head(500, 2) + b"{}")
            return True
        text = answer(body)
        whole = head(200, len(text)) + text
        if dice.random() < opt.cut_answer:
            count["cut_answers"] += 1
            c.sendall(whole[:dice.randrange(len(whole))])
            slam(c)
    c.sendall(whole)
    return True


def serve(c):
    try:
        c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with c.makefile("rb") as f:
            while serve_one(c, f):
                pass
    except (Cut, OSError, ValueError):
        pass
    finally:
        c.close()


s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 0))
s.listen(64)
with open(opt.port_file + ".part", "w") as f:
    f.write(str(s.getsockname()[1]))
os.rename(opt.port_file + ".part", opt.port_file)
while True:
    conn, _ = s.accept()
    threading.Thread(target=serve, args=(conn,), daemon=True).start()
