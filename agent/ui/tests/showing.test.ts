/** Where a screen says that the card is, what it shows of a PIN, and which voice it reads with. */
import { expect, test } from "vitest";

import type { Line } from "../src/api/events";
import { whereabouts } from "../src/flows/cardPlace";
import { pinEntry } from "../src/flows/pinEntry";
import { voiceFor } from "../src/flows/voice";

const line = (kind: string, phase: string, action: string, more: Partial<Line> = {}): Line => ({ kind, flow: "F", phase, action, at: "2026-01-01T00:00:00Z", ...more });
const at = (phase: string, ...lines: Line[]) => whereabouts(phase, "V1", false, lines[lines.length - 1]?.action ?? "", lines);

test("without a word of the box the phase says where the card is", () => {
  expect(["AUTHORISED", "CARD_BOUND", "CORE_UNKNOWN", "CARD_PRESENTED", "CARD_NOT_TAKEN", "CARD_TAKEN"].map((it) => at(it).place)).toEqual([
    "hopper",
    "inner",
    "inner",
    "gate",
    "bin",
    "taken",
  ]);
});

test("what the box saw counts more than the phase, and doubt is shown as doubt", () => {
  expect(at("CORE_OK", line("done", "CORE_OK", "look_at_box", { event: "box_seen", note: "card gate, bin 0" })).place).toBe("gate");
  expect(at("CORE_OK", line("done", "CORE_OK", "move_card", { event: "doubtful", note: "silent" })).place).toBe("unknown");
  expect(at("CARD_PRESENTED", line("done", "CARD_PRESENTED", "await_taken", { event: "taken_unclear" })).place).toBe("unknown");
  const captured = { event: "moved", note: "to the bin (customer.cancel): card none, bin 1" };
  expect(at("CARD_BOUND", line("done", "CARD_BOUND", "move_card", captured)).place).toBe("bin");
  expect(at("CARD_PRESENTED", line("done", "CORE_OK", "move_card", { event: "doubtful" })).place).toBe("gate");
});

test("a motion has its goal, and waiting at the gate its clock", () => {
  expect(at("AUTHORISED", line("doing", "AUTHORISED", "stage_card"))).toEqual({ place: "hopper", to: "inner" });
  expect(at("CORE_OK", line("doing", "CORE_OK", "move_card", { note: "to the gate: present" }))).toEqual({ place: "inner", to: "gate" });
  expect(at("CARD_PRESENTED", line("doing", "CARD_PRESENTED", "await_taken", { note: "30 s" }))).toMatchObject({ place: "gate", takeS: 30 });
});

test("an ended flow never shows the card with the customer unless it was opened", () => {
  const ended = ["CLOSED", "CANCELLED", "REVERSED", "CASE_OPEN"].map((it) => whereabouts(it, "V1", true, "", []).place);
  expect(ended).toEqual(["taken", "bin", "bin", "unknown"]);
});

test("stars count keys of the entry that is under way", () => {
  const hint = (note: string): Line => line("hint", "CARD_BOUND", "enter_pin", { note });
  const first = [line("doing", "CARD_BOUND", "enter_pin"), hint("pin.entry 1/2"), hint("pin.key_pressed 1"), hint("pin.key_pressed 2")];
  expect(pinEntry(first)).toEqual({ turn: 1, present: false, pressed: 2 });
  expect(pinEntry([...first, hint("pin.entry 2/2")])).toEqual({ turn: 2, present: false, pressed: 0 });
  expect(pinEntry([...first, line("doing", "CARD_BOUND", "enter_pin")])).toEqual({ turn: 0, present: false, pressed: 0 });
  expect(pinEntry([hint("pin.key_pressed 999")]).pressed).toBe(12);
});

test("only a voice of this machine reads, its own region first", () => {
  const voice = (lang: string, localService: boolean): SpeechSynthesisVoice => ({ lang, localService, name: lang, voiceURI: lang, default: false });
  expect(voiceFor("zh-CN", [voice("en-GB", true), voice("zh-CN", false)])).toBeUndefined();
  expect(voiceFor("zh-CN", [voice("zh-TW", true), voice("zh_CN", true)])?.lang).toBe("zh_CN");
  expect(voiceFor("en", [voice("en-GB", true)])?.lang).toBe("en-GB");
});
