// The authoriser's desk. Everything is text content: nothing that comes from a kit is ever read as HTML.
import { TEXTS } from "/texts.js";

const LOOK_MS = 2000;
const byId = (id) => document.getElementById(id);
let language = localStorage.getItem("language") ?? (navigator.language.startsWith("zh") ? "zh" : "en");
let words = { functions: {}, items: {}, fields: {}, who: "", entity: "" };
let queue = [];
let view = null; // what was looked at last
let away = false; // the service does not answer, or this page's own command has ended

const t = (key, named = {}) => (TEXTS[language][key] ?? key).replace(/\{(\w+)\}/g, (_, name) => named[name] ?? "");
const named = (kind, id) => words[kind][id]?.[language] ?? id;

function make(tag, text = "", attributes = {}, ...children) {
  const node = document.createElement(tag);
  if (text) node.textContent = text;
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

async function ask(path, body) {
  const options = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Error(t("ended"));
  }
  const told = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : { error: { message: await answer.text() } };
  if (!answer.ok) throw new Error(told.error.message);
  return told;
}

async function tell(work) {
  byId("told").textContent = "";
  try {
    await work();
  } catch (problem) {
    byId("told").textContent = problem.message;
  }
}

function drawHead() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  byId("title").textContent = t("title");
  byId("who").textContent = t("signs", words);
  byId("language").textContent = t("other");
  byId("queue-title").textContent = t("queue");
}

function minutes(at) {
  return Math.max(0, Math.floor((Date.now() - Date.parse(at)) / 60000));
}

function drawQueue() {
  byId("queue-none").textContent = queue.length ? "" : t("none");
  const lines = queue.map((it) => {
    const parts = [t("kit", it), t("round", it), t("since", { minutes: minutes(it.asked_at) })];
    if (it.needs > 1) parts.push(t("yes", { have: it.approvals, needs: it.needs }));
    if (it.taken_by) parts.push(t("held", { who: it.taken_by }));
    const chosen = view?.line.id === it.id;
    const text = make("span", parts.join(" · "), { class: "small" });
    const button = make("button", "", { type: "button", "data-id": it.id, "aria-current": chosen ? "true" : undefined, onclick: () => tell(() => look(it.id)) });
    button.append(make("strong", named("functions", it.business)), make("br"), text);
    return make("li", "", {}, button);
  });
  const focused = document.activeElement?.dataset?.id;
  byId("queue").replaceChildren(...lines);
  if (focused) byId("queue").querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
}

function table(caption, rows) {
  const body = make("tbody");
  for (const [name, value, style] of rows) body.append(make("tr", "", {}, make("th", name, { scope: "row" }), make("td", value, { class: style })));
  return make("table", "", {}, make("caption", caption), body);
}

