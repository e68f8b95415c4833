"""A province's year with the index, and the next: everything from the
calendar to a superseding correction, by the commands that people give.
Every figure is held to dry_exact.py, which knows only what was invented.

usage: dry_run.py (from tests/service/dry_run.sh).  Exit 1 when anything
differs; N= lines say how much was done."""
import json
import pathlib
import sys
import time
from fractions import Fraction as F

import dry_exact
import dry_steps as steps
import dry_world as world
import dry_year
import explain_check
import explain_http
from dry_steps import both, fail, no, ok, run, same, sql

PLAN = json.loads(pathlib.Path(
    "collector/plans/lai-chau-2020.json").read_text("utf-8"))
figures = 0


class Year:
    def __init__(self, number, plan, sheets):
        self.number = number
        self.doc = world.document(number, plan, plan["wave"]["code"])
        self.code = self.doc["round"]["code"]
        self.units = self.doc["index"]["units"]
        self.survey = dry_exact.survey_points(plan, sheets)
        self.path = steps.DIR / f"{self.code}.json"
        self.stand = {}  # what counts of each item: points or "na"
        self.deducts = []
        self.state = {}
        self.meeting = self.result = 0

    def write(self):
        self.path.write_text(json.dumps(self.doc, ensure_ascii=False,
                                        indent=1), "utf-8")

    def on(self, *args, says=""):
        return ok(*args, "--round", self.code, says=says)

    def not_on(self, says, *args):
        no(says, *args, "--round", self.code)

    def step(self, step, close=False):
        ok("round", "step", self.code, step, *(
            ["--close"] if close else ["--until", world.day(1)]),
            "--reason", "theo chỉ đạo (mẫu thử)")

    # ---- appraisal ------------------------------------------------------

    def own_office(self, unit, code):
        return world.lead_of(code) == unit

    def appraise(self, key):
        unit, code = key
        does, gives = self.said.does[key], self.said.gives[key]
        item = ("--office", world.lead_of(code), "--unit", unit,
                "--criterion", code)
        put = ["--na"] if gives == "na" else ["--points",
                                              steps.text_of(gives)]
        if does == "ask":
            self.on("appraise", "ask", *item, "--reason", "thiếu tài liệu",
                    "--due", world.day(3))
            does = "correct"
            self.asked.append((key, item, put))
            return
        if does == "accept":
            self.on("appraise", "accept", *item)
            self.stand[key] = self.said.own[key]
        else:
            self.on("appraise", "correct", *item, *put, "--reason",
                    "thiếu tài liệu kiểm chứng (mẫu thử)")
            self.stand[key] = gives

    def supply(self):
        """Evidence asked for comes, and is appraised."""
        open_ones = self.on("request", "list")
        for key, item, put in self.asked:
            number = next((line.split()[0] for line in open_ones.splitlines()
                           if key[0] in line.split()
                           and key[1] in line.split()), None)
            if number is None:
                fail(f"no request for {key}")
                continue
            self.on("request", "supply", "--unit", key[0], "--request",
                    number, "--text", "đã bổ sung (mẫu thử)")
            self.on("appraise", "correct", *item, *put, "--reason",
                    "theo tài liệu bổ sung")
            self.stand[key] = self.said.gives[key]

    def all_appraised(self):
        self.asked = []
        own = [k for k in self.said.does if self.own_office(*k)]
        office = {world.lead_of(c): (u, c) for u, c in own}
        for o, (u, c) in office.items():
            self.not_on("own unit", "appraise", "correct", "--office", o,
                        "--unit", u, "--criterion", c, "--points", "0",
                        "--reason", "của mình")
        self.not_on("in steps of 0.25", "appraise", "correct", "--office",
                    "so-noi-vu", "--unit", "tam-duong", "--criterion",
                    "LV1.1.1", "--points", "3.3", "--reason", "lẻ")
        self.not_on("does not lead", "appraise", "accept", "--office",
                    "so-noi-vu", "--unit", "tam-duong", "--criterion",
                    "LV1.1.3")
        both([(self.appraise, k) for k in self.said.does if k not in own])
        self.supply()
        return own

    # ---- opinions and requests -------------------------------------------

    def opinions(self):
        """Agree, object, or say nothing until the days are over."""
        changed = [k for k in self.stand
                   if self.said.does[k] == "correct" and k in self.said.own]
        by = {"agree": changed[0::3], "object": changed[1::3],
              "silent": changed[2::3]}
        both([(self.on, "opinion", "agree", "--unit", u, "--criterion", c)
              for u, c in by["agree"]] +
             [(self.on, "opinion", "object", "--unit", u, "--criterion", c,
               "--text", "đã gửi đủ tài liệu (mẫu thử)")
              for u, c in by["object"]])
        sql("UPDATE assess.appraisal SET done_at = now() - interval '6 days' "
            "WHERE round = (SELECT round FROM assess.round WHERE code = '%s')"
            % self.code)
        unit, code = by["silent"][0]
        self.not_on("silence is agreement", "opinion", "object", "--unit",
                    unit, "--criterion", code, "--text", "muộn")
        said = dict(line.split("|") for line in sql(
            "SELECT u.code || ' ' || n.code, s.opinion FROM assess.standing "
            "AS s JOIN assess.round AS r USING (round) JOIN assess.unit AS u "
            "USING (round, unit) JOIN assess.node AS n USING (round, node) "
            "WHERE r.code = '%s' AND s.state <> 'pending'"
            % self.code).splitlines())
        for word, want in (("agree", "agrees"), ("object", "objects"),
                           ("silent", "silent")):
            for u, c in by[word]:
                same(f"opinion of {u} on {c}", said.get(f"{u} {c}"), want)
        return by["object"]

    def ask_again(self, objected):
        """Requests for re-evaluation: one granted, one refused."""
        for (u, c), outcome in zip(objected[:2], ("granted", "refused")):
            self.on("request", "evaluation", "--unit", u, "--criterion", c,
                    "--text", "đề nghị đánh giá lại (mẫu thử)", "--due",
                    world.day(2))
            row = next(line for line in self.on("request", "list", "--unit",
                                                u).splitlines()
                       if "re-evaluation" in line)
            self.on("request", "answer", "--request", row.split()[0],
                    "--outcome", outcome, "--text", "đã xem xét (mẫu thử)")
        return objected[0]

    # ---- the council -----------------------------------------------------

    def council(self, own, objected, granted):
        self.on("visit", "add", "--unit", "tam-duong", "--held",
                world.day(-1), "--team", "Tổ Thư ký", "--found",
                "hồ sơ đủ (mẫu thử)")
        for n, p in (("Ông A", "Chủ tịch"), ("Bà B", "Ủy viên")):
            self.on("council", "member", "--body", "council", "--name", n,
                    "--position", p, "--basis", "QĐ 9/QĐ-UBND (mẫu thử)")
        self.not_on("is no member", "council", "meeting", "--body", "council",
                    "--held", world.day(0), "--present", "Ông C",
                    "--minutes", "x")
        self.meet()
        # an office's own items, and some of what units objected to
        both([(self.rule, k, self.said.gives[k]) for k in own] +
             [(self.rule, k, self.said.own[k]) for k in objected[2::4]] +
             [(self.rule, granted, self.said.own[granted])])

    def meet(self):
        self.meeting = int(self.on(
            "council", "meeting", "--body", "council", "--held", world.day(0),
            "--present", "Ông A; Bà B", "--minutes",
            "Biên bản họp Hội đồng (mẫu thử)").rsplit(":", 1)[1])

    def rule(self, key, points):
        put = ["--na"] if points == "na" else ["--points",
                                               steps.text_of(points)]
        self.on("council", "rule", "--meeting", self.meeting, "--unit",
                key[0], "--criterion", key[1], *put, "--reason",
                "theo biên bản họp (mẫu thử)")
        self.stand[key] = points

    def take_away(self):
        for n, (unit, code, points, stands) in enumerate(self.said.deducts):
            made = self.on("deduct", "add", "--unit", unit, "--points",
                           steps.text_of(points), "--reason",
                           "chậm báo cáo (mẫu thử)", "--document",
                           f"CV {n + 1} (mẫu thử)",
                           *(["--criterion", code] if code else []))
            if stands:
                self.deducts.append((unit, code, points))
            else:
                self.on("deduct", "cancel", "--deduction",
                        made.rsplit(":", 1)[1].strip(), "--reason",
                        "nhầm đơn vị (mẫu thử)")

    def outside(self, leave_out=()):
        both([(self.on, "external", "put", "--unit", u, "--criterion", c,
               "--value", steps.text_of(x), "--source",
               "chỉ số bên ngoài (mẫu thử)")
              for (u, c), x in self.said.external.items()
              if (u, c) not in leave_out])
        for k in leave_out:
            del self.said.external[k]

    # ---- the figures -----------------------------------------------------

    def values(self):
        out = {(u, c): p for (u, c), p in self.survey.items()
               if p is not None}
        out.update(self.said.external)
        out.update(self.stand)
        return out

    def compute(self, want=0):
        said = run(want, "kết quả số", "round", "compute", self.code)
        self.result = int(said.rsplit("kết quả số", 1)[1].split()[0])
        self.exact = dry_exact.index(self.doc, self.values(), self.deducts)
        got = json.loads(ok("round", "result", self.code, "--result",
                            self.result))
        hold(self, got)
        return got

    def tie(self, block, code):
        """Rulings that bring units of a block to the same points: three
        where that can be, else two."""
        units = [self.exact[u["code"]] for u in self.units
                 if u.get("block", u["kind"]) == block]
        whole = [x for x in units if x.base == x.full
                 and isinstance(self.stand.get((x.unit["code"], code)), F)]
        digits = self.doc["index"]["rules"]["digits"]
        best = []
        for a in sorted(units, key=lambda x: x.published):
            found = [((a.unit["code"], code), None)]
            for b in whole:
                key = b.unit["code"], code
                p = self.stand[key] + dry_exact.half_up(
                    a.published - b.exact, digits)
                if b is not a and 0 <= p <= 8 and (
                        p * 1000).denominator == 1:
                    found.append((key, p))
            best = found[:3] if len(found[:3]) > len(best) else best
        for key, p in best[1:]:
            self.rule(key, p)
        if len(best) < 2:
            fail(f"{block}: no units can be brought to a tie")
        return [k[0] for k, _ in best]

    def publish(self, number, reason):
        ok("round", "publish", self.code, "--result", self.result,
           "--decision", f"{number}/QĐ-UBND (mẫu thử)", "--reason", reason,
           says="mẫu thử")
        ok("round", "verify", self.code, "--result", self.result)


