/* usage: agentpage.mjs BIN DIR, from tests/service/agentpage.sh */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Collector } from "./collector.mjs";
import { browser, clean, closeAll, faultCount, forget, kill, need, open, queued,
  signIn, SIZES, tap, until } from "./driver.mjs";
import { axe, CT02, hands, once, pressed, screens, signOut, workerReady }
  from "./hands.mjs";
import { workbook } from "./xlsx.mjs";

const [bin, dir] = process.argv.slice(2);
const R = await import(pathToFileURL(join(dir, "rules.mjs")).href);
const { AGENT_A, AGENT_A2, AGENT_B, AGENT_C, AGENT_D } = process.env;
const collector = new Collector(bin);
const began = Date.now();
const { firstHead, goKey, hand, keyCt02, received, saved, short } = hands(R,
  collector);
const say = (text) => console.log(
  `${text} (${((Date.now() - began) / 1000).toFixed(0)} s)`);

async function slow(page, on) {
  const cdp = await page.createCDPSession();
  await cdp.send("Network.enable");
  await cdp.send("Network.emulateNetworkConditions", { offline: false,
    latency: on ? 300 : 0, downloadThroughput: on ? 2500 : -1,
    uploadThroughput: on ? 2500 : -1 });
  await cdp.detach();
}

/* ---- the tests ----------------------------------------------------------- */

/* R10, R11, stories 21 and 24: 50 sheets without a line; then 20 kbit/s, the
 * collector killed on the way: nothing leaves the queue without a receipt, it
 * goes on by itself, all are received, each once. */
async function fifty(profile) {
  const b = await browser(profile);
  const page = await open(b, `${collector.url}/agent/`);
  await signIn(page, AGENT_A);
  await workerReady(page);
  await until(page, "quotas", () => document.querySelector("table.quota"));
  await collector.stop("SIGTERM");
  await page.setOfflineMode(true);
  await goKey(page);
  await firstHead(page, "CT02", 1, "noi vu");
  await page.waitForSelector(".panel");
  await hand(page, CT02);
  await saved(page, "CT02-00001");
  for (let i = 2; i <= 50; i++) await keyCt02(page, i);
  need("50 wait", await queued(page) === 50);
  await hand(page, short("CT02", 51));
  await until(page, "a quota filled by what waits here is told", () =>
    /sẽ đủ/.test(document.querySelector(".hint.soft")?.textContent));
  need("it says offline", await page.$eval("header .state",
    (e) => e.dataset.phase) === "offline");
  await collector.start();
  await page.setOfflineMode(false);
  await slow(page, true);
  const from = Date.now();
  await until(page, "some are on their way", () =>
    Number(document.querySelector("header .state").dataset.queue) < 45);
  await collector.stop("SIGKILL");
  const left = await queued(page);
  need(`killed in the middle: ${left} left`, left > 0 && left < 50);
  await new Promise((ok) => setTimeout(ok, 1500));
  await collector.start();
  await until(page, "all are sent", () =>
    document.querySelector("header .state").dataset.phase === "idle" &&
    document.querySelector("header .state").dataset.queue === "0");
  once("50 keyed offline", await received(AGENT_A, "CT02"), 50);
  await tap(page, 'a[data-to="today"]');
  await until(page, "what is over the quota is marked", () =>
    /quá chỉ tiêu/.test(document.querySelector("#todaylist")?.innerText));
  await slow(page, false);
  await clean(page, "keying");
  await b.close();
  say(`N=50 sheets keyed offline, received once over 20 kbit/s with the ` +
    `collector killed, ${((Date.now() - from) / 1000).toFixed(1)} s`);
}

/* R11, story 23: the browser is killed; what was said to be saved is on the
 * disk, drafts and queue are there when it opens again, also without a line. */
async function killed(profile) {
  let b = await browser(profile);
  let page = await open(b, `${collector.url}/agent/`);
  await signIn(page, AGENT_A);
  await workerReady(page);
  await collector.stop("SIGKILL");
  await goKey(page);
  for (const i of [61, 62]) await keyCt02(page, i);
  await hand(page, [...short("CT02", 63), "Enter", ..."1212341"]);
  await until(page, "seven answers", () =>
    document.querySelector(".sheethead .num").textContent.startsWith("7/"));
  await until(page, "the draft is on the disk", () =>
    document.querySelector(".keying").dataset.saved === "1");
  await kill(b);
  b = await browser(profile);
  page = await open(b, `${collector.url}/agent/`);
  await signIn(page, AGENT_A);
  await until(page, "the draft is offered", () =>
    document.querySelector("#main").innerText.includes("CT02-00063"));
  need("two wait after the kill", await queued(page) === 2);
  await page.evaluate(() => [...document.querySelectorAll(".item button")]
    .find((x) => x.textContent === "Nhập tiếp").click());
  await page.waitForSelector(".panel");
  need("the draft stands at its cell", await page.$eval(".sheethead .num",
    (e) => e.textContent.startsWith("7/")));
  await hand(page, [..."234123412", "Enter", "Enter"]);
  await saved(page, "CT02-00063");
  need("three wait", await queued(page) === 3);
  await collector.start();
  await until(page, "sent after the kill", () =>
    document.querySelector("header .state").dataset.queue === "0");
  once("after the kill", (await received(AGENT_A)).filter((r) =>
    /CT02-0006/.test(r.sheet)), 3);
  await clean(page, "after the kill");
  await b.close();
  say("N=1 browser killed with a draft and a queue, nothing lost");
}

