/* usage: photos.mjs BIN DIR, from tests/service/agentpage_photos.sh */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Collector } from "./collector.mjs";
import { browser, clean, closeAll, faultCount, kill, need, open, signIn, SIZES,
  tap, until } from "./driver.mjs";
import { axe, CT02, hands, workerReady } from "./hands.mjs";

const [bin, dir] = process.argv.slice(2);
const R = await import(pathToFileURL(join(dir, "rules.mjs")).href);
const { AGENT_A } = process.env;
const SHOTS = process.env.PHIEU_TEST_SHOTS;
const collector = new Collector(bin);
const { firstHead, goKey, hand, saved, short } = hands(R, collector);
const MARK = "GPS 22.39N 103.47E";

/* A JPEG with a place in it. */
function jpeg(size, seed) {
  const segment = (marker, body) => Buffer.concat([Buffer.from([0xff, marker,
    (body.length + 2) >> 8, (body.length + 2) & 255]), body]);
  const noise = Buffer.alloc(size, seed);
  return Buffer.concat([Buffer.from([0xff, 0xd8]),
    segment(0xe1, Buffer.from(`Exif\0\0${MARK}`)),
    segment(0xc0, Buffer.alloc(9)), segment(0xda, Buffer.alloc(6)), noise,
    Buffer.from([0xff, 0xd9])]);
}
function file(name, bytes) {
  writeFileSync(join(dir, name), bytes);
  return join(dir, name);
}
const number = (serial) => R.sheetText({ prefix: "CT02", serial });

async function filesOf(sheet) {
  const all = (await collector.receipts(AGENT_A)).filter((r) =>
    r.sheet === sheet && r.status !== "replaced");
  const last = all[0];
  const { json } = await collector.ask(AGENT_A,
    `submissions/${encodeURIComponent(last.instanceID)}/attachments`);
  return json;
}

async function take(page, ...paths) {
  const field = await page.waitForSelector('input[data-take="disk"]');
  const before = await page.$$eval(".photos li", (l) => l.length);
  await field.uploadFile(...paths);
  return before;
}

async function shown(page, n) {
  await until(page, `${n} photos are listed`, (k) =>
    document.querySelectorAll(".photos li[data-photo]").length === k, n);
}

const photosLeft = (page, n) => until(page, `${n} photos wait`, (k) =>
  document.querySelector("header .state").dataset.photos === String(k), n);

async function stored(page) {
  return page.evaluate(async () => {
    const db = await new Promise((ok) => {
      const rq = indexedDB.open("phieu");
      rq.onsuccess = () => ok(rq.result);
    });
    const rows = await new Promise((ok) => {
      const rq = db.transaction("items").objectStore("items").getAll();
      rq.onsuccess = () => ok(rq.result);
    });
    db.close();
    return rows.map((r) => ({ kind: r.kind, text: new TextDecoder("latin1")
      .decode(r.data) }));
  });
}

async function head(page, serial, first) {
  await goKey(page);
  if (first) await firstHead(page, "CT02", serial, "noi vu");
  else await hand(page, [...short("CT02", serial), "Enter"]);
  await page.waitForSelector(".panel");
}

/* Without a line: taken, listed, locked; the browser is killed; then all goes
 * by itself, the photo after the sheet. */
