#!/usr/bin/env python3
"""Plan files against the published schema, and the schema against itself.

Every shipped plan and the tests' small plan must be valid; every member of
every object must be described; and what the reader in C refuses by shape the
schema must refuse too (a few edits of the small plan).
Exit 1 with a line for each fault.
"""
import copy
import json
import pathlib
import re
import sys

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "docs/plan.schema.json"
SMALL = ROOT / "tests/data/plan/small.json"
faults = []

# path, value (None: delete) -> the small plan is no longer valid
REFUSED = [
    (["format"], "phieu-plan/2"),
    (["total"], 100),
    (["total"], "1e2"),
    (["wave", "extra"], 1),
    (["wave", "code"], "Small"),
    (["wave", "province"], None),
    (["units", 0, "code"], "S 1"),
    (["units", 0, "basis"], None),
    (["scales", 0, "options", 0, "coefficient"], 100),
    (["scales", 0, "options", 0, "coefficient"], "100.5"),
    (["scales", 0, "options", 0, "ordinal"], 201),
    (["forms", 0, "questions", 0, "options"], []),
    (["forms", 0, "questions", 2, "options"], None),
    (["forms", 0, "questions", 5, "min"], "0"),
    (["forms", 0, "questions", 5, "decimals"], 0),
    (["forms", 0, "questions", 4, "decimals"], 7),
    (["forms", 0, "questions", 4, "decimals"], "0"),
    (["groups", 0, "rates", "mode"], "some"),
    (["groups", 0, "quota", "each"], None),
    (["groups", 2, "quota", "each"], 5),
    (["criteria", 0, "children"], None),
    (["criteria", 1, "questions"], None),
    (["criteria", 1, "children"], []),
    (["decisions", "D5"], None),
    (["decisions", "D8", "digits"], 7),
]


def described(node, path):
    if isinstance(node, dict):
        for name, member in node.get("properties", {}).items():
            bare = set(member) <= {"type"}  # part of an if/then/else
            reference = "$ref" in member
            if not bare and not reference and set(member) != {"const"} \
                    and set(member) != {"enum"} \
                    and not member.get("description"):
                faults.append(f"{SCHEMA.name}: {path}/{name}: no description")
        for key, value in node.items():
            described(value, f"{path}/{key}")
    elif isinstance(node, list):
        for value in node:
            described(value, path)


def edited(plan, path, value):
    plan = copy.deepcopy(plan)
    at = plan
    for step in path[:-1]:
        at = at[step]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return plan


def codes_listed():
    """Each fault code of the reader has its line in docs/PLAN.md."""
    used = set()
    for path in (ROOT / "collector").glob("plan_*.c"):
        used |= set(re.findall(r'"(P[0-9]{2})"', path.read_text("utf-8")))
    listed = set(re.findall(r"^\| (P[0-9]{2}) \|",
                            (ROOT / "docs/PLAN.md").read_text("utf-8"), re.M))
    for code in sorted(used ^ listed):
        faults.append(f"docs/PLAN.md and the reader differ on {code}")


def main():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    described(schema, "")
    plans = sorted((ROOT / "collector/plans").glob("*.json"))
    if len(plans) < 3:
        faults.append("collector/plans: fewer than three plans")
    for path in plans + [SMALL]:
        plan = json.loads(path.read_text(encoding="utf-8"))
        for fault in validator.iter_errors(plan):
            faults.append(f"{path.name}: {fault.json_path}: {fault.message}")
    small = json.loads(SMALL.read_text(encoding="utf-8"))
    for path, value in REFUSED:
        if validator.is_valid(edited(small, path, value)):
            faults.append(f"{SCHEMA.name} takes {path} = {value!r}")
    codes_listed()
    for line in faults:
        print(line)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
