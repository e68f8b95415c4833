#!/usr/bin/env python3
"""Reads a data feed page by page and compares it with `phieu export`.

usage: odata_check.py SERVER PATH SET ROWS.jsonl   (the key: PHIEU_FEED_KEY)
Says what does not agree, exit 1.
"""
import base64
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ET

server, path, name, rows = sys.argv[1:]
key = base64.b64encode(b"ai:" + os.environ["PHIEU_FEED_KEY"].encode()).decode()
bad = []


def expect(ok, words):
    if not ok:
        bad.append(words)


def get(url, page=None):
    rq = urllib.request.Request(urllib.parse.urljoin(server + path, url))
    rq.add_header("Authorization", "Basic " + key)
    if page:
        rq.add_header("Prefer", "odata.maxpagesize=%d" % page)
    with urllib.request.urlopen(rq, timeout=60) as r:
        return r.read(), r.headers


def all_pages(url, page):
    out, first = [], None
    while url:
        got = json.loads(get(url, page)[0])
        first = first or got
        out += got["value"]
        url = got.get("@odata.nextLink")
    return out, first


def option(**options):
    return path + name + "?" + urllib.parse.urlencode(
        {"$" + k: v for k, v in options.items()})


want = [json.loads(s) for s in open(rows, encoding="utf-8")]
for w in want:  # the feed gives reasons as text, like codes
    for k, v in w.items():
        if isinstance(v, int) and v in (-7, -8, -9) and k not in (
                "frame_count", "sample_count", "weight", "respondent"):
            w[k] = str(v)


def plain(row):
    return {k: v for k, v in row.items() if k != "id"}


for page in (1, 7, 100, 5000):
    got, _ = all_pages(path + name, page)
    expect([plain(r) for r in got] == want, "pages of %d differ" % page)
    expect(len({r["id"] for r in got}) == len(want), "a key comes twice")

unit = want[0]["unit"]
mine = [w for w in want if w["unit"] == unit]
got, first = all_pages(option(filter="unit eq '%s'" % unit, count="true",
                              select="unit,respondent"), 10)
expect(got == [{"respondent": w["respondent"], "unit": unit} for w in mine],
       "a filter over pages")
expect(first["@odata.count"] == len(mine), "the count of a filter")
got, _ = all_pages(option(filter="unit eq '%s'" % unit, top=5, skip=3), 2)
expect([plain(r) for r in got] == mine[3:8], "top and skip over pages")
got, first = all_pages(option(top=0, count="true"), None)
expect(got == [] and first["@odata.count"] == len(want), "the count alone")
got, _ = all_pages(option(filter="frame_count ne null and frame_count eq null"),
                   None)
expect(got == [], "nothing and its contrary")

# in another order, over pages: as Python sorts it, missing ones first
columns = [k for k in want[0] if k not in ("respondent", "unit")]


def sort_key(row, k):
    return (row[k] is not None, row[k] if row[k] is not None else 0)


for k in columns[:12] + ["respondent"]:
    for falls in (False, True):
        rows_k = sorted(want, key=lambda r: sort_key(r, k), reverse=falls)
        if falls:  # ties stay as they come
            rows_k = sorted(reversed(want), key=lambda r: sort_key(r, k))[::-1]
        got, first = all_pages(option(orderby=k + (" desc" if falls else ""),
                                      count="true"), 77)
        expect([plain(r) for r in got] == rows_k, "order by %s" % k)
        expect(first["@odata.count"] == len(want), "count of an order")
got, _ = all_pages(option(orderby="id desc"), 1000)
expect([plain(r) for r in got] == want[::-1], "order by id desc")
got, _ = all_pages(option(orderby="id"), 1000)
expect([plain(r) for r in got] == want, "order by id")
got, _ = all_pages(option(filter="unit eq '%s'" % unit, orderby="id desc",
                          top=7, skip=2), 3)
expect([plain(r) for r in got] == mine[::-1][2:9], "an order, a filter, a top")
for wrong in ("nosuch", "unit down", "length(unit)"):
    try:
        get(option(orderby=wrong))
        expect(False, "$orderby=%s is taken" % wrong)
    except urllib.error.HTTPError as ex:
        expect(ex.code == 400, "$orderby=%s: %d" % (wrong, ex.code))

ns = {"e": "http://docs.oasis-open.org/odata/ns/edm"}
edm = ET.fromstring(get("$metadata")[0])
types = {p.get("Name"): p.get("Type") for p in edm.iterfind(
    ".//e:EntityType[@Name='%s']/e:Property" % name, ns)}
expect(set(types) == set(want[0]) | {"id"}, "the metadata have other names")
for w in want:
    for k, v in w.items():
        expect(v is None or isinstance(v, str) == (types[k] == "Edm.String"),
               "%s is not %s" % (k, types[k]))
expect(get(name)[1]["OData-Version"] == "4.0", "no OData-Version")

for words in bad[:20]:
    print("odata_check: " + words)
print("N=%d" % len(want))
sys.exit(1 if bad else 0)
