#!/usr/bin/env python3
"""The description of the HTTP interface against what the services serve.

Compares docs/api/openapi.yaml with `phieu-collector --routes` and
`phieu-server --routes` both ways (method, path, permission), checks the
description itself (references, parameters, examples against their schemas),
and the limits in docs/API.md against include/phieu/limits.h.
Exit 1 with a line for each difference.
"""
import json
import os
import pathlib
import re
import subprocess
import sys

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("PHIEU_BIN", ROOT / "build/debug"))
METHODS = ("get", "post", "put", "delete", "patch")
SERVICES = ("collector", "server")
faults = []


def say(text):
    faults.append(text)


def described(api):
    """{service: {(METHOD, path): permission}}"""
    out = {s: {} for s in SERVICES}
    for path, item in api["paths"].items():
        for method in METHODS:
            op = item.get(method)
            if op is None:
                continue
            name = f"{method.upper()} {path}"
            tags = op.get("tags", [])
            if not tags or any(t not in SERVICES for t in tags):
                say(f"{name}: tags name the services, not {tags}")
            if "x-permission" not in op:
                say(f"{name}: no x-permission")
            for tag in set(tags) & set(SERVICES):
                out[tag][method.upper(), path] = op.get("x-permission", "")
    return out


def served(service):
    """{(METHOD, path): permission} as the program prints them."""
    program = BIN / f"phieu-{service}"
    if not program.exists():
        say(f"{program} is not built")
        return None
    run = subprocess.run([program, "--routes"], capture_output=True, text=True,
                         timeout=60, check=False)
    if run.returncode != 0:
        say(f"{program.name} --routes: exit {run.returncode}: {run.stderr}")
        return None
    out = {}
    for line in run.stdout.splitlines():
        method, path, permission = line.split(" ", 2)
        out[method, path] = permission
    if not out:
        say(f"{program.name} --routes prints nothing")
    return out


def compare(service, doc):
    have = served(service)
    if have is None:
        return
    for (method, path), permission in sorted(have.items()):
        if (method, path) not in doc:
            say(f"{service}: {method} {path} is served, not described")
        elif doc[method, path] != permission:
            say(f"{service}: {method} {path} is for {permission}, described "
                f"for {doc[method, path]}")
    for method, path in sorted(doc):
        if (method, path) not in have:
            say(f"{service}: {method} {path} is described, not served")


def load(path=ROOT / "docs/api/openapi.yaml"):
    """The description; read by libyaml, which is tenfold as quick."""
    return yaml.load(path.read_text(encoding="utf-8"), getattr(
        yaml, "CSafeLoader", yaml.SafeLoader))


def look_up(api, ref):
    node = api
    for part in ref.removeprefix("#/").split("/"):
        node = node[part.replace("~1", "/").replace("~0", "~")]
    return node


def check_references(api, node, where):
    if isinstance(node, dict):
        ref = node.get("$ref")
        if isinstance(ref, str):
            try:
                look_up(api, ref)
            except (KeyError, TypeError):
                say(f"{where}: {ref} leads nowhere")
        for key, value in node.items():
            check_references(api, value, f"{where}/{key}")
    elif isinstance(node, list):
        for i, value in enumerate(node):
            check_references(api, value, f"{where}/{i}")


