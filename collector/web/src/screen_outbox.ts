import type { App, Screen } from "./app";
import { button, h, redraw, save } from "./dom";
import { asideCard, heldCard } from "./cards";
import { whose } from "./parts";
import { photoSection } from "./photos_view";
import type { Listed } from "./queue";
import { sizeText, t, timeVi } from "./words";

const SHOWN = 200;

async function exportFile(a: App): Promise<void> {
  const { text, n } = await a.queue.exportText();
  const s = a.session.self;
  const day = new Date(Date.now() + 7 * 3600000).toISOString().slice(0, 16)
    .replace(/[-:T]/g, "");
  if (n)
    save(`phieu-${s.wave.code}-${s.agent.code}-${day}.ndjson`,
      new Blob([text], { type: "application/x-ndjson" }));
}

function line(a: App, x: Listed): HTMLElement {
  return h("li", null, h("b", null, x.sheet.head.sheet),
    h("span", null, whose(a, x.sheet.head.group, x.sheet.head.home)),
    h("span", { class: "num" },
      `${sizeText(x.row.size)} · ${timeVi(x.row.at)}`));
}

export function outboxScreen(a: App): Screen {
  const el = h("div");
  const aside = h("details", { class: "aside", hidden: true });
  const top = h("div");
  el.append(top, aside);
  async function draw(): Promise<void> {
    const [waiting, held, away, photos] = await Promise.all([
      a.queue.list("queue"), a.queue.list("held"), a.queue.list("aside"),
      photoSection(a)]);
    const c = a.queue.counts;
    const out = button(t("o_export"), () => void exportFile(a),
      { id: "export" });
    out.disabled = waiting.length + held.length === 0;
    const now = button(t("retry_all"), () => a.sender.kick(true),
      { class: "main" });
    now.disabled = waiting.length === 0;
    redraw(top, h("h1", null, t("outbox")),
      h("section", { class: "card" },
        h("h2", null, t("o_wait")),
        h("p", { class: "figure" }, t("o_size", c.queue, sizeText(c.bytes))),
        h("div", { class: "row" }, now, out),
        h("p", { class: "hint" }, t("o_export_hint"),
          c.photos ? ` ${t("p_export_hint", c.photos)}` : "")),
      held.length ? h("section", null, h("h2", null, t("held_title")),
        held.length > 1 ? h("div", { class: "row" }, button(t("retry_held"),
          () => void Promise.all(held.map((x) => a.queue.release(x))))) : null,
        h("ul", { class: "plain" }, held.map((x) => heldCard(a, x)))) : null,
      waiting.length ? h("ul", { class: "plain lines" },
        waiting.slice(0, SHOWN).map((x) => line(a, x)),
        waiting.length > SHOWN ? h("li", { class: "hint" },
          t("o_more", waiting.length - SHOWN)) : null)
        : photos ? null : h("p", { class: "empty" }, t("nothing")), photos);
    aside.hidden = away.length === 0;
    redraw(aside, h("summary", null, t("aside_title", away.length)),
      h("p", { class: "hint" }, t("aside_hint")),
      h("ul", { class: "plain" }, away.map((x) => asideCard(a, x))));
  }
  void draw();
  return { el, changed: () => void draw() };
}
