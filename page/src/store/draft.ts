// What a person is writing, and how it survives a sign-in or a reload.

import { signal } from "@preact/signals";
import { gateway } from "../api/document";
import { asList, asObject, asText, type JsonObject } from "../events/shape";
import type { Ids } from "../events/types";
import { ANSWER } from "../limits";
import { newAttachments, readSentFile, type SentFile } from "./attachments";
import { type FormTexts, filledForms, restoreForms } from "./form-texts";
import { idsOfEntry, keepIds, readIds } from "./place";
import { EMPTY_FORM, type FilledForm, filledBefore, startForm } from "./start-form";

/** The text in the composer. */
export const draft = signal("");

/** The files in the composer. */
export const draftFiles = newAttachments();

/** What is kept while the page is away. */
interface Kept {
  /** `user` of the session in which the draft was written: nobody else gets to see it. */
  readonly user: string;
  readonly draft: string;
  /** Those that Dify has: a file that is still on its way stays behind. */
  readonly files: readonly SentFile[];
  /** The start form. */
  readonly form: FilledForm;
  /** What stands in the forms that runs wait for, by their token. */
  readonly answers: Readonly<Record<string, FormTexts>>;
  /** What was being answered: a sign-in ends in a new history entry. */
  readonly answering: Ids | null;
  /** The fragment of the address: a server never sees it, so it cannot be part of the return address. */
  readonly fragment: string;
}

const NOTHING: Kept = { user: "", draft: "", files: [], form: EMPTY_FORM, answers: {}, answering: null, fragment: "" };

const KEY = `gateway:${gateway.basePath}:return`;

/**
 * Keeps draft and fragment before the page is left. A reload finds them in the history entry, which only this entry's
 * documents can read. A sign-in ends in a new entry, so for it they are also put into the tab's storage, from which the
 * first page of a person who is signed in takes them out.
 */
export function keepDraft(user: string | null, leaving: "reload" | "sign-in"): void {
  // Whoever is not signed in has written nothing, and may be on the way back to a draft that waits.
  const written = user === null ? waiting() : draftOf(user);
  const kept: Kept = { ...NOTHING, ...written, fragment: location.hash };
  history.replaceState({ ...history.state, kept }, "");
  if (leaving === "reload") return;
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // Storage is switched off: going back in the history brings the draft.
  }
}

function draftOf(user: string): Omit<Kept, "fragment"> {
  return {
    user,
    draft: draft.value,
    files: draftFiles.sent.value,
    form: startForm.value.filled(),
    answers: filledForms(),
    answering: idsOfEntry(),
  };
}

/**
 * Restores what was kept: the draft for the same user only, the fragment for everybody. Where nobody is signed in, as after
 * a sign-in that was broken off, the draft goes on waiting.
 */
export function restoreDraft(user: string | null): void {
  const kept = waiting();
  if (kept === null) return;
  const { pathname, search, hash } = location;
  const state = user === null ? history.state : { ...history.state, kept: undefined };
  history.replaceState(state, "", pathname + search + (hash || kept.fragment));
  if (user === null) return;
  forget();
  if (kept.user !== user) return;
  if (draft.value === "") draft.value = kept.draft;
  draftFiles.addSent(kept.files);
  filledBefore.value = kept.form;
  restoreForms(kept.answers);
  if (kept.answering !== null) keepIds(kept.answering);
}

function waiting(): Kept | null {
  return readKept(inTab()) ?? readKept(asObject(history.state)?.["kept"]);
}

/** Every page of the origin can write what is read here. */
export function readKept(value: unknown): Kept | null {
  const kept = asObject(value);
  if (kept === null) return null;
  return {
    user: asText(kept["user"]) ?? "",
    draft: asText(kept["draft"], ANSWER) ?? "",
    files: asList(kept["files"], readSentFile),
    form: readForm(asObject(kept["form"])),
    answers: readMembers(kept["answers"], (value) => readMembers(value, (text) => asText(text, ANSWER))),
    answering: readIds(kept["answering"]),
    fragment: /^#/.test(asText(kept["fragment"]) ?? "") ? String(kept["fragment"]) : "",
  };
}

function readForm(form: JsonObject | null): FilledForm {
  return {
    typed: readMembers(form?.["typed"], (value) => (typeof value === "boolean" ? value : asText(value, ANSWER))),
    files: readMembers(form?.["files"], (value) => asList(value, readSentFile)),
  };
}

function readMembers<T>(value: unknown, read: (member: unknown) => T | null): Readonly<Record<string, T>> {
  const members = Object.entries(asObject(value) ?? {}).map(([name, member]) => [name, read(member)] as const);
  return Object.fromEntries(members.filter((entry): entry is [string, T] => entry[1] !== null));
}

function inTab(): unknown {
  try {
    const json = sessionStorage.getItem(KEY);
    return json === null ? null : JSON.parse(json);
  } catch {
    return null;
  }
}

function forget(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Then it was never there.
  }
}
