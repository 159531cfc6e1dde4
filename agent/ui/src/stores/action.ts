/** One thing that is being done: its button waits until it was answered, and a refusal stays in sight. */
import { ref, type Ref } from "vue";

import { Refusal } from "@/api/client";

export interface Action {
  busy: Ref<boolean>;
  refused: Ref<Refusal | undefined>;
  run(what: () => Promise<unknown>): Promise<boolean>;
}

/** Make one; `run` tells whether it went well, and does nothing while one is under way. */
export function useAction(): Action {
  const busy = ref(false);
  const refused = ref<Refusal>();

  async function run(what: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    refused.value = undefined;
    try {
      await what();
      return true;
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
      refused.value = problem;
      return false;
    } finally {
      busy.value = false;
    }
  }
  return { busy, refused, run };
}
