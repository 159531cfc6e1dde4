// A place to sign with mouse, finger or pen. Gives the strokes as JSON: lists of [x, y, milliseconds, pressure], 0 to 1.

import { el } from "./dom.js";
import { t } from "./texts.js";

const WIDTH = 400;
const HEIGHT = 240;
const MOST_POINTS = 2000;

export function signingPad(signed) {
  let strokes = [];
  let begun = 0;
  let points = 0;
  const canvas = el("canvas", { width: WIDTH, height: HEIGHT, class: "pad", "aria-label": t("sign_here") });
  const pen = canvas.getContext("2d");
  const wipe = () => { strokes = []; points = 0; pen.clearRect(0, 0, WIDTH, HEIGHT); };
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    const x = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    const y = Math.min(1, Math.max(0, (event.clientY - box.top) / box.height));
    return [Number(x.toFixed(4)), Number(y.toFixed(4)), Math.round(event.timeStamp - begun), Number((event.pressure || 0.5).toFixed(3))];
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (!strokes.length) begun = event.timeStamp;
    canvas.setPointerCapture(event.pointerId);
    strokes.push([at(event)]);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!event.buttons || !strokes.length || points >= MOST_POINTS) return;
    const stroke = strokes.at(-1);
    const [from, to] = [stroke.at(-1), at(event)];
    stroke.push(to);
    points += 1;
    pen.lineWidth = 1 + 3 * to[3];
    pen.strokeStyle = "#1a3e8c";
    pen.lineCap = "round";
    pen.beginPath();
    pen.moveTo(from[0] * WIDTH, from[1] * HEIGHT);
    pen.lineTo(to[0] * WIDTH, to[1] * HEIGHT);
    pen.stroke();
  });
  return el("div", { class: "signing" }, el("p", { class: "hint" }, t("sign_here")), canvas,
    el("div", {},
      el("button", { type: "button", onclick: () => { if (strokes.length) signed(JSON.stringify(strokes)); wipe(); } }, t("send_drawn")),
      el("button", { type: "button", onclick: wipe }, t("wipe"))));
}