def hold(year, got):
    """Every figure of a result against the fractions."""
    global figures
    digits = year.doc["index"]["rules"]["digits"]
    ranks = dry_exact.ranks(list(year.exact.values()),
                            year.doc["index"]["rules"]["ties"])
    same("units of the result", sorted(u["code"] for u in got["units"]),
         sorted(year.exact))
    for u in got["units"]:
        x = year.exact[u["code"]]
        want = {"published": dry_exact.text(x.published, digits),
                "exact": x.exact,
                "percent": dry_exact.text(x.percent, 2),
                "sum": x.sum, "scaled": x.scaled, "maximum": x.full,
                "base": x.base, "bonus": x.bonus, "deduction": x.deduction,
                "grade": x.grade, "rank": ranks[u["code"]][0],
                "shared": ranks[u["code"]][1], "complete": True,
                "missing": [], "removed": x.lists["removed"],
                "left_out": x.lists["left_out"]}
        for k, v in want.items():
            figures += 1
            same(f"{year.code} {u['code']} {k}", F(u.get(k, "-1"))
                 if isinstance(v, F) else u.get(k), v)
        for c in u["criteria"]:
            cell = x.cells.get(c["code"])
            if cell is None:
                same(f"{year.code} {u['code']} {c['code']}", c["state"],
                     "not-for-this-kind")
                continue
            figures += 2
            same(f"{year.code} {u['code']} {c['code']} points", c["points"],
                 dry_exact.text(x.round(cell.exact), digits))
            same(f"{year.code} {u['code']} {c['code']} exact",
                 F(c["exact"]), cell.exact)
        same(f"criteria of {u['code']}", {c["code"] for c in u["criteria"]}
             >= set(x.cells), True)


