"""A1, A3: nobody links a person and an answer.  Letters are answered, closed,
mixed, frozen; then everything an insider could get hold of is attacked in
twelve ways: live tables, a backup of the open and of the closed campaign, the
data directory, the WAL, the logs.  The same attacks run on a naive copy of the
design (token and answer in two tables, one transaction) and must find nearly
everybody there.
usage: ballot_check.py BIN DIR GROUPS [naive]
Last line `suspect: NAME;…`: attacks that did better than chance."""
import glob
import html
import http.client
import json
import os
import random
import re
import subprocess
import sys
import uuid

from ballots import Programs, ballot_of, check, receipt, rows, seal, sql, token_hash, WAVE
from relink import attack, by_file, ctid, dump_order, marks, names, ranks

BIN, DIR = sys.argv[1:3]
GROUPS = sys.argv[3].split(",")
NAIVE = sys.argv[4:] == ["naive"]
SOCKET = os.environ["PHIEU_TEST_SOCKET"]
DATA = f"{SOCKET}/data"
SUPER = "PHIEU_TEST_SUPER"
ATTACKS = 12
ENOUGH = 0.05 / ATTACKS  # one in twenty over all attacks together
PLAN = json.load(open("collector/plans/lai-chau-2020.json", encoding="utf-8"))
NAMES = {u["name"]: u["code"] for u in PLAN["units"]}
SHEETS = [json.loads(x) for x in open(f"{DIR}/sheets.ndjson", encoding="utf-8")]
p = Programs(BIN, DIR)
seen = {}


# ---- what an insider copies --------------------------------------------------

def dump_of(*options):
    return subprocess.run(["pg_dump", "-d", os.environ[SUPER], "--data-only", *options],
                          check=True, capture_output=True, text=True).stdout


def disk():
    """(file, bytes) of all files of the database, large values and indexes too."""
    own = sql("SELECT oid FROM pg_database WHERE datname = current_database()", SUPER)
    for f in sorted(glob.glob(f"{DATA}/base/{own}/*") + glob.glob(f"{DATA}/base/pgsql_tmp/*")):
        try:
            if os.path.isfile(f):
                yield f, open(f, "rb").read()
        except FileNotFoundError:
            pass


def segment():
    return sql("SELECT pg_walfile_name(pg_current_wal_lsn())", SUPER)


def wal(since=""):
    """All of the WAL, up to the segment that is written now, without the heads
    of its pages, which cut what goes over them."""
    last, out = segment(), []
    for f in sorted(glob.glob(f"{DATA}/pg_wal/0*")):
        if os.path.isfile(f) and since <= os.path.basename(f) <= last:
            data = open(f, "rb").read()
            out += [data[at + (24 if at else 40):at + 8192] for at in range(0, len(data), 8192)]
    return b"".join(out)


def places(find, *what):
    """value -> [(file, place)] over the data directory."""
    out = {}
    for f, blob in disk():
        for value, at in find(blob, *what).items():
            out.setdefault(value, []).extend((f, a) for a in at)
    return out


def chunks(table):
    """First bytes (hex) -> number, of the large values of a table."""
    toast = sql(f"SELECT reltoastrelid::regclass FROM pg_class WHERE oid = '{table}'::regclass",
                SUPER)
    return {r[1][:64]: int(r[0]) for r in rows(
        f"SELECT chunk_id, encode(chunk_data, 'hex') FROM {toast} WHERE chunk_seq = 0", SUPER)}


def look(when, persons):
    """What an insider with all rights copies of the inbox at a moment."""
    sql("CHECKPOINT", SUPER)
    keys = {bytes.fromhex(q[k]) for q in persons for k in ("hash", "receipt")}
    seen[when] = {
        "used": rows("SELECT encode(hash, 'hex'), xmin, ctid FROM ballot.used", SUPER),
        "sealed": rows("SELECT encode(receipt, 'hex'), xmin, ctid, length(sealed) FROM "
                       "ballot.sealed", SUPER),
        "disk": {k.hex(): v for k, v in places(marks, keys).items()},
        "dump": dump_of("-n", "ballot"), "chunks": chunks("ballot.sealed")}


