// The fields of an app's start form, as `GET /parameters` lists them in `user_input_form`.

import {
  asCount,
  asList,
  asName,
  asObject,
  asShownData,
  asText,
  isHiddenInput,
  type JsonObject,
} from "../events/shape";
import * as limits from "../limits";
import { type FileUpload, readFileUpload } from "./uploads";

export type FieldKind = "text" | "paragraph" | "number" | "select" | "checkbox" | "file" | "files" | "json";

export interface Field {
  /** The name of the input. */
  readonly variable: string;
  readonly label: string;
  readonly kind: FieldKind;
  readonly required: boolean;
  /** The app's author shows it to nobody; its standard value is sent. */
  readonly hidden: boolean;
  /** Characters of a text, files of a list; null: as many as anybody likes. */
  readonly limit: number | null;
  /** Of a choice. */
  readonly options: readonly string[];
  readonly standard: Standard;
  /** The rules of files; null for other fields. */
  readonly upload: FileUpload | null;
}

/** What a field has before anybody has filled it: a text, a number, a tick, or an object of JSON. */
export type Standard = string | number | boolean | JsonObject | null;

/** Dify's names, and ours. An `external_data_tool` is filled by Dify. */
const KINDS: Readonly<Record<string, FieldKind>> = {
  "text-input": "text",
  paragraph: "paragraph",
  number: "number",
  select: "select",
  checkbox: "checkbox",
  file: "file",
  "file-list": "files",
  json: "json",
  json_object: "json",
};

/**
 * The fields that a person fills, and those with a standard value that they do not see. What the gateway fills from the
 * token is left out: it is neither shown nor sent.
 */
export function readFields(form: unknown): readonly Field[] {
  return asList(form, readField);
}

function readField(value: unknown): Field | null {
  const [name, body] = Object.entries(asObject(value) ?? {})[0] ?? [];
  const entry = asObject(body);
  const variable = asName(entry?.["variable"]);
  const kind = name !== undefined && Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (entry === null || variable === null || kind === undefined || isHiddenInput(variable)) return null;
  return {
    variable,
    label: asName(entry["label"]) ?? variable,
    kind,
    required: entry["required"] === true,
    hidden: entry["hide"] === true,
    // Dify writes 0 and null where there is no limit.
    limit: asCount(entry["max_length"]) || null,
    options: asList(entry["options"], asName),
    standard: readStandard(entry["default"]),
    upload: kind === "file" || kind === "files" ? uploadOf(entry, kind) : null,
  };
}

/** The rules of a file field have the names of those of a message. */
function uploadOf(entry: JsonObject, kind: "file" | "files"): FileUpload | null {
  const upload = readFileUpload(entry);
  const count = kind === "file" ? 1 : (asCount(entry["max_length"]) ?? 1);
  return upload && { ...upload, enabled: true, number_limits: count };
}

/** Reads a standard value, or what a conversation was begun with. */
export function readStandard(value: unknown): Standard {
  switch (typeof value) {
    case "boolean":
    case "number":
      return value;
    case "string":
      return asText(value, limits.ANSWER);
    default:
      return asShownData(value);
  }
}
