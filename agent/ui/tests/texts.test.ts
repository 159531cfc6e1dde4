/** Each text exists in both languages, with the same places in it, and something on the page uses it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { fieldTexts } from "../src/flows/fields";
import { CHOICES } from "../src/flows/form";
import en from "../src/i18n/en.json";
import zh from "../src/i18n/zh-CN.json";

type Tree = { [key: string]: Tree | string };

function flat(tree: Tree, before = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") found.set(before + key, value);
    else for (const [inner, text] of flat(value, `${before}${key}.`)) found.set(inner, text);
  }
  return found;
}

const SOURCES = new URL("../src", import.meta.url).pathname;
const code = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
  .filter((it) => /\.(vue|ts)$/.test(it) && !it.endsWith(".d.ts"))
  .map((it) => readFileSync(join(SOURCES, it), "utf8"))
  .join("\n");
const places = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();
const made = [...code.matchAll(/`((?:\w+\.)+)\$\{/g)].map((it) => it[1] ?? "");
const literal = [...code.matchAll(/texts="(\w+)"/g)].map((it) => `${it[1]}.`);
const texts = [...literal, ...Object.keys(CHOICES).map((it) => `${fieldTexts(it)}.`)];

test("both languages have the same texts", () => {
  expect([...flat(en).keys()]).toEqual([...flat(zh).keys()]);
});

test.each([...flat(zh)])("%s has the same places in both languages", (key, text) => {
  expect(text.trim()).not.toBe("");
  expect(places(flat(en).get(key) ?? "")).toEqual(places(text));
});

test.each([...flat(zh).keys()])("%s is used", (key) => {
  expect([`"${key}"`, `'${key}'`].some((it) => code.includes(it)) || [...made, ...texts].some((it) => key.startsWith(it))).toBe(true);
});

test("each text that is named in the code is there", () => {
  const named = [...code.matchAll(/\bt\("([\w.]+)"/g)].map((it) => it[1] ?? "");
  expect(named.filter((it) => !flat(zh).has(it))).toEqual([]);
});
