import { announcement } from "../store/announce";

/** The one live region of the page. It is there from the start, because screen readers watch only what they know. */
export function Announcer() {
  return (
    <p class="unseen" role="status" aria-live="polite">
      {announcement}
    </p>
  );
}
