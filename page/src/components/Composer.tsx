import "./Composer.css";
import { useSignal } from "@preact/signals";
import { ArrowUp, Square } from "lucide";
import { useEffect, useRef } from "preact/hooks";
import { directionOf } from "../i18n/direction";
import { texts } from "../i18n/texts";
import { Icon } from "../icons/Icon";
import { parameters, site } from "../store/app";
import { composer, composerRules } from "../store/composer";
import { isAnswering, stopAnswer } from "../store/conversation";
import { draft } from "../store/draft";
import { historyState } from "../store/history";
import { send } from "../store/send";
import { canSend, isOpen } from "../store/session";
import { AddressForm, AttachmentList, ChooseFiles } from "./Attachments";
import { Dictation, DictationProblem } from "./Dictation";

/** Where a person writes. Enter sends, Shift+Enter begins a line. */
export function Composer() {
  const area = useRef<HTMLTextAreaElement>(null);
  const asksAddress = useSignal(false);
  useEffect(() => {
    composer.focus = () => area.current?.focus({ preventScroll: true });
    composer.focus();
  }, []);
  useEffect(() => fitHeight(area.current), [draft.value]);
  const { composer: labels } = texts.value;
  const rules = composerRules.value;
  if (historyState.value.kind === "not-found") return null;
  if (!isOpen("post_chat_messages")) return <p class="composer column closed">{texts.value.error.forbidden}</p>;
  return (
    <form class="composer column" onSubmit={submit} onPaste={takePasted}>
      <AttachmentList />
      {asksAddress.value && rules !== null && <AddressForm rules={rules} open={asksAddress} />}
      <div class="field">
        {rules !== null && <ChooseFiles rules={rules} asksAddress={asksAddress} />}
        <textarea
          ref={area}
          rows={1}
          dir={directionOf(draft.value)}
          aria-label={labels.label}
          aria-describedby="composer-state"
          placeholder={site.value?.input_placeholder || labels.placeholder}
          value={draft.value}
          onInput={(event) => {
            draft.value = event.currentTarget.value;
          }}
          onKeyDown={sendOnEnter}
        />
        {parameters.value?.speech_to_text && isOpen("post_audio_to_text") && <Dictation />}
        {/* One button for both, so that the focus stays where it is. */}
        <button
          type={isAnswering.value ? "button" : "submit"}
          class="primary round"
          aria-label={isAnswering.value ? labels.stop : labels.send}
          title={isAnswering.value ? labels.stop : labels.send}
          disabled={isAnswering.value ? !isOpen("post_chat_messages_stop") : hindrance() !== null}
          onClick={isAnswering.value ? () => void stopAnswer() : undefined}
        >
          <Icon of={isAnswering.value ? Square : ArrowUp} />
        </button>
      </div>
      <DictationProblem />
      <p id="composer-state" class="state">
        {stateText()}
      </p>
    </form>
  );
}

type Hindrance = "empty" | "signed-out" | "uploading" | "upload-failed";

/** Why what is written cannot be sent now. */
function hindrance(): Hindrance | null {
  const { attachments } = composer;
  if (!canSend.value) return "signed-out";
  if (attachments.isUploading.value) return "uploading";
  if (attachments.hasFailed.value) return "upload-failed";
  return draft.value.trim() === "" ? "empty" : null;
}

function stateText(): string {
  const { composer: labels } = texts.value;
  switch (hindrance()) {
    case "signed-out":
      return labels.signedOut;
    case "uploading":
      return labels.uploading;
    case "upload-failed":
      return labels.uploadFailed;
    case "empty":
      return composer.attachments.list.value.length > 0 ? labels.needsText : "";
    case null:
      return "";
  }
}

function submit(event: Event): void {
  event.preventDefault();
  // Without a session `send` tries what it can; the draft stays where it is.
  const reason = hindrance();
  if ((reason === null || reason === "signed-out") && draft.value.trim() !== "") void sendDraft();
}

async function sendDraft(): Promise<void> {
  const { attachments } = composer;
  const query = draft.value.trim();
  const list = attachments.list.value;
  if (isAnswering.value) return;
  if (!canSend.value) {
    await send(query);
    return;
  }
  const sending = send(query, attachments.sent.value);
  draft.value = "";
  attachments.release();
  if (await sending) return;
  // The session was over: nothing has been sent.
  if (draft.value === "") draft.value = query;
  attachments.restore(list);
}

/** An Enter that ends the composition of a Japanese or Chinese word sends nothing. */
function sendOnEnter(event: KeyboardEvent & { readonly currentTarget: HTMLTextAreaElement }): void {
  // Safari ends the composition before it tells of the key, which then has the code of a key of an input method.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  event.currentTarget.form?.requestSubmit();
}

/** Files from the clipboard, such as a picture of the screen; text is pasted as always. */
function takePasted(event: ClipboardEvent): void {
  const files = event.clipboardData?.files ?? [];
  const rules = composerRules.value;
  if (files.length === 0 || !rules?.methods.includes("local_file")) return;
  event.preventDefault();
  composer.attachments.add(files, rules);
}

/** The area grows with its text, up to the height that the style allows. */
function fitHeight(area: HTMLTextAreaElement | null): void {
  if (area === null) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight}px`;
}
