/* A collector to start, kill and start again on one port. */
import { spawn } from "node:child_process";

export class Collector {
  constructor(bin) {
    this.bin = bin;
    this.port = 0;
    this.proc = null;
  }

  start() {
    return new Promise((ok, fail) => {
      this.proc = spawn(`${this.bin}/phieu-collector`,
        ["--collector-port", String(this.port)],
        { stdio: ["ignore", "pipe", "ignore"] });
      let text = "";
      this.proc.stdout.on("data", (d) => {
        text += d;
        const m = /"listening":"(http:\/\/[^"]+)"/.exec(text);
        if (!m) return;
        this.url = m[1];
        this.port = Number(new URL(m[1]).port);
        ok();
      });
      this.proc.on("exit", (code) => fail(new Error(`collector: ${code}`)));
    });
  }

  stop(signal) {
    return new Promise((ok) => {
      this.proc.removeAllListeners("exit");
      this.proc.on("exit", ok);
      this.proc.kill(signal);
    });
  }

  async ask(key, path, body) {
    const r = await fetch(`${this.url}/v1/${path}`, {
      method: body ? "POST" : "GET", body,
      headers: { Authorization: `Bearer ${key}`,
        "Content-Type": "application/json" } });
    return { status: r.status, json: await r.json() };
  }

  /* All receipts of an agent, by sheet. */
  async receipts(key) {
    const out = [];
    let next = null;
    do {
      const { json } = await this.ask(key, `receipts?limit=200${next
        ? `&before=${encodeURIComponent(next)}` : ""}`);
      out.push(...json.receipts);
      next = json.next;
    } while (next);
    return out;
  }
}
