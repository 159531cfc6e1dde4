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

// The first character of each letter in the order of pinyin, which every browser sorts by.
const LETTERS = "abcdefghjklmnopqrstwxyz";
const FIRSTS = [..."阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七然仨他挖夕丫匝"];
const pinyin = new Intl.Collator("zh-Hans-CN-u-co-pinyin");

function letter(sign: string): string {
  if (!/\p{Script=Han}/u.test(sign)) return sign.toLowerCase();
  const at = FIRSTS.findLastIndex((it) => pinyin.compare(it, sign) <= 0);
  return at < 0 ? sign : (LETTERS[at] ?? sign);
}

/** Return the first letters of the pinyin of a Chinese name; what is no Chinese character stays as it is. */
export function initials(name: string): string {
  return [...name].map(letter).join("");
}

/** Return those of `named` (a Chinese and an English name each) that have what was typed, in their order; all for nothing. */
export function matching<T extends { zh: string; en: string }>(named: readonly T[], typed: string): T[] {
  const wanted = typed.trim().toLowerCase();
  return named.filter(({ zh, en }) => [zh, initials(zh), en.toLowerCase()].some((it) => it.includes(wanted)));
}