# ---- a world -------------------------------------------------------------------

def waiting(tokens):
    """Letters and who answers them, in the order in which chance brings them."""
    out = []
    for group, by in tokens.items():
        for home, codes in by.items():
            code = NAMES[html.unescape(home)] if home else ""
            mine = [s for s in SHEETS if s["group"] == group and (s["home"] or "") == code]
            check(len(mine) == len(codes), f"{group} {home}: {len(codes)} letters")
            out += [{"token": t, "hash": token_hash(t), "cell": f"{group}/{code}", "sheet": s,
                     "group": group} for t, s in zip(codes, mine)]
    random.shuffle(out)
    return out


def answered(persons, key, size):
    line = http.client.HTTPConnection("127.0.0.1", p.port, timeout=60)
    for n, q in enumerate(persons):
        q["sealed"] = seal(ballot_of(q["sheet"]), size[q["group"]], key)
        q["receipt"] = receipt(q["sealed"])
        status, told = p.put(q["token"], q["sealed"], line)
        check(status == 201 and told["receipt"] == q["receipt"], f"{status} {told}")
        if n == len(persons) * 2 // 3:
            look("open", persons[:n + 1])


def world():
    # an insider who archives every bit of the WAL
    for setting in ("wal_keep_size = '8GB'", "max_wal_size = '8GB'"):
        sql(f"ALTER SYSTEM SET {setting}", SUPER)
    sql("SELECT pg_reload_conf()", SUPER)
    key = p.keygen()
    persons = waiting({g: p.make(g, key) for g in GROUPS})
    size = {g: int(n) for g, n in rows("SELECT g.code, c.size FROM ballot.campaign AS c JOIN "
                                       "plan.respondent_group AS g USING (wave, grp)")}
    answered(persons, bytes.fromhex(key), size)
    check("trộn" in p.run("freeze", "--wave", WAVE, "--reason", "thử", code=1),
          "a wave with ballots that wait is frozen")
    for g in GROUPS:
        p.act("close", g)
    look("closed", persons)
    p.run("db", "backup", f"{DIR}/closed.dump")
    out = set()
    for g in GROUPS:
        if g in ("lanh-dao-huyen", "lanh-dao-so"):  # two of each unit
            check("--leave-out" in p.mix(g, code=1), "two ballots of a unit are mixed")
            said = p.mix(g, "--leave-out")
            check(" 0 phiếu hợp lệ" in said, said)
            out.add(g)
        else:
            said = p.mix(g)
            check(" 0 không hợp lệ" in said, said)
    p.run("freeze", "--wave", WAVE, "--reason", "thử")
    sql("CHECKPOINT", SUPER)
    for q in persons:
        q["text"] = text_of_sheet(q["sheet"])
    return persons, sum(q["group"] not in out for q in persons)


ORDINALS = {}


def text_of_sheet(sheet):
    """A sheet's ratings as stored_answers tells them."""
    if not ORDINALS:
        for f, v, q, slot, o, n in rows(
                "SELECT f.code, f.version, q.code, q.slot, o.code, o.ordinal FROM plan.question "
                "AS q JOIN plan.form AS f USING (wave, form) JOIN plan.option AS o USING (wave, "
                "form, question) WHERE q.slot IS NOT NULL"):
            ORDINALS.setdefault((f, v), {}).setdefault(q, (int(slot), {}))[1][o] = int(n)
    of = ORDINALS[sheet["form"], sheet["version"]]
    out = []
    for r in sheet["ratings"]:
        b = bytearray(b"\xff" * len(of))
        for q, (slot, options) in of.items():
            a = r["answers"].get(q)
            if isinstance(a, str):
                b[slot] = options[a]
            elif isinstance(a, dict):
                b[slot] = 254 if a["mark"] == "dont-know" else 253
        out.append(f"{r['unit']}:{b.hex()}")
    return ",".join(sorted(out))


