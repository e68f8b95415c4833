"""What receivers are told holds for what was sent.
usage: hook_docs.py LOG SECRET

The check of docs/API.md is run, as it stands there, on each request of the
receiver's log, and on forged ones; each body has the form that
docs/api/openapi.yaml gives its kind."""
import json
import pathlib
import re
import subprocess
import sys

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
page = (ROOT / "docs/API.md").read_text(encoding="utf-8")
told = page[page.index("## Webhooks"):]
names = {}
exec(re.search(r"```python\n(.*?)```", told, re.S).group(1), names)
is_from_phieu = names["is_from_phieu"]
api = yaml.safe_load((ROOT / "docs/api/openapi.yaml").read_text("utf-8"))
secret = sys.argv[2].encode()


def check(good, what):
    if not good:
        sys.exit(f"hook_docs: {what}")


def schema_of(kind):
    body = api["x-webhooks"][kind]["post"]["requestBody"]["content"]
    ref = body["application/json"]["schema"]["$ref"]
    return api["components"]["schemas"][ref.rsplit("/", 1)[1]]


kinds = set()
for line in open(sys.argv[1], encoding="utf-8"):
    r = json.loads(line)
    header, body = r["header"], r["text"].encode()
    then = int(re.match(r"t=(\d+),", header).group(1))
    check(is_from_phieu(secret, header, body, then), f"refused: {r}")
    for bad in ((secret + b"x", header, body, then),
                (secret, header, body + b" ", then),
                (secret, header, body, then + 301),
                (secret, header, body, then - 301),
                (secret, header.replace(f"t={then}", f"t={then + 1}"), body,
                 then),
                (secret, header[:-1], body, then),
                (secret, "t=,v1=", body, then), (secret, "", body, then)):
        check(not is_from_phieu(*bad), f"taken: {bad}")
    check(r["kind"] == r["body"]["kind"], f"two kinds: {r}")
    jsonschema.validate(r["body"], schema_of(r["kind"]),
                        format_checker=jsonschema.FormatChecker())
    kinds.add(r["kind"])
check(kinds == set(api["x-webhooks"]), f"of all kinds only {sorted(kinds)}")

# the example a receiver is tried with, by the function and by the shell
mac = re.search(r"give `v1=([0-9a-f]{64})`", told).group(1)
check(is_from_phieu(b"0123456789abcdef", f"t=1700000000,v1={mac}",
                    b'{"id":"1"}', 1700000000), "the example of API.md")
line = re.search(r"`({ printf.*?)`", told, re.S).group(1).replace("\n", " ")
out = subprocess.run(
    ["bash", "-c", "cat() { printf '%s' '{\"id\":\"1\"}'; }; t=1700000000 "
     f"SECRET=0123456789abcdef; {line}"], capture_output=True, text=True,
    check=True).stdout
check(out.split()[-1] == mac, f"openssl says {out}")
