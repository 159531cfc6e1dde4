// One picture per type of device, 240 by 172, below its name. Each gives SVG nodes for a state; `hand` makes a click act.

import { svg } from "./dom.js";
import { t } from "./texts.js";

const text = (x, y, words, more = {}) => svg("text", { x, y, ...more }, words);
const rect = (x, y, width, height, rx, more = {}) => svg("rect", { x, y, width, height, rx, ...more });

// Something that can be clicked; `title` says what happens.
function touch(act, title, ...inside) {
  const clicked = (event) => { if (act) { event.stopPropagation(); act(); } };
  return svg("g", { class: act ? "touch" : "", onclick: clicked }, act ? svg("title", {}, title) : null, ...inside);
}

const lamp = (x, y, on, label) => svg("g", {}, svg("circle", { cx: x, cy: y, r: 5, class: on ? "lamp on" : "lamp" }), text(x + 10, y + 4, label, { class: "small" }));

function bankCard(x, y, more = {}) {
  return svg("g", { class: "bankcard", ...more }, rect(x, y, 50, 32, 4), rect(x + 7, y + 10, 10, 8, 1, { class: "chip" }));
}

const STATION = { path: 92, gate: 168, out: 182, hand: 186 };

function cardBox(state, hand) {
  const at = (place) => state.cards.filter((card) => card.place === place).length;
  const stack = Math.min(9, Math.ceil(state.hopper / 5));
  const sheets = Array.from({ length: stack }, (_, n) => rect(28, 86 - n * 4, 40, 3, 1, { class: "sheet" }));
  const held = at("hand");
  const place = ["path", "gate", "out"].find((one) => at(one));
  const y = place === "out" ? 122 : 88;
  const takes = place === "gate" || place === "out";
  return [
    rect(14, 32, 178, 124, 8, { class: "body" }),
    rect(24, 36, 48, 56, 4, { class: "hollow" }), ...sheets,
    text(48, 49, String(state.hopper), { class: "count" }),
    svg("path", { d: "M48 104H192", class: "track" }),
    rect(24, 120, 60, 30, 4, { class: "hollow" }), text(54, 140, `${t("bin")} ${state.bin}`, { class: "small middle" }),
    rect(188, 84, 8, 40, 2, { class: "gate" }),
    place ? touch(takes ? hand("take_card") : null, t("action.take_card"), bankCard(STATION[place], y)) : null,
    held && !place ? touch(hand("push_card"), t("action.push_card"), text(196, 150, `✋ ${held}`, { class: "hand" })) : null,
    lamp(100, 140, state.initialised && !state.error, state.error ? `${t("error")} ${state.error}` : t(state.moving ? "moving" : state.initialised ? "ready" : "asleep")),
  ];
}

function ejectBox(state, hand) {
  const at = (place) => state.cards.some((card) => card.place === place);
  const stack = Math.min(9, Math.ceil(state.hopper / 5));
  const sheets = Array.from({ length: stack }, (_, n) => rect(38, 106 - n * 4, 40, 3, 1, { class: "sheet" }));
  const place = ["out", "path"].find(at);
  const act = place === "out" ? "take_card" : "remove_card";
  return [
    rect(24, 40, 158, 100, 8, { class: "body" }), rect(34, 52, 48, 60, 4, { class: "hollow" }), ...sheets,
    text(58, 66, String(state.hopper), { class: "count" }), rect(178, 92, 8, 40, 2, { class: "gate" }),
    place ? touch(hand(act), t(`action.${act}`), bankCard(place === "out" ? 182 : 108, 96)) : null,
    lamp(100, 56, !state.stuck, t(state.stuck ? "error" : state.moving ? "moving" : "ready")),
  ];
}

function identityReader(state, hand, device) {
  const lies = Boolean(state.person);
  const words = { person: state.people?.[0] ?? "" };
  const act = lies ? hand("lift_card") : hand("lay_card", words);
  const card = lies
    ? [rect(52, 58, 136, 84, 7, { class: "idcard" }), rect(146, 70, 32, 42, 3, { class: "face" }),
      text(64, 84, state.person, { class: "small dark" }), svg("path", { d: "M64 98H130M64 110H120M64 128H176", class: "lines" })]
    : [rect(52, 58, 136, 84, 7, { class: "place" }), text(120, 104, t("lay_here"), { class: "small middle" })];
  return [rect(30, 36, 180, 124, 10, { class: "body" }), touch(act, t(lies ? "action.lift_card" : "action.lay_card"), ...card),
    lamp(44, 48, state.found || state.selected, "")];
}

