"""What the tests of sealed ballots share: sealing as libsodium does it,
letters read back, programs, SQL."""
import atexit
import base64
import ctypes
import hashlib
import http.client
import json
import os
import re
import subprocess
import sys

SODIUM = ctypes.CDLL("libsodium.so.23")
WAVE = "lai-chau-2020"


def fail(what):
    print("ballots:", what)
    sys.exit(1)


def check(good, what):
    if not good:
        fail(what)


def sql(text, db="PHIEU_TEST_DB"):
    r = subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", os.environ[db], "-f", "-"],
                       input=text, capture_output=True, text=True)
    check(r.returncode == 0, f"{text[:200]}: {r.stderr}")
    return r.stdout.strip()


def rows(text, db="PHIEU_TEST_DB"):
    out = sql(text, db)
    return [line.split("|") for line in out.split("\n")] if out else []


def seal(doc, size, public):
    text = doc if isinstance(doc, bytes) else json.dumps(doc, ensure_ascii=False).encode()
    check(len(text) < size, f"an answer of {len(text)} bytes does not fit {size}")
    plain = text + b"\x80" + b"\0" * (size - len(text) - 1)
    out = ctypes.create_string_buffer(size + 48)
    check(SODIUM.crypto_box_seal(out, plain, ctypes.c_ulonglong(size), public) == 0, "seal")
    return out.raw


def receipt(sealed):
    return hashlib.sha256(sealed).hexdigest()


def token_hash(token):
    return hashlib.blake2b(token.encode(), digest_size=32).hexdigest()


def ballot_of(sheet):
    """A simulated sheet without what a ballot leaves out."""
    keep = ("wave", "form", "version", "group", "home", "profile", "ratings", "comment")
    return {k: sheet[k] for k in keep if k in sheet}


def letters(path):
    """(home's name, token) of a file of letters."""
    text = open(path, encoding="utf-8").read()
    out = []
    for page in text.split('<section class="l">')[1:]:
        to = re.search(r"Kính gửi: (.*?)</p>", page, re.S).group(1)
        codes = [c.replace("-", "") for c in re.findall(r"\b[A-Z2-7]{4}(?:-[A-Z2-7]{4}){7}\b", page)]
        check(len(codes) == 1, "a letter has one code")
        out.append((to.split("<br>", 1)[1] if "<br>" in to else "", codes[0]))
    return out


class Programs:
    """The command line and the collector of one state of things."""

    def __init__(self, bin_dir, folder):
        self.bin, self.dir = bin_dir, folder
        self.proc, self.port = None, 0

    def run(self, *args, code=0):
        r = subprocess.run([f"{self.bin}/phieu", *args], capture_output=True, text=True)
        check(r.returncode == code, f"{' '.join(args)}: exit {r.returncode}: {r.stdout}{r.stderr}")
        return r.stdout if code == 0 else r.stderr

    def collector(self, *options):
        self.log = open(f"{self.dir}/collector.log", "ab")
        port = str(self.port)
        self.proc = subprocess.Popen([f"{self.bin}/phieu-collector", "--collector-port", port,
                                      *options], stdout=subprocess.PIPE, stderr=self.log)
        atexit.register(self.stop)
        line = self.proc.stdout.readline()
        check(line, "the collector did not start: " + open(f"{self.dir}/collector.log").read()[-500:])
        self.port = int(json.loads(line)["listening"].rsplit(":", 1)[1])

    def stop(self):
        if self.proc and self.proc.poll() is None:
            self.proc.terminate()
            self.proc.wait()

    def post(self, path, body, line=None, agent="thu-tin-dien-tu/1.0"):
        mine = line or http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        mine.request("POST", path, json.dumps(body), {"Content-Type": "application/json",
                                                      "User-Agent": agent})
        r = mine.getresponse()
        text = r.read()
        if line is None:
            mine.close()
        return r.status, json.loads(text)

    def put(self, token, sealed, line=None):
        return self.post("/v1/ballot", {"token": token,
                                        "sealed": base64.b64encode(sealed).decode()}, line)

    def keygen(self, name="khoa"):
        phrase = f"{self.dir}/{name}.cum"
        with open(phrase, "w", encoding="utf-8") as f:
            f.write("mot cum mat khau dai\n")
        said = self.run("ballot", "keygen", "--out", f"{self.dir}/{name}", "--passphrase-file",
                        phrase)
        return re.search(r"public key\): ([0-9a-f]{64})", said).group(1)

    def mix(self, group, *more, wave=WAVE, name="khoa", code=0):
        return self.run("ballot", "mix", "--wave", wave, "--group", group, "--key",
                        f"{self.dir}/{name}", "--passphrase-file", f"{self.dir}/{name}.cum", *more,
                        code=code)

    def act(self, act, group, *more, wave=WAVE, code=0):
        return self.run("ballot", act, "--wave", wave, "--group", group, *more, code=code)

    def make(self, group, key, wave=WAVE, spare="0", link="https://phieu.example.vn"):
        """A campaign with its letters, open: tokens by home's name."""
        path = f"{self.dir}/thu-{wave}-{group}.html"
        self.act("make", group, "--key", key, "--holder", "Ủy ban MTTQ tỉnh", wave=wave)
        self.act("letters", group, "--out", path, "--link", link, "--spare", spare, wave=wave)
        self.act("open", group, wave=wave)
        by = {}
        for home, token in letters(path):
            by.setdefault(home, []).append(token)
        return by
