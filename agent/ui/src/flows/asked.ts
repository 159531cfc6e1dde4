/** What people are asked, as the agent tells it: what stands there at first, what is asked now, what is missing, what is answered. Pure. */
import type { Shape } from "@/api/client";

export type Field = Shape<"Field">;
export type Values = Record<string, unknown>;
export type Notes = Record<string, number[]>; // what was noted, and at which questions

/** Return what stands in the fields at first. */
export function startOf(fields: readonly Field[]): Values {
  const first = (it: Field): unknown => (it.kind === "many" ? [...((it.value as string[] | null) ?? [])] : (it.value ?? ""));
  return Object.fromEntries(fields.map((it) => [it.name, first(it)]));
}

/** Tell whether a field is asked, as the others are answered. */
export function belongs(field: Field, values: Values): boolean {
  if (!field.when) return true;
  const there = values[field.when.field];
  const among = field.when.values ?? [];
  return among.length ? among.includes(String(there)) : there !== "" && there !== undefined;
}

/** Return the fields that are asked now. */
export function askedNow(fields: readonly Field[], values: Values): Field[] {
  return fields.filter((it) => belongs(it, values));
}

/** Return what is missing or cannot be right. The agent has the last word. */
export function wanting(fields: readonly Field[], values: Values, notes: Notes = {}): Field[] {
  const declined = notes.declined ?? [];
  return askedNow(fields, values).filter((it) => !declined.includes(it.question ?? 0) && !fits(it, values[it.name]));
}

function fits(field: Field, value: unknown): boolean {
  if (field.kind === "yes_no") return typeof value === "boolean";
  if (field.kind === "many") return true;
  const text = String(value ?? "").trim();
  if (!text) return !(field.required ?? true);
  if (field.kind === "phone") return /^1\d{10}$/.test(text);
  if (field.kind !== "money") return true;
  return /^\d{1,9}(\.\d{1,2})?$/.test(text) && (!field.most || Number(text) <= Number(field.most));
}

/** Return the answer: a name with a colon is a part of an object, what was left empty is left out. */
export function answerOf(fields: readonly Field[], values: Values, notes: Notes = {}): Values {
  const answer: Record<string, Values | unknown> = {};
  const put = (name: string, value: unknown): void => {
    const [outer = "", inner] = name.split(":");
    if (inner) answer[outer] = { ...(answer[outer] as Values | undefined), [inner]: value };
    else answer[outer] = value;
  };
  for (const field of askedNow(fields, values)) {
    const value = values[field.name];
    const text = typeof value === "string" ? value.trim() : value;
    if (text !== "" && text !== undefined && text !== null) put(field.name, text);
  }
  for (const [name, questions] of Object.entries(notes)) if (questions.length) put(`cdd_answers:${name}`, questions);
  return answer;
}

/** Return the fields by question, in their order; those of none are each for themselves. */
export function grouped(fields: readonly Field[]): Field[][] {
  const groups: Field[][] = [];
  for (const field of fields) {
    const last = groups[groups.length - 1];
    if (field.question && last?.[0]?.question === field.question) last.push(field);
    else groups.push([field]);
  }
  return groups;
}
