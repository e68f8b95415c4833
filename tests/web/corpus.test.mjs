/* The corpus through the page's rules: the other half is tests/test_corpus.c,
 * which runs the same cases through the collector's.
 * usage: corpus.test.mjs BUNDLE CORPUS_DIR   Closes with `N=…`. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [bundle, dir] = process.argv.slice(2);
const { check, dayOf, planOf } = await import(pathToFileURL(bundle).href);
let cases = 0;
let wrong = 0;

function told(faults) {
  return faults.map(([code, path]) => `${code} ${path}`).join("; ");
}

for (const name of readdirSync(dir).filter((f) => f.endsWith(".json"))) {
  const corpus = JSON.parse(readFileSync(join(dir, name), "utf8"));
  const plan = planOf(JSON.parse(readFileSync(corpus.plan, "utf8")));
  const today = dayOf(corpus.today);
  corpus.cases.forEach((c, i) => {
    const got = check(plan, c.submission, today);
    const faults = told(got.faults.map((f) => [f.code, f.path]));
    cases++;
    if (got.quarantine !== (c.quarantine === true) ||
      faults !== told(c.faults) || got.straight !== c.straight ||
      got.faults.some((f) => !f.message || !f.message_vi)) {
      wrong++;
      console.log(`${name} case ${i}:\n  want ${c.quarantine ?? ""} ` +
        `${told(c.faults)} ${c.straight}\n  got  ${got.quarantine} ` +
        `${faults} ${got.straight}`);
    }
  });
}
console.log(`N=${cases} cases judged alike by page and collector, ` +
  `${wrong} not`);
process.exit(cases >= 300 && wrong === 0 ? 0 : 1);