function cardReader(state, hand) {
  const inside = Boolean(state.inserted);
  const act = inside ? hand("remove_card") : hand("insert_card");
  const number = inside ? `…${String(state.inserted).slice(-4)}` : "";
  return [
    rect(40, 36, 160, 70, 10, { class: "body" }), rect(70, 92, 100, 8, 3, { class: "slot" }), lamp(56, 52, state.powered, inside ? t("card_in") : t("no_card")),
    touch(act, t(inside ? "action.remove_card" : "action.insert_card"),
      svg("g", { class: "bankcard" }, rect(80, inside ? 98 : 122, 80, inside ? 40 : 44, 4), rect(90, inside ? 106 : 132, 14, 11, 2, { class: "chip" })),
      text(150, inside ? 128 : 156, number, { class: "small end onblue" })),
  ];
}

const RIDGES = [8, 15, 22, 29].map((r) => `M${120 - r} ${112 + r / 2}V${98}a${r} ${r} 0 0 1 ${2 * r} 0V${112 + r / 2}`).join("");

function fingerprint(state, hand, device) {
  const finger = state.lying ?? "";
  const lies = Boolean(finger);
  const touches = device.hands.find((one) => one.action === "touch_finger");
  const words = Object.fromEntries((touches?.fields ?? []).filter((one) => one.needed)
    .map((one) => [one.name, (one.choices_in ? state[one.choices_in] : one.choices)?.[0] ?? ""]));
  const act = lies ? hand("lift_finger") : hand("touch_finger", words);
  const led = state.led ?? state.lit ?? state.light ?? false;
  return [rect(60, 36, 120, 124, 22, { class: "body" }),
    touch(act, t(lies ? "action.lift_finger" : "action.touch_finger"),
      svg("ellipse", { cx: 120, cy: 100, rx: 40, ry: 50, class: lies ? "sensor lit" : led ? "sensor warm" : "sensor" }),
      lies ? svg("path", { d: RIDGES, class: "ridges" }) : null,
      text(120, lies ? 142 : 104, lies ? finger.split("/").pop() : t("touch_here"), { class: "small middle" }))];
}

const BUTTONS = ["cancel", "redo", "confirm"]; // from left to right on the pad's bar

function signaturePad(state, hand, device) {
  const sign = state.moving ? hand("lift_pen") : hand("sign", { item: "" });
  const parts = [rect(20, 34, 200, 126, 10, { class: "body" }),
    touch(sign, t(state.moving ? "action.lift_pen" : "action.sign"),
      rect(34, 44, 172, 82, 3, { class: state.capturing ? "paper open" : "paper" }),
      svg("path", { d: "M56 102c14-40 22-40 16-8s12 10 20-14 14 30 30 4 18 2 40-10", class: state.moving ? "ink" : "ink faint" }),
      text(120, 58, t(state.moving ? "signing" : state.capturing ? "waits_for_pen" : "idle"), { class: "small middle" }))];
  BUTTONS.forEach((item, n) => parts.push(touch(hand("press", { item }), t(`press.${item}`),
    rect(34 + n * 58, 130, 56, 22, 3, { class: "key" }), text(62 + n * 58, 146, t(`press.${item}`), { class: "tiny middle" }))));
  return parts;
}

const KEYS = [["1"], ["2"], ["3"], ["4"], ["5"], ["6"], ["7"], ["8"], ["9"], ["C", "✕"], ["0"], ["E", "↵"]];

function pinPad(state, hand) {
  const keys = KEYS.map(([key, shown], n) => {
    const [x, y] = [60 + (n % 3) * 42, 66 + Math.floor(n / 3) * 25];
    return touch(hand("press_keys", { item: key }), `${t("action.press_keys")} ${shown ?? key}`,
      rect(x, y, 36, 21, 4, { class: "key" }), text(x + 18, y + 16, shown ?? key, { class: "small middle" }));
  });
  const shown = state.tampered ? t("tampered") : state.entering ? "•".repeat(state.stars) || "_" : "";
  return [rect(46, 32, 148, 134, 8, { class: "body" }), rect(58, 38, 124, 22, 3, { class: "screen" }),
    text(120, 54, shown, { class: "middle onscreen" }), ...keys];
}

function other(state) {
  return [rect(50, 50, 140, 90, 10, { class: "body" }), lamp(70, 70, state.plugged, t(state.plugged ? "plugged" : "unplugged"))];
}

export const PICTURES = {
  card_dispenser: cardBox,
  eject_box: ejectBox,
  identity_reader: identityReader,
  card_reader: cardReader,
  fingerprint_uru4500: fingerprint,
  fingerprint_r30x: fingerprint,
  signature_pad: signaturePad,
  pin_pad: pinPad,
  other,
};