def begin(year, seed):
    year.said = world.Said(year.doc, seed)
    year.write()
    ok("round", "check", year.path, says="không có lỗi")
    wrong = json.loads(json.dumps(year.doc))
    wrong["index"]["criteria"][5]["children"][1]["maximum"] = "2"
    wrong["index"]["criteria"][5]["children"][0]["maximum"] = "8"
    wrong["index"]["criteria"][5]["children"][0]["children"][0][
        "maximum"] = "4"
    wrong["index"]["criteria"][5]["children"][2]["maximum"] = "2"
    other = steps.DIR / "other.json"
    other.write_text(json.dumps(wrong, ensure_ascii=False), "utf-8")
    no("LV6.2.huyen: 2 / 1, LV6.2.so: 2 / 1", "round", "load", other,
       "--reason", "sai điểm tối đa")
    ok("round", "load", year.path, "--reason", "kế hoạch năm (mẫu thử)")
    ok("round", "calendar", year.code, says="đang mở")
    ok("round", "calendar", year.code, "--late", says="TRỄ HẠN")
    ok("round", "task", year.code, "1", "--state", "done", "--note", "xong")
    ok("round", "calendar", year.code, "--ics", says="BEGIN:VEVENT")
    year.not_on("is not open", "appraise", "correct", "--office",
                "so-noi-vu", "--unit", "tam-duong", "--criterion", "LV1.1.1",
                "--points", "1", "--reason", "sớm")


