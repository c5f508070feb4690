import { parameters } from "../store/app";
import { conversationId, turns } from "../store/conversation";
import { conversations } from "../store/conversations";
import { filledOpening } from "../store/opening";
import { startForm } from "../store/start-form";
import { MarkdownView } from "./answer/MarkdownView";
import { ConversationForm } from "./form/ConversationForm";
import { Disclaimer } from "./Notices";
import { Questions } from "./Questions";

/** What the app says before anybody has asked, and what it suggests to ask. */
export function Opening() {
  // An older conversation keeps what was said at its beginning.
  const known = conversations.value.find(({ id }) => id === conversationId.value);
  const statement = known?.introduction || parameters.value?.opening_statement || "";
  const isNew = turns.value.length === 0;
  return (
    <>
      {isNew && <Disclaimer />}
      {statement !== "" && (
        <div class="opening" dir="auto">
          <MarkdownView text={filledOpening(statement, known?.inputs ?? startForm.value.values.value)} />
        </div>
      )}
      <ConversationForm />
      {isNew && <Questions questions={parameters.value?.suggested_questions ?? []} />}
    </>
  );
}
