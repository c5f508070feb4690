// Where the conversation is scrolled to: it follows what comes until the person scrolls up, and again from the end on.

import { signal } from "@preact/signals";

/** Whether the end of the conversation stays in sight while it grows. */
export const following = signal(true);

/** Pixels from the end that still count as the end. */
const NEAR = 48;

/** The part of an element that scrolling depends on. */
export interface Scrolled {
  readonly scrollTop: number;
  readonly scrollHeight: number;
  readonly clientHeight: number;
}

export function isAtEnd({ scrollTop, scrollHeight, clientHeight }: Scrolled): boolean {
  return scrollHeight - scrollTop - clientHeight <= NEAR;
}

/** Whether to follow after a scroll from `before`: a scroll upwards ends it, the end begins it again. */
export function followsAfter(before: number, now: Scrolled, follows: boolean): boolean {
  if (isAtEnd(now)) return true;
  return now.scrollTop < before ? false : follows;
}
