#!/usr/bin/env python3
"""Drives a live collector by OpenRosa.  usage: openrosa_check.py BIN DIR
Exit 1 at the first thing that is not as promised; lines N=... say how much
was tried.  The client is curl, as phones, scripts and people have it, and
where raw bytes matter a socket."""
import base64
import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import sys
import threading
import time
import unicodedata
import xml.etree.ElementTree as ET
import zlib

from trial import SCALE, TRIAL, count as count_of

BIN, DIR = sys.argv[1:3]
SOCKET = os.environ["PHIEU_TEST_SOCKET"]
WAVE = "lai-chau-2020"
SHEETS = open(f"{DIR}/sheets.xml", encoding="utf-8").read().splitlines()
NS = "{http://openrosa.org/http/response}"
LIST = "{http://openrosa.org/xforms/xformsList}"
MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"
VERSION = ["-H", "X-OpenRosa-Version: 1.0"]
count = 0
secrets = []


def check(good, what):
    global count
    count += 1
    if not good:
        print("openrosa_check:", what)
        sys.exit(1)


def sql(text, user="owner"):
    out = subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1",
                          f"host={SOCKET} dbname=phieu user=phieu_{user}",
                          "-c", text],
                         check=True, capture_output=True, text=True)
    return out.stdout.strip()


def phieu(*args):
    out = subprocess.run([f"{BIN}/phieu", *args], capture_output=True,
                         text=True)
    check(out.returncode == 0, f"phieu {args[:2]}: {out.stderr}")
    return out.stdout


class Collector:
    def __init__(self):
        self.port = 0

    def start(self, *args):
        env = dict(os.environ, PHIEU_DATABASE_URL_COLLECTOR=(
            f"host={SOCKET} dbname=phieu user=phieu_collector"))
        self.log = open(f"{DIR}/log", "ab")
        self.proc = subprocess.Popen(
            [f"{BIN}/phieu-collector", "--collector-port", str(self.port),
             "--log-level", "debug", *args],
            stdout=subprocess.PIPE, stderr=self.log, env=env)
        line = self.proc.stdout.readline()
        check(line, "the collector starts")
        self.port = int(json.loads(line)["listening"].rsplit(":", 1)[1])

    def stop(self):
        self.proc.send_signal(signal.SIGTERM)
        check(self.proc.wait() == 0, "the collector ends well")
        self.log.close()


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def header(self, name):
        return [v for k, v in self.headers if k.lower() == name.lower()]

    @property
    def words(self):
        """What the envelope says; (nature, text)."""
        check(self.header("Content-Type") == ["text/xml; charset=utf-8"],
              f"an envelope is text/xml: {self.headers} {self.body[:300]}")
        root = ET.fromstring(self.body)
        check(root.tag == NS + "OpenRosaResponse", "it is an envelope")
        message = root.find(NS + "message")
        return message.get("nature"), message.text or ""


def curl(path, *args, version=True):
    """One request; the last answer of those that curl saw."""
    at = f"{DIR}/head"
    out = subprocess.run(
        ["curl", "-sS", "-g", "-D", at, "--max-time", "60",
         *(VERSION if version else []), *args,
         f"http://127.0.0.1:{c.port}{path}"], capture_output=True)
    check(out.returncode == 0, f"curl {path}: {out.stderr.decode()}")
    blocks = [b for b in open(at, encoding="latin-1", newline="").read().split("\r\n\r\n")
              if b]
    lines = blocks[-1].split("\r\n")
    headers = [tuple(h.split(": ", 1)) for h in lines[1:] if ": " in h]
    r = Reply(int(lines[0].split()[1]), headers,
              b"" if "-I" in args else out.stdout)
    if r.status != 404 or r.header("X-OpenRosa-Version"):
        check(r.header("X-OpenRosa-Version") == ["1.0"],
              f"{path} {args}: X-OpenRosa-Version: {lines}")
        check(r.header("X-OpenRosa-Accept-Content-Length") == ["10485760"],
              f"{path}: X-OpenRosa-Accept-Content-Length")
    check(len(r.header("Date")) == 1, f"{path}: Date")
    return r


def save(name, data):
    path = f"{DIR}/{name}"
    with open(path, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())
    return path


def post(path, xml, *args, files=(), more=False, **kw):
    """As Collect posts it: the form first, then files, then the marker."""
    form = ["-F", f"xml_submission_file=@{save('form.xml', xml)};"
            "type=text/xml"]
    for i, (name, data) in enumerate(files):
        at = save(f"file{i}", data)
        form += ["-F", f'{name}=@"{at}";filename="{name}"']
    if more:
        form += ["-F", "*isIncomplete*=yes"]
    return curl(path, *form, *args, **kw)


def instance(xml):
    return re.search("<instanceID>([^<]*)", xml).group(1)


def number(xml):
    return re.search("<sheet>([^<]*)", xml).group(1)


def renamed(xml, name):
    return re.sub("(<instanceID>)[^<]*", rf"\g<1>{name}", xml)


def edited(xml, name, of):
    return re.sub("<instanceID>[^<]*</instanceID>",
                  f"<instanceID>{name}</instanceID>"
                  f"<deprecatedID>{of}</deprecatedID>", xml)


def with_photos(xml, *names):
    return xml.replace("</end-page>", "".join(
        f"<photo-{i}>{n}</photo-{i}>" for i, n in enumerate(names, 1))
        + "</end-page>")


def saying(xml, text):
    return re.sub("<comment/>|<comment>[^<]*</comment>",
                  f"<comment>{text}</comment>", xml)


def state(name):
    return sql("SELECT state FROM field.response WHERE instance = "
               f"'{name}'")


def rows(where="true"):
    return int(sql(f"SELECT count(*) FROM field.response WHERE {where}"))


def present(name):
    return sql("SELECT string_agg(name || '=' || (sha256 IS NOT NULL)::text,"
               f" ' ' ORDER BY name) FROM field.attachment "
               f"WHERE instance = '{name}'")


def incomplete(name):
    return sql("SELECT expected || ' ' || present FROM field.incomplete "
               f"WHERE instance = '{name}'")


def stored_bytes(name):
    return bytes.fromhex(sql(
        "SELECT encode(w.bytes, 'hex') FROM field.raw w JOIN field.response r"
        f" USING (wave, response) WHERE r.instance = '{name}'"))


# ---- forms -----------------------------------------------------------------

