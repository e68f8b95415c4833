"""A form as XLSForm and as XForm says the same: names, types, limits, what is
required, choices with their words in both languages.

The exported workbook is read by openpyxl, as the field's tools read it, and by
the rules of the XLSForm convention becomes what an XForm of it has to hold;
the form's own XForm is held to that.  Where pyxform is installed, the XForm
that it makes of the workbook is held to the same.

usage: xlsform_check.py PHIEU DIR PLAN...      Closes with `xlsform_check: N=…`
"""
import json
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import openpyxl

try:
    import pyxform
    from pyxform.xls2xform import convert
except ImportError:
    pyxform = None

PHIEU, DIR, *PLANS = sys.argv[1:]
VI, EN = "label::Tiếng Việt (vi)", "label::English (en)"
TYPES = {"integer": "int", "decimal": "decimal", "text": "string",
         "select_one": "string", "select_multiple": "string"}
XML_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9._-]*\Z")
done = wrong = 0


def hold(ok, what):
    global done, wrong
    done += 1
    if not ok:
        wrong += 1
        print(f"xlsform_check: {what}")


def rows(book, name):
    lines = list(book[name].iter_rows(values_only=True))
    return [dict(zip(lines[0], line)) for line in lines[1:]]


def squeezed(s):
    return re.sub(r"\s+", "", s) if s else None


def read_workbook(path):
    """name -> type, required, constraint, choices {value: (vi, en)}"""
    book = openpyxl.load_workbook(path)
    hold(book.sheetnames == ["survey", "choices", "settings"], f"{path}: sheets {book.sheetnames}")
    settings = rows(book, "settings")[0]
    # of a column and the same with a language, other programs make one list
    for name in book["settings"][1]:
        hold("::" not in name.value, f"{path}: settings has {name.value}")
    choices = {}
    for c in rows(book, "choices"):
        hold(all(isinstance(v, str) for v in c.values() if v is not None), f"{path}: a choice that is no text: {c}")
        if c["retired"] != "yes":
            choices.setdefault(c["list_name"], {})[c["name"]] = (c[VI], c[EN])
    out, depth, names = {}, 0, set()
    for q in rows(book, "survey"):
        kind, _, listed = q["type"].partition(" ")
        depth += (kind == "begin_group") - (kind == "end_group")
        if kind == "end_group":
            continue
        hold(XML_NAME.match(q["name"]), f"{path}: {q['name']} is no name in XML")
        hold(q["name"] not in names, f"{path}: {q['name']} twice")
        names.add(q["name"])
        if kind == "begin_group":
            continue
        hold(kind in TYPES, f"{path}: type {q['type']}")
        hold(q["required"] in (None, "yes", "no"), f"{path}: required {q['required']}")
        if q["asked"] != "no":
            out[q["name"]] = {"type": TYPES[kind], "required": q["required"] == "yes",
                              "constraint": squeezed(q["constraint"]), "many": kind == "select_multiple",
                              "choices": choices[listed] if listed else None,
                              "label": (q[VI], q[EN])}
    hold(depth == 0, f"{path}: groups are not closed")
    return settings, out


def local(tag):
    return tag.rpartition("}")[2]


def read_xform(text):
    root = ET.fromstring(text)
    binds, controls, words, items = {}, {}, {}, {}
    for e in root.iter():
        if local(e.tag) == "bind":
            binds.setdefault(e.get("nodeset").rpartition("/")[2], e)
        elif local(e.tag) in ("input", "select", "select1"):
            controls.setdefault(e.get("ref").rpartition("/")[2], e)
        elif local(e.tag) == "translation":
            lang = "en" if "en" in re.findall(r"\((\w+)\)|^(\w+)$", e.get("lang"))[0] else "vi"
            for t in e:
                values = [v for v in t if v.get("form") is None]
                words.setdefault(t.get("id"), {})[lang] = "".join(values[0].itertext()) if values else ""
        elif local(e.tag) == "instance" and e.get("id"):
            items[e.get("id")] = [{local(x.tag): x.text for x in item} for item in e.iter() if local(item.tag) == "item"]
    return binds, controls, words, items


