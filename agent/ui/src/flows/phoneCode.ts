/** A self-test of the whole kit as digits that are read over the telephone. Pure. */
export type Outcome = "passed" | "failed" | "refused";
const DIGITS: Record<Outcome, string> = { passed: "1", failed: "2", refused: "3" };

/** Return one digit a device, in the order of the screen, and behind a dash the check digit (Luhn): `113-1`. */
export function phoneCode(outcomes: readonly Outcome[]): string {
  const digits = outcomes.map((it) => DIGITS[it]).join("");
  const sum = [...digits].reverse().reduce((all, it, at) => {
    const twice = at % 2 ? Number(it) : Number(it) * 2;
    return all + (twice > 9 ? twice - 9 : twice);
  }, 0);
  return `${digits}-${(10 - (sum % 10)) % 10}`;
}
