import type { ComponentChildren } from "preact";
import { useErrorBoundary } from "preact/hooks";
import { texts } from "../i18n/texts";

/** Where a part of the page cannot be drawn, a sentence and a way on: an empty page would tell nobody anything. */
export function Guard({ children }: { readonly children: ComponentChildren }) {
  const [error] = useErrorBoundary(reportError);
  if (error === undefined) return children;
  const { session } = texts.value;
  return (
    <main class="gate">
      <div class="card">
        <div role="alert">
          <h1>{session.broken}</h1>
        </div>
        <button type="button" class="primary" onClick={() => location.reload()}>
          {session.reload}
        </button>
      </div>
    </main>
  );
}
