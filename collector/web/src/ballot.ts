/* The respondents' page: a letter's code, the form, a sealed ballot, a
 * receipt.  The code comes behind "#" and so never in a request's line; it is
 * taken out of the address at once, and kept nowhere but in this tab. */
import { aboutView, BallotForm, chooseView, lastView, unitView }
  from "./ballot_form";
import { base64Of, bytesOf, fingerprintOf, receiptOf, rootOf, seal }
  from "./ballot_seal";
import { english, t, turn } from "./ballot_words";
import { button, fill, h } from "./dom";
import { planOf } from "./plan";
import type { Plan } from "./plan";

interface Letter {
  wave: string;
  group: string;
  home: string | null;
  home_name: string | null;
  state: string;
  used: boolean;
  key: string;
  fingerprint: string;
  holder: string;
  size: number;
  plan?: unknown;
}

/* A sealed ballot on its way: it outlives a reload of this tab, for the same
 * bytes may be sent any number of times. */
interface Sealed {
  token: string;
  sealed: string;
  receipt: string;
  wave: string;
  group: string;
}
const KEPT = "phieu-ballot";

class Away extends Error {}

interface Told {
  status: number;
  body: Record<string, unknown>;
}

async function post(path: string, body: unknown): Promise<Told> {
  let r: Response;
  try {
    r = await fetch(path, { method: "POST", cache: "no-store",
      credentials: "omit", referrerPolicy: "no-referrer",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body) });
  } catch {
    throw new Away();
  }
  const told: unknown = await r.json().catch(() => null);
  if (r.status >= 500 || told === null || typeof told !== "object")
    throw new Away();
  return { status: r.status, body: told as Record<string, unknown> };
}

function errorOf(r: Told): { code: string; words: string } {
  const e = r.body["error"] as Record<string, string> | undefined;
  return { code: e?.["code"] ?? "",
    words: (english() ? e?.["message"] : e?.["message_vi"]) ?? "" };
}

const cleaned = (s: string) => s.toUpperCase().replace(/[^A-Z2-7]/g, "");

const main = h("main", { id: "main", tabindex: "-1" });
const trial = h("p", { class: "trial", hidden: true });
let draw: () => void = () => undefined;

function show(...parts: Parameters<typeof fill> extends [unknown, ...infer R]
  ? R : never): void {
  fill(main, ...parts);
  scrollTo(0, 0);
  main.focus({ preventScroll: true });
}

function say(text: string): void {
  draw = () => show(h("h1", null, t("title")),
    h("p", { class: "card", role: "status" }, text), checkBox());
  draw();
}

/* ---- a receipt ---------------------------------------------------------- */

async function lookFor(typed: string): Promise<string> {
  const m = /^\s*([^\s/]+)\/([^\s/]+)\/([0-9a-fA-F\s]{64,80})\s*$/.exec(typed);
  const hex = m?.[3]?.replace(/\s/g, "").toLowerCase() ?? "";
  if (!m || hex.length !== 64) return t("bad_receipt");
  let text: string;
  try {
    const r = await fetch(`../v1/ballot/${encodeURIComponent(m[1]!)}/${
      encodeURIComponent(m[2]!)}/receipts`, { credentials: "omit" });
    if (r.status === 404) return errorOf({ status: 404,
      body: await r.json() as Record<string, unknown> }).words;
    if (!r.ok) return t("not_open");
    text = await r.text();
  } catch {
    return t("not_open");
  }
  const [first = "", ...rest] = text.trim().split("\n");
  if (first !== `root ${rootOf(rest)}`) return t("bad_root");
  return rest.includes(hex) ? t("in_list", rest.length, first.slice(5, 21))
    : t("not_in");
}

function checkBox(value = ""): HTMLElement {
  const input = h("textarea", { id: "receipt", rows: 3, value,
    spellcheck: "false", autocomplete: "off" });
  const said = h("p", { class: "told", role: "status" });
  return h("section", { class: "card" }, h("h2", null, t("check_h")),
    h("label", { for: "receipt" }, t("check_l")), input,
    h("p", { class: "hint" }, t("check_hint")),
    button(t("check_b"), () => void lookFor(input.value)
      .then((s) => { said.textContent = s; }), { id: "check" }), said);
}

