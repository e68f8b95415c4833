"""The province that the dry run invents, with a fixed seed: two years'
documents, and what units, offices and the council say in each.

Everything here is "mẫu thử": no criterion, point, ruling or name is
official.  Units and the survey are those of the example plan.
"""
import datetime
import json
import random
from fractions import Fraction as F

MARK = "mẫu thử, không phải bộ tiêu chí chính thức"
# who appraises what; a criterion named apart is the more specific and wins
LEADS = {"so-noi-vu": ["LV1", "LV5"], "van-phong-ubnd-tinh": ["LV3"],
         "so-tu-phap": ["LV2"], "so-tai-chinh": ["LV6"],
         "so-thong-tin-truyen-thong": ["LV7", "LV1.1.3"],
         "so-khoa-hoc-cong-nghe": ["LV4", "DC", "DT"]}
# criteria that may not apply to a unit (tiêu chí đặc thù)
SPECIFIC = ("LV1.1.3", "LV5.1.1", "LV7.1.1")
BANDS = [("Xuất sắc", "95"), ("Tốt", "85"), ("Khá", "75"),
         ("Trung bình", "70"), ("Yếu", "0")]


def leaf(code, maximum, source="assessed", **more):
    return {"code": code, "name": f"Tiêu chí {code} (mẫu thử)",
            "maximum": maximum, "source": source, **more}


def node(code, maximum, *children, **more):
    return {"code": code, "name": f"Mục {code} (mẫu thử)", "maximum": maximum,
            "children": list(children), **more}


def surveyed(field, maximum):
    return [leaf(f"{field}.2.{k}", maximum, "survey", applies=[k])
            for k in ("so", "huyen")]


def criteria(year):
    """Of the second year: LV7.1.2 gives way to LV7.1.3 in version 2."""
    steps = {"steps": [{"from": "90", "points": "8"},
                       {"from": "75", "points": "6"},
                       {"from": "50", "points": "3.5"}]}
    linear = {"linear": {"low": "0", "high": "10"}}
    return [
        node("LV1", "14", node(
            "LV1.1", "11", leaf("LV1.1.1", "4", grain="0.25"),
            leaf("LV1.1.2", "4", grain="0.25"), leaf("LV1.1.3", "3")),
            *surveyed("LV1", "3")),
        node("LV2", "12", node(
            "LV2.1", "8", leaf("LV2.1.1", "5"),
            node("LV2.1.2", "3", leaf("LV2.1.2.a", "1", need="0.85"),
                 leaf("LV2.1.2.b", "2", need="1.5"), combine="all-of")),
            *surveyed("LV2", "4")),
        node("LV3", "16", node(
            "LV3.1", "12", leaf("LV3.1.1", "8"),
            node("LV3.1.2", "4", leaf("LV3.1.2.a", "4", need="3.5"),
                 leaf("LV3.1.2.b", "4", need="3.75"), combine="any-of")),
            *surveyed("LV3", "4")),
        node("LV4", "12", node(
            "LV4.1", "9", leaf("LV4.1.1", "5", grain="0.5"),
            leaf("LV4.1.2", "4", "external", convert=linear)),
            *surveyed("LV4", "3")),
        node("LV5", "18", node(
            "LV5.1", "14", leaf("LV5.1.1", "6"),
            node("LV5.1.2", "8", leaf("LV5.1.2.a", "4"),
                 leaf("LV5.1.2.b", "6"), combine="formula", convert=steps)),
            *surveyed("LV5", "4")),
        node("LV6", "10", node(
            "LV6.1", "9", leaf("LV6.1.1", "5"),
            leaf("LV6.1.2", "4", applies=["so"]),
            leaf("LV6.1.3", "4", "external", applies=["huyen"],
                 convert={"steps": [{"from": "60", "points": "4"},
                                    {"from": "40", "points": "2.25"}]})),
            *surveyed("LV6", "1")),
        node("LV7", "8", node("LV7.1", "7", leaf("LV7.1.1", "4"),
                              leaf("LV7.1.2", "3")),
             *surveyed("LV7", "1")),
        node("HL", "10", *(leaf(f"HL.{k}", "10", "satisfaction", applies=[k])
                           for k in ("so", "huyen"))),
        leaf("DC", "2", effect="bonus"),
        leaf("DT", "3", effect="deduction"),
    ]


RULES = [
    {"rescale": "source", "digits": 2, "round": "half-up",
     "order": "sum-first", "ties": "shared",
     "missing": {"assessed": "incomplete", "survey": "incomplete",
                 "satisfaction": "incomplete", "external": "incomplete"}},
    {"rescale": "total", "digits": 3, "round": "half-even",
     "order": "item-first", "ties": "dense",
     "missing": {"assessed": "incomplete", "survey": "leave-out",
                 "satisfaction": "incomplete", "external": "leave-out"}},
]


VIET_NAM = datetime.timezone(datetime.timedelta(hours=7))


def day(offset):
    today = datetime.datetime.now(VIET_NAM).date()
    return (today + datetime.timedelta(days=offset)).isoformat()


def calendar():
    """Only self-assessment is open; the rest opens by an act."""
    return [
        {"code": "1", "title": "Ban hành bộ tiêu chí (mẫu thử)",
         "opens": day(-90), "due": day(-60), "lead": ["so-noi-vu"]},
        {"code": "2", "title": "Tự đánh giá (mẫu thử)", "step": "self-assess",
         "opens": day(-30), "due": day(30),
         "lead": ["Các sở, Ủy ban nhân dân cấp huyện"]},
        {"code": "3", "title": "Thẩm định (mẫu thử)", "step": "appraise",
         "opens": day(31), "due": day(60), "lead": ["so-noi-vu"]},
        {"code": "4", "title": "Họp Hội đồng (mẫu thử)", "step": "council",
         "opens": day(61), "due": day(70), "lead": ["so-noi-vu"]},
        {"code": "5", "title": "Công bố (mẫu thử)", "step": "publish",
         "opens": day(71), "due": day(75), "lead": ["so-noi-vu"]},
    ]


