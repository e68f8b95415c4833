/* Bundled for the browser tests: the page's own queue, filled by the
 * thousand.  It stands under the page's address, signed out. */
import { db } from "../../collector/web/src/db";
import { sealed, signIn } from "../../collector/web/src/session";

export async function seed(key, docs) {
  const { vault } = await signIn(key, true);
  await db.put(...await Promise.all(docs.map((doc, i) => {
    const text = JSON.stringify(doc);
    return sealed(vault, "queue", `s:${doc.instanceID}`, {
      instance: doc.instanceID, text, head: { sheet: doc.sheet,
        form: doc.form, group: doc.group, home: doc.home, keying: 1 } },
    new TextEncoder().encode(text).length, Date.now() - docs.length + i);
  })));
}
