import type { Screen } from "./app";
import { db } from "./db";
import { fill, h } from "./dom";
import { Away } from "./net";
import { diskText } from "./parts";
import { SignInError } from "./session";
import { t } from "./words";

function why(e: unknown): string {
  if (e instanceof SignInError) {
    switch (e.why) {
      case "offline-first": return t("in_first");
      case "insecure": return t("in_insecure");
      case "key": return e.told;
      case "server": return t("in_server", e.told);
    }
  }
  if (e instanceof Away) return t("in_first");
  return diskText(e);
}

/* How many sheets of others lie locked on this computer. */
async function others(): Promise<HTMLElement | null> {
  let [waiting, drafts] = [0, 0];
  for (const s of await db.stores()) {
    for (const kind of ["queue", "held", "mend", "aside"] as const)
      waiting += await db.count(s.id, kind);
    drafts += await db.count(s.id, "draft");
  }
  return waiting + drafts
    ? h("p", { class: "note", id: "others" }, t("in_others", waiting, drafts))
    : null;
}

export async function signInScreen(
  enter: (key: string, keep: boolean) => Promise<void>): Promise<Screen> {
  const input = h("input", { id: "key", type: "password", autocomplete: "off",
    autocapitalize: "off", spellcheck: "false", "aria-describedby": "keyhint",
    enterkeyhint: "go" });
  const keep = h("input", { id: "keep", type: "checkbox" });
  const reveal = h("input", { id: "show", type: "checkbox",
    onchange: () => { input.type = reveal.checked ? "text" : "password"; } });
  const said = h("p", { class: "error", role: "alert" });
  const go = h("button", { type: "submit", class: "main" }, t("in_go"));
  const form = h("form", { class: "card", onsubmit: (e: Event) => {
    e.preventDefault();
    void submit();
  } },
  h("h1", null, t("in_title")),
  h("div", { class: "field" },
    h("label", { for: "key" }, t("in_key")), input,
    h("p", { class: "hint", id: "keyhint" }, t("in_hint"))),
  h("div", { class: "check" }, reveal, h("label", { for: "show" },
    t("in_show"))),
  h("div", { class: "check" }, keep, h("label", { for: "keep" },
    t("in_keep"))),
  said, go, h("p", { class: "hint" }, t("in_private")));

  async function submit(): Promise<void> {
    const key = input.value.replace(/\s/g, "");
    fill(said);
    if (!key) {
      fill(said, t("in_empty"));
      input.focus();
      return;
    }
    go.disabled = true;
    go.textContent = t("in_wait");
    try {
      await enter(key, keep.checked);
    } catch (e) {
      fill(said, why(e));
      input.focus();
      input.select();
    } finally {
      go.disabled = false;
      go.textContent = t("in_go");
    }
  }
  const el = h("div", { class: "narrow" }, form, await others());
  return { el, focus: () => input.focus() };
}