function done(s: Sealed): void {
  const text = `${s.wave}/${s.group}/${s.receipt}`;
  sessionStorage.removeItem(KEPT);
  removeEventListener("beforeunload", hold);
  draw = () => {
    const file = h("a", { class: "button", download: "bien-nhan.txt",
      href: `data:text/plain;charset=utf-8,${encodeURIComponent(text)}` },
    t("save"));
    show(h("h1", null, t("done_h")), h("section", { class: "card" },
      h("p", null, t("done")),
      h("p", { class: "receipt", id: "mine" }, text),
      h("div", { class: "row" }, file,
        button(t("print"), () => print()))), checkBox(text));
  };
  history.replaceState(null, "", location.pathname);
  draw();
}

/* ---- sending ------------------------------------------------------------ */

function hold(e: BeforeUnloadEvent): void {
  e.preventDefault();
}

async function send(s: Sealed): Promise<void> {
  sessionStorage.setItem(KEPT, JSON.stringify(s));
  say(t("sending"));
  try {
    const r = await post("../v1/ballot", { token: s.token,
      sealed: s.sealed });
    if ((r.status === 200 || r.status === 201) &&
      r.body["receipt"] === s.receipt) {
      done(s);
      return;
    }
    const e = errorOf(r);
    sessionStorage.removeItem(KEPT);
    removeEventListener("beforeunload", hold);
    say(e.code === "used" ? t("used") : e.code === "closed" ? t("closed")
      : t("refused", e.words));
  } catch {
    draw = () => show(h("h1", null, t("last_h")),
      h("section", { class: "card" }, h("p", { role: "alert" }, t("away")),
        button(t("again"), () => void send(s), { class: "main",
          id: "again" })));
    draw();
  }
}

/* ---- the form ----------------------------------------------------------- */

class Filling {
  at = 0;
  wrong = "";
  busy = false;

  constructor(readonly letter: Letter, readonly token: string,
    readonly f: BallotForm) {}

  go(step: number, id = ""): void {
    this.at = step;
    this.wrong = "";
    history.pushState({ step }, "", location.pathname);
    this.draw();
    if (id) document.getElementById(id)?.focus();
  }

  draw(): void {
    const steps = this.f.steps();
    this.at = Math.min(this.at, steps.length - 1);
    const step = steps[this.at]!;
    const last = step.kind === "last";
    show(h("p", { class: "where" }, t("step", this.at + 1, steps.length)),
      h("h1", null, step.title),
      h("progress", { max: steps.length, value: this.at + 1,
        "aria-label": t("step", this.at + 1, steps.length) }),
      step.kind === "about" ? aboutView(this.f)
        : step.kind === "choose" ? chooseView(this.f)
          : step.kind === "unit" ? unitView(this.f, step.unit!)
            : [...lastView(this.f), this.faultBox(),
              h("p", { class: "hint" }, t("last"))],
      h("div", { class: "row" },
        this.at > 0 ? button(t("back"), () => history.back()) : null,
        last ? button(t("send"), () => this.send(), { class: "main",
          id: "send" })
          : button(t("next"), () => this.go(this.at + 1), { class: "main",
            id: "next" })));
  }

  faultBox(): HTMLElement | null {
    const faults = this.f.faults();
    if (faults.length === 0 && !this.wrong) return null;
    return h("section", { class: "card faults", id: "faults",
      tabindex: "-1" }, h("h2", null, t("faults")),
    this.wrong ? h("p", null, this.wrong) : null,
    h("ul", null, faults.slice(0, 30).map((x) => {
      const place = this.f.placeOf(x.path);
      const step = this.f.steps()[place.step];
      return h("li", null, button(`${step?.title ?? ""}: ${
        english() ? x.message : x.message_vi}`,
      () => this.go(place.step, place.id), { class: "link" }));
    })));
  }

