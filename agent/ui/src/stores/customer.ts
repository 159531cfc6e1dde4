/** Customer mode: the tablet is in the customer's hands, with one flow and no menus, until the manager signs in again. */
import { defineStore } from "pinia";
import { ref } from "vue";

const KEPT = "padkit.customer"; // over a reload: a customer who reloads the page stays where he is

export const useCustomer = defineStore("customer", () => {
  const flow = ref(sessionStorage.getItem(KEPT) ?? "");
  const returning = ref(false); // the manager is about to sign in
  const alone = ref(false); // what is on the screen is for the customer's eyes alone, as the entry of a PIN

  /** Give the tablet away; only this flow is seen from now on. */
  function give(id: string): void {
    flow.value = id;
    sessionStorage.setItem(KEPT, id);
  }

  /** The manager is back. */
  function back(): void {
    flow.value = "";
    returning.value = false;
    sessionStorage.removeItem(KEPT);
  }

  return { flow, returning, alone, give, back };
});