def hand_in(year):
    year.not_on("has not handed" if year.step("appraise") is None else "",
                "appraise", "accept", "--office", "so-noi-vu", "--unit",
                "tam-duong", "--criterion", "LV1.1.1")
    both([(year.on, "self", "submit", "--unit", u["code"])
          for u in year.units])
    year.on("self", "reopen", "--unit", "tam-duong", "--reason", "nhầm số")
    year.step("self-assess", close=True)
    year.on("self", "submit", "--unit", "tam-duong")
    year.not_on("handed in", "self", "set", "--unit", "tam-duong",
                "--criterion", "LV1.1.1", "--points", "1")


def judge(year):
    own = year.all_appraised()
    objected = year.opinions()
    year.step("council")
    year.council(own, objected, year.ask_again(objected))
    year.take_away()


def first_year(year):
    begin(year, 20)
    steps.assess(year.code, year.said, year.units)
    steps.evidence(year.code, ["tam-duong", "so-y-te"])
    no("S16", "self", "import", steps.book_of(year.code, "so-y-te"),
       "--round", year.code)
    hand_in(year)
    dry_year.inspections(year)
    judge(year)
    run(3, "chưa đủ", "round", "compute", year.code)  # nothing from outside
    no("chưa đủ", "round", "publish", year.code, "--result", 1, "--decision",
       "x", "--reason", "x")
    year.outside()
    year.compute()
    tied = [year.tie(b, "LV3.1.1") for b in ("khoi-1", "khoi-2", "huyen")]
    got = year.compute()
    for units in tied:
        rows = [u for u in got["units"] if u["code"] in units]
        same("a tie is shared", len({(u["published"], u["rank"])
                                     for u in rows}), 1)
    no("is not open", "round", "publish", year.code, "--result", year.result,
       "--decision", "x", "--reason", "x")
    year.step("publish")
    year.publish(1, "công bố (mẫu thử)")
    explain_some(year, got)
    explain_http.check(year)


KINDS = {"points", "linear", "steps", "sum", "all-of", "any-of", "formula",
         "bonus", "deduction", "half-up", "shown-rounded", "grade", "wave",
         "scored", "not-applicable", "not-claimed", "rescale-source"}


def explain(year, code, result, got=None):
    """Re-adds what `round explain` says of a unit and all of its criteria."""
    for c in [None] + [c["code"] for c in got["criteria"]
                       if c["state"] != "absent"]:
        doc = json.loads(ok("round", "explain", year.code,
                            code + (f"/{c}" if c else ""), "--result",
                            result, "--json"))
        try:
            value = explain_check.explained(doc, 2)
        except (explain_check.Wrong, KeyError, IndexError, TypeError,
                ValueError) as e:
            fail(f"explanation of {code}/{c}: {e!r}")
            continue
        x = year.exact[code]
        want = x.published if c is None else x.round(x.cells[c].exact)
        if c is None or x.cells[c].state == "scored":
            same(f"explained {code}/{c}", value, want)


