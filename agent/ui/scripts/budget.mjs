/** Prints what the page's scripts weigh gzipped; fails above the budget. */
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 400; // gzipped, all scripts together
const folder = new URL("../../padkit_agent/page/assets/", import.meta.url);
const bytes = readdirSync(folder)
  .filter((it) => it.endsWith(".js"))
  .map((it) => gzipSync(readFileSync(new URL(it, folder))).length)
  .reduce((sum, it) => sum + it, 0);
console.log(`script: ${(bytes / 1000).toFixed(1)} kB gzipped of ${BUDGET_KB} kB`);
if (bytes > BUDGET_KB * 1000) process.exit(1);
