// The texts of the language that is shown. Components read `texts.value`, and are drawn again when the language changes.

import { signal } from "@preact/signals";
import { chosenLanguage } from "../store/preferences";
import { bestLanguage, LANGUAGES, type Language, type Texts } from "./languages";

const NO_TEXTS = {} as Texts;

export const language = signal<Language>("en");

/** Filled before anything is drawn: `main.tsx` waits for `loadTexts`. */
export const texts = signal<Texts>(NO_TEXTS);

/** Loads the language that the person has chosen, or else the browser's. */
export async function loadTexts(): Promise<void> {
  const wanted = bestLanguage([chosenLanguage.value, ...navigator.languages].filter((tag) => tag !== ""));
  texts.value = (await LANGUAGES[wanted].load()).default;
  language.value = wanted;
  document.documentElement.lang = wanted;
}

/** Puts values into the placeholders of a text: `{seconds}`. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = values[name];
    return value === undefined ? placeholder : String(value);
  });
}