def explain_some(year, got):
    """A unit of each kind and case; together they show every rule."""
    rows = {u["code"]: u for u in got["units"]}
    cases = [lambda x: x.base != x.full, lambda x: x.bonus > 0,
             lambda x: x.lists["removed"] and x.unit["kind"] == "huyen",
             lambda x: x.values.get("DT") is not None,
             lambda x: any(d[0] == x.unit["code"] for d in year.deducts)]
    some = {next(u for u, x in year.exact.items() if case(x))
            for case in cases} | {"so-noi-vu", "sin-ho"}
    for code in sorted(some):
        explain(year, code, year.result, rows[code])
    same("rules that were not re-added", KINDS - explain_check.seen, set())
    # what is missing says so, in the first result
    doc = json.loads(ok("round", "explain", year.code, "sin-ho/LV4.1.2",
                        "--result", 1, "--json"))
    same("a missing value", (doc["value"]["state"], doc["draft"],
                             doc["value"]["points"]),
         ("missing", True, None))
    ok("round", "explain", year.code, "so-noi-vu/LV1.1.1",
       says="kết luận số")
    ok("round", "explain", year.code, "sin-ho/HL.huyen",
       says="BƯỚC 3: câu trả lời")
    no("no criterion", "round", "explain", year.code, "sin-ho/X")
    no("no unit", "round", "explain", year.code, "x")


def explain_wave(plan, sheets):
    """A wave with more sheets: all groups of some questions may be shown, and
    the counts alone give the published points."""
    want = dry_exact.survey_points(plan, sheets)
    for unit in ("tam-duong", "so-y-te", "sin-ho"):
        for (u, c), points in want.items():
            if u != unit:
                continue
            doc = json.loads(ok("explain", "--wave", plan["wave"]["code"],
                                "--unit", u, "--criterion", c, "--json"))
            try:
                got = explain_check.wave(doc)
                if got is not None:
                    same(f"behind {u}/{c}", got, points)
                else:
                    same(f"{u}/{c} as decided", F(doc["points"]),
                         dry_exact.half_up(points, 2))
            except (explain_check.Wrong, KeyError, TypeError) as e:
                fail(f"behind {u}/{c}: {e!r}")
    if explain_check.open_items < 10:
        fail(f"all groups shown of {explain_check.open_items} questions only")


def correct(year):
    """A published value that was wrong: a new result supersedes."""
    first = year.result
    year.meet()
    year.rule(("so-y-te", "LV2.1.1"), F("2.125"))
    year.compute()
    year.publish(2, "đính chính mục LV2.1.1 của một đơn vị (mẫu thử)")
    same("releases", sql(
        "SELECT string_agg(result || '>' || coalesce(supersedes::text, ''), "
        "' ' ORDER BY release) FROM assess.release JOIN assess.round USING "
        "(round) WHERE code = '%s'" % year.code),
        f"{first}> {year.result}>1")
    ok("round", "verify", year.code, "--result", first)


def second_year(year):
    begin(year, 21)
    steps.table(year.code, year.said, year.units[:3], year.doc)
    year.doc = world.replace_criterion(year.doc)
    gone = {k: v for k, v in year.said.own.items() if k[1] == "LV7.1.2"}
    year.said = world.Said(year.doc, 22)
    year.write()
    ok("round", "load", year.path, "--reason", "thay thế tiêu chí (mẫu thử)",
       says="phiên bản 2")
    same("what was said of the criterion that went", sql(
        "SELECT count(*) FROM assess.item JOIN assess.node USING (round, "
        "node) WHERE node.code = 'LV7.1.2' AND replaced_by = 'LV7.1.3' AND "
        "NOT in_force AND self IS NOT NULL AND round = (SELECT round FROM "
        "assess.round WHERE code = '%s')" % year.code),
        str(sum(u["code"] == k[0] for k in gone for u in year.units[:3])))
    year.not_on("no criterion", "self", "set", "--unit", "so-y-te", "--criterion",
                "LV7.1.2", "--points", "1")
    steps.table(year.code, year.said, year.units, year.doc)
    hand_in(year)
    judge(year)
    year.outside(leave_out=[("muong-te", "LV4.1.2"), ("so-y-te", "LV4.1.2"),
                            ("sin-ho", "LV6.1.3")])
    year.compute()
    year.tie("khoi-1", "LV3.1.1")
    year.compute()
    year.step("publish")
    year.publish(3, "công bố (mẫu thử)")


