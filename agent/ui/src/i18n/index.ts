/** The page's texts in two languages. The choice is kept over a reload; Chinese comes first. */
import { createI18n } from "vue-i18n";

import en from "./en.json";
import zh from "./zh-CN.json";

export const LANGUAGES = ["zh-CN", "en"] as const;
export type Language = (typeof LANGUAGES)[number];
const KEPT = "padkit.language";

function kept(): Language {
  return localStorage.getItem(KEPT) === "en" ? "en" : "zh-CN";
}

export const i18n = createI18n({ legacy: false, locale: kept(), fallbackLocale: "zh-CN", messages: { "zh-CN": zh, en } });

/** Show everything in another language from now on. */
export function speak(language: Language): void {
  i18n.global.locale.value = language as "zh-CN";
  localStorage.setItem(KEPT, language);
  dress(language);
}

/** Tell browser and screen reader which language the page is in. */
export function dress(language: string): void {
  document.documentElement.lang = language;
  document.title = i18n.global.t("app.title");
}
