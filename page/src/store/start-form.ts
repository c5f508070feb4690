// The start form of the app as a person fills it: of a run, or before the first message of a conversation.

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { type Field, readStandard } from "../forms/fields";
import type { FileReference } from "../forms/uploads";
import { initialValues, inputsOf, type Problem, problemOf, type Value, type Values } from "../forms/values";
import { parameters } from "./app";
import { type Attachments, newAttachments } from "./attachments";

export interface StartForm {
  /** What a person sees. */
  readonly fields: readonly Field[];
  /** Those and the ones with a standard value that nobody sees. */
  readonly all: readonly Field[];
  readonly values: ReadonlySignal<Values>;
  readonly set: (variable: string, value: Value) => void;
  /** Takes what was sent with an older conversation. */
  readonly fillFrom: (inputs: Readonly<Record<string, unknown>>) => void;
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

/** The form of the app; another one when the app says another. */
export const startForm = computed(() => newStartForm(parameters.value?.fields ?? []));

export function newStartForm(all: readonly Field[]): StartForm {
  const fields = all.filter((field) => !field.hidden);
  const typed = signal(initialValues(all));
  const attachments = new Map(
    fields.filter((field) => field.upload !== null).map((each) => [each.variable, newAttachments()]),
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
      typed.value = initialValues(
        all.map((each) => ({ ...each, standard: readStandard(inputs[each.variable]) ?? each.standard })),
      );
    },
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
