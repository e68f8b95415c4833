/* usage: roundpages.mjs SERVER DIR [PICTURES], from tests/service/round_browser.sh */
import { readFileSync, writeFileSync } from "node:fs";
import { browser, closeAll, faultCount, forget, need, open, SIZES }
  from "./driver.mjs";
import { axe, screens } from "./hands.mjs";

const [url, dir, pictures] = process.argv.slice(2);
const { PASSWORD } = process.env;
const round = JSON.parse(readFileSync(`${dir}/round.json`, "utf-8"));
const R = `${url}/rounds/${round.round.code}`;
const U = round.index.units.map((u) => u.code);
const item = (unit, criterion) => `${R}/units/${unit}/items/${criterion}`;

async function look(page, name) {
  for (const [size, { width, height }] of Object.entries(SIZES)) {
    await page.setViewport({ width, height });
    await axe(page, `${name}, ${size}`);
    if (pictures)
      await page.screenshot({ path: `${pictures}/${name}-${size}.png`,
        fullPage: true });
  }
  await page.setViewport(SIZES.pc);
}

const text = (page) => page.$eval("main", (e) => e.innerText);
const says = async (page, words) => need(`${page.url()} says "${words}": ${
  (await text(page)).slice(0, 600)}`, (await text(page)).includes(words));
const go = (page, f) => Promise.all([page.waitForNavigation(), f()]);

