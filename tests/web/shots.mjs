/* Pictures of every screen in both sizes, to be looked at.
 * usage: shots.mjs COLLECTOR KEY DIR */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { browser, keys, open, signIn, SIZES, until } from "./driver.mjs";

const [url, key, dir] = process.argv.slice(2);
mkdirSync(dir, { recursive: true });
const b = await browser(join(dir, "profile"));
for (const [size, box] of Object.entries(SIZES)) {
  const page = await open(b, `${url}/agent/`, box);
  const shot = (name) => page.screenshot({
    path: join(dir, `${size}-${name}.png`) });
  const typed = async (text) => {
    await page.type("#sheet", text);
    await new Promise((ok) => setTimeout(ok, 150));
  };
  await page.waitForSelector("#key");
  await shot("1-signin");
  await signIn(page, key);
  await until(page, "today", () => document.querySelector("table.quota"));
  await shot("2-today");
  await page.click('a[data-to="key"]');
  await page.waitForSelector("#sheet");
  await shot("3-head");
  await typed(size === "pc" ? "CT02-00012-" : "CT02-00013-");
  for (let d = 0; d < 10; d++) {
    await page.keyboard.press(String(d));
    if (await page.$(".verdict.good")) break;
    await page.keyboard.press("Backspace");
  }
  await page.keyboard.press("Enter");
  await new Promise((ok) => setTimeout(ok, 200));
  await page.keyboard.type("noi vu");
  await new Promise((ok) => setTimeout(ok, 200));
  await shot("4-home");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".panel");
  await keys(page, ["1", "2", "1", "2", "3", "0", "1"]);
  await new Promise((ok) => setTimeout(ok, 200));
  await shot("5-keying");
  await keys(page, ["9", "8", "2", "2", "1", "1", "1", "2", "3", "2", "Enter"]);
  await new Promise((ok) => setTimeout(ok, 200));
  await shot("6-comment");
  await page.keyboard.press("Enter");
  await new Promise((ok) => setTimeout(ok, 600));
  await shot("7-after");
  await typed(size === "pc" ? "CT01-00012-" : "CT01-00013-");
  for (let d = 0; d < 10; d++) {
    await page.keyboard.press(String(d));
    if (await page.$(".verdict.good")) break;
    await page.keyboard.press("Backspace");
  }
  await page.keyboard.press("Enter");
  await new Promise((ok) => setTimeout(ok, 200));
  await shot("8-matrix-head");
  if (await page.$("#group")) {
    await page.select("#group", "hdnd-tinh");
    await page.click(".headform > button.main");
  }
  await page.waitForSelector(".matrix");
  await keys(page, [..."121234123412221133221144334"]);
  await new Promise((ok) => setTimeout(ok, 200));
  await shot("9-matrix");
  await page.keyboard.press("Escape");
  await new Promise((ok) => setTimeout(ok, 700));
  await shot("10-today-draft");
  for (const to of ["outbox", "received", "file", "more"]) {
    await page.click(`a[data-to="${to}"]`);
    await new Promise((ok) => setTimeout(ok, 500));
    await shot(`11-${to}`);
  }
  /* a sheet with faults, and a line that is gone */
  await page.setOfflineMode(true);
  await page.click('a[data-to="key"]');
  await page.waitForSelector("#sheet");
  await page.type("#sheet", size === "pc" ? "CT02-00021-" : "CT02-00022-");
  for (let d = 0; d < 10; d++) {
    await page.keyboard.press(String(d));
    if (await page.$(".verdict.good")) break;
    await page.keyboard.press("Backspace");
  }
  await new Promise((ok) => setTimeout(ok, 150));
  await shot("13-head-kept");
  await page.keyboard.press("Enter");
  if (await page.$("[role=combobox]")) {
    await page.keyboard.type("y te");
    await page.keyboard.press("Enter");
  }
  await page.waitForSelector(".panel");
  await keys(page, ["1", "2", "1", "End", "Enter", "Enter"]);
  await page.waitForSelector("#fix");
  await shot("14-faults");
  await page.click("#anyway");
  await new Promise((ok) => setTimeout(ok, 500));
  await page.click('a[data-to="outbox"]');
  await new Promise((ok) => setTimeout(ok, 300));
  await shot("15-offline");
  await page.setOfflineMode(false);
  await until(page, "sent", () => document.querySelector("header .state")
    .dataset.queue === "0");
  await page.click('a[data-to="today"]');
  await new Promise((ok) => setTimeout(ok, 600));
  await shot("16-sent-back");
  await page.click('a[data-to="more"]');
  await page.waitForSelector("#signout");
  await page.click("#signout");
  await page.waitForSelector("#key");
  await shot("12-signedout");
  console.log(size, page.seen, await page.evaluate(() => window.cspFaults));
  await page.close();
}
await b.close();
