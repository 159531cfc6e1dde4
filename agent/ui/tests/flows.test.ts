/** What a screen makes of phases, questions, hints, forms and addresses. */
import { expect, test } from "vitest";

import { filled } from "../src/api/client";
import { Place } from "../src/api/events";
import { ageOf } from "../src/flows/age";
import { differing, rowsOf } from "../src/flows/compared";
import { answerOf, askedNow, grouped, startOf, wanting, type Field } from "../src/flows/asked";
import { faceStep, hintKey } from "../src/flows/hints";
import { phoneCode } from "../src/flows/phoneCode";
import { reasonKey } from "../src/flows/reasons";
import { cardOf, choicesHere, endingOf, isCustomers, mayCancel, needsTwo, stageOf, stagesOf } from "../src/flows/stages";
import { given, lacking } from "../src/flows/fields";
import { FUNCTIONS, initials, matching } from "../src/functions";
import zh from "../src/i18n/zh-CN.json";
import { launchCode } from "../src/launch";

const label = { "zh-CN": "问", en: "ask" };
const one = (name: string, kind: string, more: Partial<Field> = {}): Field => ({ name, kind, label, ...more }) as Field;
const FIELDS = [
  one("phone", "phone"),
  one("tax", "choice", { value: "cn_only" }),
  one("tax_details:surname", "text", { when: { field: "tax", values: ["both"] } }),
  one("limit_day", "money", { value: "900.00", most: "1000.00" }),
  one("cdd_answers:coached", "yes_no", { question: 2 }),
  one("cdd_answers:note", "text", { question: 2, required: false }),
];
const FULL = { ...startOf(FIELDS), phone: "13800000000", "cdd_answers:coached": false };

test("only CLOSED is an opened card", () => {
  expect(["CLOSED", "CANCELLED", "REFUSED", "REVERSED", "CASE_OPEN", "WHATEVER"].map(endingOf)).toEqual([
    "opened",
    "cancelled",
    "refused",
    "reversed",
    "case",
    "case",
  ]);
});

test("the card of an end is where the flow left it", () => {
  expect(cardOf("CLOSED", "V1")).toBe("customer");
  expect(cardOf("CANCELLED", "V1")).toBe("bin");
  expect(cardOf("CANCELLED", "")).toBe("hopper");
  expect(cardOf("CASE_OPEN", "V1")).toBe("unclear");
});

test("nothing is stopped once the bank was asked", () => {
  expect(mayCancel("PIN_SET")).toBe(true);
  expect(["CORE_SENT", "CORE_UNKNOWN", "CORE_OK", "CARD_TAKEN", "CLOSED"].some(mayCancel)).toBe(false);
  expect(stageOf("CANCELLED")).toBeUndefined();
});

test("a page never offers to enter a PIN", () => {
  expect(choicesHere("pin", ["entered", "failed", "stop"])).toEqual(["failed", "stop"]);
  expect(choicesHere("confirm", ["yes", "no"])).toEqual(["yes", "no"]);
});

test("two people answer what one cannot see alone", () => {
  expect(needsTwo("taken_unclear")).toBe(true);
  expect(needsTwo("confirm")).toBe(false);
});

test("a face step has a place, a kind and perhaps a colour", () => {
  expect(faceStep("face.step 2/5 nod")).toEqual({ step: 2, of: 5, kind: "nod", colour: "" });
  expect(faceStep("face.step 3/5 flash #00ff7F")?.colour).toBe("#00ff7F");
  expect(faceStep("face.step 3/5 flash url(x)")).toBeUndefined();
});

test("a hint has a text", () => {
  expect(hintKey("pin.entry 2/2").key).toBe("hint.pin.second");
  expect(hintKey("pin.key_pressed 3").named).toEqual({ stars: "•••" });
  expect(hintKey("document.glare").key).toBe("hint.document.glare");
});

test("a note has the text of its stable name", () => {
  expect(reasonKey("pin.failed: pin.mismatch")).toBe("reason.pin.failed");
  expect(reasonKey("kit.locked")).toBe("reason.kit.locked");
  expect(reasonKey("")).toBe("reason.");
});

test("places that differ belong to their field", () => {
  expect(differing("ocr.differs: number 15, 16; name 2; address")).toEqual({ number: [15, 16], name: [2] });
  expect(differing("face.not_live: flash.background")).toEqual({});
  const rows = rowsOf(
    [
      { side: "id_front", field: "name", verdict: "same", why: "" },
      { side: "id_front", field: "number", verdict: "different", why: "text" },
    ],
    "ocr.differs: number 15, 16; name 2",
  );
  expect(rows.map((it) => it.places)).toEqual([[], [15, 16]]);
});

test("a code for the telephone has a digit a device and one that checks them", () => {
  expect(phoneCode(["passed", "passed", "refused"])).toBe("113-1");
  expect(phoneCode(["passed", "refused", "passed"])).not.toBe("131-1");
});

