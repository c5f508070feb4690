// What is made of a block after it is on the screen: highlighting and formulas, whose code is loaded when first needed.
// What is loaded later gives markup, and is made elements here: it must import nothing that the page needs at once.

import { LANGUAGE_CLASS } from "./marked";
import { MATH_CLASS } from "./math";
import { sanitised } from "./sanitise";

/** The coloured text of a piece of code; null where there is none, or it could not be loaded. */
export async function highlight(code: string, language: string): Promise<DocumentFragment | null> {
  if (language === "") return null;
  const module = await import("./highlighting").catch(() => null);
  const markup = module?.highlightedMarkup(code, language) ?? null;
  return markup === null ? null : sanitised(markup, "code");
}

/** The elements of a formula; null where there are none, or they could not be loaded. */
export async function formula(tex: string, display: boolean): Promise<DocumentFragment | null> {
  const module = await import("./formulas").catch(() => null);
  const markup = module?.formulaMarkup(tex, display) ?? null;
  return markup === null ? null : sanitised(markup, "math");
}

/** Highlights the code and makes the formulas inside the elements of a Markdown block, where it has any. */
export async function finish(block: ParentNode): Promise<void> {
  const code = [...block.querySelectorAll(`pre > code[class^="${LANGUAGE_CLASS}"]`)];
  const math = [...block.querySelectorAll(`code.${MATH_CLASS}`)];
  await Promise.all([...code.map(finishCode), ...math.map(finishFormula)]);
}

async function finishCode(element: Element): Promise<void> {
  const language = element.className.slice(LANGUAGE_CLASS.length);
  const coloured = await highlight(element.textContent ?? "", language);
  if (coloured !== null) element.replaceChildren(coloured);
}

async function finishFormula(element: Element): Promise<void> {
  const made = await formula(element.textContent ?? "", element.classList.contains("display"));
  if (made !== null) element.replaceWith(made);
}
