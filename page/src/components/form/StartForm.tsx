import { Play, Square } from "lucide";
import { texts } from "../../i18n/texts";
import { Icon } from "../../icons/Icon";
import { canSend } from "../../store/session";
import { startForm } from "../../store/start-form";
import { Fields } from "./Fields";

interface Props {
  /** What the button says that sends the form. */
  readonly submit: string;
  /** Something runs that can be stopped. */
  readonly busy: boolean;
  readonly onSubmit: (inputs: Readonly<Record<string, unknown>>) => void;
  readonly onStop: () => void;
}

/** What a run needs to know. */
export function StartForm({ submit, busy, onSubmit, onStop }: Props) {
  const { run: words, startForm: formWords } = texts.value;
  const form = startForm.value;
  const send = () => {
    const inputs = form.inputs();
    if (inputs !== null) onSubmit(inputs);
  };
  return (
    <form
      class="start-form"
      aria-label={formWords.label}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) send();
      }}
    >
      <Fields form={form} />
      {form.attempts.value > 0 && form.isUploading.value && <p role="status">{formWords.uploading}</p>}
      <div class="choices">
        {/* One button for both, so that the focus stays where it is. */}
        <button
          type={busy ? "button" : "submit"}
          class={busy ? undefined : "primary"}
          disabled={!canSend.value}
          onClick={busy ? onStop : undefined}
        >
          <Icon of={busy ? Square : Play} />
          {busy ? words.stop : submit}
        </button>
      </div>
    </form>
  );
}
