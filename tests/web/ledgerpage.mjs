/* usage: ledgerpage.mjs SERVER DIR [PICTURES], from tests/service/ledgerpage.sh */
import { browser, closeAll, faultCount, forget, need, SIZES }
  from "./driver.mjs";
import { deskPages } from "./deskpages.mjs";
import { axe, screens } from "./hands.mjs";

const [url, dir, pictures] = process.argv.slice(2);
const { PASSWORD } = process.env;
const L = `${url}/ledger/lai-chau-2020`;

async function look(page, name) {
  for (const [size, { width, height }] of Object.entries(SIZES)) {
    await page.setViewport({ width, height });
    await axe(page, `${name}, ${size}`);
    if (pictures)
      await page.screenshot({ path: `${pictures}/${name}-${size}.png` });
  }
  await page.setViewport(SIZES.pc);
}

const text = (page) => page.$eval("main", (e) => e.innerText);
const says = async (page, words) => need(`${page.url()} says "${words}": ${
  (await text(page)).slice(0, 700)}`, (await text(page)).includes(words));
const hides = async (page, words) => need(`${page.url()} hides "${words}"`,
  !(await text(page)).includes(words));
const go = (page, f) => Promise.all([page.waitForNavigation(), f()]);

async function signIn(b, login) {
  const context = await b.createBrowserContext?.() ??
    await b.createIncognitoBrowserContext();
  const page = await context.newPage();
  page.seen = { outside: [] };
  page.on("request", (r) => {
    if (!r.url().startsWith(url) && !r.url().startsWith("data:"))
      page.seen.outside.push(r.url());
  });
  page.on("dialog", (d) => {
    need(`no dialog: ${d.message()}`, false);
    d.dismiss();
  });
  await page.setViewport(SIZES.pc);
  await page.setBypassCSP(true); // for axe only: the pages have no script
  await page.goto(`${url}/sign-in`);
  await page.type("#login", login);
  await page.type("#password", PASSWORD);
  await go(page, () => page.keyboard.press("Enter"));
  return page;
}

/* The form of an act, by its address; its fields; sent by its button. */
async function act(page, name, fields = {}) {
  const form = await page.$(`form[action$="/${name}"]`);
  need(`${page.url()} has the form of ${name}`, form);
  for (const [field, value] of Object.entries(fields)) {
    const at = await form.$(`[name="${field}"]`);
    const kind = await at.evaluate((e) => e.tagName + (e.type ?? ""));
    if (kind.startsWith("SELECT")) await at.select(value);
    else if (kind === "INPUTcheckbox") await at.evaluate((e) => e.click());
    else await at.evaluate((e, v) => { e.value = v; }, value);
  }
  await go(page, () => form.$eval("button", (e) => e.click()));
}

const opened = async (page, name, fields) => {
  await page.goto(`${L}?do=${name}`);
  await act(page, name, fields);
};

async function begun(so, lan) {
  await go(so, () => so.click('a[href="/ledger/lai-chau-2020"]'));
  await says(so, "chưa lập sổ phiếu");
  await look(so, "not-begun");
  await lan.goto(L);
  need("who may not begin it has no form", !await lan.$("main form"));
  await act(so, "plan", { reason: "theo kế hoạch" });
  await says(so, "1193 phiếu");
  await look(so, "begun");
}

async function issued(lan) {
  await go(lan, () => lan.goto(L));
  await look(lan, "balance");
  await lan.evaluate(() => document.querySelector("summary").click());
  await look(lan, "acts");
  await go(lan, () => lan.click('a[href$="?do=issue"]'));
  await look(lan, "issue");
  const who = await lan.$eval('form select[name="agent"]', (e) =>
    e.innerText);
  need(`agents by name: ${who}`, who.includes("Lò Thị An (an), Bưu điện Tam " +
    "Đường") && who.includes("<i>Bình</i>"));
  await act(lan, "issue", { agent: "an", group: "lanh-dao-huyen",
    unit: "tam-duong", count: "2" });
  await says(lan, "2 phiếu");
  await go(lan, () => lan.click('.done a[href^="/handover/"]'));
  need("the record is there to print", (await lan.$eval("body", (e) =>
    e.innerText)).includes("BIÊN BẢN BÀN GIAO PHIẾU"));
  await opened(lan, "issue", { agent: "binh", group: "hdnd-tinh",
    count: "6" });
  await says(lan, "6 phiếu");
  await lan.goto(`${L}?show=sheets&agent=binh`);
  const list = await lan.$$eval("tbody tr td:first-child", (l) => l.map((e) =>
    e.innerText));
  need(`six sheets: ${list}`, list.length === 6);
  await says(lan, "<i>Bình</i>");
  await look(lan, "sheets");
  const cards = await lan.$eval('a[href*="/print/cards"]', (e) => e.href);
  await lan.goto(cards);
  need("cards with names", (await lan.$eval("body", (e) => e.innerText))
    .includes("Đại biểu HĐND"));
  need("six cards", (await lan.$$("svg")).length === 6);
  return list;
}

