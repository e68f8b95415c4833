"""The index once more, in exact fractions, from the formulas of
docs/INDEX.md and docs/PLAN.md and the inputs that the dry run invented.
Nothing is taken from what phieu printed."""
from fractions import Fraction as F
from math import floor


def half_up(x, digits):
    n = abs(x) * 10 ** digits
    return F(floor(n + F(1, 2)), 10 ** digits) * (1 if x >= 0 else -1)


def half_even(x, digits):
    return F(round(x * 10 ** digits), 10 ** digits)


def rounder(rules):
    how = half_up if rules["round"] == "half-up" else half_even
    return lambda x: how(x, rules["digits"])


def text(x, digits):
    """Points as they are written: a sign, a point, so many digits."""
    n = x * 10 ** digits
    assert n.denominator == 1, x
    s = f"{abs(n.numerator):0{digits + 1}}"
    return ("-" if x < 0 else "") + (
        f"{s[:-digits]}.{s[-digits:]}" if digits else s)


def exact_text(x):
    """A decimal that has an end."""
    digits = 0
    while (x * 10 ** digits).denominator != 1:
        digits += 1
    return text(x, digits)


# ---- the survey --------------------------------------------------------

def survey_points(plan, sheets):
    """{(unit, criterion): points} of the leaves that a survey measures:
    sum w(g) mean(g) / sum w(g) per question over the groups that answered,
    the questions' weighted mean, times the maximum / 100."""
    coefficient, satisfied = {}, {}
    scales = {s["code"]: s["options"] for s in plan["scales"]}
    for f in plan["forms"]:
        for q in f["questions"]:
            for o in scales.get(q.get("scale"), q.get("options", [])):
                if o.get("no_opinion") or "coefficient" not in o:
                    continue
                key = f["code"], q["code"], o["code"]
                coefficient[key] = F(o["coefficient"])
                satisfied[key] = F(100 if o.get("satisfied") else 0)
    count = {}
    for s in sheets:
        for r in s["ratings"]:
            for q, a in r["answers"].items():
                if isinstance(a, str) and (s["form"], q, a) in coefficient:
                    key = r["unit"], s["group"], s["form"], q
                    of = count.setdefault(key, {})
                    of[a] = of.get(a, 0) + 1
    weights = {g: F(w) for g, w in
               plan["decisions"]["D4"]["weights"].items()}
    units = {u["code"]: u["kind"] for u in plan["units"]}
    out = {}

    def walk(items):
        for c in items:
            walk(c.get("children", []))
            if c["kind"] not in ("survey", "satisfaction"):
                continue
            worth = coefficient if c["kind"] == "survey" else satisfied
            for u, kind in units.items():
                if kind in c["applies"]:
                    out[u, c["code"]] = criterion(c, u, worth)

    def criterion(c, unit, worth):
        items = {}
        for q in c["questions"]:
            items.setdefault(q["item"], []).append(q)
        over, under = F(0), F(0)
        for askings in items.values():
            mean, total = F(0), F(0)
            for g, w in weights.items():
                n, y = 0, F(0)
                for q in askings:
                    for a, k in count.get((unit, g, q["form"], q["question"]),
                                          {}).items():
                        n += k
                        y += k * worth[q["form"], q["question"], a]
                if n:
                    mean += w * y / n
                    total += w
            if total:
                weight = F(askings[0]["weight"])
                over += weight * mean / total
                under += weight
        return F(c["maximum"]) * over / under / 100 if under else None

    walk(plan["criteria"])
    return out


# ---- from a measure to points --------------------------------------------

def convert(c, m):
    how = c.get("convert")
    top = F(c["maximum"])
    if not how:
        return m
    if "linear" in how:
        low, high = F(how["linear"]["low"]), F(how["linear"]["high"])
        return top * (m - low) / (high - low)
    for s in how["steps"]:
        if m >= F(s["from"]):
            return F(s["points"])
    return F(0)


# ---- the index of one unit -------------------------------------------------

class Cell:
    def __init__(self, state, exact, going, full, base):
        self.state, self.exact, self.going = state, exact, going
        self.full, self.base = full, base


