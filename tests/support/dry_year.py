"""What else a year has: inspections before the appraisal, a plan for lost
points after the publication, commendation.  Held to the fractions of
dry_exact.py and to rules applied here, not by our own code."""
import csv
import io
import json
from fractions import Fraction as F

import dry_world as world
from dry_steps import DIR, fail, no, ok, same, sql, text_of


def document(name, year, content):
    path = DIR / f"{year.code}-{name}.json"
    path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    return path


def rows(year, *args):
    """A list as the command prints it for other programs."""
    return list(csv.DictReader(io.StringIO(
        year.on(*args, "--csv").lstrip("\ufeff"))))


# ---- inspections -------------------------------------------------------------

def inspect_plan(year):
    at = year.doc["round"]["year"]
    return at, {
        "plan": {"round": year.code, "title": "Kế hoạch kiểm tra (mẫu thử)",
                 "basis": "example", "authority": "Sở Nội vụ",
                 "documents_days": 3},
        "teams": [{"code": "doan", "name": "Đoàn (mẫu thử)",
                   "basis": "example", "members": [
                       {"name": "Thành viên A (mẫu thử)", "position": "x",
                        "office": "so-noi-vu", "head": True},
                       {"name": "Thành viên B (mẫu thử)", "position": "x",
                        "office": "so-tu-phap"}]}],
        "outline": [{"code": "I.1", "title": "Kế hoạch của đơn vị"},
                    {"code": "I.2", "title": "Báo cáo", "kinds": ["so"]}],
        "inspections": [
            {"number": 1, "unit": "so-y-te", "quarters": [2]},
            {"number": 2, "unit": "tam-duong", "quarters": [4]},
            {"number": 3, "unit": "so-tu-phap", "quarters": [3]}]}


def act(year, name, number, *args, says=""):
    year.on("inspect", name, "--inspection", number, *args, says=says)


def inspected(year, number, on, items, says):
    """From the day told to the conclusion."""
    act(year, "schedule", number, "--from", on(10), "--form", "on-site",
        "--team", "doan", says=on(7))
    act(year, "documents", number, "--on", on(8 if says else 7),
        says=says or "đúng hạn")
    act(year, "start", number, "--on", on(10))
    for i in items[1:]:
        act(year, "answer", number, "--item", i, "--verdict", "done",
            "--text", "đủ (mẫu thử)")
    year.not_on("K38", "inspect", "conclude", "--inspection", number,
                "--number", f"{number}/KL", "--on", on(20), "--text", "x")
    act(year, "answer", number, "--item", items[0], "--verdict", "partly",
        "--text", "thiếu (mẫu thử)")
    act(year, "finding", number, "--text", "Chậm công khai (mẫu thử)",
        "--due", on(28), "--responsible", "Phó thủ trưởng (mẫu thử)",
        "--criterion", "LV1.1.1")
    act(year, "conclude", number, "--number", f"{number}/KL", "--on", on(20),
        "--text", "Khắc phục đúng hạn (mẫu thử)")


def inspections(year):
    """The plan of the year: two units inspected, one not; what was found
    stands beside the item that the appraiser judges."""
    at, plan = inspect_plan(year)
    ok("inspect", "plan", "load", document("inspect", year, plan),
       "--reason", "kế hoạch kiểm tra năm (mẫu thử)", says="phiên bản 1")
    inspected(year, 1, lambda d: f"{at}-05-{d:02}", ["I.1", "I.2"],
              "trễ 1 ngày")
    inspected(year, 2, lambda d: f"{at}-11-{d:02}", ["I.1"], "")
    year.not_on("K28", "inspect", "schedule", "--inspection", 3, "--from",
                f"{at}-08-10", "--form", "on-site", "--team", "doan")
    act(year, "cancel", 3, "--reason", "theo chỉ đạo (mẫu thử)")
    year.on("inspect", "recommend", "--inspection", 1, "--to",
            "Chủ tịch UBND tỉnh", "--text", "nhắc nhở (mẫu thử)", "--finding",
            1, "--due", f"{at}-06-30")
    year.on("inspect", "measure", "--measure", 1, "--state", "accepted",
            "--text", "đã giao (mẫu thử)")
    year.on("inspect", "remedied", "--unit", "so-y-te", "--finding", 1,
            "--text", "đã công khai (mẫu thử)")
    year.on("inspect", "verify", "--finding", 1, "--evidence",
            "xem trang thông tin (mẫu thử)", "--on", f"{at}-06-01")
    year.on("appraise", "list", "--office", "so-noi-vu", "--unit", "so-y-te",
            says="phát hiện 1 (đợt kiểm tra 1): đã khắc phục")
    year.on("appraise", "list", "--office", "so-noi-vu", "--unit",
            "tam-duong", says="phát hiện 2 (đợt kiểm tra 2): quá hạn")
    year.on("inspect", "late", says="tam-duong")
    ok("inspect", "report", year.code, "--inspection", 1, "--out",
       DIR / "conclusion.html")
    same("inspections", sorted(r.get("state", "") for r in rows(
        year, "inspect", "list")), ["cancelled", "concluded", "concluded"])


# ---- lost points, and what became of them --------------------------------------

def typed(year):
    """Criteria that offices judge: unit and code to maximum and points."""
    most = {c["code"]: F(c["maximum"])
            for kind in ("so", "huyen")
            for c in world.leaves(year.doc, kind, "assessed")
            if c.get("effect", "counts") == "counts"}
    own = {(d[0], c) for d in year.deducts for c in most}
    return {(u, c): (most[c], x.round(x.cells[c].exact))
            for u, x in year.exact.items() for c in x.cells
            if c in most and (u, c) not in own
            and x.cells[c].state == "scored"}


