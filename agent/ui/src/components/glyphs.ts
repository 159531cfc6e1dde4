/** The signs of `GlyphIcon`, drawn here, and which one a device's state has. */
import type { Shape } from "@/api/client";

export const SHAPES = {
  ok: "M4 13l5 5L20 6",
  wait: "M12 3a9 9 0 1 0 9 9M12 7v5l4 2",
  warn: "M12 4L2 20h20L12 4zM12 10v4M12 17v.5",
  off: "M5 5l14 14M19 5L5 19",
  lock: "M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3",
  none: "M5 12h14",
  up: "M12 20V5M6 11l6-6 6 6",
} as const;
export type Glyph = keyof typeof SHAPES;
export type Tone = "good" | "plain" | "warn" | "bad";

type State = Shape<"DeviceState">;
const SIGNS: Record<State, [Glyph, Tone]> = {
  ready: ["ok", "good"],
  opening: ["wait", "plain"],
  absent: ["none", "warn"],
  faulty: ["warn", "bad"],
  locked: ["lock", "bad"],
  quarantined: ["off", "bad"],
};

/** Return a device state's sign and tone. */
export function signOf(state: State): [Glyph, Tone] {
  return SIGNS[state];
}
