#!/usr/bin/env python3
"""Files of sheets on a live collector (PUT), over plain sockets.
usage: attach_check.py BIN DIR
Exit 1 at the first thing that is not as promised; lines N=... say how much
was tried."""
import gzip
import hashlib
import http.client
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import unicodedata
import urllib.parse
import zlib

BIN, DIR = sys.argv[1:3]
SOCKET = os.environ["PHIEU_TEST_SOCKET"]
WAVE = "lai-chau-2020"
SHEETS = open(f"{DIR}/sheets.ndjson", encoding="utf-8").read().splitlines()
MOST = 10 << 20
count = 0
secrets = []


def check(good, what):
    global count
    count += 1
    if not good:
        print("attach_check:", what)
        sys.exit(1)


def sql(text):
    out = subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1",
                          f"host={SOCKET} dbname=phieu user=phieu_owner",
                          "-c", text],
                         check=True, capture_output=True, text=True)
    return out.stdout.strip()


def phieu(*args):
    out = subprocess.run([f"{BIN}/phieu", *args], capture_output=True,
                         text=True)
    check(out.returncode == 0, f"phieu {args[:2]}: {out.stderr}")
    return out.stdout


class Collector:
    port = 0

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
        check(self.proc.wait() == 0, "the collector ends well")
        self.log.close()


def ask(method, path, body=b"", key=None, **headers):
    """(status, JSON or None)"""
    con = http.client.HTTPConnection("127.0.0.1", c.port, timeout=60)
    key = token if key is None else key
    if key:
        headers["Authorization"] = f"Bearer {key}"
    con.request(method, path, body,
                {k.replace("_", "-"): v for k, v in headers.items()})
    r = con.getresponse()
    data = r.read()
    con.close()
    try:
        return r.status, json.loads(data)
    except ValueError:
        return r.status, None


def quoted(text):
    return urllib.parse.quote(text, safe="")


def path_of(instance, name):
    return f"/v1/submissions/{quoted(instance)}/attachments/{quoted(name)}"


def put(instance, name, body, **kw):
    return ask("PUT", path_of(instance, name), body, **kw)


def refused(got, status, code, what):
    check(got[0] == status and got[1]["error"]["code"] == code
          and got[1]["error"]["message_vi"] and got[1]["error"]["message"],
          f"{what}: {got}")


def send(*names, sheet=None, status=201):
    """A sheet that names these files; its instance."""
    one = json.loads(sheet or SHEETS.pop())
    if names:
        one["files"] = list(names)
    got = ask("POST", "/v1/submissions", json.dumps(one).encode(),
              Content_Type="application/json")
    check(got[0] == status, f"the sheet: {got}")
    return one["instanceID"], got[1]


def segment(marker, body):
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def photo(word=b"a"):
    """A JPEG with a place in it, and the same without."""
    exif = segment(0xE1, b"Exif\0\0GPS 22.39N 103.47E " + word)
    rest = (segment(0xDB, bytes(65)) + segment(0xC0, bytes(9))
            + segment(0xDA, bytes(6)) + b"picture " + word + b"\xff\xd9")
    return b"\xff\xd8" + exif + rest, b"\xff\xd8" + rest


def chunk(kind, body):
    return (struct.pack(">I", len(body)) + kind + body
            + struct.pack(">I", zlib.crc32(kind + body)))


def png(data=b"\0\0", more=b""):
    return (b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
            + chunk(b"tEXt", b"Author\0Nguyen Van A")
            + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"") + more)


def stored(instance, name):
    """(media type, hex of the bytes)"""
    row = sql("SELECT f.media_type || ' ' || encode(b.bytes, 'hex') FROM "
              "field.attachment f JOIN field.attachment_bytes b USING (wave, "
              f"sha256) WHERE f.instance = '{instance}' AND f.name = '{name}'")
    return row.rsplit(" ", 1) if row else None


def rows(instance):
    return int(sql("SELECT count(sha256) FROM field.attachment WHERE "
                   f"instance = '{instance}'"))


def incomplete(instance):
    return sql("SELECT expected || ' ' || present FROM field.incomplete "
               f"WHERE instance = '{instance}'")


# ---- one file ---------------------------------------------------------------

