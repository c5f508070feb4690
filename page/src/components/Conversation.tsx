import "./Conversation.css";
import { ArrowDown } from "lucide";
import type { FunctionComponent, VNode } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { texts } from "../i18n/texts";
import { Icon } from "../icons/Icon";
import { type Turn, turns } from "../store/conversation";
import { type Group, grouped } from "../store/groups";
import { hasOlder, historyState } from "../store/history";
import { following, followsAfter } from "../store/scroll";
import { HistoryStatus } from "./HistoryStatus";
import { NextQuestions } from "./NextQuestions";
import { Opening } from "./Opening";
import { TurnView } from "./TurnView";

/** The turns of the conversation, oldest first; before the first one what the app says by itself. */
export function Conversation() {
  const area = useRef<HTMLElement>(null);
  const column = useRef<HTMLDivElement>(null);
  const { history } = texts.value;
  const list = turns.value;
  const groups = useRef<readonly Group<Turn>[]>([]);
  groups.current = useMemo(() => grouped(groups.current, list), [list]);
  useEffect(() => follow(area.current, column.current), []);
  useStayingInPlace(area.current, list);
  if (historyState.value.kind === "not-found") return <HistoryStatus />;
  return (
    // Scrolling by keyboard needs the focus.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: WCAG 2.1.1: what scrolls must be reached by keyboard.
    <section class="conversation" ref={area} tabIndex={0} aria-label={history.label}>
      <div class="column" ref={column}>
        {hasOlder.value || historyState.value.kind !== "ready" ? <HistoryStatus /> : <Opening />}
        {groups.current.map((group) => viewOf(group, GroupView))}
        <NextQuestions />
      </div>
      {!following.value && (
        <button
          type="button"
          class="round to-end"
          aria-label={history.toEnd}
          title={history.toEnd}
          onClick={() => {
            following.value = true;
            // The button goes away, and the focus would be lost with it.
            area.current?.focus({ preventScroll: true });
            scrollToEnd(area.current);
          }}
        >
          <Icon of={ArrowDown} />
        </button>
      )}
    </section>
  );
}

function GroupView({ of: { turns: some } }: { readonly of: Group<Turn> }) {
  return <div class="turns">{some.map((turn) => viewOf(turn, View))}</div>;
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

/** Keeps the end in sight while the content grows, until the person scrolls up. */
function follow(area: HTMLElement | null, column: HTMLElement | null) {
  if (area === null || column === null) return;
  let last = area.scrollTop;
  const onScroll = () => {
    following.value = followsAfter(last, area, following.value);
    last = area.scrollTop;
  };
  const onGrowth = new ResizeObserver(() => {
    if (following.value) scrollToEnd(area);
  });
  area.addEventListener("scroll", onScroll, { passive: true });
  onGrowth.observe(column);
  onGrowth.observe(area);
  return () => {
    area.removeEventListener("scroll", onScroll);
    onGrowth.disconnect();
  };
}

function scrollToEnd(area: HTMLElement | null): void {
  if (area !== null) area.scrollTop = area.scrollHeight;
}

/** What is read stays where it is when earlier messages are put before it. Not every browser does that by itself. */
function useStayingInPlace(area: HTMLElement | null, list: readonly Turn[]): void {
  const first = useRef<{ readonly turn: Turn | undefined; readonly element: Element | null }>({
    turn: undefined,
    element: null,
  });
  const before = first.current.element?.getBoundingClientRect().top;
  useLayoutEffect(() => {
    const { turn, element } = first.current;
    const isPrepended = turn !== undefined && turn !== list[0] && list.includes(turn);
    if (isPrepended && element?.isConnected && before !== undefined && area !== null && !following.value) {
      area.scrollTop += element.getBoundingClientRect().top - before;
    }
    first.current = { turn: list[0], element: area?.querySelector(".turn") ?? null };
  }, [list]);
}