def improve(year):
    """The plan for what the first year lost; three tasks."""
    lost = {(r["unit"], r["criterion"]): F(r["lost"])
            for r in rows(year, "improve", "lost")}
    want = {k: m - p for k, (m, p) in typed(year).items() if m > p}
    for k, v in want.items():
        same(f"lost points of {k}", lost.get(k), v)
    for u, c, points in year.deducts:
        if c is None and sum(d[0] == u and d[1] is None
                             for d in year.deducts) == 1:
            same(f"what was taken from {u}", lost.get((u, "")), points)
    year.on("improve", "plan", "--title", "Kế hoạch nâng cao (mẫu thử)",
            "--basis", "example", "--days", 30)
    year.tasks = []
    for (u, c), v in sorted(want.items(), key=lambda o: (-o[1], o[0])):
        if c == "LV7.1.2" or len(year.tasks) == 6:
            continue
        gain = [v, F(1, 4), F(0)][len(year.tasks) % 3]
        year.on("improve", "add", "--unit", u, "--criterion", c, "--lead",
                world.lead_of(c), "--gain", text_of(gain), "--due",
                world.day(30), "--text", "Khắc phục (mẫu thử)")
        year.tasks.append((u, c, gain))
    u, c, gain = year.tasks[0]
    year.on("improve", "report", "--task", 1, "--office", world.lead_of(c),
            "--state", "done", "--text", "đã làm (mẫu thử)")
    year.not_on("", "improve", "add", "--unit", u, "--criterion", c, "--lead",
                world.lead_of(c), "--gain", text_of(gain + 100), "--due",
                world.day(30), "--text", "quá điểm bị mất")
    ok("improve", "paper", "--round", year.code, "--out", DIR / "plan.html")


def gained(year, after):
    """What the next year's published result says of each task."""
    year.on("improve", "plan", "--title", "Kế hoạch nâng cao (mẫu thử)",
            "--basis", "example", "--days", 30, "--next", after.code,
            "--version", 1)
    said = {int(r["task"]): r for r in rows(year, "improve", "gained")}
    for n, (u, c, gain) in enumerate(year.tasks, 1):
        x, y = (one.exact[u] for one in (year, after))
        cell = y.cells.get(c)
        if cell is None or cell.state != "scored":
            continue
        change = y.round(cell.exact) - x.round(x.cells[c].exact)
        same(f"task {n} of {u} {c}: change", F(said[n]["change"]), change)
        same(f"task {n} of {u} {c}", said[n]["outcome"],
             "gained" if change >= gain else
             "partly" if change > 0 else "not")


# ---- commendation --------------------------------------------------------------

def reward(year):
    """Units graded best, the first of each block; barred: who had points
    taken away, who was disciplined."""
    blocks = {}
    for u in year.units:
        blocks.setdefault(u.get("block", u["kind"]), []).append(u["code"])
    ok("reward", "load", document("reward", year, {
        "format": "phieu-reward/1",
        "reward": {"round": year.code, "name": "Quy tắc (mẫu thử)",
                   "basis": "example"},
        "blocks": [{"code": b, "name": b, "units": u}
                   for b, u in blocks.items()],
        "ties": "shared", "vacated": "empty",
        "exclude": {"deduction": True, "discipline": True},
        "units": [{"code": "cao", "title": "Bằng khen", "grade": "Tốt"},
                  {"code": "nhat", "title": "Nhất khối", "first": 1}],
        "persons": [{"code": "nguoi", "title": "Bằng khen cá nhân",
                     "of": ["cao", "nhat"], "most": 1}]}),
       "--reason", "quy tắc năm (mẫu thử)", says="phiên bản 1")
    grades = [b for b, _ in world.BANDS]
    best = {b: max(year.exact[u].published for u in us)
            for b, us in blocks.items()}
    top = sorted(u for b, us in blocks.items() for u in us
                 if year.exact[u].published == best[b])
    year.on("discipline", "add", "--unit", top[0], "--what",
            "khiển trách (mẫu thử)", "--source", "QĐ mẫu", "--day",
            f"{year.doc['round']['year']}-10-01")
    barred = {u for u, x in year.exact.items() if x.deduction > 0} | {top[0]}
    want = sorted(
        [f"cao {u}" for u, x in year.exact.items() if u not in barred
         and grades.index(x.grade) <= grades.index("Tốt")] +
        [f"nhat {u}" for u in top if u not in barred])
    one = want[0].split()[1]
    for n in (1, 2):
        year.on("reward", "name", "--unit", one, "--name",
                f"Người Mẫu {n}", "--position", "Chuyên viên", "--merit",
                "tham mưu (mẫu thử)")
    year.on("reward", "make", says=": 1")
    same("who is commended", sql(
        "SELECT string_agg(w.rule || ' ' || u.code, ',' ORDER BY w.rule, "
        "u.code COLLATE \"C\") FROM assess.reward_row AS w JOIN assess.unit "
        "AS u USING (round, unit) JOIN assess.round AS r USING (round) WHERE "
        "w.listed AND list = 1 AND r.code = '%s'" % year.code), ",".join(want))
    same("of two persons one", sql(
        "SELECT string_agg(listed::text, ' ' ORDER BY person) FROM "
        "assess.reward_named JOIN assess.round USING (round) WHERE list = 1 "
        "AND code = '%s'" % year.code), "true false")
    if not barred & set(year.exact) or len(want) < 3:
        fail("the world has too little to commend")
    year.on("reward", "decide", "--list", 1, "--decision",
            "9/QĐ-UBND (mẫu thử)", "--day", world.day(0))
    no("has its decision", "reward", "decide", "--round", year.code, "--list",
       1, "--decision", "x", "--day", world.day(0))
    ok("reward", "report", "--round", year.code, "--out",
       DIR / "reward.html")
