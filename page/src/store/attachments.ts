// Files on their way to the app: of the composer, and of the file fields of forms.

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { uploadFile } from "../api/files";
import type { FileReference, FileType } from "../forms/uploads";
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
  /** What is sent; null for a file at an address. */
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
}

/** A file that has been sent with a message. */
export interface SentFile {
  readonly reference: FileReference;
  readonly name: string;
  readonly size: number | null;
  readonly mediaType: string | null;
}

let nextKey = 0;

export function newAttachments(): Attachments {
  const list = signal<readonly Attachment[]>([]);
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
        const attachment = newAttachment(file.name, type, file, { kind: "uploading", share: 0 });
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
      list.value = [...list.value, newAttachment(address, type, null, { kind: "ready", reference })];
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
  };
}

function newAttachment(name: string, type: FileType, file: File | null, state: AttachmentState): Attachment {
  return {
    key: nextKey++,
    name,
    size: file?.size ?? null,
    type,
    file,
    state: signal(state),
    abort: new AbortController(),
  };
}

function sentFile({ name, size, file, state }: Attachment): readonly SentFile[] {
  if (state.value.kind !== "ready") return [];
  return [{ reference: state.value.reference, name, size, mediaType: file?.type || null }];
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
