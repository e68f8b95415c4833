/* usage: agentpage_bad.mjs BIN DIR, from tests/service/agentpage_bad.sh */
import { execFileSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Collector } from "./collector.mjs";
import { browser, clean, closeAll, faultCount, forget, need, open, queued,
  signIn, SIZES, tap, until } from "./driver.mjs";
import { Front } from "./front.mjs";
import { axeBoth as axe, CT02, hands, once, screens, signOut, workerReady }
  from "./hands.mjs";

const [bin, dir] = process.argv.slice(2);
const R = await import(pathToFileURL(join(dir, "rules.mjs")).href);
const { AGENT_A, AGENT_B, AGENT_C } = process.env;
const collector = new Collector(bin);
const front = new Front(collector);
const { firstHead, goKey, hand, keyCt02, received, saved, short } = hands(R,
  collector);
const began = Date.now();
const say = (text) => console.log(
  `${text} (${((Date.now() - began) / 1000).toFixed(0)} s)`);
const phieu = (...args) => execFileSync(`${bin}/phieu`, args,
  { encoding: "utf8" });
const sql = (text) => execFileSync("psql", ["-qAtX", "-c", text,
  process.env.PHIEU_TEST_SUPER], { encoding: "utf8" });
const number = (serial) => R.sheetText({ prefix: "CT02", serial });
const idle = (page, what) => until(page, what, () =>
  document.querySelector("header .state").dataset.queue === "0");
const go = async (page, to) => {
  await tap(page, `a[data-to="${to}"]`);
  await until(page, to, (x) => document.querySelector("#main").className ===
    `screen-${x}`, to);
};

const sendNow = (page) => tap(page,
  "section.card button.main:not([disabled])");
const resume = async (page) => {
  const find = () => [...document.querySelectorAll(".item button")]
    .find((x) => x.textContent === "Nhập tiếp");
  await until(page, "a draft is offered", find);
  await (await page.evaluateHandle(find)).click();
};

async function begin(profile, key, serial) {
  const b = await browser(profile);
  const page = await open(b, `${front.url}/agent/`);
  await signIn(page, key);
  await workerReady(page);
  await goKey(page);
  await firstHead(page, "CT02", serial, "noi vu");
  await page.waitForSelector(".panel");
  return { b, page };
}

/* ---- refusals, as the collector really gives them ------------------------- */

const held = (page, http, sheet) => until(page, `${sheet} is held, ${http}`,
  (code, no) => document.querySelector(`.item[data-http="${code}"]` +
    `[data-sheet="${no}"]`), String(http), sheet);
const card = async (page, sheet) => (await page.waitForSelector(
  `.item[data-sheet="${sheet}"]`)).evaluate((e) => e.innerText);
const cardButton = (sheet, what) =>
  `.item[data-sheet="${sheet}"] [data-do="${what}"]`;
const LAST = '.item[data-sheet="$"] .row button:last-child';

