/** The functions of the catalogue as the agent tells them: what this kit can do, and why not. */
import { defineStore } from "pinia";
import { ref } from "vue";
import { useI18n } from "vue-i18n";

import { get, type Shape } from "@/api/client";

export type FunctionView = Shape<"FunctionView">;

export const useFunctions = defineStore("functions", () => {
  const all = ref<readonly FunctionView[]>([]);
  const { locale } = useI18n({ useScope: "global" });

  /** Ask for them again: a new policy may bring new ones. Throws `Refusal`. */
  async function look(): Promise<void> {
    all.value = (await get("/v1/functions")).functions;
  }

  function of(id: string): FunctionView | undefined {
    return all.value.find((it) => it.id === id);
  }

  /** Return a function's name in the page's language, empty when it is not known. */
  function title(id: string): string {
    const name = of(id)?.name ?? {};
    return String(name[locale.value === "en" ? "en" : "zh"] ?? "");
  }

  return { all, look, of, title };
});
