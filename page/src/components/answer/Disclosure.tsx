import "./Disclosure.css";
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";

interface Props {
  readonly summary: ComponentChildren;
  /** Added to the class of the element. */
  readonly kind?: string;
  /** Drawn when the person first opens it: hundreds of closed ones cost nothing. */
  readonly children: () => ComponentChildren;
}

/** Something that is folded until the person wants it. */
export function Disclosure({ summary, kind, children }: Props) {
  const opened = useSignal(false);
  return (
    <details
      class={kind === undefined ? "disclosure" : `disclosure ${kind}`}
      onToggle={(event) => {
        if (event.currentTarget.open) opened.value = true;
      }}
    >
      <summary>{summary}</summary>
      {opened.value && <div class="inside">{children()}</div>}
    </details>
  );
}
