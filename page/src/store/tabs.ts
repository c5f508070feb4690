// Several tabs with one session: one of them at a time may change its cookie, and each hears what another did.

import { gateway } from "../api/document";

const NAME = `gateway:${gateway.basePath}`;

/** How long a tab waits for another one that checks the session, in milliseconds. */
const PATIENCE = 10_000;

/** What a tab tells the others. Any page of the same origin can say it, so it is a hint to ask the gateway. */
export type News = "signed-in" | "signed-out";

const channel = new BroadcastChannel(NAME);

export function tellOtherTabs(news: News): void {
  channel.postMessage(news);
}

export function onNewsOfOtherTabs(handler: (news: unknown) => void): void {
  channel.addEventListener("message", ({ data }) => handler(data));
}

/** Runs `work` while no other tab does. After ten seconds it runs all the same: the gateway sorts it out. */
export async function withSessionLock<T>(work: () => Promise<T>): Promise<T> {
  // Locks exist in secure contexts only; there is no sign-in elsewhere, but for localhost, which is one.
  const patience = AbortSignal.timeout(PATIENCE);
  try {
    return await navigator.locks.request(`${NAME}:refresh`, { signal: patience }, work);
  } catch (error) {
    if (patience.aborted && error === patience.reason) return work();
    throw error;
  }
}
