import { texts } from "../../i18n/texts";
import { mode } from "../../store/app";
import { conversationId, turns } from "../../store/conversation";
import { startForm } from "../../store/start-form";
import { Disclosure } from "../answer/Disclosure";
import { Fields } from "./Fields";

/**
 * What the app needs to know before the first message. A chatflow gets it with every message, so it can be changed later; the
 * other apps keep what they were told first.
 */
export function ConversationForm() {
  const { startForm: words } = texts.value;
  const form = startForm.value;
  if (form.fields.length === 0) return null;
  if (turns.value.length === 0 && conversationId.value === null) {
    return (
      <section class="start-form before" aria-label={words.label}>
        <Fields form={form} />
      </section>
    );
  }
  if (mode.value !== "advanced-chat") return null;
  return <Disclosure summary={words.edit}>{() => <Fields form={form} />}</Disclosure>;
}
