// Why an answer failed, in the words of the person's language.

import type { Failure } from "../turn/state";
import { errorText } from "./error-text";
import { texts } from "./texts";

/** What is not in `error-text`: an answer can fail in ways that a request cannot. */
const SENTENCES = { invalid_param: "input", run_failed: "run" } as const;

/** One or two sentences. What Dify says itself is in no language of the page, and stands in the details. */
export function failureText(failure: Failure, error: unknown): string {
  if (Object.hasOwn(SENTENCES, failure.code)) {
    return texts.value.failure[SENTENCES[failure.code as keyof typeof SENTENCES]];
  }
  // An answer out of the history: nobody knows any more why.
  return failure.code === "answer_failed" ? "" : errorText(error ?? failure);
}
