// What an event does to an answer. Nothing here waits, asks or draws: the same events give the same state.

import { cut } from "../events/shape";
import type { FormAnswer, FormData, Ids, MessageEndData, RunEnd, StreamEvent, Thought } from "../events/types";
import { ANSWER, ENTRIES, SIDE_TEXT } from "../limits";
import { addedById, withAt } from "./lists";
import { brokeOnTheWay, type Failure, type HumanForm, type ReasoningBlock, type Run, type TurnState } from "./state";
import {
  agentLogged,
  containerFinished,
  containerRound,
  containerStarted,
  NEW_RUN,
  nodeFinished,
  nodeRetried,
  nodeStarted,
  stepsEnded,
} from "./steps";

/** The state after an event. */
export function reduce(state: TurnState, event: StreamEvent): TurnState {
  const isFirst = state.status === "waiting";
  const status = isFirst ? "streaming" : state.status;
  const next = { ...state, ids: mergedIds(state.ids, event.ids), status };
  return changed(event.kind === "run-started" && !isFirst ? reconnecting(next) : next, event);
}

/** The stream has come to its end, or broke: `failure`. Whatever neither finished nor paused is not complete. */
export function ended(state: TurnState, failure: Failure | null): TurnState {
  if (state.status !== "waiting" && state.status !== "streaming") return state;
  return { ...state, status: "failed", failure: failure ?? { code: "connection_lost", message: "" } };
}

/**
 * The events of the run are asked for again. They tell its steps once more, and not its text: what came while nobody listened
 * is missing, unless the run has waited for a person all the time.
 */
export function reconnecting(state: TurnState): TurnState {
  const hasGap = state.answerIs === "streamed" && state.run?.status !== "paused";
  return { ...state, status: "streaming", failure: null, answerIs: hasGap ? "with-gap" : state.answerIs };
}

/** The person has ended the answer. */
export function stopped(state: TurnState): TurnState {
  const { run } = state;
  return {
    ...state,
    status: "stopped",
    run: run && { ...run, status: "stopped", steps: stepsEnded(run, "stopped") },
    reasoning: state.reasoning.map((block) => ({ ...block, finished: true })),
  };
}

function mergedIds(known: Ids, more: Ids): Ids {
  // What Dify tells once more of a run names the run as its task, which cannot be stopped by that.
  const taskId = more.taskId === more.runId ? null : more.taskId;
  return {
    taskId: taskId ?? known.taskId,
    messageId: more.messageId ?? known.messageId,
    conversationId: more.conversationId ?? known.conversationId,
    runId: more.runId ?? known.runId,
  };
}

function changed(state: TurnState, event: StreamEvent): TurnState {
  switch (event.kind) {
    case "text":
      return { ...state, answer: cut(state.answer + event.text, ANSWER) };
    case "text-replaced":
      return { ...state, answer: event.text, answerIs: "replaced" };
    case "thought":
      return { ...state, thoughts: withThought(state.thoughts, event.thought) };
    case "reasoning":
      return { ...state, reasoning: withReasoning(state.reasoning, event.nodeId, event.text, event.last) };
    case "file":
      return { ...state, files: addedById(state.files, [event.file]) };
    case "message-end":
      return messageEnded(state, event.end);
    case "speech":
      return state;
    case "error":
      return { ...state, status: "failed", failure: { code: event.code, message: event.message } };
    case "run-started":
      return runStarted(state);
    case "run-paused":
      return runPaused(event.forms.reduce(withForm, state));
    case "run-finished":
      return runFinished(state, event.end);
    case "form-required":
      return withForm(state, event.form);
    case "form-filled":
      return formAnswered(state, event.answer);
    case "form-expired":
      return withFormState(state, event.nodeId, { state: "expired" });
    default:
      return stepChanged(state, event);
  }
}

type StepEvent = Extract<StreamEvent, { readonly kind: `node-${string}` | `container-${string}` | "agent-log" }>;

function stepChanged(state: TurnState, event: StepEvent): TurnState {
  const run = stepped(state.run ?? NEW_RUN, event);
  const next = { ...state, run };
  return event.kind === "node-finished" && event.node.nodeType === "human-input" ? formNodeFinished(next, event) : next;
}

function stepped(run: Run, event: StepEvent): Run {
  switch (event.kind) {
    case "node-started":
      return nodeStarted(run, event.node);
    case "node-finished":
      return nodeFinished(run, event.node);
    case "node-retried":
      return nodeRetried(run, event.node, event.attempt);
    case "container-started":
      return containerStarted(run, event.node);
    case "container-round":
      return containerRound(run, event.id, event.round);
    case "container-finished":
      return containerFinished(run, event.node);
    case "agent-log":
      return agentLogged(run, event.log);
  }
}