async function refused(profile) {
  const { b, page } = await begin(profile, AGENT_A, 1);
  await hand(page, CT02);
  await saved(page, number(1));
  await idle(page, "the first is sent");

  /* 409: the same id came with other bytes by another way */
  front.tamper = async (text) => {
    await collector.ask(AGENT_A, "submissions",
      text.trim().replace('"device":"web"', '"device":"other"'));
    return text;
  };
  await keyCt02(page, 2);
  await go(page, "outbox");
  await held(page, 409, number(2));
  /* 400: torn on the way so that no id is left */
  front.tamper = async (text) => `${text.slice(0, 40)}\n`;
  await goKey(page);
  await keyCt02(page, 3);
  await go(page, "outbox");
  await held(page, 400, number(3));
  /* 413: larger than any sheet */
  front.tamper = async (text) => `${text.trim().slice(0, -1)},"comment":"${
    "a".repeat(400000)}"}\n`;
  await goKey(page);
  await keyCt02(page, 4);
  await go(page, "outbox");
  await held(page, 413, number(4));
  front.tamper = null;
  /* 503: the store is away, then it is back */
  sql("alter role phieu_collector connection limit 0");
  sql("select pg_terminate_backend(pid) from pg_stat_activity where " +
    "usename = 'phieu_collector'");
  await goKey(page);
  await keyCt02(page, 5);
  await until(page, "503 is told as busy", () =>
    document.querySelector("header .state").dataset.phase === "waiting");
  need("the sheet waits", await queued(page) === 1);
  sql("alter role phieu_collector connection limit -1");
  await idle(page, "and goes when the store is back");

  await go(page, "outbox");
  need("409 says both are kept and what to do", /cả hai được giữ/.test(
    await card(page, number(2))));
  need("400 says to give it to the supervisor", /gửi cho giám sát/.test(
    await card(page, number(3))));
  need("413 says to shorten it", /Rút ngắn/.test(await card(page,
    number(4))));
  await axe(page, "outbox, three held");
  /* torn on the way: the same once more is taken */
  await tap(page, cardButton(number(3), "retry"));
  await until(page, "400 has left", (no) => !document.querySelector(
    `.item[data-sheet="${no}"]`), number(3));
  await idle(page, "400 sent again");
  once("torn once, sent again", (await received(AGENT_A)).filter((r) =>
    r.sheet === number(3)), 1);
  /* set aside, brought back, sent */
  await tap(page, LAST.replace("$", number(4)));
  await tap(page, LAST.replace("$", number(4)));
  await until(page, "it lies aside", () => document.querySelector(
    "details.aside")?.innerText.includes("Phiếu cất riêng: 1"));
  await page.$eval("details.aside", (e) => { e.open = true; });
  await axe(page, "outbox, one aside");
  await tap(page, cardButton(number(4), "take_back"));
  await held(page, 413, number(4));
  await tap(page, cardButton(number(4), "retry"));
  await until(page, "413 has left", (no) => !document.querySelector(
    `.item[data-sheet="${no}"]`), number(4));
  await idle(page, "413 sent again");
  once("too large once, sent again", (await received(AGENT_A)).filter((r) =>
    r.sheet === number(4)), 1);
  await clean(page, "refusals");
  await b.close();
  say("N=4 sheets refused with 400, 409, 413 and 503: shown, kept, sent on");
}

/* Opened as new: the held one steps aside, and mending twice is one draft. */
async function anew(profile) {
  const { b, page } = await begin(profile, AGENT_C, 20);
  /* a key of this agent's with a narrower area */
  await collector.stop("SIGTERM");
  await hand(page, CT02);
  await saved(page, number(20));
  await signOut(page);
  const row = phieu("key", "agent", "list").split("\n")
    .find((l) => l.includes("chi"));
  phieu("key", "agent", "revoke", /\d+/.exec(row)[0]);
  const narrow = phieu("key", "agent", "add", "--wave", "lai-chau-2020",
    "--code", "chi", "--forms", "CT-01").match(/pa_[A-Z0-9]+/)[0];
  await collector.start();
  await signIn(page, narrow);
  await go(page, "outbox");
  await held(page, 403, number(20));
  need("403 says to tell the supervisor", /Báo giám sát/.test(
    await card(page, number(20))));
  need("nothing of it arrived", (await received(narrow)).length === 0);
  for (let i = 0; i < 2; i++) {
    await go(page, "outbox");
    await held(page, 403, number(20));
    await tap(page, cardButton(number(20), "as_new"));
    await page.waitForSelector(".panel");
  }
  await go(page, "today");
  need("opened twice it is one draft", (await page.$$eval(".item", (l) =>
    l.filter((e) => /Nhập tiếp/.test(e.innerText)).length)) === 1);
  await resume(page);
  await page.waitForSelector(".panel");
  await hand(page, ["End", "Enter"]);
  await page.waitForSelector("#sheet, #anyway");
  if (await page.$("#anyway")) await tap(page, "#anyway");
  await go(page, "outbox");
  await until(page, "the old one lies aside, the new one is held", () =>
    document.querySelector("details.aside:not([hidden])") &&
    document.querySelectorAll('.item[data-http="403"].bad').length === 1);
  await clean(page, "anew");
  await b.close();
  say("N=1 sheet outside the key's forms: held, opened anew, kept aside");
}