def one_file():
    jpeg, bare = photo()
    one, _ = send()
    status, got = put(one, "a.jpg", jpeg)
    check(status == 201 and got["receipt"].startswith("1-")
          and got["type"] == "image/jpeg" and got["state"] == "cleaned"
          and got["sha256"] == hashlib.sha256(jpeg).hexdigest()
          and got["missing"] == 0 and got["instanceID"] == one, f"{got}")
    check(stored(one, "a.jpg") == ["image/jpeg", bare.hex()],
          "stored without its place")
    again = put(one, "a.jpg", jpeg)
    check(again == (200, got), f"the same again is the same: {again}")
    # the receipt is of this file of this sheet and no other
    other = put(one, "b.jpg", jpeg)
    check(other[0] == 201 and other[1]["receipt"] != got["receipt"],
          "a receipt of its own for each name")
    check(sql("SELECT count(*) FROM field.attachment_bytes") == "1",
          "equal content stands once")
    refused(put(one, "a.jpg", jpeg + b"x"), 409, "file-conflict",
            "other content under the name")
    refused(put(one, "a.jpg", jpeg + b"x"), 409, "file-conflict", "again")
    check(sql("SELECT count(*) FROM field.attachment_conflict WHERE instance ="
              f" '{one}'") == "1" and put(one, "a.jpg", jpeg) == (200, got),
          "both kept, the first stays")
    status, listed = ask("GET", path_of(one, "")[:-1])
    check(status == 200 and [f["name"] for f in listed["files"]]
          == ["a.jpg", "b.jpg"] and listed["files"][0]["receipt"]
          == got["receipt"] and listed["files"][0]["here"]
          and not listed["files"][0]["named"], f"the list: {listed}")
    # story 10: a name composed and decomposed is one
    name = "Trang một Đ.jpg"
    nfd = put(one, unicodedata.normalize("NFD", name), jpeg)
    nfc = put(one, unicodedata.normalize("NFC", name), jpeg)
    check(nfd[0] == 201 and nfc == (200, nfd[1]) and nfc[1]["name"] == name,
          f"NFD and NFC: {nfd} {nfc}")


def who_may():
    one, _ = send()
    jpeg, _ = photo()
    refused(put(one, "a.jpg", jpeg, key=""), 401, "no-key", "no key")
    refused(put(one, "a.jpg", jpeg, key="pa_NOBODY"), 401, "unknown-key",
            "no such key")
    refused(put(one, "a.jpg", jpeg, key=other_token), 404, "no-sheet",
            "another agent's sheet")
    check(ask("GET", path_of(one, "")[:-1], key=other_token)[0] == 404,
          "nor is its list told")
    refused(put("uuid:nobody", "a.jpg", jpeg), 404, "no-sheet",
            "a sheet that did not come")
    check("gửi phiếu trước" in put("uuid:nobody", "a.jpg", jpeg)[1]["error"][
        "message_vi"], "and what to do is said")
    check(rows(one) == 0, "nothing of all this is kept")
    # the agent's second key serves as well
    check(put(one, "a.jpg", jpeg, key=second_token)[0] == 201,
          "another key of the agent")
    phieu("sheet", "judge", "--wave", WAVE, "--instance", one, "--state",
          "withdrawn", "--reason", "test")
    refused(put(one, "b.jpg", jpeg), 409, "sheet-withdrawn", "withdrawn")


