import "./ConfirmDialog.css";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { texts } from "../i18n/texts";

interface Props {
  readonly title: string;
  readonly text: string;
  /** What the button says that does it. */
  readonly action: string;
  readonly onAnswer: (yes: boolean) => void;
}

/** Asks before something that cannot be undone. The focus is on the way out. */
export function ConfirmDialog({ title, text, action, onAnswer }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const { conversations } = texts.value;
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-text`}
      onCancel={(event) => {
        event.preventDefault();
        event.stopPropagation();
        onAnswer(false);
      }}
    >
      <h2 id={`${id}-title`}>{title}</h2>
      <p id={`${id}-text`} dir="auto">
        {text}
      </p>
      <div class="answers">
        <button type="button" onClick={() => onAnswer(false)}>
          {conversations.cancel}
        </button>
        <button type="button" class="danger" onClick={() => onAnswer(true)}>
          {action}
        </button>
      </div>
    </dialog>
  );
}
