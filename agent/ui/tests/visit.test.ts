/** A visit: the list that is given, how each stands, who is next. */
import { expect, test } from "vitest";

import type { Shape } from "../src/api/client";
import { nextOf, peopleOf, standingOf, summed } from "../src/flows/visit";

const flow = (id: string, phase: string, ended: boolean): Shape<"FlowView"> =>
  ({ id, phase, ended, business: "ACC-01", action: "", serial: "", voucher: "", last4: "", note: "", halted: "" }) as Shape<"FlowView">;
const person = (label: string, at = "", leftOut = false): Shape<"Person"> => ({ label, flow: at, left_out: leftOut });

test("a list is one person a line, a CSV file its first column, without its heading", () => {
  expect(peopleOf("测试甲\n\n 测试乙 \r\n")).toEqual(["测试甲", "测试乙"]);
  expect(peopleOf('\uFEFF姓名,班级\n测试甲,1\n"Li, Hua",2\n"a ""b""";3')).toEqual(["测试甲", "Li, Hua", 'a "b"']);
  expect(peopleOf("  \n")).toEqual([]);
});

test("only a closed flow is an opened card, and one that is not known is not complete", () => {
  const flows = [flow("A", "CLOSED", true), flow("B", "CORE_OK", false), flow("C", "REFUSED", true)];
  const people = [person("a", "A"), person("b", "B"), person("c", "C"), person("d", "gone"), person("e", "", true), person("f")];
  expect(people.map((it) => standingOf(it, flows))).toEqual(["opened", "underWay", "refused", "case", "leftOut", "waits"]);
});

test("who waits longest is next", () => {
  expect(nextOf([person("a", "A"), person("b", "", true), person("c"), person("d")])).toBe(3);
  expect(nextOf([person("a", "A")])).toBe(0);
});

test("a summary counts everybody once", () => {
  expect(summed(["opened", "waits", "opened", "case"])).toEqual([
    { standing: "waits", count: 1 },
    { standing: "opened", count: 2 },
    { standing: "case", count: 1 },
  ]);
});
