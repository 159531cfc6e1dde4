/** What the keypad has told of an entry: which of the two it is, and how many keys were pressed. Never a digit. Pure. */
import type { Line } from "@/api/events";

const MOST = 12; // stars on the screen

/** Read the hints of the entry that is under way: `turn` is 0 before the first; `present` while it is the PIN that the card has. */
export function pinEntry(lines: readonly Line[]): { turn: 0 | 1 | 2; present: boolean; pressed: number } {
  const begun = lines.findLastIndex((it) => it.kind === "doing" && it.action === "enter_pin");
  let [turn, present, pressed]: [0 | 1 | 2, boolean, number] = [0, false, 0];
  for (const { note = "" } of lines.slice(begun + 1)) {
    const entry = /^pin\.entry ([12])\/([12])$/.exec(note);
    const count = /^pin\.key_pressed (\d+)$/.exec(note);
    if (entry) [turn, present, pressed] = [entry[1] === "1" ? 1 : 2, entry[2] === "1", 0];
    else if (count) pressed = Math.min(Number(count[1]), MOST);
  }
  return { turn, present, pressed };
}
