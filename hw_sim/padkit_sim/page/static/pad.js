// The screen of a signature pad as it is now, and a place to write on it. Each stroke is sent when the pen goes up.

import { el } from "./dom.js";
import { t } from "./texts.js";

const MOUSE_FORCE = 0.5; // a mouse presses as hard as it always does
const MOST_PLACES = 2000; // fits one request; a longer stroke goes on as the next one
const LONGEST_MS = 50000;
const AGAIN_MS = 200; // between two looks at a screen that changes

export class Pad {
  constructor(device, act) {
    Object.assign(this, { device, act, stroke: null, seen: "", wanted: "", looking: false });
    this.picture = new Image();
    this.canvas = el("canvas", {
      class: "pad", role: "img", "aria-label": t("draw_here"), title: t("draw_here"),
      onpointerdown: (event) => this.begin(event), onpointermove: (event) => this.move(event),
      onpointerup: () => this.end(), onpointercancel: () => this.end(),
    });
    this.node = el("div", {}, el("h3", {}, t("draw_here")), this.canvas, el("p", { class: "about" }, t("draw_hint")));
  }

  // Show what the pad shows.
  show(state) {
    if (this.canvas.width !== state.width_px || this.canvas.height !== state.height_px) {
      Object.assign(this.canvas, { width: state.width_px, height: state.height_px });
      this.seen = "";
    }
    this.wanted = state.screen;
    if (!this.looking && this.wanted !== this.seen) this.look();
  }

  async look() {
    this.looking = true;
    while (this.wanted !== this.seen) {
      const wanted = this.wanted;
      const picture = new Image();
      picture.src = `screen/${encodeURIComponent(this.device.id)}?${wanted}`;
      await picture.decode().then(() => { this.picture = picture; }, () => {});
      this.seen = wanted;
      this.paint();
      await new Promise((go) => setTimeout(go, AGAIN_MS));
    }
    this.looking = false;
  }

  paint() {
    const pen = this.canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, this.canvas.width, this.canvas.height);
    if (this.picture.naturalWidth) pen.drawImage(this.picture, 0, 0);
    this.stroke?.forEach((place, number) => this.line(this.stroke[number - 1] ?? place, place));
  }

  line(from, to) {
    const pen = this.canvas.getContext("2d");
    Object.assign(pen, { strokeStyle: "#2d62b8", lineCap: "round", lineWidth: (1 + 4 * to.force) * (this.canvas.width / 800) });
    pen.beginPath();
    pen.moveTo(from.x * this.canvas.width, from.y * this.canvas.height);
    pen.lineTo(to.x * this.canvas.width, to.y * this.canvas.height);
    pen.stroke();
  }

  begin(event) {
    if (event.button !== 0 || this.stroke) return;
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.pointer = event.pointerId;
    this.stroke = [];
    this.move(event);
  }

  move(event) {
    if (!this.stroke || event.pointerId !== this.pointer) return;
    const each = event.getCoalescedEvents?.() ?? [];
    for (const one of each.length ? each : [event]) {
      if (this.stroke.length >= MOST_PLACES || this.lasts(one) > LONGEST_MS) this.stroke = [...this.send().slice(-1)];
      this.add(one);
    }
  }

  lasts(event) {
    return this.stroke.length ? event.timeStamp - this.stroke[0].at_ms : 0;
  }

  add(event) {
    const box = this.canvas.getBoundingClientRect();
    const part = (at, from, size) => Math.min(1, Math.max(0, (at - from) / size));
    const force = event.pointerType === "mouse" || !event.pressure ? MOUSE_FORCE : Math.min(1, event.pressure);
    const place = { at_ms: event.timeStamp, x: part(event.clientX, box.left, box.width), y: part(event.clientY, box.top, box.height), force };
    this.line(this.stroke.at(-1) ?? place, place);
    this.stroke.push(place);
  }

  // Send what is drawn so far; gives it.
  send() {
    const [stroke, from] = [this.stroke, this.stroke[0].at_ms];
    let last = 0;
    const text = stroke.map((it) => {
      last = Math.max(last, Math.round(it.at_ms - from)); // a browser may tell its clock coarsely, never backwards
      return `${last},${it.x.toFixed(4)},${it.y.toFixed(4)},${it.force.toFixed(3)}`;
    });
    this.act({ do: "hand", device: this.device.id, action: "draw", item: text.join(" ") });
    return stroke;
  }

  end() {
    if (this.stroke?.length) this.send();
    this.stroke = null;
  }
}
