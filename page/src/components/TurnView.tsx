import "./TurnView.css";
import { FileText } from "lucide";
import { errorText } from "../i18n/error-text";
import { sizeText } from "../i18n/file-text";
import { texts } from "../i18n/texts";
import { Icon } from "../icons/Icon";
import type { Turn } from "../store/conversation";
import { send } from "../store/send";
import { isRunning } from "../turn/state";
import { AnswerActions } from "./AnswerActions";

interface Props {
  readonly turn: Turn;
}

/** A question, and the answer as far as it has come. */
export function TurnView({ turn }: Props) {
  const { answer, error, turn: labels } = texts.value;
  const state = turn.state.value;
  return (
    <article class="turn">
      <section class="question" aria-label={labels.you}>
        <p dir="auto">{turn.query}</p>
        <QuestionFiles turn={turn} />
      </section>
      <section class="answer" aria-label={answer.label} aria-busy={isRunning(state)} dir="auto">
        {isRunning(state) && state.answer === "" && <p class="waiting">{answer.waiting}</p>}
        <p class="text">{turn.answer}</p>
        {state.failure !== null && (
          <div class="failure" role="alert">
            <p>
              {answer.failed} {errorText(turn.error.value ?? state.failure)}
            </p>
            <button type="button" onClick={() => void send(turn.query)}>
              {error.retry}
            </button>
          </div>
        )}
      </section>
      {!isRunning(state) && <AnswerActions turn={turn} />}
    </article>
  );
}

/** What the person has sent with the question. */
function QuestionFiles({ turn }: Props) {
  if (turn.files.length === 0) return null;
  return (
    <ul class="sent-files" aria-label={texts.value.files.label}>
      {turn.files.map((file) => (
        <li key={file.id}>
          <Icon of={FileText} />
          <span dir="auto">{file.name ?? file.id}</span>
          {file.size !== null && <small>{sizeText(file.size)}</small>}
        </li>
      ))}
    </ul>
  );
}
