import type { App, Screen } from "./app";
import { button, fill, h } from "./dom";
import { forgetKey, keptKey } from "./session";
import { t, timeVi } from "./words";
import type { Word } from "./words";

const KEYS: [string[], Word][] = [
  [["1", "…", "5"], "mk_digits"], [["0", "."], "k_blank"],
  [["9", "-"], "k_dk"], [["8", "*"], "k_two"],
  [["Backspace", "Ctrl Z"], "mk_back"],
  [["←", "→", "↑", "↓"], "mk_arrows"], [["F2"], "mk_f2"],
  [["Esc"], "mk_esc"],
];

export function keyTable(): HTMLElement {
  return h("dl", { class: "keys" }, KEYS.flatMap(([keys, word]) => [
    h("dt", null, keys.flatMap((k, i) => [i ? " " : null,
      k === "…" ? "…" : h("kbd", null, k)])),
    h("dd", null, t(word))]));
}

export function moreScreen(a: App): Screen {
  const s = a.session.self;
  const place = h("div", { class: "row" });
  const safe = h("p", { class: "hint" });
  void keptKey().then((k) => fill(place,
    button(t("m_out"), () => void a.signOut(), { class: "main",
      id: "signout" }),
    k ? button(t("m_forget"), () => {
      void forgetKey().then(() => a.redraw());
    }) : null));
  void navigator.storage?.persisted?.().then((ok) => {
    safe.textContent = t("m_persist", t(ok ? "m_safe" : "m_unsafe"));
  });
  const el = h("div", { class: "narrow wide" },
    h("h1", null, t("more")),
    h("section", { class: "card" },
      h("dl", { class: "facts" },
        h("dt", null, t("m_agent")), h("dd", null,
          `${s.agent.name} (${s.agent.code})`),
        h("dt", null, t("m_office")), h("dd", null, s.agent.office),
        h("dt", null, t("m_expires")), h("dd", null,
          `${timeVi(s.expires)}/${s.expires.slice(0, 4)}`),
        h("dt", null, t("m_scope")), h("dd", null,
          s.forms ? s.forms.join(", ") : t("m_all"))),
      place, h("p", { class: "hint" }, t("m_out_hint")), safe,
      a.install ? button(t("m_install"), a.install) : null),
    h("section", { class: "card" }, h("h2", null, t("m_tasks")),
      h("ul", { class: "plain" },
        h("li", null, h("a", { href: "#/queries", id: "toqueries" },
          t("queries"))),
        h("li", null, h("a", { href: "#/sheets", id: "tosheets" },
          t("sheets"))),
        h("li", null, h("a", { href: "#/second", id: "tosecond" },
          t("second"))))),
    h("section", { class: "card" }, h("h2", null, t("m_keys")), keyTable()));
  return { el };
}
