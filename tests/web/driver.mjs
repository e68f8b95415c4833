/* What the browser tests share: Chromium, a page, keys, waiting. */
import { createRequire } from "node:module";
import { rmSync } from "node:fs";

const require = createRequire(new URL("../../collector/web/package.json",
  import.meta.url));
const puppeteer = require("puppeteer-core");
export const axeSource = require("axe-core").source;

export const SIZES = { pc: { width: 1366, height: 768 },
  phone: { width: 360, height: 640, isMobile: true, hasTouch: true } };

let faults = 0;
export function need(what, truth) {
  if (truth) return;
  faults++;
  console.log(`not so: ${what}`);
}
export function faultCount() {
  return faults;
}

const opened = new Set();

export async function browser(dir) {
  const b = await puppeteer.launch({
    executablePath: process.env.PHIEU_TEST_CHROMIUM ?? "/usr/bin/chromium",
    headless: true, userDataDir: dir, pipe: true,
    /* in a container there is no room for its own sandbox */
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
      "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--disable-extensions"],
  });
  opened.add(b);
  b.on("disconnected", () => opened.delete(b));
  return b;
}

export async function closeAll() {
  for (const b of opened) await kill(b);
}

/* A page that notes what it should never see. */
export async function open(b, url, size = SIZES.pc) {
  const page = await b.newPage();
  await page.setViewport(size);
  page.seen = { outside: [], errors: [] };
  const origin = new URL(url).origin;
  page.on("request", (r) => {
    if (!r.url().startsWith(origin) && !r.url().startsWith("blob:") &&
      !r.url().startsWith("data:")) page.seen.outside.push(r.url());
  });
  page.on("pageerror", (e) => page.seen.errors.push(String(e)));
  page.on("console", (m) => {
    if (m.type() === "error" && !/Failed to load resource|net::ERR/
      .test(m.text())) page.seen.errors.push(m.text());
  });
  await page.evaluateOnNewDocument(() => {
    window.cspFaults = [];
    document.addEventListener("securitypolicyviolation", (e) =>
      window.cspFaults.push(`${e.violatedDirective} ${e.blockedURI}`));
  });
  await page.goto(url, { waitUntil: "load" });
  return page;
}

export async function clean(page, name) {
  need(`${name}: no request to elsewhere: ${page.seen.outside}`,
    page.seen.outside.length === 0);
  need(`${name}: no error on the page: ${page.seen.errors}`,
    page.seen.errors.length === 0);
  const csp = await page.evaluate(() => window.cspFaults);
  need(`${name}: no violation of the policy: ${csp}`, csp.length === 0);
}

export async function until(page, what, f, ...args) {
  try {
    await page.waitForFunction(f, { timeout: 60000, polling: 50 }, ...args);
  } catch {
    need(what, false);
    console.log(await page.evaluate(() => document.body.innerText
      .slice(0, 1500)));
    throw new Error(what);
  }
}

export async function signIn(page, key, keep = false) {
  await page.waitForSelector("#key");
  await page.evaluate((k) => {
    document.querySelector("#key").value = k;
  }, key);
  if (keep) await page.click("#keep");
  await page.click("button[type=submit]");
  await page.waitForSelector("nav");
}

/* A click on what stands there now, even while the page draws anew. */
export async function tap(page, selector) {
  await page.waitForSelector(selector);
  await page.evaluate((s) => document.querySelector(s).click(), selector);
}

/* Keys one after the other, as a hand would give them. */
export async function keys(page, list) {
  for (const k of list) await page.keyboard.press(k);
}

export async function queued(page) {
  return Number(await page.$eval("header .state", (e) => e.dataset.queue));
}

/* Kills the whole browser as a power cut would. */
export async function kill(b) {
  b.process().kill("SIGKILL");
  await new Promise((ok) => setTimeout(ok, 300));
}

export function forget(dir) {
  rmSync(dir, { recursive: true, force: true, maxRetries: 20,
    retryDelay: 200 });
}
