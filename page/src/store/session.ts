// Who is signed in, and what happens when that ends.

import { computed, signal } from "@preact/signals";
import { gateway } from "../api/document";
import { type ApiError, isSessionChanged, isSessionOver } from "../api/errors";
import { sessionProblems } from "../api/request";
import { getSession, logOut, refreshSession, type SignedIn } from "../api/session";
import { keepDraft } from "./draft";
import { tellOtherTabs, withSessionLock } from "./tabs";

/** `no-token`: signed in, but the document came without a page token. */
export type Phase = "starting" | "signed-out" | "no-token" | "signed-in" | "unreachable";

export const phase = signal<Phase>("starting");

/** Why it is not known who is signed in, while the page is `unreachable`. */
export const openingError = signal<unknown>(null);

/** Who is signed in, or was until the session ended. */
export const person = signal<SignedIn | null>(null);

/** The code of the refusal that ended the session while the page was open; null while it lives. */
export const sessionOver = signal<string | null>(null);

/** Whether requests can be sent. */
export const canSend = computed(() => phase.value === "signed-in" && sessionOver.value === null);

/** The operations that the page offers and the endpoint's rules can close to a person, by the gateway's names for them. */
export const OPERATIONS = [
  "delete_conversation",
  "get_conversations",
  "get_message_suggested",
  "get_messages",
  "get_workflow_events",
  "get_workflows_logs",
  "post_audio_to_text",
  "post_chat_messages",
  "post_chat_messages_stop",
  "post_completion_messages",
  "post_completion_messages_stop",
  "post_conversation_name",
  "post_files_upload",
  "post_human_input_form",
  "post_message_feedbacks",
  "post_text_to_audio",
  "post_workflow_task_stop",
  "post_workflows_run",
] as const;

/** As one text, so that a check of the session that closes nothing new draws nothing anew. */
const closed = computed(() => person.value?.closed_operations.join(" ") ?? "");

/** Whether the person may use an operation; what is closed is not offered. */
export function isOpen(operation: (typeof OPERATIONS)[number]): boolean {
  return !closed.value.split(" ").includes(operation);
}

/** Asks who is signed in, and has the session checked first where that is overdue. */
export async function openSession(): Promise<void> {
  try {
    const state = gateway.pageToken === null ? await sessionWithoutToken() : await getSession();
    if (state === null) {
      phase.value = gateway.settings.hindrance === "several_sessions" ? "signed-out" : "no-token";
    } else if (!state.signed_in) {
      phase.value = "signed-out";
    } else {
      accept(state.check_in > 0 ? state : await withSessionLock(() => refreshSession(true)));
      phase.value = "signed-in";
    }
  } catch (error) {
    openingError.value = error;
    phase.value = isSessionOver(error) ? "signed-out" : "unreachable";
  }
}

/** Null: there is a session, and the document lacks its page token. */
async function sessionWithoutToken() {
  try {
    return await getSession();
  } catch (error) {
    if (isSessionOver(error)) return null;
    throw error;
  }
}

/** Takes the news of a check. The page of another person than before is of no use to this one. */
export function accept(state: SignedIn): void {
  if (person.value !== null && person.value.user !== state.user) {
    reloadForOther();
    return;
  }
  person.value = state;
  sessionOver.value = null;
}

/** Has the session checked with the provider. */
export async function checkSession(active: boolean): Promise<void> {
  accept(await withSessionLock(() => refreshSession(active)));
}

/** Asks whether there is still a session, without a check: another tab may have ended it, or signed in again. */
export async function askSession(): Promise<void> {
  const state = await getSession();
  if (state.signed_in) accept(state);
  else end("session_missing");
}

/** Signs out here, in the other tabs and, where it can, at the provider. */
export async function signOut(): Promise<void> {
  const location = await withSessionLock(logOut);
  tellOtherTabs("signed-out");
  leave(location);
}

/** Goes to the sign-in; the page comes back to this address. `silent`: only if the provider need not ask anything. */
export function signIn(silent = false): void {
  keepDraft(person.value?.user ?? null, "sign-in");
  const returnTo = location.pathname.slice(gateway.basePath.length) + location.search || "/";
  const query = new URLSearchParams({ return_to: returnTo });
  if (silent) query.set("prompt", "none");
  leave(`${gateway.base}/auth/login?${query}`);
}

/**
 * Tries a sign-in that asks nothing, once for each page: a session without a refresh token ends after an hour although
 * the person still has one at the provider. Returns whether the page is leaving.
 */
export function signInSilently(): boolean {
  const state = history.state as { silent?: boolean } | null;
  if (sessionOver.value !== "session_expired" || state?.silent) return false;
  history.replaceState({ ...state, silent: true }, "");
  signIn(true);
  return true;
}

function leave(address: string): void {
  location.assign(address);
}

function reloadForOther(): void {
  keepDraft(person.value?.user ?? null, "reload");
  location.reload();
}

function end(code: string): void {
  if (phase.value === "signed-in") sessionOver.value = code;
}

sessionProblems.handler = (error: ApiError) => {
  if (isSessionChanged(error)) reloadForOther();
  else end(error.code);
};