async function offline(profile) {
  let b = await browser(profile);
  let page = await open(b, `${collector.url}/agent/`);
  await signIn(page, AGENT_A);
  await workerReady(page);
  await collector.stop("SIGTERM");
  await page.setOfflineMode(true);
  await head(page, 1, true);
  await take(page, file("a.jpg", jpeg(5000, 1)), file("b.jpg", jpeg(7000, 2)));
  await shown(page, 2);
  need("keys go to the sheet again", await page.evaluate(() =>
    Boolean(document.activeElement?.closest(".cells, .keying"))));
  await axe(page, "keying with photos");
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/photos-key.png` });
  await page.setViewport({ width: 360, height: 640 });
  await axe(page, "keying with photos on a phone");
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/photos-phone.png`,
    fullPage: true });
  await page.setViewport(SIZES.pc);
  await page.focus(".panel");
  await hand(page, CT02);
  await saved(page, number(1));
  await photosLeft(page, 2);
  const rows = await stored(page);
  need("photos lie here", rows.filter((r) => r.kind === "bytes").length === 2);
  need("and are locked", !rows.some((r) => r.text.includes(MARK)));
  await tap(page, 'a[data-to="outbox"]');
  await page.waitForSelector("#photos");
  need("the export says that photos stay", (await page.$eval("#main",
    (e) => e.innerText)).includes("2 ảnh vẫn ở lại máy này"));
  await axe(page, "outbox with photos");
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/photos-outbox.png` });
  await clean(page, "photos offline");
  await kill(b);
  b = await browser(profile);
  page = await open(b, `${collector.url}/agent/`);
  const order = [];
  page.on("request", (r) => r.method() !== "GET" &&
    order.push(`${r.method()} asked`));
  page.on("response", (r) => r.request().method() === "POST" &&
    order.push("POST answered"));
  await signIn(page, AGENT_A);
  await photosLeft(page, 2);
  await collector.start();
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await photosLeft(page, 0);
  const first = order.indexOf("PUT asked");
  need(`the photo goes after the receipt: ${order}`, first > 0 &&
    order.slice(0, first).includes("POST answered"));
  const kept = await filesOf(number(1));
  need(`both are there, and named: ${JSON.stringify(kept)}`,
    kept.missing === 0 && kept.files.length === 2 && kept.files.every((f) =>
      f.here && f.named && f.state === "cleaned"
      && f.name.startsWith(`${number(1)}-`)));
  need("their bytes left the disk", !(await stored(page)).some((r) =>
    r.kind === "bytes"));
  await clean(page, "photos online");
  await b.close();
}

async function unfit(page) {
  await head(page, 2, false);
  await take(page, file("empty.jpg", Buffer.alloc(0)));
  await until(page, "an empty file is told", () => document.querySelector(
    ".photobox .warn").textContent.includes("tệp rỗng"));
  await take(page, file("large.jpg", jpeg(10 << 20, 3)));
  await until(page, "a large file is told", () => document.querySelector(
    ".photobox .warn").textContent.includes("quá 10 MB"));
  await take(page, file("words.txt", Buffer.from("words")));
  await until(page, "a file of words is told", () => document.querySelector(
    ".photobox .warn").textContent.includes("không phải ảnh"));
  need("none of them was taken", await page.$$eval(".photos li", (l) =>
    l.length) === 0);
  /* one that is taken and put away again */
  await take(page, file("c.jpg", jpeg(900, 4)));
  await shown(page, 1);
  await tap(page, ".photos button");
  await tap(page, ".photos button");
  await shown(page, 0);
  await photosLeft(page, 0);
  /* damaged: the collector says so, and the agent sees it */
  await take(page, file("d.jpg", jpeg(900, 5).subarray(0, 500)));
  await shown(page, 1);
  await page.focus(".panel");
  await hand(page, CT02);
  await saved(page, number(2));
  await until(page, "the damaged one is told", () => document.querySelector(
    "header .state").textContent.includes("1 ảnh bị trả lại"));
  await tap(page, 'a[data-to="outbox"]');
  await page.waitForSelector("#photos .bad");
  need("why", (await page.$eval("#photos", (e) => e.innerText))
    .includes("ẢNH HỎNG"));
  await axe(page, "a damaged photo");
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/photos-bad.png` });
  const more = await page.waitForSelector(
    '#photos .bad input[data-take="disk"]');
  await more.uploadFile(file("e.jpg", jpeg(900, 10)));
  for (let i = 0; i < 100 && (await filesOf(number(2))).files.length < 2; i++)
    await new Promise((ok) => setTimeout(ok, 100));
  const states = (await filesOf(number(2))).files.map((f) => f.state).join();
  need(`another takes its place: ${states}`, states === "damaged,cleaned");
  const remove = '#photos .bad .row > button:last-child';
  await photosLeft(page, 0);
  /* drawn anew between two presses it asks once more */
  for (let i = 0; i < 20 && await page.$(remove); i++) {
    await page.$eval(remove, (e) => e.click()).catch(() => undefined);
    await new Promise((ok) => setTimeout(ok, 100));
  }
  await until(page, "put away", () => !document.querySelector("#photos"));
}

