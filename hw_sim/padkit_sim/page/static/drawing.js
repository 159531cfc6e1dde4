// The kit as a picture: a tablet, a device a tile, a cable each. Clicks do what a hand would do.

import { svg } from "./dom.js";
import { PICTURES } from "./pictures.js";
import { t } from "./texts.js";

const W = 240;
const H = 172;
const WIDE = { left: [[8, 8], [8, 196], [8, 384]], right: [[752, 8], [752, 196], [752, 384]], below: [[380, 384]] };
const PLACE = {
  identity_reader: ["left", 0], card_reader: ["left", 1], pin_pad: ["left", 2], card_dispenser: ["right", 0], eject_box: ["right", 0],
  fingerprint_uru4500: ["right", 1], fingerprint_r30x: ["right", 2], signature_pad: ["below", 0],
};
const CLIP = new Set(["identity_reader", "card_reader", "pin_pad"]);

export class Drawing {
  constructor(node, kit, act, choose) {
    Object.assign(this, { node, kit, act, choose, tiles: {}, chosen: "" });
  }

  // Draw everything anew: another kit, another language, another width.
  begin() {
    const narrow = matchMedia("(max-width: 700px)").matches;
    const places = narrow ? inTwoColumns(this.kit.devices) : aroundTheTablet(this.kit.devices);
    const tablet = narrow ? { x: 170, y: 8, w: 180, h: 100 } : { x: 395, y: 60, w: 210, h: 250 };
    const height = Math.max(narrow ? 120 : 372, ...places.map((at) => at.y + H + 8));
    this.node.setAttribute("viewBox", `0 0 ${narrow ? 520 : 1000} ${height}`);
    this.node.setAttribute("aria-label", `${t("picture")}: ${this.kit.devices.map((one) => t(`type.${one.type}`, one.type)).join(", ")}`);
    this.node.replaceChildren(...clip(this.kit.devices, places, narrow), drawnTablet(tablet));
    this.tiles = {};
    this.kit.devices.forEach((device, place) => {
      const cable = svg("g", { class: "cable", onclick: () => this.toggle(device) });
      const body = svg("g", {});
      const at = places[place];
      const tile = svg("g", { class: "tile", transform: `translate(${at.x} ${at.y})`, onclick: () => this.choose(device.id) },
        svg("rect", { class: "frame", width: W, height: H, rx: 12 }),
        svg("text", { x: 12, y: 22, class: "name" }, t(`type.${device.type}`, device.type)),
        svg("text", { x: W - 8, y: H - 7, class: "id" }, device.id), body);
      this.tiles[device.id] = { device, cable, body, tile, line: path(at, tablet, narrow) };
      this.node.append(cable, tile);
      this.show(device.id);
    });
    this.mark(this.chosen);
  }

  show(id) {
    const tile = this.tiles[id];
    const state = this.kit.states[id];
    if (!tile || !state) return;
    const { device } = tile;
    const hands = new Map(device.hands.map((hand) => [hand.action, hand]));
    const hand = (action, words = {}) => (hands.has(action) ? () => this.act({ do: "hand", device: id, action, ...words }) : null);
    const picture = PICTURES[device.type] ?? PICTURES.other;
    tile.body.replaceChildren(...picture(state, hand, device).filter(Boolean));
    tile.tile.classList.toggle("away", !state.plugged);
    const radio = device.wire === "ble";
    const { line, plug } = tile.line;
    tile.cable.setAttribute("class", `cable${state.plugged ? "" : " out"}${radio ? " radio" : ""}`);
    tile.cable.replaceChildren(
      svg("title", {}, t(state.plugged ? "unplug" : "plug")),
      svg("path", { d: line, class: "hit" }), svg("path", { d: line, class: "wire" }),
      svg("rect", { x: plug[0] - 7, y: plug[1] - 6, width: 14, height: 12, rx: 3, class: "plughead" }),
      radio ? svg("text", { x: plug[0], y: plug[1] - 12, class: "radio-mark" }, "Bluetooth") : "");
  }

  mark(id) {
    this.chosen = id;
    for (const [name, { tile }] of Object.entries(this.tiles)) tile.classList.toggle("chosen", name === id);
  }

  toggle(device) {
    this.choose(device.id);
    this.act({ do: this.kit.states[device.id]?.plugged ? "unplug" : "plug", device: device.id });
  }
}

function aroundTheTablet(devices) {
  const free = { left: [...WIDE.left], right: [...WIDE.right], below: [...WIDE.below] };
  const taken = new Set();
  const take = (side, place) => {
    const at = WIDE[side]?.[place];
    if (!at || taken.has(at)) return null;
    taken.add(at);
    return { x: at[0], y: at[1], side };
  };
  const wanted = devices.map((device) => take(...(PLACE[device.type] ?? ["", 0])));
  let more = 0;
  return wanted.map((at) => {
    if (at) return at;
    for (const side of ["right", "left", "below"]) {
      for (const place of free[side].keys()) {
        const found = take(side, place);
        if (found) return found;
      }
    }
    more += 1;
    return { x: 8 + ((more - 1) % 3) * 372, y: 572 + Math.floor((more - 1) / 3) * 188, side: "below" };
  });
}

const inTwoColumns = (devices) =>
  devices.map((_, place) => ({ x: place % 2 ? 274 : 6, y: 130 + Math.floor(place / 2) * 186, side: place % 2 ? "right" : "left" }));

// The way of a cable from its device to the tablet, and where its plug is drawn.
function path(at, tablet, narrow) {
  if (narrow) {
    const x = at.side === "left" ? at.x + W : at.x;
    const gutter = at.side === "left" ? 257 : 263;
    const y = at.y + 36;
    return { line: `M${x} ${y}H${gutter}V${tablet.y + tablet.h}`, plug: [gutter, at.y + 20] };
  }
  const middle = tablet.x + tablet.w / 2;
  if (at.side === "below") {
    const x = at.x + W / 2;
    const foot = tablet.y + tablet.h;
    return { line: `M${x} ${at.y}C${x} ${at.y - 40} ${middle} ${foot + 40} ${middle} ${foot}`, plug: [middle, foot + 14] };
  }
  const from = at.side === "left" ? at.x + W : at.x;
  const to = at.side === "left" ? tablet.x : tablet.x + tablet.w;
  const y = at.y + H / 2;
  const into = tablet.y + 40 + (y / 560) * (tablet.h - 60);
  const bend = (to - from) / 2;
  return { line: `M${from} ${y}C${from + bend} ${y} ${to - bend} ${into} ${to} ${into}`, plug: [to + (at.side === "left" ? -12 : 12), into] };
}

const drawnTablet = (at) =>
  svg("g", { class: "tablet" },
    svg("rect", { x: at.x, y: at.y, width: at.w, height: at.h, rx: 14 }),
    svg("rect", { x: at.x + 12, y: at.y + 12, width: at.w - 24, height: at.h - 24, rx: 5, class: "screen" }),
    svg("text", { x: at.x + at.w / 2, y: at.y + at.h / 2 + 6 }, t("tablet")));

// A housing around the parts of the back-clip that stand one below another.
function clip(devices, places, narrow) {
  const ys = devices.flatMap((device, place) => (CLIP.has(device.type) && places[place].side === "left" ? [places[place].y] : []));
  if (narrow || ys.length < 2) return [];
  const top = Math.min(...ys);
  return [svg("rect", { class: "clip", x: 2, y: top - 6, width: W + 12, height: Math.max(...ys) - top + H + 12, rx: 16 }, svg("title", {}, t("clip")))];
}