def plain_schema(api, node):
    """JSON Schema of an OpenAPI 3.0 schema: references put in, nullable as
    a type more."""
    if isinstance(node, list):
        return [plain_schema(api, v) for v in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return plain_schema(api, look_up(api, node["$ref"]))
    out = {k: plain_schema(api, v) for k, v in node.items()
           if k not in ("nullable", "example")}
    if node.get("nullable"):
        out = {"anyOf": [out, {"type": "null"}]}
    return out


def check_example(api, media, where):
    if "schema" not in media:
        say(f"{where}: no schema")
        return
    examples = {n: e["value"] for n, e in media.get("examples", {}).items()}
    if "example" in media:
        examples["example"] = media["example"]
    schema = plain_schema(api, media["schema"])
    for name, value in examples.items():
        try:
            jsonschema.validate(value, schema)
        except jsonschema.ValidationError as e:
            say(f"{where}/{name}: {e.message} at {list(e.absolute_path)}")


def resolved(api, node):
    return look_up(api, node["$ref"]) if "$ref" in node else node


def check_operation(api, path, item, method, ids):
    op = item[method]
    name = f"{method.upper()} {path}"
    if op.get("operationId") in ids | {None}:
        say(f"{name}: operationId missing or used twice")
    ids.add(op.get("operationId"))
    if not op.get("summary"):
        say(f"{name}: no summary")
    params = [resolved(api, p)
              for p in item.get("parameters", []) + op.get("parameters", [])]
    in_path = {p["name"] for p in params if p["in"] == "path"}
    if in_path != set(re.findall(r"{(\w+)}", path)):
        say(f"{name}: path parameters described: {sorted(in_path)}")
    for p in params:
        if p["in"] == "path" and not p.get("required"):
            say(f"{name}: path parameter {p['name']} must be required")
    public = op.get("security") == []
    if path.startswith("/") and public != (op.get("x-permission") == "public"):
        say(f"{name}: security and x-permission do not agree")
    bodies = [("request", op["requestBody"])] if "requestBody" in op else []
    for status, reply in op.get("responses", {}).items():
        reply = resolved(api, reply)
        if not reply.get("description"):
            say(f"{name}: {status} has no description")
        bodies.append((status, reply))
    if len(bodies) == 0:
        say(f"{name}: no responses")
    for what, body in bodies:
        for kind, media in resolved(api, body).get("content", {}).items():
            check_example(api, media, f"{name} {what} {kind}")


def check_description(api):
    if api.get("openapi") != "3.0.3":
        say("openapi is not 3.0.3")
    check_references(api, api, "#")
    ids = set()
    for path, item in api["paths"].items():
        for method in METHODS:
            if method in item:
                check_operation(api, path, item, method, ids)


def check_webhooks(api):
    """Each kind that the database knows is described, with its body."""
    sql = "".join(f.read_text(encoding="utf-8")
                  for f in sorted((ROOT / "sql").glob("0*_*hook*.sql")))
    kinds = set(re.findall(r"'([a-z]+\.[a-z]+)'", re.findall(
        r"events <@ ([^;]*);", sql)[-1])) | {"hook.test"}
    page = (ROOT / "docs/API.md").read_text(encoding="utf-8")
    ids = set()
    for kind in sorted(kinds | set(api["x-webhooks"])):
        if kind not in api["x-webhooks"]:
            say(f"webhook {kind} is sent, not described")
            continue
        if kind not in kinds:
            say(f"webhook {kind} is described, not sent")
        if f"| `{kind}` |" not in page:
            say(f"API.md does not tell of webhook {kind}")
        item = api["x-webhooks"][kind]
        check_operation(api, kind, item, "post", ids)
        body = item["post"]["requestBody"]["content"]["application/json"]
        if plain_schema(api, body["schema"])["properties"]["kind"] != {
                "type": "string", "enum": [kind]}:
            say(f"webhook {kind}: its body is of another kind")


def limits():
    """{name: number} of limits.h and the readers' own bounds."""
    out = {}
    for header in ("limits.h", "json.h"):
        text = (ROOT / "include/phieu" / header).read_text(encoding="utf-8")
        text = text.replace("\\\n", " ")
        for name, value in re.findall(r"#define\s+(LIMIT_\w+)\s+([^/\n]+)",
                                      text):
            value = value.replace("(size_t)", "").replace("\\", "").strip()
            if not re.fullmatch(r"[\d\s()<*+]+", value):
                say(f"{header}: {name} cannot be read: {value}")
                continue
            out[name] = eval(value)  # digits, shifts and brackets only
    return out


def check_limits():
    """API.md: rows `| what | number | NAME | answer |`."""
    page = (ROOT / "docs/API.md").read_text(encoding="utf-8")
    have = limits()
    told = {}
    for row in re.findall(r"^\|.*`LIMIT_\w+`.*$", page, re.M):
        name = re.search(r"`(LIMIT_\w+)`", row).group(1)
        number = row.split("|")[2].strip()
        unit = {"KiB": 1 << 10, "MiB": 1 << 20}
        m = re.fullmatch(r"([\d,]+)(?: (KiB|MiB|bytes))?", number)
        if not m:
            say(f"API.md: {name}: not a number: {number}")
            continue
        told[name] = int(m[1].replace(",", "")) * unit.get(m[2], 1)
    for name in sorted(set(have) | set(told)):
        if name not in told:
            say(f"API.md does not tell {name}")
        elif name not in have:
            say(f"API.md tells {name}, which is no limit of ours")
        elif have[name] != told[name]:
            say(f"API.md: {name} is {have[name]}, told as {told[name]}")


def main():
    path = ROOT / "docs/api/openapi.yaml"
    api = load(path)
    json.dumps(api, default=str)  # no cycles, no odd types
    check_description(api)
    doc = described(api)
    for service in SERVICES:
        compare(service, doc[service])
    check_webhooks(api)
    check_limits()
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
