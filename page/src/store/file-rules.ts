// Which files the app takes. Pure: the composer and the forms judge a file before it is sent.

import type { FileSizeLimits, FileType, FileUpload, TransferMethod } from "../forms/uploads";

export interface FileRules {
  readonly types: readonly FileType[];
  /** With the dot, in lower case: what `custom` among the types means. */
  readonly extensions: readonly string[];
  readonly methods: readonly TransferMethod[];
  /** How many files at most. */
  readonly count: number;
  /** Null: what Dify takes where it does not say so. */
  readonly sizes: FileSizeLimits | null;
}

export type FileProblem =
  | { readonly kind: "type"; readonly name: string }
  | { readonly kind: "size"; readonly name: string; readonly limit: number }
  | { readonly kind: "empty"; readonly name: string }
  | { readonly kind: "count"; readonly limit: number }
  | { readonly kind: "address" };

/** The extensions of Dify's types of files (`api/constants/__init__.py`). */
const EXTENSIONS: Readonly<Record<Exclude<FileType, "custom">, string>> = {
  image: "jpg jpeg png webp gif svg",
  video: "mp4 mov mpeg webm",
  audio: "mp3 m4a wav amr mpga",
  document: "txt md mdx markdown pdf html htm xlsx xls vtt properties doc docx csv eml msg pptx ppt xml epub",
};

const MIB = 1024 * 1024;

/** What a request to an endpoint may hold: Dify's plugin daemon takes 10 MiB, a part of it for the frame of the form. */
export const REQUEST_LIMIT = 10 * MIB - 8 * 1024;

/** What Dify takes where it does not say so, in MiB (`UPLOAD_…_FILE_SIZE_LIMIT`). */
const STANDARD_LIMITS = { image: 10, video: 100, audio: 50, document: 15, custom: 15 } as const;

/** Dify's standard for the number of files of a message. */
const STANDARD_COUNT = 3;

/** The rules of an upload; null where the app takes no files. */
export function rulesOf(upload: FileUpload | null, sizes: FileSizeLimits | null): FileRules | null {
  const image = upload?.image;
  if (upload?.enabled && upload.allowed_file_types) {
    return {
      types: upload.allowed_file_types,
      extensions: upload.allowed_file_extensions.map((extension) => extension.toLowerCase()),
      methods: upload.allowed_file_upload_methods ?? ["local_file", "remote_url"],
      count: upload.number_limits ?? STANDARD_COUNT,
      sizes,
    };
  }
  if (!image?.enabled) return null;
  return {
    types: ["image"],
    extensions: [],
    methods: image.transfer_methods ?? ["local_file", "remote_url"],
    count: image.number_limits ?? STANDARD_COUNT,
    sizes,
  };
}

/** What kind of file it is for the app; null: one that it does not take. */
export function typeOf(name: string, rules: FileRules): FileType | null {
  const extension = /\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  const known = rules.types.find((type) => type !== "custom" && EXTENSIONS[type].split(" ").includes(extension));
  if (known !== undefined) return known;
  return rules.types.includes("custom") && rules.extensions.includes(`.${extension}`) ? "custom" : null;
}

/** The most bytes of a file of a type. */
export function sizeLimit(type: FileType, sizes: FileSizeLimits | null): number {
  const named = {
    image: sizes?.image_file_size_limit,
    video: sizes?.video_file_size_limit,
    audio: sizes?.audio_file_size_limit,
    document: sizes?.file_size_limit,
    custom: sizes?.file_size_limit,
  };
  return Math.min((named[type] ?? STANDARD_LIMITS[type]) * MIB, REQUEST_LIMIT);
}

/** What is wrong with a file, of which `count` are there already. */
export function problemOf(file: Pick<File, "name" | "size">, rules: FileRules, count: number): FileProblem | null {
  const { name, size } = file;
  if (count >= rules.count) return { kind: "count", limit: rules.count };
  const type = typeOf(name, rules);
  if (type === null) return { kind: "type", name };
  if (size === 0) return { kind: "empty", name };
  const limit = sizeLimit(type, rules.sizes);
  return size > limit ? { kind: "size", name, limit } : null;
}

/** The type of the file at an address; null: no address that Dify can load. A name without an extension says nothing. */
export function typeOfAddress(address: string, rules: FileRules): FileType | null {
  if (!URL.canParse(address)) return null;
  const { protocol, pathname } = new URL(address);
  if (protocol !== "https:" && protocol !== "http:") return null;
  return typeOf(pathname, rules) ?? (/\.[^./]+$/.test(pathname) ? null : (rules.types[0] ?? null));
}

/** The extensions that the app takes, with their dots: for the file chooser and for a person to read. */
export function acceptedExtensions(rules: FileRules): readonly string[] {
  const named = rules.types.flatMap((type) =>
    type === "custom" ? rules.extensions : EXTENSIONS[type].split(" ").map((extension) => `.${extension}`),
  );
  return [...new Set(named)];
}
