/** Where the card in play is, by the flow's phase and by what the box said last. Pure. */
import type { Line } from "@/api/events";
import { cardOf, type CardPlace as EndPlace } from "./stages";

export const PLACES = ["hopper", "inner", "gate", "bin", "taken", "unknown"] as const;
export type Place = (typeof PLACES)[number];

export interface Whereabouts {
  place: Place;
  to?: Place; // it is being moved there
  takeAt?: string; // since then (UTC) it waits to be taken,
  takeS?: number; // for so long
}

const OF_PHASE: Record<string, Place> = {
  AUTHORISED: "hopper",
  CARD_STAGED: "inner",
  CARD_BOUND: "inner",
  PIN_SET: "inner",
  CORE_SENT: "inner",
  CORE_UNKNOWN: "inner",
  CORE_REFUSED: "inner",
  CORE_OK: "inner",
  CARD_PRESENTED: "gate",
  CARD_NOT_TAKEN: "bin",
  CARD_TAKEN: "taken",
  CONFIRMED: "taken",
  RECEIPTED: "taken",
  UPLOADED: "taken",
};
const OF_END: Record<EndPlace, Place> = { customer: "taken", bin: "bin", hopper: "hopper", unclear: "unknown" };
const OF_BOX: Record<string, Place> = { inside: "inner", gate: "gate", unclear: "unknown" };
const OF_TARGET: Record<string, Place> = { reader: "inner", gate: "gate", bin: "bin" };
const IN_DOUBT = ["doubtful", "box_fault", "taken_unclear"];

/** Return what a finished step of the box says of the card; undefined when it says nothing. */
function told(line: Line): Place | undefined {
  if (IN_DOUBT.includes(line.event ?? "")) return "unknown";
  if (line.event === "card_taken") return "taken";
  if (line.event === "not_taken") return "gate";
  if (line.event !== "moved" && line.event !== "box_seen") return undefined;
  const [, target] = /^to the (\w+) \(/.exec(line.note ?? "") ?? [];
  const [, seen = ""] = /card (\w+), bin /.exec(line.note ?? "") ?? [];
  return seen === "none" ? (target === "bin" ? "bin" : undefined) : OF_BOX[seen];
}

/** Return where the card is. `lines` are the flow's, oldest first; after a reload there may be none, and the phase alone speaks. */
export function whereabouts(phase: string, voucher: string, ended: boolean, action: string, lines: readonly Line[]): Whereabouts {
  if (ended) return { place: OF_END[cardOf(phase, voucher)] };
  const steps = lines.filter((it) => it.kind === "doing" || it.kind === "done");
  const seen = steps.findLast((it) => it.kind === "done" && told(it) !== undefined);
  const heard = seen && seen.phase === phase ? told(seen) : undefined;
  const here: Whereabouts = { place: heard ?? OF_PHASE[phase] ?? "hopper" };
  const now = steps[steps.length - 1];
  if (action === "stage_card") return { place: "hopper", to: "inner" };
  if (now?.kind !== "doing") return here;
  const [, target = ""] = now.action === "move_card" ? (/^to the (\w+):/.exec(now.note ?? "") ?? []) : [];
  if (target) return { ...here, to: OF_TARGET[target] };
  const [, seconds] = now.action === "await_taken" ? (/^([\d.]+) s$/.exec(now.note ?? "") ?? []) : [];
  return seconds ? { ...here, takeAt: now.at, takeS: Number(seconds) } : here;
}
