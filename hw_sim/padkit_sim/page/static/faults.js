// Faults: the form that arms one, the list of those that wait, the list of those that struck.

import { el } from "./dom.js";
import { faultText, t } from "./texts.js";

// A form for the faults that `device` can have.
export function faultForm(device, kit, act) {
  const pick = el("select", { name: "name", "aria-label": t("fault") },
    ...device.faults.map((name) => el("option", { value: name }, name)));
  const about = el("p", { class: "about" });
  const args = el("div", { class: "fields" });
  const when = el("div", { class: "fields" });
  const form = el("form", { class: "fault", onsubmit: (event) => { event.preventDefault(); act(request(form, device, kit)); } },
    el("label", {}, el("span", {}, t("fault")), pick), about, args,
    el("details", {}, el("summary", {}, t("when")), when),
    el("button", { type: "submit", class: "danger" }, t("arm")));
  const fill = () => {
    const fault = kit.faults[pick.value];
    about.textContent = faultText(pick.value, fault.strikes);
    args.replaceChildren(...Object.entries(fault.args).map(([name, arg]) => field(name, arg)));
    when.replaceChildren(
      number("nth", t("nth"), 1, { min: 1 }),
      number("times", t("times"), 1, { min: 0 }),
      fault.lasting ? null : number("chance", t("chance"), "", { min: 0, max: 1, step: "any" }),
      number("after_s", t("after_s"), "", { min: 0, step: "any" }));
  };
  pick.addEventListener("change", fill);
  if (device.faults.length) fill();
  return form;
}

const number = (name, label, value, limits) =>
  el("label", {}, el("span", {}, label), el("input", { type: "number", name, value, ...limits }));

function field(name, arg) {
  const key = `arg:${name}`;
  if (typeof arg.default === "boolean") {
    return el("label", {}, el("span", {}, name), el("input", { type: "checkbox", name: key, checked: arg.default }));
  }
  if (arg.choices.length && !arg.or_int) {
    const options = arg.choices.map((one) => el("option", { value: one, selected: one === arg.default }, one));
    return el("label", {}, el("span", {}, name), el("select", { name: key }, ...options));
  }
  const plain = typeof arg.default === "number";
  const input = el("input", {
    name: key, value: arg.default, title: arg.wanted, type: plain ? "number" : "text", min: plain ? arg.minimum : null,
    step: plain ? (Number.isInteger(arg.default) ? 1 : "any") : null, placeholder: arg.help, autocomplete: "off",
  });
  if (plain) input.step = arg.wanted.startsWith("a whole") ? 1 : "any";
  return el("label", {}, el("span", {}, name), input);
}

function request(form, device, kit) {
  const fault = kit.faults[form.elements.name.value];
  const args = {};
  for (const [name, arg] of Object.entries(fault.args)) {
    const input = form.elements[`arg:${name}`];
    if (input.type === "checkbox") args[name] = input.checked;
    else if (typeof arg.default === "number" || (arg.or_int && /^\d+$/.test(input.value))) args[name] = Number(input.value);
    else args[name] = input.value;
  }
  const asked = { do: "fault", name: form.elements.name.value, device: device.id, args };
  for (const name of ["nth", "times", "chance", "after_s"]) {
    const text = form.elements[name]?.value;
    if (text) asked[name] = Number(text);
  }
  return asked;
}

export class FaultList {
  constructor(armed, fired, kit, act) {
    Object.assign(this, { armed, fired, kit, act });
  }

  show() {
    const all = el("button", { type: "button", onclick: () => this.act({ do: "clear", name: null }) }, t("clear_all"));
    const waiting = this.kit.armed.map((fault) => el("li", {},
      el("b", {}, fault.name), ` ${fault.device} `,
      el("small", {}, described(fault)),
      el("button", {
        type: "button", "aria-label": `${t("clear")} ${fault.name}`, onclick: () => this.act({ do: "clear", name: fault.name }),
      }, t("clear"))));
    this.armed.replaceChildren(waiting.length ? el("ul", {}, ...waiting) : el("p", { class: "hint" }, t("none_armed")), all);
    const struck = [...this.kit.fired].reverse().slice(0, 8).map((one) => el("li", {}, `${one.name} `, el("small", {}, `${one.device} #${one.index}`)));
    const more = this.kit.firedCount > 8 ? el("p", { class: "hint" }, `${t("in_all")}: ${this.kit.firedCount}`) : null;
    const list = struck.length ? el("ul", {}, ...struck) : el("p", { class: "hint" }, t("none_fired"));
    this.fired.replaceChildren(...[list, more].filter(Boolean));
  }
}

function described(fault) {
  const args = Object.entries(fault.args).map(([name, value]) => `${name}=${value}`);
  const when = fault.chance === null ? `${t("nth")} ${fault.nth}` : `${t("chance")} ${fault.chance}`;
  return [...args, when, `${t("seen")} ${fault.seen}`, fault.fired ? `${t("fired_times")} ${fault.fired}` : ""].filter(Boolean).join(", ");
}
