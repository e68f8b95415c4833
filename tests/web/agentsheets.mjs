/* usage: agentsheets.mjs BIN DIR [PICTURES], from tests/service/agentsheets.sh */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Collector } from "./collector.mjs";
import { browser, clean, closeAll, faultCount, forget, need, open, signIn,
  SIZES, tap, until } from "./driver.mjs";
import { axeBoth, CT02, screens, signOut, workerReady } from "./hands.mjs";

const [bin, dir, pictures] = process.argv.slice(2);
const { AGENT_A, AGENT_B } = process.env;
const collector = new Collector(bin);

const desk = (name) => (...args) => execFileSync(`${bin}/phieu`, [name,
  args[0], "--wave", "lai-chau-2020", ...args.slice(1)],
{ encoding: "utf-8" });
const ledger = desk("ledger"), review = desk("review");
const standing = () => Object.fromEntries(JSON.parse(ledger("sheets",
  "--json", "--group", "hdnd-tinh")).sheets.map((r) => [r.sheet, r.status]));

async function look(page, name) {
  await axeBoth(page, name);
  if (!pictures) return;
  for (const [size, v] of Object.entries(SIZES)) {
    await page.setViewport({ width: v.width, height: v.height });
    await page.screenshot({ path: `${pictures}/${name}-${size}.png` });
  }
  await page.setViewport(SIZES.pc);
}

const goSheets = async (page) => {
  await tap(page, 'a[data-to="more"]');
  await tap(page, "#tosheets");
  await page.waitForSelector("#sheetfind");
};

const rows = (page) => page.$$eval(".mine li[data-sheet]", (l) => l.map((e) =>
  [e.dataset.sheet, e.dataset.status]));
const has = (page, what, status, n) => until(page, what, (s, k) =>
  document.querySelectorAll(`.mine li[data-status="${s}"]`).length === k,
status, n);

async function mark(page, act, sheets, reason = "") {
  for (const s of sheets) { // as a scanner types it
    await page.click("#sheetfind", { clickCount: 3 });
    await page.keyboard.type(s.replaceAll("-", ""));
    await page.keyboard.press("Enter");
  }
  await page.select("#tellact", act);
  if (reason) await page.type("#tellreason", reason);
  need(`${act}: the button counts ${sheets.length}`, (await page.$eval("#tell",
    (e) => e.textContent)).includes(` ${sheets.length} `));
  await tap(page, "#tell");
}

/* ---- what reviewers ask -------------------------------------------------- */
const SECRET = "DẤU RIÊNG"; // stands in each sheet that was sent
const status = (sheet) => JSON.parse(review("show", "--json", "--sheet",
  sheet)).show.map((r) => r.status).join();

/* Five sheets of the department's, the last sent by another. */
async function sendFive() {
  ledger("issue", "--agent", "an", "--group", "cong-chuc-so", "--unit",
    "so-tu-phap", "--count", "4");
  ledger("issue", "--agent", "binh", "--group", "cong-chuc-so", "--unit",
    "so-tu-phap", "--count", "1");
  const like = readFileSync(`${dir}/sheets.ndjson`, "utf-8").split("\n")
    .map((l) => l && JSON.parse(l)).find((x) => x.home === "so-tu-phap" &&
      x.group === "cong-chuc-so");
  const sheets = [];
  for (const key of [AGENT_A, AGENT_B])
    for (const o of (await collector.ask(key, "agent/sheets")).json.sheets) {
      if (o.group !== "cong-chuc-so") continue;
      const r = await collector.ask(key, "submissions", JSON.stringify({
        ...like, simulated: undefined, instanceID: `uuid:asked-${o.sheet}`,
        sheet: o.sheet, comment: SECRET }));
      need(`${o.sheet} is taken: ${JSON.stringify(r.json)}`,
        r.status === 201);
      sheets.push(o.sheet);
    }
  return sheets;
}

const card = (sheet) => `.asked li[data-sheet="${sheet}"]`;
const stands = (page, sheet, kind) => until(page, `${sheet} is ${kind}`,
  (c, k) => document.querySelector(c)?.dataset.stand === k, card(sheet), kind);
const hidden = async (page, what) => need(`${what}: no answer of a sheet`,
  !(await page.evaluate(() => document.documentElement.innerHTML))
    .includes(SECRET));

/* By keyboard: what is typed, then the button after it. */
async function answer(page, sheet, text) {
  await page.focus(`${card(sheet)} textarea`);
  await page.keyboard.type(text);
  await page.keyboard.press("Tab");
  need("the next stop is the button", await page.evaluate(() =>
    document.activeElement?.dataset.do === "reply"));
  await page.keyboard.press("Enter");
  await stands(page, sheet, "said");
}

