#!/usr/bin/env python3
"""Specifications against docs/estimate.schema.json and against the program.

What the schema takes and refuses, `phieu estimate` must; the examples of
docs/ESTIMATE.md must run; the statistics named must be those of the program.
Exit 1 with a line for each fault.
"""
import copy
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "docs/estimate.schema.json"
BIN = pathlib.Path(os.environ.get("PHIEU_BIN", ROOT / "build/debug")) / "phieu"
DATA = ROOT / "tests/data/oracle/prov_w1.csv"
faults = []

BASE = {
    "data": "prov_w1.csv",
    "design": {"strata": ["stratum_c"], "clusters": "person_id",
               "weights": "w_nr", "fpc": ["N_c"]},
    "where": {"unit": {"prefix": "S"}},
    "derive": [{"name": "sat", "is": {"I24": {"min": 4}}},
               {"name": "f1", "mean": ["I01", "I02"], "least": 1}],
    "estimates": [
        {"stat": "mean", "of": ["R", "f1"], "by": "unit", "deff": True},
        {"stat": "proportion", "of": "I24", "is": [4, 5],
         "ci": {"level": 0.9, "method": "beta"}},
        {"stat": "quantile", "of": "R", "p": [0.5], "rule": "hf7"},
        {"stat": "share", "elements": {"a": ["I01", "I02"]}, "min": 4},
        {"stat": "contrast", "of": ["F1", "F2"], "weights": [1, -1]},
        {"stat": "unit_score", "of": "R", "unit": "unit", "group": "group",
         "shares": {"G01": 0.5, "G03": 0.5}, "missing": "rescale"},
        {"stat": "change", "of": "R", "between": "sex", "values": ["F", "M"]},
        {"stat": "ratio", "of": ["late", "dossiers"], "cov": True},
        {"stat": "total"}, {"stat": "means", "of": ["F1", "F2"]},
        {"stat": "distribution", "of": "R"},
    ],
}
# path, value (None: delete): refused by both
REFUSED = [
    (["data"], None), (["data"], []), (["data"], 1), (["wave"], "w"), (["against"], "w"),
    (["unknown"], 1), (["estimates"], []), (["estimates"], None),
    (["design", "lonely"], "x"), (["design", "strata"], 1),
    (["design", "more"], 1), (["design", "nest"], 1),
    (["design", "clusters"], ["a", "b", "c", "d", "e"]),
    (["where", "unit"], {"prefix": 1}), (["where", "unit"], ["a", 1]),
    (["where", "unit"], {"min": 1, "not": 2}), (["where", "unit"], {}),
    (["where"], []), (["derive", 0, "mean"], ["R"]),
    (["derive", 0, "name"], None), (["derive", 0, "is"], None),
    (["derive", 1, "mean"], []), (["derive", 1, "x"], 1),
    (["estimates", 0, "stat"], "maen"), (["estimates", 0, "of"], None),
    (["estimates", 0, "of"], []), (["estimates", 0, "deff"], 1),
    (["estimates", 0, "df"], "x"), (["estimates", 0, "p"], [0.5]),
    (["estimates", 1, "ci", "level"], 1), (["estimates", 1, "ci", "x"], 1),
    (["estimates", 1, "ci", "method"], "x"), (["estimates", 1, "is"], True),
    (["estimates", 2, "p"], None), (["estimates", 2, "p"], [1]),
    (["estimates", 2, "rule"], "hf6"), (["estimates", 3, "min"], None),
    (["estimates", 3, "of"], ["I01"]), (["estimates", 3, "elements"], {}),
    (["estimates", 4, "weights"], None), (["estimates", 5, "shares"], {}),
    (["estimates", 5, "shares", "G01"], -1), (["estimates", 5, "by"], "sex"),
    (["estimates", 5, "missing"], "x"), (["estimates", 6, "between"], None),
    (["estimates", 6, "values"], ["F"]), (["estimates", 6, "independent"], 1),
    (["estimates", 7, "of"], ["late"]), (["estimates", 8, "cov"], 1),
]
TAKEN = [
    (["title"], "a remark"), (["design", "strata"], [["stratum_c", "wave"]]),
    (["design", "clusters"], ["person_id"]), (["design", "fpc"], None),
    (["where", "unit"], "S01"), (["where", "unit"], {"not": ["S01", "S02"]}),
    (["where", "R"], {"max": 4}), (["where"], None), (["derive"], None),
    (["estimates", 0, "df"], "design"), (["estimates", 1, "is"], {"min": 4}),
    (["estimates", 3], {"stat": "share", "of": "I01", "max": 2}),
    (["data"], ["prov_w1.csv"]), (["subset"], {"group": {"not": "G09"}}),
]
# weights, calibration, replicates, planning; both sides in one list
PARTS = [
    ("weights", {"base": "w_base"}, True),
    ("weights", {"frame": "N_h", "by": "stratum", "trim": {"upper": 1e6}},
     True),
    ("weights", {"frame": "n_h"}, False),  # not one count for all
    ("weights", {"base": "w_base", "frame": "N_h"}, None),
    ("weights", {"nonresponse": {"of": "disp", "classes": "stratum_c"}}, True),
    ("weights", {"nonresponse": {"of": "disp", "propensity": "sex",
                                 "respondents": ["I"], "groups": 2}}, True),
    ("weights", {"nonresponse": {}}, None), ("weights", 1, None),
    ("weights", {"nonresponse": {"of": "disp", "classes": "a",
                                 "propensity": "b"}}, None),
    ("weights", {"trim": {"strict": 1}}, None), ("weights", {"x": 1}, None),
    ("calibrate", {"method": "poststratify", "margins": [
        {"by": ["sex"], "totals": {"F": 4000, "M": 5000}}]}, True),
    ("calibrate", {"method": "raking", "margins": [
        {"by": "sex", "totals": {"F": 4000, "M": 5000}}, {"total": 9000},
        {"by": "age_group", "totals": {"50+": 3000}, "partial": True}],
        "trim": {"upper": 1000}}, True),
    ("calibrate", {"margins": [
        {"by": ["sex", "level"], "totals": {"F": {"x": 1}}}]}, False),
    ("calibrate", {"margins": []}, None), ("calibrate", {}, None),
    ("calibrate", {"method": "x", "margins": [{"total": 1}]}, None),
    ("calibrate", {"method": "poststratify", "margins": [{"total": 1}]}, None),
    ("calibrate", {"margins": [{"total": 1}], "bounds": [1]}, None),
    ("calibrate", {"margins": [{"total": 1, "totals": {}}]}, None),
    ("calibrate", {"margins": [{"by": "sex", "totals": {"F": -1}}]}, None),
    ("replicates", {"method": "jkn", "mse": True}, True),
    ("replicates", {"method": "bootstrap", "count": 20, "seed": 4,
                    "fpc": True, "threads": 2}, True),
    ("replicates", {"columns": ["N_h", "w_base"], "combined": True,
                    "scale": 1, "rscales": [1, 1]}, True),
    ("replicates", {"method": "fay", "rho": 0.3}, False),  # not in pairs
    ("replicates", {"file": "nowhere.csv", "by": "stratum"}, False),
    ("replicates", {"file": "rep.csv", "by": "group", "scale": 1}, True),
    ("replicates", {"method": "jkn", "rho": 1}, None),
    ("replicates", {"method": "fay", "rho": 1}, None),
    ("replicates", {}, None), ("replicates", {"method": "x"}, None),
    ("replicates", {"columns": "w_nr", "count": 5}, None),
    ({"stat": "response_rates", "of": "disp", "weighted": True}, 0, True),
    ({"stat": "kish", "by": "group"}, 0, True),
    ({"stat": "weights", "id": "form_no"}, 0, True),
    ({"stat": "r_indicator", "of": "form", "explain": ["sex"],
      "respondents": ["CT-01"], "ineligible": []}, 0, True),
    ({"stat": "fay_herriot", "of": "duration_s", "variance": "N_h",
      "covariates": ["n_h"]}, 0, True),
    ({"stat": "sample_size", "margin": 0.05, "p": 0.3, "deff_plan": 1.5,
      "response": 0.9, "population": 1200}, 0, True),
    ({"stat": "allocation", "of": "N_h", "n": 30, "rule": "equal"}, 0, True),
    ({"stat": "draw", "n": 1, "seed": 2, "by": "group", "id": "form_no"}, 0,
     True),
    ({"stat": "suppress", "rows": "group", "columns": "sex"}, 0, True),
    ({"stat": "kish", "id": "form_no"}, 0, None),
    ({"stat": "response_rates"}, 0, None), ({"stat": "draw", "n": 1}, 0, None),
    ({"stat": "r_indicator", "of": "form"}, 0, None),
    ({"stat": "sample_size", "margin": 1}, 0, None),
    ({"stat": "allocation", "of": "N_h"}, 0, None),
    ({"stat": "suppress", "rows": "group"}, 0, None),
]