function shown(value) {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function drawCase() {
  byId("case").hidden = !view;
  if (!view) return;
  byId("case-title").textContent = named("functions", view.line.business);
  const fields = Object.entries(view.fields).map(([name, value]) => [named("fields", name), shown(value)]);
  const items = [...view.evidence, ...view.checks].map((it) => [named("items", it.type), `${t(it.how)} ${it.waiver ?? ""} ${it.note ?? ""}`.trim(), it.how === "waived" || /^(marked|other)\b/.test(it.note ?? "") ? "waived" : ""]);
  const told = view.reason ? make("p", `${(view.decided_by ?? []).join(", ")}: ${view.reason}`) : "";
  byId("case-body").replaceChildren(
    make("p", `${t("kit", view.line)} · ${view.line.serial} · ${t("round", view.line)}`, { class: "small" }),
    make("p", t("people", { people: view.people.join(", ") })),
    told,
    table(t("fields"), fields),
    table(t("evidence"), items),
    gallery(),
  );
  drawDecision();
}

// What was captured, for who has taken the case: each file that is opened is a look that is noted.
function gallery() {
  const files = view.files.filter((it) => it.media.startsWith("image/") || it.media === "application/pdf");
  const section = make("section", "", { "aria-label": t("files"), class: "files" }, make("h3", t("files")));
  if (!files.length) section.append(make("p", t(view.files.length ? "noneToSee" : "noFiles"), { class: "small" }));
  else if (!mine()) section.append(make("p", t("takeToSee", { count: files.length }), { class: "small" }));
  else for (const it of files) section.append(shownFile(it));
  return section;
}

function shownFile(it) {
  const path = `/${encodeURIComponent(view.line.id)}/file/${encodeURIComponent(it.sm3)}`;
  const name = `${named("items", it.type)} · ${new Date(it.at).toLocaleString(document.documentElement.lang)}`;
  const figure = make("figure", "", { "data-test": "file", "data-type": it.type });
  if (it.media === "application/pdf") {
    figure.append(make("a", t("open", { name }), { href: path, target: "_blank", rel: "noopener" }));
    return figure;
  }
  const mark = `${words.who} ${new Date().toLocaleString(document.documentElement.lang)}`;
  const button = make("button", t("see", { name }), { type: "button", onclick: () => {
    const picture = make("img", "", { src: path, alt: name });
    picture.addEventListener("error", () => (byId("told").textContent = t("noPicture", { name })));
    button.replaceWith(make("div", "", { class: "marked" }, picture, make("span", mark, { class: "mark", "aria-hidden": "true" })));
  } });
  figure.append(button, make("figcaption", name, { class: "small" }));
  return figure;
}

function mine() {
  return view.line.state === "taken" && view.line.taken_by === words.who;
}

function drawDecision() {
  const form = byId("decide");
  drawState();
  if (!["queued", "taken"].includes(view.line.state)) return form.replaceChildren();
  if (!mine()) {
    return form.replaceChildren(make("button", t("take"), { type: "button", class: "main", "data-test": "take", onclick: () => act("take") }));
  }
  const parts = make("fieldset", "", {}, make("legend", t("parts")));
  for (const it of view.mendable) {
    const label = words.fields[it] ? named("fields", it) : named("items", it);
    parts.append(make("label", "", {}, make("input", "", { type: "checkbox", name: "part", value: it, onchange: wake }), ` ${label}`));
  }
  const reason = make("textarea", "", { id: "reason", maxlength: "200", oninput: wake });
  const buttons = make("div", "", { class: "row" });
  for (const [name, key] of [["approve", "approve"], ["return", "back"], ["refuse", "refuse"]]) {
    buttons.append(make("button", t(key), { type: "button", class: name === "approve" ? "main" : "", "data-test": name, onclick: () => sure(name, key) }));
  }
  form.replaceChildren(parts, make("label", t("reason"), { for: "reason" }), reason, buttons, make("div", "", { id: "sure", class: "row", role: "group" }));
  wake();
}

function wake() {
  const reason = byId("reason").value.trim();
  const parts = chosen();
  byId("decide").querySelector("[data-test=return]").disabled = !reason || !parts.length;
  byId("decide").querySelector("[data-test=refuse]").disabled = !reason;
}

function chosen() {
  return [...byId("decide").querySelectorAll("input[name=part]:checked")].map((it) => it.value);
}

function sure(name, key) {
  const yes = make("button", t("sure", { act: t(key) }), { type: "button", class: "main", "data-test": "sure", onclick: () => act(name) });
  const no = make("button", t("stop"), { type: "button", onclick: () => byId("sure").replaceChildren() });
  byId("sure").replaceChildren(yes, no);
  yes.focus();
}

function drawState() {
  const { line } = view;
  const parts = [t(line.state)];
  if (line.state === "taken") {
    const seconds = Math.floor((Date.parse(line.lease_until) - Date.now()) / 1000);
    parts.push(seconds > 0 ? t("left", { seconds }) : t("over"));
    if (line.taken_by !== words.who) parts.push(t("held", { who: line.taken_by }));
  }
  if (view.ticket_until) parts.push(t("until", { until: view.ticket_until }));
  byId("case-state").textContent = parts.join(" · ");
}

async function look(id) {
  view = await ask(`/${encodeURIComponent(id)}/view`, {});
  drawCase();
  drawQueue();
  byId("case-title").focus();
}

function act(name) {
  return tell(async () => {
    const told = name === "take" ? {} : { digest: view.digest };
    if (name === "return") Object.assign(told, { reason: byId("reason").value.trim(), parts: chosen() });
    if (name === "refuse") told.reason = byId("reason").value.trim();
    view = await ask(`/${encodeURIComponent(view.line.id)}/${name}`, told);
    drawCase();
    await refresh();
  });
}

async function refresh() {
  queue = (await ask("/queue")).authorisations;
  if (view && !view.files.length && queue.some((it) => it.id === view.line.id && it.shown)) { // they have come meanwhile
    view.files = (await ask(`/${encodeURIComponent(view.line.id)}/view`, {})).files;
    document.querySelector(".files")?.replaceWith(gallery());
  }
  if (view && ["queued", "taken"].includes(view.line.state) && !queue.some((it) => it.id === view.line.id)) {
    view = null;
    byId("told").textContent = t("gone");
    drawCase();
  }
  drawQueue();
  if (view) drawState();
}

async function watch() {
  try {
    await refresh();
    if (away) byId("told").textContent = "";
    away = false;
  } catch (problem) {
    away = true;
    byId("told").textContent = problem.message;
  }
  setTimeout(watch, LOOK_MS);
}

byId("decide").addEventListener("submit", (event) => event.preventDefault());
byId("language").addEventListener("click", () => {
  language = language === "zh" ? "en" : "zh";
  localStorage.setItem("language", language);
  drawHead();
  drawQueue();
  drawCase();
});
await tell(async () => {
  words = await ask("/words");
});
drawHead();
await watch();
