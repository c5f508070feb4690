// The start form of the app as a person fills it: of a run, or before the first message of a conversation.

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { type Field, readStandard } from "../forms/fields";
import type { FileReference } from "../forms/uploads";
import { initialValues, inputsOf, type Problem, problemOf, type Value, type Values } from "../forms/values";
import { parameters } from "./app";
import { type Attachments, newAttachments, type SentFile } from "./attachments";

export interface StartForm {
  /** What a person sees. */
  readonly fields: readonly Field[];
  /** Those and the ones with a standard value that nobody sees. */
  readonly all: readonly Field[];
  readonly values: ReadonlySignal<Values>;
  readonly set: (variable: string, value: Value) => void;
  /** Takes what was sent with an older conversation. */
  readonly fillFrom: (inputs: Readonly<Record<string, unknown>>) => void;
  /** What it is filled with now. */
  readonly filled: () => FilledForm;
  /** The files of a field. */
  readonly attachments: ReadonlyMap<string, Attachments>;
  /** What is wrong, by the field's variable. */
  readonly problems: ReadonlySignal<ReadonlyMap<string, Problem>>;
  readonly isUploading: ReadonlySignal<boolean>;
  /** How often somebody has wanted to send it as it could not be: what is missing is named from then on. */
  readonly attempts: ReadonlySignal<number>;
  /** What is sent; null where the app would not take it. */
  readonly inputs: () => Readonly<Record<string, unknown>> | null;
}

/** What a form was filled with before the page was left for a sign-in, by the variable. */
export interface FilledForm {
  /** Texts and ticks. */
  readonly typed: Readonly<Record<string, string | boolean>>;
  /** Those that Dify has. */
  readonly files: Readonly<Record<string, readonly SentFile[]>>;
}

export const EMPTY_FORM: FilledForm = { typed: {}, files: {} };

/** What the form begins with. */
export const filledBefore = signal(EMPTY_FORM);

/** The form of the app; another one when the app says another. */
export const startForm = computed(() => newStartForm(parameters.value?.fields ?? [], filledBefore.value));

export function newStartForm(all: readonly Field[], before = EMPTY_FORM): StartForm {
  const fields = all.filter((field) => !field.hidden);
  const typed = signal(begunWith(all, before.typed));
  const attachments = new Map(
    fields
      .filter((field) => field.upload !== null)
      .map(({ variable }) => [variable, newAttachments(before.files[variable])]),
  );
  const values = computed<Values>(() => ({ ...typed.value, ...filesOf(attachments) }));
  const problems = computed(() => problemsOf(fields, values.value));
  const isUploading = computed(() => [...attachments.values()].some((each) => each.isUploading.value));
  const attempts = signal(0);
  return {
    fields,
    all,
    values,
    set: (variable, value) => {
      typed.value = { ...typed.value, [variable]: value };
    },
    fillFrom: (inputs) => {
      typed.value = begunWith(all, inputs);
    },
    filled: () => ({
      typed: Object.fromEntries(fields.flatMap(({ variable }) => entryOf(variable, typed.value[variable]))),
      files: Object.fromEntries([...attachments].map(([variable, { sent }]) => [variable, sent.value])),
    }),
    attachments,
    problems,
    isUploading,
    attempts,
    inputs: () => {
      if (problems.value.size === 0 && !isUploading.value) return inputsOf(all, values.value);
      attempts.value += 1;
      return null;
    },
  };
}

/** The values of a form whose standard values are these, as far as there are any. */
function begunWith(fields: readonly Field[], values: Readonly<Record<string, unknown>>): Values {
  return initialValues(
    fields.map((each) => ({ ...each, standard: readStandard(values[each.variable]) ?? each.standard })),
  );
}

function entryOf(variable: string, value: Value | undefined): [string, string | boolean][] {
  return typeof value === "string" || typeof value === "boolean" ? [[variable, value]] : [];
}

function filesOf(attachments: ReadonlyMap<string, Attachments>): Readonly<Record<string, readonly FileReference[]>> {
  return Object.fromEntries([...attachments].map(([variable, { references }]) => [variable, references.value]));
}

function problemsOf(fields: readonly Field[], values: Values): ReadonlyMap<string, Problem> {
  const problems = new Map<string, Problem>();
  for (const field of fields) {
    const problem = problemOf(field, values[field.variable]);
    if (problem !== null) problems.set(field.variable, problem);
  }
  return problems;
}