/* What a captive portal or a proxy says is not the collector's word. */
async function strangers(profile) {
  const { b, page } = await begin(profile, AGENT_B, 30);
  const html = "<html>Đăng nhập Wi-Fi</html>";
  const cases = [
    ["a portal's page", [200, "text/html", html]],
    ["a proxy's refusal", [403, "text/html", html]],
    ["a proxy's key question", [401, "text/html", html]],
    ["a gateway's fault", [502, "text/html", html]],
    ["too many", [429, "text/html", html]],
    ["an empty answer", [200, "application/x-ndjson", ""]],
    ["a receipt for another sheet", [200, "application/x-ndjson",
      '{"line":1,"code":201,"instanceID":"uuid:00000000-0000-4000-8000-' +
      '000000000000","status":"valid","receipt":"1-AAAA"}\n']],
    ["a receipt that names none", [200, "application/x-ndjson",
      '{"line":1,"code":201,"status":"valid","receipt":"1-AAAA"}\n']],
    ["no receipt", [200, "application/x-ndjson",
      '{"line":1,"code":201}\n']],
    ["JSON of another kind", [200, "application/json", "null"]],
  ];
  front.answer = (path) => path.startsWith("/v1/submissions")
    ? cases[0][1] : null;
  await hand(page, CT02);
  await saved(page, number(30));
  await go(page, "outbox");
  for (const [name, answer] of cases) {
    front.answer = (path) => path.startsWith("/v1/submissions") ? answer
      : null;
    front.posts = 0;
    await sendNow(page);
    for (let i = 0; i < 100 && !front.posts; i++)
      await new Promise((ok) => setTimeout(ok, 50));
    await until(page, `${name}: it says it will try again`, () =>
      ["waiting", "offline"].includes(document.querySelector(
        "header .state").dataset.phase));
    need(`${name}: the sheet stays in the queue`, front.posts > 0 &&
      await queued(page) === 1 && !await page.$(".item.bad"));
  }
  await axe(page, "outbox, waiting");
  front.answer = null;
  await sendNow(page);
  await idle(page, "with the collector back it goes");
  once("after strangers", (await received(AGENT_B)).filter((r) =>
    r.sheet === number(30)), 1);
  await clean(page, "strangers");
  await b.close();
  say(`N=${cases.length} answers of others believed by nobody`);
}

/* ---- two tabs, versions, stores ------------------------------------------- */

async function tabs(profile) {
  const { b, page } = await begin(profile, AGENT_B, 40);
  await hand(page, [..."1212"]);
  const other = await open(b, `${front.url}/agent/`);
  await signIn(other, AGENT_B);
  await until(other, "the draft is on Today", () =>
    document.querySelector("#main").innerText.includes("CT02-00040"));
  await resume(other);
  await until(other, "the second tab is told", () =>
    document.querySelector(".said")?.textContent.includes("thẻ khác"));
  await axe(other, "a sheet open elsewhere");
  /* the first one dies: the second may go on with all that was keyed */
  await new Promise((ok) => setTimeout(ok, 300));
  await page.close();
  await go(other, "today");
  await until(other, "still there", () =>
    document.querySelector("#main").innerText.includes("CT02-00040"));
  await resume(other);
  await other.waitForSelector(".panel");
  need("at the cell where the first stood", await other.$eval(
    ".sheethead .num", (e) => e.textContent.startsWith("4/")));
  /* both key and send at once; each sheet goes once */
  const third = await open(b, `${front.url}/agent/`);
  await signIn(third, AGENT_B);
  front.posts = 0;
  await hand(other, [..."341234123412", "Enter", "Enter"]);
  await saved(other, number(40));
  await third.bringToFront();
  await goKey(third);
  await third.waitForSelector("#sheet");
  for (let i = 41; i <= 43; i++) await keyCt02(third, i);
  await idle(third, "all gone");
  await idle(other, "the other tab knows");
  once("from two tabs", (await received(AGENT_B)).filter((r) =>
    /CT02-0004/.test(r.sheet)), 4);
  need(`nothing sent twice: ${front.posts} posts`, front.posts <= 4);
  await clean(other, "second tab");
  await clean(third, "third tab");
  await b.close();
  say("N=4 sheets from two tabs, each once; an open sheet is not taken over");
}

/* Another build of the page: other text, another name of its cache. */
function versionOf(name, mark) {
  const to = join(dir, name);
  cpSync("collector/web/dist", to, { recursive: true });
  const app = readFileSync(join(to, "app.js"), "utf8");
  need("the mark has a place", app.includes('"Hôm nay"'));
  writeFileSync(join(to, "app.js"), app.replace('"Hôm nay"', `"${mark}"`));
  const sw = readFileSync(join(to, "sw.js"), "utf8");
  writeFileSync(join(to, "sw.js"), sw.replace(/phieu-[0-9a-f]{16}|[0-9a-f]{16}/,
    (x) => x.replace(/[0-9a-f]{16}$/, "f".repeat(16))));
  need("another worker", readFileSync(join(to, "sw.js"), "utf8") !== sw);
  return to;
}

