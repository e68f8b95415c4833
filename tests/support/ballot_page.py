"""Drives tests/web/ballot.mjs: four respondents in Chromium, the others of
their unit by the same posts; then the way to results, and what the office's
page shows.  usage: ballot_page.py BIN DIR"""
import html
import json
import os
import re
import subprocess
import sys

from ballots import Programs, WAVE, ballot_of, check, letters, rows, seal, sql

BIN, DIR = sys.argv[1:3]
GROUP, HOME = "cong-chuc-so", "so-noi-vu"
SHEETS = [json.loads(x) for x in open(f"{DIR}/sheets.ndjson", encoding="utf-8")]
PLAN = json.load(open("collector/plans/lai-chau-2020.json", encoding="utf-8"))
NAME = next(u["name"] for u in PLAN["units"] if u["code"] == HOME)
p = Programs(BIN, DIR)


def qr_of(path):
    """What a phone's camera reads in a picture."""
    return subprocess.run(["zbarimg", "-q", "--raw", path], capture_output=True, text=True,
                          check=True).stdout.strip()


def node(script, *args):
    r = subprocess.run(["node", f"tests/web/{script}", f"http://127.0.0.1:{p.port}", *args],
                       capture_output=True, text=True, timeout=600)
    check(r.returncode == 0, f"{script}: {r.stdout}{r.stderr}")


def main():
    p.collector()
    key = p.keygen()
    link = f"http://127.0.0.1:{p.port}"
    tokens = p.make(GROUP, key, link=link)
    path = f"{DIR}/thu-{WAVE}-{GROUP}.html"
    check(oct(os.stat(path).st_mode & 0o777) == "0o600", "letters are readable by others")
    mine = tokens[NAME]
    first = letters(path)[0][1]
    os.environ["BALLOT_FINGERPRINT"] = sql("SELECT ballot.fingerprint(public_key) FROM "
                                           "ballot.campaign")
    check(os.environ["BALLOT_FINGERPRINT"] in open(path, encoding="utf-8").read(),
          "the letter names the key")
    with open(f"{DIR}/tokens.json", "w", encoding="utf-8") as f:
        json.dump(mine[:4], f)
    os.environ["BALLOT_LETTERS"] = path
    node("ballot.mjs", f"{DIR}/tokens.json", DIR)
    said = qr_of(f"{DIR}/letter.png")
    check(said == f"{link}/answer/#{first}", f"the QR picture says {said}")
    size = int(sql("SELECT size FROM ballot.campaign"))
    sheets = [s for s in SHEETS if s["home"] == HOME and s["group"] == GROUP]
    for token, sheet in zip(mine[4:], sheets[4:]):
        status, told = p.put(token, seal(ballot_of(sheet), size, bytes.fromhex(key)))
        check(status == 201, f"{status} {told}")
    # what is no answer, sealed by hand: kept out, and counted
    for token, doc in zip(tokens[html.escape(next(n for n in tokens if n != NAME))], (
            b"xin chao", b"{}", {**ballot_of(sheets[0]), "device": "abc"},
            {**ballot_of(sheets[0]), "sheet": "CT02-00001-1"}, ballot_of(sheets[0]))):
        status, told = p.put(token, seal(doc, size, bytes.fromhex(key)))
        check(status == 201, f"{status} {told}")
    said = p.run("ballot", "campaigns", "--wave", WAVE)
    check(" 20 " in said, f"counts come in steps of five: {said}")
    p.act("close", GROUP)
    node("ballot_list.mjs", f"{DIR}/receipts.json", DIR)
    said = p.mix(GROUP)
    check("15 phiếu hợp lệ, 5 không hợp lệ, 0 bỏ ra" in said, said)
    bad = json.loads(sql("SELECT invalid FROM ballot.campaign"))
    check(sum(bad.values()) == 5 and bad.get("V03") == 1, f"why not valid: {bad}")
    p.run("freeze", "--wave", WAVE, "--reason", "thử")
    p.run("score", "--wave", WAVE)
    check(sql("SELECT count(*) FROM frozen.response") == "15", "frozen")
    check("nhiệt tình, <b>cần</b>" in sql("SELECT string_agg(comment, '') FROM frozen.comment"),
          "the remark arrived")
    check(rows("SELECT count(*) FROM ballot.token")[0][0] == "0", "tokens are gone")
    p.stop()


main()