  send(): void {
    if (this.busy) return;
    if (this.f.faults().length) {
      document.getElementById("faults")?.focus();
      return;
    }
    const sealed = seal(JSON.stringify(this.f.doc()), this.letter.size,
      bytesOf(this.letter.key));
    if (!sealed) {
      this.wrong = t("too_long");
      this.draw();
      document.getElementById("faults")?.focus();
      return;
    }
    this.busy = true;
    void send({ token: this.token, sealed: base64Of(sealed),
      receipt: receiptOf(sealed), wave: this.letter.wave,
      group: this.letter.group });
  }
}

function begin(l: Letter, token: string, plan: Plan): void {
  const group = plan.groups.get(l.group);
  if (!group) throw new Error("no group");
  const f = new Filling(l, token, new BallotForm(plan, group, l.home));
  addEventListener("beforeunload", hold);
  addEventListener("popstate", (e) => {
    const s = (e.state as { step?: number } | null)?.step;
    if (f.busy || sessionStorage.getItem(KEPT)) return;
    f.at = s ?? 0;
    f.draw();
  });
  history.replaceState({ step: 0 }, "", location.pathname);
  draw = () => f.draw();
  draw();
}

function intro(l: Letter, token: string, plan: Plan): void {
  const g = plan.groups.get(l.group);
  trial.hidden = !plan.trial;
  trial.textContent = t("trial");
  show(h("h1", null, english() ? plan.name_en : plan.name),
    h("section", { class: "card" },
      h("p", null, `${t("whom")}: `, h("b", null,
        english() ? g?.name_en : g?.name,
        l.home_name ? ` – ${l.home_name}` : ""))),
    h("section", { class: "card" }, h("h2", null, t("promise_h")),
      h("ul", null, h("li", null, t("p1")), h("li", null, t("p2", l.holder)),
        h("li", null, t("p3")), h("li", null, t("p4"))),
      h("p", null, t("finger")),
      h("p", { class: "receipt", id: "finger" },
        fingerprintOf(bytesOf(l.key)))),
    h("div", { class: "row" }, button(t("begin"),
      () => begin(l, token, plan), { class: "main", id: "begin" })));
}

async function open(token: string): Promise<void> {
  let r: Told;
  try {
    r = await post("../v1/ballot/form", { token });
  } catch {
    say(t("not_open"));
    return;
  }
  if (r.status !== 200) {
    say(r.status === 404 ? t("no_letter") : errorOf(r).words);
    return;
  }
  const l = r.body as unknown as Letter;
  if (l.used) say(t("used"));
  else if (l.state === "made") say(t("early"));
  else if (l.state !== "open" || !l.plan) say(t("closed"));
  else if (fingerprintOf(bytesOf(l.key)) !== l.fingerprint)
    say(t("key_wrong"));
  else {
    const plan = planOf(l.plan);
    draw = () => intro(l, token, plan);
    draw();
  }
}

function start(): void {
  const input = h("input", { type: "text", id: "code", autocomplete: "off",
    spellcheck: "false", autocapitalize: "characters" });
  show(h("h1", null, t("title")), h("section", { class: "card" },
    h("form", { onsubmit: (e: Event) => {
      e.preventDefault();
      void open(cleaned(input.value));
    } }, h("label", { for: "code" }, t("code")), input,
    h("p", { class: "hint" }, t("code_hint")),
    h("button", { class: "main", id: "open" }, t("open")))), checkBox());
}

function boot(): void {
  const token = cleaned(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
  const lang = button(t("other"), () => {
    turn();
    lang.textContent = t("other");
    document.title = t("title");
    draw();
  }, { class: "quiet", id: "lang" });
  document.body.append(h("header", null, h("div", { class: "bar" },
    h("span", null, t("title")), lang), trial), main);
  const kept = sessionStorage.getItem(KEPT);
  if (kept) void send(JSON.parse(kept) as Sealed);
  else if (token) void open(token);
  else {
    draw = start;
    draw();
  }
}

/* The same tab opens another letter: only what stands behind "#" changes. */
addEventListener("hashchange", () => {
  if (cleaned(location.hash.slice(1))) location.reload();
});
boot();
