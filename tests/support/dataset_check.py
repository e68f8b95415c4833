#!/usr/bin/env python3
"""Reads the files of `phieu export` back with other programs' eyes.

usage: dataset_check.py SHEETS.ndjson FOLDER NAME

SHEETS are what was sent; FOLDER holds NAME.csv .jsonl .sav .dta .xlsx .xml, and
NAME.sav.csv as PSPP converts it.  Says what does not agree, exit 1.
"""
import collections
import csv
import json
import re
import struct
import sys
import zipfile
import xml.etree.ElementTree as ET

REASONS = {"-7": "a", "-8": "b", "-9": "c"}
bad = []


def expect(ok, words):
    if not ok:
        bad.append(words)


def read_dta(path):
    """Stata's format 118 (help dta): names, rows, value labels, labels."""
    data = open(path, "rb").read()

    def part(name):
        a = data.index(b"<%s>" % name) + len(name) + 2
        return data[a:data.index(b"</%s>" % name, a)]

    def words(raw, size):
        cells = [raw[i:i + size] for i in range(0, len(raw), size)]
        return [c.split(b"\0")[0].decode() for c in cells]

    header = part(b"header")
    k = struct.unpack("<H", header[header.index(b"<K>") + 3:][:2])[0]
    n = struct.unpack("<Q", header[header.index(b"<N>") + 3:][:8])[0]
    types = struct.unpack("<%dH" % k, part(b"variable_types"))
    names = words(part(b"varnames"), 129)
    sets = words(part(b"value_label_names"), 129)
    labels = words(part(b"variable_labels"), 321)
    raw, rows, at = part(b"data"), [], 0
    for _ in range(n):
        row = {}
        for name, t in zip(names, types):
            if t <= 2045:
                row[name] = raw[at:at + t].split(b"\0")[0].decode()
                at += t
            elif t == 65526:
                bits = struct.unpack("<Q", raw[at:at + 8])[0]
                row[name] = None if bits >= 0x7FE0000000000000 else \
                    struct.unpack("<d", raw[at:at + 8])[0]
                at += 8
            elif t == 65528:
                v = struct.unpack("<i", raw[at:at + 4])[0]
                row[name] = v
                if v > 2147483620:
                    row[name] = None if v == 2147483621 else \
                        chr(ord("a") + v - 2147483622)
                at += 4
            else:
                raise SystemExit("type %d of %s" % (t, name))
        rows.append(row)
    values = {}
    for block in part(b"value_labels").split(b"<lbl>")[1:]:
        name = block[4:133].split(b"\0")[0].decode()
        count, length = struct.unpack("<II", block[136:144])
        off = struct.unpack("<%dI" % count, block[144:144 + 4 * count])
        val = struct.unpack("<%di" % count,
                            block[144 + 4 * count:144 + 8 * count])
        text = block[144 + 8 * count:144 + 8 * count + length]
        values[name] = {v: text[o:].split(b"\0")[0].decode()
                        for o, v in zip(off, val)}
    return names, dict(zip(names, labels)), dict(zip(names, sets)), values, rows


def read_xlsx(path):
    """The rows of the first sheet, as text; no cell may be a formula."""
    ns = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    with zipfile.ZipFile(path) as z:
        sheet = z.read("xl/worksheets/sheet1.xml")
    expect(b"<f>" not in sheet and b"<f " not in sheet, "a formula in xlsx")
    rows = []
    for row in ET.fromstring(sheet).iterfind(".//s:row", ns):
        cells = {}
        for c in row.iterfind("s:c", ns):
            at = 0
            for letter in re.match("[A-Z]+", c.get("r")).group():
                at = at * 26 + ord(letter) - 64
            text = c.get("t") == "inlineStr"
            cells[at - 1] = (text, "".join(t.text or "" for t in c.iterfind(
                ".//s:t" if text else "s:v", ns)))
        rows.append(cells)
    head = [rows[0][i][1] for i in range(len(rows[0]))]
    return [{k: r.get(i, (True, "")) for i, k in enumerate(head)}
            for r in rows[1:]]