/* Everything that lies in the browser's storage, as text. */
const stored = (page) => page.evaluate(async () => {
  const db = await new Promise((ok) => {
    const rq = indexedDB.open("phieu");
    rq.onsuccess = () => ok(rq.result);
  });
  let out = "";
  const text = (v) => v instanceof ArrayBuffer || ArrayBuffer.isView(v)
    ? new TextDecoder("latin1").decode(v) : typeof v === "object" && v
      ? Object.entries(v).map(([k, x]) => k + text(x)).join("|")
      : String(v);
  for (const name of ["stores", "items"]) {
    const rows = await new Promise((ok) => {
      const rq = db.transaction(name).objectStore(name).getAll();
      rq.onsuccess = () => ok(rq.result);
    });
    out += rows.map(text).join("\n");
  }
  db.close();
  for (let i = 0; i < localStorage.length; i++)
    out += localStorage.getItem(localStorage.key(i));
  return out;
});

/* Another agent at the same computer sees nothing of the first one's sheets;
 * a new key of the first opens them. */
async function changed(profile) {
  const b = await browser(profile);
  const page = await open(b, `${collector.url}/agent/`);
  await signIn(page, AGENT_A);
  await workerReady(page);
  await goKey(page);
  await collector.stop("SIGTERM");
  for (const i of [71, 72, 73]) await keyCt02(page, i);
  await signOut(page);
  await collector.start();
  await until(page, "others are counted", () =>
    document.querySelector("#others")?.textContent.includes("3"));
  const text = await stored(page);
  need("no number, name or answer lies there in clear",
    !/CT02|so-noi-vu|Lò Thị An|ratings|uuid:[0-9a-f]{8}-[0-9a-f-]+"/
      .test(text));
  need("the key is not kept unless asked", !text.includes("pa_"));
  await signIn(page, AGENT_B);
  await tap(page, 'a[data-to="outbox"]');
  await until(page, "the other's outbox is empty", () =>
    document.querySelector("#main").innerText.includes("0 phiếu"));
  need("nothing of the first one's is sent by the second",
    (await received(AGENT_B)).length === 0);
  need("still unsent", (await received(AGENT_A)).every((r) =>
    !/CT02-0007/.test(r.sheet)));
  await signOut(page);
  await signIn(page, AGENT_A2);
  await until(page, "a new key of the same agent sends them", () =>
    document.querySelector("header .state").dataset.queue === "0");
  once("after the change", (await received(AGENT_A)).filter((r) =>
    /CT02-0007/.test(r.sheet)), 3);
  await clean(page, "changed user");
  await b.close();
  say("N=3 sheets stayed locked while another agent worked here");
}

/* The file goes out by phieu-upload; the page then hears that they are
 * there. */
async function exported(profile) {
  const b = await browser(profile);
  const page = await open(b, `${collector.url}/agent/`);
  await signIn(page, AGENT_A);
  await goKey(page);
  await collector.stop("SIGTERM");
  for (const i of [81, 82, 83]) await keyCt02(page, i);
  await tap(page, 'a[data-to="outbox"]');
  await page.waitForSelector("#export:not([disabled])");
  const cdp = await page.createCDPSession();
  await cdp.send("Browser.setDownloadBehavior", { behavior: "allow",
    downloadPath: dir });
  await tap(page, "#export");
  let file;
  for (let i = 0; !file && i < 100; i++) {
    await new Promise((ok) => setTimeout(ok, 100));
    file = readdirSync(dir).find((f) => f.endsWith(".ndjson"));
  }
  need("a file came", file);
  const lines = readFileSync(join(dir, file), "utf8").trim().split("\n");
  need("a line a sheet", lines.length === 3);
  await collector.start();
  await page.setOfflineMode(true);
  const said = execFileSync(`${bin}/phieu-upload`, [join(dir, file), "--to",
    collector.url, "--outbox", join(dir, "outbox"), "--json"],
  { env: { ...process.env, PHIEU_AGENT_KEY: AGENT_A }, encoding: "utf8" });
  need(`phieu-upload takes it: ${said}`,
    (await received(AGENT_A)).filter((r) => /CT02-0008/.test(r.sheet))
      .length === 3);
  await page.setOfflineMode(false);
  await until(page, "the page gets the same receipts", () =>
    document.querySelector("header .state").dataset.queue === "0");
  once("exported and sent too", (await received(AGENT_A)).filter((r) =>
    /CT02-0008/.test(r.sheet)), 3);
  await clean(page, "export");
  await b.close();
  say("N=3 sheets exported, taken by phieu-upload, sent again, once there");
}