/* R10: a new version while a draft is open and the queue is full. */
async function update(profile) {
  const { b, page } = await begin(profile, AGENT_A, 50);
  await collector.stop("SIGTERM");
  await collector.start();
  front.answer = (path) => path.startsWith("/v1/submissions")
    ? [503, "text/plain", ""] : null;
  await hand(page, CT02);
  await saved(page, number(50));
  for (let i = 51; i < 56; i++) await keyCt02(page, i);
  await hand(page, [...short("CT02", 56), "Enter", ..."12123"]);
  front.dist = versionOf("next", "Hôm nay, bản mới");
  await page.evaluate(async () => {
    await (await navigator.serviceWorker.getRegistration()).update();
  });
  await until(page, "the agent is told", () =>
    document.querySelector("#update"));
  need("and goes on under his hand", await page.$eval("nav", (e) =>
    !e.innerText.includes("bản mới")));
  await axe(page, "a new version waits");
  await hand(page, [..."41"]);
  need("a key after the news counts", await page.$eval(".sheethead .num",
    (e) => e.textContent.startsWith("7/")));
  await Promise.all([page.waitForNavigation(), page.click("#update")]);
  await signIn(page, AGENT_A);
  await until(page, "the new version runs", () =>
    document.querySelector("nav").innerText.includes("bản mới"));
  need("the queue is whole", await queued(page) === 6);
  await resume(page);
  await page.waitForSelector(".panel");
  need("the draft is whole", await page.$eval(".sheethead .num",
    (e) => e.textContent.startsWith("7/")));
  await hand(page, [..."234123412", "Enter", "Enter"]);
  await saved(page, number(56));
  need("one cache is left", await workerReady(page) === 1);
  front.answer = null;
  await go(page, "outbox");
  await sendNow(page);
  await idle(page, "all sent by the new version");
  once("keyed by the old, sent by the new", (await received(AGENT_A))
    .filter((r) => /CT02-0005/.test(r.sheet)), 7);
  /* nobody signed in: the next one takes over by itself */
  front.dist = null;
  await signOut(page);
  await Promise.all([page.waitForNavigation(), page.evaluate(() => {
    void navigator.serviceWorker.getRegistration().then((r) => r.update());
  })]);
  await page.waitForSelector("#key");
  need("the older one is back by itself", await page.evaluate(async () =>
    (await (await fetch("app.js")).text()).includes('"Hôm nay"')));
  await clean(page, "update");
  await b.close();
  say("N=7 sheets through a change of the page's version");
}

