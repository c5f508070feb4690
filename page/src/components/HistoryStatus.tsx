import { useEffect, useRef } from "preact/hooks";
import { errorText } from "../i18n/error-text";
import { texts } from "../i18n/texts";
import { beginConversation } from "../store/composer";
import { turns } from "../store/conversation";
import { historyState, loadOlder } from "../store/history";

/** Stands before the first message that is shown: earlier ones are loaded when it comes into sight. */
export function HistoryStatus() {
  const { conversations, error, history } = texts.value;
  const state = historyState.value;
  if (state.kind === "not-found") {
    return (
      <div class="not-found column">
        <h2>{history.notFound}</h2>
        <p>{history.notFoundText}</p>
        <button type="button" class="primary" onClick={beginConversation}>
          {conversations.new}
        </button>
      </div>
    );
  }
  return (
    <div class="history-status" aria-busy={state.kind === "loading"}>
      {state.kind === "loading" && <p role="status">{history.loading}</p>}
      {state.kind === "failed" && (
        <>
          <p role="alert">
            {history.failed} {errorText(state.error)}
          </p>
          <button type="button" onClick={() => void loadOlder()}>
            {error.retry}
          </button>
        </>
      )}
      {state.kind === "ready" && <Older />}
    </div>
  );
}

function Older() {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => whenSeen(button.current), [turns.value.length]);
  return (
    <button type="button" class="plain" ref={button} onClick={() => void loadOlder()}>
      {texts.value.history.older}
    </button>
  );
}

function whenSeen(element: HTMLElement | null) {
  if (element === null) return;
  const observer = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) void loadOlder();
  });
  observer.observe(element);
  return () => observer.disconnect();
}
