/* Builds the page into a folder, the same bytes from the same sources.
 * usage: node build.mjs DIR */
import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rm }
  from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const src = join(here, "src");
const out = resolve(process.argv[2] ?? join(here, "dist"));
const AS_THEY_ARE = ["index.html", "manifest.webmanifest", "icon.svg",
  "icon-192.png", "icon-512.png"];
/* The respondents' page: its own files, unknown to the agent's worker. */
const BALLOT = ["ballot.html"];

await mkdir(out, { recursive: true });
for (const old of await readdir(out)) await rm(join(out, old));

const common = { bundle: true, minify: true, target: "es2020",
  legalComments: "none", charset: "utf8", absWorkingDir: here,
  logLevel: "warning" };
await build({ ...common, entryPoints: ["src/app.ts"], format: "iife",
  outfile: join(out, "app.js") });
await build({ ...common, entryPoints: ["src/app.css"],
  outfile: join(out, "app.css") });
for (const f of AS_THEY_ARE) await copyFile(join(src, f), join(out, f));

/* The worker's text names the content of all others: a new build is a new
 * worker. */
const files = (await readdir(out)).sort();
const sum = createHash("sha256");
for (const f of files) sum.update(f).update(await readFile(join(out, f)));
await build({ ...common, entryPoints: ["src/sw.ts"], format: "iife",
  define: {
    FILES: JSON.stringify(files.map((f) => f === "index.html" ? "./" : f)),
    BUILD: JSON.stringify(sum.digest("hex").slice(0, 16)),
  }, outfile: join(out, "sw.js") });
await build({ ...common, entryPoints: ["src/ballot.ts"], format: "iife",
  outfile: join(out, "ballot.js") });
await build({ ...common, entryPoints: ["src/ballot.css"],
  outfile: join(out, "ballot.css") });
for (const f of BALLOT) await copyFile(join(src, f), join(out, f));
for (const f of (await readdir(out)).sort())
  process.stdout.write(`${f} ${(await readFile(join(out, f))).length}\n`);
