"""Re-linking: matches traces of what persons did with traces of rows, and says
whether more come out right than chance gives.

A trace is {index: number}; persons and answers are dicts with `cell` (group and
unit, which everybody may know) and `text` (the answers: the truth for persons,
what lies there for answers)."""
import operator
import random
import re

PERMUTATIONS = 1000


def pairs_of(persons, answers, x, y):
    """Within each cell both sides in order, the first with the first: [(person,
    answer)].  Equal numbers stay in the order they came."""
    cells = {}
    for i in x:
        cells.setdefault(persons[i]["cell"], ([], []))[0].append(i)
    for j in y:
        if answers[j]["cell"] in cells:
            cells[answers[j]["cell"]][1].append(j)
    out = []
    for mine, theirs in cells.values():
        out += zip(sorted(mine, key=x.get), sorted(theirs, key=y.get))
    return out


def relabelled(persons):
    """Who answered what, dealt anew within each cell: as many times as there are
    permutations."""
    cells = {}
    for i, q in enumerate(persons):
        cells.setdefault(q["cell"], []).append(i)
    for _ in range(PERMUTATIONS):
        texts = [None] * len(persons)
        for mine in cells.values():
            for i, k in zip(mine, random.sample(mine, len(mine))):
                texts[i] = persons[k]["text"]
        yield texts


def attack(persons, answers, sources):
    """{name: (p, right, tried)} of the best pair of traces of each attack, both
    ways up.  p counts permutations whose best pair is as far above chance, so
    that many pairs are no better for the attacker than one."""
    tries = []  # (name, persons, texts)
    for name, xs, ys in sources:
        for x in xs:
            for y in ys:
                for up in (1, -1):
                    got = pairs_of(persons, answers, {i: up * r for i, r in x.items()}, y)
                    if len(got) > 1:
                        tries.append((name, operator.itemgetter(*(i for i, _ in got)),
                                      [answers[j]["text"] for _, j in got]))

    def right(texts):
        return [sum(map(operator.eq, who(texts), said)) for _, who, said in tries]

    seen = right([q["text"] for q in persons])
    chance = [right(texts) for texts in relabelled(persons)]
    out = {name: (1.0, 0, 0) for name, _, _ in sources}
    for name in out:
        mine = [n for n, t in enumerate(tries) if t[0] == name]
        if not mine:
            continue
        mean = {n: sum(c[n] for c in chance) / PERMUTATIONS for n in mine}
        wide = {n: max(0.5, (sum((c[n] - mean[n]) ** 2 for c in chance) / PERMUTATIONS) ** 0.5)
                for n in mine}
        far = lambda c: max((c[n] - mean[n]) / wide[n] for n in mine)
        best = max(mine, key=lambda n: (seen[n] - mean[n]) / wide[n])
        worse = sum(far(c) >= far(seen) for c in chance)
        out[name] = ((worse + 1) / (PERMUTATIONS + 1), seen[best], len(tries[best][2]))
    return out


# ---- traces ------------------------------------------------------------------

def ranks(keys, order):
    """{index: place of its key in `order`}, of those that are there."""
    place = {}
    for n, k in enumerate(order):
        place.setdefault(k, n)
    return {i: place[k] for i, k in enumerate(keys) if k in place}


def ctid(text):
    page, line = text.strip("()").split(",")
    return int(page) * 100000 + int(line)


def marks(blob, wanted):
    """Where 32-byte values of these lie, as a row or an entry of an index has
    them (one byte of length before): value -> all places."""
    out = {}
    for m in re.finditer(rb"(?=\x43(.{32}))", blob, re.S):
        if m.group(1) in wanted:
            out.setdefault(m.group(1), []).append(m.start())
    return out


def names(blob):
    """Where names of responses lie: name -> all places."""
    out = {}
    for m in re.finditer(rb"uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", blob):
        out.setdefault(m.group(0).decode(), []).append(m.start())
    return out


def written(at):
    """When, of what lies there in a file of pages: page by page, and within one
    what is newer lies lower."""
    return at // 8192 * 8192 + 8192 - at % 8192


def by_file(places, keys):
    """A trace for each file that holds half of the keys.  places: key -> [(file,
    place)]."""
    files = {}
    for i, k in enumerate(keys):
        for file, at in places.get(k, ()):
            one = files.setdefault(file, {})
            one[i] = max(one.get(i, 0), written(at))
    return [one for one in files.values() if len(one) > len(keys) // 2]


def dump_order(dump, table, column=0):
    """A column of a table's rows as they stand in a dump."""
    body = re.search(rf"COPY {table} .*? FROM stdin;\n(.*?)\\\.\n", dump, re.S)
    return [line.split("\t")[column].replace("\\\\x", "") for line in
            body.group(1).strip().split("\n")] if body else []
