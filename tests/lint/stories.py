#!/usr/bin/env python3
"""tests/README.md against the tests: each test it gives for a story or a
promise says so in its own words, each story that a test names is in the table,
each test has its place in the list, and each fuzz target its row and its seeds.
Exit 1 with a line a fault."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
page = (ROOT / "tests/README.md").read_text(encoding="utf-8")
faults = []


def named(text):
    """Numbers of stories in a text: "story 7, 17, 18", "Stories 4 and 5"."""
    out = set()
    plain = re.sub(r"\s*\n[\s#*]*", " ", text)
    for m in re.finditer(r"\b[Ss]tor(?:y|ies) (\d+(?:(?: ?\([^)]*\))?"
                         r"(?:,| and|, and|, story|-)? ?(?:stories )?\d+)*)",
                         plain):
        words = re.sub(r"\([^)]*\)", "", m[1])
        for a, b in re.findall(r"(\d+)(?:-(\d+))?", words):
            out |= set(range(int(a), int(b or a) + 1))
    return out


told = {}
for number, cells in re.findall(r"^\| (\d+) \|.*\| ([^|]+) \|$", page, re.M):
    for path in cells.split():
        told.setdefault(path, set()).add(int(number))
for promises, cells in re.findall(r"^\| ([ARS]\d+(?:, [ARS]\d+)*) \|.*\|"
                                  r" ([^|]+) \|$", page, re.M):
    for path in cells.split():
        text = (ROOT / path).read_text(encoding="utf-8")
        faults += [f"{path} does not name {p}" for p in promises.split(", ")
                   if not re.search(rf"\b{p}\b", text)]
tests = [p for kind in ("test_*.c", "dbtest_*.c", "service/*.sh",
                        "support/*.py", "web/*.mjs")
         for p in (ROOT / "tests").glob(kind)]
all_told = set().union(*told.values())
for path in sorted(tests):
    name = str(path.relative_to(ROOT))
    says = named(path.read_text(encoding="utf-8"))
    for n in sorted(told.pop(name, set()) - says):
        faults.append(f"{name} does not name story {n}")
    for n in sorted(says - all_told):
        faults.append(f"{name} names story {n}, which README.md does not have")
faults += [f"{name} is no test" for name in told]

listed = re.findall(r"\b(?:db)?test_\w+|\b\w+\.sh\b", "\n".join(re.findall(
    r"^\| [^|]+ \| ([^|]+) \|$", page.split(
        "## Every test")[1].split("\n## ")[0], re.M)))
there = {p.stem if p.suffix == ".c" else p.name
         for kind in ("test_*.c", "dbtest_*.c", "service/*.sh")
         for p in (ROOT / "tests").glob(kind)}
faults += [f"{name}: in one of README.md's list and tests/ only"
           for name in sorted(there ^ set(listed))]
faults += [f"{name} stands twice in README.md's list"
           for name in sorted({x for x in listed if listed.count(x) > 1})]

rows = {x.strip() for r in re.findall(r"^\| ([a-z_, ]+) \| ", page.split(
    "## Fuzz targets")[1].split("\n## ")[0], re.M) for x in r.split(",")} - {"target"}
have = {p.stem.removeprefix("fuzz_")
        for p in (ROOT / "tests/fuzz").glob("fuzz_*.c")}
faults += [f"fuzz target {n}: in one of README.md and tests/fuzz only"
           for n in sorted(rows ^ have)]
faults += [f"fuzz target {n} has no seeds" for n in sorted(have)
           if not list((ROOT / f"tests/fuzz/corpus/{n}").glob("*"))]
print("\n".join(faults), end="\n" if faults else "")
sys.exit(1 if faults else 0)
