/* The office's pages of review, re-survey, roster, second keying, quality and
 * ballots: each list and each form that a person is offered, on a telephone and
 * on A4; what people do most, by keyboard; axe.  ledgerpage.mjs runs it. */
import { writeFileSync } from "node:fs";
import { need, SIZES } from "./driver.mjs";
import { axe } from "./hands.mjs";

const WAVE = "two-level-example";

export function deskPages({ url, pictures, says, go, act }) {
  const at = (desk, more = "") => `${url}/${desk}/${WAVE}${more}`;
  const seen = new Set();

  const widths = (page) => page.evaluate(() => [document.documentElement
    .scrollWidth - window.innerWidth, ...[...document.querySelectorAll(
    ".scroll")].map((e) => getComputedStyle(e).overflowX === "visible"
    ? e.scrollWidth - e.clientWidth : 0)].reduce((a, b) => Math.max(a, b)));

  async function photo(page, name) {
    if (pictures) await page.screenshot({ path: `${pictures}/${name}.png` });
  }

  /* Not wider than a telephone, whatever its tables hold. */
  async function narrow(page, name) {
    await page.setViewport({ width: 360, height: 640 });
    const over = await widths(page);
    need(`${name}: not wider than a telephone (${over})`, over <= 0);
    await photo(page, `${name}-phone`);
    await page.setViewport(SIZES.pc);
  }

  async function look(page, name) {
    await axe(page, name);
    await photo(page, `${name}-pc`);
    await narrow(page, name);
  }

  /* As it comes from a printer: neither ways nor forms, nothing cut off. */
  async function printed(page, name) {
    need(`${name}: paper has no ways nor buttons`, await page.$$eval(
      "nav, button, summary, .filter", (l) => l.every((e) =>
        e.getClientRects().length === 0)));
    const over = await widths(page);
    need(`${name}: paper cuts nothing off (${over})`, over <= 1);
    await photo(page, `${name}-paper`);
  }

  /* A4 across but for its margins; then back. */
  async function onPaper(page, what) {
    await page.emulateMediaType("print");
    await page.setViewport({ width: 1032, height: 700 });
    await what();
    await page.emulateMediaType("screen");
    await page.setViewport(SIZES.pc);
  }
  const paper = (page, name) => onPaper(page, () => printed(page, name));

  async function a4(page, name) {
    const pdf = Buffer.from(await page.pdf({ preferCSSPageSize: true }));
    need(`${name}: A4`, /\/MediaBox\s*\[\s*0 0 (84[12][.\d]* 59[45]|59[45][.\d]* 84[12])/
      .test(pdf.toString("latin1")));
    if (pictures) writeFileSync(`${pictures}/${name}.pdf`, pdf);
  }

  /* Every list and every form that this person is offered on a desk. */
  async function all(page, desk, who) {
    await page.goto(at(desk));
    const links = await page.$$eval('a[href*="?show="], a[href*="?do="]',
      (l) => [...new Set(l.map((e) => e.href))]);
    need(`${desk}: ${who} is offered lists`, links.length > 0);
    const fresh = links.map((href) => [href, `${desk}-${href.split("?")[1]
      .replace(/\W+/g, "-")}`]).filter(([, name]) => !seen.has(name));
    await page.setViewport({ width: 360, height: 640 });
    for (const [href, name] of fresh) {
      seen.add(name);
      const r = await page.goto(href);
      need(`${href}: ${r.status()}`, r.status() === 200);
      const [words, named, over] = [await page.$eval("main", (e) =>
        e.innerText), await page.$$eval(
        "input:not([type=hidden]), select, textarea", (l) => l.every((e) =>
          e.labels.length > 0 || e.ariaLabel)), await widths(page)];
      need(`${href}: words for people: ${words.match(RAW)}`, !RAW.test(words));
      need(`${href}: each field has its label`, named);
      need(`${href}: not wider than a telephone (${over})`, over <= 0);
      await photo(page, `${name}-${who}-phone`);
    }
    await onPaper(page, async () => {
      for (const [href, name] of fresh) {
        if (!href.includes("?show=")) continue;
        await page.goto(href);
        await printed(page, `${name}-${who}`);
      }
    });
  }

  /* Tab until the focus is there. */
  async function tabTo(page, selector, most = 80) {
    for (let i = 0; i < most; i++) {
      await page.keyboard.press("Tab");
      if (await page.evaluate((s) => document.activeElement?.matches(s),
        selector)) return;
    }
    need(`${page.url()}: Tab leads to ${selector}`, false);
  }

  async function review(so, lan) {
    await lan.goto(at("review"));
    for (const words of ["Lò Thị An", "Lãnh đạo UBND xã, phường",
      "về muộn", "=1+1 <i>Bình</i>"]) await says(lan, words);
    await look(lan, "review");
    await paper(lan, "review");
    await a4(lan, "review");
    /* by keyboard alone: choose, say why, ask */
    await tabTo(lan, 'tbody input[name="sheets"]');
    await lan.keyboard.press("Space");
    await lan.focus('#many-reason');
    await lan.keyboard.type("Câu 2 đánh gì?");
    await tabTo(lan, 'button[formaction$="/query"]');
    await go(lan, () => lan.keyboard.press("Enter"));
    await says(lan, "Đã ghi");
    await says(lan, "1 phiếu");
    await lan.goto(at("review", "?status=queried"));
    await says(lan, "Câu 2 đánh gì?");
    await go(lan, () => lan.click("tbody th a"));
    await says(lan, "Các bản và lịch sử");
    await look(lan, "review-sheet");
    await paper(lan, "review-sheet");
    await lan.$eval("main details", (e) => { e.open = true; });
    await lan.type("main details input[name=reason]", "đối chiếu giấy");
    await go(lan, () => lan.keyboard.press("Enter"));
    await says(lan, "đã ghi vào lịch sử và nhật ký");
    await look(lan, "review-opened");
    await lan.emulateMediaType("print");
    need("answers are not for paper", await lan.$$eval("main table", (l) =>
      l.length > 0 && l.every((e) => e.getClientRects().length === 0)));
    await lan.emulateMediaType("screen");
    /* nothing chosen; a rejection without a reason of the list */
    await so.goto(at("review"));
    await go(so, () => so.click('button[formaction$="/accept"]'));
    await says(so, "chưa chọn phiếu nào");
    await so.click('tbody input[name="sheets"]');
    await so.type("#many-reason", "in mờ");
    await go(so, () => so.click('button[formaction$="/reject"]'));
    await says(so, "Chưa ghi được");
    need("what was chosen and typed is there still", await so.evaluate(() =>
      document.querySelectorAll("tbody input:checked").length === 1 &&
      document.querySelector("#many-reason").value === "in mờ"));
    await look(so, "review-refused");
  }

  async function recheck(so, mt) {
    await mt.goto(at("recheck"));
    await says(mt, "Chưa rút lần nào");
    await look(mt, "recheck-none");
    await mt.goto(at("recheck", "?do=draw"));
    await look(mt, "recheck-draw");
    await act(mt, "draw", { body: "Ủy ban MTTQ tỉnh", count: "12",
      strata: "agent", seed: "xổ số 21-11" });
    await says(mt, "Lần 1: Ủy ban MTTQ tỉnh");
    await mt.goto(at("recheck", "?do=result&draw=1"));
    await look(mt, "recheck-result");
    await act(mt, "result", { lines: "1-11", result: "confirmed" });
    await mt.goto(at("recheck", "?do=result&draw=1"));
    await act(mt, "result", { lines: "12", result: "differs" });
    await mt.goto(at("recheck"));
    await says(mt, "11 xác nhận, 1 sai khác");
    await look(mt, "recheck");
    await paper(mt, "recheck");
    await mt.goto(at("recheck", "?show=list&draw=1"));
    await says(mt, "Người thứ");
    await look(mt, "recheck-list");
    await paper(mt, "recheck-list");
    await mt.goto(at("recheck", "/list/1"));
    need("names for the body alone", (await mt.$eval("body", (e) =>
      e.innerText)).includes("Người thứ"));
    await a4(mt, "recheck-printed");
    await photo(mt, "recheck-printed");
    await so.goto(at("recheck"));
    need("the office sees counts, no persons", !(await so.$eval("main", (e) =>
      e.innerText)).includes("Người thứ") && !await so.$(
      'a[href*="show=list"]'));
  }

  async function second(so, lan) {
    /* in the other wave's place: the ledger comes first */
    await so.goto(`${url}/second/sipas-2017-example`);
    await says(so, "chưa lập sổ phiếu");
    need("and the way there", await so.$('main a[href^="/ledger/"]'));
    await look(so, "second-no-ledger");
    await so.goto(at("second"));
    await look(so, "second-none");
    await so.goto(at("second", "?do=draw"));
    await act(so, "draw", { share: "5", seed: "hội nghị" });
    await says(so, "Đã ghi");
    await look(so, "second");
    await paper(so, "second");
    await lan.goto(at("second"));
    await says(lan, "Tiến độ");
  }

  async function quality(so) {
    await so.goto(at("quality"));
    await look(so, "quality");
    await paper(so, "quality");
    for (const which of ["faults", "payment"]) {
      await so.goto(`${url}/quality-paper/${WAVE}/${which}`);
      await a4(so, `quality-${which}`);
      await photo(so, `quality-${which}`);
    }
  }

  return async (so, lan, mt) => {
    await review(so, lan);
    await recheck(so, mt);
    await second(so, lan);
    await quality(so);
    await so.goto(at("ballot"));
    await look(so, "ballot");
    await paper(so, "ballot");
    for (const desk of ["review", "recheck", "second", "quality", "ballot"])
      await all(so, desk, "so");
    for (const desk of ["review", "recheck", "roster"])
      await all(desk === "recheck" ? mt : lan, desk,
        desk === "recheck" ? "mt" : "lan");
  };
}

/* What a person should never have to read. */
const RAW = new RegExp("uuid:|\\b(true|false|null|undefined|received|queried" +
  "|accepted|rejected|confirmed|not-found|post-supervisor|analyst)\\b");
