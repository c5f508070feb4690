import { useComputed } from "@preact/signals";
import { CircleStop, Volume2 } from "lucide";
import { errorText } from "../i18n/error-text";
import { useWording } from "../i18n/texts";
import { Icon } from "../icons/Icon";
import { play, playback, stopPlayback } from "../store/playback";

/** Reads an answer aloud, and stops it. */
export function ReadAloud({ messageId }: { readonly messageId: string }) {
  const { actions } = useWording().texts;
  const mine = useComputed(() => {
    const state = playback.value;
    return state.kind !== "silent" && state.id === messageId ? state : null;
  }).value;
  const busy = mine?.kind === "loading" || mine?.kind === "playing";
  return (
    <>
      <button
        type="button"
        class="plain"
        aria-busy={mine?.kind === "loading"}
        onClick={() => (busy ? stopPlayback() : void play(messageId))}
      >
        <Icon of={busy ? CircleStop : Volume2} />
        <span class="label">{busy ? actions.stopReading : actions.readAloud}</span>
      </button>
      {mine?.kind === "nothing-to-say" && <span role="status">{actions.nothingToSay}</span>}
      {mine?.kind === "failed" && (
        <span class="failure" role="alert">
          {errorText(mine.error)}
        </span>
      )}
    </>
  );
}
