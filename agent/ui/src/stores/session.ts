/** Who is at the page: launched, signed in, and whether the agent answers at all. */
import { defineStore } from "pinia";
import { ref } from "vue";

import { get, post, Refusal, type Shape } from "@/api/client";
import { useCustomer } from "./customer";

export type Stand = "asking" | "unlaunched" | "signedOut" | "signedIn";

export const useSession = defineStore("session", () => {
  const stand = ref<Stand>("asking");
  const by = ref("");
  const away = ref(false);
  const refused = ref<Refusal>();

  /** Spend a launch code, or find the session there was; a refusal is kept for the screen. */
  async function enter(launch: string): Promise<void> {
    try {
      take(launch ? await post("/v1/session", { launch }) : await get("/v1/session"));
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
      if (launch) refused.value = problem;
      if (problem.code !== "agent.away") stand.value = "unlaunched";
    }
  }

  async function signIn(name: string, passcode: string): Promise<void> {
    take(await post("/v1/session/sign-in", { by: name, passcode }));
    useCustomer().back();
  }

  async function signOut(): Promise<void> {
    take(await post("/v1/session/sign-out", undefined));
  }

  /** A refusal may say that the session or the sign-in is over, or that no agent answers. */
  function heard(refusal: Refusal): void {
    away.value = refusal.code === "agent.away";
    if (refusal.code === "page.session") stand.value = "unlaunched";
    else if (refusal.code === "page.signed_out") stand.value = "signedOut";
  }

  function answered(): void {
    away.value = false;
  }

  function take(view: Shape<"SessionView">): void {
    answered();
    refused.value = undefined;
    by.value = view.by ?? "";
    stand.value = view.signed_in ? "signedIn" : "signedOut";
  }

  return { stand, by, away, refused, enter, signIn, signOut, heard, answered };
});