def forms(base):
    r = curl(f"{base}/formList?deviceID=collect%3Aabc")
    check(r.status == 200, f"formList: {r.status} {r.body}")
    check(r.header("Content-Type") == ["text/xml; charset=utf-8"],
          "formList is text/xml: Collect takes no other")
    entries = ET.fromstring(r.body).findall(LIST + "xform")
    check(len(entries) == 6, f"six forms, not {len(entries)}")
    seen = set()
    for x in entries:
        got = {k.tag.replace(LIST, ""): k.text for k in x}
        check(set(got) >= {"formID", "name", "version", "hash",
                           "downloadUrl"}, f"an entry has all: {got}")
        check(re.fullmatch("md5:[0-9a-f]{32}", got["hash"]), "md5 hash")
        check(got["downloadUrl"].startswith(
            f"http://127.0.0.1:{c.port}{base}/forms/"), got["downloadUrl"])
        path = got["downloadUrl"].split(str(c.port), 1)[1]
        form = curl(path, version=False)
        check(form.status == 200, "the form comes")
        check(got["hash"] == "md5:" + hashlib.md5(form.body).hexdigest(),
              "its hash is of its bytes")
        root = ET.fromstring(form.body)
        check(root.tag == "{http://www.w3.org/1999/xhtml}html", "an XForm")
        etag = form.header("ETag")[0]
        check(curl(path, "-H", f"If-None-Match: {etag}").status == 304,
              "unchanged is said short")
        manifest(got, base)
        seen.add(got["formID"])
    one = sorted(seen)[0]
    r = curl(f"{base}/formList?formID={one}")
    check([x.findtext(LIST + "formID") for x in ET.fromstring(r.body)]
          == [one], "formID narrows the list")
    r = curl(f"{base}/formList?formID=none&verbose=true&listAllVersions=true")
    check(len(ET.fromstring(r.body)) == 0, "no such form: an empty list")
    check(curl(f"{base}/formList", "-I").status == 200, "HEAD answers too")
    check(curl(f"{base}/forms/none.xml").status == 404, "no such form")
    check(curl(f"{base}/forms/{one}/media/none.csv").status == 404,
          "no such file")
    for bad in ([], ["-H", "X-OpenRosa-Version: 2.0"]):
        r = curl(f"{base}/formList", *bad, version=False)
        check(r.status == 400 and r.words[0] == "error",
              "the version header is wanted")
    return seen


def manifest(entry, base):
    url = entry.get("manifestUrl")
    path = f"{base}/forms/{entry['formID']}/manifest"
    r = curl(path)
    files = ET.fromstring(r.body).findall(MANIFEST + "mediaFile")
    check(r.status == 200 and bool(files) == bool(url),
          "a manifest is named where there are files")
    for f in files:
        url = f.findtext(MANIFEST + "downloadUrl")
        got = curl(url.split(str(c.port), 1)[1], version=False)
        check(got.status == 200 and f.findtext(MANIFEST + "hash")
              == "md5:" + hashlib.md5(got.body).hexdigest(),
              "a media file as its manifest says")


# ---- submissions: the rows of the table ------------------------------------

def table(base):
    sub = f"{base}/submission"
    for how in ("-I",), ("-X", "GET"):
        r = curl(sub, *how)
        check(r.status == 204 and r.body == b"", f"{how}: 204, empty")
        check(r.header("Location")
              == [f"http://127.0.0.1:{c.port}{sub}"], "Location")
    one = SHEETS.pop()
    r = post(sub, one)
    check(r.status == 201, f"new: 201, not {r.status} {r.body.decode()}")
    nature, text = r.words
    check(nature == "submit_success" and number(one) in text
          and "Biên nhận: 1-" in text, f"says what was received: {text}")
    receipt = re.search(r"Biên nhận: (\S+)\.", text).group(1)
    check(state(instance(one)) == "1", f"it is valid: {r.words} {one}")
    check(stored_bytes(instance(one)) == one.encode(), "bytes as received")
    check(sql("SELECT way FROM field.response WHERE instance = "
              f"'{instance(one)}'") == "3", "by this way")
    before = rows()
    r = post(sub, one)
    check(r.status == 201 and "Đã nhận trước đó lúc" in r.words[1]
          and receipt in r.words[1], f"the same again: {r.words}")
    r = post(sub, one, "-H", "Accept-Language: en")
    check("Received before" in r.words[1]
          and r.header("Content-Language") == ["en"], "in English if asked")
    # R4, story 13: edited after a cut send, same instanceID
    other = saying(one, "khác")
    r = post(sub, other)
    check(r.status == 409 and "nội dung khác" in r.words[1],
          f"other bytes: {r.status} {r.words}")
    check(stored_bytes(instance(one)) == one.encode()
          and sql("SELECT count(*) FROM field.conflict WHERE instance = "
                  f"'{instance(one)}'") == "1", "both are kept")
    # R3, story 15: the sheet's number again, under another instanceID
    again = renamed(one, "uuid:reused-sheet")
    r = post(sub, again)
    check(r.status == 201 and "V01" in r.words[1]
          and state("uuid:reused-sheet") == "3",
          f"a reused sheet is kept and does not count: {r.words}")
    # stored, but invalid: success, and the reason
    bad = SHEETS.pop().replace("<group>", "<group>x")
    r = post(sub, bad)
    check(r.status == 201 and "CHƯA HỢP LỆ" in r.words[1]
          and "V03" in r.words[1], f"invalid: {r.status} {r.words}")
    check(state(instance(bad)) == "3", "kept as invalid")
    r = post(sub, bad)
    check(r.status == 201 and "CHƯA HỢP LỆ" in r.words[1], "and again")
    # edits
    first = SHEETS.pop()
    check(post(sub, first).status == 201, "a sheet to edit")
    mend = edited(first, "uuid:edit-1", instance(first))
    mend = saying(mend, "sửa")
    r = post(sub, mend)
    check(r.status == 201 and state("uuid:edit-1") == "1"
          and state(instance(first)) == "4", f"an edit: {r.status} {r.words}")
    check(post(sub, mend).status == 201, "the same edit again")
    r = post(sub, edited(first, "uuid:edit-2", instance(first)))
    check(r.status == 409 and "bản sửa khác" in r.words[1],
          f"the original was edited: {r.status} {r.words}")
    r = post(sub, edited(first, "uuid:edit-3", "uuid:edit-1"))
    check(r.status == 201 and state("uuid:edit-1") == "4",
          f"an edit of the edit: {r.status} {r.words}")
    r = post(sub, edited(SHEETS.pop(), "uuid:edit-4", "uuid:nowhere"))
    check(r.status == 404 and "phiếu gốc" in r.words[1],
          f"an edit of nothing: {r.status}")
    r = post(sub, edited(SHEETS.pop(), "uuid:edit-5", "uuid:edit-3"))
    check(r.status == 409 and "số phiếu" in r.words[1],
          f"an edit that changes the sheet: {r.status} {r.words}")
    check(rows("instance LIKE 'uuid:edit-_'") == 2, "no more than these")
    # R4, story 14: a sheet that was withdrawn
    gone = SHEETS.pop()
    check(post(sub, gone).status == 201, "a sheet to withdraw")
    phieu("sheet", "judge", "--wave", WAVE, "--instance", instance(gone),
          "--state", "withdrawn",
          "--reason", "thử")
    r = post(sub, gone)
    check(r.status == 409 and "đã được rút" in r.words[1],
          f"deleted: {r.status} {r.words}")
    r = post(sub, edited(gone, "uuid:edit-6", instance(gone)))
    check(r.status == 409 and "giám sát viên" in r.words[1],
          f"an edit of a withdrawn one: {r.status}")
    # R17: unknown form, unknown version: parked
    for odd, code in ((SHEETS[0].replace('id="', 'id="x'), "unknown-form"),
                      (SHEETS[0].replace('version="1"', 'version="77"'),
                       "unknown-version")):
        r = post(sub, odd)
        check(r.status == 404 and code in r.words[1]
              and "Mã lưu giữ: 1-" in r.words[1], f"{code}: {r.words}")
        check(sql("SELECT count(*) FROM field.quarantine WHERE code = "
                  f"'{code}'") == "1", "it is parked")
    # malformed
    for odd in ("<data", "<!DOCTYPE data><data/>", "", "không phải XML",
                re.sub("<instanceID>.*</instanceID>", "", SHEETS[0])):
        r = post(sub, odd)
        check(r.status == 400 and "unreadable" in r.words[1],
              f"{odd[:20]}: {r.status} {r.words}")
    r = curl(sub, "-F", "a=b")
    check(r.status == 400 and "bad-body" in r.words[1], "no form in it")
    r = curl(sub, "-H", "Content-Type: multipart/form-data; boundary=x",
             "--data-binary", "--x\r\ncut")
    check(r.status == 400, f"malformed multipart: {r.status}")
    r = curl(sub, "-H", "Content-Type: text/xml", "--data-binary", one)
    check(r.status == 415 and r.words[0] == "error", "not multipart")
    r = post(sub, one, version=False)
    check(r.status == 400, "without the version header")
    # too large
    r = post(sub, one + " " * (1 << 20))
    check(r.status == 413 and "lớn hơn" in r.words[1], f"413: {r.status}")
    r = curl(sub, "-H", "Content-Type: multipart/form-data; boundary=x",
             "--data-binary", "@" + save("big", b"\0" * ((16 << 20) + 1)))
    check(r.status == 413 and r.words[0] == "error",
          f"past the route: {r.status}")
    # keys
    r = post("/v1/key/pa_NOBODY/submission", one)
    check(r.status == 401 and r.words[0] == "error", "nobody's key")
    r = curl("/v1/key/pa_NOBODY/formList")
    check(r.status == 401, "nobody's list")
    check(rows() == before + 6, f"rows: {rows()} of {before + 6}")