# ---- ours ------------------------------------------------------------------------

def stored_answers():
    """Responses as they lie there, with where and when they were written."""
    got = rows("""
        SELECT r.instance, r.response, r.ctid, r.xmin, g.code || '/' || coalesce(u.code, ''),
            t.text, t.ctid, t.xmin
        FROM field.response AS r
        JOIN plan.respondent_group AS g USING (wave, grp)
        LEFT JOIN plan.unit AS u ON u.wave = r.wave AND u.unit = r.home
        CROSS JOIN LATERAL (SELECT string_agg(rated.code || ':' || encode(t.answers, 'hex'), ','
            ORDER BY rated.code) AS text, min(t.ctid) AS ctid, min(t.xmin::text) AS xmin
            FROM field.rating AS t JOIN plan.unit AS rated ON rated.wave = t.wave AND
            rated.unit = t.unit WHERE t.wave = r.wave AND t.response = r.response) AS t
        WHERE r.way = 5 ORDER BY r.ctid""", SUPER)
    return [{"instance": r[0], "id": int(r[1]), "ctid": ctid(r[2]), "xmin": int(r[3]),
             "cell": r[4], "text": r[5], "rating": ctid(r[6]), "rating_xmin": int(r[7])}
            for r in got]


def from_wal(persons, found):
    """What the WAL does tell, which ballot came with which token (one
    transaction, and no key to open it): the token written last before a ballot
    first stands there.  {person: (receipt, place)}"""
    token = {bytes.fromhex(q["hash"]): i for i, q in enumerate(persons)}
    told, last, known = {}, None, set()
    for at, value in sorted((at, value) for value, all_at in found.items() for at in all_at):
        if value in token:
            last = token[value]
        elif value not in known:
            known.add(value)
            if last is not None:
                told[last] = (value.hex(), at)
    return told


def frozen_order(answers):
    """Respondents of the freeze by number, told by their answers."""
    got = rows("SELECT f.respondent, string_agg(u.code || ':' || encode(f.answers, 'hex'), ',' "
               "ORDER BY u.code) FROM frozen.rating AS f JOIN plan.unit AS u USING (wave, unit) "
               "GROUP BY f.respondent", SUPER)
    number = {text: int(n) for n, text in got}
    return {j: number[a["text"]] for j, a in enumerate(answers) if a["text"] in number}


def last_of(answers, y, persons, late):
    """Of each cell as many answers as came late, those that stand last."""
    cells, out = {}, {}
    for j in sorted(y, key=y.get):
        cells.setdefault(answers[j]["cell"], []).append(j)
    for cell, js in cells.items():
        n = sum(persons[i]["cell"] == cell for i in late)
        out.update({j: y[j] for j in js[len(js) - n:]})
    return out


def backup_order(table):
    text = subprocess.run(["pg_restore", "-f", "-", "--data-only", "-n", "ballot", "-t", table,
                           f"{DIR}/closed.dump"], check=True, capture_output=True, text=True).stdout
    order = dump_order(text, f"ballot.{table}")
    check(order, f"the backup has no {table}")
    return order


