/** The visit, as the agent keeps it; the page itself keeps nothing of it. */
import { defineStore } from "pinia";
import { ref } from "vue";

import { get, post, type Shape } from "@/api/client";

export const useVisit = defineStore("visit", () => {
  const view = ref<Shape<"VisitView">>();
  const flows = ref<Shape<"FlowView">[]>([]);

  /** Ask how it stands. Throws `Refusal`. */
  async function look(): Promise<void> {
    view.value = await get("/v1/visit");
    flows.value = view.value.people.length ? [...(await get("/v1/flows", {}, "?all=1")).flows] : [];
  }

  async function begin(people: string[]): Promise<void> {
    view.value = await post("/v1/visit", { people });
  }

  async function mark(number: number, flow: string, leftOut: boolean): Promise<void> {
    view.value = await post("/v1/visit/people/{id}", { flow, left_out: leftOut }, { id: String(number) });
  }

  /** End it; what it was stays on the screen until it is left. */
  async function end(): Promise<Shape<"VisitView">> {
    const last = await post("/v1/visit/end", undefined);
    view.value = { people: [], cards: last.cards };
    return last;
  }

  return { view, flows, look, begin, mark, end };
});
