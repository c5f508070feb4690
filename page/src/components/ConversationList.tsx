import "./ConversationList.css";
import { useSignal } from "@preact/signals";
import { Plus } from "lucide";
import { useEffect, useRef } from "preact/hooks";
import { errorText } from "../i18n/error-text";
import { texts } from "../i18n/texts";
import { Icon } from "../icons/Icon";
import { beginConversation } from "../store/composer";
import { conversations, hasMore, listState, loadMore } from "../store/conversations";
import { drawerOpen } from "../store/viewport";
import { ConversationEntry } from "./ConversationEntry";

/** The conversations, the latest first; further ones are loaded when the end of the list is reached. */
export function ConversationList() {
  const { conversations: labels } = texts.value;
  /** The conversation whose actions are shown: one at a time. */
  const expanded = useSignal<string | null>(null);
  const list = conversations.value;
  return (
    <div class="conversation-list">
      <button
        type="button"
        class="new row"
        onClick={() => {
          drawerOpen.value = false;
          beginConversation();
        }}
      >
        <Icon of={Plus} />
        {labels.new}
      </button>
      {list.length === 0 && listState.value.kind === "ready" && !hasMore.value && <p class="quiet">{labels.none}</p>}
      <ul>
        {list.map((each) => (
          <ConversationEntry key={each.id} conversation={each} expanded={expanded} />
        ))}
      </ul>
      <ListEnd />
    </div>
  );
}

function ListEnd() {
  const end = useRef<HTMLDivElement>(null);
  const { conversations: labels, error } = texts.value;
  const state = listState.value;
  // Each page moves the end out of sight, or shows it again: then the next one is loaded.
  const count = conversations.value.length;
  useEffect(() => whenSeen(end.current), [count]);
  return (
    <div ref={end} class="end" aria-busy={state.kind === "loading"}>
      {state.kind === "loading" && <p class="quiet">{labels.loading}</p>}
      {state.kind === "failed" && (
        <p class="quiet" role="alert">
          {labels.failed} {errorText(state.error)}
        </p>
      )}
      {hasMore.value && state.kind !== "loading" && (
        <button type="button" class="plain" onClick={() => void loadMore()}>
          {state.kind === "failed" ? error.retry : labels.more}
        </button>
      )}
    </div>
  );
}

function whenSeen(element: HTMLElement | null) {
  if (element === null) return;
  const observer = new IntersectionObserver((entries) => {
    // A page that failed is asked for again by the person, not over and over.
    if (entries.some((entry) => entry.isIntersecting) && listState.value.kind === "ready") void loadMore();
  });
  observer.observe(element);
  return () => observer.disconnect();
}
