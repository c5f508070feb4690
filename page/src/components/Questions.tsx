import "./Questions.css";
import { texts } from "../i18n/texts";
import { send } from "../store/send";

/** Questions that a click sends. */
export function Questions({ questions }: { readonly questions: readonly string[] }) {
  if (questions.length === 0) return null;
  return (
    <ul class="questions" aria-label={texts.value.opening.suggestions}>
      {questions.map((question) => (
        <li key={question}>
          <button type="button" dir="auto" onClick={() => void send(question)}>
            {question}
          </button>
        </li>
      ))}
    </ul>
  );
}
