import "./TurnView.css";
import { errorText } from "../i18n/error-text";
import { texts } from "../i18n/texts";
import type { Turn } from "../store/conversation";
import { isRunning } from "../turn/state";

interface Props {
  readonly turn: Turn;
}

/** A question, and the answer as far as it has come. */
export function TurnView({ turn }: Props) {
  const { answer, turn: labels } = texts.value;
  const state = turn.state.value;
  return (
    <article class="turn">
      <section class="question" aria-label={labels.you} dir="auto">
        {turn.query}
      </section>
      <section class="answer" aria-label={answer.label} aria-busy={isRunning(state)} dir="auto">
        {isRunning(state) && state.answer === "" && <p class="waiting">{answer.waiting}</p>}
        <p class="text">{turn.answer}</p>
        {state.failure !== null && (
          <p class="failure" role="alert">
            {answer.failed} {errorText(turn.error.value ?? state.failure)}
          </p>
        )}
      </section>
    </article>
  );
}
