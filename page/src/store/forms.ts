// What a person answers to a form that a run waits for, and how the run goes on then.

import { ApiError } from "../api/errors";
import { getForm, submitForm } from "../api/human-input";
import { followRun } from "../api/runs";
import { reconnecting } from "../turn/reduce";
import { canReconnect } from "../turn/state";
import { follow, type Turn } from "./conversation";
import { suggestAfter } from "./suggestions";

/** How a submission ended: `answered` and `expired` when somebody else or the time was faster. */
export type Submission = "taken" | "answered" | "expired";

/** Submits a form, and follows its run to the end or the next pause. Throws where the form was not taken, and can be again. */
export async function answerForm(
  turn: Turn,
  token: string,
  inputs: Readonly<Record<string, string>>,
  action: string,
): Promise<Submission> {
  const submission = await submitted(token, inputs, action);
  void reconnect(turn, token);
  return submission;
}

async function submitted(token: string, inputs: Readonly<Record<string, string>>, action: string): Promise<Submission> {
  try {
    await submitForm(token, inputs, action);
    return "taken";
  } catch (error) {
    const state = closedBy(error);
    if (state === null) throw error;
    return state;
  }
}

/** Whether a form can still be answered. A form that cannot be asked after is taken for open: its submission decides. */
export async function formState(token: string): Promise<"open" | "answered" | "expired"> {
  try {
    await getForm(token);
    return "open";
  } catch (error) {
    return closedBy(error) ?? "open";
  }
}

function closedBy(error: unknown): "answered" | "expired" | null {
  if (!(error instanceof ApiError)) return null;
  if (error.code === "human_input_form_submitted") return "answered";
  return error.code === "human_input_form_expired" ? "expired" : null;
}

/** Follows a run that this page has lost sight of, or whose form (`answered`: its token) is closed. */
export async function reconnect(turn: Turn, answered: string | null = null): Promise<void> {
  const { runId } = turn.state.value.ids;
  if (runId === null || !canReconnect(turn.state.value)) return;
  turn.error.value = null;
  turn.state.value = reconnecting(turn.state.value);
  await follow(turn, followRun(runId, turn.abort.signal, answered));
  void suggestAfter(turn);
}
