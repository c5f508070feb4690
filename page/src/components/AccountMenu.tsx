import "./AccountMenu.css";
import { useSignal } from "@preact/signals";
import { ChevronDown, LogOut } from "lucide";
import { useEffect, useRef } from "preact/hooks";
import { errorText } from "../i18n/error-text";
import { texts } from "../i18n/texts";
import { Icon } from "../icons/Icon";
import { person, signOut } from "../store/session";
import { LanguageChoice } from "./LanguageChoice";
import { ThemeChoice } from "./ThemeChoice";

/** Who is signed in, where a narrow window has no room for the name in the menu's button. */
export function SignedInAs() {
  const who = person.value;
  return who === null ? null : (
    <small class="signed-in-as" dir="auto">
      {who.name ?? who.user}
    </small>
  );
}

/** Who is signed in, always in sight, and behind it the settings and the way out. */
export function AccountMenu() {
  const details = useRef<HTMLDetailsElement>(null);
  const failure = useSignal<unknown>(null);
  useEffect(() => closeFromOutside(details.current), []);
  const { menu } = texts.value;
  const who = person.value;
  if (who === null) return null;
  return (
    <details class="menu" ref={details}>
      <summary aria-label={`${menu.open}: ${who.name ?? who.user}`}>
        {/* Drawn by the style: it is no part of the name. */}
        <span class="initial" data-initial={[...(who.name ?? who.user)][0]?.toLocaleUpperCase()} />
        <span class="who" dir="auto">
          {who.name ?? who.user}
        </span>
        <Icon of={ChevronDown} />
      </summary>
      <div class="panel">
        <p class="identity">
          <span>{menu.signedInAs}</span>
          <strong>{who.name ?? who.user}</strong>
          {who.name !== null && <small>{who.user}</small>}
          {who.is_admin && <small>{menu.administrator}</small>}
        </p>
        <ThemeChoice />
        <LanguageChoice />
        {failure.value !== null && (
          <p class="problem" role="alert">
            {errorText(failure.value)}
          </p>
        )}
        <button
          type="button"
          class="row"
          onClick={() => {
            failure.value = null;
            signOut().catch((error: unknown) => {
              failure.value = error;
            });
          }}
        >
          <Icon of={LogOut} />
          {menu.signOut}
        </button>
      </div>
    </details>
  );
}

/** Closes an open menu on Escape, with the focus back on it, and when the person turns to something else. */
function closeFromOutside(details: HTMLDetailsElement | null) {
  if (details === null) return;
  const onPointer = (event: PointerEvent) => {
    if (!details.contains(event.target as Node)) details.open = false;
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !details.open) return;
    details.open = false;
    details.querySelector("summary")?.focus();
  };
  addEventListener("pointerdown", onPointer);
  addEventListener("keydown", onKey);
  return () => {
    removeEventListener("pointerdown", onPointer);
    removeEventListener("keydown", onKey);
  };
}