async function withoutALine(page, [one, two, three]) {
  await page.setOfflineMode(true);
  await answer(page, one, "phiếu giấy ghi như vậy");
  need("the hand goes on to the next", await page.evaluate((c) =>
    document.activeElement === document.querySelector(`${c} textarea`),
  card(two)));
  await tap(page, `${card(two)} [data-do="as"]`);
  await tap(page, `${card(two)} [data-do="reply"]`);
  await stands(page, two, "said");
  await tap(page, `${card(two)} [data-do="unsay"]`);
  await stands(page, two, "open");
  need("what was said stands in the field", await page.$eval(
    `${card(two)} textarea`, (e) => e.value) === "Đúng như phiếu giấy");
  await page.keyboard.press("End");
  await answer(page, two, ", câu 2 cũng vậy");
  await page.focus(`${card(three)} textarea`);
  await page.keyboard.type("để xem");
  await page.keyboard.press("Tab");
  await look(page, "asked-offline");
  need("nothing was sent", [one, two].every((s) => status(s) === "queried"));
  await page.reload();
  await stands(page, one, "said");
  await stands(page, two, "said");
  need("what was half typed outlives the page", await page.$eval(
    `${card(three)} textarea`, (e) => e.value) === "để xem");
  /* keyed anew, its head filled in and nothing else */
  await tap(page, `${card(three)} [data-do="anew"]`);
  await page.waitForSelector("#sheet");
  need("nothing is missing: Enter begins", await page.evaluate(() =>
    document.activeElement?.matches("button.main")));
  await look(page, "asked-anew");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".panel");
  need("no cell is filled in", (await page.$$eval(".box", (l) => l.map((e) =>
    e.textContent.trim()).join(""))) === "");
  await hidden(page, "keying anew");
  for (const k of CT02) await page.keyboard.press(k);
  await stands(page, three, "mended");
}

async function queries(page) {
  const [one, two, three, four, other] = await sendFive();
  review("query", "--sheets", [one, two, three].join(), "--reason",
    "Câu 2 đánh gì trên giấy?");
  review("query", "--sheets", four, "--to", "post-supervisor", "--reason",
    "hỏi giám sát");
  review("query", "--sheets", other, "--reason", "hỏi Bình");
  await signIn(page, AGENT_A, true);
  await until(page, "told on the first screen", () => document
    .querySelector("#asked")?.textContent.startsWith("3 "));
  await look(page, "asked-today");
  await tap(page, "#asked a");
  for (const s of [one, two, three]) await stands(page, s, "open");
  need("three are his, no other's, none of his supervisor's",
    (await page.$$(".asked li")).length === 3);
  need("what is asked", (await page.$eval(card(one), (e) => e.innerText))
    .includes("Câu 2 đánh gì trên giấy?"));
  await hidden(page, "the list");
  need("an empty answer is none", await page.$eval(
    `${card(one)} [data-do="reply"]`, (e) => e.disabled));
  await look(page, "asked");
  await withoutALine(page, [one, two, three]);
  /* meanwhile the reviewer looks at the first, which changes nothing of the
   * query, and has taken the second back */
  review("open", "--sheet", one, "--reason", "xem lại");
  review("undo", "--sheets", two, "--reason", "hỏi nhầm");
  await page.setOfflineMode(false);
  await stands(page, one, "answered");
  await until(page, "the second is told back, the third was taken", (c) =>
    document.querySelector("#unreplied") && !document.querySelector(c),
  card(three));
  const told = await page.$eval("#unreplied", (e) => e.innerText);
  need(`in his language, with his words: ${told}`, told.includes(two) &&
    told.includes("Không có câu hỏi này") && !told.includes("such") &&
    told.includes("không còn hỏi") &&
    told.includes("Đúng như phiếu giấy, câu 2 cũng vậy"));
  await look(page, "asked-untaken");
  await tap(page, "#unreplied button");
  await until(page, "seen", () => !document.querySelector("#unreplied"));
  need(`answered, taken back, in its place: ${[one, two, three].map(status)
    .join(" ")}`, status(one) === "answered" && status(two) === "received" &&
    status(three).split(",").sort().join() === "corrected,replaced");
  const kept = JSON.parse(review("queries", "--json")).queries.find((q) =>
    q.sheet === one);
  need(`as he said it: ${kept?.answer}`, kept?.answer ===
    "phiếu giấy ghi như vậy" && kept.answered_by === "an");
  /* an answer that another asked for changes nothing and tells nothing */
  const q = (await collector.ask(AGENT_A, "agent/queries")).json.queries[0];
  const theft = await collector.ask(AGENT_B, `agent/queries/${q.query}`,
    JSON.stringify({ note: "x" }));
  const none = await collector.ask(AGENT_B, "agent/queries/99999",
    JSON.stringify({ note: "x" }));
  need("another's query is as one that is not", theft.status === 400 &&
    JSON.stringify(theft.json.error.message_vi) ===
    JSON.stringify(none.json.error.message_vi));
  /* the other's screen; he answers on a line */
  await signOut(page);
  await signIn(page, AGENT_B, true);
  await tap(page, 'a[data-to="more"]');
  await tap(page, "#toqueries");
  await stands(page, other, "open");
  need("his one alone", (await page.$$(".asked li")).length === 1);
  await page.focus(`${card(other)} textarea`);
  await page.keyboard.type("=1+1 <b>đúng</b>");
  await tap(page, `${card(other)} [data-do="reply"]`);
  await stands(page, other, "answered");
  need("as he typed it", (await page.$eval(`${card(other)} .told`, (e) =>
    e.textContent)) === "=1+1 <b>đúng</b>");
  await until(page, "nothing waits for him", () => document.querySelector(
    "#askedcount").textContent.startsWith("Không còn"));
  review("accept", "--sheets", other);
  await page.reload();
  await until(page, "decided: gone", () => document.querySelector(
    ".asked .empty"));
  await look(page, "asked-none");
}