test("the form of any function is given as its kinds want it", () => {
  const form = [
    { field: "phone", label: "", kind: "digits", required: true, choices: [] },
    { field: "agent_flag", label: "", kind: "bool", required: true, choices: [] },
    { field: "page_no", label: "", kind: "int", required: true, choices: [] },
    { field: "remark", label: "", kind: "string", required: false, choices: [] },
    { field: "cdd_answers", label: "", kind: "json", required: true, choices: [] },
  ];
  expect(lacking(form, { page_no: "2" }).map((it) => it.field)).toEqual(["phone", "cdd_answers"]);
  const values = { phone: " 13900000000", page_no: "2", cdd_answers: "milk" };
  expect(given(form, values)).toEqual({ phone: "13900000000", agent_flag: false, page_no: 2, cdd_answers: { answer: "milk" } });
});

test("a function without a card of the box has no stage of one", () => {
  expect(stagesOf(false)).toEqual(["customer", "authorise", "pin", "bank", "finish"]);
  expect(["AUTHORISED", "SUBMITTING", "CORE_OK"].map((it) => stageOf(it, false))).toEqual(["pin", "pin", "finish"]);
});

test("a function is found by Chinese, by first letters and by English", () => {
  const named = FUNCTIONS.map((it) => ({ ...it, zh: zh.function[it.id], en: it.id }));
  expect(named.map((it) => initials(it.zh)).filter((it) => !/^[a-z]+$/.test(it))).toEqual([]);
  expect(matching(named, "日终").map((it) => it.id)).toEqual(["dayEnd"]);
  expect(["日终对账", "交易密码重置", "挂失解除", "让他拿钱"].map(initials)).toEqual(["rzdz", "jymmzz", "gsjc", "rtnq"]);
  expect(matching(named, "KLJ").map((it) => it.id)).toEqual(["open"]);
  expect(matching(named, " support ").map((it) => it.id)).toEqual(["support"]);
  expect(matching(named, "").length).toBe(FUNCTIONS.length);
  expect(matching(named, "qqq")).toEqual([]);
});

test("a customer answers only what is the customer's", () => {
  expect(["confirm", "in_hand"].every(isCustomers)).toBe(true);
  expect(["document_differs", "face_failed", "not_taken", "load_cards", "pin"].some(isCustomers)).toBe(false);
});

test("an age is told in its largest full unit", () => {
  const at = (text: string): unknown => ageOf("2026-11-23T08:00:00.000Z", Date.parse(text));
  expect(at("2026-11-23T08:00:59Z")).toEqual({ unit: "minutes", count: 0 });
  expect(at("2026-11-23T09:59:00Z")).toEqual({ unit: "hours", count: 1 });
  expect(at("2026-11-26T08:00:00Z")).toEqual({ unit: "days", count: 3 });
  expect(at("2026-11-22T08:00:00Z")).toEqual({ unit: "minutes", count: 0 });
});

test("a form says what it lacks, and asks no more than belongs to the other answers", () => {
  const lacks = (values: Record<string, unknown>, notes = {}): string[] => wanting(FIELDS, values, notes).map((it) => it.name);
  expect(lacks(startOf(FIELDS))).toEqual(["phone", "cdd_answers:coached"]);
  expect(lacks(FULL)).toEqual([]);
  expect(lacks({ ...FULL, limit_day: "1000.01" })).toEqual(["limit_day"]);
  expect(lacks({ ...FULL, tax: "both" })).toEqual(["tax_details:surname"]);
  expect(lacks({ ...FULL, "cdd_answers:coached": "" }, { declined: [2] })).toEqual([]);
  expect(askedNow(FIELDS, FULL).length).toBe(FIELDS.length - 1);
  expect(grouped(FIELDS).map((it) => it.length)).toEqual([1, 1, 1, 1, 2]);
});

test("answers go where the catalogue has them, with what was noted", () => {
  expect(answerOf(FIELDS, { ...FULL, phone: " 13800000000 " }, { hesitated: [2], declined: [] })).toEqual({
    phone: "13800000000",
    tax: "cn_only",
    limit_day: "900.00",
    cdd_answers: { coached: false, hesitated: [2] },
  });
});

test("a launch code stands in the fragment", () => {
  expect(launchCode("#launch=a-b_c")).toBe("a-b_c");
  expect(launchCode("#/kit")).toBe("");
});

test("a name in a path cannot lead elsewhere", () => {
  expect(filled("/v1/flows/{id}/answer", { id: "a/../b" })).toBe("/v1/flows/a%2F..%2Fb/answer");
});

test("a line that was had is not taken twice", () => {
  const place = new Place();
  const line = { flow: "", phase: "", action: "", at: "" };
  expect(place.query).toBe("");
  place.take({ ...line, kind: "joined", run: "r", seq: 4 });
  expect(place.take({ ...line, kind: "doing", seq: 5 })).toBe(true);
  expect(place.take({ ...line, kind: "doing", seq: 5 })).toBe(false);
  expect(place.query).toBe("?run=r&after=5");
});