async function signIn(b, login) {
  const context = await b.createBrowserContext?.() ??
    await b.createIncognitoBrowserContext();
  const page = await context.newPage();
  page.seen = { outside: [] };
  page.on("request", (r) => {
    if (!r.url().startsWith(url) && !r.url().startsWith("data:")) page.seen.outside.push(r.url());
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

/* Opens the part of that name, as Enter on its line does. */
async function unfold(page, words) {
  const at = await page.evaluateHandle((w) => [...document.querySelectorAll(
    "summary")].find((e) => e.textContent.includes(w)), words);
  await at.focus();
  await page.keyboard.press("Enter");
  return page.evaluateHandle((e) => e.parentElement, at);
}

async function fill(page, form, fields) {
  for (const [name, value] of Object.entries(fields)) {
    const at = await form.$(`[name="${name}"]`);
    const tag = await at.evaluate((e) => e.tagName + (e.type ?? ""));
    if (tag.startsWith("SELECT")) await at.select(value);
    else if (tag === "INPUTdate")
      await at.evaluate((e, v) => { e.value = v; }, value);
    else await at.type(value);
  }
  await go(page, async () => (await form.$("button")).press("Enter"));
}

/* Everything is reached by Tab, in the order it is read. */
async function tabs(page, name) {
  const n = await page.$$eval("main a, main button, main input:not([type=" +
    "hidden]), main select, main textarea, main summary", (l) => l.filter(
    (e) => e.checkVisibility?.() ?? e.offsetParent).length);
  const seen = new Set();
  await page.evaluate(() => document.body.focus());
  for (let i = 0; i < n + 40; i++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const e = document.activeElement;
      if (!e.closest("main")) return "";
      e.dataset.seen ??= String(Math.random());
      return e.dataset.seen + e.tagName;
    });
    if (at && !at.endsWith("DIV")) seen.add(at);
  }
  need(`${name}: all ${n} reached by Tab, ${seen.size} were`, seen.size >= n);
}

async function unit(b) {
  const page = await signIn(b, "u1");
  await go(page, () => page.click('a[href="/rounds"]'));
  await look(page, "rounds");
  await go(page, () => page.click(".waves a"));
  await says(page, "Việc của tôi");
  const first = await page.$$eval("tr.late", (l) => l.length);
  need(`late tasks first: ${first}`, first > 0);
  await look(page, "overview");
  await go(page, () => page.click(".work a"));
  await says(page, "mục chưa tự chấm");
  await look(page, "unit");
  await tabs(page, "unit");

  await page.goto(item(U[0], "1.1"));
  await page.focus("#points");
  await page.keyboard.type("7");
  await go(page, () => page.keyboard.press("Enter"));
  await says(page, "điểm phải từ 0 đến 4");
  need("the number is kept", await page.$eval("#points", (e) => e.value) ===
    "7");
  await look(page, "item-refused");
  await page.$eval("#points", (e) => e.select());
  await page.keyboard.type("3,5");
  await go(page, () => page.keyboard.press("Enter"));
  await says(page, "Đã ghi: đã lưu mục");

  writeFileSync(`${dir}/kế hoạch.pdf`, "%PDF-1.4\n");
  await (await page.$("#file")).uploadFile(`${dir}/kế hoạch.pdf`);
  await go(page, () => page.$eval("#file", (e) => e.form.submit()));
  await says(page, "kế hoạch.pdf");
  await look(page, "item");
  await tabs(page, "item");

  /* two people at once */
  const other = await signIn(b, "u1b");
  await other.goto(item(U[0], "1.1"));
  await page.focus("#note");
  await page.keyboard.type("<img src=x onerror=alert(1)>");
  await go(page, () => page.click("form button"));
  await other.$eval("#points", (e) => e.select());
  await other.type("#points", "2");
  await other.type("#note", "của tôi");
  await go(other, () => other.click("form button"));
  await says(other, "u1 đã sửa mục này");
  need("what was typed is there still", await other.$eval("#note", (e) =>
    e.value) === "của tôi" && await other.$eval("#points", (e) => e.value) ===
    "2");
  await look(other, "item-conflict");
  await go(other, () => other.click("form button"));
  await says(other, "Đã ghi");
  await other.close();
  return page;
}

async function appraiser(b) {
  const page = await signIn(b, "a-so-noi-vu");
  await page.goto(`${R}/appraise`);
  await look(page, "appraise");
  await page.goto(item(U[1], "1.2"));
  let form = await unfold(page, "Điều chỉnh điểm");
  await look(page, "item-appraiser");
  await fill(page, form, { points: "9", reason: "thiếu văn bản" });
  await says(page, "điểm phải từ 0 đến");
  await look(page, "act-refused");
  await page.goto(item(U[1], "1.2"));
  form = await unfold(page, "Điều chỉnh điểm");
  await fill(page, form, { points: "2,5", reason: "thiếu văn bản" });
  await says(page, "Đã ghi: điều chỉnh");
  await page.goto(item(U[1], "1.3"));
  form = await unfold(page, "Yêu cầu bổ sung");
  await fill(page, form, { reason: "gửi báo cáo", due: new Date(Date.now() +
    2 * 864e5).toISOString().slice(0, 10) });
  await says(page, "chờ bổ sung tài liệu");
  await page.goto(`${R}/appraise?state=pending`);
  await go(page, async () => {
    await page.focus("form.inline button");
    await page.keyboard.press("Enter");
  });
  await says(page, "Đã ghi: chấp nhận");
  await page.close();
}

async function opinion(b) {
  const page = await signIn(b, "u2");
  await page.goto(item(U[1], "1.2"));
  const form = await unfold(page, "Không thống nhất");
  await fill(page, form, { text: "văn bản đã gửi" });
  await says(page, "không thống nhất");
  await look(page, "item-objected");
  await page.goto(item(U[1], "1.3"));
  await look(page, "item-asked");
  await page.close();
}

async function office(b) {
  const page = await signIn(b, "thu-ky");
  await page.goto(R);
  await unfold(page, "Mở hoặc đóng một bước");
  await unfold(page, "Ghi trạng thái nhiệm vụ 1");
  await look(page, "overview-office");
  await page.goto(`${R}/council`);
  let form = await unfold(page, "Thêm, sửa thành viên");
  await fill(page, form, { body: "council", name: "Ông A", position: "Chủ " +
    "tịch", basis: "QĐ thử" });
  form = await unfold(page, "Ghi biên bản họp");
  await fill(page, form, { body: "council", held: new Date().toISOString()
    .slice(0, 10), present: "Ông A", minutes: "dòng một\ndòng hai" });
  form = await unfold(page, "Trừ điểm");
  await fill(page, form, { unit: U[2], points: "0,5", reason: "chậm",
    document: "CV 1" });
  await says(page, "Đã ghi: trừ điểm");
  for (const s of ["Ghi biên bản họp", "Trừ điểm", "Ghi giá trị"])
    await unfold(page, s);
  await look(page, "council");

  await page.goto(`${R}/results`);
  await look(page, "results-none");
  await go(page, () => page.click("main form button"));
  await says(page, "Dự thảo");
  await look(page, "result");
  await go(page, () => page.click("tbody th a"));
  await says(page, "Điểm sau khi trừ");
  await look(page, "result-unit");
  await paper(page);
  await page.goto(`${R}/results`);
  await look(page, "results");
  await page.goto(`${R}/publish?result=1`);
  await look(page, "publish");
  await fill(page, await page.$("main form"), { decision: "QĐ 1",
    reason: "công bố" });
  await says(page, "chưa đủ điểm");
  await look(page, "publish-refused");
  need(`nothing asked of elsewhere: ${page.seen.outside}`,
    page.seen.outside.length === 0);
  await page.close();
}

/* Inspections, improvement, the year, commendation: an act behind a link. */
async function areas(b) {
  const page = await signIn(b, "thu-ky"), today = new Date().toISOString()
    .slice(0, 10);
  await page.goto(`${R}/work/inspect`);
  await look(page, "area-inspect");
  const other = await signIn(b, "thu-ky");
  await other.goto(`${R}/work/inspect/inspect-schedule?inspection=2`);
  await go(page, () => page.click('a[href$="inspect-schedule?inspection=2"]'));
  await tabs(page, "area-form");
  await look(page, "area-form");
  const plan = { from: today, to: today, form: "on-site", team: "doan-1",
    reason: "quý khác" };
  await fill(page, await page.$("main form"), plan);
  await says(page, "Đã ghi: đã ghi ngày kiểm tra");
  await fill(other, await other.$("main form"), { ...plan, reason: "của tôi" });
  await says(other, "Đang lưu");
  await says(other, "Người sửa sau cùng: thu-ky");
  need("what was typed is there still", await other.$eval(
    'textarea[name="reason"]', (e) => e.value) === "của tôi");
  await look(other, "area-conflict");
  await other.close();
  for (const [act, fields] of [["start", { on: today }],
    ["finding", { text: "chưa công khai thủ tục", due: today,
      responsible: "Ông A", criterion: "2.1" }]]) {
    await page.goto(`${R}/work/inspect/inspect-${act}?inspection=2`);
    await fill(page, await page.$("main form"), fields);
    await says(page, "Đã ghi");
  }
  await page.goto(`${R}/work/inspect?inspection=2`);
  await says(page, "chưa công khai thủ tục");
  await look(page, "area-inspection");
  await paper(page, "area-paper", false);
  await page.goto(`${R}/work/year/target-record?target=CT1`);
  await fill(page, await page.$("main form"), { value: "96,5", source: "BC 1",
    day: today });
  await says(page, "KHÔNG ĐẠT");
  await look(page, "area-year");
  await page.goto(`${R}/work/reward/reward-name-province`);
  await look(page, "area-reward-form");
  await fill(page, await page.$("main form"), { name: "Bà B", position: "CV",
    merit: "tham mưu tốt" });
  await look(page, "area-reward");
  await page.goto(`${R}/work/improve`);
  await look(page, "area-improve");
  await page.close();
}

/* on paper: no navigation, no forms, nothing cut off */
async function paper(page, name = "paper", signs = true) {
  await page.emulateMediaType("print");
  await page.setViewport({ width: 1000, height: 700 });
  need("paper shows no navigation", await page.$eval("nav", (e) =>
    getComputedStyle(e).display === "none"));
  need("the place to sign is there", !signs || await page.$eval(".sign", (e) =>
    getComputedStyle(e).display !== "none"));
  need("and cuts nothing off", await page.evaluate(() =>
    document.documentElement.scrollWidth <= window.innerWidth &&
    [...document.querySelectorAll(".scroll")].every((e) =>
      e.scrollWidth <= e.clientWidth + 1)));
  const pdf = Buffer.from(await page.pdf({ preferCSSPageSize: true,
    tagged: true }));
  need("pages of A4", /\/MediaBox\s*\[\s*0 0 84[12][.\d]* 59[45]/.test(
    pdf.toString("latin1")));
  if (pictures) {
    writeFileSync(`${pictures}/${name}.pdf`, pdf);
    await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
  }
  await page.emulateMediaType("screen");
  await page.setViewport(SIZES.pc);
}

async function main() {
  const b = await browser(`${dir}/profile`);
  const page = await unit(b);
  await appraiser(b);
  await opinion(b);
  await office(b);
  await areas(b);
  need(`nothing asked of elsewhere: ${page.seen.outside}`,
    page.seen.outside.length === 0);
  await page.goto(`${R}/units/${U[0]}`);
  await go(page, async () => (await page.$('form[action$="/self-submit"] button'))
    .press("Enter"));
  await says(page, "đã nộp bản tự đánh giá");
  await look(page, "unit-submitted");
  await b.close();
  console.log(`N=${screens.n} views of a round's pages without an axe ` +
    "violation, none wider than its display");
}

try {
  await main();
} catch (e) {
  need(String(e.stack ?? e), false);
}
await closeAll();
forget(`${dir}/profile`);
process.exit(faultCount() ? 1 : 0);
