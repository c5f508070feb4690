import { useSignal } from "@preact/signals";
import { ThumbsDown, ThumbsUp } from "lucide";
import { useLayoutEffect, useRef } from "preact/hooks";
import { errorText } from "../i18n/error-text";
import { useWording } from "../i18n/texts";
import { Icon } from "../icons/Icon";
import { announce } from "../store/announce";
import type { Turn } from "../store/conversation";
import { COMMENT_LENGTH, rate } from "../store/rating";
import type { Rating } from "../turn/state";

interface Props {
  readonly turn: Turn;
  readonly messageId: string;
}

/** Like, or dislike with a comment; pressing again takes it back. */
export function Feedback({ turn, messageId }: Props) {
  const asksComment = useSignal(false);
  const failure = useSignal<unknown>(null);
  const dislike = useRef<HTMLButtonElement>(null);
  const { actions } = useWording().texts;
  const { rating } = turn.state.value;

  const give = (wanted: Rating, comment = "") => {
    failure.value = null;
    asksComment.value = false;
    rate(turn, messageId, wanted, comment).then(
      () => announce(wanted === null ? actions.feedbackTakenBack : actions.feedbackSent),
      (error: unknown) => {
        failure.value = error;
      },
    );
  };
  return (
    <>
      <button
        type="button"
        class="plain round"
        aria-label={actions.like}
        title={actions.like}
        aria-pressed={rating === "like"}
        onClick={() => give(rating === "like" ? null : "like")}
      >
        <Icon of={ThumbsUp} />
      </button>
      <button
        ref={dislike}
        type="button"
        class="plain round"
        aria-label={actions.dislike}
        title={actions.dislike}
        aria-pressed={rating === "dislike"}
        aria-expanded={asksComment.value}
        onClick={() => {
          if (rating === "dislike") give(null);
          else asksComment.value = !asksComment.value;
        }}
      >
        <Icon of={ThumbsDown} />
      </button>
      {asksComment.value && (
        <CommentForm
          onDone={(comment) => {
            asksComment.value = false;
            dislike.current?.focus();
            if (comment !== null) give("dislike", comment);
          }}
        />
      )}
      {failure.value !== null && (
        <span class="failure" role="alert">
          {errorText(failure.value)}
        </span>
      )}
    </>
  );
}

/** What was wrong with the answer, if the person wants to say it. */
function CommentForm({ onDone }: { readonly onDone: (comment: string | null) => void }) {
  const area = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => area.current?.focus(), []);
  const { actions, conversations } = useWording().texts;
  return (
    <form
      class="feedback-comment"
      onSubmit={(event) => {
        event.preventDefault();
        onDone(area.current?.value.trim() ?? "");
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.isComposing) onDone(null);
      }}
    >
      <textarea
        ref={area}
        rows={2}
        dir="auto"
        maxLength={COMMENT_LENGTH}
        aria-label={actions.comment}
        placeholder={actions.comment}
      />
      <div>
        <button type="submit" class="primary">
          {actions.sendFeedback}
        </button>
        <button type="button" onClick={() => onDone(null)}>
          {conversations.cancel}
        </button>
      </div>
    </form>
  );
}
