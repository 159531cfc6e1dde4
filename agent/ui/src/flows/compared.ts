/** How print and chip of an identity card agree, field by field, with the places that differ. Pure; it has no text of either. */
import type { Shape } from "@/api/client";

export type Row = Shape<"ComparedField"> & { places: number[] };

/** Read the places of `ocr.differs: number 15, 16; name 2`: for each field the characters that differ, from 1. */
export function differing(note: string): Record<string, number[]> {
  const told = /^ocr\.\w+: (.+)$/.exec(note)?.[1] ?? "";
  return Object.fromEntries(
    told.split("; ").flatMap((part) => {
      const [, field, places] = /^(\w+)((?: \d+,?)+)$/.exec(part) ?? [];
      return field && places ? [[field, [...places.matchAll(/\d+/g)].map(Number)]] : [];
    }),
  );
}

/** Put the places of `note` to the fields that differ or are unsure. */
export function rowsOf(compared: readonly Shape<"ComparedField">[], note: string): Row[] {
  const places = differing(note);
  return compared.map((it) => ({ ...it, places: it.verdict === "same" ? [] : (places[it.field] ?? []) }));
}
