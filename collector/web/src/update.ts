/* A new version of the page: it is fetched beside the running one and waits.
 * It takes over when the agent says so, or by itself while nobody is signed
 * in; never under a hand that keys. */

const LOOK_MS = 30 * 60000;

export class Updates {
  ready = false;
  private reg: ServiceWorkerRegistration | null = null;
  private going = false;
  onready: () => void = () => undefined;

  async watch(): Promise<void> {
    if (!("serviceWorker" in navigator)) return;
    const here = navigator.serviceWorker;
    let had = here.controller !== null;
    here.addEventListener("controllerchange", () => {
      if (this.going) location.reload();
      else if (had) this.found(); // another tab took it
      had = true;
    });
    try {
      this.reg = await here.register(ours("sw.js"), { scope: "./" });
      if (this.reg.waiting && here.controller) this.found();
      this.reg.addEventListener("updatefound", () => {
        const fresh = this.reg?.installing;
        fresh?.addEventListener("statechange", () => {
          if (fresh.state === "installed" && here.controller) this.found();
        });
      });
    } catch {
      /* without it the page works as long as there is a line */
      return;
    }
    const look = () => void this.reg?.update().catch(() => undefined);
    setInterval(look, LOOK_MS);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") look();
    });
  }

  private found(): void {
    if (this.ready) return;
    this.ready = true;
    this.onready();
  }

  /* The new one takes over and the page starts again with it. */
  take(): void {
    if (!this.reg?.waiting) {
      location.reload();
      return;
    }
    this.going = true;
    this.reg.waiting.postMessage("go");
  }
}

/* Trusted Types are on: the one script address we hand over is our own. */
function ours(address: string): string {
  const types = (window as unknown as { trustedTypes?: { createPolicy(
    name: string, rules: { createScriptURL(s: string): string }): {
      createScriptURL(s: string): unknown } } }).trustedTypes;
  return types ? types.createPolicy("phieu", { createScriptURL: (s) => s })
    .createScriptURL(address) as string : address;
}
