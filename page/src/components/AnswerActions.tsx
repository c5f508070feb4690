import "./AnswerActions.css";
import { useSignal } from "@preact/signals";
import { Copy, CopyCheck, PenLine, RotateCcw } from "lucide";
import { useWording } from "../i18n/texts";
import { Icon } from "../icons/Icon";
import { withoutThoughts } from "../markdown/thinking";
import { announce } from "../store/announce";
import { parameters } from "../store/app";
import { sentAgain } from "../store/attachments";
import { composer, edit } from "../store/composer";
import { isAnswering, type Turn } from "../store/conversation";
import { send } from "../store/send";
import { isOpen } from "../store/session";
import { Feedback } from "./Feedback";
import { ReadAloud } from "./ReadAloud";

interface Props {
  readonly turn: Turn;
}

/** What can be done with an answer of a conversation. */
export function AnswerActions({ turn }: Props) {
  const { answer, ids } = turn.state.value;
  return (
    <div class="answer-actions">
      {answer !== "" && <CopyAnswer text={answer} />}
      {answer !== "" && ids.messageId !== null && parameters.value?.text_to_speech && isOpen("post_text_to_audio") && (
        <ReadAloud messageId={ids.messageId} />
      )}
      {isOpen("post_chat_messages") && <NewTry turn={turn} />}
      {ids.messageId !== null && isOpen("post_message_feedbacks") && <Feedback turn={turn} messageId={ids.messageId} />}
    </div>
  );
}

/** Asking the same again, as it is or changed. */
function NewTry({ turn }: Props) {
  const { actions } = useWording().texts;
  return (
    <>
      <button
        type="button"
        class="plain"
        // Dify has no way to make an answer anew in its place: the question is asked once more, at the end.
        title={actions.askAgainHint}
        // The signal itself: what changes for every answer of the conversation draws none of them again.
        disabled={isAnswering}
        onClick={() => {
          void send(turn.query, sentAgain(turn.files));
          // The button has no use while the answer comes, and would lose the focus.
          composer.focus();
        }}
      >
        <Icon of={RotateCcw} />
        <span class="label">{actions.askAgain}</span>
      </button>
      <button
        type="button"
        class="plain"
        title={actions.editHint}
        onClick={() => edit(turn.query, sentAgain(turn.files))}
      >
        <Icon of={PenLine} />
        <span class="label">{actions.edit}</span>
      </button>
    </>
  );
}

/** What can be done with the result of a run; `text`: what is copied. */
export function ResultActions({ turn, text }: Props & { readonly text: string }) {
  const { messageId } = turn.state.value.ids;
  return (
    <div class="answer-actions">
      {text !== "" && <CopyAnswer text={text} />}
      {text !== "" && messageId !== null && parameters.value?.text_to_speech && isOpen("post_text_to_audio") && (
        <ReadAloud messageId={messageId} />
      )}
      {messageId !== null && isOpen("post_message_feedbacks") && <Feedback turn={turn} messageId={messageId} />}
    </div>
  );
}

function CopyAnswer({ text }: { readonly text: string }) {
  const copied = useSignal(false);
  const { actions } = useWording().texts;
  return (
    <button
      type="button"
      class="plain"
      onClick={() => {
        navigator.clipboard.writeText(withoutThoughts(text)).then(
          () => {
            copied.value = true;
            announce(actions.copied);
            setTimeout(() => {
              copied.value = false;
            }, 2000);
          },
          () => announce(actions.copyFailed),
        );
      }}
    >
      <Icon of={copied.value ? CopyCheck : Copy} />
      <span class="label">{copied.value ? actions.copied : actions.copy}</span>
    </button>
  );
}
