// The live wire log: the last rows are kept, fewer are shown.

import { byId, el } from "./dom.js";
import { t } from "./texts.js";

const KEPT = 5000;
const SHOWN = 400;
const ARROW = { in: "→", out: "←", note: "·" };

export class Log {
  constructor() {
    this.records = [];
    this.skipped = 0;
    this.paused = false;
    this.rows = byId("rows");
    byId("log-device").addEventListener("change", () => this.show());
    byId("log-search").addEventListener("input", () => this.show());
    byId("log-pause").addEventListener("click", (event) => this.pause(event.currentTarget));
    byId("log-copy").addEventListener("click", () => navigator.clipboard.writeText(this.wanted().map(line).join("\n")));
    byId("log-save").addEventListener("click", () => this.save());
    byId("log-empty").addEventListener("click", () => { this.records = []; this.skipped = 0; this.show(); });
  }

  begin(devices) {
    const kept = byId("log-device").value;
    const options = ["", ...devices, "machine"].map((id) => el("option", { value: id }, id || t("all")));
    byId("log-device").replaceChildren(...options);
    byId("log-device").value = devices.includes(kept) ? kept : "";
    this.records = [];
  }

  add(records, skipped) {
    this.skipped += skipped;
    this.records.push(...records);
    this.records.splice(0, this.records.length - KEPT);
    if (this.paused || !records.length) return;
    const atEnd = this.rows.scrollTop + this.rows.clientHeight > this.rows.scrollHeight - 30;
    this.rows.append(...records.filter(this.filter()).map(row));
    while (this.rows.childElementCount > SHOWN) this.rows.firstElementChild.remove();
    if (atEnd) this.rows.scrollTop = this.rows.scrollHeight;
    this.count();
  }

  show() {
    byId("log-device").firstElementChild?.replaceChildren(t("all"));
    byId("log-pause").textContent = t(this.paused ? "go_on" : "pause");
    this.rows.replaceChildren(...this.wanted().slice(-SHOWN).map(row));
    this.rows.scrollTop = this.rows.scrollHeight;
    this.count();
  }

  count() {
    const lost = this.skipped ? ` (${t("left_out")}: ${this.skipped})` : "";
    byId("log-count").textContent = `${this.records.length}${lost}`;
  }

  filter() {
    const device = byId("log-device").value;
    const text = byId("log-search").value.trim().toLowerCase();
    return (record) => (!device || record.device === device) && (!text || line(record).toLowerCase().includes(text));
  }

  wanted() {
    return this.records.filter(this.filter());
  }

  pause(button) {
    this.paused = !this.paused;
    button.setAttribute("aria-pressed", String(this.paused));
    this.show();
  }

  save() {
    const text = this.wanted().map((record) => `${JSON.stringify(record)}\n`).join("");
    const address = URL.createObjectURL(new Blob([text], { type: "application/jsonl" }));
    el("a", { href: address, download: "wire-log.jsonl" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  }
}

function line(record) {
  return [record.t.toFixed(3), record.device, record.dir, record.hex, record.note].filter(Boolean).join("  ");
}

function row(record) {
  return el("div", { class: record.dir },
    el("span", { class: "t" }, record.t.toFixed(3)),
    el("span", { class: "who" }, record.device),
    el("span", { title: t(`dir.${record.dir}`) }, ARROW[record.dir]),
    el("code", {}, record.hex),
    el("span", { class: "note" }, record.note));
}
