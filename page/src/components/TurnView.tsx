import "./TurnView.css";
import { useComputed } from "@preact/signals";
import { errorText } from "../i18n/error-text";
import { texts } from "../i18n/texts";
import type { Turn } from "../store/conversation";

interface Props {
  readonly turn: Turn;
}

/** A question, and the answer as far as it has come. */
export function TurnView({ turn }: Props) {
  const { answer, turn: labels } = texts.value;
  const state = turn.state.value;
  const waiting = useComputed(() => turn.state.value.kind === "streaming" && turn.answer.value === "");
  return (
    <article class="turn">
      <section class="question" aria-label={labels.you} dir="auto">
        {turn.query}
      </section>
      <section class="answer" aria-label={answer.label} aria-busy={state.kind === "streaming"} dir="auto">
        {waiting.value && <p class="waiting">{answer.waiting}</p>}
        <p class="text">{turn.answer}</p>
        {state.kind === "failed" && (
          <p class="failure" role="alert">
            {answer.failed} {errorText(state.error)}
          </p>
        )}
      </section>
    </article>
  );
}
