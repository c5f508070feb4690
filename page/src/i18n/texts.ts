// The texts of the language that is shown. Components read `texts.value`, and are drawn again when the language changes; what
// turns are made of reads `useWording()` instead.

import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { chosenLanguage } from "../store/preferences";
import { bestLanguage, LANGUAGES, type Language, type Texts } from "./languages";

const NO_TEXTS = {} as Texts;

export const language = signal<Language>("en");

/** Filled before anything is drawn: `main.tsx` waits for `loadTexts`. */
export const texts = signal<Texts>(NO_TEXTS);

/** A language, and the texts in it. */
export interface Wording {
  readonly language: Language;
  readonly texts: Texts;
}

/** The wording of the page. */
export const wording: ReadonlySignal<Wording> = computed(() => ({ language: language.value, texts: texts.value }));

/** The wording of a part of the page: that of the page, or one that takes up another language a little later. */
export const PartWording = createContext(wording);

/** The wording in which a component is drawn of which a conversation has thousands: they do not all change in one frame. */
export function useWording(): Wording {
  return useContext(PartWording).value;
}

/** Loads the language that the person has chosen, or else the browser's. */
export async function loadTexts(): Promise<void> {
  const wanted = bestLanguage([chosenLanguage.value, ...navigator.languages].filter((tag) => tag !== ""));
  const loaded = (await LANGUAGES[wanted].load()).default;
  batch(() => {
    texts.value = loaded;
    language.value = wanted;
  });
  document.documentElement.lang = wanted;
}

/** Puts values into the placeholders of a text: `{seconds}`. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = values[name];
    return value === undefined ? placeholder : String(value);
  });
}

/** The forms of a text that says how many: `one` in languages that have it, `other` for the rest. */
export interface CountedText {
  readonly one: string;
  readonly other: string;
}

/** A text that says how many, in the form that its language has for the number; `{count}` stands for it. */
export function counted(text: CountedText, count: number, tag: string = language.value): string {
  const form = new Intl.PluralRules(tag).select(count) === "one" ? text.one : text.other;
  return fill(form, { count: new Intl.NumberFormat(tag).format(count) });
}
