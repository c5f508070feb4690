import { Play, Square } from "lucide";
import { texts } from "../../i18n/texts";
import { Icon } from "../../icons/Icon";
import { mode } from "../../store/app";
import { canSend, isOpen } from "../../store/session";
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

/** What begins a run, and what ends it. */
const OPERATIONS_OF = {
  completion: ["post_completion_messages", "post_completion_messages_stop"],
  workflow: ["post_workflows_run", "post_workflow_task_stop"],
} as const;

/** What a run needs to know. */
export function StartForm({ submit, busy, onSubmit, onStop }: Props) {
  const { error, run: words, startForm: formWords } = texts.value;
  const form = startForm.value;
  const [starts, stops] = OPERATIONS_OF[mode.value === "workflow" ? "workflow" : "completion"];
  if (!isOpen(starts)) return <p class="quiet">{error.forbidden}</p>;
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
          disabled={busy ? !isOpen(stops) : !canSend.value}
          onClick={busy ? onStop : undefined}
        >
          <Icon of={busy ? Square : Play} />
          {busy ? words.stop : submit}
        </button>
      </div>
    </form>
  );
}
