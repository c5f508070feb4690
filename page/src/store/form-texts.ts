// What a person has put into the forms that runs wait for, until it is submitted.

/** Texts by the name of their field. */
export type FormTexts = Readonly<Record<string, string>>;

let answers: Readonly<Record<string, FormTexts>> = {};

/** What was put into the form with this token. */
export function textsOfForm(token: string): FormTexts {
  return Object.hasOwn(answers, token) ? (answers[token] ?? {}) : {};
}

/** Remembers what stands in a form; null: it is submitted. */
export function rememberForm(token: string, answer: FormTexts | null): void {
  const { [token]: _, ...others } = answers;
  answers = answer === null ? others : { ...others, [token]: answer };
}

/** Of all forms, by their token. */
export function filledForms(): Readonly<Record<string, FormTexts>> {
  return answers;
}

export function restoreForms(restored: Readonly<Record<string, FormTexts>>): void {
  answers = restored;
}