def parted(key, value):
    spec = {"data": "prov_frame_w1.csv",
            "design": {"strata": "stratum_c", "weights": "w_base"},
            "estimates": [{"stat": "mean", "of": "duration_s"}]}
    if isinstance(key, dict):
        spec["estimates"] = [key]
    else:
        spec[key] = value
    return spec


def edited(path, value):
    spec = copy.deepcopy(BASE)
    node = spec
    for step in path[:-1]:
        node = node[step]
    if value is None:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    if path == ["derive"] and value is None:
        spec["estimates"][0]["of"] = ["R"]
    return spec


def ask(folder, spec):
    file = folder / "spec.json"
    file.write_text(json.dumps(spec), encoding="utf-8")
    return subprocess.run([BIN, "estimate", file], capture_output=True,
                          check=False)


def described(node, path):
    for name, member in node.get("properties", {}).items():
        if "allOf" not in path and not member.get("description"):
            faults.append(f"{path}/{name}: no description")
    for key, value in node.items():
        if isinstance(value, dict):
            described(value, f"{path}/{key}")


def stats_of_program():
    found = set()
    for file in (ROOT / "analysis").glob("stats_*.c"):
        text = file.read_text(encoding="utf-8")
        for table in re.findall(r"stat_def defs\[\] = \{(.*?)\n\};", text,
                                re.S):
            found |= set(re.findall(r'\{ "(\w+)",', table))
    return found


