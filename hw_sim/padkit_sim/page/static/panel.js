// The chosen device: its state in words, what hands can do, its cable and power, its faults.

import { el } from "./dom.js";
import { faultForm } from "./faults.js";
import { Pad } from "./pad.js";
import { actionText, t } from "./texts.js";

const ELSEWHERE = new Set(["type", "serial", "plugged"]); // shown in a line of their own
const ON_THE_PAD = "draw"; // a hand that has a place to draw in, not a button
const MANY = 6;

export class Panel {
  constructor(node, kit, act) {
    Object.assign(this, { node, kit, act, device: null, pad: null });
    this.facts = el("dl", { class: "facts" });
  }

  show(device) {
    this.device = device;
    this.pad = device?.hands.some((hand) => hand.action === ON_THE_PAD) ? new Pad(device, this.act) : null;
    if (!device) return this.node.replaceChildren();
    const hands = el("div", { class: "hands" }, ...device.hands.filter((hand) => hand.action !== ON_THE_PAD).map((hand) => this.hand(hand)));
    this.node.replaceChildren(
      el("p", { class: "about" }, `${device.product} · ${device.wire} ${device.place}`),
      this.facts,
      ...(device.hands.length ? [el("h3", {}, t("hands")), hands] : []),
      ...(this.pad ? [this.pad.node] : []),
      el("h3", {}, t("cable")), this.cable(device),
      ...(device.faults.length ? [el("h3", {}, t("faults")), faultForm(device, this.kit, this.act)] : []));
    this.state();
  }

  // Show the state again; what a person is typing stays.
  state() {
    const state = this.kit.states[this.device?.id];
    if (!state) return this.facts.replaceChildren();
    this.pad?.show(state);
    const lines = [["cable", t(state.plugged ? "plugged" : "unplugged") + (state.serial ? ` (${state.serial})` : "")]];
    for (const [name, value] of Object.entries(state)) {
      if (!ELSEWHERE.has(name)) lines.push([name, shown(value)]);
    }
    this.facts.replaceChildren(...lines.map(([name, text]) => el("div", { class: text.length > 24 ? "long" : "" },
      el("dt", {}, t(`state.${name}`, name)), el("dd", {}, text))));
    for (const list of this.node.querySelectorAll("select[data-choices-in]")) {
      fill(list, state[list.dataset.choicesIn] ?? [], list.dataset.needed === "true");
    }
    this.node.querySelector(".plug")?.replaceChildren(t(state.plugged ? "unplug" : "plug"));
  }

  hand(hand) {
    const fields = hand.fields.map((field) => this.field(field));
    const form = el("form", { class: "hand", onsubmit: (event) => { event.preventDefault(); this.acts(hand, form); } },
      el("button", { type: "submit", title: hand.does }, actionText(hand)),
      ...fields);
    return form;
  }

  acts(hand, form) {
    const words = hand.fields.map((field) => [field.name, form.elements[field.name].value]);
    this.act({ do: "hand", device: this.device.id, action: hand.action, ...Object.fromEntries(words) });
  }

  field(field) {
    const label = t(`field.${field.name}`, field.name);
    if (field.choices.length || field.choices_in) {
      const list = el("select", { name: field.name, "aria-label": label, title: field.help });
      if (field.choices_in) Object.assign(list.dataset, { choicesIn: field.choices_in, needed: field.needed });
      fill(list, field.choices, field.needed);
      return list;
    }
    return el("input", { name: field.name, "aria-label": label, placeholder: field.help || label, title: field.help, autocomplete: "off" });
  }

  cable(device) {
    const serial = el("input", { "aria-label": t("as_other"), placeholder: t("as_other"), autocomplete: "off" });
    const plug = el("button", { type: "button", class: "plug", onclick: () => {
      const plugged = this.kit.states[device.id]?.plugged;
      this.act(plugged ? { do: "unplug", device: device.id } : { do: "plug", device: device.id, as: serial.value });
    } }, t("unplug"));
    const power = el("button", { type: "button", onclick: () => this.act({ do: "power_cycle", device: device.id }) }, t("power_cycle"));
    return el("div", { class: "fields" }, plug, serial, power, device.type === "card_dispenser" ? this.auto(device) : null);
  }

  auto(device) {
    const after = el("input", { type: "number", min: 0, step: "any", size: 4, placeholder: "–" });
    after.addEventListener("change", () => {
      this.act({ do: "auto", device: device.id, take_after_s: after.value === "" ? null : Number(after.value) });
    });
    return el("label", {}, el("span", {}, t("take_after")), after);
  }
}

function fill(list, values, needed) {
  const wanted = needed ? values : ["", ...values];
  if (list.options.length === wanted.length && wanted.every((value, place) => list.options[place].value === value)) return;
  const kept = list.value;
  list.replaceChildren(...wanted.map((value) => el("option", { value }, value || "–")));
  if (wanted.includes(kept)) list.value = kept;
}

function shown(value) {
  if (value === true || value === false) return t(value ? "yes" : "no");
  if (value === null || value === "") return "–";
  if (Array.isArray(value)) return several(value);
  if (typeof value === "object") return Object.entries(value).map(([name, one]) => `${name} ${shown(one)}`).join(", ");
  return t(`value.${value}`, String(value));
}

// A list: its places counted when its entries have one, else its first entries.
function several(values) {
  if (values.length && values.every((one) => one?.place)) {
    const places = {};
    for (const one of values) places[one.place] = (places[one.place] ?? 0) + 1;
    return Object.entries(places).map(([place, count]) => `${t(`place.${place}`, place)} ${count}`).join(", ");
  }
  const texts = values.slice(0, MANY).map((one) => (typeof one === "object" ? Object.values(one).map(shown).join(" ") : shown(one)));
  return texts.join(", ") + (values.length > MANY ? ` … (${values.length})` : "") || "–";
}
