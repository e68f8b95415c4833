/* A respondent in Chromium, on a phone of 360 px: from the QR picture of his
 * letter to his receipt; a lost line, a double click, the back button, the
 * keyboard alone.  usage: ballot.mjs URL TOKENS.json DIR */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { axeSource, browser, clean, closeAll, faultCount, need, open, SIZES }
  from "./driver.mjs";

const [url, file, dir] = process.argv.slice(2);
const tokens = JSON.parse(readFileSync(file, "utf8"));
const shots = process.env.BALLOT_SHOTS;

async function shot(page, name) {
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`),
    fullPage: true });
}

async function axe(page, name) {
  await page.evaluate(axeSource);
  const bad = await page.evaluate(async () => {
    const r = await window.axe.run(document, { resultTypes: ["violations"] });
    return r.violations.map((v) => `${v.id}: ${v.nodes[0]?.html}`);
  });
  need(`${name}: ${bad.join("; ")}`, bad.length === 0);
}

async function narrow(page, name) {
  const wide = await page.evaluate(() =>
    document.documentElement.scrollWidth > innerWidth);
  need(`${name}: nothing is wider than the phone`, !wide);
}

const b = await browser(join(dir, "profile"));

/* The first letter as it is printed: its QR picture is read back outside. */
{
  const page = await b.newPage();
  await page.setViewport({ width: 794, height: 1123 });
  await page.goto(`file://${process.env.BALLOT_LETTERS}`);
  const one = await page.$("section.l");
  await one.screenshot({ path: join(dir, "letter.png") });
  if (shots) await one.screenshot({ path: join(shots, "0-letter.png") });
  const tall = await one.evaluate((e) => e.scrollHeight > e.clientHeight + 1);
  need("a letter fits its page", !tall);
  await page.close();
}

async function letter(token, size = SIZES.phone) {
  const page = await open(b, `${url}/answer/#${token}`, size);
  page.on("dialog", (d) => void d.accept()); // "leave this page?"
  return page;
}

/* Every question of a step: the option of this place. */
async function tick(page, place) {
  await page.evaluate((n) => {
    for (const q of document.querySelectorAll("fieldset.q")) {
      const o = q.querySelectorAll("input[type=radio]");
      if (o.length) o[Math.min(n, o.length - 2)].click();
    }
    for (const s of document.querySelectorAll("select"))
      if (!s.value) {
        s.value = s.options[1].value;
        s.dispatchEvent(new Event("change"));
      }
  }, place);
}

async function through(page, place) {
  await page.waitForSelector("#begin");
  await page.click("#begin");
  for (let n = 0; n < 60; n++) {
    await tick(page, place);
    const next = await page.$("#next");
    if (!next) break;
    await next.click();
  }
  await page.waitForSelector("#send");
}

const receiptOn = async (page) => {
  await page.waitForSelector("#mine");
  return page.$eval("#mine", (e) => e.textContent);
};
const receipts = [];

