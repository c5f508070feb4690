import { gateway } from "../api/document";
import { errorText } from "../i18n/error-text";
import { texts } from "../i18n/texts";
import { appError, loadApp, site } from "../store/app";
import { isOnline } from "../store/viewport";

/** What everybody should know who opens the page: the administrator's notice, a network that is away, an app that is. */
export function Notices() {
  const { error, notices } = texts.value;
  if (!gateway.settings.notice && isOnline.value && appError.value === null) return null;
  return (
    <aside aria-label={notices.label}>
      {gateway.settings.notice && (
        <p class="notice" dir="auto">
          {gateway.settings.notice}
        </p>
      )}
      {!isOnline.value && (
        <p class="notice" role="status">
          {notices.offline}
        </p>
      )}
      {appError.value !== null && (
        <div class="notice bar" role="alert">
          <p>
            {notices.appFailed} {errorText(appError.value)}
          </p>
          <button type="button" onClick={() => void loadApp()}>
            {error.retry}
          </button>
        </div>
      )}
    </aside>
  );
}

/** What the app's own site asks people to bear in mind. */
export function Disclaimer() {
  const text = site.value?.custom_disclaimer;
  if (!text) return null;
  return (
    <p class="disclaimer" dir="auto">
      {text}
    </p>
  );
}
