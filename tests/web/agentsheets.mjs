/* usage: agentsheets.mjs BIN DIR [PICTURES], from tests/service/agentsheets.sh */
import { execFileSync } from "node:child_process";
import { Collector } from "./collector.mjs";
import { browser, clean, closeAll, faultCount, forget, need, open, signIn,
  SIZES, tap, until } from "./driver.mjs";
import { axeBoth, screens, signOut, workerReady } from "./hands.mjs";

const [bin, dir, pictures] = process.argv.slice(2);
const { AGENT_A, AGENT_B } = process.env;
const collector = new Collector(bin);

const ledger = (...args) => execFileSync(`${bin}/phieu`, ["ledger", args[0],
  "--wave", "lai-chau-2020", ...args.slice(1)], { encoding: "utf-8" });
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
  console.log(`N=${screens.n} screens without a violation`);
}

await main().catch((e) => need(e.stack, false)).finally(async () => {
  await closeAll();
  await collector.stop("SIGTERM");
});
forget(`${dir}/profile`);
process.exit(faultCount() ? 1 : 0);
