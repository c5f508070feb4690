import { useSignal } from "@preact/signals";
import { LoaderCircle, Mic, Square } from "lucide";
import { useEffect, useRef } from "preact/hooks";
import { transcribe } from "../api/speech";
import type { Recording } from "../audio/recording";
import { errorText } from "../i18n/error-text";
import { texts } from "../i18n/texts";
import { Icon } from "../icons/Icon";
import { announce } from "../store/announce";
import { addToDraft, dictationError } from "../store/composer";

type State = "idle" | "starting" | "recording" | "transcribing";

/** Speech into the draft: one press begins, the next one ends. */
export function Dictation() {
  const state = useSignal<State>("idle");
  const recording = useRef<Recording | null>(null);
  const abort = useRef(new AbortController());
  useEffect(
    () => () => {
      abort.current.abort();
      recording.current?.discard();
    },
    [],
  );
  const { speech } = texts.value;

  const begin = async () => {
    state.value = "starting";
    dictationError.value = null;
    try {
      // Most people never speak to it, so it is loaded by those who do.
      const { startRecording } = await import("../audio/recording");
      const started = await startRecording(() => void end());
      if (abort.current.signal.aborted) return started.discard();
      recording.current = started;
      state.value = "recording";
      announce(speech.recording);
    } catch (error) {
      state.value = "idle";
      dictationError.value = error;
    }
  };
  const end = async () => {
    const finished = recording.current;
    recording.current = null;
    if (finished === null) return;
    state.value = "transcribing";
    announce(speech.transcribing);
    try {
      const text = await transcribe(await finished.finish(), abort.current.signal);
      state.value = "idle";
      if (text.trim() === "") announce(speech.nothingHeard);
      else addToDraft(text.trim());
    } catch (error) {
      state.value = "idle";
      dictationError.value = error;
    }
  };
  const kind = state.value;
  const label = kind === "recording" ? speech.stop : kind === "transcribing" ? speech.transcribing : speech.start;
  return (
    <button
      type="button"
      class={kind === "recording" ? "plain round recording" : "plain round"}
      aria-label={label}
      title={label}
      aria-pressed={kind === "recording"}
      disabled={kind === "starting" || kind === "transcribing"}
      onClick={() => void (kind === "recording" ? end() : begin())}
    >
      <Icon of={kind === "recording" ? Square : kind === "transcribing" ? LoaderCircle : Mic} />
    </button>
  );
}

/** What has gone wrong with it, in words. */
export function DictationProblem() {
  const error = dictationError.value;
  if (error === null) return null;
  return (
    <p class="state" role="alert">
      {error instanceof DOMException ? texts.value.speech.noMicrophone : errorText(error)}
    </p>
  );
}
