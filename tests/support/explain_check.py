"""Explanations re-added: from the numbers that an explanation shows to the
value that it explains, with nothing else known."""
from fractions import Fraction as F

import dry_exact

MIN_UNIT, MIN_SUB = 10, 20  # D12 of the example plan
seen = set()  # rules that were re-added
guarded_values = 0  # where a small group is weighed
open_items = 0  # questions all of whose groups are shown


class Wrong(Exception):
    pass


def need(good, what):
    if not good:
        raise Wrong(what)


def inputs(record, what):
    return [i for i in record["inputs"] if i["what"] == what]


def one(record, what):
    return F(inputs(record, what)[0]["value"])


def fraction(text):
    return F(text) if text is not None else None


def rounded(record, before):
    how = (dry_exact.half_even if record["rule"] == "half-even"
           else dry_exact.half_up)
    return how(before, int(one(record, "digits")))


SOURCES = ("assessed", "survey", "satisfaction", "external")


def source_of(i):
    """Points and "(base / maximum)" of a source in a rescaling."""
    base, full = i["note"].split(" / ")
    return F(i["value"]), F(base), F(full)


def rescaled(record, total):
    full = one(record, "maximum")
    base = one(record, "maximum without what is left out")
    need(full - base == sum(F(i["value"]) for i in record["inputs"]
                            if i["what"] not in (
                                "sum", "maximum", *SOURCES,
                                "maximum without what is left out")),
         "what is left out does not add")
    if record["rule"] == "rescale-total":
        return total / base * full
    parts = [source_of(i) for i in record["inputs"] if i["what"] in SOURCES]
    need(sum(p for p, _, _ in parts) == total, "sources do not add")
    return sum(p / b * f for p, b, f in parts if b)


def total_of(records, half):
    """Re-adds a unit's total; what it is before rounding and after."""
    value = after = None
    for r in records:
        rule = r["rule"]
        seen.add(rule)
        if rule == "sum":
            value = sum(F(i["value"]) for i in inputs(r, "criterion"))
        elif rule.startswith("rescale-"):
            value = rescaled(r, value)
            need(fraction(r["before"]) == value, "rescaling")
            value = F(r["after"])
        elif rule == "bonus":
            value += F(r["before"])
            need(F(r["before"]) == sum(F(i["value"]) for i in r["inputs"]),
                 "bonus")
        elif rule == "deduction":
            value -= F(r["before"])
            need(F(r["before"]) == sum(F(i["value"]) for i in r["inputs"]),
                 "deductions")
        elif rule in ("half-up", "half-even"):
            need(F(r["before"]) == value, f"before rounding: {value}")
            after = rounded(r, value)
            need(F(r["after"]) == after, "rounding")
        elif rule == "grade":
            need(one(r, "published") == after, "value of the grade")
            band = next(i["code"] for i in inputs(r, "from")
                        if after >= F(i["value"]))
            need(r["after"] == band, "grade")
    return value, after


def criterion_of(records):
    """Re-adds a criterion's points."""
    value = None
    for r in records:
        rule = r["rule"]
        seen.add(rule)
        if rule == "points":
            value = one(r, "value")
        elif rule == "linear":
            value = one(r, "maximum") * (one(r, "value") - one(r, "low")) / (
                one(r, "high") - one(r, "low"))
        elif rule == "steps":
            if value is not None:
                need(one(r, "value") == value, "measure of a formula")
            step = inputs(r, "step from")[0]["value"]
            need(step is None or F(step) <= one(r, "value"), "step")
            value = F(r["before"])
        elif rule == "sum":
            value = sum(F(i["value"]) for i in inputs(r, "criterion"))
        elif rule in ("all-of", "any-of"):
            met = [F(i["value"]) >= F(i["note"].removeprefix(">= "))
                   for i in inputs(r, "criterion")]
            need((all if rule == "all-of" else any)(met) ==
                 (F(r["before"]) > 0), rule)
            value = F(r["before"])
        elif rule == "formula":
            value = 100 * sum(F(i["value"]) for i in inputs(
                r, "criterion")) / one(r, "maximum of the parts")
        elif rule in ("half-up", "half-even", "shown-rounded"):
            need(F(r["before"]) == value, f"before rounding: {value}")
            return value, F(r["after"])
        if value is not None and r.get("before") is not None:
            need(F(r["before"]) == value, f"{rule}: {value}")
    return value, value


# ---- the answers -------------------------------------------------------------

