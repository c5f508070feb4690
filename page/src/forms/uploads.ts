// What an app takes as a file, as Dify writes it, and how a file is named in a message or an input.

import { asCount, asList, asName, asNumber, asObject } from "../events/shape";

const TYPES = ["image", "document", "audio", "video", "custom"] as const;
const METHODS = ["local_file", "remote_url"] as const;

export type FileType = (typeof TYPES)[number];

export type TransferMethod = (typeof METHODS)[number];

/** `file_upload` of `GET /parameters`, and the rules of a file field of a form, which have the same names. */
export interface FileUpload {
  readonly enabled: boolean;
  /** Null where the app does not say so, as those of older releases. */
  readonly allowed_file_types: readonly FileType[] | null;
  /** With the dot, in any case; they count for the type `custom` alone. */
  readonly allowed_file_extensions: readonly string[];
  readonly allowed_file_upload_methods: readonly TransferMethod[] | null;
  readonly number_limits: number | null;
  /** What apps of older releases say instead: images alone. */
  readonly image: {
    readonly enabled: boolean;
    readonly number_limits: number | null;
    readonly transfer_methods: readonly TransferMethod[] | null;
  } | null;
}

/** `system_parameters` of `GET /parameters`, in MiB. */
export interface FileSizeLimits {
  readonly image_file_size_limit: number | null;
  readonly video_file_size_limit: number | null;
  readonly audio_file_size_limit: number | null;
  readonly file_size_limit: number | null;
}

/** A file as a message or an input names it. */
export type FileReference =
  | { readonly type: FileType; readonly transfer_method: "local_file"; readonly upload_file_id: string }
  | { readonly type: FileType; readonly transfer_method: "remote_url"; readonly url: string };

export function readFileUpload(value: unknown): FileUpload | null {
  const upload = asObject(value);
  if (upload === null) return null;
  const image = asObject(upload["image"]);
  return {
    enabled: upload["enabled"] === true,
    allowed_file_types: someOf(TYPES, upload["allowed_file_types"]),
    allowed_file_extensions: asList(upload["allowed_file_extensions"], asName),
    allowed_file_upload_methods: someOf(METHODS, upload["allowed_file_upload_methods"]),
    number_limits: asCount(upload["number_limits"]),
    image: image && {
      enabled: image["enabled"] === true,
      number_limits: asCount(image["number_limits"]),
      transfer_methods: someOf(METHODS, image["transfer_methods"]),
    },
  };
}

export function readSizeLimits(value: unknown): FileSizeLimits {
  const limits = asObject(value);
  const limit = (name: keyof FileSizeLimits) => asNumber(limits?.[name]);
  return {
    image_file_size_limit: limit("image_file_size_limit"),
    video_file_size_limit: limit("video_file_size_limit"),
    audio_file_size_limit: limit("audio_file_size_limit"),
    file_size_limit: limit("file_size_limit"),
  };
}

/** Null where the value is no file that could be sent again. */
export function readFileReference(value: unknown): FileReference | null {
  const file = asObject(value);
  const type = oneOf(TYPES, file?.["type"]);
  if (file === null || type === null) return null;
  const [id, url] = [asName(file["upload_file_id"]), asName(file["url"])];
  switch (oneOf(METHODS, file["transfer_method"])) {
    case "local_file":
      return id === null ? null : { type, transfer_method: "local_file", upload_file_id: id };
    case "remote_url":
      return url === null ? null : { type, transfer_method: "remote_url", url };
    default:
      return null;
  }
}

/** Those of a list that the page knows; null where there is no list. */
function someOf<T extends string>(known: readonly T[], value: unknown): readonly T[] | null {
  return Array.isArray(value) ? asList(value, (entry) => oneOf(known, entry)) : null;
}

function oneOf<T extends string>(known: readonly T[], value: unknown): T | null {
  return known.find((name) => name === value) ?? null;
}