/* The stores as the first version made them, and as a later one may. */
async function stores(profile) {
  const { b, page } = await begin(profile, AGENT_B, 60);
  await collector.stop("SIGTERM");
  await hand(page, CT02);
  await saved(page, number(60));
  await keyCt02(page, 61);
  await hand(page, [...short("CT02", 62), "Enter", ..."12123"]);
  await signOut(page);
  const version = await page.evaluate(async () => {
    const wait = (rq) => new Promise((ok, fail) => {
      rq.onsuccess = () => ok(rq.result);
      rq.onerror = () => fail(rq.error);
    });
    let db = await wait(indexedDB.open("phieu"));
    const was = db.version;
    const rows = {};
    for (const name of ["stores", "items"])
      rows[name] = await wait(db.transaction(name).objectStore(name)
        .getAll());
    const meta = db.transaction("meta").objectStore("meta");
    const [keys, values] = await Promise.all([wait(meta.getAllKeys()),
      wait(meta.getAll())]);
    db.close();
    await wait(indexedDB.deleteDatabase("phieu"));
    const rq = indexedDB.open("phieu", 1);
    rq.onupgradeneeded = () => {
      rq.result.createObjectStore("stores", { keyPath: "id" });
      rq.result.createObjectStore("items", { keyPath: ["store", "id"] });
      rq.result.createObjectStore("meta");
    };
    db = await wait(rq);
    const tx = db.transaction(["stores", "items", "meta"], "readwrite");
    for (const name of ["stores", "items"])
      for (const r of rows[name]) tx.objectStore(name).put(r);
    keys.forEach((k, i) => tx.objectStore("meta").put(values[i], k));
    await new Promise((ok) => { tx.oncomplete = ok; });
    db.close();
    return was;
  });
  await page.goto(`${front.url}/agent/#/today`);
  await page.reload();
  await signIn(page, AGENT_B);
  need("the queue of the first version", await queued(page) === 2);
  await until(page, "its draft too", () =>
    document.querySelector("#main").innerText.includes("CT02-00062"));
  need("brought to this version", await page.evaluate(async () => {
    const db = await new Promise((ok) => {
      const rq = indexedDB.open("phieu");
      rq.onsuccess = () => ok(rq.result);
    });
    const v = db.version;
    db.close();
    return v;
  }) === version);
  await resume(page);
  await page.waitForSelector(".panel");
  /* a later version in another tab adds a store under the open draft */
  const other = await b.newPage();
  await other.goto(`${front.url}/agent/icon.svg`);
  await other.evaluate((v) => new Promise((ok, fail) => {
    const rq = indexedDB.open("phieu", v + 7);
    rq.onupgradeneeded = () => rq.result.createObjectStore("later");
    rq.onsuccess = () => {
      rq.result.close();
      ok();
    };
    rq.onerror = () => fail(rq.error);
    rq.onblocked = () => fail(new Error("blocked"));
  }), version);
  await other.close();
  await hand(page, [..."41234123412", "Enter", "Enter"]);
  await saved(page, number(62));
  need("keyed on beside the later version", await queued(page) === 3);
  await page.reload();
  await signIn(page, AGENT_B);
  need("an older page opens the later stores", await queued(page) === 3);
  await collector.start();
  await idle(page, "all sent");
  once("through three versions of the stores", (await received(AGENT_B))
    .filter((r) => /CT02-0006/.test(r.sheet)), 3);
  await clean(page, "stores");
  await b.close();
  say("N=3 sheets through older and later stores");
}

/* ---- this computer --------------------------------------------------------- */

/* As a full disk: whatever is put down is refused. */
const room = (page, some) => page.evaluate((on) => {
  window.realPut ??= IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = on ? window.realPut : () => {
    throw new DOMException("full", "QuotaExceededError");
  };
}, some);

async function full(profile) {
  const { b, page } = await begin(profile, AGENT_A, 80);
  await hand(page, [..."1212"]);
  await until(page, "a draft", () => document.querySelector(".sheethead .num")
    .textContent.startsWith("4/"));
  await room(page, false);
  await hand(page, [..."34123412341"]);
  await until(page, "no room is told, and why", () =>
    /KHÔNG LƯU.*đầy/.test(document.querySelector(".said.bad")?.textContent));
  await axe(page, "no room");
  await tap(page, 'a[data-to="today"]');
  await new Promise((ok) => setTimeout(ok, 200));
  need("it does not leave a sheet that is not on the disk",
    await page.$(".panel") && page.url().endsWith("#/key"));
  await room(page, true);
  await until(page, "it is kept by itself once there is room", () =>
    document.querySelector(".said").textContent === "");
  await hand(page, ["2", "Enter", "Enter"]);
  await saved(page, number(80));
  await idle(page, "and sent");
  /* no room for the receipt: the sheet stays and is told */
  front.answer = (path) => path.startsWith("/v1/submissions")
    ? [503, "text/plain", ""] : null;
  await keyCt02(page, 81);
  await go(page, "outbox");
  await room(page, false);
  front.answer = null;
  await sendNow(page);
  await until(page, "the queue says that it cannot write", () =>
    document.querySelector("header .state").dataset.phase === "disk");
  need("the sheet stays", await queued(page) === 1);
  await room(page, true);
  await sendNow(page);
  await idle(page, "sent once there is room");
  once("through a full disk", (await received(AGENT_A)).filter((r) =>
    /CT02-0008/.test(r.sheet)), 2);
  await clean(page, "full");
  await b.close();
  say("N=2 sheets through a full disk, kept by themselves once there was room");
}

