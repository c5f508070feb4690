// What the app tells about itself.

import { asList, asName, asObject, asText } from "../events/shape";
import { type Field, readFields } from "../forms/fields";
import { type FileSizeLimits, type FileUpload, readFileUpload, readSizeLimits } from "../forms/uploads";
import * as limits from "../limits";
import { requestJson } from "./request";

/** `GET /site`: how the app wants to look. */
export interface Site {
  readonly title: string;
  readonly icon_type: "emoji" | "image" | null;
  readonly icon: string | null;
  readonly icon_background: string | null;
  /** A CSS colour, such as `#155eef`. */
  readonly chat_color_theme: string | null;
  readonly input_placeholder: string | null;
  readonly custom_disclaimer: string | null;
  readonly show_workflow_steps: boolean;
}

const MODES = ["chat", "agent-chat", "agent", "advanced-chat", "completion", "workflow"] as const;

/** What kind of app it is. */
export type AppMode = (typeof MODES)[number];

/** `GET /info`. */
export interface Info {
  readonly mode: AppMode;
}

/** `GET /parameters`; the parts of single features are in their own files. */
export interface Parameters {
  readonly opening_statement: string;
  readonly suggested_questions: readonly string[];
  readonly suggests_after_answer: boolean;
  readonly speech_to_text: boolean;
  readonly text_to_speech: boolean;
  readonly file_upload: FileUpload | null;
  readonly system_parameters: FileSizeLimits;
  /** The start form. */
  readonly fields: readonly Field[];
}

export function getSite(): Promise<Site> {
  return requestJson("/site", readSite);
}

export function getInfo(): Promise<Info> {
  return requestJson("/info", readInfo);
}

export function getParameters(): Promise<Parameters> {
  return requestJson("/parameters", readParameters);
}

export function readSite(value: unknown): Site | null {
  const site = asObject(value);
  if (site === null) return null;
  return {
    title: asText(site["title"], limits.NAME) ?? "",
    icon_type: site["icon_type"] === "emoji" || site["icon_type"] === "image" ? site["icon_type"] : null,
    icon: asName(site["icon"]),
    icon_background: asName(site["icon_background"]),
    chat_color_theme: asName(site["chat_color_theme"]),
    input_placeholder: asName(site["input_placeholder"]),
    custom_disclaimer: asText(site["custom_disclaimer"]) || null,
    // Dify shows them where it does not say.
    show_workflow_steps: site["show_workflow_steps"] !== false,
  };
}

/** Null also for a kind of app that the page does not know: it would not know what to ask of it. */
export function readInfo(value: unknown): Info | null {
  const mode = MODES.find((known) => known === asObject(value)?.["mode"]);
  return mode === undefined ? null : { mode };
}

export function readParameters(value: unknown): Parameters | null {
  const parameters = asObject(value);
  if (parameters === null) return null;
  const isEnabled = (name: string) => asObject(parameters[name])?.["enabled"] === true;
  return {
    opening_statement: asText(parameters["opening_statement"]) ?? "",
    suggested_questions: asList(parameters["suggested_questions"], asName),
    suggests_after_answer: isEnabled("suggested_questions_after_answer"),
    speech_to_text: isEnabled("speech_to_text"),
    text_to_speech: isEnabled("text_to_speech"),
    file_upload: readFileUpload(parameters["file_upload"]),
    system_parameters: readSizeLimits(parameters["system_parameters"]),
    fields: readFields(parameters["user_input_form"]),
  };
}
