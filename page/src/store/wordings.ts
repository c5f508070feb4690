// The language of a long conversation: its groups of turns take up another one in slices, those in sight first.

import { type Signal, signal } from "@preact/signals";
import { type Wording, wording } from "../i18n/texts";
import { nextFrame } from "./frames";

/** What is drawn in a wording of its own. */
interface Part {
  readonly own: Signal<Wording>;
  /** How far it is out of sight, in pixels; 0: it is in sight. */
  readonly distance: () => number;
}

/** Parts that are drawn again in one frame. As many as a screen holds, so that nobody sees two languages. */
const AT_ONCE = 4;

const parts = new Set<Part>();

/** The wording of a part, which follows that of the page until `end`. */
export function followWording(distance: () => number): { readonly own: Signal<Wording>; readonly end: () => void } {
  const part = { own: signal(wording.peek()), distance };
  parts.add(part);
  return { own: part.own, end: () => parts.delete(part) };
}

let cancel = () => {};

wording.subscribe(() => {
  cancel();
  const ordered = [...parts].map((part) => ({ part, distance: part.distance() }));
  ordered.sort((one, other) => one.distance - other.distance);
  change(ordered.map(({ part }) => part));
});

function change(rest: readonly Part[]): void {
  for (const { own } of rest.slice(0, AT_ONCE)) own.value = wording.peek();
  const later = rest.slice(AT_ONCE);
  cancel = later.length === 0 ? () => {} : nextFrame(() => change(later));
}
