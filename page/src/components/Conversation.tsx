import "./Conversation.css";
import { ArrowDown } from "lucide";
import { useEffect, useRef } from "preact/hooks";
import { texts } from "../i18n/texts";
import { Icon } from "../icons/Icon";
import { hasOlder, historyState } from "../store/history";
import { following, followsAfter } from "../store/scroll";
import { HistoryStatus } from "./HistoryStatus";
import { NextQuestions } from "./NextQuestions";
import { Opening } from "./Opening";
import { Turns } from "./Turns";

/** The conversation, or why there is none. */
export function Conversation() {
  return historyState.value.kind === "not-found" ? <HistoryStatus /> : <Messages />;
}

/** The turns, and before the first one what the app says by itself. */
function Messages() {
  const area = useRef<HTMLElement>(null);
  const column = useRef<HTMLDivElement>(null);
  const { history } = texts.value;
  useEffect(() => follow(area.current, column.current), []);
  return (
    // Scrolling by keyboard needs the focus.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: WCAG 2.1.1: what scrolls must be reached by keyboard.
    <section class="conversation" ref={area} tabIndex={0} aria-label={history.label}>
      <div class="column" ref={column}>
        {hasOlder.value || historyState.value.kind !== "ready" ? <HistoryStatus /> : <Opening />}
        <Turns />
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
