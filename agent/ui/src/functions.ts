/** What can be done at this page, and how it is found: Chinese, the first letters of its pinyin, English. Pure. */
export interface PageFunction {
  id: "open" | "visit" | "todo" | "devices" | "selfTest" | "cases" | "dayEnd" | "support" | "practice";
  to: string;
}

export const FUNCTIONS: readonly PageFunction[] = [
  { id: "open", to: "/begin" },
  { id: "visit", to: "/visit" },
  { id: "todo", to: "/#todo" },
  { id: "devices", to: "/kit#devices" },
  { id: "selfTest", to: "/kit#self-test" },
  { id: "cases", to: "/kit#cases" },
  { id: "dayEnd", to: "/kit#day-end" },
  { id: "support", to: "/kit#support" },
  { id: "practice", to: "/kit#practice" },
];

// The first letter of each character's pinyin, for the characters that stand in the functions' Chinese names.
const LETTERS: Readonly<Record<string, string>> = Object.fromEntries(
  [..."开k卡k立l办b借j记j待d事s件j项x设s备b状z态t自z检j处c理l日r终z对d账z技j术s支z持c包b练l习x上s门m批p量l服f务w".matchAll(/(.)([a-z])/gu)].map((it) => [it[1], it[2]]),
);

/** Return the first letters of a Chinese name; a character without one stays as it is. */
export function initials(name: string): string {
  return [...name].map((it) => LETTERS[it] ?? it).join("");
}

/** Return those of `named` (a Chinese and an English name each) that have what was typed, in their order; all for nothing. */
export function matching<T extends { zh: string; en: string }>(named: readonly T[], typed: string): T[] {
  const wanted = typed.trim().toLowerCase();
  return named.filter(({ zh, en }) => [zh, initials(zh), en.toLowerCase()].some((it) => it.includes(wanted)));
}
