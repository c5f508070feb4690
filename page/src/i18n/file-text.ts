// Files in the words of the person's language.

import { acceptedExtensions, type FileProblem, type FileRules, sizeLimit } from "../store/file-rules";
import { fill, language, texts } from "./texts";

const UNITS = ["byte", "kilobyte", "megabyte"] as const;

/** A size as people read it: `2.4 MB`. Dify counts in steps of 1024, as the file managers of most people do. */
export function sizeText(bytes: number, tag: string = language.value): string {
  const step = bytes < 1024 ? 0 : bytes < 1024 * 1024 ? 1 : 2;
  const format = new Intl.NumberFormat(tag, {
    style: "unit",
    unit: UNITS[step] ?? "byte",
    maximumFractionDigits: step === 2 ? 1 : 0,
    // A limit must not look larger than it is.
    roundingMode: "floor",
  } as Intl.NumberFormatOptions);
  return format.format(bytes / 1024 ** step);
}

/** Why a file is not taken. */
export function fileProblemText(problem: FileProblem, rules: FileRules): string {
  const { files } = texts.value;
  switch (problem.kind) {
    case "type":
      return fill(files.wrongType, { name: problem.name, types: acceptedExtensions(rules).join(" ") });
    case "size":
      return fill(files.tooLarge, { name: problem.name, limit: sizeText(problem.limit) });
    case "empty":
      return fill(files.empty, { name: problem.name });
    case "count":
      return fill(files.tooMany, { limit: problem.limit });
    case "address":
      return files.wrongAddress;
  }
}

/** What may be sent, before anybody chooses a file. */
export function fileRulesText(rules: FileRules): string {
  const { files } = texts.value;
  const limit = Math.max(...rules.types.map((type) => sizeLimit(type, rules.sizes)));
  return fill(files.rules, { count: rules.count, limit: sizeText(limit) });
}
