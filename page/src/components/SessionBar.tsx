import "./SessionBar.css";
import { texts } from "../i18n/texts";
import { person, sessionOver, signIn } from "../store/session";

/** Says that the session has ended, with the way back in, or that the provider is out of reach. */
export function SessionBar() {
  const { session } = texts.value;
  if (sessionOver.value !== null) {
    return (
      <div class="bar" role="alert">
        <p>{session.over}</p>
        <button type="button" class="primary" onClick={() => signIn()}>
          {session.signIn}
        </button>
      </div>
    );
  }
  if (person.value?.provider_reachable === false) {
    return (
      <div class="bar" role="status">
        <p>{session.providerUnreachable}</p>
      </div>
    );
  }
  return null;
}