def hostile():
    """What is sent, under which name, and what comes of it."""
    one, _ = send()
    jpeg, bare = photo()
    zeros = bytes(MOST)
    names = [("..", 404), (".", 404), ("../a.jpg", 400), ("a/b.jpg", 400),
             ("C:\\a.jpg", 400), ("a\nb", 400), ("a\x7f", 400),
             ("x" * 250, 400), ("é" * 125, 400), ("x" * 249, 201),
             ("a\u202egpj.exe", 201), ("COM1", 201), ("%2e%2e", 201)]
    for name, status in names:
        got = put(one, name, jpeg)
        check(got[0] == status, f"name {name!r}: {got}")
        if status == 400:
            refused(got, 400, "bad-name", f"name {name!r}")
    for raw in ("a%00b", "%ff%fe", "%zz"):
        got = ask("PUT", path_of(one, "") + raw, jpeg)
        check(got[0] == 404, f"path {raw}: {got}")
    check(ask("PUT", path_of(one, "") + "a/b", jpeg)[0] == 404, "a/b raw")
    check(ask("PUT", path_of(one, "") + "%2e%2e", jpeg)[0] in (400, 404),
          "dots, escaped")
    html = b"<html><script>alert(1)</script>"
    table = [
        # zero bytes, and 1 byte over
        ("zero", b"", 400, "empty-file"),
        ("over", zeros + b"x", 413, "too-large"),
        ("most", zeros, 201, "unknown"),
        # type by content, whatever is said
        ("html.jpg", html, 201, "unknown"),
        ("svg.png", b"<svg onload=alert(1)>", 201, "unknown"),
        ("exe.jpg", b"MZ\x90\0" + bytes(60), 201, "unknown"),
        ("elf.pdf", b"\x7fELF" + bytes(60), 201, "unknown"),
        ("pdf.jpg", b"%PDF-1.7\n/Author (Nguyen Van A)", 201, "metadata-kept"),
        ("gif.jpg", b"GIF89a=1;alert(1)", 201, "metadata-kept"),
        # two in one
        ("jpeg-zip", jpeg + b"PK\x03\x04evil", 201, "cleaned"),
        ("png-html", png(more=html), 201, "cleaned"),
        ("jpeg-html", b"\xff\xd8" + segment(0xFE, html) + bare[2:], 201,
         "cleaned"),
        # bombs: nothing is unpacked here
        ("bomb.png", png(bytes(1 << 24)), 201, "cleaned"),
        ("bomb.gz", gzip.compress(bytes(1 << 24)), 201, "unknown"),
        # damaged
        ("cut.jpg", jpeg[:-5], 201, "damaged"),
        ("cut.png", png()[:-5], 201, "damaged"),
        ("crc.png", png()[:-20] + bytes([png()[-20] ^ 1]) + png()[-19:], 201, "damaged"),
        ("magic.jpg", b"\xff\xd8\xff", 201, "damaged"),
        ("magic.heic", b"....ftypheic", 201, "damaged"),
        ("magic.tif", b"II*\0\x08\0\0\0", 201, "damaged"),
        ("loop.tif", b"II*\0\x08\0\0\0\0\0\x08\0\0\0", 201, "damaged"),
    ]
    for name, body, status, word in table:
        got = put(one, name, body, Content_Type="image/jpeg")
        if status >= 400:
            refused(got, status, word, name)
        else:
            check(got[0] == 201 and got[1]["state"] == word, f"{name}: {got}")
            check(put(one, name, body)[0] == 200, f"{name}: again")
    for name in ("jpeg-zip", "png-html", "jpeg-html"):
        data = bytes.fromhex(stored(one, name)[1])
        check(b"evil" not in data and b"script" not in data,
              f"{name}: one picture is left")
    check(put(one, "packed", gzip.compress(zeros + b"x"),
              Content_Encoding="gzip")[0] == 413, "packed, 1 byte over")
    check(put(one, "packed", gzip.compress(jpeg), Content_Encoding="gzip")[0]
          == 201 and stored(one, "packed")[1] == bare.hex(), "packed")
    said = phieu("sheet", "files", "--wave", WAVE, "--instance", one)
    check("ẢNH HỎNG" in next(x for x in said.splitlines()
                             if x.startswith("cut.jpg"))
          and "CÒN siêu dữ liệu" in next(x for x in said.splitlines()
                                         if x.startswith("pdf.jpg")),
          f"the office sees which: {said}")
    print(f"N={len(names) + len(table)} hostile names and files")


# ---- complete, or visibly not -----------------------------------------------

def named():
    jpeg, _ = photo()
    one, got = send("a.jpg", unicodedata.normalize("NFD", "ảnh 2.jpg"))
    check(got["files"] == 2 and got["missing"] == 2 and "files" in
          got["flags"] and incomplete(one) == "2 0", f"incomplete: {got}")
    check("ảnh 2.jpg" in phieu("sheet", "incomplete", "--wave", WAVE),
          "the office sees which are missing")
    check(put(one, "a.jpg", jpeg)[1]["missing"] == 1, "one is missing")
    check(put(one, "ảnh 2.jpg", jpeg)[1]["missing"] == 0
          and incomplete(one) == "", "complete")
    one, got = send("a.jpg", sheet=SHEETS[-1])
    again = send("a.jpg", sheet=SHEETS[-1], status=200)
    check(again == (one, got), f"the same sheet again: {got} {again}")
    SHEETS.pop()
    # in a batch of lines, and in one that is all or nothing
    for query in ("", "?atomic=1"):
        lines = [dict(json.loads(SHEETS.pop()), files=["s.jpg"] * (k % 2))
                 for k in range(5)]
        status, _ = ask("POST", "/v1/submissions" + query,
                        "\n".join(json.dumps(x) for x in lines).encode(),
                        Content_Type="application/x-ndjson")
        check(status == 200, f"batch{query}: {status}")
        for k, x in enumerate(lines):
            check(incomplete(x["instanceID"]) == ("1 0" if k % 2 else ""),
                  f"batch{query}: line {k}")
        check(put(lines[1]["instanceID"], "s.jpg", jpeg)[1]["missing"] == 0,
              "and complete then")
    # names that no file can have; too many
    for files, path in (([""], "/files/0"), (["a/b"], "/files/0"),
                        (["a", 1], "/files/1"), ("a.jpg", "/files"),
                        ([str(k) for k in range(201)], "/files")):
        one = dict(json.loads(SHEETS.pop()), files=files)
        status, got = ask("POST", "/v1/submissions", json.dumps(one).encode())
        check(status == 422 and [(f["code"], f["path"]) for f in got["errors"]]
              == [("V00", path)], f"files {str(files)[:40]}: {got}")
    one, _ = send(*[str(k) for k in range(200)])
    refused(put(one, "one more", jpeg), 413, "too-many-files", "one too many")
    check(put(one, "7", jpeg)[0] == 201, "one that is named")


