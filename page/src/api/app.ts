// What the app tells about itself.

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

/** `GET /parameters`; the parts of single features are in their own files. */
export interface Parameters {
  readonly opening_statement: string | null;
  readonly suggested_questions: readonly string[];
}

export function getSite(): Promise<Site> {
  return requestJson<Site>("/site");
}

export function getParameters(): Promise<Parameters> {
  return requestJson<Parameters>("/parameters");
}
