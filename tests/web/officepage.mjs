/* usage: officepage.mjs BIN SERVER PROFILE [PICTURES], from tests/service/officepage.sh */
import { execFileSync } from "node:child_process";
import { browser, closeAll, faultCount, forget, need, open, SIZES }
  from "./driver.mjs";
import { axe, screens } from "./hands.mjs";

const [bin, url, profile, pictures] = process.argv.slice(2);
const { PASSWORD, ANALYST } = process.env;
const WAVE = "lai-chau-2020";
const phieu = (...args) => execFileSync(`${bin}/phieu`, args,
  { stdio: "pipe" });
const NEXT = "núi Pu Si Lung cao lắm";

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

/* Keys alone: the first field has the focus, Enter sends. */
async function send(page, ...fields) {
  await page.waitForFunction(() => document.hasFocus() &&
    document.activeElement?.matches("input"));
  for (const [i, x] of fields.entries()) {
    if (i > 0) await page.keyboard.press("Tab");
    await page.keyboard.type(x);
  }
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
}

async function visit(page, path, status, words) {
  const r = await page.goto(url + path);
  need(`${path}: ${status}, not ${r.status()}`, r.status() === status);
  const said = await text(page);
  need(`${path} says "${words}": ${said.slice(0, 200)}`,
    said.includes(words));
  need(`${path}: a way on`, await page.$('a[href="/"]'));
}

/* What was published, against what programs get. */
async function results(page) {
  await page.goto(`${url}/`);
  need("no results before there are some", !await page.$(
    'a[href^="/results/"]'));
  await visit(page, `/results/${WAVE}`, 200, "Chưa công bố kết quả");
  phieu("freeze", "--wave", WAVE, "--reason", "test");
  phieu("publish", "--wave", WAVE, "--reason", "test");
  const { components } = await (await fetch(
    `${url}/v1/waves/${WAVE}/components?limit=1000`,
    { headers: { Authorization: `Bearer ${ANALYST}` } })).json();
  const shown = (x) => x === null ? "–" : x.replace(".", ",");
  const totals = components.filter((c) => c.kind === "total");
  await page.goto(`${url}/`);
  await Promise.all([page.waitForNavigation(),
    page.click('.waves a[href^="/results/"]')]);
  const rows = () => page.$$eval("tbody tr", (l) => l.map((r) =>
    [...r.children].map((x) => x.innerText.trim())));
  let got = await rows();
  need(`a row a unit: ${got.length} of ${totals.length}`,
    got.length === totals.length && totals.length > 0);
  need("with the points that programs get", totals.every((c, i) =>
    got[i][0] === c.unit_name && got[i][1] === shown(c.points) &&
    got[i][2] === shown(c.maximum)));
  need("marked as a trial", /mẫu thử/.test(await text(page)) &&
    /Công bố thử lần 1/.test(await text(page)));
  await look(page, "results");
  await Promise.all([page.waitForNavigation(),
    page.click("tbody tr:nth-child(2) a")]);
  const one = components.filter((c) => c.unit === totals[1].unit);
  got = await rows();
  need(`the criteria of one unit: ${got.length} of ${one.length}`,
    got.length === one.length && one.every((c, i) =>
      got[i][1] === shown(c.points) && (c.kind === "total" ||
        got[i][0].startsWith(c.criterion))));
  await look(page, "results-of-one");
  await visit(page, `/results/${WAVE}?unit=none`, 404, "Không có trang này");
}

async function main() {
  const b = await browser(profile);
  const page = await open(b, `${url}/`);
  await page.setBypassCSP(true); // for axe only: the pages have no script
  await page.goto(`${url}/`);
  await look(page, "stranger");
  await page.goto(`${url}/progress/lai-chau-2020`);
  need("a stranger is led to the sign-in", page.url() === `${url}/sign-in`);
  await look(page, "sign-in");
  await send(page, "lan", "sai");
  need("a wrong password is told, the name kept, the password asked",
    /Sai tên đăng nhập hoặc mật khẩu/.test(await text(page)) &&
    await page.evaluate(() => document.querySelector("#login").value ===
      "lan" && document.activeElement.id === "password"));
  await look(page, "wrong-password");
  await send(page, PASSWORD);
  need("the first password must be changed", page.url() ===
    `${url}/password`);
  await page.goto(`${url}/progress/lai-chau-2020`);
  need("before anything else", page.url() === `${url}/password`);
  await send(page, PASSWORD, NEXT, `${NEXT}!`);
  need("two that differ are told", /không giống/.test(await text(page)));
  await look(page, "password");
  await send(page, PASSWORD, NEXT, NEXT);
  need("then the waves", page.url() === `${url}/` &&
    /Các đợt điều tra/.test(await text(page)));
  await look(page, "waves");
  await Promise.all([page.waitForNavigation(), page.click(".waves a")]);
  need("progress says what is asked first", /Thu về 300 phiếu, kế hoạch 1\.193/
    .test(await text(page)) && /Số liệu lúc \d\d:\d\d ngày/.test(
    await text(page)));
  need("each row has its name", await page.$$eval("tbody tr:not(.begin)",
    (l) => l.length > 50 && l.every((r) => r.children[0].tagName === "TH" &&
      r.children[0].textContent && r.children.length === 9)));
  need("groups are named above their units", await page.$$eval("tr.begin",
    (l) => l.length >= 5 && l.every((r) => /·/.test(r.textContent))));
  await look(page, "progress");

  /* on paper: no navigation, nothing cut off, headings again on each page */
  await page.emulateMediaType("print");
  await page.setViewport({ width: 1000, height: 700 });
  need("paper shows no navigation", await page.$eval("nav", (e) =>
    getComputedStyle(e).display === "none"));
  need("and cuts nothing off", await page.evaluate(() =>
    document.documentElement.scrollWidth <= window.innerWidth &&
    [...document.querySelectorAll(".scroll")].every((e) =>
      e.scrollWidth <= e.clientWidth + 1 &&
      getComputedStyle(e).overflow === "visible")));
  const paper = Buffer.from(await page.pdf({ preferCSSPageSize: true,
    tagged: true }));
  need("pages of A4 across", /\/MediaBox\s*\[\s*0 0 84[12][.\d]* 59[45]/
    .test(paper.toString("latin1")));
  if (pictures)
    await page.screenshot({ path: `${pictures}/paper.png` });
  await page.emulateMediaType("screen");

  await visit(page, "/nowhere", 404, "Không có trang này");
  await look(page, "no-such-page");
  await visit(page, "/progress/none", 404, "Không có trang này");
  await page.goto(`${url}/`);
  await page.focus("nav button");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  await page.goto(`${url}/progress/lai-chau-2020`);
  need("signed out", page.url() === `${url}/sign-in`);

  await send(page, "moi", PASSWORD);
  await send(page, PASSWORD, NEXT, NEXT);
  await visit(page, "/progress/lai-chau-2020", 403, "Không có quyền");
  await look(page, "forbidden");
  await results(page);
  need(`nothing asked of elsewhere: ${page.seen.outside}`,
    page.seen.outside.length === 0);
  await b.close();
  console.log(`N=${screens.n} views of the office's pages without an axe ` +
    "violation, none wider than its display");
}

try {
  await main();
} catch (e) {
  need(String(e.stack ?? e), false);
}
await closeAll();
forget(profile);
process.exit(faultCount() ? 1 : 0);
