/* Stands between a page and the collector: what a proxy, a captive portal or
 * a torn line do to answers, and another version of the page. */
import { createServer, request } from "node:http";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { gunzipSync } from "node:zlib";

const TYPES = { ".js": "text/javascript", ".css": "text/css",
  ".html": "text/html; charset=utf-8", ".svg": "image/svg+xml",
  ".png": "image/png", ".webmanifest": "application/manifest+json" };

export class Front {
  constructor(collector) {
    this.collector = collector;
    this.dist = null; // a folder: the page comes from there
    this.answer = null; // (path) => [status, type, text]: instead of asking
    this.tamper = null; // async (text) => text, of what is handed in
    this.posts = 0;
    this.server = createServer((rq, rp) => void this.serve(rq, rp).catch(
      (e) => {
        rp.writeHead(502, { "Content-Type": "text/html" });
        rp.end(`<html>${String(e)}</html>`);
      }));
  }

  start() {
    return new Promise((ok) => this.server.listen(0, "127.0.0.1", () => {
      this.url = `http://127.0.0.1:${this.server.address().port}`;
      ok();
    }));
  }

  stop() {
    this.server.closeAllConnections();
    return new Promise((ok) => this.server.close(ok));
  }

  async serve(rq, rp) {
    const path = rq.url;
    const chunks = [];
    for await (const c of rq) chunks.push(c);
    let body = Buffer.concat(chunks);
    const headers = { ...rq.headers };
    const handedIn = path.startsWith("/v1/submissions");
    if (handedIn) this.posts++;
    const said = this.answer?.(path);
    if (said) {
      rp.writeHead(said[0], { "Content-Type": said[1] });
      rp.end(said[2]);
      return;
    }
    if (handedIn && this.tamper) {
      if (headers["content-encoding"] === "gzip") body = gunzipSync(body);
      delete headers["content-encoding"];
      body = Buffer.from(await this.tamper(body.toString("utf8")));
      headers["content-length"] = String(body.length);
    }
    const own = this.dist && /^\/agent\//.test(path)
      ? this.file(path.slice(7).split("?")[0]) : null;
    await this.pass(rq.method, path, headers, body, rp, own);
  }

  file(name) {
    const path = name || "index.html";
    return readdirSync(this.dist).includes(path)
      ? { type: TYPES[extname(path)], data: readFileSync(join(this.dist,
        path)) } : null;
  }

  pass(method, path, headers, body, rp, own) {
    return new Promise((ok, fail) => {
      const out = request(this.collector.url + path, { method, headers },
        (back) => {
          const h = { ...back.headers };
          if (own) {
            delete h["content-encoding"];
            delete h.etag;
            h["content-length"] = own.data.length;
            h["content-type"] = own.type;
            rp.writeHead(200, h);
            back.resume();
            rp.end(own.data);
          } else {
            rp.writeHead(back.statusCode, h);
            back.pipe(rp);
          }
          back.on("end", ok);
        });
      out.on("error", fail);
      out.end(body);
    });
  }
}
