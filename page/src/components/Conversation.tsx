import "./Conversation.css";
import { turns } from "../store/conversation";
import { Opening } from "./Opening";
import { TurnView } from "./TurnView";

/** The turns of the conversation, oldest first; before the first one what the app says by itself. */
export function Conversation() {
  return (
    <div class="conversation">
      <div class="column">
        <Opening />
        {turns.value.map((turn) => (
          <TurnView key={turn.key} turn={turn} />
        ))}
      </div>
    </div>
  );
}
