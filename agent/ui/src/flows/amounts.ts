/** A quota's figure as people read it: bytes in MB, an age in hours, the rest as it is. Pure. */
export function shown(name: string, value: number): number {
  if (name === "bytes") return Math.round(value / (1 << 20));
  return name === "age" ? Math.round(value / 360) / 10 : value;
}
