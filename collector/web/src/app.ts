/* The frame: header, state line, navigation, and which screen is shown. */
import { db } from "./db";
import { button, fill, h, redraw } from "./dom";
import { diskText } from "./parts";
import { Photos } from "./photos";
import { Queries } from "./queries";
import { Queue } from "./queue";
import { Sender } from "./sender";
import { forgetKey, keepKey, keptKey, refresh, signIn } from "./session";
import type { Session } from "./session";
import { fileScreen } from "./screen_file";
import { keyScreen } from "./screen_key";
import { moreScreen } from "./screen_more";
import { outboxScreen } from "./screen_outbox";
import { queriesScreen } from "./screen_queries";
import { receivedScreen } from "./screen_received";
import { secondScreen } from "./screen_second";
import { sheetsScreen } from "./screen_sheets";
import { signInScreen } from "./screen_signin";
import { todayScreen } from "./screen_today";
import { Tellings } from "./tellings";
import { Updates } from "./update";
import { getLang, nameOf, setLang, sizeText, t } from "./words";
import type { Word } from "./words";

/* What a screen gives back. */
export interface Screen {
  el: HTMLElement;
  changed?: () => void; // the queue's counts are other now
  leave?: () => Promise<boolean>; // false: not while something is unsaved
  focus?: () => void;
}

export interface App {
  session: Session;
  queue: Queue;
  sender: Sender;
  photos: Photos;
  tellings: Tellings;
  queries: Queries;
  go(to: string): void;
  refresh(): Promise<boolean>;
  signOut(): Promise<void>;
  redraw(): void;
  roomNote: HTMLElement | null; // little room on this computer
  unsaved: boolean; // something is not on the disk: leaving loses it
  install: (() => void) | null;
}

/* `under`: not in the navigation itself, but led to from that screen. */
const SCREENS: Record<string, { word: Word; show: (a: App) => Screen;
  under?: string }> = {
  today: { word: "today", show: todayScreen },
  key: { word: "keying", show: keyScreen },
  outbox: { word: "outbox", show: outboxScreen },
  received: { word: "received", show: receivedScreen },
  file: { word: "file", show: fileScreen },
  more: { word: "more", show: moreScreen },
  queries: { word: "queries", show: queriesScreen, under: "more" },
  second: { word: "second", show: secondScreen, under: "more" },
  sheets: { word: "sheets", show: sheetsScreen, under: "more" },
};

const ROOM_BYTES = 300 << 20;

let app: App | null = null;
let screen: Screen | null = null;
let name = "";
const main = h("main", { id: "main", tabindex: "-1" });
const state = h("p", { class: "state", role: "status", "data-phase": "idle" });
const nav = h("nav", { "aria-label": "Phiếu" });
const trial = h("p", { class: "trial" });
const title = h("p", { class: "title" });
const news = h("div", { class: "news", role: "status" });
const trouble = h("div", { class: "news", role: "alert" });
const updates = new Updates();

function stateText(q: Queue, s: Sender): string {
  const c = q.counts;
  const size = sizeText(c.bytes);
  let out: string;
  if (q.s.keyRefused) out = t("st_key", q.s.keyRefused, c.queue);
  else if (s.phase === "offline" || !navigator.onLine)
    out = c.queue ? t("st_offline", c.queue, size) : t("st_offline0");
  else if (c.queue === 0 && c.photos)
    out = t("st_photos", c.photos, sizeText(c.photoBytes));
  else if (c.queue === 0) out = t("st_idle");
  else if (s.phase === "disk") out = t("st_disk", c.queue, size);
  else if (s.phase === "waiting")
    out = t("st_waiting", c.queue, size,
      Math.max(1, Math.round((s.nextTry - Date.now()) / 1000)));
  else out = t("st_sending", c.queue, size);
  if (c.mend) out += ` · ${t("st_mend", c.mend)}`;
  if (c.held) out += ` · ${t("st_held", c.held)}`;
  if (c.photosBad) out += ` · ${t("st_photobad", c.photosBad)}`;
  return out;
}

function drawState(): void {
  if (!app) return;
  const q = app.queue;
  const phase = app.sender.phase;
  const offline = phase === "offline" || !navigator.onLine;
  state.dataset["phase"] = q.s.keyRefused ? "key" : offline ? "offline"
    : !q.counts.queue ? q.counts.photos
      ? app.photos.phase === "sending" ? "sending" : "waiting" : "idle"
      : phase === "waiting" || phase === "disk" ? phase : "sending";
  state.dataset["queue"] = String(q.counts.queue);
  state.dataset["photos"] = String(q.counts.photos);
  const text = stateText(q, app.sender);
  if (state.textContent !== text) state.textContent = text;
}

function drawFrame(): void {
  document.title = t("app");
  if (!app) return;
  const s = app.session;
  title.textContent = nameOf({ name: s.plan.name, name_en: s.plan.name_en });
  trial.textContent = t("trial");
  trial.hidden = !s.plan.trial;
  const at = SCREENS[name]?.under ?? name;
  redraw(nav, ...Object.entries(SCREENS).filter(([, x]) => !x.under)
    .map(([to, x]) => h("a", {
      href: `#/${to}`, "data-to": to,
      "aria-current": to === at ? "page" : null,
    }, h("span", { class: `icon i-${to}`, "aria-hidden": "true" }),
    t(x.word))));
  drawState();
}

/* The new version waits until the agent says so, or until nobody is at work:
 * what he keys is on the disk, and only his key has to be typed again. */
function drawNews(): void {
  redraw(news, updates.ready ? h("p", { class: "note" }, t("m_update"), " ",
    button(t("m_reload"), () => void take(), { id: "update" })) : null);
}

