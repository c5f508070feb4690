import { parameters } from "../store/app";
import { conversationId, turns } from "../store/conversation";
import { conversations } from "../store/conversations";
import { filledOpening } from "../store/opening";
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
        <p class="opening" dir="auto">
          {filledOpening(statement, known?.inputs ?? {})}
        </p>
      )}
      <ConversationForm />
      {isNew && <Questions questions={parameters.value?.suggested_questions ?? []} />}
    </>
  );
}