def ways_to_send(base):
    """Chunked, Expect, gzip, HTTP/1.0, a query; story 17: the answer has a
    length and the connection lives on."""
    sub = f"{base}/submission"
    for args in (["-H", "Transfer-Encoding: chunked"],
                 ["-H", "Expect: 100-continue"],
                 ["-H", "Expect:"]):
        one = SHEETS.pop()
        r = post(sub, one, *args)
        check(r.status == 201, f"{args}: {r.status}")
        check(r.header("Content-Length")
              == [str(len(r.body))], f"{args}: length of the answer")
        check(stored_bytes(instance(one)) == one.encode(), f"{args}: bytes")
    r = post(sub + "?deviceID=collect%3AZ9&x=%C3%A9", SHEETS.pop())
    check(r.status == 201, "a query changes nothing")
    # pretty-printed, declared, with other namespaces, as engines do
    one = SHEETS.pop()
    odd = ('<?xml version="1.0" encoding="UTF-8"?>\n'
           + one.replace("<data ", '<data xmlns:jr="http://openrosa.org/'
                         'javarosa" xmlns:orx="http://openrosa.org/xforms" ')
           .replace("<meta>", "<orx:meta>")
           .replace("</meta>", "</orx:meta>")
           .replace("<instanceID>", "<orx:instanceID>")
           .replace("</instanceID>", "</orx:instanceID>")
           .replace("><", ">\n  <"))
    r = post(sub, odd)
    check(r.status == 201 and state(instance(one)) == "1",
          f"another engine's text: {r.status} {r.words}")


# A JPEG's parts with a note of the place, and the same without.
def photo():
    frame = b"\xff\xc0\0\x05\x08\x01\x01\xff\xda\0\x04\x01\x01"
    scan = os.urandom(3000).replace(b"\xff", b"\0") + b"\xff\xd9"
    place = b"\xff\xe1\0\x10Exif\0\0GPS 22.4"
    return (b"\xff\xd8" + place + frame + scan, b"\xff\xd8" + frame + scan)


# What the office sees of a sheet and its files, as its own role.
def opened(one, jpeg, bare):
    which = ("--wave", WAVE, "--instance", instance(one))
    shown = phieu("sheet", "show", *which)
    check(number(one) in shown and "điều tra viên " in shown
          and "điều tra viên \n" not in shown, f"the agent's code: {shown}")
    listed = phieu("sheet", "files", *which)
    check("a.jpg  image/jpeg" in listed and "đã bỏ siêu dữ liệu" in listed,
          f"its files: {listed}")
    with tempfile.TemporaryDirectory() as d:
        to = f"{d}/a.jpg"
        said = phieu("sheet", "file", *which, "--name", "a.jpg", "--reason",
                     "đối chiếu bản giấy", "--to", to)
        with open(to, "rb") as f:
            check(f.read() == bare, "the file as stored")
        check(hashlib.sha256(jpeg).hexdigest() in said, f"its hash: {said}")
        check(os.stat(to).st_mode & 0o777 == 0o600, "nobody else reads it")
    check(sql("SELECT count(*) FROM audit.entry WHERE kind = 'file.open' AND "
              "content LIKE '%đối chiếu bản giấy%'") == "1", "in the log")
    out = subprocess.run([f"{BIN}/phieu", "sheet", "file", *which, "--name",
                          "none.jpg", "--reason", "x", "--to", "/dev/null"],
                         capture_output=True, text=True)
    check(out.returncode == 2 and "no file" in out.stderr
          and sql("SELECT count(*) FROM audit.entry WHERE kind = 'file.open'")
          == "1", f"none such, nothing logged: {out.stderr}")