async function take(): Promise<void> {
  if (await screen?.leave?.() === false) return;
  history.replaceState(null, "", "#/today"); // the draft is offered there
  updates.take();
}

updates.onready = () => {
  const typed = document.querySelector<HTMLInputElement>("#key")?.value;
  if (!app && !typed) updates.take();
  else drawNews();
};

async function show(to: string): Promise<void> {
  if (!app) return;
  const want = SCREENS[to] ? to : "today";
  if (await screen?.leave?.() === false) {
    history.replaceState(null, "", `#/${name}`);
    return;
  }
  if (!app) return;
  name = want;
  screen = SCREENS[want]!.show(app);
  drawFrame();
  fill(main, screen.el);
  main.className = `screen-${want}`;
  window.scrollTo(0, 0);
  if (screen.focus) screen.focus();
  else main.focus({ preventScroll: true });
}

function route(): void {
  void show(location.hash.replace(/^#\//, "") || "today");
}

function langButton(): HTMLElement {
  return button(t("language"), () => {
    setLang(getLang() === "vi" ? "en" : "vi");
    void db.putMeta("lang", getLang());
    if (app) {
      route();
      drawLang();
    } else {
      void start(false);
    }
  }, { class: "quiet lang", lang: getLang() === "vi" ? "en" : "vi" });
}

const langPlace = h("div", { class: "langplace" });
function drawLang(): void {
  fill(langPlace, langButton());
}

function layOut(signedIn: boolean): void {
  drawLang();
  fill(document.body,
    h("a", { class: "skip", href: "#main", onclick: (e: Event) => {
      e.preventDefault();
      main.focus();
    } }, t("skip")),
    h("header", null, h("div", { class: "bar" },
      h("div", { class: "brand" }, h("span", { class: "logo",
        "aria-hidden": "true" }, "P"), signedIn ? title
        : h("p", { class: "title" }, "Phiếu")),
      signedIn ? state : null, langPlace), signedIn ? trial : null, news,
    trouble),
    signedIn ? h("div", { class: "frame" }, nav, main) : main);
}

/* A private window, or a disk that is nearly full: said before it hurts. */
async function roomNote(): Promise<HTMLElement | null> {
  const room = await navigator.storage?.estimate?.();
  const left = (room?.quota ?? Infinity) - (room?.usage ?? 0);
  return left < ROOM_BYTES
    ? h("p", { class: "note", id: "room" }, t("room", sizeText(left))) : null;
}

async function enter(session: Session): Promise<void> {
  const queue = new Queue(session);
  const sender = new Sender(queue);
  const photos = new Photos(queue);
  const tellings = new Tellings(session);
  const queries = new Queries(queue);
  app = {
    session, queue, sender, photos, tellings, queries, unsaved: false, install: null,
    roomNote: await roomNote(),
    go: (to) => {
      if (location.hash === `#/${to}`) void show(to);
      else location.hash = `#/${to}`;
    },
    refresh: async () => {
      const ok = await refresh(session);
      drawFrame();
      return ok;
    },
    signOut: async () => {
      if (await screen?.leave?.() === false) return;
      sender.close();
      photos.close();
      tellings.close();
      queries.close();
      queue.close();
      await forgetKey();
      app = null;
      screen = null;
      await start(true);
      if (updates.ready) updates.take();
    },
    redraw: route,
  };
  queue.onchange = () => {
    drawState();
    photos.kick();
    screen?.changed?.();
  };
  await queue.recount();
  layOut(true);
  route();
  sender.kick(true);
  photos.kick();
  void tellings.send();
  void queries.load();
  void navigator.storage?.persist?.();
}

async function start(fresh: boolean): Promise<void> {
  const token = fresh ? undefined : await keptKey();
  if (token) {
    try {
      await enter(await signIn(token, getLang() === "vi"));
      return;
    } catch {
      /* asked for again below */
    }
  }
  layOut(false);
  document.title = t("app");
  main.className = "screen-signin";
  const x = await signInScreen(async (key, keep) => {
    const session = await signIn(key, getLang() === "vi");
    if (keep) await keepKey(key);
    if (fresh) history.replaceState(null, "", "#/today");
    await enter(session);
  });
  fill(main, x.el);
  x.focus?.();
}

/* Waiting seconds count down, the line comes and goes. */
setInterval(drawState, 1000);
window.addEventListener("hashchange", route);
window.addEventListener("online", drawState);
window.addEventListener("offline", drawState);
window.addEventListener("beforeinstallprompt", (e) => {
  e.preventDefault();
  if (app) app.install = () => void (e as unknown as
    { prompt(): Promise<void> }).prompt();
});

/* What nobody caught is said, not swallowed. */
window.addEventListener("unhandledrejection", (e) => {
  fill(trouble, h("p", { class: "note bad" }, diskText(e.reason)));
  setTimeout(() => fill(trouble), 15000);
});

/* What is not on the disk would be lost with the page. */
window.addEventListener("beforeunload", (e) => {
  if (app?.unsaved) e.preventDefault();
});

async function begin(): Promise<void> {
  try {
    setLang(await db.meta<"vi" | "en">("lang") ?? "vi");
  } catch (e) {
    /* a private window of some browsers, or a store that is broken */
    layOut(false);
    fill(main, h("div", { class: "narrow" }, h("h1", null, t("app")),
      h("p", { class: "note bad", role: "alert", id: "nostore" },
        t("in_nostore", String(e)))));
    return;
  }
  void updates.watch();
  await start(false);
}

void begin();