/* A number that another agent used: told in Vietnamese, mended, valid. */
async function mended(profile) {
  const b = await browser(profile);
  const page = await open(b, `${collector.url}/agent/`);
  await signIn(page, AGENT_B);
  await goKey(page);
  await firstHead(page, "CT02", 1, "tai chinh");
  await page.waitForSelector(".panel");
  await hand(page, CT02);
  await saved(page, "CT02-00001");
  await tap(page, 'a[data-to="today"]');
  await until(page, "it comes back", () =>
    document.querySelector(".item.bad")?.innerText.includes("V01"));
  need("with words", await page.$eval(".item.bad", (e) =>
    /Số phiếu này đã được tính/.test(e.innerText)));
  await tap(page, ".item.bad button.main");
  await page.waitForSelector(".panel");
  await hand(page, ["F2"]);
  await page.waitForSelector("#sheet");
  await page.evaluate(() => {
    document.querySelector("#sheet").value = "";
  });
  await hand(page, [...short("CT02", 501), "Enter"]);
  await page.waitForSelector(".panel");
  await hand(page, ["End", "Enter"]);
  await saved(page, "CT02-00501");
  await until(page, "mended and sent", () =>
    document.querySelector("header .state").dataset.queue === "0");
  const list = await received(AGENT_B);
  need("the mended one is valid", list.some((r) => r.sheet ===
    R.sheetText({ prefix: "CT02", serial: 501 }) && r.status === "valid"));
  await clean(page, "mending");
  await b.close();
  say("N=1 sheet refused, told why, mended");
}

/* A CSV file dropped on the page: faults at their cells and nothing kept;
 * mended, handed in whole. */
async function dropped(profile) {
  const b = await browser(profile);
  const page = await open(b, `${collector.url}/agent/`);
  await signIn(page, AGENT_B);
  await tap(page, 'a[data-to="file"]');
  await page.waitForSelector("#form");
  await page.select("#form", "CT-02");
  const table = (answer) => ["Số phiếu;Đơn vị công tác;Ngày thu phiếu;" +
    Array.from({ length: 13 }, (_, i) => `Q${i + 1}`).join(";") + ";HL;GY",
  ...[701, 702].map((serial) => `${R.sheetText({ prefix: "CT02", serial })};` +
    `Sở Y tế;28/02/2021;${Array(13).fill(answer).join(";")};3;`), ""]
    .join("\r\n");
  const drop = (text) => page.evaluate((t) => {
    const data = new DataTransfer();
    data.items.add(new File([t], "phieu.csv", { type: "text/csv" }));
    for (const type of ["dragover", "drop"])
      document.querySelector(".drop").dispatchEvent(new DragEvent(type,
        { dataTransfer: data, bubbles: true, cancelable: true }));
  }, text);
  await drop(table("Z"));
  await until(page, "the faults are listed", () =>
    document.querySelectorAll("main .quota tbody tr").length === 28);
  need("a fault says where, what and why", await page.$eval(
    "main .quota tbody tr:nth-child(2)", (e) => e.innerText.includes("Q1") &&
      e.innerText.includes("Z") && e.innerText.includes("V07")));
  need("no way to hand it in", !await page.$("#handin"));
  await axe(page, "pc, file with faults");
  await drop(table("B"));
  await page.waitForSelector("#handin");
  need("a look keeps nothing", (await received(AGENT_B)).every((r) =>
    !/CT02-0070/.test(r.sheet)));
  await tap(page, "#handin");
  await page.waitForSelector("#handedin");
  once("a dropped file", (await received(AGENT_B)).filter((r) =>
    /CT02-0070/.test(r.sheet)), 2);
  await clean(page, "file");
  await b.close();
  say("N=2 sheets of a dropped file, faults first, then handed in");
}

/* An Excel file dropped on the page: the faults are the collector's own, word
 * for word, and the same file with the faults marked comes back. */
