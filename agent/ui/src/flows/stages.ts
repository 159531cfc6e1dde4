/** A flow as a person sees it: at most seven stages, made of the agent's phases. Pure. */
export const STAGES = ["customer", "authorise", "card", "pin", "bank", "handOver", "finish"] as const;
export type Stage = (typeof STAGES)[number];

const OF_PHASE: Record<string, Stage> = {
  STARTED: "customer",
  CONSENTED: "customer",
  ID_READ: "customer",
  ID_COMPARED: "customer",
  ID_CHECKED: "customer",
  OFFLINE_HELD: "customer",
  PERSON_OK: "customer",
  ELIGIBLE: "customer",
  CDD_DONE: "customer",
  FORM_DONE: "customer",
  SIGNED: "customer",
  AUTH_WAIT: "authorise",
  AUTHORISED: "card",
  SUBMITTING: "pin",
  CARD_STAGED: "card",
  CARD_BOUND: "pin",
  PIN_SET: "pin",
  CORE_SENT: "bank",
  CORE_UNKNOWN: "bank",
  CORE_REFUSED: "bank",
  CORE_OK: "handOver",
  CARD_PRESENTED: "handOver",
  CARD_NOT_TAKEN: "handOver",
  CARD_TAKEN: "finish",
  CONFIRMED: "finish",
  RECEIPTED: "finish",
  UPLOADED: "finish",
  CLOSED: "finish",
};
const STOPPABLE: readonly Stage[] = ["customer", "authorise", "card", "pin"]; // before the bank was asked
const TWO_PEOPLE = ["face_alternative", "load_cards", "empty_bin", "taken_unclear", "retract_failed", "old_card"];
const CUSTOMERS = ["document_read", "receipt", "phone_code", "confirm", "in_hand"]; // what the customer answers; all else is the manager's
const NOT_HERE: Record<string, readonly string[]> = { pin: ["entered"] }; // a PIN comes from a keypad, never from a page

const WITHOUT_CARD: readonly Stage[] = STAGES.filter((it) => it !== "card" && it !== "handOver");

/** Return the stages of a function: two of them are only there where a card is given out. */
export function stagesOf(givesCard: boolean): readonly Stage[] {
  return givesCard ? STAGES : WITHOUT_CARD;
}

/** Return the stage of a phase; none for an end other than the good one. */
export function stageOf(phase: string, givesCard = true): Stage | undefined {
  const stage = OF_PHASE[phase];
  if (givesCard || (stage !== "card" && stage !== "handOver")) return stage;
  return stage === "card" ? "pin" : "finish";
}

/** Tell whether the agent may still be asked to stop; it has the last word. */
export function mayCancel(phase: string): boolean {
  const stage = stageOf(phase);
  return stage !== undefined && STOPPABLE.includes(stage);
}

/** Tell whether two people must answer; the agent checks it. */
export function needsTwo(question: string): boolean {
  return TWO_PEOPLE.includes(question);
}

/** Tell whether a question is the customer's own. */
export function isCustomers(question: string): boolean {
  return CUSTOMERS.includes(question);
}

/** Return the choices of a question that a page may offer. */
export function choicesHere(question: string, choices: readonly string[]): string[] {
  return choices.filter((it) => !NOT_HERE[question]?.includes(it));
}

export type Ending = "opened" | "cancelled" | "refused" | "reversed" | "case";

/** Return how an ended flow ended. Only CLOSED is an opened card. */
export function endingOf(phase: string): Ending {
  if (phase === "CLOSED") return "opened";
  if (phase === "CANCELLED") return "cancelled";
  if (phase === "REFUSED") return "refused";
  return phase === "REVERSED" ? "reversed" : "case";
}

export type CardPlace = "customer" | "bin" | "hopper" | "unclear";

/** Return where the card of an ended flow is: `voucher` is empty when none was read. */
export function cardOf(phase: string, voucher: string): CardPlace {
  const ending = endingOf(phase);
  if (ending === "opened") return "customer";
  if (ending === "case") return "unclear";
  return voucher ? "bin" : "hopper";
}
