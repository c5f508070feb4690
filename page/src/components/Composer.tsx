import "./Composer.css";
import { ArrowUp } from "lucide";
import { useEffect, useRef } from "preact/hooks";
import { texts } from "../i18n/texts";
import { Icon } from "../icons/Icon";
import { site } from "../store/app";
import { ask, turns } from "../store/conversation";
import { draft } from "../store/draft";
import { canSend, signInSilently } from "../store/session";
import { isRunning } from "../turn/state";

/** Where a person writes. Enter sends, Shift+Enter begins a line. */
export function Composer() {
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => area.current?.focus({ preventScroll: true }), []);
  useEffect(() => fitHeight(area.current), [draft.value]);
  const { composer } = texts.value;
  const ready = draft.value.trim() !== "" && !isAnswering();
  return (
    <form class="composer column" onSubmit={submit}>
      <div class="field">
        <textarea
          ref={area}
          rows={1}
          dir="auto"
          aria-label={composer.label}
          placeholder={site.value?.input_placeholder || composer.placeholder}
          value={draft.value}
          onInput={(event) => {
            draft.value = event.currentTarget.value;
          }}
          onKeyDown={sendOnEnter}
        />
        <button type="submit" class="primary round" aria-label={composer.send} disabled={!ready}>
          <Icon of={ArrowUp} />
        </button>
      </div>
    </form>
  );
}

function submit(event: Event): void {
  event.preventDefault();
  const query = draft.value.trim();
  if (query === "" || isAnswering()) return;
  // The draft stays where it is until it can be sent.
  if (canSend.value) void send(query);
  else signInSilently();
}

async function send(query: string): Promise<void> {
  draft.value = "";
  if (await ask(query)) return;
  if (draft.value === "") draft.value = query;
  signInSilently();
}

function isAnswering(): boolean {
  const last = turns.value.at(-1);
  return last !== undefined && isRunning(last.state.value);
}

/** An Enter that ends the composition of a Japanese or Chinese word sends nothing. */
function sendOnEnter(event: KeyboardEvent & { readonly currentTarget: HTMLTextAreaElement }): void {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  event.currentTarget.form?.requestSubmit();
}

/** The area grows with its text, up to the height that the style allows. */
function fitHeight(area: HTMLTextAreaElement | null): void {
  if (area === null) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight}px`;
}
