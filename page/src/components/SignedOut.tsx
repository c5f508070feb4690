import { gateway } from "../api/document";
import { texts } from "../i18n/texts";
import { title } from "../store/app";
import { signIn } from "../store/session";
import { AppIcon } from "./AppIcon";
import { LanguageChoice } from "./LanguageChoice";

/** What a person sees who is not signed in: the app's name, one button, the language. */
export function SignedOut() {
  const { session } = texts.value;
  return (
    <main class="gate">
      <div class="card">
        <AppIcon />
        <h1>{title.value}</h1>
        <p>{session.signInTo}</p>
        {gateway.settings.hindrance === "several_sessions" && (
          <p class="notice" role="alert">
            {session.severalSessions}
          </p>
        )}
        {gateway.settings.notice && <p class="notice">{gateway.settings.notice}</p>}
        <button type="button" class="primary" onClick={() => signIn()}>
          {session.signIn}
        </button>
      </div>
      <LanguageChoice />
    </main>
  );
}
