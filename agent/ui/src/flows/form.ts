/** The function behind "Open a card", and values that we have a text for. What is asked for a card, the agent tells. */
export const BUSINESS = "ACC-01";
export const CHOICES = {
  occupation: ["farmer", "worker", "employee", "student", "retired", "self_employed"],
  open_purpose: ["farming", "salary", "pension", "study", "medical"],
  tax_residency: ["cn_only", "non_resident", "both"],
  acct_class: ["I", "II", "III"],
} as const;
