import { texts } from "../i18n/texts";
import { LanguageChoice } from "./LanguageChoice";

/** Signed in, but the browser sent no `Sec-Fetch-*` header fields, so the document came without a page token. */
export function NoToken() {
  const { session } = texts.value;
  return (
    <main class="gate">
      <div class="card">
        <h1>{session.noToken}</h1>
        <p>{session.noTokenIntro}</p>
        <ul>
          <li>{session.noTokenHttps}</li>
          <li>{session.noTokenBrowser}</li>
          <li>{session.noTokenProxy}</li>
        </ul>
        <button type="button" class="primary" onClick={() => location.reload()}>
          {session.reload}
        </button>
      </div>
      <LanguageChoice />
    </main>
  );
}
