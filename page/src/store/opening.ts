// What the app says before anybody has asked.

/** Fills the places of an opening statement, `{{name}}`, from the inputs; what has no value is left out. */
export function filledOpening(statement: string, inputs: Readonly<Record<string, unknown>>): string {
  return statement.replace(/\{\{\s*([\w.]+)\s*\}\}/g, (_, name: string) => {
    const value = inputs[name];
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  });
}
