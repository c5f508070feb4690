// Which files this person can send.

import type { FileUpload } from "../forms/uploads";
import { parameters } from "./app";
import { type FileRules, rulesOf } from "./file-rules";
import { isOpen } from "./session";

/** The rules of an upload; null: none can be sent. Where the upload is closed to the person, an address is what is left. */
export function uploadRules(upload: FileUpload | null): FileRules | null {
  const rules = rulesOf(upload, parameters.value?.system_parameters ?? null);
  if (rules === null || isOpen("post_files_upload")) return rules;
  const methods = rules.methods.filter((method) => method !== "local_file");
  return methods.length > 0 ? { ...rules, methods } : null;
}
