/** The form of any function, as the agent tells its fields. Pure. */
import type { Shape } from "@/api/client";
import { CHOICES } from "./form";

export type FormField = Shape<"FormField">;
export type Given = Record<string, string | boolean>;

const KNOWN: Readonly<Record<string, readonly string[]>> = CHOICES;
// Where the words of a field's choices stand; those of others have a group of their own name.
const TEXTS: Readonly<Record<string, string>> = { open_purpose: "purpose", tax_residency: "tax", acct_class: "acctClass" };

/** Return the group of texts of a field's choices. */
export function fieldTexts(field: string): string {
  return TEXTS[field] ?? field;
}

/** Return what may be chosen: as the agent says, or as this page knows it. */
export function choicesOf({ field, choices }: FormField): readonly string[] {
  return choices.length ? choices : (KNOWN[field] ?? []);
}

/** Return what must be given and is not yet. */
export function lacking(form: readonly FormField[], values: Given): FormField[] {
  return form.filter((it) => it.required && it.kind !== "bool" && !String(values[it.field] ?? "").trim());
}

/** Return the inputs of a flow: each value as its kind wants it, nothing for what was left out. */
export function given(form: readonly FormField[], values: Given): Record<string, unknown> {
  const inputs: Record<string, unknown> = {};
  for (const { field, kind, required } of form) {
    const value = values[field];
    if (kind === "bool") inputs[field] = value === true;
    else if (value === undefined || !String(value).trim()) {
      if (required) inputs[field] = "";
    } else if (kind === "json") inputs[field] = { answer: String(value).trim() };
    else if (kind === "int") inputs[field] = Number(value);
    else if (kind === "list") inputs[field] = String(value).split(/[,;、]/).map((it) => it.trim());
    else inputs[field] = String(value).trim();
  }
  return inputs;
}
