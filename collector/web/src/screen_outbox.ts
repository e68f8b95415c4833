import type { App, Screen } from "./app";
import { button, h, redraw, save } from "./dom";
import { faultList, mend, twice, whose } from "./parts";
import type { Listed } from "./queue";
import { sizeText, t, timeVi } from "./words";
import type { Word } from "./words";

const DO: Record<number, Word> = { 400: "do_400", 403: "do_403",
  409: "do_409", 413: "do_413", 422: "do_422" };

function heldCard(a: App, x: Listed): HTMLElement {
  const what = DO[x.sheet.http ?? 0];
  return h("li", { class: "card item bad" },
    h("h3", null, x.sheet.head.sheet),
    h("p", { class: "hint" }, whose(a, x.sheet.head.group,
      x.sheet.head.home)),
    faultList(a, x), what ? h("p", null, t(what)) : null,
    h("div", { class: "row" },
      button(t("retry"), () => void a.queue.release(x), { class: "main" }),
      button(t("as_new"), () => void mend(a, x, false)),
      twice(t("put_away"), t("put_sure"), () => void a.queue.drop(x))));
}

async function exportFile(a: App): Promise<void> {
  const { text, n } = await a.queue.exportText();
  const s = a.session.self;
  const day = new Date(Date.now() + 7 * 3600000).toISOString().slice(0, 16)
    .replace(/[-:T]/g, "");
  if (n)
    save(`phieu-${s.wave.code}-${s.agent.code}-${day}.ndjson`,
      new Blob([text], { type: "application/x-ndjson" }));
}

export function outboxScreen(a: App): Screen {
  const el = h("div");
  async function draw(): Promise<void> {
    const [waiting, held] = await Promise.all([a.queue.list("queue"),
      a.queue.list("held")]);
    const c = a.queue.counts;
    const out = button(t("o_export"), () => void exportFile(a),
      { id: "export" });
    out.disabled = waiting.length + held.length === 0;
    const now = button(t("retry_all"), () => a.queue.kick(true),
      { class: "main" });
    now.disabled = waiting.length === 0;
    redraw(el, h("h1", null, t("outbox")),
      h("section", { class: "card" },
        h("h2", null, t("o_wait")),
        h("p", { class: "figure" }, t("o_size", c.queue, sizeText(c.bytes))),
        h("div", { class: "row" }, now, out),
        h("p", { class: "hint" }, t("o_export_hint"))),
      held.length ? h("section", null, h("h2", null, t("held_title")),
        h("ul", { class: "plain" }, held.map((x) => heldCard(a, x)))) : null,
      waiting.length ? h("ul", { class: "plain lines" }, waiting.map((x) =>
        h("li", null, h("b", null, x.sheet.head.sheet),
          h("span", null, whose(a, x.sheet.head.group, x.sheet.head.home)),
          h("span", { class: "num" },
            `${sizeText(x.row.size)} · ${timeVi(x.row.at)}`))))
        : h("p", { class: "empty" }, t("nothing")));
  }
  void draw();
  return { el, changed: () => void draw() };
}
