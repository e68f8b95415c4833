/* The model of keying alone, without a browser: every key, the way back,
 * what is handed in, what comes back to be mended; and sheet numbers and days
 * as hands type them.  usage: keying.test.mjs BUNDLE */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const R = await import(pathToFileURL(process.argv[2]).href);
let n = 0;
let wrong = 0;
function same(what, got, want) {
  n++;
  if (JSON.stringify(got) === JSON.stringify(want)) return;
  wrong++;
  console.log(`${what}:\n  got  ${JSON.stringify(got)}\n  want ` +
    JSON.stringify(want));
}
const planOf = (path) => R.planOf(JSON.parse(readFileSync(path, "utf8")));
const plan = planOf("collector/plans/lai-chau-2020.json");
const today = plan.to;
const now = new Date("2021-02-28T02:00:00Z");

function begin(p, formCode, groupCode, home, order = "unit") {
  const form = p.forms.find((f) => f.code === formCode);
  const group = p.groups.get(groupCode);
  return R.SheetForm.begin(p, { form, group, home, day: p.to, keying: 1,
    sheet: R.sheetText({ prefix: R.prefixOf(formCode), serial: 12 }),
    units: R.fixedUnits(p, group, home, p.to), order }, now, null);
}
function press(f, text) {
  for (const k of text) if (!f.press(k)) return `${k} at ${f.at}`;
  return "";
}
const checked = (p, f) => R.check(p, f.submission(now), today).faults
  .map((x) => `${x.code} ${x.path}`);

/* sheet numbers */
const typed = (s, prefix) => {
  const r = R.sheetTyped(s, prefix);
  return r.ok ? r.text : r.why;
};
same("digits after the form's letters", typed("127", "CT01"),
  "CT01-00012-7");
same("with zeros", typed("000127", "CT01"), "CT01-00012-7");
same("whole", typed("ct01-00012-7", ""), "CT01-00012-7");
same("another form's, whole", typed("CT02-00012-6", "CT01"), "CT02-00012-6");
same("in one", typed("CT01000127", ""), "CT01-00012-7");
same("wrong digit", typed("128", "CT01"), "digit");
same("two swapped", typed("217", "CT01"), "digit");
same("too short", typed("1", "CT01"), "short");
same("nothing of it", typed("CT01-0001x-7", ""), "shape");
same("serial 0", typed("00", "CT01"), "shape");
for (let i = 1; i < 400; i++) {
  const text = R.sheetText({ prefix: "CH03", serial: i * 7 });
  const digit = text.slice(-1);
  for (let d = 0; d < 10; d++)
    if (String(d) !== digit && R.sheetParse(text.slice(0, -1) + d).ok)
      same(`${text} with ${d}`, "taken", "refused");
}

/* days */
const day = (s) => {
  const v = R.dayTyped(s, plan.from, plan.to);
  return v === null ? null : R.dayText(v);
};
same("day first", day("3/2/2021"), "2021-02-03");
same("with points", day("03.02.21"), "2021-02-03");
same("in one", day("03022021"), "2021-02-03");
same("without year, after the turn", day("3/2"), "2021-02-03");
same("without year, before it", day("20/12"), "2020-12-20");
same("no such day", day("31/02/2021"), null);
same("words", day("hôm qua"), null);

/* one unit */
let f = begin(plan, "CT-02", "cong-chuc-so", "so-noi-vu");
same("cells of CT-02", f.cells.length, 2 + 15 + 1);
same("digits, blank, don't know, two marks", press(f, "12" + "1234" +
  "098" + "12341234".slice(0, 6)), "");
const slots = f.form.questions.filter((q) => q.type === "scale" ||
  q.type === "single").length;
same("the model counts", f.progress().of, 17);
const a = f.submission(now).ratings[0].answers;
same("options by place", [a.Q1, a.Q2, a.Q3, a.Q4], ["A", "B", "C", "D"]);
same("blank is null", a.Q5, null);
same("don't know", a.Q6, { mark: "dont-know" });
same("two marks", a.Q7, { mark: "unreadable" });
same("profile by code", f.submission(now).profile,
  { "gioi-tinh": "nam", "nhom-tuoi": "35-50" });
same("a key too high does nothing", [f.press("7"), f.at], [false,
  f.at]);
