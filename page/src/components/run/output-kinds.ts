// What a run has given, sorted by how it is shown.

import { readFile } from "../../events/data";
import { asObject, isHiddenInput, type JsonObject } from "../../events/shape";
import type { AnswerFile } from "../../events/types";

export type Output = { readonly name: string } & (
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "data"; readonly value: unknown }
  | { readonly kind: "files"; readonly files: readonly AnswerFile[] }
);

/** The outputs in the order of the workflow's author, without those that are null. */
export function outputsOf(outputs: JsonObject | null): readonly Output[] {
  return Object.entries(outputs ?? {})
    .filter(([name, value]) => value !== null && !isHiddenInput(name))
    .map(([name, value]) => ({ name, ...shown(value) }));
}

/** Outputs as a text to copy: one text as it is, everything else as JSON. */
export function copiedText(outputs: readonly Output[]): string {
  const [only, ...others] = outputs;
  if (only?.kind === "text" && others.length === 0) return only.text;
  const entries = outputs.flatMap((output) => {
    if (output.kind === "files") return [];
    return [[output.name, output.kind === "text" ? output.text : output.value] as const];
  });
  return entries.length === 0 ? "" : JSON.stringify(Object.fromEntries(entries), null, 2);
}

function shown(value: unknown) {
  if (typeof value === "string") return { kind: "text", text: value } as const;
  const files = filesOf(value);
  if (files.length > 0) return { kind: "files", files } as const;
  if (typeof value === "object") return { kind: "data", value } as const;
  return { kind: "text", text: String(value) } as const;
}

/** The files of an output: one, or a list of nothing else. */
function filesOf(value: unknown): readonly AnswerFile[] {
  const entries: readonly unknown[] = Array.isArray(value) ? value : [value];
  const areFiles = entries.every((entry) => asObject(entry)?.["dify_model_identity"] === "__dify__file__");
  return areFiles ? entries.map(readFile).filter((file) => file !== null) : [];
}
