"""A receiver of webhooks with moods.  usage: hook_receiver.py DIR SECRET

Listens on a free port of this machine, written to DIR/port.  The mood stands
in DIR/mood: ok, 500, slow (no answer), redirect.  A line of JSON a request
goes to DIR/log: mood, id, kind, whether the signature holds, the body."""
import hashlib
import hmac
import http.server
import json
import os
import sys
import threading
import time

where, secret = sys.argv[1], sys.argv[2].encode()
lock = threading.Lock()


def mood():
    with open(f"{where}/mood") as f:
        return f.read().strip()


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        parts = dict(x.split("=", 1) for x in
                     self.headers["Phieu-Signature"].split(","))
        want = hmac.new(secret, parts["t"].encode() + b"." + body,
                        hashlib.sha256).hexdigest()
        now = mood()
        line = {"mood": now, "id": self.headers["Phieu-Event-Id"],
                "kind": self.headers["Phieu-Event"],
                "signed": hmac.compare_digest(want, parts["v1"])
                and abs(time.time() - int(parts["t"])) < 300,
                "path": self.path, "body": json.loads(body),
                "header": self.headers["Phieu-Signature"],
                "text": body.decode()}
        with lock, open(f"{where}/log", "a") as f:
            f.write(json.dumps(line) + "\n")
        if now == "slow":
            time.sleep(60)
        status = {"ok": 204, "500": 500, "redirect": 307, "slow": 204}[now]
        self.send_response(status)
        if status == 307:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True


server = Server(("127.0.0.1", 0), Receiver)
with open(f"{where}/port.new", "w") as f:
    f.write(str(server.server_port))
os.rename(f"{where}/port.new", f"{where}/port")
server.serve_forever()
