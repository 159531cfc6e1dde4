/** A visit to many people: the list that is given, how each stands, who is next. Pure. */
import type { Shape } from "@/api/client";
import { endingOf, type Ending } from "./stages";

export type Person = Shape<"Person">;
export type Standing = Ending | "waits" | "underWay" | "leftOut";
export const STANDINGS: readonly Standing[] = ["waits", "underWay", "opened", "cancelled", "refused", "reversed", "case", "leftOut"];
const HEADINGS = ["name", "label", "姓名", "名称"];

/** Read a typed list or a CSV file: one person a line, by its first column; a heading and empty lines are left out. */
export function peopleOf(text: string): string[] {
  const firsts = text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .map((it) => (/^\s*"((?:[^"]|"")*)"/.exec(it)?.[1]?.replaceAll('""', '"') ?? it.split(/[,，;\t]/)[0] ?? "").trim());
  const there = firsts.filter((it) => it);
  return HEADINGS.includes(there[0]?.toLowerCase() ?? "") ? there.slice(1) : there;
}

/** Return how a person stands; `flows` are all that the kit has. A flow that is not among them says nothing good. */
export function standingOf(person: Person, flows: readonly Shape<"FlowView">[]): Standing {
  if (person.left_out) return "leftOut";
  if (!person.flow) return "waits";
  const flow = flows.find((it) => it.id === person.flow);
  if (!flow) return "case";
  return flow.ended ? endingOf(flow.phase) : "underWay";
}

/** Return the number, from 1, of who is next; 0 when nobody is. */
export function nextOf(people: readonly Person[]): number {
  return 1 + people.findIndex((it) => !it.flow && !it.left_out);
}

/** Return how many stand how, of those there are. */
export function summed(standings: readonly Standing[]): { standing: Standing; count: number }[] {
  return STANDINGS.map((standing) => ({ standing, count: standings.filter((it) => it === standing).length })).filter((it) => it.count);
}
