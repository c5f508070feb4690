// The steps of a run: a flat list, in which events find a step by its id, and the tree that a person sees.

import type { AgentLogData, ContainerData, NodeData } from "../events/types";
import { ENTRIES, STEPS } from "../limits";
import { withAt } from "./lists";
import type { Run, Step } from "./state";

export const NEW_RUN: Run = { status: "running", steps: [], omitted: 0, end: null };

export function nodeStarted(run: Run, node: NodeData): Run {
  return put(run, node, (known) => ({ ...(known ?? newStep(run, node)), status: node.status ?? "running" }));
}

export function nodeFinished(run: Run, node: NodeData): Run {
  return put(run, node, (known) => merged(known ?? newStep(run, node), node));
}

export function nodeRetried(run: Run, node: NodeData, attempt: number): Run {
  return put(run, node, (known) => {
    const step = known ?? newStep(run, node);
    const retries = [...step.retries, { attempt, error: node.error }].slice(-ENTRIES);
    return { ...step, status: "running", retries };
  });
}

export function containerStarted(run: Run, node: ContainerData): Run {
  return put(run, node, (known) => ({
    ...(known ?? newStep(run, node)),
    status: node.status ?? "running",
    inputs: node.inputs,
    isContainer: true,
    length: node.length,
  }));
}

export function containerRound(run: Run, id: string, round: number): Run {
  return change(run, id, (step) => ({ ...step, currentRound: round }));
}

export function containerFinished(run: Run, node: ContainerData): Run {
  return put(run, node, (known) => ({ ...merged(known ?? newStep(run, node), node), isContainer: true }));
}

/** A later entry with the same id has more of it. */
export function agentLogged(run: Run, log: AgentLogData): Run {
  return change(run, log.nodeExecutionId, (step) => {
    const known = step.logs.findIndex((other) => other.id === log.id);
    if (known >= 0) return { ...step, logs: withAt(step.logs, known, log) };
    return step.logs.length < ENTRIES ? { ...step, logs: [...step.logs, log] } : step;
  });
}

/** What is still under way ends with the run. */
export function stepsEnded(run: Run, status: string): readonly Step[] {
  const running = status === "succeeded" || status === "partial-succeeded" ? "succeeded" : "stopped";
  return run.steps.map((step) => (step.status === "running" ? { ...step, status: running } : step));
}

function put(run: Run, node: NodeData, update: (known: Step | null) => Step): Run {
  // From the end: an event is nearly always about one of the last steps.
  const index = run.steps.findLastIndex((step) => step.id === node.id);
  const known = run.steps[index];
  if (known !== undefined) return { ...run, steps: withAt(run.steps, index, update(known)) };
  if (run.steps.length >= STEPS) return { ...run, omitted: run.omitted + 1 };
  return { ...run, steps: [...run.steps, update(null)] };
}

function change(run: Run, id: string, update: (known: Step) => Step): Run {
  const index = run.steps.findLastIndex((step) => step.id === id);
  const known = run.steps[index];
  return known === undefined ? run : { ...run, steps: withAt(run.steps, index, update(known)) };
}

function newStep(run: Run, node: NodeData): Step {
  return {
    ...node,
    status: node.status ?? "running",
    round: node.round ?? currentRound(run, node.container),
    retries: [],
    logs: [],
    isContainer: false,
    length: null,
    currentRound: null,
  };
}

function currentRound(run: Run, container: string | null): number | null {
  if (container === null) return null;
  return run.steps.findLast((step) => step.isContainer && step.nodeId === container)?.currentRound ?? 0;
}

/** A snapshot has the steps without what went through them: it must not take away what the live events have told. */
function merged(step: Step, node: NodeData): Step {
  return {
    ...step,
    status: node.status ?? "succeeded",
    error: node.error,
    elapsed: node.elapsed ?? step.elapsed,
    tokens: node.tokens ?? step.tokens,
    inputs: node.inputs ?? step.inputs,
    outputs: node.outputs ?? step.outputs,
    files: node.files.length > 0 ? node.files : step.files,
    round: node.round ?? step.round,
  };
}

/** A step with what is inside it. */
export interface StepNode {
  readonly step: Step;
  readonly rounds: readonly Round[];
}

export interface Round {
  /** From 0. */
  readonly index: number;
  readonly steps: readonly StepNode[];
}

/** The steps as a tree: those of an iteration or a loop in its rounds. */
export function stepTree(steps: readonly Step[]): readonly StepNode[] {
  const containers = new Map<string, { readonly node: StepNode; readonly rounds: Map<number, StepNode[]> }>();
  const top: StepNode[] = [];
  for (const step of steps) {
    const home = step.container === null ? undefined : containers.get(step.container);
    const rounds = new Map<number, StepNode[]>();
    const node: StepNode = { step, rounds: [] };
    if (home === undefined) top.push(node);
    else home.rounds.set(step.round ?? 0, [...(home.rounds.get(step.round ?? 0) ?? []), node]);
    if (step.isContainer) containers.set(step.nodeId, { node, rounds });
  }
  const roundsOf = new Map([...containers.values()].map(({ node, rounds }) => [node.step.id, rounds]));
  return top.map((node) => withRounds(node, roundsOf));
}

function withRounds(node: StepNode, roundsOf: ReadonlyMap<string, ReadonlyMap<number, readonly StepNode[]>>): StepNode {
  const rounds = [...(roundsOf.get(node.step.id) ?? [])].sort(([one], [other]) => one - other);
  return {
    step: node.step,
    rounds: rounds.map(([index, steps]) => ({ index, steps: steps.map((step) => withRounds(step, roundsOf)) })),
  };
}

/** An entry of an agent's log with those below it. */
export interface LogNode {
  readonly log: AgentLogData;
  readonly children: readonly LogNode[];
}

/** The log of an agent as a tree; an entry whose parent is missing stands at the top. */
export function logTree(logs: readonly AgentLogData[]): readonly LogNode[] {
  const nodes = new Map(logs.map((log) => [log.id, { log, children: [] as LogNode[] }]));
  const top: LogNode[] = [];
  const seen = new Set<string>();
  for (const node of nodes.values()) {
    // An entry comes after its parent, so nothing can be below itself.
    const parent = seen.has(node.log.parentId ?? "") ? nodes.get(node.log.parentId ?? "") : undefined;
    (parent?.children ?? top).push(node);
    seen.add(node.log.id);
  }
  return top;
}
