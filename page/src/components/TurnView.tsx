import "./TurnView.css";
import { useComputed } from "@preact/signals";
import { FileText } from "lucide";
import { sizeText } from "../i18n/file-text";
import { useWording } from "../i18n/texts";
import { Icon } from "../icons/Icon";
import { sentAgain } from "../store/attachments";
import type { Turn } from "../store/conversation";
import { send } from "../store/send";
import { isOpen } from "../store/session";
import { isPending } from "../turn/state";
import { AnswerActions } from "./AnswerActions";
import { Answer } from "./answer/Answer";

interface Props {
  readonly turn: Turn;
}

/** A question, and the answer as far as it has come. */
export function TurnView({ turn }: Props) {
  const { texts } = useWording();
  const isOver = useComputed(() => !isPending(turn.state.value));
  return (
    <article class="turn">
      {/* As the question is written, so that the rule stands where it begins: what has a direction of its own does not count. */}
      <section class="question" dir="auto">
        <h2 class="unseen" dir="ltr">
          {texts.turn.you}
        </h2>
        <p>{turn.query}</p>
        <QuestionFiles turn={turn} />
      </section>
      <Answer
        turn={turn}
        onRetry={isOpen("post_chat_messages") ? () => void send(turn.query, sentAgain(turn.files)) : null}
      />
      {isOver.value && <AnswerActions turn={turn} />}
    </article>
  );
}

/** What the person has sent with the question. */
function QuestionFiles({ turn }: Props) {
  const { language, texts } = useWording();
  if (turn.files.length === 0) return null;
  return (
    <ul class="sent-files" aria-label={texts.files.label}>
      {turn.files.map((file) => (
        <li key={file.id}>
          <Icon of={FileText} />
          <span dir="auto">{file.name ?? file.id}</span>
          {file.size !== null && <small>{sizeText(file.size, language)}</small>}
        </li>
      ))}
    </ul>
  );
}
