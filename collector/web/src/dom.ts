/* Elements one by one: no text ever becomes markup. */
type Child = Node | string | number | null | undefined | false;
type Props = Record<string, string | number | boolean | null | undefined |
  ((e: never) => void)>;

export function h<K extends keyof HTMLElementTagNameMap>(tag: K,
  props?: Props | null, ...children: (Child | Child[])[]
): HTMLElementTagNameMap[K] {
  const el = document.createElement(tag);
  for (const [key, v] of Object.entries(props ?? {})) {
    if (v === null || v === undefined || v === false) continue;
    if (typeof v === "function")
      el.addEventListener(key.slice(2), v as unknown as EventListener);
    else if (key === "value") (el as unknown as HTMLInputElement).value =
      String(v);
    else el.setAttribute(key, v === true ? "" : String(v));
  }
  add(el, children);
  return el;
}

export function add(el: Element, children: (Child | Child[])[]): void {
  for (const c of children.flat()) {
    if (c === null || c === undefined || c === false) continue;
    el.append(c instanceof Node ? c : String(c));
  }
}

export function fill(el: Element, ...children: (Child | Child[])[]): void {
  el.replaceChildren();
  add(el, children);
}

/* Draws again only what is other now, and leaves the focus where it was: a
 * list that changes under a hand must not swallow its click. */
export function redraw(el: Element, ...children: (Child | Child[])[]): void {
  const next = el.cloneNode(false) as Element;
  add(next, children);
  if (el.isEqualNode(next)) return;
  const can = "a[href], button, input, select, summary, [tabindex]";
  const at = [...el.querySelectorAll(can)].indexOf(
    document.activeElement as Element);
  el.replaceChildren(...next.childNodes);
  if (at >= 0)
    ([...el.querySelectorAll<HTMLElement>(can)][at] ?? el as HTMLElement)
      .focus({ preventScroll: true });
}

export function button(label: Child, onclick: () => void,
  props?: Props): HTMLButtonElement {
  return h("button", { type: "button", onclick, ...props }, label);
}

/* The text of what a person searches: accents and case do not matter. */
export function plain(s: string): string {
  return s.normalize("NFD").replace(/[\u0300-\u036f]/g, "")
    .replace(/[đĐ]/g, "d").toLowerCase();
}

/* How well a name answers what was typed, 0 best, -1 not at all: the words
 * together as typed, each at the start of a word, or somewhere inside.  "y te"
 * is Sở Y tế before Ban Quản lý Khu kinh tế. */
export function fits(name: string, typed: string): number {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  const text = ` ${plain(name).replace(/[^a-z0-9]+/g, " ")}`;
  if (text.includes(` ${words.join(" ")}`)) return 0;
  if (words.every((w) => text.includes(` ${w}`))) return 1;
  return words.every((w) => text.includes(w)) ? 2 : -1;
}

export function save(name: string, text: Blob): void {
  const url = URL.createObjectURL(text);
  const a = h("a", { href: url, download: name });
  document.body.append(a);
  a.click();
  a.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}