# ---- lines and servers that break -------------------------------------------

def at_once():
    """The same file on two connections at once, many times."""
    one, _ = send()
    for k in range(20):
        body = photo(b"%d" % k)[0] + bytes(100000)
        got = [None, None]

        def run(i, body=body, got=got, k=k):
            got[i] = put(one, f"{k}", body)
        both = [threading.Thread(target=run, args=(i,)) for i in range(2)]
        for t in both:
            t.start()
        for t in both:
            t.join()
        check(got[0][0] in (200, 201) and got[1][0] in (200, 201)
              and got[0][1]["receipt"] == got[1][1]["receipt"],
              f"at once: {got}")
    check(rows(one) == 20 and sql("SELECT count(*) FROM "
          f"field.attachment_conflict WHERE instance = '{one}'") == "0",
          "each once")


def raw_put(instance, name, body, upto, key):
    """Sends a part of it and goes; the socket."""
    s = socket.create_connection(("127.0.0.1", c.port), timeout=10)
    head = (f"PUT {path_of(instance, name)} HTTP/1.1\r\nHost: x\r\n"
            f"Authorization: Bearer {key}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n").encode()
    s.sendall((head + body)[:upto])
    return s, len(head)


def cut():
    one, _ = send("scan.jpg")
    body = photo()[0] + bytes(200000)
    for part in (0.1, 0.5, 0.999):
        s, head = raw_put(one, "scan.jpg", body, int(len(body) * part), token)
        s.close()
    time.sleep(0.2)
    check(rows(one) == 0 and incomplete(one) == "1 0",
          "what came in part is not there, and that is seen")
    s, _ = raw_put(one, "scan.jpg", body, len(body) + 10000, token)
    s.close()  # all was sent, nobody hears the answer
    for _ in range(100):
        if rows(one):
            break
        time.sleep(0.05)
    check(put(one, "scan.jpg", body)[0] == 200, "it came all the same")


def killed(times):
    """kill -9 while files are on their way: every receipt stands for a file
    that is there, and sending again gives the same."""
    sheets = [send("p.jpg")[0] for _ in range(times)]
    body = {s: photo(s.encode())[0] + os.urandom(300000) for s in sheets}
    got = {}
    for k, s in enumerate(sheets):
        part = None
        if k % 2 == 0:  # between bytes
            part, _ = raw_put(s, "p.jpg", body[s], 1000 + 9000 * k, token)

        def run(s=s):
            try:
                r = put(s, "p.jpg", body[s])
                if r[0] in (200, 201):
                    got[s] = r[1]["receipt"]
            except OSError:
                pass
            except http.client.HTTPException:
                pass
        t = threading.Thread(target=run)
        t.start()
        if k == times - 1:
            t.join()  # one is acknowledged on any machine
        time.sleep(0.02 * k)
        c.proc.kill()
        c.proc.wait()
        t.join()
        if part:
            part.close()
        check(s not in got or rows(s) == 1, "a receipt without its file")
        c.log.close()
        c.start()
    acked = len(got)
    check(acked, "the kills left something acknowledged")
    for s in sheets:
        r = put(s, "p.jpg", body[s])
        check(r[0] in (200, 201) and got.get(s, r[1]["receipt"])
              == r[1]["receipt"] and r[1]["missing"] == 0,
              f"sent again: {r}")
        check(stored(s, "p.jpg")[0] == "image/jpeg" and incomplete(s) == "",
              "whole")
    print(f"N={times} kills, {acked} receipts before them")


def frozen():
    one, _ = send()
    sql("UPDATE plan.wave SET state = 'frozen'")
    refused(put(one, "a.jpg", photo()[0]), 403, "wave-closed", "frozen")
    sql("UPDATE plan.wave SET state = 'open'")


def add_key(code, again=False):
    out = phieu("key", "agent", "add", "--wave", WAVE, "--code", code,
                *(() if again else ("--name", code))).splitlines()[-1]
    secrets.append(out)
    return out


c = Collector()
c.start()
token, second_token, other_token = add_key("an"), add_key("an", True), add_key("bi")
one_file()
who_may()
hostile()
named()
at_once()
cut()
killed(60 if os.environ.get("PHIEU_TRIAL") == "1" else 8)
frozen()
c.stop()
log = open(f"{DIR}/log", encoding="utf-8").read()
check("Sanitizer" not in log and "runtime error" not in log,
      "nothing is said by the sanitizers")
check(not any(s in log for s in secrets) and "pa_" not in log,
      "no key in the log")
print(f"N={count} checks")
