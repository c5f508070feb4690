// What the app tells about itself.

import type { FileSizeLimits, FileUpload } from "./files";
import { requestJson } from "./request";

/** `GET /site`: how the app wants to look. */
export interface Site {
  readonly title: string;
  readonly icon_type: "emoji" | "image" | null;
  readonly icon: string | null;
  readonly icon_background: string | null;
  readonly icon_url: string | null;
  /** A CSS colour, such as `#155eef`. */
  readonly chat_color_theme: string | null;
  readonly input_placeholder: string | null;
  readonly custom_disclaimer: string | null;
  readonly default_language: string | null;
  readonly show_workflow_steps: boolean;
}

/** What kind of app it is. */
export type AppMode = "chat" | "agent-chat" | "agent" | "advanced-chat" | "completion" | "workflow";

/** `GET /info`. */
export interface Info {
  readonly mode: AppMode;
}

/** Whether the app has a feature. */
interface Feature {
  readonly enabled?: boolean;
}

/** `GET /parameters`; the parts of single features are in their own files. */
export interface Parameters {
  readonly opening_statement: string | null;
  readonly suggested_questions: readonly string[];
  readonly suggested_questions_after_answer?: Feature;
  readonly speech_to_text?: Feature;
  readonly text_to_speech?: Feature;
  readonly file_upload?: FileUpload;
  readonly system_parameters?: FileSizeLimits;
  /** The start form; `forms/fields` reads it. */
  readonly user_input_form?: unknown;
}

export function getSite(): Promise<Site> {
  return requestJson<Site>("/site");
}

export function getInfo(): Promise<Info> {
  return requestJson<Info>("/info");
}

export function getParameters(): Promise<Parameters> {
  return requestJson<Parameters>("/parameters");
}
