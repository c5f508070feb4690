import { texts } from "../i18n/texts";

/** The first request failed: the network is away, or the gateway cannot answer. */
export function Unreachable() {
  const { error, session } = texts.value;
  return (
    <main class="gate">
      <h1>{session.unreachable}</h1>
      <p>{error.network}</p>
      <button type="button" class="primary" onClick={() => location.reload()}>
        {error.retry}
      </button>
    </main>
  );
}
