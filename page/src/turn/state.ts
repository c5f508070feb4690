// What an answer has become so far: the same for chat, agent, chatflow, completion and workflow.

import type {
  AgentLogData,
  AnnotationReply,
  AnswerFile,
  Citation,
  FormAnswer,
  FormData,
  Ids,
  NodeData,
  RunEnd,
  Thought,
  Usage,
} from "../events/types";

/**
 * `waiting`: nothing has come yet. `away`: it is written at Dify, and this page does not hear of it. `paused`: the run waits
 * for a person. `stopped`: a person has ended it. What has come stays in every state.
 */
export type Status = "waiting" | "streaming" | "away" | "paused" | "done" | "stopped" | "failed";

/** Why an answer failed. */
export interface Failure {
  /** Dify's or the gateway's, such as `provider_quota_exceeded` or `gateway_timeout`; `run_failed`; `connection_lost`. */
  readonly code: string;
  /** In the words of whoever says it, which are in no language of the page: for the details. */
  readonly message: string;
}

/** Thoughts of a model that came apart from its answer. */
export interface ReasoningBlock {
  readonly nodeId: string;
  readonly text: string;
  readonly finished: boolean;
}

export interface Retry {
  readonly attempt: number;
  readonly error: string | null;
}

/** A node that a run went through. */
export interface Step extends NodeData {
  /** `running`, `succeeded`, `failed`, `exception`, `stopped` or `paused`. */
  readonly status: string;
  readonly retries: readonly Retry[];
  readonly logs: readonly AgentLogData[];
  /** An iteration or a loop. */
  readonly isContainer: boolean;
  /** Of an iteration or a loop: how many rounds there will be, where that is known. */
  readonly length: number | null;
  /** Of an iteration or a loop: the round that has begun last, from 0. */
  readonly currentRound: number | null;
}

/** The run of a workflow. */
export interface Run {
  /** `running`, `paused`, and those of `RunEnd`. */
  readonly status: string;
  /** In the order in which they began, those of iterations and loops among them; `stepTree` gives them their places. */
  readonly steps: readonly Step[];
  /** Steps that were too many to be kept. */
  readonly omitted: number;
  readonly end: RunEnd | null;
}

/** A form that the run has asked for. */
export interface HumanForm extends FormData {
  readonly state: "open" | "answered" | "expired";
  readonly answer: FormAnswer | null;
}

export type Rating = "like" | "dislike" | null;

export interface TurnState {
  readonly status: Status;
  readonly ids: Ids;
  /** Markdown. */
  readonly answer: string;
  /**
   * `with-gap`: events were lost on the way, and text with them, until the end of a chatflow's run tells all of it.
   * `replaced`: the app has taken back what it had said, so its end must not bring that again.
   */
  readonly answerIs: "streamed" | "with-gap" | "replaced";
  readonly reasoning: readonly ReasoningBlock[];
  readonly thoughts: readonly Thought[];
  readonly files: readonly AnswerFile[];
  readonly citations: readonly Citation[];
  readonly annotation: AnnotationReply | null;
  readonly usage: Usage | null;
  readonly run: Run | null;
  readonly forms: readonly HumanForm[];
  readonly failure: Failure | null;
  /** What the person thinks of the answer. */
  readonly rating: Rating;
}

export const NEW_TURN: TurnState = {
  status: "waiting",
  ids: { taskId: null, messageId: null, conversationId: null, runId: null },
  answer: "",
  answerIs: "streamed",
  reasoning: [],
  thoughts: [],
  files: [],
  citations: [],
  annotation: null,
  usage: null,
  run: null,
  forms: [],
  failure: null,
  rating: null,
};

/** What broke on the way to the page, and says nothing about the run. */
const ON_THE_WAY: ReadonlySet<string> = new Set(["connection_lost", "gateway_timeout"]);

export function brokeOnTheWay(failure: Failure | null): boolean {
  return failure !== null && ON_THE_WAY.has(failure.code);
}

/** Whether more of the answer is on its way. */
export function isRunning(state: TurnState): boolean {
  return state.status === "waiting" || state.status === "streaming";
}

/** Whether the answer is not all there yet. */
export function isPending(state: TurnState): boolean {
  return isRunning(state) || state.status === "away";
}

/**
 * Whether the run may go on at Dify although nothing comes any more, so that its events can be asked for again. A message of
 * the history that waits for a form, or is still written, has the run's id and nothing else of it.
 */
export function canReconnect({ ids, run, status }: TurnState): boolean {
  if (ids.runId === null || status === "stopped") return false;
  return run === null ? status === "paused" || status === "away" : run.end === null;
}
