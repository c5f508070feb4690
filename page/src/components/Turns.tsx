import { effect, type ReadonlySignal, type Signal, signal, useSignal } from "@preact/signals";
import { type FunctionComponent, render, type VNode } from "preact";
import { useErrorBoundary, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { PartWording } from "../i18n/texts";
import { type Turn, turns } from "../store/conversation";
import { nextFrame } from "../store/frames";
import { type Group, grouped } from "../store/groups";
import { opened } from "../store/history";
import { following } from "../store/scroll";
import { followWording } from "../store/wordings";
import { TurnView } from "./TurnView";

/** The turns of the conversation, oldest first. */
export function Turns() {
  const place = useRef<HTMLDivElement>(null);
  const broken = useSignal<unknown>(null);
  useLayoutEffect(() => {
    const { current } = place;
    return current === null ? undefined : fill(current, broken);
  }, [opened.value]);
  // What has broken there is caught where everything is caught.
  if (broken.value !== null) throw broken.value;
  return <div ref={place} />;
}

/**
 * Fills the place with the turns of the conversation that is opened now, in a tree of their own: when the conversation is left,
 * it is off the screen at once, and taken apart in slices, because of thousands that takes longer than a frame.
 */
function fill(place: HTMLElement, broken: Signal<unknown>): () => void {
  const element = document.createElement("div");
  place.append(element);
  const mine = opened.peek();
  const groups = signal<readonly Group<Turn>[]>([]);
  const dispose = effect(() => {
    if (opened.value === mine) groups.value = grouped(groups.peek(), turns.value);
  });
  render(<Groups of={groups} broken={broken} />, element);
  return () => {
    dispose();
    element.className = "left";
    takeApart(element, groups);
  };
}

/** Groups that are taken apart in one frame. */
const AT_ONCE = 4;

/** Takes apart what has been left, the end first: an answer that was coming there is nobody's news any more. */
function takeApart(element: HTMLElement, groups: Signal<readonly Group<Turn>[]>): void {
  groups.value = groups.value.slice(0, -AT_ONCE);
  if (groups.value.length > 0) {
    nextFrame(() => takeApart(element, groups));
    return;
  }
  render(null, element);
  element.remove();
}

interface GroupsProps {
  readonly of: ReadonlySignal<readonly Group<Turn>[]>;
  readonly broken: Signal<unknown>;
}

function Groups({ of: groups, broken }: GroupsProps) {
  useErrorBoundary((error) => {
    broken.value = error;
  });
  const element = useRef<HTMLDivElement>(null);
  useStayingInPlace(element, groups.value[0]?.turns[0]);
  return <div ref={element}>{groups.value.map((group) => viewOf(group, GroupView))}</div>;
}

function GroupView({ of: { turns: some } }: { readonly of: Group<Turn> }) {
  const element = useRef<HTMLDivElement>(null);
  const { own, end } = useMemo(() => followWording(() => distance(element.current)), []);
  useLayoutEffect(() => end, []);
  return (
    <PartWording.Provider value={own}>
      <div class="turns" ref={element}>
        {some.map((turn) => viewOf(turn, View))}
      </div>
    </PartWording.Provider>
  );
}

function View({ of: turn }: { readonly of: Turn }) {
  return <TurnView turn={turn} />;
}

const views = new WeakMap<object, VNode>();

/** The same element for the same object each time: Preact passes over what is the same, however much of it there is. */
function viewOf<T extends { readonly key: number }>(shown: T, Shown: FunctionComponent<{ readonly of: T }>): VNode {
  const known = views.get(shown);
  if (known !== undefined) return known;
  const view = <Shown key={shown.key} of={shown} />;
  views.set(shown, view);
  return view;
}

/** How far an element is out of the window, in pixels. */
function distance(element: Element | null): number {
  if (element === null) return 0;
  const { top, bottom } = element.getBoundingClientRect();
  return Math.max(0, -bottom, top - innerHeight);
}

/** What is read stays where it is when earlier messages are put before it. Not every browser does that by itself. */
function useStayingInPlace(list: { readonly current: HTMLElement | null }, first: Turn | undefined): void {
  const last = useRef<{ readonly turn: Turn | undefined; readonly element: Element | null }>({
    turn: undefined,
    element: null,
  });
  // Where the end is followed nothing is measured, because that would have everything laid out once more.
  const before = following.peek() ? undefined : last.current.element?.getBoundingClientRect().top;
  useLayoutEffect(() => {
    const { turn, element } = last.current;
    const area = list.current?.closest(".conversation");
    if (turn !== undefined && turn !== first && element?.isConnected && before !== undefined && area) {
      area.scrollTop += element.getBoundingClientRect().top - before;
    }
    last.current = { turn: first, element: list.current?.querySelector(".turn") ?? null };
  }, [first]);
}
