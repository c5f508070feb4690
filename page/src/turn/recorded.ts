// A turn as `GET /messages` tells it, long after its events.

import { readCitation, readFiles, readForm, readFormAnswer, readThought } from "../events/data";
import { asList, asName, asObject, asText, asTime, type JsonObject } from "../events/shape";
import type { AnswerFile } from "../events/types";
import { ANSWER } from "../limits";
import { type HumanForm, NEW_TURN, type Rating, type TurnState } from "./state";

export interface RecordedTurn {
  readonly query: string;
  /** What the person had sent with it. */
  readonly files: readonly AnswerFile[];
  readonly state: TurnState;
}

/** Null where the value is no message. `now` in seconds since 1970. */
export function readMessage(value: unknown, now: number): RecordedTurn | null {
  const message = asObject(value);
  const id = asName(message?.["id"]);
  if (message === null || id === null) return null;
  const files = readFiles(message["message_files"]);
  const extra = asList(message["extra_contents"], asObject);
  const forms = asList(extra, (content) => readRecordedForm(content, now));
  return {
    query: asText(message["query"], ANSWER) ?? "",
    files: files.filter((file) => file.belongsTo === "user"),
    state: {
      ...NEW_TURN,
      ...outcome(message, forms, now),
      ids: {
        taskId: null,
        messageId: id,
        conversationId: asName(message["conversation_id"]),
        runId: asName(extra[0]?.["workflow_run_id"]),
      },
      answer: asText(message["answer"], ANSWER) ?? "",
      thoughts: [...asList(message["agent_thoughts"], readThought)].sort((one, two) => one.position - two.position),
      files: files.filter((file) => file.belongsTo === "assistant"),
      citations: asList(message["retriever_resources"], readCitation),
      forms,
      rating: readRating(message["feedback"]),
    },
  };
}

/** Seconds after which an answer that has not come will not come: Dify ends every run by then (`APP_MAX_EXECUTION_TIME`). */
const LONGEST_RUN = 1200;

function outcome(message: JsonObject, forms: readonly HumanForm[], now: number): Pick<TurnState, "status" | "failure"> {
  if (message["status"] === "error") {
    return { status: "failed", failure: { code: "answer_failed", message: asText(message["error"]) ?? "" } };
  }
  const waits = message["status"] === "paused" || forms.some(({ state }) => state === "open");
  return { status: waits ? "paused" : isBeingWritten(message, now) ? "away" : "done", failure: null };
}

/** Dify stores a message before its answer is there, and the time that the answer took with it (`_save_message`). */
function isBeingWritten(message: JsonObject, now: number): boolean {
  const since = asTime(message["created_at"]);
  const isUnanswered = message["answer"] === "" && message["provider_response_latency"] === 0;
  return isUnanswered && since !== null && now - since < LONGEST_RUN;
}

function readRecordedForm(value: unknown, now: number): HumanForm | null {
  const content = asObject(value);
  const form = readForm(content?.["form_definition"]);
  if (content === null || form === null) return null;
  if (content["submitted"] === true) {
    return { ...form, state: "answered", answer: readFormAnswer(content["form_submission_data"]) };
  }
  const isExpired = form.expiresAt !== null && form.expiresAt < now;
  return { ...form, state: isExpired ? "expired" : "open", answer: null };
}

function readRating(value: unknown): Rating {
  const rating = asObject(value)?.["rating"];
  return rating === "like" || rating === "dislike" ? rating : null;
}
