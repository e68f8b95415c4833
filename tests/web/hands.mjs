/* What a hand does on the agent's page, for the browser tests. */
import { axeSource, keys, need, SIZES, tap, until } from "./driver.mjs";

export const pressed = { n: 0 };
export const screens = { n: 0 };

/* 2 of profile, 14 scales, a remark, the comment. */
export const CT02 = [..."12", ..."12341234123412", "Enter", "Enter"];

export function once(what, list, n) {
  need(`${what}: ${n} received, not ${list.length}`, list.length === n);
  need(`${what}: each number once`,
    new Set(list.map((r) => r.sheet)).size === list.length);
  need(`${what}: all valid: ${list.map((r) => `${r.status} ${r.flags}`)}`,
    list.every((r) => r.status === "valid" || r.status === "queried"));
  need(`${what}: all with a receipt`, list.every((r) =>
    /^1-[A-Z2-7-]{30,}$/.test(r.receipt)));
}

export const workerReady = (page) => page.evaluate(async () => {
  await navigator.serviceWorker.ready;
  return (await caches.keys()).length;
});

export async function signOut(page) {
  await tap(page, 'a[data-to="more"]');
  await page.waitForSelector("#signout");
  await tap(page, "#signout");
  await page.waitForSelector("#key");
}

/* Every screen: no violation, and not wider than the display. */
export async function axe(page, name) {
  const has = await page.evaluate(() => "axe" in window);
  if (!has) await page.evaluate(axeSource);
  const bad = await page.evaluate(async () => (await window.axe.run(document,
    { resultTypes: ["violations"] })).violations.map((v) =>
    `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join(
      ", ")}`));
  screens.n++;
  need(`axe, ${name}: ${bad.join("; ")}`, bad.length === 0);
  const wide = await page.evaluate(() => document.documentElement
    .scrollWidth - window.innerWidth);
  need(`${name}: not wider than the screen (${wide})`, wide <= 0);
}

/* On the office PC and as narrow as the phone (a real change of device would
 * load the page anew). */
export async function axeBoth(page, name) {
  await axe(page, name);
  await page.setViewport({ width: SIZES.phone.width,
    height: SIZES.phone.height });
  await axe(page, `${name}, phone`);
  await page.setViewport(SIZES.pc);
}

/* R: the page's rules as a module, for sheet numbers. */
export function hands(R, collector) {
  async function hand(page, list) {
    pressed.n += list.length;
    await keys(page, list);
  }

  /* The digits of a number after its form's letters, without the zeros. */
  const short = (prefix, serial) =>
    [...`${serial}${R.checkDigit({ prefix, serial })}`];

  async function goKey(page) {
    await tap(page, 'a[data-to="key"]');
    await page.waitForSelector("#sheet");
  }

  async function firstHead(page, prefix, serial, home) {
    await page.type("#sheet", R.sheetText({ prefix, serial }));
    await hand(page, ["Enter"]);
    if (!home) return;
    await page.keyboard.type(home);
    await hand(page, ["Enter"]);
  }

  async function saved(page, number) {
    await until(page, `${number} is saved`, (n) =>
      document.querySelector(".said")?.textContent.includes(n) &&
      document.activeElement?.id === "sheet", number);
  }

  async function keyCt02(page, serial) {
    await hand(page, [...short("CT02", serial), "Enter", ...CT02]);
    await saved(page, R.sheetText({ prefix: "CT02", serial }));
  }

  const received = async (key, prefix = "") =>
    (await collector.receipts(key)).filter((r) =>
      r.sheet?.startsWith(prefix));

  return { firstHead, goKey, hand, keyCt02, received, saved, short };
}
