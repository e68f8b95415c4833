#!/usr/bin/env python3
"""Two invented years and what moved between them, in exact fractions.

    python3 tests/data/change/make.py

writes now-*.json, before-*.json (documents of `phieu index`), map.json and
expected-*.json beside itself.  Nothing here runs phieu: points, shares, marks,
moves and tests are worked out again from the documents' own rules.  mẫu thử,
không phải phiếu chính thức."""
import json
import math
import os
import random
from fractions import Fraction as F

HERE = os.path.dirname(os.path.abspath(__file__))
MARKS = ["code", "text", "maximum", "kind", "children", "merged"]


def leaf(code, maximum, source="assessed", name=None, applies=None, **more):
    n = {"code": code, "name": name or "Tiêu chí " + code,
         "maximum": maximum, "source": source}
    if applies:
        n["applies"] = applies
    n.update(more)
    return n


def node(code, maximum, children, name=None):
    return {"code": code, "name": name or "Lĩnh vực " + code,
            "maximum": maximum, "children": children}


LINEAR = {"linear": {"low": "1", "high": "5"}}
PERCENT = {"linear": {"low": "0", "high": "100"}}

BEFORE = [
    node("1", "20", [leaf("1.1", "8"), leaf("1.2", "7"), leaf("1.3", "5")]),
    node("2", "30", [
        node("2.1", "18", [leaf("2.1.1", "10"), leaf("2.1.2", "8")]),
        leaf("2.2", "12", "survey", convert=LINEAR)]),
    node("3", "20", [leaf("3.1", "10"), leaf("3.2", "6"), leaf("3.3", "4")]),
    node("4", "30", [leaf("4.1", "10", "survey"),
                     leaf("4.2", "10", "satisfaction", convert=PERCENT),
                     leaf("4.3", "10", "survey", convert=LINEAR)]),
    leaf("T", "5", effect="deduction"),
]
# 1.1 has other words, 1.3 is replaced by 1.4 with the same points; 2.1.1 and
# 2.1.2 change their maxima and 2.2 its own, so that field 2 adds otherwise;
# 3.1 and 3.2 became one; 3.4 is new; 4.1 is a measure of another maximum.
NOW = [
    node("1", "20", [leaf("1.1", "8", name="Tiêu chí 1.1, viết lại"),
                     leaf("1.2", "7"),
                     leaf("1.4", "5", name="Tiêu chí 1.3")]),
    node("2", "32", [
        node("2.1", "18", [leaf("2.1.1", "9"), leaf("2.1.2", "9")]),
        leaf("2.2", "14", "survey", convert=LINEAR)]),
    node("3", "20", [leaf("3.1", "16", name="Tiêu chí 3.1 và 3.2"),
                     leaf("3.4", "4")]),
    node("4", "28", [leaf("4.1", "8", "survey"),
                     leaf("4.2", "10", "satisfaction", convert=PERCENT),
                     leaf("4.3", "10", "survey", convert=LINEAR)]),
    leaf("T", "5", effect="deduction"),
]
CRITERIA = [("1.3", "1.4"), ("3.2", "3.1")]
# D becomes E; F and G become one; Z is gone, N is new.
UNITS = [("D", "E"), ("G", "F")]
UNITS_BEFORE = ["A", "B", "C", "D", "F", "G", "Z"]
UNITS_NOW = ["A", "B", "C", "E", "F", "N"]
BANDS = [("Xuất sắc", F(80)), ("Tốt", F(65)), ("Khá", F(50)), ("Yếu", F(0))]


def text(x):
    """As an output has it: a decimal of six places at most, else n/d."""
    x = F(x)
    if (x * 10**6).denominator != 1:
        return f"{x.numerator}/{x.denominator}"
    n = abs(int(x * 10**6))
    s = f"{n // 10**6}.{n % 10**6:06d}".rstrip("0").rstrip(".")
    return ("-" if x < 0 else "") + s


