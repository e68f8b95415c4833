#!/usr/bin/env python3
"""ODK Central and KoboToolbox, as far as a puller sees them.
usage: other_server.py FORMS KIND [PEM]; with a PEM by TLS
FORMS is a folder of <n>.xml; 7.xml is edited once (7.old.xml), 3 has a photo.
Faults are told by POST /fail with the name of one: page2-500, xml-401,
elsewhere, junk, huge; GET /seen says how often each form was asked for."""
import http.server
import json
import os
import re
import ssl
import sys
import urllib.parse

FOLDER, KIND = sys.argv[1], sys.argv[2]
COUNT = len([f for f in os.listdir(FOLDER) if re.fullmatch(r"\d+\.xml", f)])
FAIL, SEEN = set(), {}
PHOTO = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xd9"


def xml(name):
    with open(f"{FOLDER}/{name}.xml", "rb") as f:
        return f.read()


def instance(name):
    return re.search(rb"<orx:instanceID>([^<]*)<|<instanceID>([^<]*)<",
                     xml(name)).group(0).split(b">")[1][:-1].decode()


def when(n):
    return f"2026-01-{n + 1:02d}T08:00:00.000Z"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def say(self, status, body, kind="application/json"):
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        n = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(n)
        if self.path == "/fail":
            FAIL.clear()
            FAIL.update(body.decode().split())
            return self.say(200, {})
        if self.path == "/v1/sessions":
            d = json.loads(body)
            if d == {"email": "a@b.vn", "password": "mật khẩu"}:
                return self.say(200, {"token": "T"})
            return self.say(401, {"code": "401.2"})
        return self.say(404, {})

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        ask = urllib.parse.parse_qs(url.query)
        if url.path == "/seen":
            return self.say(200, SEEN)
        want = "Bearer T" if KIND == "central" else "Token T"
        if self.headers.get("Authorization") != want:
            return self.say(401, {})
        if "elsewhere" in FAIL:
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        path = urllib.parse.unquote(url.path)
        return (self.central if KIND == "central" else self.kobo)(path, ask)

    def page(self, ask, top, since, row, next_name):
        at = int(ask.get("at", ["0"])[0])
        rows = [n for n in reversed(range(COUNT)) if when(n)[:19] >= since]
        some = rows[at:at + top]
        if "page2-500" in FAIL and at:
            return self.say(500, {})
        if "huge" in FAIL:
            return self.huge()
        if "junk" in FAIL:
            return self.say(200, b"<html>")
        host = "127.0.0.1:9" if "thief" in FAIL else self.headers["Host"]
        more = None
        if at + top < len(rows):
            q = urllib.parse.urlencode({"at": at + top, "since": since})
            more = f"http://{host}{urllib.parse.urlsplit(self.path).path}?{q}"
        SEEN["pages"] = SEEN.get("pages", 0) + 1
        SEEN["since"] = since
        return self.say(200, {next_name[0]: [row(n) for n in some],
                              next_name[1]: more})

    def huge(self):
        """More than anybody takes; SEEN says how much was wanted."""
        self.send_response(200)
        self.send_header("Content-Length", str(1 << 40))
        self.end_headers()
        try:
            for k in range(1 << 14):
                self.wfile.write(b" " * 65536)
                SEEN["huge"] = (k + 1) * 65536
        except OSError:
            pass
        self.close_connection = True

    def since(self, ask, pattern, name):
        if "since" in ask:
            return ask["since"][0]
        got = re.search(pattern, ask.get(name, [""])[0])
        return got.group(1)[:19] if got else ""

    def form(self, name):
        if "xml-401" in FAIL:
            return self.say(401, {})
        SEEN[name] = SEEN.get(name, 0) + 1
        return self.say(200, xml(name), "application/xml")

    def central(self, path, ask):
        base = "/v1/projects/1/forms/CT-02"
        if path == base + ".svc/Submissions":
            since = self.since(ask, r"submissionDate ge (\S+)", "$filter")
            return self.page(ask, 5, since, lambda n: {
                "__id": instance("7.old" if n == 7 else n), "__system": {
                    "submissionDate": when(n),
                    "updatedAt": when(n) if n == 7 else None,
                    "edits": 1 if n == 7 else 0,
                    "attachmentsPresent": 1 if n == 3 else 0}},
                ("value", "@odata.nextLink"))
        for n in range(COUNT):
            mine = f"{base}/submissions/{instance('7.old' if n == 7 else n)}"
            if path == mine + ".xml":
                return self.form(str(n))
            if path == mine + "/versions":
                return self.say(200, [{"instanceId": instance("7")},
                                      {"instanceId": instance("7.old")}])
            if path == mine + f"/versions/{instance('7')}.xml":
                return self.form("7")
            if path == mine + f"/versions/{instance('7.old')}.xml":
                return self.form("7.old")
            if path == mine + "/attachments":
                return self.say(200, [{"name": "photo 1.jpg", "exists": True},
                                      {"name": "none.jpg", "exists": False}])
            if path == mine + "/attachments/photo 1.jpg":
                return self.say(200, PHOTO, "image/jpeg")
        return self.say(404, {"code": "404.1"})

    def kobo(self, path, ask):
        base = "/api/v2/assets/aUid/data/"
        if path == base:
            since = self.since(ask, r'"\$gte":"([^"]*)"', "query")
            return self.page(ask, 5, since, lambda n: {
                "_id": n, "meta/instanceID": instance(n),
                "_submission_time": when(n)[:19],
                "_attachments": [{
                    "download_url": f"http://{self.headers['Host']}/photo",
                    "filename": "u/attachments/x/photo 1.jpg"}]
                if n == 3 else []}, ("results", "next"))
        if path == "/photo":
            return self.say(200, PHOTO, "image/jpeg")
        got = re.fullmatch(re.escape(base) + r"(\d+)/", path)
        if got and int(got.group(1)) < COUNT:
            return self.form(got.group(1))
        return self.say(404, {})


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
scheme = "http"
if len(sys.argv) > 3:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(sys.argv[3])
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    scheme = "https"
print(json.dumps({"listening": f"{scheme}://127.0.0.1:{server.server_port}"}),
      flush=True)
server.serve_forever()
