/* usage: qualitypage.mjs SERVER DIR [PICTURES], from tests/service/quality.sh */
import { browser, closeAll, faultCount, need, SIZES }
  from "./driver.mjs";
import { axe, screens } from "./hands.mjs";

const [url, dir, pictures] = process.argv.slice(2);
const { PASSWORD } = process.env;
const Q = `${url}/quality/lai-chau-2020`;

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
const go = (page, f) => Promise.all([page.waitForNavigation(), f()]);

async function signIn(b, login) {
  const context = await b.createBrowserContext?.() ??
    await b.createIncognitoBrowserContext();
  const page = await context.newPage();
  await page.setViewport(SIZES.pc);
  await page.setBypassCSP(true); // for axe only: the pages have no script
  await page.goto(`${url}/sign-in`);
  await page.type("#login", login);
  await page.type("#password", PASSWORD);
  await go(page, () => page.keyboard.press("Enter"));
  return page;
}

const rows = (page) => page.$$eval("tbody tr", (l) => l.map((r) =>
  [...r.children].map((x) => x.innerText.trim())));

async function main() {
  const b = await browser(`${dir}/profile`);
  const so = await signIn(b, "so");
  need("no script", (await so.$$("script")).length === 0);
  await so.goto(Q);
  await says(so, "Chất lượng phiếu");
  const agents = await rows(so);
  need(`two agents: ${agents.length}`, agents.length === 2);
  need("a name that looks like a formula or markup is text",
    agents.some((r) => r[0].startsWith("=1+1 Lò Thị An")));
  await look(so, "agents");
  /* from a number to the sheets behind it */
  await go(so, () => so.click('a[href*="agent=an"][href*="flag=Q02"]'));
  await says(so, "CT01-90017-0");
  await says(so, "trùng với 2 phiếu khác");
  need("three sheets", (await rows(so)).length === 3);
  await look(so, "flags");
  await so.goto(`${Q}?show=faults`);
  await says(so, "V07");
  need("words, not codes", (await rows(so)).every((r) =>
    r[0] === "trong ngày" && ["có", "–"].includes(r.at(-1))));
  await look(so, "faults");
  await so.goto(`${Q}?show=rules`);
  await says(so, "mẫu thử, không phải quy định");
  await look(so, "rules");
  /* a threshold by its form; what is refused comes back with what was typed */
  await so.goto(`${Q}?do=rule`);
  await so.select('[name="rule"]', "q04-sheets");
  await so.type('[name="value"]', "0");
  await so.type('[name="reason"]', "thử trên trang");
  await look(so, "rule");
  await go(so, () => so.$eval('form[action$="/rule"] button', (e) => e.click()));
  await says(so, "phải từ 1");
  need("what was typed is there", await so.$eval('[name="reason"]',
    (e) => e.value === "thử trên trang"));
  await so.$eval('[name="value"]', (e) => { e.value = "30"; });
  await go(so, () => so.$eval('form[action$="/rule"] button', (e) => e.click()));
  await says(so, "Đã ghi");
  await so.goto(`${Q}?show=flags&flag=Q04`);
  need("nobody is above thirty", (await rows(so)).length === 0);
  /* papers */
  for (const paper of ["faults", "payment"]) {
    const r = await so.goto(`${url}/quality-paper/lai-chau-2020/${paper}`);
    need(`${paper}: ${r.status()}`, r.status() === 200);
    if (pictures)
      await so.screenshot({ path: `${pictures}/paper-${paper}.png` });
  }
  /* a post supervisor of one district finds no act of the whole wave */
  const td = await signIn(b, "td");
  await td.goto(Q);
  await says(td, "Chưa có phiếu nào về");
  need("no form of a threshold", !await td.$('a[href*="do=rule"]'));
  need("a form of an assignment", await td.$('a[href*="do=assign"]'));
  await look(td, "empty");
  console.log(`N=${screens.n} screens without a violation`);
}

await main().catch((e) => need(e.stack, false)).finally(closeAll);
process.exit(faultCount() ? 1 : 0);
