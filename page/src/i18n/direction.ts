// Which way a text that is being written runs.

/** Where `dir="auto"` becomes slow: Chromium reads the whole text again at every key, which takes seconds for 1 MB. */
const LONG = 8 * 1024;

/** What the first letter belongs to decides, as `auto` has it (HTML standard, "contained text auto directionality"). */
const BEGINS_FROM_THE_RIGHT =
  /^\P{L}*[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;

/** The `dir` of a field that holds `text`. */
export function directionOf(text: string): "auto" | "ltr" | "rtl" {
  if (text.length <= LONG) return "auto";
  return BEGINS_FROM_THE_RIGHT.test(text.slice(0, LONG)) ? "rtl" : "ltr";
}