def choices_of(control, words, items):
    """value -> (vi, en), of an itemset or of items"""
    out = {}
    for e in control:
        if local(e.tag) == "itemset":
            listed = re.match(r"instance\('([^']*)'\)", e.get("nodeset")).group(1)
            for item in items[listed]:
                said = words.get(item.get("itextId"), {})
                out[item["name"]] = (said.get("vi", item.get("label")), said.get("en"))
        elif local(e.tag) == "item":
            value = next(x.text for x in e if local(x.tag) == "value")
            label = next(x for x in e if local(x.tag) == "label")
            said = words.get(re.sub(r"jr:itext\('(.*)'\)", r"\1", label.get("ref", "")), {})
            out[value] = (said.get("vi", label.text), said.get("en"))
    return out


def same(who, want, text, ours):
    binds, controls, words, items = read_xform(text)
    for name, q in want.items():
        # a code that is `unit` is an element with _ in ours
        at = "_" + name if ours and name == "unit" else name
        b = binds.get(at)
        hold(b is not None and at in controls, f"{who}: {name} is not in the XForm")
        if b is None or at not in controls:
            continue
        constraint = squeezed(b.get("constraint"))
        limits = [int(n) for n in re.findall(r"=(-?\d+)(?!\.)", q["constraint"] or "")]
        if ours and q["type"] == "int" and any(abs(n) > 2147483647 for n in limits):
            hold(b.get("type") == "decimal", f"{who}: {name} goes past 32 bits and is {b.get('type')}")
            constraint = constraint.replace("andabs(.-round(.))<0.001", "")
        else:
            kind = b.get("type", "string")
            hold(kind == q["type"] or q["choices"] and kind in ("select", "select1"), f"{who}: {name} is {kind}, want {q['type']}")
        if ours and q["type"] == "string" and not q["choices"] and not q["constraint"]:
            constraint = constraint.replace("string-length(.)<=4096", "") or None
        hold(constraint == q["constraint"], f"{who}: {name}: {constraint}, want {q['constraint']}")
        required = b.get("required") not in (None, "false()")
        hold(required == q["required"], f"{who}: {name}: required is {b.get('required')}")
        if q["choices"] is None:
            continue
        hold(local(controls[at].tag) == ("select" if q["many"] else "select1"), f"{who}: {name}: {controls[at].tag}")
        got = choices_of(controls[at], words, items)
        got.pop("_unreadable", None)
        hold(list(got) == list(q["choices"]) or not ours and set(q["choices"]) <= set(got), f"{who}: {name}: choices {list(got)}")
        for value, (vi, en) in q["choices"].items():
            hold(got.get(value, ("",))[0] == vi and (not en or got[value][1] == en), f"{who}: {name}: {value} is {got.get(value)}")


def phieu(*args):
    return subprocess.run([PHIEU, *args], check=True, capture_output=True, text=True).stdout


forms = 0
for plan in PLANS:
    for form in json.loads(pathlib.Path(plan).read_text())["forms"]:
        path = f"{DIR}/{form['code']}.xlsx"
        phieu("form", "export", plan, form["code"], "-o", path)
        settings, want = read_workbook(path)
        hold((settings["form_title"], settings["form_id"], settings["version"]) == (form["name"], form["code"], form["version"]), f"{path}: settings {settings}")
        hold(len(want) > 0, f"{path}: no question")
        same(f"{plan} {form['code']}", want, phieu("form", "xform", plan, form["code"]), True)
        if pyxform:
            same(f"{plan} {form['code']} by pyxform", want, convert(path).xform, False)
        forms += 1
print(f"pyxform {pyxform.__version__}: its XForms compared too" if pyxform else
      "pyxform is not installed: the workbooks were read by openpyxl alone")
print(f"xlsform_check: N={done} of {forms} forms, {wrong} wrong")
sys.exit(1 if wrong or forms < 12 else 0)
