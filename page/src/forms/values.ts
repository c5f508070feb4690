// What a person has put into a form: whether the app takes it, and how it is sent.

import { asObject } from "../events/shape";
import type { Field } from "./fields";
import type { FileReference } from "./uploads";

/** A text as it is typed (also of a number, a choice or JSON), a tick, or files. */
export type Value = string | boolean | readonly FileReference[];

export type Values = Readonly<Record<string, Value>>;

export type Problem =
  | { readonly kind: "required" | "notNumber" | "notOption" | "notJson" }
  /** `limit`: characters, or files. */
  | { readonly kind: "tooLong" | "tooManyFiles"; readonly limit: number };

/** What stands in the form before anybody has filled it. */
export function initialValues(fields: readonly Field[]): Values {
  return Object.fromEntries(fields.map((field) => [field.variable, initialValue(field)]));
}

function initialValue({ kind, standard, options }: Field): Value {
  switch (kind) {
    case "checkbox":
      return standard === true || standard === "true";
    case "file":
    case "files":
      return [];
    case "select":
      return typeof standard === "string" && options.includes(standard) ? standard : "";
    default:
      return typeof standard === "object" && standard !== null
        ? JSON.stringify(standard, null, 2)
        : `${standard ?? ""}`;
  }
}

/** What is wrong with a value, as Dify would say after it has been sent; null where nothing is. */
export function problemOf(field: Field, value: Value | undefined): Problem | null {
  if (isEmpty(value)) return field.required && field.kind !== "checkbox" ? { kind: "required" } : null;
  if (Array.isArray(value)) return tooMany(value.length, field.limit ?? 1);
  if (typeof value !== "string") return null;
  switch (field.kind) {
    case "text":
    case "paragraph":
      return tooLong(value, field.limit);
    case "number":
      return Number.isFinite(Number(value)) ? null : { kind: "notNumber" };
    case "select":
      return field.options.includes(value) ? null : { kind: "notOption" };
    case "json":
      return parsedObject(value) === null ? { kind: "notJson" } : null;
    default:
      return null;
  }
}

function isEmpty(value: Value | undefined): boolean {
  return (
    value === undefined ||
    (typeof value === "string" ? value.trim() === "" : Array.isArray(value) && value.length === 0)
  );
}

/** Dify counts code points, as Python does. */
function tooLong(value: string, limit: number | null): Problem | null {
  return limit !== null && characters(value) > limit ? { kind: "tooLong", limit } : null;
}

function tooMany(count: number, limit: number): Problem | null {
  return count > limit ? { kind: "tooManyFiles", limit } : null;
}

export function characters(value: string): number {
  return [...value].length;
}

/** The inputs of a run. What is empty is left out, so that the app's own standard counts. */
export function inputsOf(fields: readonly Field[], values: Values): Readonly<Record<string, unknown>> {
  const filled = fields.filter((field) => !isEmpty(values[field.variable]));
  return Object.fromEntries(filled.map((field) => [field.variable, sent(field, values[field.variable])]));
}

function sent(field: Field, value: Value | undefined): unknown {
  switch (field.kind) {
    case "number":
      return sentNumber(String(value).trim());
    case "file":
      return Array.isArray(value) ? value[0] : value;
    case "json":
      return parsedObject(String(value));
    default:
      return value;
  }
}

/** A number that JavaScript would round is sent as its digits, which Dify takes too. */
function sentNumber(digits: string): number | string {
  const value = Number(digits);
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? digits : value;
}

function parsedObject(json: string): object | null {
  try {
    return asObject(JSON.parse(json));
  } catch {
    return null;
  }
}
