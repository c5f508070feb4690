// Forms that a run waits for.

import { readFormBody } from "../events/data";
import { asObject } from "../events/shape";
import type { FormData } from "../events/types";
import { request, requestJson } from "./request";

/** `GET /form/human_input/<token>`. Throws `ApiError` with status 412 where it has been submitted or has expired. */
export function getForm(token: string): Promise<Omit<FormData, "nodeId" | "nodeTitle">> {
  return requestJson(path(token), (value) => {
    const form = asObject(value);
    return form && readFormBody(form);
  });
}

/** `POST /form/human_input/<token>`: the run goes on with the first answer. Throws as `getForm` does. */
export async function submitForm(
  token: string,
  inputs: Readonly<Record<string, string>>,
  action: string,
): Promise<void> {
  await request(path(token), { method: "POST", json: { inputs, action } });
}

function path(token: string): string {
  return `/form/human_input/${encodeURIComponent(token)}`;
}