/* The browser's own limit, from the first moment. */
async function limit(profile) {
  const b = await browser(profile);
  const page = await b.newPage();
  await page.setViewport(SIZES.pc);
  const cdp = await page.createCDPSession();
  const room = (quotaSize) => cdp.send("Storage.overrideQuotaForOrigin",
    { origin: `${front.url}/`, quotaSize });
  await room(1);
  await page.goto(`${front.url}/agent/`);
  await page.waitForSelector("#key");
  await page.type("#key", AGENT_B);
  await tap(page, "button[type=submit]");
  await until(page, "no room for a sign-in is told in words", () =>
    /đã đầy/.test(document.querySelector(".error")?.textContent));
  await axe(page, "sign-in without room");
  await b.close();
  say("N=1 sign-in without room told in words");
}

/* A window that keeps nothing, and one that keeps it until it is closed. */
async function secret(profile) {
  const b = await browser(profile);
  const page = await b.newPage();
  await page.evaluateOnNewDocument(() => {
    Object.defineProperty(window, "indexedDB", { value: { open: () => {
      throw new DOMException("no storage here", "SecurityError");
    } } });
  });
  await page.goto(`${front.url}/agent/`);
  await page.waitForSelector("#nostore");
  need("told in words", await page.$eval("#nostore", (e) =>
    /cửa sổ ẩn danh/.test(e.textContent)));
  await axe(page, "no storage");
  await page.close();
  const context = await b.createBrowserContext();
  const hidden = await open(context, `${front.url}/agent/`);
  await hidden.waitForSelector("#key");
  need("a private window is warned of", await hidden.$eval("main", (e) =>
    /ẩn danh/.test(e.innerText)));
  await signIn(hidden, AGENT_B);
  await goKey(hidden);
  await firstHead(hidden, "CT02", 90, "noi vu");
  await hidden.waitForSelector(".panel");
  await hand(hidden, CT02);
  await saved(hidden, number(90));
  await idle(hidden, "a private window sends all the same");
  await clean(hidden, "private");
  await b.close();
  say("N=2 windows that keep nothing or little");
}

/* The clock of the computer is wrong: told, and the sheet is right. */
async function clock(profile) {
  const b = await browser(profile);
  let serial = 95;
  for (const days of [-4000, 800]) {
    const page = await b.newPage();
    await page.setViewport(SIZES.pc);
    await page.evaluateOnNewDocument((ms) => {
      const Real = Date;
      window.Date = class extends Real {
        constructor(...a) {
          if (a.length) super(...a);
          else super(Real.now() + ms);
        }
        static now() { return Real.now() + ms; }
      };
    }, days * 86400000);
    await page.goto(`${front.url}/agent/#/today`);
    await signIn(page, AGENT_B);
    await until(page, "a wrong clock is told", (word) =>
      document.querySelector("#clock")?.textContent.includes(word),
    days < 0 ? "chậm hơn" : "chạy trước");
    await axe(page, "wrong clock");
    await goKey(page);
    await firstHead(page, "CT02", serial, "noi vu");
    await page.waitForSelector(".panel");
    let text = "";
    front.tamper = async (x) => {
      text = x;
      return x;
    };
    await hand(page, CT02);
    await saved(page, number(serial));
    await idle(page, "sent");
    front.tamper = null;
    const doc = JSON.parse(text);
    need(`the sheet's times are the server's: ${doc.start} ${doc.end}`,
      Math.abs(Date.parse(doc.end) - Date.now()) < 120000 &&
      Math.abs(Date.parse(doc.start) - Date.now()) < 120000);
    once("by a wrong clock", (await received(AGENT_B)).filter((r) =>
      r.sheet === number(serial)), 1);
    serial++;
    await page.close();
  }
  await b.close();
  say("N=2 wrong clocks");
}

/* ---- many ------------------------------------------------------------------ */

/* Thousands wait: keying is as fast, the file goes by phieu-upload under a
 * Vietnamese name, and the page then has their receipts. */