def compare(now, before):
    """Year on year: the change of every total and of every criterion that
    stayed; what was replaced is marked and in no list of changes."""
    global figures
    doc = json.loads(ok("round", "compare", now.code, "--with", before.code,
                        "--json"))
    same("units compared", len(doc["units"]), len(now.units))
    for u in doc["units"]:
        code = u["unit"]["code"]
        a, b = before.exact[code].published, now.exact[code].published
        figures += 3
        same(f"{code} now", F(u["total"]["now"]["points"]), b)
        same(f"{code} before", F(u["total"]["before"]["points"]), a)
        same(f"{code} change", F(u["total"]["change"]), b - a)
        for c in u["criteria"]:
            if c["marks"] or "change" not in c:
                continue
            x, y = (y.exact[code].cells[c["code"]] for y in (before, now))
            figures += 1
            same(f"{code} {c['code']} change",
                 F(c["change"]) in (y.exact - x.exact, y.going - x.going),
                 True)
        new = next(c for c in u["criteria"] if c["code"] == "LV7.1.3")
        same(f"{code}: the replaced criterion is marked", bool(
            new["marks"]) or new["move"] not in ("up", "down", "kept"), True)


def covered(years):
    """What was invented has every case: a check that cannot pass unseen."""
    units = [u for y in years for u in y.exact.values()]
    shared = [s for y in years for _, s in dry_exact.ranks(
        list(y.exact.values()), y.doc["index"]["rules"]["ties"]).values()]
    conditions = {c: {u.cells[c].exact for u in units if c in u.cells}
                  for c in ("LV2.1.2", "LV3.1.2", "LV5.1.2", "LV6.1.3")}
    for what, n, least in (
            ("units rescaled", sum(u.base != u.full for u in units), 8),
            ("left out by the rule", sum(bool(u.lists["left_out"])
                                         for u in units), 3),
            ("bonus", sum(u.bonus > 0 for u in units), 8),
            ("deductions", sum(u.deduction > 0 for u in units), 10),
            ("shared ranks", sum(shared), 9),
            ("grades", len({u.grade for u in units}), 4),
            ("outcomes of conditions",
             min(map(len, conditions.values())), 2)):
        if n < least:
            fail(f"the world has too little: {what}: {n} of {least}")


def the_log():
    ok("audit", "verify", says="")
    entry = sql("SELECT seq FROM audit.entry WHERE kind = 'assess.rule' "
                "ORDER BY seq LIMIT 1")
    sql("SET session_replication_role = replica; UPDATE audit.entry SET "
        "content = replace(content, 'points', 'point') WHERE lane = 0 AND "
        "seq = " + entry, "PHIEU_TEST_SUPER")
    no(f"lane 0, entry {entry}: entry was changed", "audit", "verify")


def main():
    began = time.monotonic()
    plans = [json.loads(json.dumps(PLAN)) for _ in range(3)]
    for n, p in enumerate(plans):
        p["wave"]["code"] = f"lai-chau-{2020 + n}"
    sheets = [steps.simulate(p, 2020 + n, 3000 if n == 2 else None)
              for n, p in enumerate(plans)]
    years = [Year(n, plans[n], sheets[n]) for n in (0, 1)]
    steps.collect([p["wave"]["code"] for p in plans])
    explain_wave(plans[2], sheets[2])
    first_year(years[0])
    correct(years[0])
    dry_year.improve(years[0])
    dry_year.reward(years[0])
    second_year(years[1])
    dry_year.gained(years[0], years[1])
    compare(years[1], years[0])
    covered(years)
    the_log()
    steps.people.shutdown()
    same("how the commands' processes ended", steps.phieu.close(), [])
    print(f"N={steps.asked} commands of two years")
    print(f"N={figures} figures, each as the fractions have it")
    print(f"took {time.monotonic() - began:.0f} s", file=sys.stderr)
    return 1 if steps.faults else 0


sys.exit(main())
