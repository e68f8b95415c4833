/* A respondent looks for his receipt in the published list.
 * usage: ballot_list.mjs URL RECEIPTS.json DIR */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { browser, closeAll, faultCount, need, open, SIZES }
  from "./driver.mjs";

const [url, file, dir] = process.argv.slice(2);
const receipts = JSON.parse(readFileSync(file, "utf8"));
const b = await browser(join(dir, "profile"));
const page = await open(b, `${url}/answer/`, SIZES.phone);
const look = async (text) => {
  await page.$eval("#receipt", (e) => { e.value = ""; });
  await page.type("#receipt", text);
  await page.$eval(".told", (e) => { e.textContent = ""; });
  await page.click("#check");
  await page.waitForFunction(() =>
    document.querySelector(".told").textContent !== "");
  return page.$eval(".told", (e) => e.textContent);
};
for (const r of receipts)
  need(`in the list: ${r}`, /Có trong danh sách/.test(await look(r)));
const other = receipts[0].replace(/.{4}$/, (x) => x === "0000" ? "1111"
  : "0000");
need("not in the list", /KHÔNG có/.test(await look(other)));
need("no receipt", /dạng/.test(await look("xin chào")));
if (process.env.BALLOT_SHOTS)
  await page.screenshot({ path: join(process.env.BALLOT_SHOTS, "9-list.png"),
    fullPage: true });
await closeAll();
process.exit(faultCount() ? 1 : 0);