class Unit:
    """values[code]: a measure or points, "na", or nothing: missing."""

    def __init__(self, index, unit, values, deducts):
        self.rules, self.unit, self.values = index["rules"], unit, values
        self.round = rounder(self.rules)
        self.item_first = self.rules["order"] == "item-first"
        self.cells, self.lists = {}, {"removed": [], "left_out": [],
                                      "missing": []}
        self.part = {}
        self.bonus, self.deduction = F(0), sum((d[2] for d in deducts), F(0))
        sums = self.below(index["criteria"], None)
        self.sum = sum((c.going for c in sums), F(0))
        self.full = sum((c.full for c in sums), F(0))
        self.base = sum((c.base for c in sums), F(0))
        scaled = self.sum
        if self.rules["rescale"] == "total" and self.base != self.full:
            scaled = self.item(self.sum / self.base * self.full)
        elif self.rules["rescale"] == "source" and self.base != self.full:
            scaled = sum((self.item(p / b * f)
                          for p, f, b in self.part.values() if b), F(0))
        self.scaled = scaled
        self.exact = scaled + self.bonus - self.deduction
        self.published = self.round(self.exact)
        self.percent = half_up(self.sum / self.base * 100, 2)
        self.grade = next(b["name"] for b in self.rules["bands"]
                          if self.published >= F(b["from"]))

    def item(self, x):
        return self.round(x) if self.item_first else x

    def cell(self, c, condition):
        """None: not for this kind of unit."""
        if self.unit["kind"] not in c.get("applies", [self.unit["kind"]]):
            return None
        one = self.inner(c, condition) if "children" in c else self.leaf(
            c, condition)
        self.cells[c["code"]] = one
        return one

    def below(self, children, condition):
        """Cells that count: neither another kind's, nor bonus, deduction."""
        cells = [(k, self.cell(k, condition)) for k in children]
        return [x for k, x in cells
                if x and k.get("effect", "counts") == "counts"]

    def leaf(self, c, condition):
        top, v = F(c["maximum"]), self.values.get(c["code"])
        effect = c.get("effect", "counts")
        if effect != "counts":
            p = self.item(v or F(0))
            if effect == "bonus":
                self.bonus += p
            else:
                self.deduction += p
            return Cell("scored" if v is not None else "not-claimed", p, p,
                        top, F(0))
        if v is None or v == "na":
            state = "removed"
            if v is None:
                rule = self.rules["missing"][c["source"]]
                state = {"leave-out": "left_out"}.get(rule, "missing")
            self.lists[state].append(c["code"])
            one = Cell(state, F(0), F(0), top, F(0))
        else:
            p = convert(c, v)
            one = Cell("scored", p, self.item(p), top, top)
        if not condition:
            self.add(c["source"], one)
        return one

    def add(self, source, one):
        p, f, b = self.part.get(source, (F(0), F(0), F(0)))
        self.part[source] = (p + one.going, f + one.full, b + one.base)

    def inner(self, c, condition):
        how = c.get("combine", "sum")
        below = self.below(c["children"], condition or how != "sum")
        if how == "sum":
            p = sum((x.going for x in below), F(0))
            return Cell("scored" if any(x.base for x in below) else "removed",
                        p, p, sum((x.full for x in below), F(0)),
                        sum((x.base for x in below), F(0)))
        top = F(c["maximum"])
        met = [x.going >= F(k.get("need", k["maximum"]))
               for k, x in zip(c["children"], below)]
        if how == "formula":
            p = convert(c, 100 * sum(x.going for x in below) / sum(
                x.full for x in below))
        else:
            p = top if (all(met) if how == "all-of" else any(met)) else F(0)
        one = Cell("scored", p, self.item(p), top, top)
        if not condition:
            self.add(c["children"][0]["source"], one)
        return one


def ranks(units, ties):
    """{code: (rank, shared)} within block, else kind."""
    out = {}
    for a in units:
        block = [b for b in units
                 if b.unit.get("block", b.unit["kind"]) == a.unit.get(
                     "block", a.unit["kind"])
                 and ("block" in b.unit) == ("block" in a.unit)]
        better = [b.published for b in block if b.published > a.published]
        if ties == "dense":
            better = set(better)
        out[a.unit["code"]] = (
            1 + len(better),
            sum(b.published == a.published for b in block) > 1)
    return out


def index(doc, values, deducts):
    """{code: Unit}; values[unit, code]; deducts: (unit, code, points)."""
    return {u["code"]: Unit(
        doc["index"], u,
        {c: v for (w, c), v in values.items() if w == u["code"]},
        [d for d in deducts if d[0] == u["code"]])
        for u in doc["index"]["units"]}
