import assert from "node:assert/strict";
import { test } from "node:test";
import { bestLanguage, LANGUAGES } from "../src/i18n/languages";

test("every language has exactly the texts of English, with the same placeholders", async () => {
  const english = shapes((await LANGUAGES.en.load()).default);
  assert.ok(english.length > 20);
  for (const [tag, { load }] of Object.entries(LANGUAGES)) {
    assert.deepEqual(shapes((await load()).default), english, tag);
  }
});

test("the language is the first of the browser's that the page has, or the nearest to it", () => {
  const cases: [string[], string][] = [
    [[], "en"],
    [["de-AT", "fr"], "en"],
    [["fr", "ja-JP", "en"], "ja"],
    [["pt-PT"], "pt-BR"],
    [["PT-br"], "pt-BR"],
    [["zh-TW"], "zh-Hans"],
    [["zh-Hans-CN"], "zh-Hans"],
    [["en-GB", "ja"], "en"],
  ];
  for (const [tags, expected] of cases) assert.equal(bestLanguage(tags), expected, tags.join());
});

/** Each text as its path and its placeholders: `error.busy seconds`. */
function shapes(texts: object, path = ""): string[] {
  return Object.entries(texts).flatMap(([name, value]) => {
    if (typeof value === "object") return shapes(value, `${path}${name}.`);
    assert.notEqual(value, "", path + name);
    const placeholders = [...String(value).matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    return [`${path}${name} ${placeholders.sort().join()}`];
  });
}