/* 1: the whole way, looked at step by step */
{
  const page = await letter(tokens[0]);
  await page.waitForSelector("#begin");
  need("the code leaves the address",
    !(await page.evaluate(() => location.href)).includes(tokens[0]));
  const finger = await page.$eval("#finger", (e) => e.textContent);
  need(`fingerprint ${finger}`, finger === process.env.BALLOT_FINGERPRINT);
  await shot(page, "1-intro");
  await axe(page, "intro");
  await narrow(page, "intro");
  await page.click("#begin");
  await page.waitForSelector("#next");
  await shot(page, "2-about");
  await axe(page, "about");
  await tick(page, 0);
  await page.click("#next");
  await page.waitForSelector("fieldset.q");
  await shot(page, "3-unit");
  await axe(page, "unit");
  await narrow(page, "unit");
  // nothing filled in: the last step says what is missing, and leads there
  while (await page.$("#next")) await page.click("#next");
  await page.waitForSelector("#faults");
  await shot(page, "4-faults");
  await axe(page, "faults");
  await page.click("#faults button.link");
  await page.waitForSelector("fieldset.q");
  await tick(page, 1);
  // the back button of the browser is a step back, and loses nothing
  while (await page.$("#next")) await page.click("#next");
  await page.goBack();
  await page.waitForSelector("#next");
  need("answers stay", await page.$("fieldset.q input:checked"));
  while (await page.$("#next")) await page.click("#next");
  need("nothing is missing", !(await page.$("#faults")));
  await page.type("#comment", "Cán bộ nhiệt tình, <b>cần</b> nhanh hơn");
  await shot(page, "5-last");
  await axe(page, "last");
  // two clicks are one answer
  await page.evaluate(() => {
    const s = document.getElementById("send");
    s.click();
    s.click();
  });
  receipts.push(await receiptOn(page));
  await shot(page, "6-receipt");
  await axe(page, "receipt");
  await narrow(page, "receipt");
  await clean(page, "the way");
  await page.reload();
  await page.waitForSelector("#code");
  await axe(page, "start");
  // the same letter again
  await page.goto("about:blank");
  await page.goto(`${url}/answer/#${tokens[0]}`);
  await page.waitForSelector("p.card");
  need("used", /đã được dùng/.test(await page.$eval("p.card",
    (e) => e.textContent)));
  await page.close();
}

/* 2: the line is lost after the ballot was taken; the tab is loaded anew */
{
  const page = await letter(tokens[1]);
  let cut = 0;
  await through(page, 1);
  await page.setRequestInterception(true);
  page.on("request", async (r) => {
    if (r.url().endsWith("/v1/ballot") && r.method() === "POST" &&
      cut++ === 0) {
      await fetch(r.url(), { method: "POST", body: r.postData(),
        headers: { "Content-Type": "application/json" } });
      await r.abort();
    } else await r.continue();
  });
  await page.click("#send");
  await page.waitForSelector("#again");
  await shot(page, "7-away");
  await axe(page, "away");
  await page.reload();
  receipts.push(await receiptOn(page));
  need("sent twice", cut === 2);
  await page.close();
}

/* 3: the keyboard alone, a large screen, English */
{
  const page = await letter(tokens[2], SIZES.pc);
  await page.waitForSelector("#begin");
  await page.click("#lang");
  const until = async (want) => {
    for (let n = 0; n < 400; n++) {
      const at = await page.evaluate(() => {
        const e = document.activeElement;
        return e.id || `${e.tagName} ${e.type ?? ""}`;
      });
      if (want(at)) return at;
      await page.keyboard.press("Tab");
    }
    return need("the keyboard gets everywhere", false);
  };
  await until((at) => at === "begin");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#next");
  for (let n = 0; n < 60 && !(await page.$("#send")); n++) {
    for (;;) {
      const at = await until((x) => /radio|SELECT|^s-|next/.test(x));
      if (at === "next") break;
      if (/radio/.test(at)) await page.keyboard.press("Space");
      else await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Enter");
  }
  await until((at) => at === "send");
  await shot(page, "8-english");
  await page.keyboard.press("Enter");
  receipts.push(await receiptOn(page));
  await page.close();
}

/* 4: the code typed by hand */
{
  const page = await letter("");
  await page.waitForSelector("#code");
  await page.type("#code", tokens[3].toLowerCase().replace(/(.{4})/g, "$1-"));
  await page.click("#open");
  await through(page, 2);
  await page.click("#send");
  receipts.push(await receiptOn(page));
  await page.type("#code", "").catch(() => undefined);
  await page.goto(`${url}/answer/#${"A".repeat(32)}`);
  await page.reload();
  await page.waitForSelector("p.card, #code");
  await page.close();
}

writeFileSync(join(dir, "receipts.json"), JSON.stringify(receipts));
await closeAll();
process.exit(faultCount() ? 1 : 0);
