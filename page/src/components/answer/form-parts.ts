// The words of a human-input form, and its fields among them.

import type { FormInput } from "../../events/types";

/** Where Dify's editor puts a field: `{{#$output.<name>#}}`. */
const PLACE = /\{\{#\$output\.([^#{}]+)#\}\}/g;

/** Markdown and fields in the order in which a person reads them; fields without a place come last, each field once. */
export function formParts(content: string, inputs: readonly FormInput[]): readonly (string | FormInput)[] {
  const left = new Map(inputs.map((input) => [input.name, input]));
  const parts: (string | FormInput)[] = [];
  let end = 0;
  for (const { 0: place, 1: name = "", index } of content.matchAll(PLACE)) {
    const input = left.get(name);
    if (input === undefined) continue;
    left.delete(name);
    parts.push(content.slice(end, index), input);
    end = index + place.length;
  }
  parts.push(content.slice(end), ...left.values());
  return parts.filter((part) => typeof part !== "string" || part.trim() !== "");
}
