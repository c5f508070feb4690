// Makes formulas of TeX, as MathML. Loaded with the first formula.

import temml from "temml";

/** A longer formula is a mistake, or meant to keep the browser busy. */
const LONGEST = 8192;

/** Macros that a formula may expand: a definition can double itself. */
const EXPANSIONS = 500;

/** Em: nothing in a formula is larger, so that none covers the page. */
const LARGEST: [number, number] = [50, 500];

/** The MathML of a formula; null where the TeX is none that can be shown. */
export function formulaMarkup(tex: string, display: boolean): string | null {
  if (tex.length > LONGEST) return null;
  try {
    // Without trust: neither links nor images nor classes.
    const options = { displayMode: display, throwOnError: true, trust: false, maxSize: LARGEST, maxExpand: EXPANSIONS };
    // The policy of the document allows no style in the markup, and would report each one before it is taken out.
    return temml.renderToString(tex, options).replace(/ style="[^"]*"/g, "");
  } catch {
    return null;
  }
}
