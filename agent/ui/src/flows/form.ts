/** The form of a card opening, as the catalogue's ACC-01 wants it. Pure. */
export const BUSINESS = "ACC-01";
export const CHOICES = {
  occupation: ["farmer", "worker", "employee", "student", "retired", "self_employed"],
  open_purpose: ["farming", "salary", "pension", "study", "medical"],
  tax_residency: ["cn_only", "non_resident", "both"],
  acct_class: ["I", "II", "III"],
} as const;

export interface Form {
  phone: string;
  home_addr: string;
  occupation: string;
  open_purpose: string;
  tax_residency: string;
  acct_class: string;
  card_product: string;
  limit_day: string;
  purpose: string;
  coached: boolean;
  asked_to_lend: boolean;
  elder_flag: boolean;
}

/** Return an empty form. */
export function emptyForm(): Form {
  return {
    phone: "",
    home_addr: "",
    occupation: "",
    open_purpose: "",
    tax_residency: "cn_only",
    acct_class: "I",
    card_product: "DEBIT-DEMO",
    limit_day: "5000.00",
    purpose: "",
    coached: false,
    asked_to_lend: false,
    elder_flag: false,
  };
}

/** Return what is missing or cannot be right: names of fields. The agent has the last word. */
export function wanting(form: Form): (keyof Form)[] {
  const texts = ["home_addr", "occupation", "open_purpose", "tax_residency", "acct_class", "card_product", "purpose"] as const;
  const missing: (keyof Form)[] = texts.filter((it) => !form[it].trim());
  if (!/^1\d{10}$/.test(form.phone)) missing.push("phone");
  if (!/^\d{1,9}\.\d{2}$/.test(form.limit_day)) missing.push("limit_day");
  return missing;
}

/** Return the inputs of a flow. */
export function inputsOf(form: Form): Record<string, unknown> {
  const { purpose, coached, asked_to_lend, ...rest } = form;
  return { ...rest, agent_flag: false, cdd_answers: { purpose, coached, asked_to_lend } };
}
