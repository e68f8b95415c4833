#!/usr/bin/env python3
"""Documents of `phieu index` against docs/index.schema.json and the program.

What the schema takes and refuses, the program must; the examples of docs/ must
be valid and run.  Exit 1 with a line for each fault.
"""
import copy
import json
import os
import pathlib
import re
import subprocess
import sys

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("PHIEU_BIN", ROOT / "build/debug")) / "phieu"
faults = []

# file, path, value (None: delete): refused by both
REFUSED = [
    ("hai-cap", ["format"], "x"), ("hai-cap", ["example"], None),
    ("hai-cap", ["example"], 1), ("hai-cap", ["more"], 1),
    ("hai-cap", ["title"], ""), ("hai-cap", ["units"], []),
    ("hai-cap", ["kinds"], None), ("hai-cap", ["rules", "ties"], None),
    ("hai-cap", ["rules", "digits"], 7), ("hai-cap", ["rules", "digits"], "2"),
    ("hai-cap", ["rules", "rescale"], "x"),
    ("hai-cap", ["rules", "missing", "survey"], "self"),
    ("hai-cap", ["rules", "missing", "external"], None),
    ("hai-cap", ["rules", "bands"], []),
    ("hai-cap", ["rules", "bands", 0, "from"], 95),
    ("hai-cap", ["rules", "tie_break"], ["x"]),
    ("hai-cap", ["rules", "draft"], 1),
    ("hai-cap", ["kinds", 0, "total"], 100),
    ("hai-cap", ["kinds", 0, "more"], 1),
    ("hai-cap", ["criteria", 0, "source"], "survey"),
    ("hai-cap", ["criteria", 0, "children"], []),
    ("hai-cap", ["criteria", 0, "maximum"], "30.0000001"),
    ("hai-cap", ["criteria", 0, "children", 0, "source"], None),
    ("hai-cap", ["criteria", 0, "children", 0, "source"], "x"),
    ("hai-cap", ["criteria", 0, "children", 0, "combine"], "sum"),
    ("hai-cap", ["criteria", 0, "children", 0, "more"], 1),
    ("hai-cap", ["criteria", 0, "children", 2, "convert"], {}),
    ("hai-cap", ["criteria", 0, "children", 2, "convert", "steps"],
     [{"from": "1", "points": "1"}]),
    ("hai-cap", ["criteria", 0, "children", 2, "convert", "linear", "x"], 1),
    ("ba-cap", ["criteria", 2, "convert", "steps"], []),
    ("ba-cap", ["criteria", 2, "convert", "steps", 0, "points"], 10),
    ("ba-cap", ["units", 1, "deductions", 0, "reason"], None),
    ("ba-cap", ["units", 1, "deductions", 0, "points"], 1),
    ("nhom", ["criteria", 0, "children", 0, "groups"], {}),
    ("nhom", ["units", 0, "values", "XH1", "groups", "CC"], 5),
    ("hai-cap", ["units", 0, "values"], None),
    ("hai-cap", ["units", 0, "values", "1.1"], 5),
    ("hai-cap", ["units", 0, "values", "1.1"], "5,5"),
    ("hai-cap", ["units", 0, "values", "1.1", "more"], 1),
    ("hai-cap", ["units", 0, "values", "1.1", "status"], "x"),
    ("hai-cap", ["units", 0, "values", "1.3", "se"], -1),
    ("hai-cap", ["units", 0, "name"], None),
    ("thieu", ["units", 3, "typed", "total"], 81),
    ("thieu", ["units", 3, "typed", "more"], "81"),
]
TAKEN = [
    ("hai-cap", ["title"], None), ("hai-cap", ["basis"], "12/QD"),
    ("hai-cap", ["rules", "bands"], None),
    ("hai-cap", ["rules", "tie_break"], ["exact", "criterion:1.1"]),
    ("hai-cap", ["rules", "digits"], 0),
    ("hai-cap", ["units", 0, "block"], "b"),
    ("hai-cap", ["units", 0, "values", "1.3"], "21/5"),
    ("hai-cap", ["units", 0, "values", "1.1", "origin"], "o"),
    ("hai-cap", ["criteria", 0, "basis"], "o"),
]


def example(name):
    return json.loads((ROOT / f"docs/examples/index-{name}.json").read_text(
        encoding="utf-8"))


def edited(name, path, value):
    document = example(name)
    node = document
    for step in path[:-1]:
        node = node[step]
    if value is None:
        del node[path[-1]]
    else:
        node[path[-1]] = copy.deepcopy(value)
    return document


def ask(document):
    return subprocess.run([BIN, "index", "-", "--json"], check=False,
                          input=json.dumps(document).encode(),
                          capture_output=True)


def described(node, path):
    for name, member in node.get("properties", {}).items():
        if not member.get("description"):
            faults.append(f"{path}/{name}: no description")
    for key, value in node.items():
        if isinstance(value, dict):
            described(value, f"{path}/{key}")


def main():
    schema = json.loads((ROOT / "docs/index.schema.json").read_text(
        encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    valid = jsonschema.Draft202012Validator(schema).is_valid
    described(schema, "")
    names = [f.stem.removeprefix("index-") for f in
             sorted((ROOT / "docs/examples").glob("index-*.json"))]
    cases = [(example(name), True) for name in names]
    cases += [(edited(*e), True) for e in TAKEN]
    cases += [(edited(*e), False) for e in REFUSED]
    text = (ROOT / "docs/INDEX.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```json\n(.*?)```", text, re.S)
    cases += [(json.loads(block), True) for block in blocks]
    if not blocks or len(names) < 6:
        faults.append("examples are missing")
    for document, good in cases:
        got = ask(document)
        if valid(document) != good:
            faults.append(f"schema, not {good}: {json.dumps(document)[:300]}")
        if (got.returncode in (0, 3)) != good or \
                (not good and got.returncode != 2):
            faults.append(f"phieu exit {got.returncode}, not {good}: "
                          f"{got.stderr.decode()[:300]}")
    for line in faults:
        print(line)
    return 1 if faults else 0


sys.exit(main())