def ours(persons):
    answers = stored_answers()
    hashes, receipts = ([q[k] for q in persons] for k in ("hash", "receipt"))
    instances = [a["instance"] for a in answers]
    log = wal()
    found = marks(log, {bytes.fromhex(k) for k in hashes + receipts})
    told = from_wal(persons, found)
    good = sum(told.get(i, ("",))[0] == r for i, r in enumerate(receipts))
    check(good > len(persons) * 0.9, f"the WAL names {good} ballots' tokens: the attack that "
          "starts there is empty")
    in_log = {n: at[0] for n, at in names(log).items()}
    y = lambda k: {j: a[k] for j, a in enumerate(answers)}
    box = lambda when, key: [ranks(k, [r[0] for r in sorted(seen[when][t], key=key)])
                             for k, t in ((hashes, "used"), (receipts, "sealed"))]
    came, lies = (lambda r: (int(r[1]), ctid(r[2]))), (lambda r: ctid(r[2]))
    dumped = [ranks(k, dump_order(seen["open"]["dump"], f"ballot.{t}"))
              for k, t in ((hashes, "used"), (receipts, "sealed"))]
    first = [q["sealed"][:32].hex() for q in persons]
    after = [ranks(instances, dump_order(dump_of("-t", "field.response"), "field.response", 1))]
    by_value = sorted(receipts)
    listed = {i: by_value.index(r) for i, (r, _) in told.items() if r in by_value}
    late = [i for i, q in enumerate(persons) if q["hash"] not in {r[0] for r in
                                                                  seen["open"]["used"]}]
    length = {r[0]: int(r[3]) for r in seen["open"]["sealed"]}
    logged(persons)
    return answers, [
        ("1 xmin of both rows", box("open", came), [y("xmin"), y("rating_xmin")]),
        ("2 order of use, number of the response", box("open", came), [y("id")]),
        ("3 place in the closed tables, place of the response", box("closed", lies),
         [y("ctid")]),
        ("4 numbers of large values, place of the answers",
         [{i: seen["closed"]["chunks"][b] for i, b in enumerate(first)}],
         [y("rating"), y("ctid")]),
        ("5 order in a dump while open, order in a dump after", dumped, after),
        ("6 order in the backup of the closed campaign", [
            ranks(hashes, backup_order("used")), ranks(receipts, backup_order("sealed"))],
         [y("id"), y("ctid")]),
        ("7 data directory of the closed campaign, and after",
         by_file(seen["closed"]["disk"], hashes) + by_file(seen["closed"]["disk"], receipts),
         by_file(places(names), instances)),
        ("8 WAL of the tokens, WAL of the responses", [{i: at for i, (_, at) in told.items()}],
         [{j: in_log[n] for j, n in enumerate(instances) if n in in_log}]),
        ("9 WAL, then the list of receipts", [listed], [y("id"), y("ctid")]),
        ("10 two copies, what came between them", [
            {i: x[i] for i in late} for x in box("closed", lies)],
         [last_of(answers, y(k), persons, late) for k in ("id", "ctid", "instance")]),
        ("11 length of the ballot", [{i: length[r] for i, r in enumerate(receipts)
                                      if r in length}],
         [{j: len(a["text"]) for j, a in enumerate(answers)}]),
        ("12 order of coming, instance, frozen respondent", [
            {i: i for i in range(len(persons))}, *box("open", came)],
         [frozen_order(answers), y("instance")]),
    ]


def logged(persons):
    """No log says when somebody answered, or with what."""
    text = open(f"{DIR}/collector.log", encoding="utf-8").read()
    text += open(f"{SOCKET}/log", encoding="utf-8").read()
    for q in persons:
        for what in (q["token"], q["hash"], q["receipt"]):
            check(what not in text, "a log names a token or a receipt")
    check("/v1/ballot" not in text and "/answer" not in text,
          "a log says when somebody answered")


# ---- the naive copy --------------------------------------------------------------