def half_up(x, digits):
    q = abs(F(x)) * 10**digits + F(1, 2)
    r = F(q.numerator // q.denominator, 10**digits)
    return -r if x < 0 else r


def flat(tree, parent=None):
    for n in tree:
        yield n, parent
        yield from flat(n.get("children", []), n["code"])


def values(rng, tree, bad):
    out = {}
    for n, _ in flat(tree):
        if "children" in n:
            continue
        top = F(n["maximum"])
        if n.get("effect") == "deduction":
            if rng.random() < .6:
                out[n["code"]] = text(F(rng.randint(1, 20), 4))
        elif n["source"] == "assessed":
            out[n["code"]] = text(top * rng.randint(50, 100) / 100)
        elif n.get("convert") == LINEAR:
            out[n["code"]] = {"value": text(F(rng.randint(3000, 5000), 1000)),
                              "se": round(rng.uniform(.02, .2), 4)}
        elif n.get("convert") == PERCENT:
            out[n["code"]] = {"value": f"{rng.randint(500, 1000)}/11",
                              "se": round(rng.uniform(.5, 4), 4)}
        else:
            out[n["code"]] = {"value": text(top * rng.randint(500, 1000) /
                                            1000), "se": .3}
    for code, what in bad.items():
        if what == "no-se":
            out[code] = {"value": out[code]["value"]}
        elif what is None:
            del out[code]
        else:
            out[code] = {"status": what}
    return out


def document(tree, units, order, digits, bad, seed):
    rng = random.Random(seed)
    total = sum(F(n["maximum"]) for n in tree
                if n.get("effect") != "deduction")
    return {
        "format": "phieu-index/1", "example": True,
        "title": "mẫu thử, không phải phiếu chính thức",
        "rules": {
            "rescale": "total",
            "missing": {"assessed": "incomplete", "survey": "leave-out",
                        "satisfaction": "leave-out",
                        "external": "incomplete"},
            "digits": digits, "round": "half-up", "order": order,
            "bands": [{"name": n, "from": text(f)} for n, f in BANDS],
            "ties": "shared"},
        "kinds": [{"code": "so", "name": "Khối sở", "total": text(total)}],
        "criteria": tree,
        "units": [{"code": u, "name": "Đơn vị " + u, "kind": "so",
                   "values": values(rng, tree, bad.get(u, {}))}
                  for u in units]}


# ---- one year ------------------------------------------------------------

def points_of(n, v, rules):
    """State, points as they go into the sum, base."""
    top = F(n["maximum"])
    counts = n.get("effect", "counts") == "counts"
    base = top if counts else F(0)
    if isinstance(v, dict) and v.get("status") == "not-applicable":
        return "not-applicable", None, F(0)
    value = v.get("value") if isinstance(v, dict) else v
    if value is None:
        if not counts:
            return "not-claimed", F(0), F(0)
        if rules["missing"][n["source"]] == "leave-out":
            return "left-out", None, F(0)
        return "missing", None, base
    x = F(value)
    c = n.get("convert", {}).get("linear")
    if c:
        x = top * (x - F(c["low"])) / (F(c["high"]) - F(c["low"]))
    if rules["order"] == "item-first":
        x = half_up(x, rules["digits"])
    return "scored", x, base


def year(doc):
    rules, out = doc["rules"], {}
    for u in doc["units"]:
        cell = {}

        def go(n):
            if "children" not in n:
                s, p, b = points_of(n, u["values"].get(n["code"]), rules)
                full = F(n["maximum"])
                cell[n["code"]] = dict(state=s, points=p, base=b,
                                       maximum=full)
                return
            inner = n["children"]
            for k in inner:
                go(k)
            kids = [cell[k["code"]] for k in inner]
            state = "scored"
            if any(k["state"] == "missing" for k in kids):
                state = "missing"
            elif all(k["points"] is None for k in kids):
                state = ("left-out" if any(k["state"] == "left-out"
                                           for k in kids)
                         else "not-applicable")
            p = sum((k["points"] for k in kids if k["points"] is not None),
                    F(0))
            cell[n["code"]] = dict(
                state=state, points=p if state == "scored" else None,
                base=sum(k["base"] for k in kids),
                maximum=sum(k["maximum"] for k in kids))

        for n in doc["criteria"]:
            go(n)
        counted = [cell[n["code"]] for n in doc["criteria"]
                   if n.get("effect") != "deduction"]
        full = sum(k["maximum"] for k in counted)
        base = sum(k["base"] for k in counted)
        missing = any(k["state"] == "missing" for k in counted)
        got = sum((k["points"] for k in counted if k["points"] is not None),
                  F(0))
        scaled = got * full / base
        if rules["order"] == "item-first":
            scaled = half_up(scaled, rules["digits"])
        minus = sum((cell[n["code"]]["points"] for n in doc["criteria"]
                     if n.get("effect") == "deduction"), F(0))
        total = None if missing else half_up(scaled - minus, rules["digits"])
        out[u["code"]] = dict(cell=cell, total=total, full=full)
    done = {u: x["total"] for u, x in out.items() if x["total"] is not None}
    for u, x in out.items():
        x["rank"] = (1 + sum(t > done[u] for t in done.values())
                     if u in done else None)
        x["grade"] = (next((n for n, f in BANDS if done[u] >= f), None)
                      if u in done else None)
    return out


# ---- two years -----------------------------------------------------------

def links(old, new, pairs):
    to = {c: (c if c in new else None) for c in old}
    to.update({a: b for a, b in pairs})
    back = {c: [o for o in old if to[o] == c] for c in new}
    return to, back


def side(cell, points, share_of):
    if cell is None:
        return None
    out = {"state": cell["state"], "maximum": text(cell["maximum"])}
    if points is not None:
        out["points"] = text(points)
        if share_of > 0:
            out["share"] = text(100 * points / share_of)
    return out


def moved(now, before, marks, worse):
    p, q = now["points"], before["points"] if before else None
    out = {"marks": [m for m in MARKS if m in marks],
           "now": side(now, p, now["share_of"])}
    if before:
        out["before"] = side(before, q, before["share_of"])
    change = None
    if p is not None and q is not None:
        change = p - q
        out["change"] = text(change)
        if now["share_of"] > 0 and before["share_of"] > 0:
            out["share_change"] = text(100 * p / now["share_of"] -
                                       100 * q / before["share_of"])
    if "merged" in marks:
        out["move"] = "changed"
    elif before is None:
        out["move"] = "new"
    elif set(marks) - {"code"}:
        out["move"] = "changed"
    elif change is None:
        out["move"] = "unsettled"
    else:
        change = -change if worse else change
        out["move"] = "up" if change > 0 else "down" if change < 0 else "kept"
    return out


def kind_of(n):
    if "children" in n:
        return "node"
    return (n["source"], n.get("effect"), json.dumps(n.get("convert")))


def fixed_marks(n, o):
    m = set()
    if n["code"] != o["code"]:
        m.add("code")
    if n["name"] != o["name"]:
        m.add("text")
    if F(n["maximum"]) != F(o["maximum"]):
        m.add("maximum")
    if kind_of(n) != kind_of(o):
        m.add("kind")
    return m


def expect(now, before):
    a, b = year(now), year(before)
    new = {n["code"]: (n, p) for n, p in flat(now["criteria"])}
    old = {n["code"]: (n, p) for n, p in flat(before["criteria"])}
    to, back = links(list(old), list(new), CRITERIA)
    _, unit_back = links([u["code"] for u in before["units"]],
                         [u["code"] for u in now["units"]], UNITS)
    out = {"units": {}, "tests": [], "criteria_gone":
           sorted(c for c in old if to[c] is None)}
    out["units_gone"] = sorted(
        u["code"] for u in before["units"]
        if not any(u["code"] in x for x in unit_back.values()))
    for u in now["units"]:
        code = u["code"]
        was = unit_back[code][0] if len(unit_back[code]) == 1 else None
        marks = {c: set() for c in new}
        total_marks = set()

        def mark(parent):
            (total_marks if parent is None else marks[parent]).add("children")

        for c, (n, p) in new.items():
            if len(back[c]) == 1:
                marks[c] |= fixed_marks(n, old[back[c][0]][0])
            elif len(back[c]) > 1:
                marks[c].add("merged")
            if len(unit_back[code]) > 1:
                marks[c].add("merged")
        if len(unit_back[code]) > 1:
            total_marks.add("merged")
        if was:
            for o, (_, p) in old.items():
                if to[o] is None:
                    mark(to[p] if p else None)
                elif new[to[o]][1] != (to[p] if p else None):
                    mark(to[p] if p else None)
            for c in reversed(list(new)):
                p = new[c][1]
                if len(back[c]) != 1 or marks[c] - {"code", "text"}:
                    mark(p)
                elif p != (to[old[back[c][0]][1]]
                           if old[back[c][0]][1] else None):
                    mark(p)
            if a[code]["full"] != b[was]["full"]:
                total_marks.add("maximum")
        cells = {}
        for c, (n, p) in new.items():
            x = dict(a[code]["cell"][c])
            x["share_of"] = x["base"]
            y = None
            if was and len(back[c]) == 1:
                y = dict(b[was]["cell"][back[c][0]])
                y["share_of"] = y["base"]
            cells[c] = moved(x, y, marks[c], n.get("effect") == "deduction")
        one = lambda r: dict(points=r["total"], maximum=r["full"],
                             state="missing" if r["total"] is None
                             else "scored", share_of=r["full"])
        out["units"][code] = {
            "cells": cells,
            "total": moved(one(a[code]), one(b[was]) if was else None,
                           total_marks, False),
            "rank": a[code]["rank"], "grade": a[code]["grade"],
            "from": unit_back[code],
            "from_rank": [b[x]["rank"] for x in unit_back[code]],
            "from_grade": [b[x]["grade"] for x in unit_back[code]]}
    out["tests"] = tests(now, before, new, old, back, unit_back)
    return out


def tests(now, before, new, old, back, unit_back):
    a = {u["code"]: u["values"] for u in now["units"]}
    b = {u["code"]: u["values"] for u in before["units"]}
    out = []
    for u in a:
        if len(unit_back[u]) != 1:
            continue
        for c, (n, _) in new.items():
            if n.get("source") not in ("survey", "satisfaction"):
                continue
            o = back[c][0]
            x, y = a[u].get(c, {}), b[unit_back[u][0]].get(o, {})
            m = fixed_marks(n, old[o][0]) - {"code"}
            if n.get("convert"):
                m -= {"maximum"}
            t = {"unit": u, "criterion": c}
            if m:
                t["state"] = "another-criterion"
            elif "value" not in x or "value" not in y:
                t["state"] = "no-value"
            elif not x.get("se") or not y.get("se"):
                t["state"] = "no-standard-error"
            else:
                d = float(F(x["value"])) - float(F(y["value"]))
                se = math.sqrt(x["se"]**2 + y["se"]**2)
                t.update(state="tested", difference=d, se=se, z=d / se,
                         p=math.erfc(abs(d / se) / math.sqrt(2)))
            out.append(t)
    tested = sorted((t for t in out if t["state"] == "tested"),
                    key=lambda t: t["p"])
    most = 0.
    for i, t in enumerate(tested):
        most = max(most, t["p"] * (len(tested) - i))
        t["p_holm"] = min(1., most)
    return out


def write(name, what):
    with open(os.path.join(HERE, name), "w", encoding="utf-8") as f:
        json.dump(what, f, ensure_ascii=False, indent=1)
        f.write("\n")


def main():
    bad_before = {"B": {"2.1.1": "not-applicable", "4.3": "no-se"},
                  "C": {"1.2": None, "4.2": "no-answers"}}
    bad_now = {"A": {"2.1.1": "not-applicable", "2.1.2": "not-applicable"},
               "E": {"4.3": "no-se", "4.2": "no-answers"}}
    write("map.json", {
        "criteria": [{"from": a, "to": b} for a, b in CRITERIA],
        "units": [{"from": a, "to": b} for a, b in UNITS]})
    for name, order, digits, seed in (("sum", "sum-first", 2, 11),
                                      ("item", "item-first", 3, 23)):
        before = document(BEFORE, UNITS_BEFORE, order, digits, bad_before,
                          seed)
        now = document(NOW, UNITS_NOW, order, digits, bad_now, seed + 1)
        write(f"before-{name}.json", before)
        write(f"now-{name}.json", now)
        write(f"expected-{name}.json", expect(now, before))


if __name__ == "__main__":
    main()