async function main() {
  await collector.start();
  const b = await browser(`${dir}/profile`);
  const page = await open(b, `${collector.url}/agent/`);
  await signIn(page, AGENT_A, true);
  await workerReady(page);
  await goSheets(page);
  await has(page, "eight are his", "issued", 8);
  const mine = (await rows(page)).map(([s]) => s);
  await look(page, "my-sheets");
  need("nothing chosen: nothing to record", await page.$eval("#tell", (e) =>
    e.disabled));
  await page.select("#tellact", "lose");
  await page.click("#tellall");
  need("lost wants a reason", await page.$eval("#tell", (e) => e.disabled));
  await page.reload();
  await page.waitForSelector("#sheetfind");
  await has(page, "again", "issued", 8);

  /* without a line */
  await page.setOfflineMode(true);
  await mark(page, "refuse", mine.slice(0, 3), "bận việc");
  await has(page, "shown as said", "refused", 3);
  await mark(page, "leave", mine.slice(3, 6));
  await has(page, "and these", "left", 3);
  await until(page, "six wait", () => document.querySelector("#tellwaits")
    .textContent.startsWith("6 "));
  await look(page, "my-sheets-waiting");
  need("nothing was sent", Object.values(standing()).every((s) =>
    s === "issued" || s === "planned"));
  await page.reload();
  await page.waitForSelector("#sheetfind");
  await has(page, "what was said outlives the page", "refused", 3);
  /* his supervisor takes one back meanwhile, and another is given away */
  ledger("return", "--sheets", mine[4]);
  ledger("transfer", "--sheets", mine[5], "--agent", "binh", "--reason",
    "nghỉ ốm");
  await page.setOfflineMode(false);
  await until(page, "all sent", () => document.querySelector("#tellwaits")
    ?.textContent === "" && document.querySelector("#untaken"));
  const told = await page.$eval("#untaken", (e) => e.innerText);
  need(`the two are told back: ${told}`, told.includes(mine[4]) &&
    told.includes(mine[5]) && !told.includes(mine[3]));
  await look(page, "my-sheets-untaken");
  await tap(page, "#untaken button");
  await until(page, "seen", () => !document.querySelector("#untaken"));
  const now = standing();
  need("refused on the server", mine.slice(0, 3).every((s) =>
    now[s] === "refused"));
  need("left, and what the supervisor said", now[mine[3]] === "left" &&
    now[mine[4]] === "planned" && now[mine[5]] === "issued");

  /* the same again and again, as a phone without an answer sends it */
  const same = JSON.stringify({ id: "0b9d5a52-93a1-4c3e-9f6d-0d5d5c9b7a11",
    act: "collect", sheets: [mine[6]], reason: null });
  const answers = [];
  for (let i = 0; i < 3; i++)
    answers.push((await collector.ask(AGENT_A, "agent/sheets", same)).json
      .results[0].outcome);
  need(`once: ${answers}`, answers.join() === "done,already,already");

  /* another's sheets: not seen, not moved, not told from none */
  const { json } = await collector.ask(AGENT_B, "agent/sheets");
  need("the other has his own", json.sheets.length === 3 &&
    json.sheets.every((s) => !mine.includes(s.sheet) || s.sheet === mine[5]));
  const nobodys = Object.entries(standing()).find(([n, s]) =>
    s === "planned" && n !== mine[4])[0];
  const theft = await collector.ask(AGENT_B, "agent/sheets", JSON.stringify({
    id: "0b9d5a52-93a1-4c3e-9f6d-0d5d5c9b7a12", act: "lose",
    sheets: [mine[7], nobodys], reason: "x" }));
  const words = theft.json.results?.map((r) => r.outcome + r.message);
  need(`refused alike: ${words}`, words?.length === 2 &&
    words[0] === words[1] && words[0].startsWith("refused"));
  need("and nothing moved", standing()[mine[7]] === "issued");
  await signOut(page);
  await signIn(page, AGENT_B);
  await goSheets(page);
  await has(page, "three are his", "issued", 3);
  need("and no other", (await rows(page)).every(([s]) => !mine.includes(s) ||
    s === mine[5]));
  await clean(page, "my sheets");
  await signOut(page);
  await queries(page);
  await clean(page, "queries");
  console.log(`N=${screens.n} screens without a violation`);
}

await main().catch((e) => need(e.stack, false)).finally(async () => {
  await closeAll();
  await collector.stop("SIGTERM");
});
forget(`${dir}/profile`);
process.exit(faultCount() ? 1 : 0);