const at = f.at;
f.undo();
same("Backspace goes back", f.at, at - 1);
same("and empties", f.value(f.cell), undefined);
press(f, "3");
f.go(2);
press(f, "4");
f.undo();
same("undo gives back what stood there", f.value(f.cells[2]), { o: "A" });
while (f.undo());
same("all the way to the first cell", [f.at, f.open().length], [0, 17]);
same("nothing more to undo", f.undo(), false);
press(f, "aABbCcDd".slice(2));
same("letters of the paper too, where the options have them",
  f.open().length, 17);
f = begin(plan, "CT-02", "cong-chuc-so", "so-noi-vu");
press(f, "12");
press(f, "abcdABCD");
same("letters pick options", [f.submission(now).ratings[0].answers.Q2,
  f.submission(now).ratings[0].answers.Q7], ["B", "C"]);
same("a sheet half done breaks the minimum or a required question",
  checked(plan, begin(plan, "CT-02", "cong-chuc-so", "so-noi-vu"))
    .some((x) => x.startsWith("V05")), true);
same("scales and singles of CT-02", slots, 14);

/* a draft is only data: it goes through JSON and comes back the same */
const back = R.SheetForm.resume(plan, JSON.parse(JSON.stringify(f.d)));
same("a draft comes back at its cell", [back.at, back.submission(now)],
  [f.at, f.submission(now)]);
same("not with a form the plan has no more",
  R.SheetForm.resume(plan, { ...f.d, form: "CT-99" }), null);

/* many units */
let m = begin(plan, "CT-01", "hdnd-tinh", null);
same("twenty departments", m.d.units.length, 20);
const perUnit = m.form.questions.filter((q) => q.asked).length;
same("cells of CT-01", m.cells.length, 2 + 20 * perUnit + 1);
press(m, "11");
for (let u = 0; u < 20; u++) press(m, "1".repeat(perUnit - 1));
same("then the remarks", m.cell.kind === "answer" && m.cell.q.type, "text");
m.noMoreWords();
same("all remarks at once", [m.cell.kind, m.open().length], ["comment", 0]);
same("a full sheet is valid", checked(plan, m), []);
same("the same figure down a scale printed the other way is not one column",
  R.check(plan, m.submission(now), today).straight, false);
let q = begin(plan, "CT-01", "hdnd-tinh", null, "question");
press(q, "111");
same("question by question goes to the next unit",
  [q.cell.unit, q.cell.qi], [1, 0]);
q.move(1, 0);
same("down is the next unit", [q.cell.unit, q.cell.qi], [2, 0]);
q.move(0, 1);
same("right is the next question", [q.cell.unit, q.cell.qi], [2, 1]);
q.move(-9, 0);
same("not beyond the edge", [q.cell.unit, q.cell.qi], [2, 1]);

/* another head, the same answers */
const moved = R.SheetForm.rehead(plan, f.d, { form: f.form, group: f.group,
  home: "so-tai-chinh", day: plan.to, keying: 1, sheet: f.d.sheet,
  units: ["so-tai-chinh"], order: "unit" });
same("answers move to the other department",
  moved.submission(now).ratings, f.submission(now).ratings
    .map((r) => ({ ...r, unit: "so-tai-chinh" })));

/* what came back as not valid is opened again */
const text = JSON.stringify(m.submission(now));
const mended = R.SheetForm.mend(plan, text, "unit");
same("mending keeps answers under a new name", [mended.submission(now)
  .ratings, mended.d.replaces, mended.d.instance !== m.d.instance],
[m.submission(now).ratings, m.d.instance, true]);
/* one keyed in place of another and refused has replaced nothing: the number
 * is still the other's, so it is that one's place that is asked for */
const chain = R.SheetForm.mend(plan, JSON.stringify({ ...m.submission(now),
  replaces: "uuid:asked" }), "unit");
same("what was refused is not what is replaced", [chain.d.replaces,
  chain.d.instead, mended.d.instead], ["uuid:asked", m.d.instance,
  undefined]);
same("a fault's path leads to its cell", mended.cells[mended.cellOf(
  "/ratings/3/answers/Q2")].unit, 3);
same("a path of the head leads nowhere", mended.cellOf("/sheet"), -1);

