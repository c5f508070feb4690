import { errorText } from "../i18n/error-text";
import { texts } from "../i18n/texts";
import { openingError } from "../store/session";

/** The first request failed: the network is away, or the gateway cannot answer. */
export function Unreachable() {
  const { error, session } = texts.value;
  return (
    <main class="gate">
      <div class="card">
        <h1>{session.unreachable}</h1>
        <p>{errorText(openingError.value)}</p>
        <button type="button" class="primary" onClick={() => location.reload()}>
          {error.retry}
        </button>
      </div>
    </main>
  );
}
