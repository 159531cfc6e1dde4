/** What the keypad has told of an entry: which of the two it is, and how many keys were pressed. Never a digit. Pure. */
import type { Line } from "@/api/events";

const MOST = 12; // stars on the screen

/** Read the hints of the entry that is under way: `turn` is 0 before the first. */
export function pinEntry(lines: readonly Line[]): { turn: 0 | 1 | 2; pressed: number } {
  const begun = lines.findLastIndex((it) => it.kind === "doing" && it.action === "enter_pin");
  let [turn, pressed]: [0 | 1 | 2, number] = [0, 0];
  for (const { note = "" } of lines.slice(begun + 1)) {
    const entry = /^pin\.entry ([12])\/2$/.exec(note);
    const count = /^pin\.key_pressed (\d+)$/.exec(note);
    if (entry) [turn, pressed] = [entry[1] === "1" ? 1 : 2, 0];
    else if (count) pressed = Math.min(Number(count[1]), MOST);
  }
  return { turn, pressed };
}
