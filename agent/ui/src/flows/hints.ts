/** What the note of a hint says to a screen. Pure. */
export interface FaceStep {
  step: number;
  of: number;
  kind: string;
  colour: string;
}

/** Read `face.step N/M KIND [#rrggbb]`; undefined for another note. */
export function faceStep(note: string): FaceStep | undefined {
  const found = /^face\.step (\d+)\/(\d+) (\w+)(?: (#[0-9a-fA-F]{6}))?$/.exec(note);
  return found ? { step: Number(found[1]), of: Number(found[2]), kind: found[3] ?? "", colour: found[4] ?? "" } : undefined;
}

/** Return the text's key, from `hint.`, and its numbers; how many digits of a PIN are there is never a number on the screen. */
export function hintKey(note: string): { key: string; named: Record<string, string | number> } {
  const step = faceStep(note);
  if (step) return { key: `hint.step.${step.kind}`, named: { step: step.step, of: step.of } };
  const entry = /^pin\.entry ([12])\/2$/.exec(note);
  if (entry) return { key: entry[1] === "1" ? "hint.pin.first" : "hint.pin.second", named: {} };
  const pressed = /^pin\.key_pressed (\d+)$/.exec(note);
  if (pressed) return { key: "hint.pin.pressed", named: { stars: "•".repeat(Math.min(Number(pressed[1]), 12)) } };
  return { key: `hint.${(note.split(/[:\s]/)[0] ?? "").replace(/\.$/, "")}`, named: {} };
}