def units_of(plan):
    """20 departments in two emulation blocks, 8 districts in one."""
    out = []
    for u in plan["units"]:
        if u["kind"] not in ("so", "huyen"):
            continue
        one = {"code": u["code"], "name": u["name"], "kind": u["kind"]}
        if u["kind"] == "so":
            one["block"] = "khoi-1" if len(out) < 10 else "khoi-2"
        out.append(one)
    return out


def document(year, plan, wave):
    """The round of the first (0) or the second (1) year."""
    units = units_of(plan)
    return {
        "round": {"code": f"mau-thu-{2020 + year}", "year": 2020 + year,
                  "name": f"Chỉ số năm {2020 + year} ({MARK})",
                  "basis": "example", "own_unit": False, "opinion_days": 5,
                  "wave": wave},
        "index": {"format": "phieu-index/1", "title": MARK, "example": True,
                  "rules": RULES[year] | {"bands": [
                      {"name": n, "from": f} for n, f in BANDS]},
                  "kinds": [{"code": "so", "name": "Sở", "total": "100"},
                            {"code": "huyen", "name": "Huyện",
                             "total": "100"}],
                  "criteria": criteria(year), "units": units},
        "offices": [{"code": o, "name": next(
            u["name"] for u in units if u["code"] == o), "unit": o}
            for o in LEADS],
        "calendar": calendar(),
        "assignments": [{"office": o, "node": n, "role": "lead"}
                        for o, nodes in LEADS.items() for n in nodes] + [
            {"office": "van-phong-ubnd-tinh", "node": "LV7.1.2",
             "role": "cooperating"}],
    }


def replace_criterion(doc):
    """Version 2 within the year: a criterion gives way to another."""
    doc = json.loads(json.dumps(doc))
    field = next(c for c in doc["index"]["criteria"] if c["code"] == "LV7")
    field["children"][0]["children"][1] = leaf("LV7.1.3", "3", grain="0.5")
    doc["replaced"] = [{"from": "LV7.1.2", "to": "LV7.1.3"}]
    doc["assignments"] = [a for a in doc["assignments"]
                          if a["node"] != "LV7.1.2"]
    return doc


def leaves(doc, kind=None, source=None):
    """Leaves of a document in order, of a kind of unit and a source."""
    def walk(items, applies):
        for c in items:
            own = c.get("applies", applies)
            if "children" in c:
                yield from walk(c["children"], own)
            elif (kind is None or own is None or kind in own) and (
                    source is None or c["source"] == source):
                yield c
    return list(walk(doc["index"]["criteria"], None))


def lead_of(code):
    """The office whose assignment is the nearest above."""
    best = max((n for nodes in LEADS.values() for n in nodes
                if code == n or code.startswith(n + ".")), key=len)
    return next(o for o, nodes in LEADS.items() if best in nodes)


class Said:
    """What people will say of a year, invented once.

    own[unit, code]    points a unit gives itself, or "na"
    does[unit, code]   what the office then does: accept, correct, ask
    gives[unit, code]  points that the office (or, of its own unit, the
                       council) puts instead, or "na"
    external[unit, code]; deducts: (unit, criterion or None, points, stands)
    """

    def __init__(self, doc, seed):
        self.r = random.Random(seed)
        self.own, self.does, self.gives, self.external = {}, {}, {}, {}
        self.units = doc["index"]["units"]
        for n, u in enumerate(self.units):
            self.low = F(self.r.choice((50, 60, 75, 85, 95)), 100)
            for c in leaves(doc, u["kind"]):
                if c["source"] == "assessed":
                    self.item(u["code"], c, n)
                elif c["source"] == "external":
                    self.external[u["code"], c["code"]] = self.measure(c)
        some = self.r.sample([u["code"] for u in self.units], 4)
        self.deducts = [(some[0], None, F(1, 2), True),
                        (some[1], "LV3.1.1", F(5, 4), True),
                        (some[2], None, F(2), False),
                        (some[3], "LV2", F(1, 8), True)]

    def measure(self, c):
        top = 10 if "linear" in c["convert"] else 100
        return F(self.r.randrange(top * 30, top * 100), 100)

    def points(self, c, low):
        grain = F(c.get("grain", "0.001"))
        return self.r.randint(int(F(c["maximum"]) * low / grain),
                              int(F(c["maximum"]) / grain)) * grain

    def item(self, unit, c, n):
        key = unit, c["code"]
        if c.get("effect") == "deduction":
            if n % 9 == 2:
                self.does[key], self.gives[key] = "correct", self.points(c, 0)
            return
        if c.get("effect") == "bonus" and n % 4:
            return
        na = c["code"] in SPECIFIC and self.r.random() < 0.12
        self.own[key] = "na" if na else self.points(c, self.low)
        self.does[key] = self.r.choices(("accept", "correct", "ask"),
                                        (13, 6, 1))[0]
        self.gives[key] = self.points(c, self.low - F(1, 10))
        if c["code"] in SPECIFIC and self.r.random() < 0.05:
            self.does[key], self.gives[key] = "correct", "na"