async function thousands(profile) {
  const n = 2000;
  const b = await browser(profile);
  const page = await open(b, `${front.url}/agent/`);
  let form = "";
  front.tamper = async (x) => {
    form = x;
    return x;
  };
  await signIn(page, AGENT_B);
  await goKey(page);
  await firstHead(page, "CT02", 1000, "noi vu");
  await page.waitForSelector(".panel");
  await hand(page, CT02);
  await saved(page, number(1000));
  await idle(page, "one as a pattern");
  front.tamper = null;
  const like = JSON.parse(form);
  await signOut(page);
  await page.evaluate(readFileSync(join(dir, "seed.js"), "utf8"));
  front.answer = (path) => path.startsWith("/v1/submissions")
    ? [503, "text/plain", ""] : null;
  const docs = Array.from({ length: n }, (_, i) => ({ ...like,
    instanceID: `uuid:${crypto.randomUUID()}`, sheet: number(1001 + i),
    comment: "Cảm ơn cán bộ; mong làm nhanh hơn" }));
  await page.evaluate((key, list) => window.seed.seed(key, list), AGENT_B,
    docs);
  await signIn(page, AGENT_B);
  need(`${await queued(page)} wait`, await queued(page) === n);
  await goKey(page);
  await page.type("#sheet", number(999));
  let from = performance.now();
  await hand(page, ["Enter", ...CT02]);
  await saved(page, number(999));
  say(`N=1 sheet keyed beside ${n} in ${
    ((performance.now() - from) / 1000).toFixed(2)} s`);
  from = performance.now();
  await go(page, "outbox");
  await page.waitForSelector("#export:not([disabled])");
  await until(page, "a part of them is listed", () =>
    document.querySelectorAll(".lines li").length > 100);
  say(`N=1 outbox of ${n + 1} drawn in ${
    ((performance.now() - from) / 1000).toFixed(2)} s`);
  const cdp = await page.createCDPSession();
  await cdp.send("Browser.setDownloadBehavior", { behavior: "allow",
    downloadPath: dir });
  await tap(page, "#export");
  let file;
  for (let i = 0; !file && i < 200; i++) {
    await new Promise((ok) => setTimeout(ok, 100));
    file = readdirSync(dir).find((f) => f.endsWith(".ndjson"));
  }
  const named = join(dir, "Phiếu của Lò Thị An – tháng 2 (bản cuối).ndjson");
  renameSync(join(dir, file), named);
  need("a line a sheet, in the order of keying", readFileSync(named, "utf8")
    .trim().split("\n").map((l) => JSON.parse(l).sheet).join() ===
    [...docs.map((d) => d.sheet), number(999)].join());
  from = performance.now();
  execFileSync(`${bin}/phieu-upload`, [named, "--to", collector.url,
    "--outbox", join(dir, "hộp gửi"), "--json"], { stdio: "pipe",
    env: { ...process.env, PHIEU_AGENT_KEY: AGENT_B }, encoding: "utf8" });
  say(`N=${n + 1} sheets taken by phieu-upload in ${
    ((performance.now() - from) / 1000).toFixed(1)} s`);
  front.answer = null;
  from = performance.now();
  await sendNow(page);
  await idle(page, "the page has all receipts");
  say(`N=${n + 1} receipts fetched by the page in ${
    ((performance.now() - from) / 1000).toFixed(1)} s`);
  once("thousands", (await received(AGENT_B)).filter((r) =>
    /CT02-0(0999|[123]\d{3})/.test(r.sheet) && r.sheet !== number(1000)),
  n + 1);
  await clean(page, "thousands");
  await b.close();
}

/* PHIEU_TEST_PAGE=pattern: only those. */
async function main() {
  await collector.start();
  await front.start();
  const at = (name) => join(dir, name);
  const steps = [
    ["refused", () => refused(at("p1"))],
    ["anew", () => anew(at("p2"))],
    ["strangers", () => strangers(at("p3"))],
    ["tabs", () => tabs(at("p3"))],
    ["update", () => update(at("p1"))],
    ["stores", () => stores(at("p4"))],
    ["full", () => full(at("p4"))],
    ["limit", () => limit(at("p7"))],
    ["secret", () => secret(at("p5"))],
    ["clock", () => clock(at("p5"))],
    ["thousands", () => thousands(at("p6"))],
  ];
  const only = new RegExp(process.env.PHIEU_TEST_PAGE ?? "");
  for (const [name, run] of steps) if (only.test(name)) await run();
  say(`N=${screens.n} screens in trouble without an axe violation`);
}

try {
  await main();
} catch (e) {
  need(String(e.stack ?? e), false);
}
await closeAll();
if (collector.proc?.exitCode === null) await collector.stop("SIGTERM");
await front.stop();
for (const p of readdirSync(dir).filter((x) => /^p\d$/.test(x)))
  forget(join(dir, p));
process.exit(faultCount() ? 1 : 0);