def naive_run(persons):
    """Used tokens and answers in two tables without a key between them, random
    names: what passes for anonymous.  One transaction each, as they came.
    Returns the first segment of its WAL."""
    sql("CREATE SCHEMA naive; "
        "CREATE TABLE naive.used (id bigserial, hash bytea PRIMARY KEY, "
        "at timestamptz NOT NULL DEFAULT now()); "
        "CREATE TABLE naive.answer (id bigserial, name text NOT NULL, cell text, doc text); "
        "ALTER TABLE naive.answer ALTER doc SET STORAGE EXTERNAL")
    sql("SELECT pg_switch_wal(); CHECKPOINT", SUPER)
    since = segment()
    script = []
    for q in persons:
        doc = json.dumps(ballot_of(q["sheet"]), ensure_ascii=False)
        q["length"] = len(doc)  # not padded: seen on the line, or kept
        mark, said = uuid.uuid4(), doc.replace("'", "''")
        script.append(f"BEGIN; INSERT INTO naive.used (hash) VALUES ('\\x{q['hash']}'); "
                      "INSERT INTO naive.answer (name, cell, doc) VALUES "
                      f"('uuid:{mark}', '{q['cell']}', '{mark.hex}{said}' || repeat(' ', 3000)); "
                      "COMMIT;")
    sql("\n".join(script))
    sql("CHECKPOINT", SUPER)
    return since


