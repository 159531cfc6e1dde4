/** One thing that is being done: its button waits until it was answered, and a refusal stays in sight. */
import { ref, type Ref } from "vue";

import { Refusal } from "@/api/client";

const DOUBLE_TAP_MS = 400; // the second tap of a hand in a hurry

export interface Action {
  busy: Ref<boolean>;
  refused: Ref<Refusal | undefined>;
  run(what: () => Promise<unknown>): Promise<boolean>;
}

/** Make one; `run` tells whether it went well, and does nothing while one is under way or for the second of two quick taps. */
export function useAction(): Action {
  const busy = ref(false);
  const refused = ref<Refusal>();

  async function run(what: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    const began = performance.now();
    refused.value = undefined;
    try {
      await what();
      return true;
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
      refused.value = problem;
      return false;
    } finally {
      window.setTimeout(() => (busy.value = false), DOUBLE_TAP_MS - (performance.now() - began));
    }
  }
  return { busy, refused, run };
}
