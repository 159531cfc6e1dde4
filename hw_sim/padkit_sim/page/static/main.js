// The control page: keeps what the simulator tells, and hands it to the drawing, the panel, the faults and the log.

import { byId, el } from "./dom.js";
import { Drawing } from "./drawing.js";
import { FaultList } from "./faults.js";
import { Link } from "./link.js";
import { Log } from "./log.js";
import { Panel } from "./panel.js";
import { language, setLanguage, t } from "./texts.js";

const TOAST_MS = 12000;
const kit = { name: "", devices: [], faults: {}, states: {}, armed: [], fired: [], firedCount: 0, speed: 1 };
let chosen = "";
let stands = false;
const link = new Link(hear, (now) => { stands = now; showStanding(); });

function toast(text) {
  const note = el("p", {}, text, el("button", { type: "button", "aria-label": t("close"), onclick: () => note.remove() }, "×"));
  byId("toasts").append(note);
  setTimeout(() => note.remove(), TOAST_MS);
}

// Ask for one thing; a refusal is shown as the simulator words it.
async function act(request) {
  const reply = await link.ask(request);
  if (!reply.ok) toast(reply.error || t("not_there"));
  return reply.ok;
}

const drawing = new Drawing(byId("drawing"), kit, act, choose);
const panel = new Panel(byId("panel"), kit, act);
const faultList = new FaultList(byId("armed"), byId("fired"), kit, act);
const log = new Log();

function hear(message) {
  if (message.is === "kit") {
    const { is, ...told } = message;
    Object.assign(kit, told, { states: {} });
    if (!kit.devices.some((device) => device.id === chosen)) chosen = kit.devices[0]?.id ?? "";
    log.begin(kit.devices.map((device) => device.id));
    showAll();
    return;
  }
  log.add(message.records ?? [], message.skipped ?? 0);
  for (const [id, state] of Object.entries(message.devices ?? {})) {
    kit.states[id] = state;
    drawing.show(id);
    if (id === chosen) panel.state();
    showPlugged(id);
  }
  if (message.faults) {
    kit.armed = message.faults.armed;
    kit.fired = message.faults.fired;
    kit.firedCount = message.faults.fired_count;
    faultList.show();
  }
  if (message.speed) {
    kit.speed = message.speed;
    showSpeed();
  }
}

function choose(id) {
  chosen = id;
  showTabs();
  panel.show(kit.devices.find((device) => device.id === id));
  drawing.mark(id);
}

function showTabs() {
  const tabs = kit.devices.map((device) =>
    el("button", {
      type: "button", role: "tab", id: `tab-${device.id}`, "aria-controls": "panel",
      "aria-selected": String(device.id === chosen), tabindex: device.id === chosen ? 0 : -1,
      onclick: () => choose(device.id),
    }, t(`type.${device.type}`, device.type), el("small", {}, device.id)));
  byId("tabs").replaceChildren(...tabs);
  byId("panel").setAttribute("aria-labelledby", `tab-${chosen}`);
  kit.devices.forEach((device) => showPlugged(device.id));
}

function showPlugged(id) {
  byId(`tab-${id}`)?.classList.toggle("away", kit.states[id]?.plugged === false);
}

byId("tabs").addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step || !kit.devices.length) return;
  event.preventDefault();
  const place = kit.devices.findIndex((device) => device.id === chosen) + step + kit.devices.length;
  choose(kit.devices[place % kit.devices.length].id);
  byId(`tab-${chosen}`).focus();
});

function showAll() {
  document.documentElement.lang = language() === "zh" ? "zh-CN" : "en";
  document.title = kit.name ? `${kit.name} · padkit-sim` : "padkit-sim";
  byId("kit").textContent = kit.name ? `${t("kit")} ${kit.name}` : "padkit-sim";
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = t(node.dataset.text);
  byId("language").textContent = language() === "zh" ? "English" : "中文";
  showStanding();
  drawing.begin();
  showTabs();
  choose(chosen);
  faultList.show();
  log.show();
}

function showStanding() {
  byId("live").textContent = stands ? t("live") : t("not_there");
  byId("live").classList.toggle("gone", !stands);
}

// The slider goes by powers of two, from a quarter to 64 times.
function showSpeed() {
  byId("speed").value = Math.round(Math.log2(kit.speed));
  byId("speed-shown").textContent = `×${Number(kit.speed.toPrecision(3))}`;
}

byId("speed").addEventListener("input", (event) => {
  act({ do: "speed", value: 2 ** Number(event.target.value) });
});
byId("language").addEventListener("click", () => {
  setLanguage(language() === "zh" ? "en" : "zh");
  showAll();
});
matchMedia("(max-width: 700px)").addEventListener("change", () => drawing.begin());
showAll();
