"""Inspections over HTTP; see tests/service/inspect_api.sh.

usage: inspect_check.py SERVER PASSWORD
Every answer is held to docs/api/openapi.yaml.  Exit 1 when anything differs.
"""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import api_check  # noqa: E402
import round_check  # noqa: E402
from api_check import need  # noqa: E402

R = "/v1/rounds/thanh-hoa-2023"


def act(client, name, want, **members):
    return round_check.act(client, name, want, base=R, **members)


def rows(client, name, want=200, **query):
    return round_check.rows(client, name, want, base=R, **query)


def begun(office):
    """The first inspection, with two findings."""
    act(office, "inspect-schedule", 200, inspection="1",
        **{"from": "2023-05-10"}, form="on-site", team="doan-1", version="1")
    made = act(office, "inspect-documents", 200, inspection="1",
               on="2023-05-09", version="2")
    need("late documents are told", "2" in json.dumps(made))
    act(office, "inspect-start", 200, inspection="1", on="2023-05-10", version="3")
    for criterion in ("3.1", "6.1"):
        act(office, "inspect-finding", 200, inspection="1", text="thiếu",
            due="2023-06-10", responsible="Phó Giám đốc (mẫu)",
            criterion=criterion)


def rules(office):
    for name, want, rule, members in (
            ("schedule", 409, "K25", {"inspection": "1", "reason": "x",
                                      "from": "2023-05-12",
                                      "version": "4"}),
            ("schedule", 403, "K28", {"inspection": "4", "form": "on-site",
                                      "from": "2023-05-12",
                                      "team": "doan-2", "version": "1"}),
            ("answer", 400, "K35", {"inspection": "1", "item": "II.4a",
                                    "verdict": "done", "text": "x",
                                    "version": "0"}),
            ("conclude", 409, "K38", {"inspection": "1", "number": "1",
                                      "on": "2023-05-20", "text": "x",
                                      "version": "4"}),
            ("return", 409, "K44", {"finding": "1", "reason": "x",
                                    "version": "1"})):
        answer = act(office, f"inspect-{name}", want, **members)
        need(f"{name} is refused by {rule}: {answer}",
             rule in json.dumps(answer))


def two_people(office):
    act(office, "inspect-draft", 200, inspection="1", strengths="tốt",
        version="4")
    act(office, "inspect-draft", 409, inspection="1", strengths="kém",
        version="4")
    act(office, "inspect-verify", 409, finding="1", evidence="x",
        version="9")


def whose(office, mine, other, field, field2, auditor):
    need("a unit sees its own inspection",
         [x["unit"] for x in rows(mine, "inspect-list")] == ["so-giao-duc"])
    need("the office sees all", len(rows(office, "inspect-list")) == 18)
    rows(mine, "inspect-list", 403, unit="so-tu-phap")
    need("a unit sees no other's findings", not rows(other,
                                                     "inspect-findings"))
    need("a unit sees its findings",
         len(rows(mine, "inspect-findings")) == 2)
    need("an appraiser sees those of his criteria",
         [x["criterion"] for x in rows(field, "inspect-findings")]
         == ["3.1"])
    need("and none of others'", not rows(field2, "inspect-findings"))
    rows(field, "inspect-list", 403)
    need("the auditor reads", rows(auditor, "inspect-late"))
    act(auditor, "inspect-cancel", 403, inspection="2", reason="x",
        version="1")
    act(field, "inspect-withdraw", 403, finding="1", reason="x",
        version="1")
    act(mine, "inspect-verify", 403, finding="1", evidence="x", version="1")
    act(other, "inspect-remedied", 404, finding="1", text="không phải tôi",
        version="1")
    act(mine, "inspect-remedied", 200, finding="1", text="đã công khai",
        version="1")
    beside = {x["criterion"]: x["inspection"]
              for x in rows(field, "appraise-list", unit="so-giao-duc")}
    need(f"a finding stands beside the item: {beside}",
         "phát hiện 1 (đợt kiểm tra 1)" in beside["3.1"]
         and not beside["3.2"] and "6.1" not in beside)


def main():
    server, password = sys.argv[1:3]
    people = {login: round_check.Person(server, login, password)
              for login in ("thu-ky", "giao-duc", "tu-phap", "tham-dinh",
                            "tham-dinh-2", "kiem-toan")}
    office = people["thu-ky"]
    begun(office)
    rules(office)
    two_people(office)
    whose(office, people["giao-duc"], people["tu-phap"],
          people["tham-dinh"], people["tham-dinh-2"], people["kiem-toan"])
    for fault in api_check.faults:
        print("inspect_check:", fault)
    print(f"N={api_check.count} requests about inspections")
    sys.exit(bool(api_check.faults))


if __name__ == "__main__":
    main()