def files(base):
    sub = f"{base}/submission"
    jpeg, bare = photo()
    one = with_photos(SHEETS.pop(), "a.jpg", "trang 1 Đ.jpg")
    name = instance(one)
    # the sheet first, its files later, each with the same form; story 6: with
    # no start time in it
    r = post(sub, one, more=True)
    check(r.status == 201 and "Còn thiếu 2 tệp" in r.words[1],
          f"incomplete is said: {r.status} {r.words}")
    check(incomplete(name) == "2 0", "and seen")
    r = post(sub, one, files=[("trang 1 Đ.jpg", jpeg)], more=True)
    check(r.status == 201 and "Còn thiếu 1 tệp" in r.words[1],
          f"one came: {r.words}")
    r = post(sub, one, files=[("a.jpg", jpeg)])
    check(r.status == 201 and "thiếu" not in r.words[1],
          f"the other, of equal content: {r.words}")  # story 9
    check(incomplete(name) == "" and present(name)
          == "a.jpg=true trang 1 Đ.jpg=true", f"whole: {present(name)}")
    check(sql("SELECT count(*) || ' ' || max(length(bytes)) "
              "FROM field.attachment_bytes") == f"1 {len(bare)}",
          "equal content stands once")
    check(sql("SELECT encode(bytes, 'hex') FROM field.attachment_bytes")
          == bare.hex(), "without place and device")
    check(sql("SELECT DISTINCT media_type FROM field.attachment WHERE "
              f"instance = '{name}'") == "image/jpeg", "type by content")
    # story 11, story 12: all of it again
    r = post(sub, one, files=[("a.jpg", jpeg), ("trang 1 Đ.jpg", jpeg)])
    check(r.status == 201 and sql("SELECT count(*) FROM field.attachment "
          f"WHERE instance = '{name}'") == "2", f"again: {r.words}")
    # other content under a name that has one
    r = post(sub, one, files=[("a.jpg", jpeg + b"x")])
    check(r.status == 409 and "cùng tên" in r.words[1],
          f"other content: {r.status} {r.words}")
    check(sql("SELECT count(*) FROM field.attachment_conflict WHERE "
              f"instance = '{name}'") == "1"
          and sql("SELECT encode(sha256, 'hex') FROM field.attachment WHERE "
                  f"instance = '{name}' AND name = 'a.jpg'")
          == hashlib.sha256(jpeg).hexdigest(), "both kept, the first stays")
    opened(one, jpeg, bare)
    # story 45: named NFC, sent NFD, and the other way round
    for named, sent in (("NFC", "NFD"), ("NFD", "NFC")):
        a, b = (unicodedata.normalize(f, "ảnh Ủy ban.jpg")
                for f in (named, sent))
        one = with_photos(SHEETS.pop(), a)
        r = post(sub, one, files=[(b, jpeg)])
        check(r.status == 201 and incomplete(instance(one)) == "",
              f"{named} named, {sent} sent: {r.words}")
    # story 10: two questions name the same file; the same name twice in one
    one = with_photos(SHEETS.pop(), "same.jpg", "same.jpg")
    r = post(sub, one, files=[("same.jpg", jpeg), ("same.jpg", jpeg)])
    check(r.status == 201 and present(instance(one)) == "same.jpg=true",
          f"one name twice: {r.words}")
    # story 8: an empty file has not come; story 19: it is not told as sent
    one = with_photos(SHEETS.pop(), "empty.jpg")
    r = post(sub, one, files=[("empty.jpg", b"")])
    check(r.status == 201 and "Còn thiếu 1 tệp" in r.words[1]
          and incomplete(instance(one)) == "1 0", f"empty: {r.words}")
    listed = phieu("sheet", "incomplete", "--wave", WAVE)
    check(number(one) in listed and "empty.jpg" in listed
          and listed.count("\n") == 3, f"one is listed: {listed}")
    # not named by the form, kept all the same
    one = SHEETS.pop()
    r = post(sub, one, files=[("extra.png", b"\x89PNG\r\n\x1a\n")])
    check(r.status == 201 and present(instance(one)) == "extra.png=true"
          and incomplete(instance(one)) == "", f"unnamed: {r.words}")
    # story 7: more than the form has room for (V00), and yet kept: twenty photos over several requests, in any order
    names = [f"anh {i}.jpg" for i in range(20)]
    one = with_photos(SHEETS.pop(), *names)
    for i in (15, 5, 0, 10):
        r = post(sub, one, files=[(n, jpeg + n.encode())
                                  for n in names[i:i + 5]], more=i != 10)
        check(r.status == 201, f"photos from {i}: {r.words}")
    check("thiếu" not in r.words[1] and sql(
        "SELECT count(sha256) FROM field.attachment WHERE instance = "
        f"'{instance(one)}'") == "20", "all twenty")
    # story 20: the second batch of an edit
    one = with_photos(SHEETS.pop(), "a.jpg", "b.jpg")
    check(post(sub, one, files=[("a.jpg", jpeg)]).status == 201, "to edit")
    mend = edited(one, "uuid:edit-photos", instance(one))
    r = post(sub, mend, files=[("a.jpg", jpeg)], more=True)
    check(r.status == 201 and "Còn thiếu 1" in r.words[1], f"{r.words}")
    r = post(sub, mend, files=[("b.jpg", jpeg)])
    check(r.status == 201 and state("uuid:edit-photos") == "1"
          and incomplete("uuid:edit-photos") == "", f"an edit: {r.words}")
    # an edit that sends nothing again keeps what it names, until it comes
    one = with_photos(SHEETS.pop(), "a.jpg", "b.jpg")
    check(post(sub, one, files=[("a.jpg", jpeg)]).status == 201, "to edit")
    mend = edited(one, "uuid:edit-kept", instance(one))
    r = post(sub, mend)
    check(r.status == 201 and "Còn thiếu 1" in r.words[1]
          and present("uuid:edit-kept") == "a.jpg=true b.jpg=false",
          f"taken over: {r.words}")
    for again in (0, 1):
        r = post(sub, mend, files=[("a.jpg", jpeg + b"new"), ("b.jpg", jpeg)])
        check(r.status == 201 and incomplete("uuid:edit-kept") == "",
              f"its own come: {r.status} {r.words}")
    check(sql("SELECT encode(sha256, 'hex') FROM field.attachment WHERE "
              "instance = 'uuid:edit-kept' AND name = 'a.jpg'")
          == hashlib.sha256(jpeg + b"new").hexdigest(), "and stand")
    r = post(sub, mend, files=[("a.jpg", jpeg)])
    check(r.status == 409, f"once it has its own, it stays: {r.status}")
    # names that are no names
    for bad in ("../../etc/passwd", "/etc/passwd", ".."):
        r = post(sub, SHEETS[0], files=[(bad, jpeg)])
        check(r.status == 400, f"{bad}: {r.status}")
    r = post(sub, SHEETS[0], files=[("big.jpg", jpeg + b"\0" * (10 << 20))])
    check(r.status == 413 and "10 MiB" in r.words[1],
          f"too large: {r.status} {r.words}")