async function workbooks(profile) {
  const b = await browser(profile);
  const page = await open(b, `${collector.url}/agent/`);
  await signIn(page, AGENT_B);
  await tap(page, 'a[data-to="file"]');
  await page.waitForSelector("#form");
  await page.select("#form", "CT-02");
  const book = (answer, day) => workbook([["Số phiếu", "Đơn vị công tác",
    "Ngày thu phiếu", ...Array.from({ length: 13 }, (_, i) => `Q${i + 1}`),
    "HL", "GY"], ...[711, 712].map((serial) => [R.sheetText({ prefix: "CT02",
    serial }), "Sở Y tế", day, ...Array(13).fill(answer), "3", ""])]);
  const drop = (bytes, name) => page.evaluate((data, n) => {
    const file = new File([Uint8Array.from(atob(data), (c) =>
      c.charCodeAt(0))], n);
    const it = new DataTransfer();
    it.items.add(file);
    for (const type of ["dragover", "drop"])
      document.querySelector(".drop").dispatchEvent(new DragEvent(type,
        { dataTransfer: it, bubbles: true, cancelable: true }));
  }, bytes.toString("base64"), name);
  const bad = book("Kẹo", "31/02/2021");
  await drop(bad, "Phiếu Sở Y tế.xlsx");
  await page.waitForSelector("main .quota tbody tr");
  const said = await (await fetch(`${collector.url}/v1/imports?form=CT-02&` +
    "preview=1", { method: "POST", body: bad, headers: {
    Authorization: `Bearer ${AGENT_B}`, "Content-Type": "application/vnd." +
      "openxmlformats-officedocument.spreadsheetml.sheet" } })).json();
  const shown = await page.$$eval("main .quota tbody tr", (l) => l.map((e) =>
    e.innerText.toLowerCase()));
  need(`as many faults as the collector says: ${shown.length} of ${
    said.faults.length}`, shown.length === said.faults.length &&
    shown.length >= 28);
  need("each with its row, value and words", said.faults.every((f, i) =>
    [String(f.row ?? ""), f.value ?? "", f.code, f.message_vi].every((x) =>
      shown[i].includes(x.toLowerCase()))));
  await axe(page, "pc, workbook with faults");
  const cdp = await page.createCDPSession();
  await cdp.send("Browser.setDownloadBehavior", { behavior: "allow",
    downloadPath: dir });
  await tap(page, "section.card button.main:not(.drop *)");
  let file;
  for (let i = 0; !file && i < 100; i++) {
    await new Promise((ok) => setTimeout(ok, 100));
    file = readdirSync(dir).find((f) => f.endsWith("-loi.xlsx"));
  }
  need(`the marked file has the file's name: ${file}`,
    file === "Phiếu Sở Y tế-loi.xlsx".normalize(file?.normalize("NFC") === file
      ? "NFC" : "NFD"));
  const marked = execFileSync("unzip", ["-p", join(dir, file)],
    { encoding: "utf8" });
  need("the marks are in it", /V07/.test(marked) && /Kẹo/.test(marked));
  await drop(readFileSync(join(dir, file)), "Phiếu Sở Y tế-loi.xlsx");
  await until(page, "the marked file is understood again", (n) =>
    document.querySelectorAll("main .quota tbody tr").length === n &&
    /-loi/.test(document.querySelector("main h2").textContent), shown.length);
  await drop(book("B", "28/02/2021"), "Phiếu Sở Y tế.xlsx");
  await page.waitForSelector("#handin");
  await tap(page, "#handin");
  await page.waitForSelector("#handedin");
  once("a dropped workbook", (await received(AGENT_B)).filter((r) =>
    /CT02-0071/.test(r.sheet)), 2);
  await drop(Buffer.from("not a workbook"), "x.xlsx");
  await page.waitForSelector(".note.bad, p.bad");
  await axe(page, "pc, no workbook");
  await clean(page, "workbooks");
  await b.close();
  say("N=2 sheets of a dropped workbook, the faults as the collector's, " +
    "marked, mended, handed in");
}

/* Collector and browser start again: the receipts are the same, also read
 * without a line. */
