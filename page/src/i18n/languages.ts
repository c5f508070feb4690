// The languages of the page. `Texts` is the shape of the English file, so a language that lacks a text does not compile;
// tests/i18n.test.ts finds what a type cannot: a text too many, and other placeholders.

import type en from "./en.json";

export type Texts = typeof en;

export type Language = "en" | "zh-Hans" | "ja" | "pt-BR";

interface Entry {
  /** The language in itself, for the choice. */
  readonly name: string;
  readonly load: () => Promise<{ default: Texts }>;
}

export const LANGUAGES: Readonly<Record<Language, Entry>> = {
  en: { name: "English", load: () => import("./en.json") },
  "zh-Hans": { name: "简体中文", load: () => import("./zh-Hans.json") },
  ja: { name: "日本語", load: () => import("./ja.json") },
  "pt-BR": { name: "Português (Brasil)", load: () => import("./pt-BR.json") },
};

/** The first language of a list of BCP 47 tags that the page has; English where it has none of them. */
export function bestLanguage(tags: readonly string[]): Language {
  for (const tag of tags) {
    const language = tag.toLowerCase();
    const exact = (Object.keys(LANGUAGES) as Language[]).find((known) => known.toLowerCase() === language);
    if (exact) return exact;
    // Every form of Chinese and of Portuguese is closer to the one that we have than English is.
    const primary = language.split("-")[0] ?? "";
    const nearest = { en: "en", ja: "ja", pt: "pt-BR", zh: "zh-Hans" } as const;
    if (primary in nearest) return nearest[primary as keyof typeof nearest];
  }
  return "en";
}
