/** The note of a flow or case: its stable name, for which there may be a text, and what follows it. Pure. */

/** Return the key of a note's text: `pin.failed: pin.mismatch` has `reason.pin.failed`. */
export function reasonKey(note: string): string {
  return `reason.${(note.split(/[:\s]/)[0] ?? "").replace(/\.$/, "")}`;
}
