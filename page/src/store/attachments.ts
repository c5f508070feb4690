// Files on their way to the app: of the composer, and of the file fields of forms.

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { uploadFile } from "../api/files";
import { asCount, asName, asObject } from "../events/shape";
import type { AnswerFile } from "../events/types";
import { type FileReference, type FileType, readFileReference } from "../forms/uploads";
import { type FileProblem, type FileRules, problemOf, typeOf, typeOfAddress } from "./file-rules";

export type AttachmentState =
  /** `share`: how much has been sent, from 0 to 1. */
  | { readonly kind: "uploading"; readonly share: number }
  | { readonly kind: "ready"; readonly reference: FileReference }
  | { readonly kind: "failed"; readonly error: unknown };

export interface Attachment {
  readonly key: number;
  readonly name: string;
  /** Bytes; null for a file at an address. */
  readonly size: number | null;
  readonly type: FileType;
  readonly mediaType: string | null;
  /** What is sent; null for a file at an address, and for one that Dify has already. */
  readonly file: File | null;
  readonly state: Signal<AttachmentState>;
  readonly abort: AbortController;
}

export interface Attachments {
  readonly list: ReadonlySignal<readonly Attachment[]>;
  /** Why files that somebody chose last were not taken. */
  readonly problems: Signal<readonly FileProblem[]>;
  readonly isUploading: ReadonlySignal<boolean>;
  readonly hasFailed: ReadonlySignal<boolean>;
  /** The files that are there for the app. */
  readonly references: ReadonlySignal<readonly FileReference[]>;
  /** The same, with what a person knows them by. */
  readonly sent: ReadonlySignal<readonly SentFile[]>;
  /** Takes files that keep the rules, and uploads them at once. */
  readonly add: (files: Iterable<File>, rules: FileRules) => void;
  /** Takes a file at an address, which Dify loads itself. Returns whether it keeps the rules. */
  readonly addAddress: (address: string, rules: FileRules) => boolean;
  readonly retry: (attachment: Attachment) => void;
  readonly remove: (attachment: Attachment) => void;
  /** Empties the list, whose files have been sent. */
  readonly release: () => void;
  /** Puts files back that could not be sent. */
  readonly restore: (list: readonly Attachment[]) => void;
  /** Takes files that Dify has already. */
  readonly addSent: (files: readonly SentFile[]) => void;
}

/** A file that has been sent with a message. */
export interface SentFile {
  readonly reference: FileReference;
  readonly name: string;
  readonly size: number | null;
  readonly mediaType: string | null;
}

let nextKey = 0;

/** `sent`: files that Dify has already. */
export function newAttachments(sent: readonly SentFile[] = []): Attachments {
  const list = signal<readonly Attachment[]>(sent.map(readyAttachment));
  const problems = signal<readonly FileProblem[]>([]);
  const remove = (attachment: Attachment) => {
    attachment.abort.abort();
    list.value = list.value.filter((other) => other !== attachment);
  };
  return {
    list,
    problems,
    isUploading: computed(() => list.value.some(({ state }) => state.value.kind === "uploading")),
    hasFailed: computed(() => list.value.some(({ state }) => state.value.kind === "failed")),
    references: computed(() =>
      list.value.flatMap(({ state }) => (state.value.kind === "ready" ? [state.value.reference] : [])),
    ),
    sent: computed(() => list.value.flatMap(sentFile)),
    add: (files, rules) => {
      const found: FileProblem[] = [];
      for (const file of files) {
        const problem = problemOf(file, rules, list.value.length);
        const type = typeOf(file.name, rules);
        if (problem !== null || type === null) {
          if (problem !== null) found.push(problem);
          continue;
        }
        const attachment = newAttachment(type, file, file, { kind: "uploading", share: 0 });
        list.value = [...list.value, attachment];
        void upload(attachment);
      }
      problems.value = found;
    },
    addAddress: (address, rules) => {
      const type = typeOfAddress(address, rules);
      const full = list.value.length >= rules.count;
      if (type === null || full) {
        problems.value = [full ? { kind: "count", limit: rules.count } : { kind: "address" }];
        return false;
      }
      const reference = { type, transfer_method: "remote_url", url: address } as const;
      list.value = [...list.value, readyAttachment({ reference, name: address, size: null, mediaType: null })];
      problems.value = [];
      return true;
    },
    retry: (attachment) => void upload(attachment),
    remove,
    release: () => {
      list.value = [];
      problems.value = [];
    },
    restore: (released) => {
      list.value = [...released, ...list.value];
    },
    addSent: (files) => {
      list.value = [...list.value, ...files.map(readyAttachment)];
    },
  };
}

/** A file that is there for the app. */
function readyAttachment({ reference, name, size, mediaType }: SentFile): Attachment {
  return newAttachment(reference.type, null, { name, size, type: mediaType }, { kind: "ready", reference });
}

function newAttachment(
  type: FileType,
  file: File | null,
  about: { readonly name: string; readonly size: number | null; readonly type: string | null },
  state: AttachmentState,
): Attachment {
  return {
    key: nextKey++,
    name: about.name,
    size: about.size,
    mediaType: about.type || null,
    type,
    file,
    state: signal(state),
    abort: new AbortController(),
  };
}

function sentFile({ name, size, mediaType, state }: Attachment): readonly SentFile[] {
  return state.value.kind === "ready" ? [{ reference: state.value.reference, name, size, mediaType }] : [];
}

/** The files of a message, to be sent once more; those that Dify does not name well enough are left out. */
export function sentAgain(files: readonly AnswerFile[]): readonly SentFile[] {
  return files.flatMap(({ id, type, name, size, mediaType, method, uploadId, url }) => {
    const reference = readFileReference({ type, transfer_method: method, upload_file_id: uploadId, url });
    return reference === null ? [] : [{ reference, name: name ?? id, size, mediaType }];
  });
}

/** Reads what `SentFile` has become in the browser's storage, which other pages of the origin can write. */
export function readSentFile(value: unknown): SentFile | null {
  const file = asObject(value);
  const reference = readFileReference(file?.["reference"]);
  const name = asName(file?.["name"]);
  if (reference === null || name === null) return null;
  return { reference, name, size: asCount(file?.["size"]), mediaType: asName(file?.["mediaType"]) };
}

async function upload({ file, type, state, abort }: Attachment): Promise<void> {
  if (file === null) return;
  state.value = { kind: "uploading", share: 0 };
  const onProgress = (share: number) => {
    if (state.value.kind === "uploading") state.value = { kind: "uploading", share };
  };
  try {
    const id = await uploadFile(file, onProgress, abort.signal);
    state.value = { kind: "ready", reference: { type, transfer_method: "local_file", upload_file_id: id } };
  } catch (error) {
    state.value = { kind: "failed", error };
  }
}