async function restarted(profile) {
  let b = await browser(profile);
  let page = await open(b, `${collector.url}/agent/`);
  await signIn(page, AGENT_A);
  await goKey(page);
  for (const i of [91, 92]) await keyCt02(page, i);
  await until(page, "sent", () =>
    document.querySelector("header .state").dataset.queue === "0");
  const shown = async () => {
    await tap(page, 'a[data-to="received"]');
    await until(page, "receipts", () =>
      document.querySelectorAll(".received li code").length >= 2);
    return page.$$eval(".received li", (l) => l.map((e) =>
      `${e.querySelector("b").textContent} ${
        e.querySelector("code").textContent}`).filter((x) =>
      /CT02-0009/.test(x)).sort().join());
  };
  const first = await shown();
  const server = (await received(AGENT_A)).filter((r) => /CT02-0009/.test(
    r.sheet)).map((r) => `${r.sheet} ${r.receipt}`).sort().join();
  need("the page's receipts are the collector's", first === server);
  await b.close();
  await collector.stop("SIGTERM");
  await collector.start();
  b = await browser(profile);
  page = await open(b, `${collector.url}/agent/`);
  await signIn(page, AGENT_A);
  need("the same after both started again", await shown() === first);
  await collector.stop("SIGTERM");
  await tap(page, 'a[data-to="today"]');
  need("today's list names them", await page.waitForSelector("#todaylist")
    .then((e) => e.evaluate((x) => /CT02-00091/.test(x.innerText) &&
      /CT02-00092/.test(x.innerText))));
  need("and without a line", await shown() === first);
  await axe(page, "pc, received, no line");
  await collector.start();
  await clean(page, "restarted");
  await b.close();
  say("N=2 receipts the same through restarts and without a line");
}

