/** Large type: for the page as a whole, or for one flow, which remembers what was chosen for it. */
import { defineStore } from "pinia";
import { ref, watch } from "vue";

const KEPT = "padkit.elder"; // flows and what the manager chose for them; no personal data
const MOST = 200; // flows whose choice is remembered

type Chosen = Record<string, boolean>;

function kept(): Chosen {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
    return found && typeof found === "object" ? (found as Chosen) : {};
  } catch {
    return {};
  }
}

export const useElder = defineStore("elder", () => {
  const chosen = ref<Chosen>(kept());
  const flow = ref(""); // the one on the screen, or none
  const own = ref(false); // what its form says
  const on = ref(false);

  function settle(): void {
    on.value = chosen.value[flow.value] ?? own.value;
    document.documentElement.classList.toggle("elder", on.value);
  }

  /** Show a flow as it was chosen for it; without a choice as its form says. */
  function show(id: string, form: boolean): void {
    flow.value = id;
    own.value = form;
  }

  /** Choose for what is on the screen; for a flow it is remembered. */
  function choose(large: boolean): void {
    const others = Object.entries(chosen.value).filter(([id]) => id !== flow.value);
    const all = [...others, [flow.value, large] as const].slice(-MOST);
    chosen.value = Object.fromEntries(all);
    localStorage.setItem(KEPT, JSON.stringify(Object.fromEntries(all.filter(([id]) => id))));
  }

  watch([chosen, flow, own], settle, { immediate: true });
  return { on, show, choose };
});