/* The paper is photographed when the sheet has long been sent. */
async function later(page) {
  await tap(page, 'a[data-to="today"]');
  const field = await page.waitForSelector(
    '#todaylist li input[data-take="disk"]');
  const sheet = await page.$eval("#todaylist li b", (e) => e.textContent);
  const had = (await filesOf(sheet)).files.length;
  await axe(page, "today with photo buttons");
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/photos-today.png` });
  await field.uploadFile(file("l.jpg", jpeg(1000, 11)));
  for (let i = 0; i < 100 && (await filesOf(sheet)).files.length <= had; i++)
    await new Promise((ok) => setTimeout(ok, 100));
  need("it came", (await filesOf(sheet)).files.length === had + 1);
}

/* A number that was counted before: the sheet comes back and its photo waits
 * with it; both go under the right number. */
async function mended() {
  /* another computer, which does not know the number */
  const b = await browser(join(dir, "other"));
  const page = await open(b, `${collector.url}/agent/`);
  await signIn(page, AGENT_A);
  await head(page, 1, true);
  await take(page, file("m.jpg", jpeg(3000, 6)));
  await shown(page, 1);
  await page.focus(".panel");
  await hand(page, CT02);
  await saved(page, number(1));
  await until(page, "the sheet came back", () => document.querySelector(
    "header .state").textContent.includes("1 phiếu cần sửa"));
  await photosLeft(page, 1);
  await tap(page, 'a[data-to="today"]');
  await tap(page, '.item.bad [data-do="mend"]');
  await page.waitForSelector(".panel");
  await shown(page, 1);
  await page.evaluate(() => [...document.querySelectorAll(".sheethead button")]
    .find((x) => x.textContent === "Sửa đầu phiếu" ||
      x.textContent.includes("đầu phiếu")).click());
  await page.waitForSelector("#sheet");
  await page.$eval("#sheet", (e) => { e.value = ""; });
  await page.focus("#sheet");
  await hand(page, [...short("CT02", 3), "Enter"]);
  await page.waitForSelector(".panel");
  /* one more, under the new number */
  await take(page, file("n.jpg", jpeg(3000, 7)));
  await shown(page, 2);
  await page.focus(".panel");
  for (let i = 0; i < 40 && !await page.$eval(".said", (e) => e.textContent)
    .then((x) => x.includes(number(3))); i++) {
    await hand(page, ["Enter"]);
    await new Promise((ok) => setTimeout(ok, 100));
  }
  await saved(page, number(3));
  await photosLeft(page, 0);
  const kept = await filesOf(number(3));
  need(`photos of before and now: ${JSON.stringify(kept)}`,
    kept.missing === 0 && kept.files.length === 2 &&
    kept.files.every((f) => f.here && f.named &&
      f.name.startsWith(`${number(3)}-`)));
  await clean(page, "photos of a mended sheet");
  await b.close();
}

/* The collector is killed while a photo is on its way, on a slow line. */
async function killed(page) {
  await head(page, 4, false);
  await take(page, file("k.jpg", jpeg(400000, 8)));
  await shown(page, 1);
  await page.focus(".panel");
  const cdp = await page.createCDPSession();
  await cdp.send("Network.enable");
  await cdp.send("Network.emulateNetworkConditions", { offline: false,
    latency: 20, downloadThroughput: -1, uploadThroughput: 100000 });
  const going = page.waitForRequest((r) => r.method() === "PUT",
    { timeout: 60000 });
  await hand(page, CT02);
  await saved(page, number(4));
  await going;
  await new Promise((ok) => setTimeout(ok, 600));
  await collector.stop("SIGKILL");
  await new Promise((ok) => setTimeout(ok, 500));
  need("it still waits", await page.$eval("header .state",
    (e) => e.dataset.photos) === "1");
  await collector.start();
  await cdp.send("Network.emulateNetworkConditions", { offline: false,
    latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  await photosLeft(page, 0);
  const kept = await filesOf(number(4));
  need("it came whole", kept.missing === 0 && kept.files.length === 1 &&
    kept.files[0].state === "cleaned");
  await cdp.detach();
}

/* Sheets and photos as files, sent by phieu-upload from elsewhere. */
async function exported(page) {
  const down = join(dir, "down");
  const cdp = await page.createCDPSession();
  await cdp.send("Browser.setDownloadBehavior", { behavior: "allow",
    downloadPath: down });
  await collector.stop("SIGTERM");
  await head(page, 5, false);
  await take(page, file("x.jpg", jpeg(4000, 9)));
  await shown(page, 1);
  await page.focus(".panel");
  await hand(page, CT02);
  await saved(page, number(5));
  await tap(page, 'a[data-to="outbox"]');
  await tap(page, "#photosave");
  await tap(page, "#export");
  const names = () => {
    try {
      return readdirSync(down).filter((n) => !n.endsWith(".crdownload"));
    } catch {
      return [];
    }
  };
  for (let i = 0; i < 100 && names().length < 2; i++)
    await new Promise((ok) => setTimeout(ok, 100));
  const sheets = names().find((n) => n.endsWith(".ndjson"));
  const photo = names().find((n) => n.endsWith(".jpg"));
  need(`both files: ${names()}`, sheets && photo?.startsWith(number(5)));
  need("the photo as it was taken", readFileSync(join(down, photo))
    .equals(readFileSync(join(dir, "x.jpg"))));
  await page.close(); // or it would send first
  await collector.start();
  const scans = join(dir, "scans");
  execFileSync("mkdir", [scans]);
  execFileSync("cp", [join(down, photo), scans]);
  execFileSync(`${bin}/phieu-upload`, [join(down, sheets), "--scans", scans,
    "--to", collector.url, "--outbox", join(dir, "outbox")],
  { env: { ...process.env, PHIEU_AGENT_KEY: AGENT_A }, stdio: "ignore" });
  const kept = await filesOf(number(5));
  need(`it is the photo that the sheet names: ${JSON.stringify(kept)}`,
    kept.missing === 0 && kept.files.length === 1 && kept.files[0].named);
}

try {
  await collector.start();
  const profile = join(dir, "profile");
  await offline(profile);
  const b = await browser(profile);
  const page = await open(b, `${collector.url}/agent/`);
  await signIn(page, AGENT_A);
  await goKey(page);
  await firstHead(page, "CT02", 9, "noi vu");
  await page.waitForSelector(".panel");
  await hand(page, CT02);
  await saved(page, number(9));
  await unfit(page);
  await later(page);
  await mended();
  await killed(page);
  await clean(page, "photos");
  await exported(page);
  await b.close();
  console.log("N=7 stories of photos");
} catch (e) {
  need(String(e.stack ?? e), false);
} finally {
  await closeAll();
  await collector.stop("SIGTERM");
}
process.exit(faultCount() ? 1 : 0);
