"""Steps of the dry run: the commands as people give them, files as units
fill them, a wave as the post brings it in."""
import json
import os
import pathlib
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

import openpyxl

import batch
import dry_exact
import dry_world as world

BIN, DIR = os.environ["DRY_RUN_BIN"], pathlib.Path(
    os.environ["DRY_RUN_DIR"])
asked = 0
faults = []
phieu = batch.Batch(f"{BIN}/phieu")
people = ThreadPoolExecutor(2)


def fail(text):
    faults.append(text)
    print("dry_run:", text, flush=True)


def run(want, says, *args):
    """A command of phieu: its exit code and, if not "", words it says."""
    global asked
    asked += 1
    code, out, err = phieu(*args)
    if code != want or says not in out + err:
        fail(f"phieu {' '.join(map(str, args))}: exit {code}, wanted "
             f"{want} and “{says}”: {(out + err)[-600:]}")
    return out


def ok(*args, says=""):
    return run(0, says, *args)


def no(says, *args):
    """Refused: a fault of what was asked (2) or of the time (1)."""
    global asked
    asked += 1
    code, out, err = phieu(*args)
    if code not in (1, 2) or says not in out + err:
        fail(f"phieu {' '.join(map(str, args))}: exit {code}, to be "
             f"refused with “{says}”: {(out + err)[-600:]}")


def both(jobs):
    """Acts of people who work at the same time."""
    for job in [people.submit(*j) for j in jobs]:
        job.result()


def sql(text, address="PHIEU_TEST_DB"):
    return subprocess.run(
        ["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", os.environ[address], "-c",
         text], check=True, capture_output=True, text=True).stdout.strip()


def same(what, got, want):
    if got != want:
        fail(f"{what}: {got!r}, not {want!r}")


# ---- a wave --------------------------------------------------------------

def simulate(plan, seed, n=None):
    """A wave's plan and sheets; the plan's own code names the wave."""
    wave = plan["wave"]["code"]
    path = DIR / f"{wave}.json"
    path.write_text(json.dumps(plan, ensure_ascii=False), "utf-8")
    ok("plan", "load", path, "--reason", "mẫu thử")
    ok("simulate", "--plan", path, "--seed", seed, "--out",
       DIR / f"{wave}.ndjson", *(["--n", n] if n else []))
    return [json.loads(line) for line in
            (DIR / f"{wave}.ndjson").read_text("utf-8").splitlines()]


def collect(waves):
    """The collector takes every sheet of the waves from the post's client."""
    log = open(DIR / "collector.log", "ab")
    proc = subprocess.Popen([f"{BIN}/phieu-collector", "--collector-port",
                             "0"], stdout=subprocess.PIPE, stderr=log)
    try:
        at = json.loads(proc.stdout.readline())["listening"]
        for w in waves:
            key = re.search(r"pa_\S+", ok("key", "agent", "add", "--wave", w,
                                          "--code", f"a-{w}", "--name",
                                          "Mẫu thử"))[0]
            subprocess.run(
                [f"{BIN}/phieu-upload", DIR / f"{w}.ndjson", "--to",
                 f"http://{at}" if "//" not in at else at, "--outbox",
                 DIR / f"outbox-{w}"], check=True, stdout=log, stderr=log,
                env=dict(os.environ, PHIEU_AGENT_KEY=key))
    finally:
        proc.terminate()
        proc.wait()
    # the collector wants a durable database, what follows only a quick one
    sql("ALTER SYSTEM SET fsync = off", "PHIEU_TEST_SUPER")
    sql("SELECT pg_reload_conf()", "PHIEU_TEST_SUPER")
    for w in waves:
        ok("freeze", "--wave", w, "--reason", "khóa số liệu (mẫu thử)")
        ok("score", "--wave", w)
        ok("publish", "--wave", w, "--reason", "công bố (mẫu thử)")


# ---- self-assessment by Excel ----------------------------------------------

def text_of(x, mark="."):
    return dry_exact.exact_text(x).replace(".", mark)


def fill(path, own, unit, way, spoil=None):
    """Another program fills the workbook: numbers, or texts with a comma,
    or with a point.  spoil: {code: cell content} instead."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    seen = set()
    for row in sheet.iter_rows():
        code = str(row[0].value or "")
        if (unit, code) not in own and code not in (spoil or {}):
            continue
        seen.add(code)
        if spoil and code in spoil:
            row[3].value = spoil[code]
        elif own[unit, code] == "na":
            row[4].value = "x"
            row[5].value = "không thuộc chức năng (mẫu thử)"
        else:
            x = own[unit, code]
            row[3].value = float(x) if way == 0 else text_of(
                x, "," if way == 1 else ".")
    missing = {c for (u, c) in own if u == unit} - seen
    if missing:
        fail(f"{path}: not in the workbook: {missing}")
    book.save(path)


def book_of(code, unit):
    return DIR / f"{code}-{unit}.xlsx"


def assess(code, said, units):
    """Every unit's workbook: made, filled, read back.  Some are faulty:
    refused whole, then mended."""
    def one(n, unit):
        path = book_of(code, unit)
        ok("self", "template", "--round", code, "--unit", unit, "--out", path)
        bad = {2: ({"LV1.1.1": 9.75}, "S06"), 5: ({"LV1.1.2": 3.3}, "S07"),
               8: ({"LV2.1.1": "1,5", "LV3.1.1": "2.5"}, "S02"),
               11: ({"LV6.1.1": "bốn"}, "S03"),
               21: ({"LV1.2.huyen": 3}, "S04")}.get(n)
        if bad:
            whole = path.read_bytes()
            fill(path, said.own, unit, n % 3, bad[0])
            no(bad[1], "self", "import", path, "--round", code)
            path.write_bytes(whole)
        # a typed sum is checked, told, never used
        typed = {"LV1.1": 10.875} if n == 14 else None
        fill(path, said.own, unit, n % 3, typed)
        ok("self", "import", path, "--round", code,
           says="ghi (typed) 10,875" if typed else "")
    both([(one, n, u["code"]) for n, u in enumerate(units)])
    same("items of faulty files, and typed sums, that were kept", sql(
        "SELECT count(*) FROM assess.item JOIN assess.round USING (round) "
        "JOIN assess.node USING (round, node) WHERE round.code = '%s' AND "
        "(self IS NOT NULL OR self_na)" % code), str(len(said.own)))


def evidence(code, units):
    file = DIR / "minh chứng.pdf"
    file.write_bytes("%PDF-1.4 mẫu thử\n".encode())
    for u in units:
        ok("self", "evidence", "add", file, "--round", code, "--unit", u,
           "--criterion", "LV1.1.1")
    ok("self", "evidence", "list", "--round", code, "--unit", units[0],
       says=file.name)
    words = DIR / "explain.txt"
    words.write_text("Báo cáo giải trình (mẫu thử)\n", "utf-8")
    ok("self", "explain", words, "--round", code, "--unit", units[0])


def table(code, said, units, doc, skip=()):
    """The second year: one wide table for all; what does not apply by hand."""
    typed = [c["code"] for c in world.leaves(doc, None, "assessed")
             if c["code"] not in skip]
    lines = [";".join(["Đơn vị"] + typed)]
    for u in units:
        cells = [said.own.get((u["code"], c), "") for c in typed]
        lines.append(";".join([u["name"]] + [
            "" if x in ("", "na") else text_of(x, ",") for x in cells]))
    path = DIR / f"{code}.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    ok("self", "import", path, "--round", code)
    both([(ok, "self", "set", "--round", code, "--unit", u, "--criterion", c,
           "--na") for (u, c), x in said.own.items()
          if x == "na" and c not in skip])