def same_at_once(base):
    """R3, stories 1, 2, 4: one form, many times at the same moment."""
    sub = f"{base}/submission"
    one = with_photos(SHEETS.pop(), "a.jpg")
    boundary = "zz"
    body = (f"--{boundary}\r\nContent-Disposition: form-data; "
            'name="xml_submission_file"; filename="f.xml"\r\nContent-Type: '
            f"text/xml\r\n\r\n{one}\r\n--{boundary}\r\nContent-Disposition: "
            'form-data; name="a.jpg"; filename="a.jpg"\r\n\r\nbytes\r\n'
            f"--{boundary}--\r\n").encode()
    head = (f"POST {sub} HTTP/1.1\r\nHost: x\r\nX-OpenRosa-Version: 1.0\r\n"
            "Connection: close\r\nContent-Type: multipart/form-data; "
            f"boundary={boundary}\r\nContent-Length: {len(body)}\r\n\r\n"
            ).encode()
    got = []

    def send():
        with socket.create_connection(("127.0.0.1", c.port)) as s:
            s.sendall(head + body)
            data = b""
            while True:
                d = s.recv(65536)
                if not d:
                    break
                data += d
            got.append(data.split(b" ", 2)[1])
    threads = [threading.Thread(target=send) for _ in range(50)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check(got == [b"201"] * 50, f"50 at once: {sorted(got)}")
    check(rows(f"instance = '{instance(one)}'") == 1
          and present(instance(one)) == "a.jpg=true", "one row, one file")
    # R5, stories 7, 8: a sheet with two files cut at many places, in the
    # trial at every byte: nothing of it is kept
    cut = SHEETS.pop()
    whole = with_photos(cut, "a.jpg", "b.jpg")
    body = body.replace(one.encode(), whole.encode()).replace(
        f"--{boundary}--".encode(),
        (f"--{boundary}\r\nContent-Disposition: form-data; name=\"b.jpg\"; "
         f"filename=\"b.jpg\"\r\n\r\nmore\r\n--{boundary}--").encode())
    head = re.sub(rb"Content-Length: \d+",
                  b"Content-Length: %d" % len(body), head)
    places = range(0, len(body), 1 if TRIAL and SCALE == 100 else 97)
    for n in places:
        with socket.create_connection(("127.0.0.1", c.port)) as s:
            s.sendall(head + body[:n])
    check(rows(f"instance = '{instance(cut)}'") == 0
          and present(instance(cut)) == "", "a cut body leaves nothing")
    print(f"N={len(places)} cuts of a sheet with two files left nothing")
    # R2, story 18: the answer was lost, the same is sent again
    with socket.create_connection(("127.0.0.1", c.port)) as s:
        s.sendall(head + body)
    r = post(sub, whole, files=[("a.jpg", b"bytes"), ("b.jpg", b"more")])
    check(r.status == 201 and rows(f"instance = '{instance(cut)}'") == 1
          and present(instance(cut)) == "a.jpg=true b.jpg=true",
          f"the answer was lost: {r.status} {present(instance(cut))}")


# ---- keys, pictures, logins ------------------------------------------------

def scan(*args):
    """The settings in a new picture, read back by zbar."""
    png = f"{DIR}/qr.png"
    if os.path.exists(png):
        os.remove(png)
    text = phieu("key", "qr", "--agent", "an", "--wave", WAVE, "--url",
                 f"http://127.0.0.1:{c.port}", "--png", png, *args)
    check(os.stat(png).st_mode & 0o777 == 0o600, "only its owner reads it")
    out = subprocess.run(["zbarimg", "-q", "--raw", "-Sbinary", png],
                         check=True, capture_output=True).stdout
    settings = json.loads(zlib.decompress(base64.b64decode(out)))
    url = settings["general"]["server_url"]
    secrets.append(url.rsplit("/", 1)[1])
    return (settings, url.split(str(c.port), 1)[1],
            re.search(r"key (\d+)", text).group(1))


def pictures():
    settings, base, key = scan()
    check(settings["admin"] == {"change_server": False}
          and settings["general"]["form_update_mode"] == "match_exactly"
          and settings["general"]["app_language"] == "vi"
          and settings["project"]["name"], f"the settings: {settings}")
    check("password" not in json.dumps(settings), "story 61: no password")
    check("Authorization" not in json.dumps(settings), "nor anything else")
    r = curl(f"{base}/formList")
    check(r.status == 401, "without a deviceID: not bound")
    r = curl(f"{base}/formList?deviceID=collect%3Aone")
    check(r.status == 200, f"the first device: {r.status}")
    for other in ("?deviceID=collect%3Atwo", "", "?deviceID="):
        r = curl(f"{base}/formList{other}")
        check(r.status == 401 and "thiết bị khác" in r.words[1],
              f"another device {other}: {r.status}")
        r = post(f"{base}/submission{other}", SHEETS[0])
        check(r.status == 401, "nor does it submit")
    r = post(f"{base}/submission?deviceID=collect%3Aone", SHEETS.pop())
    check(r.status == 201, f"the first goes on: {r.status}")
    check(sql(f"SELECT device FROM field.agent_key WHERE key = {key}")
          == "collect:one", "bound")
    listed = phieu("key", "agent", "list")
    check("QR for collect:one" in listed, "and listed")
    c.stop()
    c.start()
    check(curl(f"{base}/formList?deviceID=collect%3Atwo").status == 401,
          "also after a restart")
    phieu("key", "agent", "revoke", key)
    check(post(f"{base}/submission?deviceID=collect%3Aone",
               SHEETS.pop()).status == 401, "revoked at once")
    # too late
    _, base, key = scan()
    sql("UPDATE field.agent_key SET bind_until = now() - interval "
        f"'1 second' WHERE key = {key}")
    r = curl(f"{base}/formList?deviceID=collect%3Alate")
    check(r.status == 401 and "quá hạn" in r.words[1],
          f"after ten minutes: {r.status}")
    check("not used in time" in phieu("key", "agent", "list"), "listed so")
    # two phones at the same moment: one of them
    _, base, key = scan()
    got = {}

    def use(i):
        s = socket.create_connection(("127.0.0.1", c.port))
        s.sendall(f"GET {base}/formList?deviceID=d{i} HTTP/1.1\r\nHost: x\r\n"
                  "X-OpenRosa-Version: 1.0\r\nConnection: close\r\n\r\n"
                  .encode())
        got[i] = s.recv(100).split()[1]
        s.close()
    threads = [threading.Thread(target=use, args=(i,)) for i in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check(sorted(got.values()) == [b"200"] + [b"401"] * 7,
          f"one device wins: {got}")
    for form in ("--svg", f"{DIR}/q.svg"), ():
        out = phieu("key", "qr", "--agent", "an", "--wave", WAVE, "--url",
                    f"http://127.0.0.1:{c.port}", *form)
        check(bool(form) != ("█" in out), "a terminal or a file")
    ET.parse(f"{DIR}/q.svg")


def logins():
    for path in ("/formList", "/submission"):
        check(curl(path).status == 404, "off unless they are switched on")
    text = phieu("key", "device", "add", "--agent", "an", "--wave", WAVE,
                 "--login", "may-01").splitlines()
    login, password = text[1:3]
    secrets.append(password)
    both = f"{login}:{password}"
    c.stop()
    c.start("--openrosa-digest", "--openrosa-basic")
    r = curl("/formList")
    check(r.status == 401 and r.words[0] == "error", "a challenge")
    asks = r.header("WWW-Authenticate")
    check(len(asks) == 2 and asks[0].startswith("Digest ")
          and 'qop="auth"' in asks[0] and 'domain="/"' in asks[0]
          and "nonce=" in asks[0] and asks[1].startswith("Basic "),
          f"both ways: {asks}")
    for how in (["--basic"], ["--digest"], ["--anyauth"]):
        forms_args = how + ["-u", both]
        r = curl("/formList?deviceID=x%20y", *forms_args)
        check(r.status == 200, f"{how}: {r.status}")
        check(f"http://127.0.0.1:{c.port}/forms/".encode() in r.body,
              "addresses without a key")
        check(curl("/submission", "-I", *forms_args).status == 204,
              f"{how}: HEAD")
        one = SHEETS.pop()
        r = post("/submission", one, *forms_args)
        check(r.status == 201 and state(instance(one)) == "1",
              f"{how}: {r.status} {r.body.decode()}")
        if how == ["--basic"]:  # curl's empty first POST of the others says
            # both a length and chunked, which nobody may take
            r = post("/submission", one, *forms_args, "-H",
                     "Transfer-Encoding: chunked")
            check(r.status == 201, f"{how}, chunked: {r.status}")
        for wrong in (f"{login}:x", f"x:{password}", ":", f"{login}:"):
            check(curl("/formList", *how, "-u", wrong).status == 401,
                  f"{how} {wrong}")
    # a nonce that is not ours, an answer for another path, another realm
    good = re.search('nonce="([0-9a-f]+)"', asks[0]).group(1)
    count = iter(range(1, 1000))

    def md5(*a):
        return hashlib.md5(":".join(a).encode()).hexdigest()

    def digest(nonce=None, uri="/formList", realm="phieu", **more):
        nonce = nonce or good
        ha1 = md5(login, realm, password)
        nc = more.get("nc") or f"{next(count):08x}"
        a = md5(ha1, nonce, nc, "c", "auth", md5("GET", uri))
        words = dict(username=f'"{login}"', realm=f'"{realm}"',
                     nonce=f'"{nonce}"', uri=f'"{uri}"', qop="auth",
                     nc=nc, cnonce='"c"', response=f'"{a}"')
        words.update(more)
        return curl("/formList", "-H", "Authorization: Digest " + ", ".join(
            f"{k}={v}" for k, v in words.items() if v))
    check(digest().status == 200, "a digest by hand")
    check(digest(algorithm="MD5", opaque='"phieu"').status == 200, "and all")
    # the same count again, as one who listened would: not twice; one that
    # was overtaken is taken
    check(digest(nc="00000020").status == 200, "a higher count")
    for seen in "00000020", "00000001":
        r = digest(nc=seen)
        check(r.status == 401 and "stale=true" in
              r.header("WWW-Authenticate")[0], f"replayed: {r.status}")
    check(digest(nc="0000001f").status == 200, "overtaken, not replayed")
    for seen in "0000001F", "00000000", "1f", "x":
        check(digest(nc=seen).status == 401, f"count {seen}")
    fresh = re.search('nonce="([0-9a-f]+)"',
                      r.header("WWW-Authenticate")[0]).group(1)
    check(digest(nonce=fresh, nc="00000001").status == 200,
          "the new challenge of a replay is good")
    count = iter(range(0x30, 0x1000))
    # a restart forgets the counts, so the challenges before it are stale
    c.stop()
    c.start("--openrosa-digest", "--openrosa-basic")
    check(digest(nonce=fresh, nc="00000001").status == 401,
          "replayed after a restart")
    check(curl("/formList", "--digest", "-u", both).status == 200,
          "a client that is asked again comes through")
    good = re.search('nonce="([0-9a-f]+)"', curl("/formList").header(
        "WWW-Authenticate")[0]).group(1)
    r = digest(nonce="0" * 48)
    check(r.status == 401 and "stale=true" in r.header("WWW-Authenticate")[0],
          "a stale nonce is said to be one")
    for bad in (dict(uri="/other"), dict(realm="x"), dict(cnonce=""),
                dict(algorithm="SHA-256"), dict(nonce="x"), dict(qop="x")):
        check(digest(**bad).status == 401, f"{bad}")
    for header in ("Digest", "Digest x", "Digest username", "Basic", "Basic !",
                   "Basic " + "A" * 5000, "Bearer x", 'Digest username="a',
                   "Basic " + base64.b64encode(b"nocolon").decode(),
                   "Basic " + base64.b64encode(b"a:\xff\xfe").decode(),
                   "Basic " + base64.b64encode(b"a\0:b").decode()):
        r = curl("/formList", "-H", f"Authorization: {header}")
        check(r.status == 401, f"{header[:30]}: {r.status}")
    phieu("key", "device", "revoke", login)
    check(curl("/formList", "--digest", "-u", both).status == 401,
          "revoked at once")


def scopes():
    """A key for one form sees and sends that form only."""
    token = phieu("key", "agent", "add", "--wave", WAVE, "--code", "an",
                  "--forms", "CT-02").splitlines()[-1]
    secrets.append(token)
    base = f"/v1/key/{token}"
    listed = [x.findtext(LIST + "formID") for x in
              ET.fromstring(curl(f"{base}/formList").body)]
    check(listed == [f"{WAVE}~CT-02~1"], f"one form: {listed}")
    check(curl(f"{base}/forms/{WAVE}~CT-01~1.xml").status == 404,
          "others are not there")
    other = next(x for x in SHEETS if "CT-01~" in x)
    r = post(f"{base}/submission", other)
    check(r.status == 403 and "mẫu phiếu khác" in r.words[1],
          f"another form: {r.status} {r.words}")


def closed(base):
    """R17: a sheet that comes late is told so, and nothing of it is kept."""
    sql(f"UPDATE plan.wave SET state = 'frozen' WHERE code = '{WAVE}'")
    one = SHEETS.pop()
    r = post(f"{base}/submission", one)
    check(r.status == 409 and "đã đóng" in r.words[1],
          f"a closed wave: {r.status} {r.words}")
    check(rows(f"instance = '{instance(one)}'") == 0, "nothing is kept")
    sql(f"UPDATE plan.wave SET state = 'open' WHERE code = '{WAVE}'")


def text_as_it_was(base):
    """R18: every Vietnamese letter, composed and decomposed, and more; story
    49 as far as texts go: zeros in front stay."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    letters = "".join(unicodedata.normalize("NFC", a + t) for a in
                      "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY" for t in [""] + list(tones))
    text = letters + "đĐ\U0001f44d 中文 00123 =1+1"
    for form in ("NFC", "NFD"):
        one = saying(SHEETS.pop(), unicodedata.normalize(form, text))
        r = post(f"{base}/submission", one)
        check(r.status == 201, f"{form}: {r.status} {r.words}")
        check(sql("SELECT comment FROM field.comment JOIN field.response "
                  f"USING (wave, response) WHERE instance = '{instance(one)}'")
              == text, f"{form} is kept as NFC, letter by letter")
        check(stored_bytes(instance(one)) == one.encode(), "bytes as sent")


def clocks(base):
    """R16, stories 36 and 37: a phone's clock decides nothing."""
    for start, date in (("2011-01-01T00:00:00.000-00:00", "Sat, 01 Jan 2011 "
                         "12:00:00 GMT"),
                        ("2035-12-31T23:59:60.000+14:00", "nonsense"),
                        ("2024-02-29T23:30:00.000+07:00", "Thu, 29 Feb 2024 "
                         "11:30:00 ICT")):
        one = re.sub("<start/>", f"<start>{start}</start>", SHEETS.pop())
        r = post(f"{base}/submission", one, "-H", f"Date: {date}")
        got = state(instance(one))
        check(r.status == 201 and got in ("1", "3"),
              f"{start}: {r.status} {r.words}")
        check(sql("SELECT abs(extract(epoch FROM now() - received_at)) < 60 "
                  f"FROM field.response WHERE instance = '{instance(one)}'")
              == "t", "it came when it came, by the server's clock")


def versions(base):
    """R17, stories 38 and 39: the plan changes while forms are out."""
    old = SHEETS.pop()
    early = re.sub('version="[^"]*"', 'version="1-0000000000"', SHEETS.pop())
    plan = json.load(open("collector/plans/lai-chau-2020.json"))
    plan["forms"][0]["name"] = "Tên mẫu đã đổi"
    phieu("plan", "load", save("plan.json", json.dumps(plan)), "--reason",
          "đổi tên mẫu")
    entries = ET.fromstring(curl(f"{base}/formList").body)
    check(any("đã đổi" in (x.findtext(LIST + "name") or "")
              for x in entries), "phones see the change at once")
    for one in (old, early):
        r = post(f"{base}/submission", one)
        check(r.status == 201 and state(instance(one)) == "1",
              f"a form of before still comes in: {r.status} {r.words}")


def store_away(base):
    """Story 25: the database goes and comes back; nothing half."""
    sub = f"{base}/submission"
    one = with_photos(SHEETS.pop(), "a.jpg")
    sql("ALTER ROLE phieu_collector NOLOGIN", "super")
    sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
        "usename = 'phieu_collector'", "super")
    r = post(sub, one, files=[("a.jpg", b"1")])
    check(r.status == 503 and r.words[0] == "error"
          and r.header("Retry-After"), f"away: {r.status} {r.body}")
    sql("ALTER ROLE phieu_collector LOGIN", "super")
    for _ in range(200):
        r = post(sub, one, files=[("a.jpg", b"1")])
        if r.status == 201:
            break
        check(r.status == 503, f"coming back: {r.status}")
        time.sleep(0.1)
    check(r.status == 201 and incomplete(instance(one)) == "",
          f"back: {r.status}")


def raw_post(base, xml, name, data, patience=10):
    """201 and so on; 0 when the connection broke."""
    body = ("--q\r\nContent-Disposition: form-data; name=\"xml_submission_file"
            f"\"; filename=\"f\"\r\n\r\n{xml}\r\n--q\r\nContent-Disposition: "
            f"form-data; name=\"{name}\"; filename=\"{name}\"\r\n\r\n"
            ).encode() + data + b"\r\n--q--\r\n"
    try:
        with socket.create_connection(("127.0.0.1", c.port),
                                      timeout=patience) as s:
            s.sendall((f"POST {base}/submission HTTP/1.1\r\nHost: x\r\n"
                       "X-OpenRosa-Version: 1.0\r\nConnection: close\r\n"
                       "Content-Type: multipart/form-data; boundary=q\r\n"
                       f"Content-Length: {len(body)}\r\n\r\n").encode()
                      + body)
            got = s.recv(100)
            return int(got.split()[1]) if got else 0
    except OSError:
        return 0


def many_and_stopped(base):
    """Stories 40 and 41: 35 phones post one sheet after another over
    connections of their own, the same twice at once (stories 43 and 44), and
    the collector is told to stop in the middle: what has begun is finished."""
    mine = [[SHEETS.pop() for _ in range(3)] for _ in range(35)]
    got = {}

    def phone(sheets):
        for x in sheets:
            got[instance(x)] = raw_post(base, x, "a.jpg", b"1", patience=30)
    threads = [threading.Thread(target=phone, args=(m,)) for m in mine
               for _ in range(2)]
    for t in threads:
        t.start()
    while len(got) < 20:
        time.sleep(0.001)
    c.proc.send_signal(signal.SIGTERM)
    for t in threads:
        t.join()
    check(c.proc.wait() == 0, "it stops by itself")
    c.log.close()
    c.start()
    for name, status in got.items():
        check(status in (0, 201, 503), f"while stopping: {status}")
        check(status != 201 or present(name) == "a.jpg=true", "acked, whole")
    for m in mine:
        for x in m:
            check(raw_post(base, x, "a.jpg", b"1") == 201, "goes on after")
            check(rows(f"instance = '{instance(x)}'") == 1, "once")
    # story 42: a slow line is not cut off while it moves
    one = SHEETS.pop()
    body = ("--q\r\nContent-Disposition: form-data; name=\"xml_submission_file"
            f"\"; filename=\"f\"\r\n\r\n{one}\r\n--q--\r\n").encode()
    with socket.create_connection(("127.0.0.1", c.port), timeout=60) as s:
        s.sendall((f"POST {base}/submission HTTP/1.1\r\nHost: x\r\n"
                   "X-OpenRosa-Version: 1.0\r\nConnection: close\r\n"
                   "Content-Type: multipart/form-data; boundary=q\r\n"
                   f"Content-Length: {len(body)}\r\n\r\n").encode())
        for i in range(0, len(body), 16):
            s.sendall(body[i:i + 16])
            time.sleep(0.01)
        check(s.recv(100).split()[1] == b"201", "byte by byte")


def killed(base, kills):
    """R1, R2, R5, story 7, 17, 18: the collector is killed under load; what
    was acknowledged is there with its file, what was sent again once."""
    acked, todo = {}, [with_photos(SHEETS.pop(), "a.jpg")
                       for _ in range(4 * kills)]
    retries = 0
    for k in range(kills):
        batch, results = todo[4 * k:4 * k + 4], {}

        def send(x):
            results[instance(x)] = raw_post(base, x, "a.jpg",
                                            instance(x).encode() * 50)
        threads = [threading.Thread(target=send, args=(x,)) for x in batch]
        for t in threads:
            t.start()
        while k % 3 == 0 and not results:
            time.sleep(0.001)  # when one has its answer
        time.sleep(0.01 * (k % 8))
        c.proc.kill()
        c.proc.wait()
        for t in threads:
            t.join()
        for name, status in results.items():
            check(status in (0, 201), f"under kills: {status}")
            if status == 201:
                acked[name] = k
                check(present(name) == "a.jpg=true", f"acked and whole {name}")
        c.log.close()
        c.start()
    for x in todo:  # the agents send all of it again
        name = instance(x)
        if name not in acked:
            retries += 1
        check(raw_post(base, x, "a.jpg", name.encode() * 50) == 201,
              "sent again")
        check(rows(f"instance = '{name}'") == 1
              and present(name) == "a.jpg=true" and incomplete(name) == "",
              "once, with its file")
    check(sql("SELECT count(*) FROM field.attachment_bytes b WHERE NOT EXISTS"
              " (SELECT FROM field.attachment a WHERE (a.wave, a.sha256) ="
              " (b.wave, b.sha256)) AND NOT EXISTS (SELECT FROM "
              "field.attachment_conflict a WHERE (a.wave, a.sha256) = "
              "(b.wave, b.sha256))") == "0", "no file is anybody's")
    check(acked, "the kills left something acknowledged")
    print(f"N={kills} kills, {len(acked)} acknowledged, {retries} sent again,"
          " 0 lost, 0 twice")


def all_again(base):
    """Story 22, R3: a phone lost its list and sends everything again."""
    before = rows()
    mine = sql("SELECT encode(w.bytes, 'hex') FROM field.raw w JOIN "
               "field.response r USING (wave, response) WHERE r.way = 3 AND "
               "r.state = 1").split()
    check(len(mine) > 20, "there is something to send again")
    for h in mine:
        r = post(f"{base}/submission", bytes.fromhex(h))
        check(r.status == 201 and "trước đó" in r.words[1],
              f"again: {r.status} {r.words}")
    check(rows() == before, "not one more")


def addresses(base):
    """Behind a proxy, and with the address that was set."""
    r = curl(f"{base}/formList", "-H", "X-Forwarded-Proto: https", "-H",
             "Host: khaosat.example")
    check(b"<downloadUrl>https://khaosat.example/v1/key/" in r.body,
          "as the proxy says")
    r = curl(f"{base}/formList", "-H", "Host: a<b>\"c")
    check(r.status != 200 or b"a<b" not in r.body, "a host that is none")
    c.stop()
    c.start("--collector-url", "https://dat.example:8443/thu")
    r = curl(f"{base}/formList", "-H", "Host: other.example")
    check(b"<downloadUrl>https://dat.example:8443/thu/v1/key/" in r.body,
          "as it was set")
    c.stop()
    c.start()


def refused(*args):
    """A command that says why it does not; its exit code."""
    out = subprocess.run([f"{BIN}/phieu", *args], capture_output=True,
                         text=True)
    check(out.returncode != 0 and out.stderr.startswith("phieu key:"),
          f"{args}: {out.returncode} {out.stderr}")
    return out.returncode


def commands():
    qr = ("key", "qr", "--agent", "an", "--wave", WAVE, "--url")
    for url in ("khaosat.example", "https://a/", "ftp://a", "https://u@a",
                "https://a b", "http://", "https://a?x", ""):
        refused(*qr, url)
    refused(*qr[:-1])
    refused(*qr, "https://a", "--png", "/tmp/x", "--svg", "/tmp/y")
    refused(*qr, "https://a", "--png", f"{DIR}/none/x.png")
    refused(*qr, "https://a", "--days", "0")
    refused(*qr, "https://a", "--forms", "X-01")
    refused("key", "qr", "--agent", "none", "--wave", WAVE, "--url",
            "https://a")
    refused("key", "qr", "--agent", "an", "--wave", "none", "--url",
            "https://a")
    refused(*qr, "https://" + "a" * 600)
    add = ("key", "device", "add", "--agent", "an", "--wave", WAVE)
    refused(*add)
    for login in ("x", "A b", "máy-01", "-may", "m" * 40, ""):
        refused(*add, "--login", login)
    refused("key", "device", "revoke", "none")
    refused("key", "device", "revoke")
    refused("key", "device", "list", "x")
    phieu(*add, "--login", "may-02")
    refused(*add, "--login", "may-02")
    check("may-02" in phieu("key", "device", "list", "--wave", WAVE), "listed")
    check("may-02" not in phieu("key", "device", "list", "--wave", "none"),
          "by wave")


def no_secret_in_the_log():
    text = open(f"{DIR}/log", encoding="utf-8").read()
    check("/v1/key/{key}/submission" in text, "requests are logged")
    check("Sanitizer" not in text and "runtime error" not in text,
          "nothing is said by the sanitizers")
    for s in secrets:
        check(s not in text, "a key stands in the log")
    check("pa_" not in text, "something like a key stands in the log")


c = Collector()
c.start()
token = phieu("key", "agent", "add", "--wave", WAVE, "--code", "an", "--name",
              "An").splitlines()[-1]
secrets.append(token)
keyed = f"/v1/key/{token}"
forms(keyed)
table(keyed)
ways_to_send(keyed)
files(keyed)
same_at_once(keyed)
text_as_it_was(keyed)
clocks(keyed)
store_away(keyed)
scopes()
closed(keyed)
all_again(keyed)
killed(keyed, count_of(8, 200))
many_and_stopped(keyed)
addresses(keyed)
pictures()
logins()
commands()
versions(keyed)
c.stop()
no_secret_in_the_log()
print(f"N={count} checks")
