// What is made of a block after it is drawn: highlighting and formulas, whose code is loaded when first needed.
// What is loaded later gives markup, and is made elements here: it must import nothing that the page needs at once.

import { LANGUAGE_CLASS } from "./marked";
import { MATH_CLASS } from "./math";
import { sanitised } from "./sanitise";

/** Made at once where the code for it is there, so that it is on the screen in the same frame; null where it cannot be made. */
export type Made = DocumentFragment | null | Promise<DocumentFragment | null>;

const highlighting = loadedOnce(() => import("./highlighting"));
const formulas = loadedOnce(() => import("./formulas"));

/** The coloured text of a piece of code. */
export function highlight(code: string, language: string): Made {
  if (language === "") return null;
  return highlighting((module) => fragment(module.highlightedMarkup(code, language), "code"));
}

/** The elements of a formula. */
export function formula(tex: string, display: boolean): Made {
  return formulas((module) => fragment(module.formulaMarkup(tex, display), "math"));
}

/** Loads what a formula needs, before the end of the formula has come. */
export function expectFormula(): void {
  formulas(() => null);
}

/** Gives on what has been made, now or later. Returns what waits for it, where it must be waited for. */
export function whenMade(made: Made, take: (elements: DocumentFragment) => void): Promise<void> | null {
  const taken = (elements: DocumentFragment | null) => {
    if (elements !== null) take(elements);
  };
  if (made instanceof Promise) return made.then(taken);
  taken(made);
  return null;
}

/**
 * Highlights the code and makes the formulas inside the elements of a Markdown block, where it has any. Returns what waits for
 * the formulas, where they must be waited for: they are of another size than what stands for them until then.
 */
export function finish(block: ParentNode): Promise<unknown> | null {
  for (const code of block.querySelectorAll(`pre > code[class^="${LANGUAGE_CLASS}"]`)) {
    const language = code.className.slice(LANGUAGE_CLASS.length);
    whenMade(highlight(code.textContent ?? "", language), (coloured) => code.replaceChildren(coloured));
  }
  const coming = Array.from(block.querySelectorAll(`code.${MATH_CLASS}`), (math) =>
    whenMade(formula(math.textContent ?? "", math.classList.contains("display")), (made) => math.replaceWith(made)),
  ).filter((each) => each !== null);
  return coming.length === 0 ? null : Promise.all(coming);
}

/** Code that is loaded when it is first used: what is made with it then comes later. One that does not come is asked for again. */
function loadedOnce<T>(load: () => Promise<T>): (make: (module: T) => DocumentFragment | null) => Made {
  let module: T | null = null;
  let last: Promise<unknown> = Promise.resolve();
  return (make) => {
    if (module !== null) return make(module);
    // Each in a task of its own: an answer can have hundreds of formulas, all of which wait for the same code.
    const made = Promise.all([load(), last]).then(async ([loaded]) => {
      module = loaded;
      await new Promise((resolve) => setTimeout(resolve));
      return make(loaded);
    });
    const safe = made.catch(() => null);
    last = safe;
    return safe;
  };
}

function fragment(markup: string | null, kind: "code" | "math"): DocumentFragment | null {
  return markup === null ? null : sanitised(markup, kind);
}
