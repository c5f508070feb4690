// What the app tells about its tools.

import { asName, asObject } from "../events/shape";
import { requestJson } from "./request";

/** The picture of a tool: an address on Dify's host, or an emoji. */
export type ToolIcon = { readonly url: string } | { readonly emoji: string };

/** `GET /meta`: the icons of the app's tools, by the tool's name. */
export function getToolIcons(): Promise<ReadonlyMap<string, ToolIcon>> {
  return requestJson("/meta", (value) => readToolIcons(asObject(value)?.["tool_icons"]));
}

export function readToolIcons(value: unknown): ReadonlyMap<string, ToolIcon> {
  const icons = new Map<string, ToolIcon>();
  for (const [name, entry] of Object.entries(asObject(value) ?? {})) {
    const url = asName(entry);
    const emoji = asName(asObject(entry)?.["content"]);
    if (url !== null) icons.set(name, { url });
    else if (emoji !== null) icons.set(name, { emoji });
  }
  return icons;
}