async function marked(lan, list) {
  /* as a scanner types: one a line; as people do: a range */
  await opened(lan, "refuse", { sheets: `${list[0]}\n${list[1]}\n`,
    reason: "bận" });
  await says(lan, "2 phiếu");
  await opened(lan, "leave", { sheets: `${list[2]}..${list[4]}` });
  await says(lan, "3 phiếu");
  await opened(lan, "lose", { sheets: "CT01-00001-9", reason: "x" });
  await says(lan, "Chưa ghi được");
  await says(lan, "check digit");
  need("what was typed is there still", await lan.$eval(
    'textarea[name="sheets"]', (e) => e.value) === "CT01-00001-9");
  await look(lan, "wrong-number");
  await lan.goto(`${L}?show=sheets`);
  await lan.evaluate((n) => {
    document.querySelector(".filter").parentElement.open = true;
    document.querySelector("#filter-sheet").value = n;
  }, list[0]);
  await go(lan, () => lan.click(".filter button"));
  await go(lan, () => lan.click("tbody a"));
  await says(lan, "từ chối");
  await says(lan, "Lịch sử");
  await look(lan, "one");
  need("what cannot follow is not offered", !await lan.$(
    'form[action$="/issue"]') && await lan.$('form[action$="/replace"]'));
  await act(lan, "restore", { reason: "gặp lại" });
  await says(lan, "1 phiếu");
}

/* Two people opened the same sheet. */
async function both(b, lan, list) {
  const one = `${L}?sheet=${list[5]}`;
  const other = await signIn(b, "lan");
  await lan.goto(one);
  await other.goto(one);
  await act(lan, "lose", { reason: "mưa lũ" });
  await act(other, "cancel", { reason: "in hỏng" });
  await says(other, "look again");
  await says(other, "mưa lũ");
  need("what the other typed", await other.$eval('form[action$="cancel"] ' +
    'textarea[name="reason"]', (e) => e.value) === "in hỏng");
  await look(other, "conflict");
  /* knowing better now, once more: a lost sheet is not cancelled */
  await act(other, "cancel");
  await says(other, "không làm được");
  await lan.goto(one);
  await act(lan, "replace", { reason: "mất" });
  await says(lan, "CT01-");
  await look(lan, "replaced");
}

async function within(b, list) {
  const td = await signIn(b, "td");
  await td.goto(L);
  await hides(td, "HĐND tỉnh");
  await td.goto(`${L}?show=sheets`);
  await says(td, "103 dòng");
  await td.goto(`${L}?sheet=${list[0]}`);
  await says(td, "Không có");
  await opened(td, "refuse", { sheets: list[3], reason: "x" });
  await says(td, "không có phiếu");
  const units = await td.goto(`${L}?do=issue`) && await td.$$eval(
    'select[name="unit"] option', (l) => l.map((e) => e.value));
  need(`his units alone: ${units}`, units.length > 2 && units.every((u) =>
    u === "" || u.startsWith("tam-duong")));
  const verify = await td.goto(`${L}?show=verify`);
  need("he verifies his area", verify.status() === 200);
  const mt = await signIn(b, "mt");
  await mt.goto(L);
  need("who only looks has no acts", !await mt.$("main form, main details"));
  need("nor their forms", (await mt.goto(`${L}?do=issue`)).status() === 403);
  return mt;
}

async function closed(so) {
  await opened(so, "amend", { group: "lanh-dao-huyen", unit: "tam-duong",
    planned: "3", reason: "QĐ 7" });
  await says(so, "1 phiếu");
  await opened(so, "merge", { unit: "so-tu-phap", reason: "NQ" });
  await says(so, "sáp nhập vào đâu");
  await opened(so, "close");
  await says(so, "Chắc chắn?");
  await says(so, "còn ngoài");
  await look(so, "closing");
  await act(so, "close");
  await says(so, "see the list");
  await act(so, "close", { override: "true", reason: "hết hạn" });
  await act(so, "close");
  await says(so, "mục mở");
  await opened(so, "reopen", { reason: "phiếu về muộn" });
  await says(so, "Đã ghi");
  await so.goto(`${L}?show=events`);
  await says(so, "phiếu về muộn");
  await look(so, "events");
}

async function main() {
  const b = await browser(`${dir}/profile`);
  const so = await signIn(b, "so"), lan = await signIn(b, "lan");
  await begun(so, lan);
  const list = await issued(lan);
  await marked(lan, list);
  await both(b, lan, list);
  const mt = await within(b, list);
  await closed(so);
  await deskPages({ url, pictures, says, go, act })(so, lan, mt);
  for (const page of [so, lan, mt])
    need(`no request to elsewhere: ${page.seen.outside}`,
      page.seen.outside.length === 0);
  console.log(`N=${screens.n} screens without a violation`);
}

await main().catch((e) => need(e.stack, false)).finally(closeAll);
forget(`${dir}/profile`);
process.exit(faultCount() ? 1 : 0);