/* what stands of a query: by what lies here, else by what the collector said */
const ask = (query, more = {}) => ({ query, instanceID: `uuid:${query}`,
  sheet: "CT02-00001-0", form: "CT-02", group: "g", home: null, keying: 1,
  status: "queried", words: "?", opened: "2021-02-28", answer: null,
  version: 2, ...more });
const reply = { id: "7", note: "đúng", version: 2, sheet: "CT02-00001-0" };
const stand = (q, replies, here) => R.standOf(q, replies, here);
const answered = ask(7, { status: "answered", answer: "đúng" });
same("asked", stand(ask(7), [], []), { kind: "open" });
same("another's answer is not this one's", stand(ask(8), [reply], []),
  { kind: "open" });
same("said, on its way", stand(ask(7), [reply], []),
  { kind: "said", note: "đúng" });
same("answered, as the collector tells", stand(answered, [], []),
  { kind: "answered", note: "đúng" });
same("answered without a note is still answered", stand(ask(7,
  { status: "answered" }), [], []), { kind: "answered", note: "" });
const here = (where, draft = false) => ({ replaces: "uuid:7", where, draft });
for (const [where, want] of [["queue", "mended"], ["done", "mended"],
  ["mend", "back"], ["held", "back"], ["aside", "answered"]])
  same(`keyed anew, ${where}`, stand(answered, [], [here(where)]).kind,
    want);
same("being keyed anew goes before what was said", stand(answered, [reply],
  [here("d:1", true)]), { kind: "draft", id: "d:1" });
same("a draft opened from what was refused", stand(answered, [],
  [here("mend"), here("d:1", true)]).kind, "draft");
same("what was handed in goes before a draft", stand(ask(7), [],
  [here("d:1", true), here("queue")]).kind, "mended");
same("a sheet that replaces another one, or none", stand(ask(8), [],
  [here("queue"), { replaces: undefined, where: "done" }]).kind, "open");
const turn = R.inTurn([[1, "answered"], [2, "open"], [3, "mended"],
  [4, "back"], [5, "draft"]].map(([n, kind]) => ({ asked: ask(n),
  stand: { kind } })));
same("what waits for him comes first", turn.map((x) => x.asked.query),
  [2, 4, 5, 1, 3]);
same("how many wait for him", R.toDo(turn), 3);

/* five steps whose codes are digits: the digit on the paper is the key */
const sipas = planOf("collector/plans/sipas-2017-example.json");
const s = begin(sipas, "SIPAS", "nguoi-dan-to-chuc", "co-quan-1");
const scale = s.cells.findIndex((c) => c.kind === "answer" &&
  c.q.type === "scale");
s.go(scale);
press(s, "2");
same("key 2 is option 2, wherever it is printed",
  s.value(s.cells[scale]), { o: "2" });
same("keys of the scale", R.keyed(s.options(s.cells[scale]))
  .map((x) => x.key).join(""), "543210");

press(s, "0");
same("an option printed 0 is key 0, and blank moves to the point",
  [s.value(s.cells[scale + 1]), R.markKeys(s.options(s.cells[scale + 1]))
    .blank], [{ o: "0" }, "."]);

/* units found by a few letters without accents */
const departments = [...plan.units.values()].filter((u) => u.kind === "so");
const found = (typed) => departments.map((u) => ({ u,
  fit: R.fits(u.name, typed) })).filter((x) => x.fit >= 0)
  .sort((x, y) => x.fit - y.fit)[0]?.u.name;
same("the words as typed come first", found("y te"), "Sở Y tế");
same("beginnings of words in any order", found("vu noi"), "Sở Nội vụ");
same("accents do no harm", found("NỘI VỤ"), "Sở Nội vụ");
same("đ is d", R.fits("Đông", "dong"), 0);
same("nothing of the kind", found("xyz"), undefined);

/* an agent's area: communes belong to their district */
const commune = plan.units.get("xa-1") ?? [...plan.units.values()]
  .find((u) => u.kind === "xa");
same("a district's key serves its communes", R.serves(plan,
  [commune.parent], commune), true);
same("not another's", R.serves(plan, ["so-noi-vu"], commune), false);

console.log(`N=${n} checks of keying, ${wrong} wrong`);
process.exit(wrong ? 1 : 0);