def main():
    sheets, folder, name = sys.argv[1:]
    base = "%s/%s" % (folder, name)
    with open(base + ".csv", encoding="utf-8-sig", newline="") as f:
        plain = list(csv.DictReader(f))
    lines = [json.loads(s) for s in open(base + ".jsonl", encoding="utf-8")]
    sav = list(csv.DictReader(open(base + ".sav.csv", encoding="utf-8")))
    names, labels, sets, values, dta = read_dta(base + ".dta")
    ns = {"d": "ddi:codebook:2_5"}
    ddi = ET.parse(base + ".xml").getroot()
    var = {v.get("name"): v for v in ddi.iterfind(".//d:var", ns)}

    expect(plain, "no rows")
    book = read_xlsx(base + ".xlsx")
    for p, j, x in zip(plain, lines, book):
        for k, text in p.items():
            is_number = isinstance(j[k], (int, float)) and text not in REASONS
            expect(x[k][0] != is_number, "%s: %r in xlsx" % (k, x[k]))
            expect(float(x[k][1]) == float(text) if is_number
                   else x[k][1].lstrip("'") == text.lstrip("'"),
                   "%s: %r, %r in xlsx" % (k, text, x[k]))
    for other, what in ((book, "xlsx"), (lines, "jsonl"), (sav, "sav"), (dta, "dta")):
        expect(len(other) == len(plain), "%s has other rows" % what)
        expect(list(other[0]) == list(plain[0]), "%s: other names" % what)
    expect(list(var) == list(plain[0]), "DDI has other variables")
    expect(int(ddi.findtext(".//d:caseQnty", None, ns)) == len(plain),
           "DDI counts other rows")

    code_of = {}  # variable -> value -> code, as the CSV has it
    for p, j, s, d in zip(plain, lines, sav, dta):
        for k, text in p.items():
            if isinstance(j[k], (int, float)):
                expect(float(text) == j[k], "%s: %r, %r" % (k, text, j[k]))
            else:
                expect(text == (j[k] or ""), "%s: %r, %r" % (k, text, j[k]))
            if sets[k]:
                v = s[k].strip()
                expect((v == "") == (text == ""), "%s missing in one" % k)
                if v:
                    was = code_of.setdefault(k, {}).setdefault(v, text)
                    expect(was == text, "%s: %s is two codes" % (k, v))
                if text in REASONS:
                    expect(d[k] == REASONS[text] and v == text,
                           "%s: reason %s is %r, %r" % (k, text, d[k], v))
                else:
                    expect(d[k] == (int(v) if v else None), "%s dta" % k)
            elif not text:
                expect(not d[k] and not s[k].strip(), "%s is not missing" % k)
            elif isinstance(d[k], float):
                expect(d[k] == float(text) and
                       abs(float(s[k]) - float(text)) < 1e-6, "%s number" % k)
            else:
                expect(d[k] == text and s[k] == text, "%s text" % k)

    for k, v in var.items():  # the words of the archive are those of Stata
        expect(labels[k] and (v.findtext("d:labl", None, ns).startswith(
            labels[k].rstrip("…"))), "label of %s" % k)
        said = {int(c.findtext("d:catValu", None, ns)):
                c.findtext("d:labl", None, ns)
                for c in v.iterfind("d:catgry", ns)}
        own = {x: w for x, w in values.get(sets[k], {}).items()
               if x <= 2147483620}
        expect(own == {x: w for x, w in said.items() if x >= 0},
               "value labels of %s" % k)

    # as many of each answered rating as were sent, in any order
    def key(unit, home, answers):
        return (unit, home or "", tuple(sorted(answers.items())))

    question = {k: v.findtext("d:qstn/d:qstnLit", None, ns)
                for k, v in var.items()}
    asked = [k for k in plain[0] if question.get(k) and not
             k.endswith("_status")]
    want, got = collections.Counter(), collections.Counter()
    for s in map(json.loads, open(sheets, encoding="utf-8")):
        for r in s["ratings"]:
            a = {}
            for q, said in r["answers"].items():
                safe = q.replace("-", "_")
                if isinstance(said, list):
                    for k in asked:
                        if k.startswith(safe + "_"):
                            a[k] = "0"
                    for o in said:
                        a[safe + "_" + o.replace("-", "_")] = "1"
                elif isinstance(said, str) and safe in asked:
                    a[safe] = said
            want[key(r["unit"], s["home"], a)] += 1
    for p in plain:
        got[key(p["unit"], p["home"],
                {k: p[k] for k in asked if p[k] and p[k] not in REASONS})] += 1
    expect(want == got, "%d ratings differ from what was sent: %s | %s" % (
        sum((want - got).values()), list((want - got))[:1],
        list((got - want))[:1]))
    for words in bad[:20]:
        print("dataset_check: " + words)
    print("N=%d" % (len(plain) * len(names)))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