def main():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    valid = jsonschema.Draft202012Validator(schema).is_valid
    described(schema, "")
    named = set(schema["$defs"]["estimate"]["properties"]["stat"]["enum"])
    for name in named ^ stats_of_program():
        faults.append(f"statistic {name} is on one side only")
    with tempfile.TemporaryDirectory(prefix="phieu-schema.") as name:
        folder = pathlib.Path(name)
        shutil.copy(DATA, folder)
        shutil.copy(DATA.with_name("prov_frame_w1.csv"), folder)
        (folder / "rep.csv").write_text("key,a,b\n" + "".join(
            f"G0{i},{i % 2 * 2},{(i + 1) % 2 * 2}\n" for i in range(1, 9)))
        cases = [(spec, True) for spec in [BASE] + [
            edited(*e) for e in TAKEN]]
        cases += [(edited(*e), False) for e in REFUSED]
        for spec, good in cases:
            got = ask(folder, spec)
            if valid(spec) != good:
                faults.append(f"schema, not {good}: {json.dumps(spec)}")
            if (got.returncode in (0, 3)) != good or \
                    (not good and got.returncode != 2):
                faults.append(f"phieu exit {got.returncode}: "
                              f"{json.dumps(spec)} {got.stderr!r}")
        for key, value, good in PARTS:  # None: refused; False: fails later
            spec = parted(key, value)
            got = ask(folder, spec)
            if valid(spec) != (good is not None):
                faults.append(f"schema, not {good}: {json.dumps(spec)}")
            if (2 if good is None else 0 if good else 1) != \
                    (0 if got.returncode == 3 else got.returncode):
                faults.append(f"phieu exit {got.returncode}: "
                              f"{json.dumps(spec)} {got.stderr!r}")
        text = (ROOT / "docs/ESTIMATE.md").read_text(encoding="utf-8")
        blocks = re.findall(r"```json\n(.*?)```", text, re.S)
        for block in blocks:
            spec = json.loads(block)
            if "estimates" not in spec:
                continue
            if not valid(spec):
                faults.append(f"ESTIMATE.md: not valid: {block[:80]}")
            if spec.get("data") == "prov_w1.csv" and \
                    ask(folder, spec).returncode != 0:
                faults.append(f"ESTIMATE.md: does not run: {block[:80]}")
        if not blocks:
            faults.append("ESTIMATE.md has no example")
    for line in faults:
        print(line)
    return 1 if faults else 0


sys.exit(main())
