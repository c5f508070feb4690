import "./Questions.css";
import { texts } from "../i18n/texts";
import { composer } from "../store/composer";
import { send } from "../store/send";
import { isOpen } from "../store/session";

/** Questions that a click sends. */
export function Questions({ questions }: { readonly questions: readonly string[] }) {
  if (questions.length === 0 || !isOpen("post_chat_messages")) return null;
  return (
    <ul class="questions" aria-label={texts.value.opening.suggestions}>
      {questions.map((question) => (
        <li key={question}>
          <button type="button" dir="auto" onClick={() => ask(question)}>
            {question}
          </button>
        </li>
      ))}
    </ul>
  );
}

function ask(question: string): void {
  void send(question);
  // The button goes away with its question, and the focus would be lost with it.
  composer.focus();
}