def item(q):
    """A question: counts to means, means to the question's mean."""
    global open_items
    groups = [g for g in q["groups"] if g["group"] is not None]
    every = next(g for g in q["groups"] if g["group"] is None)
    if q["mean"] is None:
        # a small group is weighed: no sum of all is told, nor the fraction
        need(not every["shown"] and "counts" not in every,
             "counts of all beside weighed points")
        need(q["percent"] is None or "." not in q["percent"],
             "a fine mean beside weighed points")
        every = None
    worth = [fraction(o["percent"]) for o in q["options"]]
    need(q["n_valid"] >= MIN_UNIT, "a small question is shown")
    need(every is None or every["n"] == q["n_valid"] == sum(
        n for n, w in zip(every["counts"], worth) if w is not None),
        "answers of all groups")
    shown = [g for g in groups if g["shown"]]
    for g in shown:
        need(g["n"] >= MIN_SUB, "a small group is shown")
        n = sum(n for n, w in zip(g["counts"], worth) if w is not None)
        mean = sum(n * w for n, w in zip(g["counts"], worth)
                   if w is not None) / F(n)
        need((n, mean) == (g["n"], F(g["mean"])), "a group's mean")
    rest = q["n_valid"] - sum(g["n"] for g in shown)
    need(rest == 0 or rest >= MIN_SUB or not shown,
         "a small group follows from the others")
    need(all("n" not in g and "counts" not in g for g in groups
             if not g["shown"]), "a closed group says something")
    need((every is None) <= (rest > 0), "nothing small, and not told")
    if rest == 0 and shown:
        open_items += 1
        w = sum(F(g["weight"]) for g in shown)
        need(sum(F(g["weight"]) * F(g["mean"]) for g in shown) / w ==
             F(q["mean"]), "groups do not give the question's mean")
    return fraction(q["mean"])


def guarded(doc):
    """Nothing that a small group could be solved for."""
    global guarded_values
    guarded_values += 1
    need(doc["exact"] is None, "the fraction of a small group")
    need(not doc["parts"] or any(p["exact"] is None for p in doc["parts"]),
         "guarded without cause")
    need(doc["parts"] or any(not q["shown"] or q["mean"] is None
                             for q in doc["items"]), "guarded without cause")
    for q in doc["items"]:
        if q["shown"]:
            item(q)


def wave(doc):
    """What is behind a survey's criterion; the exact points, None where a
    small group is weighed."""
    if doc["guarded"]:
        return guarded(doc)
    if doc["parts"]:
        total = sum(F(p["exact"]) for p in doc["parts"])
        need(total == F(doc["exact"]), "parts do not add")
        return total
    over = under = F(0)
    for q in doc["items"]:
        if q["shown"] and q["mean"] is not None:
            over += F(q["weight"]) * item(q)
            under += F(q["weight"])
        elif not q["shown"]:
            return F(doc["exact"])
    points = F(doc["maximum"]) * over / under / 100
    need(points == F(doc["exact"]), f"questions give {points}")
    return points


# ---- one explanation -----------------------------------------------------------

def decided(step, value):
    """The last that was decided is what counts."""
    last = None
    for c in step["changes"]:
        if c["what"] == "ruled":
            need(c["ruling"] is not None and c["held"], "a ruling's meeting")
            last = c["to"]
        elif c["what"] == "appraised" and not any(
                x["what"] == "ruled" for x in step["changes"]):
            last = c["to"].split()[-1]
        elif c["what"] == "external":
            last = c["to"]
    need(last is not None and F(last) == value, f"decided {last}")


def explained(doc, digits):
    """Re-adds a document of `phieu round explain --json`: at most three
    steps, the value at their end."""
    need(len(doc["steps"]) <= 3, "more than three steps")
    need([s["step"] for s in doc["steps"]] ==
         list(range(1, len(doc["steps"]) + 1)), "numbers of steps")
    steps = {s["of"]: s for s in doc["steps"]}
    _, total = total_of(steps["total"]["records"], digits)
    value = doc["value"]
    if doc["criterion"] is None:
        need(value["points"] is None or F(value["points"]) == total, "total")
        return total
    records = steps["criterion"]["records"]
    exact, after = criterion_of(records)
    seen.add(value["state"])
    need(fraction(value["points"]) == after
         or value["state"] == "not-claimed", f"points: {after}")
    if "survey" in steps:
        behind = steps["survey"]["explanation"]
        need(wave(behind) in (exact, None), "the wave gives other points")
        seen.add("wave")
    if value["state"] == "scored" and records[0]["rule"] in (
            "points", "linear", "steps") and "decisions" in steps:
        decided(steps["decisions"], one(records[0], "value"))
    return after