/** A thought comes in several events; the answer's order is that of their positions. */
function withThought(thoughts: readonly Thought[], thought: Thought): readonly Thought[] {
  const index = thoughts.findIndex((other) => other.id === thought.id);
  if (index >= 0) return withAt(thoughts, index, thought);
  if (thoughts.length >= ENTRIES) return thoughts;
  return [...thoughts, thought].sort((one, other) => one.position - other.position);
}

function withReasoning(blocks: readonly ReasoningBlock[], nodeId: string, text: string, finished: boolean) {
  const last = blocks.at(-1);
  if (last?.nodeId === nodeId && !last.finished) {
    return withAt(blocks, blocks.length - 1, { nodeId, text: cut(last.text + text, SIDE_TEXT), finished });
  }
  return text === "" || blocks.length >= ENTRIES ? blocks : [...blocks, { nodeId, text, finished }];
}

function messageEnded(state: TurnState, end: MessageEndData): TurnState {
  // What came live is what the end repeats; without it the end is all there is.
  const reasoning =
    state.reasoning.length > 0 ? state.reasoning : end.reasoning.map((each) => ({ ...each, finished: true }));
  return {
    ...state,
    status: state.failure === null ? "done" : state.status,
    usage: end.usage ?? state.usage,
    citations: end.citations.length > 0 ? end.citations : state.citations,
    annotation: end.annotation ?? state.annotation,
    files: addedById(state.files, end.files),
    reasoning: reasoning.map((block) => (block.finished ? block : { ...block, finished: true })),
  };
}

/** A run that goes on after a pause, or is asked for again, keeps its steps: the stream may tell them once more. */
function runStarted(state: TurnState): TurnState {
  const run = state.run ?? NEW_RUN;
  return { ...state, status: "streaming", failure: null, run: { ...run, status: "running", end: null } };
}

function runPaused(state: TurnState): TurnState {
  const run = state.run ?? NEW_RUN;
  const steps = run.steps.map((step) => (step.status === "running" ? { ...step, status: "paused" } : step));
  return { ...state, status: "paused", run: { ...run, status: "paused", steps } };
}

/** A run that failed sends no `error` of its own in most releases, and no `message_end`. */
function runFinished(state: TurnState, end: RunEnd): TurnState {
  const run = state.run ?? NEW_RUN;
  const next: TurnState = {
    ...state,
    answer: wholeAnswer(state, end),
    files: addedById(state.files, end.files),
    run: { ...run, status: end.status, steps: stepsEnded(run, end.status), end },
  };
  if (end.status === "stopped") return { ...next, status: "stopped", failure: null };
  if (end.status !== "failed") return { ...next, status: "done", failure: null };
  const known = brokeOnTheWay(state.failure) ? null : state.failure;
  return { ...next, status: "failed", failure: known ?? { code: "run_failed", message: end.error ?? "" } };
}

/** A chatflow's run ends with the whole answer, for whoever has not heard all of it. */
function wholeAnswer(state: TurnState, end: RunEnd): string {
  const answer = end.outputs?.["answer"];
  if (state.ids.messageId === null || typeof answer !== "string" || state.answerIs === "replaced") return state.answer;
  const isMissing = state.answer === "" || state.answerIs === "with-gap" || brokeOnTheWay(state.failure);
  return isMissing ? answer : state.answer;
}

/** A form is known by its node: the events that answer it do not have its token. */
function withForm(state: TurnState, form: FormData): TurnState {
  const index = state.forms.findIndex((other) => other.nodeId === form.nodeId);
  const known = state.forms[index];
  // The reason of the pause repeats the form; a node in a loop asks again, with another token.
  if (known !== undefined && known.token === form.token && known.formId === form.formId) return state;
  const open: HumanForm = { ...form, state: "open", answer: null };
  if (known?.state === "open") return { ...state, forms: withAt(state.forms, index, open) };
  return state.forms.length < ENTRIES ? { ...state, forms: [...state.forms, open] } : state;
}

function formAnswered(state: TurnState, answer: FormAnswer): TurnState {
  return withFormState(state, answer.nodeId, { state: "answered", answer });
}

/** A stream that begins after the answer tells of it only in what the form's node gives. */
function formNodeFinished(state: TurnState, { node }: Extract<StepEvent, { kind: "node-finished" }>): TurnState {
  const outputs = node.outputs ?? {};
  const textOf = (name: string) => (typeof outputs[name] === "string" ? outputs[name] : null);
  const content = textOf("__rendered_content");
  if (content === null) return state;
  const answer = {
    nodeId: node.nodeId,
    actionId: textOf("__action_id"),
    actionTitle: textOf("__action_value"),
    content,
  };
  return formAnswered(state, answer);
}

function withFormState(state: TurnState, nodeId: string, change: Partial<HumanForm>): TurnState {
  const index = state.forms.findLastIndex((form) => form.nodeId === nodeId && form.state === "open");
  const form = state.forms[index];
  return form === undefined ? state : { ...state, forms: withAt(state.forms, index, { ...form, ...change }) };
}
