/* usage: secondpage.mjs COLLECTOR SERVER PROFILE WHAT [PICTURES], from
 * tests/support/second_check.py: an agent keys a sheet again, on a line and
 * without; a supervisor settles another with the keyboard alone. */
import { browser, clean, closeAll, faultCount, need, open, queued, signIn,
  SIZES, tap, until } from "./driver.mjs";
import { axe, CT02, screens, workerReady } from "./hands.mjs";

const [collector, server, profile, what, pictures] = process.argv.slice(2);
const { again, page: sheet, wave, typed } = JSON.parse(what);
const { AGENT, PASSWORD } = process.env;

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

/* ---- the second agent ---------------------------------------------------- */
async function keyAgain(b) {
  const page = await open(b, `${collector}/agent/`);
  await page.setBypassCSP(true);
  await page.goto(`${collector}/agent/`);
  await signIn(page, AGENT);
  await workerReady(page);
  await tap(page, 'a[data-to="more"]');
  await tap(page, "#tosecond");
  await until(page, "his list", (n) => document.querySelector(
    `li[data-sheet="${n}"]`), again);
  need("says how many are left", /Còn 1 trên 3 phiếu/.test(await text(page)));
  need("what is done is marked", (await page.$$eval("li .tag", (l) =>
    l.map((x) => x.textContent))).filter((x) => x === "đã nhập").length === 2);
  await look(page, "agent-list");
  need("no answer of the first keying anywhere", !/DẤU RIÊNG/i.test(
    await page.evaluate(() => document.documentElement.innerHTML)));

  /* without a line the list is still there, and the sheet can be keyed */
  await page.setOfflineMode(true);
  await tap(page, 'a[data-to="today"]');
  await tap(page, 'a[data-to="more"]');
  await tap(page, "#tosecond");
  await until(page, "the list without a line", (n) => document.querySelector(
    `li[data-sheet="${n}"] button`), again);
  need("says that it is an older list", /Không có mạng/.test(
    await text(page)));
  await tap(page, `li[data-sheet="${again}"] button`);
  await page.waitForSelector("#sheet");
  need("the number is filled in", (await page.$eval("#sheet", (e) =>
    e.value)) === again.slice(5));
  need("as a second keying", (await page.$eval("#keying", (e) =>
    e.value)) === "2");
  need("nothing is missing: Enter begins", await page.evaluate(() =>
    document.activeElement?.matches("button.main")));
  await look(page, "agent-head");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".panel");
  need("nothing is filled in", !/DẤU RIÊNG/i.test(await page.evaluate(() =>
    document.documentElement.innerHTML)));
  for (const k of CT02) await page.keyboard.press(k);
  await until(page, "back at the list", (n) => document.querySelector(
    `li[data-sheet="${n}"] .tag`), again);
  need("it waits to be sent", /chờ gửi/.test(await page.$eval(
    `li[data-sheet="${again}"]`, (e) => e.textContent)));
  await page.setOfflineMode(false);
  await until(page, "all sent", () => document.querySelector(
    "header .state")?.dataset.queue === "0");
  need("nothing waits", await queued(page) === 0);
  await tap(page, 'a[data-to="key"]');
  await page.waitForSelector("#keying");
  need("the next sheet is a first keying", (await page.$eval("#keying", (e) =>
    e.value)) === "1");
  await clean(page, "agent's page");
  await page.close();
}

/* ---- the third person ---------------------------------------------------- */
async function settle(b) {
  const page = await open(b, `${server}/sign-in`);
  await page.setBypassCSP(true);
  await page.goto(`${server}/sign-in`);
  await page.type("#login", "l-post-supervisor");
  await page.type("#password", PASSWORD);
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  await page.goto(`${server}/`);
  await Promise.all([page.waitForNavigation(),
    page.click(`a[href="/second/${wave}"]`)]);
  need("how far it is, what is open, who keys how well", /Tiến độ/.test(
    await text(page)) && /chờ giải quyết/.test(await text(page)) &&
    /Tỷ lệ sai của điều tra viên/.test(await text(page)));
  await look(page, "desk");
  await page.goto(`${server}/second/${wave}?do=draw`);
  await look(page, "desk-draw");
  await page.goto(`${server}/second/${wave}?show=draws`);
  need("a draw says its seed", /hội nghị 12\/3/.test(await text(page)));
  await page.goto(`${server}/second/${wave}`);
  await Promise.all([page.waitForNavigation(),
    page.click(`td a[href="/second/${wave}?sheet=${sheet}"]`)]);
  need("both readings side by side", (await page.$$("tbody form.settle"))
    .length === Object.keys(typed).length);
  need("looking is logged, and said", /ghi vào nhật ký/.test(
    await text(page)));
  await look(page, "desk-sheet");
  /* on paper too */
  await page.emulateMediaType("print");
  await page.setViewport({ width: 1000, height: 700 });
  need("paper has no buttons", await page.$$eval("form.settle", (l) =>
    l.every((e) => getComputedStyle(e).display === "none")));
  need("and cuts nothing off", await page.evaluate(() =>
    document.documentElement.scrollWidth <= window.innerWidth));
  if (pictures)
    await page.screenshot({ path: `${pictures}/desk-sheet-paper.png` });
  await page.emulateMediaType("screen");
  await page.setViewport(SIZES.pc);
  /* what is no answer is refused, with the form again */
  await page.reload(); // paper took the focus
  await page.keyboard.type("zz");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  need("what is no answer is refused", /không phải câu trả lời/.test(
    await text(page)));
  await look(page, "desk-refused");
  for (let left = Object.keys(typed).length; left > 0; left--) {
    await page.goto(`${server}/second/${wave}?sheet=${sheet}`);
    const field = await page.$eval("form.settle input[name=field]", (e) =>
      e.value);
    need("the first field has the focus", await page.evaluate(() =>
      document.activeElement?.name === "value"));
    await page.keyboard.type(typed[field]);
    await Promise.all([page.waitForNavigation(),
      page.keyboard.press("Enter")]);
    need("says that it is done", /Đã ghi/.test(await text(page)));
  }
  await page.goto(`${server}/second/${wave}?sheet=${sheet}`);
  need("nothing is left", (await page.$$("form.settle")).length === 0 &&
    /đã giải quyết/.test(await text(page)));
  need("which of the two was right follows", /lần hai đúng/.test(
    await text(page)));
  await look(page, "desk-settled");
  await page.goto(`${server}/second/${wave}?sheet=CT02-00001-0`);
  await look(page, "desk-none");
  await clean(page, "office's pages");
  await page.close();
}

try {
  const b = await browser(profile);
  await keyAgain(b);
  await settle(b);
  console.log(`secondpage: ${screens.n} screens without an axe violation`);
} catch (e) {
  console.log(e);
  process.exitCode = 1;
} finally {
  await closeAll();
}
if (faultCount()) process.exitCode = 1;