/* No mouse: every place is reached by Tab with the focus in sight. */
async function keyboard(profile) {
  const b = await browser(profile);
  const page = await open(b, `${collector.url}/agent/`);
  const at = (selector) => page.evaluate((s) =>
    document.activeElement?.matches(s), selector);
  async function reach(selector) {
    for (let i = 0; i < 150; i++) {
      if (i > 0) {
        const ring = await page.evaluate(() => {
          const e = document.activeElement;
          const s = getComputedStyle(e);
          return e === document.body || s.outlineStyle !== "none" ||
            s.boxShadow !== "none" || e.type === "file" ? "" : e.outerHTML
              .slice(0, 80);
        });
        need(`the focus is seen: ${ring}`, ring === "");
      }
      if (await at(selector)) return;
      await page.keyboard.press("Tab");
    }
    need(`${selector} is reached by Tab`, false);
  }
  await page.waitForSelector("#key");
  need("the key is asked at once", await at("#key"));
  await page.keyboard.type(AGENT_A);
  await hand(page, ["Enter"]);
  await page.waitForSelector("nav");
  await reach('a[data-to="key"]');
  await hand(page, ["Enter"]);
  await page.waitForSelector("#sheet");
  await until(page, "the number is asked at once", () =>
    document.activeElement?.id === "sheet");
  await page.keyboard.type(R.sheetText({ prefix: "CT02", serial: 95 }));
  await hand(page, ["Enter", ..."noi vu", "Enter"]);
  await page.waitForSelector(".panel");
  await hand(page, [..."1234", "F2"]);
  await page.waitForSelector("#sheet");
  await reach("#group");
  await reach("#day");
  await reach("#keying");
  await reach(".headform > button.main");
  await hand(page, ["Enter"]);
  await page.waitForSelector(".panel");
  await page.keyboard.down("Control");
  await hand(page, ["z"]);
  await page.keyboard.up("Control");
  await until(page, "Ctrl+Z takes back one answer", () =>
    /^[34]\//.test(document.querySelector(".sheethead .num").textContent));
  await reach(".choice[data-key='1']");
  await hand(page, ["Enter"]);
  await hand(page, ["Escape"]);
  await until(page, "the draft is offered", () =>
    document.querySelector(".item button.main"));
  await reach(".item button.main");
  await hand(page, ["Enter"]);
  await page.waitForSelector(".panel");
  await hand(page, ["End", "Enter", "Enter"]);
  await page.waitForSelector("#fix");
  need("the way to the first fault has the focus", await at("#fix"));
  await reach("#anyway");
  await hand(page, ["Enter"]);
  await page.waitForSelector("#sheet");
  await reach('a[data-to="outbox"]');
  await hand(page, ["Enter"]);
  await reach('a[data-to="today"]');
  await hand(page, ["Enter"]);
  await until(page, "it came back", () =>
    document.querySelector('.item[data-http="422"]'));
  await reach('.item[data-http="422"] button.quiet');
  await hand(page, ["Enter", "Enter"]);
  await until(page, "set aside by keys", () =>
    !document.querySelector('.item[data-http="422"]'));
  for (const [to, place] of [["outbox", "details.aside summary"],
    ["received", "#only"], ["file", ".drop button"], ["more", "#signout"]]) {
    await reach(`a[data-to="${to}"]`);
    await hand(page, ["Enter"]);
    await page.waitForSelector(place);
    await reach(place);
  }
  await hand(page, ["Enter"]);
  await page.waitForSelector("#key");
  need("signed out, the key is asked again", await at("#key"));
  await clean(page, "keyboard");
  await b.close();
  say("N=1 sheet from sign-in to sign-out without a mouse");
}

/* The disk refuses: it is said at once, and what was keyed is still there. */
async function diskFull(profile) {
  const b = await browser(profile);
  const page = await open(b, `${collector.url}/agent/`);
  await signIn(page, AGENT_B);
  await goKey(page);
  await firstHead(page, "CT02", 801, "y te");
  await page.waitForSelector(".panel");
  await page.evaluate(() => {
    window.realPut = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  });
  await hand(page, CT02.slice(0, -1));
  await until(page, "a draft that cannot be kept is told", () =>
    document.querySelector(".said.bad")?.textContent.includes("KHÔNG LƯU"));
  await hand(page, ["Enter"]);
  await new Promise((ok) => setTimeout(ok, 300));
  need("a sheet that cannot be kept is not counted as saved",
    await queued(page) === 0 && await page.$(".sheet"));
  await page.evaluate(() => {
    IDBObjectStore.prototype.put = window.realPut;
    /* twice before the first is done: one sheet all the same */
    for (let i = 0; i < 2; i++)
      document.querySelector("textarea").dispatchEvent(new KeyboardEvent(
        "keydown", { key: "Enter", bubbles: true, cancelable: true }));
  });
  await saved(page, "CT02-00801");
  await until(page, "it is sent after all", () =>
    document.querySelector("header .state").dataset.queue === "0");
  once("once there is room it goes", (await received(AGENT_B)).filter((r) =>
    r.sheet.startsWith("CT02-00801")), 1);
  await b.close();
  say("N=1 sheet kept in hand while the disk was full");
}

/* The keys of a whole sheet, whatever its questions. */
function allKeys(form) {
  const out = form.profile.map((f) => R.keyed(f.options)[0].key);
  for (const q of form.questions.filter((x) => x.asked))
    if (q.type === "multiple")
      out.push(R.keyed(q.options)[0].key, R.keyed(q.options)[1].key,
        "Enter");
    else if (q.type === "number") out.push("3", "Enter");
    else if (q.type === "text") out.push("t", "o", "t", "Enter");
    else {
      const choices = R.keyed(q.options);
      out.push(choices[out.length % choices.length].key);
    }
  return [...out, "Enter"];
}

/* Every type of question; a unit to be picked; numbers that are too high. */
async function kinds(profile) {
  const plan = (name) => R.planOf(JSON.parse(readFileSync(
    `collector/plans/${name}.json`, "utf8")));
  const b = await browser(profile);
  const page = await open(b, `${collector.url}/agent/`);
  await signIn(page, AGENT_D);
  const sipas = plan("sipas-2017-example").forms[0];
  await goKey(page);
  await firstHead(page, R.prefixOf(sipas.code), 5, "co quan so 2");
  await page.waitForSelector(".panel");
  const list = allKeys(sipas);
  await hand(page, list.slice(0, -1));
  await until(page, "all answered", () => document.querySelector(
    "textarea") && !document.querySelector(".box.open"));
  await hand(page, ["Enter"]);
  await saved(page, "00005");
  await until(page, "sent", () =>
    document.querySelector("header .state").dataset.queue === "0");
  once("a form of every type", await received(AGENT_D), 1);
  await page.type("#sheet", R.sheetText({ prefix: R.prefixOf(sipas.code),
    serial: 6 }));
  await hand(page, ["Enter"]);
  await page.waitForSelector(".panel");
  await hand(page, list.flatMap((k) => k === "3" ? ["9", "9"] : [k])
    .slice(0, -1));
  await page.waitForSelector("textarea");
  await hand(page, ["Enter"]);
  await page.waitForSelector("#fix");
  need("a number out of range is told with its question", await page.$eval(
    ".faults", (e) => /V07 \w+: Số nằm ngoài/.test(e.innerText)));
  await signOut(page);
  await signIn(page, AGENT_B);
  const ct03 = plan("lai-chau-2020").forms.find((f) => f.code === "CT-03");
  await goKey(page);
  await firstHead(page, "CT03", 1, "sin ho");
  await page.waitForSelector("#unitplace input");
  await page.keyboard.type("phong tu phap");
  await hand(page, ["Enter"]);
  await page.waitForSelector(".panel");
  await hand(page, allKeys(ct03));
  await saved(page, "CT03-00001");
  await until(page, "sent too", () =>
    document.querySelector("header .state").dataset.queue === "0");
  once("a unit picked by its district's office",
    await received(AGENT_B, "CT03"), 1);
  await clean(page, "kinds");
  await b.close();
  say("N=2 sheets with questions of every type and a picked unit");
}

const phieu = (...args) => execFileSync(`${bin}/phieu`, args,
  { encoding: "utf8" });

/* A key withdrawn: nothing is lost, the page says why; then the wave is
 * frozen: what comes too late is held with what to do. */
async function late(profile) {
  const b = await browser(profile);
  const page = await open(b, `${collector.url}/agent/`);
  await signIn(page, AGENT_B);
  await goKey(page);
  await collector.stop("SIGTERM");
  await keyCt02(page, 811);
  const row = phieu("key", "agent", "list").split("\n")
    .find((l) => l.includes("binh"));
  phieu("key", "agent", "revoke", /\d+/.exec(row)[0]);
  await collector.start();
  await until(page, "a withdrawn key is told", () =>
    document.querySelector("header .state").dataset.phase === "key");
  need("in words, with the sheet still here", await page.$eval(
    "header .state", (e) => /thu hồi/.test(e.textContent) &&
      e.dataset.queue === "1"));
  await signOut(page);
  const fresh = phieu("key", "agent", "add", "--wave", "lai-chau-2020",
    "--code", "binh").match(/pa_[A-Z0-9]+/)[0];
  phieu("freeze", "--wave", "lai-chau-2020", "--reason", "test");
  await signIn(page, fresh);
  await until(page, "the wave is closed", () =>
    document.querySelector("#main").innerText.includes("khóa số liệu"));
  await tap(page, 'a[data-to="outbox"]');
  await until(page, "held, with what to do", () =>
    document.querySelector(".item.bad")?.innerText.includes(
      "Báo giám sát"));
  need("it can still be exported", !await page.$eval("#export",
    (e) => e.disabled));
  await axe(page, "pc, outbox with a held sheet");
  await clean(page, "late");
  await b.close();
  say("N=1 sheet kept through a withdrawn key and a frozen wave");
}

/* ---- keys and time ------------------------------------------------------- */

async function bench(profile) {
  const b = await browser(profile);
  const page = await open(b, `${collector.url}/agent/`);
  await signIn(page, AGENT_B);
  await goKey(page);
  await page.evaluate(() => {
    window.spent = [];
    window.addEventListener("keydown", (e) => {
      e.began = performance.now();
    }, true);
    window.addEventListener("keydown", (e) => window.spent.push(
      performance.now() - e.began));
  });
  const run = async (name, n, answers, sheet) => {
    pressed.n = 0;
    await page.evaluate(() => { window.spent.length = 0; });
    const from = Date.now();
    for (let i = 0; i < n; i++) await sheet(i);
    const seconds = (Date.now() - from) / 1000 / n;
    const spent = (await page.evaluate(() => window.spent))
      .sort((x, y) => x - y);
    const p = (q) => spent[Math.floor(q * (spent.length - 1))].toFixed(1);
    const each = pressed.n / n;
    console.log(`N=${n} ${name}: ${each.toFixed(1)} keys a sheet, ` +
      `${(each / answers).toFixed(2)} an answer; a hand of 4 keys/s ` +
      `${(each / 4).toFixed(1)} s a sheet, this driver ` +
      `${seconds.toFixed(1)} s; page ${p(0.5)} ms a key, p95 ${p(0.95)} ms`);
    need(`${name}: fewer than 1.6 keys an answer`, each / answers < 1.6);
  };
  await firstHead(page, "CT02", 600, "y te");
  await page.waitForSelector(".panel");
  await hand(page, CT02);
  await saved(page, "CT02-00600");
  await run("CT-02", 10, 17, (i) => keyCt02(page, 601 + i));
  const scale = 11;
  const ct01 = [..."11", ..."12341234121".repeat(20).slice(0, 20 * scale)];
  await run("CT-01 (20 departments)", 2, 222, async (i) => {
    const serial = 1 + i;
    if (i === 0) {
      await page.type("#sheet", R.sheetText({ prefix: "CT01", serial }));
      await hand(page, ["Enter"]);
      await page.select("#group", "hdnd-tinh");
      await page.focus("#sheet");
    } else {
      await hand(page, short("CT01", serial));
    }
    await hand(page, ["Enter", ...ct01]);
    await page.keyboard.down("Control");
    await hand(page, ["Enter"]);
    await page.keyboard.up("Control");
    await hand(page, ["Enter"]);
    await saved(page, R.sheetText({ prefix: "CT01", serial }));
  });
  await until(page, "the benchmark's sheets are sent", () =>
    document.querySelector("header .state").dataset.queue === "0");
  once("CT-01", await received(AGENT_B, "CT01"), 2);
  await clean(page, "benchmark");
  await b.close();
  say("keys and time measured");
}

/* ---- every screen, both sizes, both languages ---------------------------- */

async function look(profile, size, english, serial) {
  const b = await browser(profile);
  const page = await open(b, `${collector.url}/agent/`, SIZES[size]);
  const at = (name) => axe(page, `${size}, ${english ? "en" : "vi"}, ${
    name}`);
  await page.waitForSelector("#key");
  if (english) await tap(page, ".lang");
  await page.waitForSelector("#key");
  await at("sign-in");
  await page.type("#key", "pa_NOBODY");
  await tap(page, "button[type=submit]");
  await until(page, "a wrong key is told", () =>
    document.querySelector(".error").textContent !== "");
  await at("wrong key");
  await signIn(page, AGENT_C);
  await until(page, "quotas", () => document.querySelector("table.quota"));
  await at("today");
  need(`${size}: a key of one area shows one cell`, (await page.$$(
    "table.quota tbody tr")).length === 1);
  await goKey(page);
  await at("head, empty");
  await page.type("#sheet", R.sheetText({ prefix: "CT01", serial: 9 }));
  await until(page, "another form is refused", () =>
    document.querySelector(".verdict.bad"));
  await at("head, wrong form");
  await page.evaluate(() => { document.querySelector("#sheet").value = ""; });
  await page.type("#sheet", R.sheetText({ prefix: "CT02", serial }));
  await tap(page, "#homeplace input");
  await page.waitForSelector("[role=option]");
  await at("head, list open");
  await hand(page, ["Enter"]);
  await page.waitForSelector(".panel");
  await at("question");
  await hand(page, [..."12", "End", "Enter"]);
  await until(page, "open cells are told", () =>
    document.querySelector(".warn").textContent !== "");
  await at("comment, open cells");
  await hand(page, ["Enter"]);
  await page.waitForSelector("#fix");
  await at("faults");
  await hand(page, ["Enter"]);
  await page.waitForSelector(".panel");
  await hand(page, ["Escape"]);
  await until(page, "the draft is listed", () =>
    document.querySelector(".item"));
  await at("today with a draft");
  for (const to of ["outbox", "received", "file", "more"]) {
    await tap(page, `a[data-to="${to}"]`);
    await until(page, to, (x) => document.querySelector("#main").className
      === `screen-${x}`, to);
    await new Promise((ok) => setTimeout(ok, 200));
    await at(to);
  }
  await clean(page, `${size} screens`);
  await b.close();
}

async function lookMany(profile, size, serial) {
  const b = await browser(profile);
  const page = await open(b, `${collector.url}/agent/`, SIZES[size]);
  await signIn(page, AGENT_B);
  await goKey(page);
  await page.type("#sheet", R.sheetText({ prefix: "CT01", serial }));
  await page.waitForSelector("#group");
  await page.select("#group", "hdnd-tinh");
  await page.focus("#sheet");
  await hand(page, ["Enter"]);
  await page.waitForSelector(".matrix");
  await hand(page, [..."1112345123450"]);
  await axe(page, `${size}, matrix`);
  await clean(page, "matrix");
  await b.close();
}

/* PHIEU_TEST_PAGE=pattern: only those (they follow each other: the later
 * ones of one profile start where the earlier ones ended). */
async function main() {
  await collector.start();
  const at = (name) => join(dir, name);
  const steps = [
    ["fifty", () => fifty(at("profile"))],
    ["killed", () => killed(at("profile"))],
    ["changed", () => changed(at("profile"))],
    ["exported", () => exported(at("profile"))],
    ["mended", () => mended(at("second"))],
    ["dropped", () => dropped(at("second"))],
    ["workbooks", () => workbooks(at("second"))],
    ["restarted", () => restarted(at("profile"))],
    ["keyboard", () => keyboard(at("profile"))],
    ["bench", () => bench(at("second"))],
    ["kinds", () => kinds(at("second"))],
    ["disk", () => diskFull(at("second"))],
    ["look-pc", () => look(at("third"), "pc", false, 901)],
    ["look-phone", () => look(at("fourth"), "phone", true, 902)],
    ["many-pc", () => lookMany(at("third"), "pc", 40)],
    ["many-phone", () => lookMany(at("fourth"), "phone", 41)],
    ["late", () => late(at("second"))],
  ];
  const only = new RegExp(process.env.PHIEU_TEST_PAGE ?? "");
  for (const [name, run] of steps) if (only.test(name)) await run();
  say(`N=${screens.n} screens without an axe violation, none wider than its ` +
    "display");
}

try {
  await main();
} catch (e) {
  need(String(e.stack ?? e), false);
}
await closeAll();
if (collector.proc?.exitCode === null) await collector.stop("SIGTERM");
for (const p of ["profile", "second", "third", "fourth"])
  forget(join(dir, p));
process.exit(faultCount() ? 1 : 0);