def naive(persons):
    since = naive_run(persons)
    got = rows("SELECT id, name, cell, xmin, ctid, length(doc), doc FROM naive.answer ORDER BY "
               "name", SUPER)
    answers = [{"id": int(r[0]), "name": r[1], "cell": r[2], "xmin": int(r[3]), "ctid": ctid(r[4]),
                "len": int(r[5]), "box": r[6][:32].encode().hex(),
                "text": text_of_sheet(json.loads("|".join(r[6:])[32:]))} for r in got]
    used = rows("SELECT encode(hash, 'hex'), xmin, ctid FROM naive.used", SUPER)
    hashes, texts = [q["hash"] for q in persons], [a["name"] for a in answers]
    keys = {bytes.fromhex(h) for h in hashes}
    x = lambda key: [ranks(hashes, [r[0] for r in sorted(used, key=key)])]
    y = lambda k: {j: a[k] for j, a in enumerate(answers)}
    came, lies = (lambda r: int(r[1])), (lambda r: ctid(r[2]))
    dump, log = dump_of("-n", "naive"), wal(since)
    dumped = [ranks(hashes, dump_order(dump, "naive.used", 1))]
    found, in_log = marks(log, keys), {n: at[0] for n, at in names(log).items()}
    in_wal = {i: found[bytes.fromhex(h)][0] for i, h in enumerate(hashes)
              if bytes.fromhex(h) in found}
    numbers = chunks("naive.answer")
    late = range(len(persons) * 2 // 3 + 1, len(persons))
    return answers, [
        ("1 xmin of both rows", x(came), [y("xmin")]),
        ("2 order of use, number of the response", x(came), [y("id")]),
        ("3 place in the closed tables, place of the response", x(lies), [y("ctid")]),
        ("4 numbers of large values, place of the answers", x(lies),
         [{j: numbers[a["box"]] for j, a in enumerate(answers)}]),
        ("5 order in a dump while open, order in a dump after", dumped,
         [ranks(texts, dump_order(dump, "naive.answer", 1))]),
        ("6 order in the backup of the closed campaign", dumped, [y("id")]),
        ("7 data directory of the closed campaign, and after",
         by_file({k.hex(): v for k, v in places(marks, keys).items()}, hashes),
         by_file(places(names), texts)),
        ("8 WAL of the tokens, WAL of the responses", [in_wal],
         [{j: in_log[n] for j, n in enumerate(texts) if n in in_log}]),
        ("9 WAL, then the list of receipts", [in_wal], [y("id")]),
        ("10 two copies, what came between them", [{i: t[i] for i in late} for t in x(lies)],
         [last_of(answers, y("id"), persons, late)]),
        ("11 length of the ballot", [{i: q["length"] for i, q in enumerate(persons)}],
         [y("len")]),
        ("12 order of coming, instance, frozen respondent", [
            {i: i for i in range(len(persons))}], [y("id")]),
    ]


# ---- A3 ----------------------------------------------------------------------------

def metadata(schema):
    """Columns and objects of a schema that hold a time, an address or a count."""
    return sql(f"""
        SELECT coalesce(string_agg(what, ' '), '') FROM (
            SELECT table_name || '.' || column_name FROM information_schema.columns
            WHERE table_schema = '{schema}' AND (data_type LIKE '%time%' OR data_type IN ('inet',
                'cidr', 'macaddr'))
            UNION ALL SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n
            ON n.oid = c.relnamespace WHERE n.nspname = '{schema}' AND c.relkind = 'S'
            UNION ALL SELECT c.relname || ' trigger' FROM pg_trigger AS t JOIN pg_class AS c
            ON c.oid = t.tgrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE n.nspname = '{schema}' AND NOT t.tgisinternal) AS m (what)""", SUPER)


def no_metadata(persons):
    check(metadata("ballot") == "", f"a time, an address, a count: {metadata('ballot')}")
    sizes = {r[3] for when in ("open", "closed") for r in seen[when]["sealed"]}
    check(len(sizes) <= len(GROUPS), f"lengths of ballots: {sizes}")
    got = rows("SELECT DISTINCT received_at AT TIME ZONE 'UTC' + interval '7 hours', device, "
               "started_at, ended_at, collected, key, sheet, keying FROM field.response WHERE "
               "way = 5")
    check(len(got) == 1 and re.fullmatch(r"\d{4}-\d\d-\d\d 00:00:00", got[0][0]) and
          got[0][1:] == ["", "", "", "", "0", "", "1"], f"what a response keeps: {got}")
    for what, where in (
            ("bytes of an opened ballot are kept", "field.raw AS w JOIN field.response AS r "
             "USING (wave, response) WHERE"),
            ("a comment lies with its ballot", "field.comment AS c JOIN field.response AS r USING "
             "(wave, response) WHERE"),
            ("an answer in words lies with its ballot", "field.rating AS t JOIN field.response "
             "AS r USING (wave, response) WHERE t.extra IS NOT NULL AND")):
        check(sql(f"SELECT count(*) FROM {where} r.way = 5") == "0", what)
    said = [q["sheet"]["comment"] for q in persons if q["sheet"].get("comment")]
    kept = rows("SELECT comment FROM ballot.comment WHERE question = ''")
    check(said and len(kept) == len(said), "comments are kept, apart")
    fields = sql("SELECT string_agg(DISTINCT k, ',') FROM field.response AS r, "
                 "jsonb_object_keys(r.profile) AS k WHERE way = 5")
    check(fields == "gioi-tinh", f"profile fields kept: {fields}")
    everything = dump_of()
    for what in ("thu-tin-dien-tu", "127.0.0.1", *(q["token"] for q in persons)):
        check(what not in everything, f"the database holds {what[:8]}…")


# ------------------------------------------------------------------------------------

def show(title, found):
    for name, (chance, right, n) in found.items():
        print(f"  {title} {name}: {right} of {n} linked, p = {chance:.4f}")
    return [name for name, f in found.items() if f[0] <= ENOUGH]


def main():
    p.collector("--log-level", "debug")
    persons, mixed = world()
    answers, sources = ours(persons)
    check(len(answers) == mixed, f"{len(answers)} responses of {mixed}")
    check(len(sources) == ATTACKS and all(x and y for _, x, y in sources),
          f"an attack has nothing to go by: {[s[0] for s in sources if not (s[1] and s[2])]}")
    no_metadata([q for q in persons if q["cell"] in {a["cell"] for a in answers}])
    bad = show("ours", attack(persons, answers, sources))
    if NAIVE:
        answers, sources = naive(persons)
        found = attack(persons, answers, sources)
        # many ballots are of one length
        good = [n for n in show("naive", found) if found[n][1] >= found[n][2] *
                (0.5 if "length" in n else 0.9)]
        check(len(good) == ATTACKS, f"the naive copy withstood: {set(found) - set(good)}")
        check(metadata("naive") != "", "a time and a count in the naive copy are not seen")
    p.stop()
    print(f"N={len(persons)} letters, {mixed} mixed, {ATTACKS} attacks")
    print("suspect: " + ";".join(bad))


main()
