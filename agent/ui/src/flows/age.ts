/** How old something is, as a person says it. Pure. */
const UNITS = [
  ["days", 86_400_000],
  ["hours", 3_600_000],
  ["minutes", 60_000],
] as const;

/** Return the largest unit that is full, and how many of it; under a minute it is no minute. */
export function ageOf(since: string, nowMs: number): { unit: (typeof UNITS)[number][0]; count: number } {
  const ms = Math.max(0, nowMs - Date.parse(since));
  const [unit, size] = UNITS.find(([, size]) => ms >= size) ?? UNITS[2];
  return { unit, count: Math.floor(ms / size) };
}
