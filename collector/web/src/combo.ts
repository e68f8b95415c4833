/* One of many units, found by typing: ARIA's combobox with a list below. */
import { fits, h } from "./dom";

export interface Choice {
  code: string;
  name: string;
  note?: string;
}

export interface Combo {
  el: HTMLElement;
  input: HTMLInputElement;
  set(code: string | null): void;
  value(): string | null;
}

let serial = 0;

export function combo(label: string, hint: string, choices: Choice[],
  value: string | null, picked: (code: string) => void): Combo {
  const id = `combo${++serial}`;
  const list = h("ul", { id: `${id}-list`, role: "listbox",
    "aria-label": label, hidden: true });
  const input = h("input", { id, type: "text", role: "combobox",
    autocomplete: "off", spellcheck: "false", "aria-expanded": "false",
    "aria-controls": `${id}-list`, "aria-autocomplete": "list",
    "aria-describedby": `${id}-hint` });
  let shown: Choice[] = [];
  let at = 0;
  let now = value;

  const nameOf = (code: string | null) =>
    choices.find((c) => c.code === code)?.name ?? "";
  input.value = nameOf(now);

  function close(): void {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }
  function mark(): void {
    [...list.children].forEach((li, i) => {
      li.setAttribute("aria-selected", String(i === at));
      if (i === at) {
        input.setAttribute("aria-activedescendant", li.id);
        li.scrollIntoView({ block: "nearest" });
      }
    });
  }
  function take(c: Choice | undefined): void {
    if (!c) return;
    now = c.code;
    input.value = c.name;
    close();
    picked(c.code);
  }
  function show(): void {
    const all = input.value === nameOf(now);
    shown = choices.map((c) => ({ c,
      fit: all ? 0 : fits(`${c.name} ${c.note ?? ""}`, input.value) }))
      .filter((x) => x.fit >= 0).sort((x, y) => x.fit - y.fit)
      .map((x) => x.c);
    at = Math.max(0, all ? shown.findIndex((c) => c.code === now) : 0);
    list.replaceChildren(...shown.map((c, i) => {
      const li = h("li", { id: `${id}-${i}`, role: "option",
        "aria-selected": "false" }, c.name,
        c.note ? h("small", null, ` ${c.note}`) : null);
      li.addEventListener("mousedown", (e) => {
        e.preventDefault();
        take(c);
      });
      return li;
    }));
    list.hidden = shown.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    mark();
  }
  input.addEventListener("input", show);
  input.addEventListener("focus", () => input.select());
  input.addEventListener("click", show);
  input.addEventListener("blur", () => {
    close();
    input.value = nameOf(now);
  });
  input.addEventListener("keydown", (e) => {
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      if (list.hidden) {
        show();
        return;
      }
      at = (at + (e.key === "ArrowDown" ? 1 : shown.length - 1)) %
        Math.max(1, shown.length);
      mark();
    } else if (e.key === "Enter" && !list.hidden) {
      e.preventDefault();
      e.stopPropagation();
      take(shown[at]);
    } else if (e.key === "Escape" && !list.hidden) {
      e.stopPropagation();
      close();
    }
  });
  const el = h("div", { class: "field combo" },
    h("label", { for: id }, label), input, list,
    h("p", { class: "hint", id: `${id}-hint` }, hint));
  return {
    el, input, value: () => now,
    set(code) {
      now = code;
      input.value = nameOf(code);
    },
  };
}
